//! Barcodes of items that are there.

use super::columns::{Cells, Column, code, id, may, must, named, whole};
use super::fault::{Reason, Wrong, shown};
use super::seen::{Seen, key};
use super::{Pass, Table};
use crate::db::Val;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::intake::LINE_QTY_MAX;
use floorhand_domain::master::Barcode;
use floorhand_gs1::{Gtin, GtinError};
use std::collections::{HashMap, HashSet};

/// Bytes of a code at the most.
const CODE_BYTES_MAX: usize = 128;

/// One unit in a scan, unless the file says otherwise.
fn fresh() -> Barcode {
    Barcode { qty: 1, ..Barcode::default() }
}

static COLUMNS: &[Column<Barcode>] = &[
    must("code", |d, t| normal(t).map(|t| d.code = t)),
    must("item", |d, t| id(t).map(|t| d.item = t.into())),
    may("qty", |d, t| whole(t, 1, 1, LINE_QTY_MAX).map(|n| d.qty = n)),
    may("unit", |d, t| named(t, "each, inner, case").map(|unit| d.unit = unit)),
];

/// A code as it is stored: a GTIN as 14 digits. Restricted circulation numbers are no GTINs (GS1
/// General Specifications, 2.1.11) and are looked up as they are read, so they stay as they are.
fn normal(text: &str) -> std::result::Result<String, Wrong> {
    match Gtin::from_digits(text) {
        Ok(gtin) if gtin.circulation().is_restricted() => Ok(text.to_owned()),
        Ok(gtin) => Ok(gtin.as_str().to_owned()),
        Err(GtinError::CheckDigit { expected, found }) => {
            Err(Wrong::new(Reason::CheckDigit, format!("the check digit of {text} must be {expected}, not {found}")))
        }
        Err(_) if is_rounded(text) => Err(Wrong::new(
            Reason::SpreadsheetNumber,
            format!("a spreadsheet has rounded it to {}; format the column as text", shown(text)),
        )),
        Err(_) => code(text, CODE_BYTES_MAX),
    }
}

/// Whether it looks like `4.00638E+12`.
fn is_rounded(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(['E', 'e']).is_some_and(|(number, power)| {
        number.split_once(['.', ',']).is_some_and(|(whole, part)| digits(whole) && digits(part))
            && power.strip_prefix('+').is_some_and(digits)
    })
}

#[derive(Default)]
pub(super) struct Barcodes {
    codes: Seen,
}

impl Table for Barcodes {
    type Draft = Barcode;

    fn columns() -> &'static [Column<Barcode>] {
        COLUMNS
    }

    async fn batch(&mut self, pass: &mut Pass<'_, Barcode>, rows: &[Cells]) -> Result<()> {
        let codes: Vec<Val> =
            rows.iter().filter_map(|row| normal(pass.header.cell(row, "code")).ok()).map(Val::from).collect();
        let stored = pass
            .tx
            .rows_many("SELECT * FROM barcode WHERE warehouse_id = 0 AND code IN (VALUES {?})", &[], &codes)
            .await?;
        let stored = stored
            .iter()
            .map(|row| entity::barcode_of(row).map(|barcode| (barcode.code.clone(), barcode)))
            .collect::<Result<HashMap<String, Barcode>>>()?;
        let items: Vec<Val> = rows.iter().map(|row| Val::from(pass.header.cell(row, "item"))).collect();
        let sql = "SELECT id FROM item WHERE warehouse_id = 0 AND id IN (VALUES {?})";
        let items = pass.tx.rows_many(sql, &[], &items).await?;
        let items = items.iter().map(|row| row.text("id")).collect::<Result<HashSet<String>>>()?;
        let mut changes = Vec::new();
        for row in rows {
            let before = normal(pass.header.cell(row, "code")).ok().and_then(|code| stored.get(&code));
            let mut barcode = before.cloned().unwrap_or_else(fresh);
            let good = pass.header.apply(&mut barcode, row, &mut pass.faults);
            if !barcode.item.is_none() && !items.contains(barcode.item.as_str()) {
                let detail = format!("there is no item {}; import the items first", shown(barcode.item.as_str()));
                pass.fault(row.line, "item", Reason::Unknown, detail);
            }
            if !good {
                continue;
            }
            if let Some((first, ())) = self.codes.note(key(&[&barcode.code]), row.line, ()) {
                pass.twice(row.line, "code", first);
                continue;
            }
            match before {
                Some(before) if before.item != barcode.item => {
                    let detail = format!("it stands for item {} already", shown(before.item.as_str()));
                    pass.fault(row.line, "code", Reason::Taken, detail);
                }
                Some(before) if *before == barcode => pass.counts.unchanged += 1,
                _ => changes.push(barcode),
            }
        }
        if pass.may_write() {
            let mut feed = Changes::new(pass.warehouse);
            for barcode in &changes {
                entity::put_barcode(pass.tx, &mut feed, barcode).await?;
            }
            feed.publish(pass.tx).await?;
        }
        pass.counts.written += u64::try_from(changes.len()).unwrap_or(0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_as_they_are_stored() {
        for (given, stored) in [
            ("9521234543213", Ok("09521234543213")),
            ("952123454321", Err(Reason::CheckDigit)),
            ("96385074", Ok("00000096385074")),
            ("416000336108", Ok("416000336108")),
            ("036000291452", Ok("00036000291452")),
            ("2112345678900", Ok("2112345678900")),
            ("9521234543214", Err(Reason::CheckDigit)),
            ("4.00638E+12", Err(Reason::SpreadsheetNumber)),
            ("1E+5", Ok("1E+5")),
            ("12345", Ok("12345")),
            ("A\u{1d}B", Err(Reason::BadCharacter)),
            ("A|B", Ok("A|B")),
            ("SKU 7/b", Ok("SKU 7/b")),
        ] {
            assert_eq!(
                normal(given).as_deref().map_err(|wrong| wrong.reason),
                stored.as_ref().map(|s| *s).map_err(|r| *r),
                "{given}"
            );
        }
        let wrong = normal("9521234543214").unwrap_err();
        assert_eq!(wrong.detail, "the check digit of 9521234543214 must be 3, not 4");
    }
}
