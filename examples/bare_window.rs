//! A window with one word in it, built with the same Slint features as the app: the measure for start,
//! memory and idle time in `benches/window.rs`.
#![allow(missing_docs)]

slint::slint! {
    export component Bare inherits Window {
        title: "bare window";
        preferred-width: 480px;
        preferred-height: 800px;
        Text { text: "bare"; }
    }
}

fn main() -> Result<(), slint::PlatformError> {
    Bare::new()?.run()
}
