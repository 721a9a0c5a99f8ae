//! Reads scans from the command line and says what they are.
//!
//! ```text
//! cargo run --example label -- ']C1010952123454321310LOT-42\x1d17271231' 96385074
//! ```
#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use floorhand_gs1::{Content, Mode, read, unescape};

/// The century of a date depends on the current year, which only the caller knows.
const YEAR: u16 = 2026;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let sample = vec![r"]C101095212345432131727123110LOT-42\x1d21SN0001".to_owned(), "96385074".to_owned()];
    for text in if given.is_empty() { sample } else { given } {
        let Some(raw) = unescape(&text) else {
            println!("{text}: a backslash stands before x and two digits, or before another backslash");
            continue;
        };
        let scan = read(&raw, Mode::Lenient);
        println!("{text}: {}", scan.symbology.map_or("no identifier", |symbology| symbology.name()));
        for content in &scan.readings {
            match content {
                Content::Elements(label) => {
                    println!("  {}", label.to_bracketed());
                    if let Some(date) = label.expiry(YEAR) {
                        println!("  not after {date}");
                    }
                    label.associations().missing.iter().for_each(|missing| println!("  incomplete: {missing}"));
                }
                Content::Gtin(number) => println!("  GTIN {}", number.gtin),
                Content::Sscc(sscc) => println!("  SSCC {sscc}, where one is expected"),
                Content::Plain(text) => println!("  text {text}"),
            }
        }
        scan.warnings.iter().for_each(|warning| println!("  warning: {warning}"));
        scan.notes.iter().for_each(|note| println!("  note: {note}"));
        if let Some(error) = scan.error {
            println!("  error {}: {error}", error.code());
        }
    }
}
