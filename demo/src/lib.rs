//! The parts of the demo that tests use too: the robot that works a shift, and the drawing of codes.

pub mod barcode;
pub mod robot;
pub mod sheet;
