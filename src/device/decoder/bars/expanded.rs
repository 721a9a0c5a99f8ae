//! The text of an expanded DataBar (ISO/IEC 24724, clause 7.2.5): element strings packed into bits.

/// Bits of a character.
const CHARACTER_BITS: usize = 12;
/// Separator of GS1 elements, as which FNC1 is sent.
const GS: u8 = 0x1D;
/// A date field that says there is none.
const NO_DATE: u32 = 38_400;
/// Weights from here on have one more digit after the point.
const FINER_WEIGHT: u32 = 10_000;

/// Bits that are taken one after another.
struct Bits<'a> {
    characters: &'a [u32],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        (self.characters.len() * CHARACTER_BITS).saturating_sub(self.at)
    }

    /// The next bits without taking them; none where fewer are left.
    fn peek(&self, count: usize) -> Option<u32> {
        if count > self.left() {
            return None;
        }
        let mut value = 0;
        for at in self.at..self.at + count {
            let character = self.characters.get(at / CHARACTER_BITS)?;
            value = value << 1 | (character >> (CHARACTER_BITS - 1 - at % CHARACTER_BITS) & 1);
        }
        Some(value)
    }

    fn take(&mut self, count: usize) -> Option<u32> {
        let value = self.peek(count)?;
        self.at += count;
        Some(value)
    }

    /// Takes bits if they are these.
    fn skip(&mut self, count: usize, value: u32) -> bool {
        let same = self.peek(count) == Some(value);
        if same {
            self.at += count;
        }
        same
    }
}

/// The element string that the data characters say, the check left out.
pub(super) fn text(characters: &[u32]) -> Option<Vec<u8>> {
    let mut bits = Bits { characters, at: 0 };
    let mut out = Vec::new();
    // Whether a composite component goes with it.
    bits.take(1)?;
    if bits.skip(1, 1) {
        // How many characters there are is also said; their number is known.
        bits.take(2)?;
        let first = bits.take(4)?;
        gtin(&mut bits, first, &mut out)?;
        general(&mut bits, &mut out)?;
    } else if bits.skip(2, 0b00) {
        bits.take(2)?;
        general(&mut bits, &mut out)?;
    } else if bits.skip(4, 0b0100) {
        gtin(&mut bits, 9, &mut out)?;
        out.extend(format!("3103{:06}", bits.take(15)?).bytes());
    } else if bits.skip(4, 0b0101) {
        gtin(&mut bits, 9, &mut out)?;
        let weight = bits.take(15)?;
        let (places, weight) = if weight < FINER_WEIGHT { (2, weight) } else { (3, weight - FINER_WEIGHT) };
        out.extend(format!("320{places}{weight:06}").bytes());
    } else if bits.skip(5, 0b01100) {
        bits.take(2)?;
        gtin(&mut bits, 9, &mut out)?;
        out.extend(format!("392{}", bits.take(2)?).bytes());
        general(&mut bits, &mut out)?;
    } else if bits.skip(5, 0b01101) {
        bits.take(2)?;
        gtin(&mut bits, 9, &mut out)?;
        out.extend(format!("393{}{:03}", bits.take(2)?, bits.take(10).filter(|currency| *currency < 1000)?).bytes());
        general(&mut bits, &mut out)?;
    } else if bits.skip(4, 0b0111) {
        let kind = bits.take(3)?;
        gtin(&mut bits, 9, &mut out)?;
        let weight = bits.take(20).filter(|weight| *weight < 1_000_000)?;
        let unit = if kind % 2 == 0 { "310" } else { "320" };
        out.extend(format!("{unit}{}{:06}", weight / 100_000, weight % 100_000).bytes());
        let date = bits.take(16)?;
        if date > NO_DATE {
            return None;
        }
        if date < NO_DATE {
            let element = ["11", "13", "15", "17"].get(kind as usize / 2)?;
            out.extend(format!("{element}{:02}{:02}{:02}", date / 384, date / 32 % 12 + 1, date % 32).bytes());
        }
    } else {
        return None;
    }
    // A separator is needed only between two elements.
    while out.last() == Some(&GS) {
        out.pop();
    }
    (!out.is_empty()).then_some(out)
}

/// AI 01: the first digit, four groups of three, and the check digit that is not printed.
fn gtin(bits: &mut Bits<'_>, first: u32, out: &mut Vec<u8>) -> Option<()> {
    let mut digits = format!("{:01}", Some(first).filter(|digit| *digit < 10)?);
    for _ in 0..4 {
        digits.push_str(&format!("{:03}", bits.take(10).filter(|group| *group < 1000)?));
    }
    let sum: u32 =
        digits.bytes().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    out.extend(b"01");
    out.extend(digits.bytes());
    out.push(b'0' + ((10 - sum % 10) % 10) as u8);
    Some(())
}

#[derive(Clone, Copy, PartialEq)]
enum Set {
    Numeric,
    Letters,
    /// Letters of ISO/IEC 646, small ones among them.
    All,
}

