//! `floorhand parse`: what a scan means by itself.

use floorhand_gs1::{Content, Elements, Mode, Read};
use serde_json::{Value, json};

/// What the scan means, as JSON.
#[must_use]
pub fn parse(raw: &[u8], mode: Mode) -> Value {
    let read = floorhand_gs1::read(raw, mode);
    json!({
        "symbology": read.symbology.map(|s| s.name()),
        "gs1": gs1(&read),
        "meanings": meanings(&read),
    })
}

/// Whether an element names a place: 414 with or without 254, or an internal AI that begins like a label of
/// a location.
fn is_location(elements: &Elements) -> bool {
    let internal = |ai: &str| ai.len() == 2 && ai.starts_with('9') && ai != "90";
    elements.iter().any(|element| matches!(element.ai.as_str(), "254" | "414") || internal(element.ai.as_str()))
}

fn gs1(read: &Read) -> Value {
    let elements: Vec<Value> = match (read.elements(), read.gtin()) {
        (Some(elements), _) => {
            elements.iter().map(|element| json!({"ai": element.ai.as_str(), "value": element.value})).collect()
        }
        (None, Some(gtin)) => vec![json!({"ai": "01", "value": gtin.as_str()})],
        (None, None) => Vec::new(),
    };
    json!({
        "valid": read.error.is_none() && !elements.is_empty(),
        "elements": elements,
        "warnings": read.warnings.iter().map(|warning| warning.code()).collect::<Vec<_>>(),
        "notes": read.notes.iter().map(|note| note.code()).collect::<Vec<_>>(),
        "error": read.error.as_ref().map(|error| json!({
            "code": error.code(),
            "message": error.to_string(),
            "from": error.span.start,
            "to": error.span.end,
        })),
    })
}

/// The kinds of thing it could name, with what would be looked up. Which of them there are, only a
/// device that knows a warehouse can tell.
fn meanings(read: &Read) -> Vec<Value> {
    let mut list = Vec::new();
    for content in &read.readings {
        match content {
            // A number for use within a region or a company names no article in the world.
            Content::Gtin(scan) if scan.gtin.circulation().is_restricted() => {
                list.push(json!({"kind": "restricted", "number": scan.gtin.as_str()}));
            }
            Content::Gtin(scan) => list.push(json!({"kind": "item", "gtin": scan.gtin.as_str()})),
            Content::Sscc(sscc) => list.push(json!({"kind": "handling-unit", "sscc": sscc.as_str()})),
            Content::Elements(elements) => {
                let mut meaning = serde_json::Map::new();
                let kind = match (elements.gtin(), elements.sscc()) {
                    (_, Some(_)) => "handling-unit",
                    (Some(_), None) => "item",
                    _ if elements.serial().is_some() => "serial",
                    _ if elements.lot().is_some() => "lot",
                    _ if is_location(elements) => "location",
                    _ => "elements",
                };
                meaning.insert("kind".to_owned(), json!(kind));
                if let Some(gtin) = elements.gtin() {
                    meaning.insert("gtin".to_owned(), json!(gtin.as_str()));
                }
                if let Some(sscc) = elements.sscc() {
                    meaning.insert("sscc".to_owned(), json!(sscc.as_str()));
                }
                if let Some(lot) = elements.lot() {
                    meaning.insert("lot".to_owned(), json!(lot));
                }
                if let Some(serial) = elements.serial() {
                    meaning.insert("serial".to_owned(), json!(serial));
                }
                list.push(Value::Object(meaning));
            }
            Content::Plain(text) => list.push(json!({"kind": "text", "text": text})),
        }
    }
    list
}
