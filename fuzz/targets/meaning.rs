#![no_main]

#[allow(dead_code, reason = "each target uses a part")]
#[path = "../checks/meaning.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::classify(data));
