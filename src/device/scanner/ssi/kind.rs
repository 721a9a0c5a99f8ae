//! The type byte of a code, as the AIM identifier that says the same.

use floorhand_gs1::Gtin;

/// The code with its AIM identifier in front, where the type says for sure which one.
///
/// Types that leave it open (DataMatrix and QR are one type each, with and without GS1), types of
/// composites, and data that does not look like its type get none: the code is then read as from
/// any reader that sends no identifiers. A reader that is set up to send them has sent one already.
pub fn with_identifier(kind: u8, data: Vec<u8>) -> Vec<u8> {
    if data.starts_with(b"]") {
        return data;
    }
    match kind {
        0x01 => joined("]A0", &data),
        0x02 => joined("]F0", &data),
        0x03 => joined("]C0", &data),
        0x06 => joined("]I0", &data),
        0x07 => joined("]G0", &data),
        // UPC-A is EAN-13 with a zero in front, and UPC-E is short for a UPC-A.
        0x08 if is_digits(&data, 12) => joined("]E00", &data),
        0x09 if is_digits(&data, 8) => match expanded(&data) {
            Some(digits) => joined("]E0", digits.as_bytes()),
            None => data,
        },
        0x0A if is_digits(&data, 8) => joined("]E4", &data),
        0x0B if is_digits(&data, 13) => joined("]E0", &data),
        0x0F => joined("]C1", &data),
        0x13 => joined("]A4", &data),
        // DataBar, omnidirectional and limited: (01) and its 14 digits; expanded: elements.
        0x30 | 0x31 if is_digits(&data, 16) && data.starts_with(b"01") => joined("]e0", &data),
        0x32 => joined("]e0", &data),
        _ => data,
    }
}

fn joined(identifier: &str, data: &[u8]) -> Vec<u8> {
    [identifier.as_bytes(), data].concat()
}

fn is_digits(data: &[u8], count: usize) -> bool {
    data.len() == count && data.iter().all(u8::is_ascii_digit)
}

/// The 13 digits that an UPC-E stands for.
fn expanded(data: &[u8]) -> Option<String> {
    let gtin = Gtin::from_upc_e(std::str::from_utf8(data).ok()?).ok()?;
    gtin.as_str().get(1..).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: u8, data: &str, expected: &str) {
        assert_eq!(String::from_utf8(with_identifier(kind, data.into())).unwrap(), expected);
    }

    #[test]
    fn kinds() {
        check(0x01, "LOC-A-01", "]A0LOC-A-01");
        check(0x03, "A-01-02", "]C0A-01-02");
        check(0x06, "12345678901231", "]I012345678901231");
        check(0x08, "042100005264", "]E00042100005264");
        check(0x09, "04252614", "]E00042100005264");
        check(0x0A, "02345673", "]E402345673");
        check(0x0B, "9521234543213", "]E09521234543213");
        check(0x0F, "0109521234543213", "]C10109521234543213");
        check(0x30, "0109521234543213", "]e00109521234543213");
    }

    #[test]
    fn not_sure() {
        // With and without GS1 alike.
        check(0x1B, "0109521234543213", "0109521234543213");
        check(0x1C, "https://example.com/", "https://example.com/");
        // The reader strips the check digit, or sends an add-on with it.
        check(0x08, "04210000526", "04210000526");
        check(0x09, "425261", "425261");
        check(0x09, "04252615", "04252615");
        check(0x0B, "952123454321312", "952123454321312");
        check(0x30, "9521234543213", "9521234543213");
        check(0x00, "A", "A");
        // It is set up to send identifiers.
        check(0x03, "]C0A-01-02", "]C0A-01-02");
    }
}
