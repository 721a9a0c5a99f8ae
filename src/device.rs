//! Hardware. The only place that names any.
//!
//! What a device says leaves here as plain data through a closure; what it means is decided by
//! `app`. Each kind of device is a trait with a real back-end, tested against what stands in for the
//! hardware: a pty for a serial reader, timed keys for a reader that types.
//!
//! Places kept for what comes next, beside [`scanner`] and in its folder:
//! `scanner/wedge.rs` (readers that type, by evdev with a grab), `scanner/camera.rs` with
//! `decoder.rs`, `indicator.rs` (GPIO lamps, buzzer, trigger), `sound.rs`, `scale.rs`, `printer.rs`.

pub mod scanner;
