//! Inputs that fuzzing kept for the devices, through the checks of the fuzz targets. Those of
//! `floorhand-gs1` and `floorhand-domain` are replayed in their own crates.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

use floorhand::device::scale;
use floorhand::device::scanner::wedge::{decode, keymap};
use floorhand::device::scanner::{frame, ssi};

#[path = "../fuzz/checks/deframer.rs"]
mod deframer_checks;
#[path = "../fuzz/checks/scale.rs"]
mod scale_checks;
#[path = "../fuzz/checks/ssi.rs"]
mod ssi_checks;
#[path = "../fuzz/checks/wedge.rs"]
mod wedge_checks;

/// Runs all inputs of a target.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = format!("{}/fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut ran = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus").flatten() {
        check(&std::fs::read(entry.path()).expect("an input of the corpus"));
        ran += 1;
    }
    println!("{target}: {ran} ran");
    assert!(ran > 0, "{folder} is empty");
}

#[test]
fn deframer() {
    replay("deframer", deframer_checks::cuts);
}

#[test]
fn ssi_packets() {
    replay("ssi", ssi_checks::packets);
}

#[test]
fn wedge_keys() {
    replay("wedge", wedge_checks::keys);
}

#[test]
fn scale_answers() {
    replay("scale", scale_checks::answers);
}
