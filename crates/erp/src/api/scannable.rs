//! Which codes satisfy a line of a task, as a reader sends them.

use floorhand_domain::id::{HandlingUnitId, Lot, Serial};
use floorhand_domain::master::{Barcode, Unit};
use floorhand_gs1::Gtin;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Serial numbers told for one line at the most.
const SERIALS_MAX: usize = 200;

/// A code that satisfies a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineBarcode {
    /// What is in the symbol, without an AIM identifier.
    pub code: String,
    /// What a reader sends that puts the AIM identifier before it.
    pub scan: String,
    /// Units of the item in one scan; 0 = a label that only says which handling unit is meant.
    pub qty: i64,
    /// `each`, `inner`, `case` or `handling-unit`.
    pub unit: String,
    /// `ean-13`, `ean-8`, `upc-a`, `itf-14`, `gs1-128` or `code-128`.
    pub symbology: String,
}

/// Available stock of the line's item at the line's location.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Near {
    pub lot: Lot,
    pub serial: Serial,
    pub expiry: String,
}

/// What a line asks for, as far as its codes depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wanted {
    pub lot_tracked: bool,
    pub serial_tracked: bool,
    pub lot: Lot,
    pub serial: Serial,
    pub handling_unit: HandlingUnitId,
    /// Units still open, or of the whole line once it is closed.
    pub qty: i64,
}

/// The codes that satisfy a line, best first: those that hold one unit, then packs that do not hold
/// more than is open.
pub(super) fn barcodes(wanted: &Wanted, codes: &[Barcode], near: &[Near]) -> Vec<LineBarcode> {
    let mut fitting: Vec<&Barcode> = codes.iter().filter(|code| code.qty <= wanted.qty.max(1)).collect();
    fitting.sort_by(|a, b| (a.qty, &a.code).cmp(&(b.qty, &b.code)));
    let mut found = if wanted.serial_tracked {
        serials(wanted, &fitting, near)
    } else if wanted.lot_tracked {
        lots(wanted, &fitting, near)
    } else {
        fitting.iter().map(|code| plain(code)).collect()
    };
    if !wanted.handling_unit.is_none() {
        let label = wanted.handling_unit.as_str();
        found.push(LineBarcode {
            code: label.to_owned(),
            scan: format!("]C0{label}"),
            qty: 0,
            unit: "handling-unit".to_owned(),
            symbology: "code-128".to_owned(),
        });
    }
    found
}

fn unit(unit: Unit) -> String {
    crate::entity::name(&unit)
}

fn is_gtin(code: &str) -> bool {
    code.len() == 14 && Gtin::from_digits(code).is_ok()
}

/// The element string after the identifier of GS1-128. What has no fixed length comes last.
fn element_string(code: &Barcode, tail: &str) -> LineBarcode {
    let elements = format!("01{}{tail}", code.code);
    LineBarcode {
        scan: format!("]C1{elements}"),
        code: elements,
        qty: code.qty,
        unit: unit(code.unit),
        symbology: "gs1-128".to_owned(),
    }
}

fn serials(wanted: &Wanted, codes: &[&Barcode], near: &[Near]) -> Vec<LineBarcode> {
    let named: Vec<&Near> = near
        .iter()
        .filter(|near| !near.serial.is_none() && (wanted.serial.is_none() || near.serial == wanted.serial))
        .take(SERIALS_MAX)
        .collect();
    match codes.iter().find(|code| code.qty == 1 && is_gtin(&code.code)) {
        Some(code) => named.iter().map(|near| element_string(code, &format!("21{}", near.serial))).collect(),
        None => named
            .iter()
            .map(|near| LineBarcode {
                code: near.serial.to_string(),
                scan: format!("]C0{}", near.serial),
                qty: 1,
                unit: unit(Unit::Each),
                symbology: "code-128".to_owned(),
            })
            .collect(),
    }
}

fn lots(wanted: &Wanted, codes: &[&Barcode], near: &[Near]) -> Vec<LineBarcode> {
    let mut here: Vec<&Near> = Vec::new();
    for one in near {
        if !one.lot.is_none() && !here.iter().any(|known| known.lot == one.lot) {
            here.push(one);
        }
    }
    let mut found = Vec::new();
    for one in here.iter().filter(|one| wanted.lot.is_none() || one.lot == wanted.lot) {
        let date: String = one.expiry.chars().filter(char::is_ascii_digit).skip(2).collect();
        let expiry = if date.len() == 6 { format!("17{date}") } else { String::new() };
        for code in codes.iter().filter(|code| is_gtin(&code.code)) {
            found.push(element_string(code, &format!("{expiry}10{}", one.lot)));
        }
    }
    // Without a lot the item's own code is enough only where there is no other lot to mean.
    if let [only] = here.as_slice()
        && (wanted.lot.is_none() || only.lot == wanted.lot)
    {
        found.extend(codes.iter().map(|code| plain(code)));
    }
    found
}

