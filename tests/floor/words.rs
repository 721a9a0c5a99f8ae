//! Facts and stock in a few words, for tests to compare.

use floorhand_domain::fact::Fact;
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Status, Stock};

pub fn stock_words(stock: &Stock) -> String {
    let mut out = format!("{} {}", stock.qty, stock.status.as_str());
    for name in [stock.lot.as_str(), stock.serial.as_str()] {
        if !name.is_empty() {
            out.push_str(&format!(" {name}"));
        }
    }
    if !stock.handling_unit.is_none() {
        out.push_str(&format!(" in {}", stock.handling_unit));
    }
    out
}

/// A fact in a few words; what is empty is left out. `all` = every fact of the device.
pub fn words_of(fact: &Fact, all: &[Fact]) -> String {
    let codes =
        |because: &[Reason]| because.iter().map(|reason| reason.code().to_owned()).collect::<Vec<_>>().join(" ");
    let word = |condition: bool, word: &str| if condition { word.to_owned() } else { String::new() };
    let of = |name: &str, id: &str| if id.is_empty() { String::new() } else { format!("{name}{id}") };
    let words = match fact {
        Fact::TaskOpened { kind, .. } => vec![kind.as_str().to_owned()],
        Fact::TaskClaimed { task } | Fact::TaskReleased { task } => vec![task.0.clone()],
        Fact::TaskTakenOver { task, from } => vec![task.0.clone(), of("from ", from.as_str())],
        Fact::Approved { by, decision, item, qty, .. } => {
            vec![by.0.clone(), decision.code().to_owned(), item.0.clone(), qty.to_string()]
        }
        Fact::PhotoTaken { purpose, .. } => vec![purpose.clone()],
        Fact::DeliveryOpened { delivery, location, .. } => vec![delivery.0.clone(), of("at ", location.as_str())],
        Fact::Received { line, item, lot, expiry, units, handling_unit, new_unit, because, photos, typed, .. } => {
            let units: Vec<String> = units
                .iter()
                .map(|unit| format!("{} {}{}", unit.qty, unit.status.as_str(), of(" #", unit.serial.as_str())))
                .collect();
            vec![
                line.0.clone(),
                item.0.clone(),
                lot.0.clone(),
                expiry.clone().unwrap_or_default(),
                format!("({})", units.join(", ")),
                of("in ", handling_unit.as_str()),
                word(new_unit.is_some(), "new"),
                codes(because),
                word(!photos.is_empty(), "with photo"),
                word(*typed, "typed"),
            ]
        }
        Fact::UnknownReceived { raw, words, qty, photos, .. } => {
            vec![raw.clone(), qty.to_string(), format!("{words:?}"), word(!photos.is_empty(), "with photo")]
        }
        Fact::ReceiptClosed { complete, .. } => vec![word(*complete, "final")],
        Fact::Moved { line, unit, item, units, status, from, to, into, because, typed, .. } => {
            let units: Vec<String> = units
                .iter()
                .map(|unit| {
                    let named = [of(" ", unit.lot.as_str()), of(" #", unit.serial.as_str())].concat();
                    format!("{}{named}{}", unit.qty, of(" in ", unit.handling_unit.as_str()))
                })
                .collect();
            vec![
                line.0.clone(),
                unit.0.clone(),
                item.0.clone(),
                word(!units.is_empty(), &format!("({})", units.join(", "))),
                word(*status != Status::Available, status.as_str()),
                format!("{from} > {to}"),
                of("into ", into.as_str()),
                codes(because),
                word(*typed, "typed"),
            ]
        }
        Fact::ZeroChecked { location, item, empty, .. } => {
            vec![location.0.clone(), item.0.clone(), if *empty { "empty" } else { "not empty" }.to_owned()]
        }
        Fact::CountStarted { location, item, .. } => vec![location.0.clone(), item.0.clone()],
        Fact::Counted { item, lot, serial, handling_unit, qty, typed, unexpected, .. } => vec![
            item.0.clone(),
            qty.to_string(),
            lot.0.clone(),
            of("#", serial.as_str()),
            of("in ", handling_unit.as_str()),
            word(*typed, "typed"),
            word(*unexpected, "unexpected"),
        ],
        Fact::CountSubmitted { location, nothing, .. } => vec![location.0.clone(), word(*nothing, "nothing")],
        Fact::Undone { seq, .. } => {
            let at = usize::try_from(*seq).unwrap() - 1;
            vec![words_of(&all[at], all)]
        }
        _ => Vec::new(),
    };
    let words = words.into_iter().filter(|word| !word.is_empty());
    std::iter::once(fact.kind().to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
