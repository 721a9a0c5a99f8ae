#![no_main]

#[allow(dead_code, unused_imports, reason = "the device uses all of it")]
#[path = "../../src/device"]
mod device {
    pub mod scale;
    pub mod wake;

    /// What the thread at the line takes from the readers; it is not run here.
    pub mod scanner {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum LostReason {
            HangUp,
            Missing,
            Busy,
            Denied,
            Failed,
        }

        pub fn mono_ms() -> u64 {
            0
        }
    }
}

use device::scale;

#[path = "../checks/scale.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::answers(data));
