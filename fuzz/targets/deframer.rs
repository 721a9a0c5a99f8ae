#![no_main]

#[allow(dead_code, reason = "the device uses all of it")]
#[path = "../../src/device/scanner/frame.rs"]
mod frame;

#[path = "../checks/deframer.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::cuts(data));