/// A code by itself, in the symbol that such codes are printed in.
fn plain(code: &Barcode) -> LineBarcode {
    let digits = code.code.as_str();
    let tail = |skip: usize| digits.chars().skip(skip).collect::<String>();
    let (text, scan, symbology) = if !is_gtin(digits) {
        (digits.to_owned(), format!("]C0{digits}"), "code-128")
    } else if digits.starts_with("000000") {
        (tail(6), format!("]E4{}", tail(6)), "ean-8")
    } else if digits.starts_with("00") {
        // Readers send UPC-A as the EAN-13 it is, with its leading zero.
        (tail(2), format!("]E0{}", tail(1)), "upc-a")
    } else if digits.starts_with('0') {
        (tail(1), format!("]E0{}", tail(1)), "ean-13")
    } else {
        (digits.to_owned(), format!("]I1{digits}"), "itf-14")
    };
    LineBarcode { code: text, scan, qty: code.qty, unit: unit(code.unit), symbology: symbology.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EACH: &str = "09521234543213";
    const UPC: &str = "00614141000036";

    fn codes(list: &[(&str, i64, Unit)]) -> Vec<Barcode> {
        list.iter()
            .map(|(code, qty, unit)| Barcode { code: (*code).to_owned(), item: "X".into(), qty: *qty, unit: *unit })
            .collect()
    }

    fn near(lot: &str, serial: &str, expiry: &str) -> Near {
        Near { lot: lot.into(), serial: serial.into(), expiry: expiry.to_owned() }
    }

    fn check(wanted: &Wanted, list: &[(&str, i64, Unit)], near: &[Near], expected: &[(&str, i64)]) {
        let found = barcodes(wanted, &codes(list), near);
        let got: Vec<(&str, i64)> = found.iter().map(|code| (code.scan.as_str(), code.qty)).collect();
        assert_eq!(got, expected, "{wanted:?}");
        for code in &found {
            assert!(code.scan.ends_with(&code.code), "{code:?}");
            if code.unit != "handling-unit" {
                let read = floorhand_gs1::read(code.scan.as_bytes(), floorhand_gs1::Mode::Strict);
                assert!(read.error.is_none(), "{code:?}: {:?}", read.error);
            }
        }
    }

    #[test]
    fn plain_items() {
        let wanted = |qty| Wanted { qty, ..Wanted::default() };
        let case = "19521234543210";
        check(&wanted(5), &[(EACH, 1, Unit::Each), (case, 6, Unit::Case)], &[], &[("]E09521234543213", 1)]);
        check(
            &wanted(6),
            &[(case, 6, Unit::Case), (EACH, 1, Unit::Each)],
            &[],
            &[("]E09521234543213", 1), ("]I119521234543210", 6)],
        );
        check(&wanted(1), &[(UPC, 1, Unit::Each)], &[], &[("]E00614141000036", 1)]);
        check(&wanted(1), &[("OWN-77", 1, Unit::Each)], &[], &[("]C0OWN-77", 1)]);
        check(&wanted(0), &[(EACH, 1, Unit::Each)], &[], &[("]E09521234543213", 1)]);
    }

    #[test]
    fn lots_come_with_their_expiry() {
        let wanted = Wanted { lot_tracked: true, lot: "L1".into(), qty: 2, ..Wanted::default() };
        let one = [near("L1", "", "2027-03-31")];
        let list = [(EACH, 1, Unit::Each)];
        check(&wanted, &list, &one, &[("]C101095212345432131727033110L1", 1), ("]E09521234543213", 1)]);
        let two = [near("L1", "", "2027-03-31"), near("L2", "", "")];
        check(&wanted, &list, &two, &[("]C101095212345432131727033110L1", 1)]);
        let any = Wanted { lot: "".into(), ..wanted };
        check(&any, &list, &two, &[("]C101095212345432131727033110L1", 1), ("]C1010952123454321310L2", 1)]);
    }

    #[test]
    fn serial_numbers_that_are_there() {
        let wanted = Wanted { serial_tracked: true, qty: 1, ..Wanted::default() };
        let list = [(EACH, 1, Unit::Each)];
        let there = [near("", "S1", ""), near("", "S2", "")];
        check(&wanted, &list, &there, &[("]C1010952123454321321S1", 1), ("]C1010952123454321321S2", 1)]);
        check(&Wanted { serial: "S2".into(), ..wanted.clone() }, &list, &there, &[("]C1010952123454321321S2", 1)]);
        check(&wanted, &[], &there, &[("]C0S1", 1), ("]C0S2", 1)]);
    }

    #[test]
    fn a_handling_unit_is_named_last() {
        let wanted = Wanted { handling_unit: "P-1".into(), qty: 1, ..Wanted::default() };
        check(&wanted, &[(EACH, 1, Unit::Each)], &[], &[("]E09521234543213", 1), ("]C0P-1", 0)]);
    }
}
