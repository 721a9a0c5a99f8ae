//! What must hold for every stream of bytes from a scale. `super::scale` is `src/device/scale.rs`.

use super::scale::codec::{Parser, Protocol, Reply};
use super::scale::config::Config;
use super::scale::session::{Action, Session};
use super::scale::weight::{DIGITS_MAX, Unit, Weight};
use super::scale::{Reading, ScaleEvent};

/// The first byte chooses protocol and unit, the second the size of the pieces; the rest is the stream.
pub fn answers(data: &[u8]) {
    let [choice, piece, stream @ ..] = data else { return };
    let protocol = match choice % 3 {
        0 => Protocol::Toledo8217,
        1 => Protocol::Nci,
        _ => Protocol::MtSics,
    };
    let unit = [None, Some(Unit::Kilogram), Some(Unit::Pound)].into_iter().cycle().nth(usize::from(choice / 3));
    let unit = unit.flatten();
    let pieces: Vec<&[u8]> = stream.chunks(usize::from(*piece) + 1).collect();
    let whole = readings(protocol, unit, &[stream]);
    assert_eq!(readings(protocol, unit, &pieces), whole, "reads of other sizes give the same readings");
    assert!(whole.len() <= stream.len());
    whole.iter().for_each(reading);
    weighing(protocol, unit, &pieces);
    if let Some(weight) = Weight::parse(stream, unit) {
        shown(&weight);
    }
    let _ = std::str::from_utf8(stream).map(str::parse::<Config>);
}

fn readings(protocol: Protocol, unit: Option<Unit>, reads: &[&[u8]]) -> Vec<Reading> {
    let mut parser = Parser::new(protocol, unit);
    let replies = reads.iter().flat_map(|bytes| parser.push(bytes));
    replies.filter_map(|reply| if let Reply::Reading(reading) = reply { Some(reading) } else { None }).collect()
}

fn shown(weight: &Weight) {
    assert!(usize::from(weight.decimals) <= DIGITS_MAX && weight.digits.unsigned_abs() < 10_u64.pow(10));
    assert_eq!(weight.grams().is_some(), weight.unit.is_some());
}

fn reading(reading: &Reading) {
    reading.weight.iter().for_each(shown);
    if let Some(weight) = reading.countable() {
        assert!(weight.digits > 0 && weight.unit.is_some() && !reading.motion && !reading.over && !reading.under);
    }
}

/// One weighing: it ends once, and a weight that counts came twice.
fn weighing(protocol: Protocol, unit: Option<Unit>, reads: &[&[u8]]) {
    let mut config = Config::new("scale", protocol);
    config.unit = unit;
    let mut session = Session::new(&config);
    let mut actions = session.weigh(7, 0);
    let mut now = 0;
    for bytes in reads {
        actions.extend(session.bytes(bytes, now));
        now = session.deadline_ms().unwrap_or(now).max(now);
        actions.extend(session.tick(now));
    }
    actions.extend(session.lost());
    assert_eq!(session.deadline_ms(), None);
    let mut ends = 0;
    for action in &actions {
        match action {
            Action::Emit(ScaleEvent::Weighed { weight, ask, .. }) => {
                assert!(*ask == 7 && weight.digits > 0 && weight.unit.is_some());
                ends += 1;
            }
            Action::Emit(ScaleEvent::NotWeighed { .. }) => ends += 1,
            Action::Emit(ScaleEvent::Reading { reading: own, .. }) => reading(own),
            _ => {}
        }
    }
    assert_eq!(ends, 1, "{actions:?}");
}
