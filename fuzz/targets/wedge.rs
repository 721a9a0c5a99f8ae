#![no_main]

#[allow(dead_code, reason = "the device uses all of it")]
#[path = "../../src/device"]
mod device {
    pub mod scanner {
        pub mod frame;

        pub mod wedge {
            pub mod decode;
            pub mod keymap;
        }
    }
}

use device::scanner::frame;
use device::scanner::wedge::{decode, keymap};

#[path = "../checks/wedge.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::keys(data));
