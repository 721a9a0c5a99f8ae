//! `~HS`, the host status of ZPL. Pure.
//!
//! Three lines, each `STX … ETX CR LF` (Zebra, ZPL programming guide):
//! 1. `aaa,b,c,dddd,eee,f,g,h,iii,j,k,l`: b paper out, c pause, e formats waiting, f buffer full,
//!    j settings lost, k too cold, l too hot;
//! 2. `mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www`: o head up, p ribbon out, t label waiting to be taken, u labels
//!    left of a batch;
//! 3. `xxxx,y`: password and memory, not used here.

use super::State;

/// What is sent to ask.
pub const QUESTION: &[u8] = b"~HS";
/// Longest answer; longer is noise. A full one has about 80 bytes.
pub const ANSWER_BYTES_MAX: usize = 512;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// What a printer says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostStatus {
    /// No labels left.
    pub paper_out: bool,
    /// Paused.
    pub paused: bool,
    /// Formats received and not printed yet.
    pub formats_waiting: u32,
    /// Takes no more.
    pub buffer_full: bool,
    /// Its settings are lost.
    pub settings_lost: bool,
    /// Too cold.
    pub too_cold: bool,
    /// Too hot.
    pub too_hot: bool,
    /// The head is up.
    pub head_open: bool,
    /// No ribbon left.
    pub ribbon_out: bool,
    /// A label waits to be taken off.
    pub label_waiting: bool,
    /// Labels left of the batch.
    pub labels_left: u32,
}

/// Why bytes are no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unparsed {
    /// They may become one.
    Half,
    /// They will not.
    Noise,
}

impl HostStatus {
    /// The one thing to see to first: what a person must do, then what time does.
    #[must_use]
    pub fn state(&self) -> State {
        if self.head_open {
            State::HeadOpen
        } else if self.paper_out {
            State::PaperOut
        } else if self.ribbon_out {
            State::RibbonOut
        } else if self.settings_lost || self.too_cold || self.too_hot {
            State::Fault
        } else if self.paused {
            State::Paused
        } else if self.buffer_full {
            State::BufferFull
        } else {
            State::Ready
        }
    }
}

/// Reads an answer. Bytes before the first line are skipped; a printer may have had something else to say.
///
/// # Errors
/// [`Unparsed::Half`] while more may come, [`Unparsed::Noise`] if a line is not what it must be or
/// there are more than [`ANSWER_BYTES_MAX`] bytes.
pub fn parse(bytes: &[u8]) -> Result<HostStatus, Unparsed> {
    let half = if bytes.len() > ANSWER_BYTES_MAX { Unparsed::Noise } else { Unparsed::Half };
    let mut lines = Vec::new();
    let mut rest = bytes;
    while lines.len() < 3 {
        let from = rest.iter().position(|byte| *byte == STX).ok_or(half)?;
        let line = rest.get(from + 1..).ok_or(half)?;
        let length = line.iter().position(|byte| *byte == ETX).ok_or(half)?;
        let (line, after) = line.split_at_checked(length).ok_or(half)?;
        lines.push(line);
        rest = after;
    }
    let [first, second, third] = <[&[u8]; 3]>::try_from(lines).map_err(|_| Unparsed::Noise)?;
    let ([_, b, c, _, e, f, _, _, _, j, k, l], [_, _, o, p, _, _, _, t, u, ..], [_, _]) =
        (fields::<12>(first)?, fields::<11>(second)?, fields::<2>(third)?);
    Ok(HostStatus {
        paper_out: flag(b)?,
        paused: flag(c)?,
        formats_waiting: number(e)?,
        buffer_full: flag(f)?,
        settings_lost: flag(j)?,
        too_cold: flag(k)?,
        too_hot: flag(l)?,
        head_open: flag(o)?,
        ribbon_out: flag(p)?,
        label_waiting: flag(t)?,
        labels_left: number(u)?,
    })
}

