#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
#[path = "../checks/gs1.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::bracketed(data));