/// The compaction for general purposes, to the end of the bits.
fn general(bits: &mut Bits<'_>, out: &mut Vec<u8>) -> Option<()> {
    let mut set = Set::Numeric;
    loop {
        set = match set {
            Set::Numeric => match numeric(bits, out)? {
                Some(set) => set,
                None => return Some(()),
            },
            Set::Letters | Set::All => match letter(bits, set, out)? {
                Some(set) => set,
                None => return Some(()),
            },
        };
    }
}

/// Two digits; says in which set to go on, nothing at the end.
fn numeric(bits: &mut Bits<'_>, out: &mut Vec<u8>) -> Option<Option<Set>> {
    let digit = |value: u32| if value < 10 { b'0' + value as u8 } else { GS };
    if bits.left() < 4 {
        return Some(None);
    }
    if bits.skip(4, 0) {
        return Some(Some(Set::Letters));
    }
    if bits.left() < 7 {
        // One digit at the end.
        let value = bits.take(4)?.checked_sub(1)?;
        bits.at += bits.left();
        out.extend((value < 10).then(|| digit(value)));
        return Some(None);
    }
    let value = bits.take(7)?.checked_sub(8)?;
    out.extend([digit(value / 11), digit(value % 11)]);
    Some(Some(Set::Numeric))
}

/// One letter or a change of sets.
fn letter(bits: &mut Bits<'_>, set: Set, out: &mut Vec<u8>) -> Option<Option<Set>> {
    if bits.left() < 3 {
        return Some(None);
    }
    if bits.skip(3, 0) {
        return Some(Some(Set::Numeric));
    }
    let Some(five) = bits.peek(5) else { return Some(None) };
    if five == 4 {
        bits.take(5)?;
        return Some(Some(if set == Set::Letters { Set::All } else { Set::Letters }));
    }
    if (5..=15).contains(&five) {
        bits.take(5)?;
        let fnc1 = five == 15;
        out.push(if fnc1 { GS } else { b'0' + (five - 5) as u8 });
        // The change to digits is implied; some printers put it nevertheless. A change back at once would make
        // no sense: an identifier starts with two digits.
        if fnc1 && bits.peek(7).is_some_and(|value| value < 8) {
            bits.take(3)?;
        }
        return Some(Some(if fnc1 { Set::Numeric } else { set }));
    }
    let own = if set == Set::Letters {
        match bits.take(6)? as u8 {
            value @ 32..=57 => value + 33,
            58 => b'*',
            value @ 59..=62 => value - 59 + b',',
            _ => return None,
        }
    } else if let Some(value @ 64..=115) = bits.peek(7) {
        bits.take(7)?;
        value as u8 + if value < 90 { 1 } else { 7 }
    } else {
        *br##"!"%&'()*+,-./:;<=>?_ "##.get((bits.take(8)?.checked_sub(232)?) as usize)?
    };
    out.push(own);
    Some(Some(set))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters of a string of bits, filled up as the standard says.
    fn packed(bits: &str) -> Vec<u32> {
        let mut bits = bits.to_owned();
        while !bits.len().is_multiple_of(CHARACTER_BITS) {
            bits.push('0');
        }
        bits.as_bytes()
            .chunks(CHARACTER_BITS)
            .map(|bits| bits.iter().fold(0, |value, bit| value << 1 | u32::from(bit - b'0')))
            .collect()
    }

    #[test]
    fn bits_become_element_strings() {
        let gtin: String = [1, 234, 567, 890].map(|group| format!("{group:010b}")).concat();
        let gtin = gtin.as_str();
        // "12", FNC1 after "3", a change to letters, "A", the filling.
        let general = format!("{:07b}{:07b}0000{:06b}00100", 8 + 11 + 2, 8 + 33 + 10, 32);
        for (bits, expected) in [
            (format!("00100{gtin}{:015b}", 1750), Some("01900123456789083103001750")),
            (format!("00101{gtin}{:015b}", 9999), Some("01900123456789083202009999")),
            (format!("00101{gtin}{:015b}", 10_001), Some("01900123456789083203000001")),
            (format!("001100{:02b}{gtin}10{general}", 0), Some("01900123456789083922123\u{1d}A")),
            (format!("001101{:02b}{gtin}01{:010b}{general}", 0, 978), Some("01900123456789083931978123\u{1d}A")),
            (
                format!("00111011{gtin}{:020b}{:016b}", 201_750, 99 * 384 + 11 * 32 + 31),
                Some("0190012345678908320200175013991231"),
            ),
            (format!("00111000{gtin}{:020b}{:016b}", 100_005, 38_400), Some("01900123456789083101000005")),
            (format!("0100{:04b}{gtin}{general}", 9), Some("0190012345678908123\u{1d}A")),
            (format!("00000{general}"), Some("123\u{1d}A")),
            // No such digit, no such date, nothing.
            (format!("0100{:04b}{gtin}{general}", 10), None),
            (format!("00111000{gtin}{:020b}{:016b}", 100_005, 38_401), None),
            (String::new(), None),
        ] {
            let found = text(&packed(&bits)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            assert_eq!(found.as_deref(), expected, "{bits}");
        }
        // One as it was printed, with letters, separators and the end in digits.
        let printed = [19, 683, 1576, 1030, 929, 771, 3271, 1066, 2688];
        assert_eq!(text(&printed).as_deref(), Some(&b"10123456A1234A\x1d15991231"[..]));
    }
}
