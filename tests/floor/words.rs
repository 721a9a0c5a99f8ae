//! Facts and stock in a few words, for tests to compare.

use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::HandlingUnitId;
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
        Fact::ReturnOpened { rma, order, location, .. } => {
            vec![rma.0.clone(), order.0.clone(), of("at ", location.as_str())]
        }
        Fact::DispositionOverridden { item, qty, proposed, chosen, by, reason, .. } => {
            vec![format!("{} {qty} {} > {}", item, proposed.as_str(), chosen.as_str()), by.0.clone(), reason.clone()]
        }
        Fact::ReturnInspected {
            rma,
            order,
            line,
            item,
            lot,
            serial,
            qty,
            grade,
            disposition,
            grams,
            photos,
            location,
            handling_unit,
            because,
            ..
        } => vec![
            rma.0.clone(),
            order.0.clone(),
            line.0.clone(),
            format!("{item} {qty}"),
            lot.0.clone(),
            of("#", serial.as_str()),
            format!("{} {} > {location}", grade.as_str(), disposition.as_str()),
            of("into ", handling_unit.as_str()),
            word(*grams > 0, &format!("{grams} g")),
            codes(because),
            word(!photos.is_empty(), "with photo"),
        ],
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
        Fact::CartonOpened { carton, carton_type, .. } => vec![carton_name(carton, all), carton_type.0.clone()],
        Fact::Packed { line, item, units, carton, .. } | Fact::Unpacked { line, item, units, carton, .. } => {
            let units: Vec<String> = units
                .iter()
                .map(|unit| {
                    let named = [of(" ", unit.lot.as_str()), of(" #", unit.serial.as_str())].concat();
                    format!("{}{named}{}", unit.qty, of(" of ", unit.handling_unit.as_str()))
                })
                .collect();
            vec![line.0.clone(), item.0.clone(), format!("({})", units.join(", ")), carton_name(carton, all)]
        }
        Fact::CartonWeighed { carton, grams, expected_grams, because, .. } => {
            vec![carton_name(carton, all), format!("{grams} of {expected_grams}"), codes(because)]
        }
        Fact::CartonClosed { carton, .. } | Fact::Labelled { carton, .. } => vec![carton_name(carton, all)],
        Fact::LabelPrinted { label, copy, reason, .. } => {
            vec![carton_name(label, all), copy.to_string(), reason.clone()]
        }
        Fact::OrderPacked { order, complete, .. } => vec![order.0.clone(), word(*complete, "complete")],
        Fact::Shipped { carton, location, .. } => vec![carton_name(carton, all), of("at ", location.as_str())],
        Fact::Undone { seq, .. } => {
            let at = usize::try_from(*seq).unwrap() - 1;
            vec![words_of(&all[at], all)]
        }
        Fact::ToteAssigned { slot, order, tote, .. } => vec![slot.to_string(), order.0.clone(), tote.0.clone()],
        Fact::ToteClosed { slot, tote, .. } => vec![slot.to_string(), tote.0.clone()],
        Fact::ToteTaken { tote, location, .. } => vec![tote.0.clone(), of("at ", location.as_str())],
        Fact::DroppedOff { location, totes, .. } => {
            vec![location.0.clone(), totes.iter().map(|tote| tote.as_str()).collect::<Vec<_>>().join(" ")]
        }
        Fact::Picked { line, location, item, tote, units, typed, .. } => vec![
            line.0.clone(),
            item.0.clone(),
            format!("({})", units.iter().map(unit_words).collect::<Vec<_>>().join(", ")),
            format!("{location} > {tote}"),
            word(*typed, "typed"),
        ],
        Fact::PickedShort { line, qty, reason, damaged, .. } => {
            vec![
                line.0.clone(),
                qty.to_string(),
                format!("{reason:?}"),
                word(*damaged > 0, &format!("{damaged} damaged")),
            ]
        }
        Fact::Substituted { line, asked, taken, .. } => {
            vec![line.0.clone(), format!("({})", unit_words(asked)), format!("({})", unit_words(taken))]
        }
        Fact::CountAsked { location, item, lot, handling_unit, .. } => {
            vec![location.0.clone(), item.0.clone(), lot.0.clone(), handling_unit.0.clone()]
        }
        Fact::Sorted { line, item, from, tote, units, .. } => vec![
            line.0.clone(),
            item.0.clone(),
            format!("({})", units.iter().map(unit_words).collect::<Vec<_>>().join(", ")),
            format!("{from} > {tote}"),
        ],
        Fact::BarcodeReported { raw, location } => vec![raw.clone(), of("at ", location.as_str())],
        Fact::NoteAdded { entry, note } => vec![entry.clone(), format!("{note:?}")],
        Fact::ExceptionAnswered { exception, answer, note, to } => {
            vec![
                exception.clone(),
                answer.clone(),
                of("to ", to.as_str()),
                word(!note.is_empty(), &format!("{note:?}")),
            ]
        }
        _ => Vec::new(),
    };
    let words = words.into_iter().filter(|word| !word.is_empty());
    std::iter::once(fact.kind().to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// Units in a few words: `2`, `1 L2 in H-1`, `1 750 g`.
fn unit_words(units: &Units) -> String {
    let mut out = units.qty.to_string();
    for (name, id) in [("", units.lot.as_str()), ("#", units.serial.as_str()), ("in ", units.handling_unit.as_str())] {
        if !id.is_empty() {
            out.push_str(&format!(" {name}{id}"));
        }
    }
    if units.grams > 0 {
        out.push_str(&format!(" {} g", units.grams));
    }
    out
}

/// `C1`, `C2`, …: the cartons that were opened here, whose numbers are drawn; others by their own.
fn carton_name(carton: &HandlingUnitId, all: &[Fact]) -> String {
    let opened = all.iter().filter_map(|fact| match fact {
        Fact::CartonOpened { carton, .. } => Some(carton),
        _ => None,
    });
    let at = opened.enumerate().find(|(_, own)| *own == carton).map(|(at, _)| format!("C{}", at + 1));
    at.unwrap_or_else(|| carton.0.clone())
}
