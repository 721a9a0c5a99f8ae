//! The labels of one pallet, read one after another: what they say together, what is missing,
//! what contradicts.
#![allow(clippy::print_stdout, missing_docs)]

use floorhand_gs1::association::Unit;
use floorhand_gs1::{Mode, read};

fn main() {
    let mut unit = Unit::default();
    let labels = ["]C1021234567890123137120", "]C100123456789012345675", "]C110LOT-7", "]C110LOT-8"];
    for label in labels {
        let scan = read(label.as_bytes(), Mode::Lenient);
        let Some(elements) = scan.elements() else { continue };
        match unit.add(elements) {
            Ok(()) => println!("{label}: {}", unit.elements().to_bracketed()),
            Err(clash) => println!("{label}: refused, {clash}"),
        }
        unit.report().missing.iter().for_each(|missing| println!("  {missing}"));
    }
}