fn fields<const COUNT: usize>(line: &[u8]) -> Result<[&[u8]; COUNT], Unparsed> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    fields.try_into().map_err(|_| Unparsed::Noise)
}

fn flag(field: &[u8]) -> Result<bool, Unparsed> {
    match field {
        b"0" => Ok(false),
        b"1" => Ok(true),
        _ => Err(Unparsed::Noise),
    }
}

fn number(field: &[u8]) -> Result<u32, Unparsed> {
    let digits = !field.is_empty() && field.len() <= 9 && field.iter().all(u8::is_ascii_digit);
    let value = field.iter().fold(0_u32, |sum, byte| sum.wrapping_mul(10).wrapping_add(u32::from(byte & 0xF)));
    if digits { Ok(value) } else { Err(Unparsed::Noise) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An answer with these fields: paper, pause, buffer, fault, head, ribbon.
    pub fn answer(flags: [u8; 6]) -> Vec<u8> {
        let [b, c, f, j, o, p] = flags;
        format!(
            "\x02030,{b},{c},1245,000,{f},0,0,000,{j},0,0\x03\r\n\x02000,0,{o},{p},0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn every_state_has_its_flag() {
        for (flags, state) in [
            ([0, 0, 0, 0, 0, 0], State::Ready),
            ([1, 0, 0, 0, 0, 0], State::PaperOut),
            ([0, 1, 0, 0, 0, 0], State::Paused),
            ([0, 0, 1, 0, 0, 0], State::BufferFull),
            ([0, 0, 0, 1, 0, 0], State::Fault),
            ([0, 0, 0, 0, 1, 0], State::HeadOpen),
            ([0, 0, 0, 0, 0, 1], State::RibbonOut),
            ([1, 1, 1, 1, 1, 1], State::HeadOpen),
            ([1, 1, 0, 0, 0, 0], State::PaperOut),
        ] {
            assert_eq!(parse(&answer(flags)).map(|status| status.state()), Ok(state), "{flags:?}");
        }
    }

    #[test]
    fn numbers_are_read_and_noise_before_is_skipped() {
        let mut bytes = b"hello\r\n".to_vec();
        bytes.extend(b"\x02030,0,0,1245,017,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,6,1,00000042,1,000\x03\r\n\x021234,0\x03\r\n");
        let status = parse(&bytes).unwrap();
        assert_eq!((status.formats_waiting, status.labels_left, status.label_waiting), (17, 42, true));
    }

    /// Cut anywhere before the last ETX: half, never a status, never noise.
    #[test]
    fn half_an_answer_is_no_answer() {
        let whole = answer([0; 6]);
        let last = whole.iter().rposition(|byte| *byte == ETX).unwrap();
        for cut in 0..=last {
            assert_eq!(parse(&whole[..cut]), Err(Unparsed::Half), "{cut}");
        }
        assert!(parse(&whole[..=last]).is_ok());
    }

    #[test]
    fn other_bytes_are_noise() {
        for text in [
            "\x02030,0,0,1245,000,0,0,0,000,0,0\x03\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\x021234,0\x03",
            "\x02030,2,0,1245,000,0,0,0,000,0,0,0\x03\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\x021234,0\x03",
            "\x02030,0,0,1245,0x0,0,0,0,000,0,0,0\x03\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\x021234,0\x03",
            "\x02\x03\x02\x03\x02\x03",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(Unparsed::Noise), "{text:?}");
        }
        assert_eq!(parse(&[b'x'; ANSWER_BYTES_MAX + 1]), Err(Unparsed::Noise));
    }

    proptest::proptest! {
        #[test]
        fn anything_may_come(bytes: Vec<u8>, flags: [bool; 6], at: usize, byte: u8) {
            let _ = parse(&bytes);
            let mut bytes = answer(flags.map(u8::from));
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = parse(&bytes);
        }
    }
}
