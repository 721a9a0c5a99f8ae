//! Hardware. The only place that names any.
//!
//! What a device says leaves here as plain data through a closure; what it means is decided by
//! `app`. Each kind of device is a trait with a real back-end, tested against what stands in for the
//! hardware: a pty for a serial reader, timed keys for a reader that types.
//!
//! [`scanner`]: readers on serial lines, readers that type, the camera with the decoder's front end
//! ([`decoder`]). [`outcome`] says what each outcome sounds and looks like; [`sound`] and
//! [`indicator`] play it. [`scale`] and [`printer`] are for the packing station.

pub mod decoder;
pub mod doctor;
pub mod indicator;
pub mod outcome;
pub mod printer;
pub mod scale;
pub mod scanner;
pub mod sound;
mod wake;
