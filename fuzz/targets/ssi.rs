#![no_main]

#[allow(dead_code, unused_imports, reason = "the device uses all of it")]
#[path = "../../src/device"]
mod device {
    pub mod scanner {
        pub mod frame;
        pub mod ssi;
    }
}

use device::scanner::{frame, ssi};

#[path = "../checks/ssi.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::packets(data));
