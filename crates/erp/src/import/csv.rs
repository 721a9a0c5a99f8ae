//! Rows of a CSV file, one at a time, in bounded memory (RFC 4180).
//!
//! A reader of our own: those at hand grow a field for as long as a quote is open, and do not say
//! that it was never closed.

use super::fault::{Reason, Wrong};
use std::io::BufRead;

/// Bytes of one field at the most.
pub const FIELD_BYTES_MAX: usize = 4096;
/// Fields of one row at the most.
pub const FIELDS_MAX: usize = 64;

/// The fields of one row as they are read.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Whether a field was in quotes: a row of one empty field without is a blank line.
    quoted: bool,
}

impl Row {
    fn start(&mut self, line: u64) {
        self.line = line;
        self.bytes.clear();
        self.ends.clear();
        self.quoted = false;
    }

    fn field_len(&self) -> usize {
        self.bytes.len() - self.ends.last().copied().unwrap_or(0)
    }

    fn is_blank(&self) -> bool {
        self.bytes.is_empty() && self.ends.len() == 1 && !self.quoted
    }

    /// The fields without the white space around them; else the number of the one that is not UTF-8.
    pub(super) fn cells(&self) -> Result<Vec<String>, usize> {
        let mut from = 0;
        let mut cells = Vec::with_capacity(self.ends.len());
        for (n, end) in self.ends.iter().enumerate() {
            let bytes = self.bytes.get(from..*end).unwrap_or_default();
            cells.push(std::str::from_utf8(bytes).map_err(|_| n)?.trim().to_owned());
            from = *end;
        }
        Ok(cells)
    }
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A row.
    Row,
    /// A row that does not read: its line, the number of the field from 0, why.
    Broken(u64, usize, Wrong),
    /// Nothing.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Bare,
    Quoted,
    /// Behind a quote that ends a field or is the first of two.
    Closing,
    /// In a row that is refused.
    Skip,
}

/// Reads rows.
#[derive(Debug)]
pub(super) struct Reader<R> {
    input: R,
    delimiter: u8,
    line: u64,
    after_cr: bool,
    stopped: bool,
    hasher: blake3::Hasher,
}

impl<R: BufRead> Reader<R> {
    /// Finds the delimiter in the header; a byte order mark is passed over.
    pub(super) fn new(mut input: R) -> std::io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        if let Some(mark) = input.fill_buf()?.get(..3).filter(|mark| *mark == b"\xef\xbb\xbf") {
            hasher.update(mark);
            input.consume(3);
        }
        let delimiter = delimiter(input.fill_buf()?);
        Ok(Self { input, delimiter, line: 1, after_cr: false, stopped: false, hasher })
    }

    /// BLAKE3 of all bytes read so far, as hex digits.
    pub(super) fn hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    /// The next row that is not blank.
    pub(super) fn next(&mut self, row: &mut Row) -> std::io::Result<Next> {
        loop {
            match self.read(row)? {
                Next::Row if row.is_blank() => {}
                next => return Ok(next),
            }
        }
    }

    fn read(&mut self, row: &mut Row) -> std::io::Result<Next> {
        if self.stopped {
            return Ok(Next::End);
        }
        row.start(self.line);
        let (mut state, mut any, mut ended) = (State::Start, false, false);
        let mut quote_line = self.line;
        let mut broken: Option<Next> = None;
        while !ended {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                self.stopped = true;
                if !any {
                    return Ok(Next::End);
                }
                if state == State::Quoted {
                    return Ok(unclosed(quote_line, row.ends.len()));
                }
                row.ends.push(row.bytes.len());
                break;
            }
            let mut used = 0;
            for &byte in buffer {
                used += 1;
                let second_half = self.after_cr && byte == b'\n';
                self.after_cr = byte == b'\r';
                let line = self.line;
                if matches!(byte, b'\n' | b'\r') && !second_half {
                    self.line += 1;
                }
                if second_half && !any {
                    row.line = self.line;
                    continue;
                }
                any = true;
                let newline = matches!(byte, b'\n' | b'\r');
                match state {
                    State::Skip => ended = newline,
                    State::Quoted if byte == b'"' => state = State::Closing,
                    State::Start if byte == b'"' => {
                        (state, row.quoted, quote_line) = (State::Quoted, true, line);
                    }
                    State::Closing if byte == b'"' => {
                        row.bytes.push(byte);
                        state = State::Quoted;
                    }
                    State::Start | State::Bare | State::Closing if newline || byte == self.delimiter => {
                        row.ends.push(row.bytes.len());
                        state = State::Start;
                        ended = newline;
                        if row.ends.len() > FIELDS_MAX && broken.is_none() {
                            let wrong = Wrong::new(Reason::FieldCount, format!("more than {FIELDS_MAX} fields"));
                            broken = Some(Next::Broken(row.line, FIELDS_MAX, wrong));
                            state = State::Skip;
                        }
                    }
                    State::Closing => {
                        let detail = "text behind a closing quote; a quote within quotes is written twice";
                        broken = Some(Next::Broken(row.line, row.ends.len(), Wrong::new(Reason::BadQuote, detail)));
                        state = State::Skip;
                    }
                    State::Start | State::Bare | State::Quoted if row.field_len() < FIELD_BYTES_MAX => {
                        row.bytes.push(byte);
                        if state == State::Start {
                            state = State::Bare;
                        }
                    }
                    State::Quoted => {
                        self.stopped = true;
                        return Ok(unclosed(quote_line, row.ends.len()));
                    }
                    State::Start | State::Bare => {
                        let wrong = Wrong::new(Reason::TooLong, format!("more than {FIELD_BYTES_MAX} bytes"));
                        broken = Some(Next::Broken(row.line, row.ends.len(), wrong));
                        state = State::Skip;
                    }
                }
                if ended {
                    break;
                }
            }
            self.hasher.update(buffer.get(..used).unwrap_or_default());
            self.input.consume(used);
        }
        Ok(broken.unwrap_or(Next::Row))
    }
}

fn unclosed(line: u64, field: usize) -> Next {
    let detail = format!("the quote is not closed within {FIELD_BYTES_MAX} bytes; nothing behind it was read");
    Next::Broken(line, field, Wrong::new(Reason::UnclosedQuote, detail))
}

/// Comma, semicolon or TAB, whichever the first line holds most of.
fn delimiter(head: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| delimiter == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    counts.iter().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `line:a|b` a row, `line!field:reason` a broken one.
    fn read(text: &[u8], buffer: usize) -> Vec<String> {
        let mut reader = Reader::new(std::io::BufReader::with_capacity(buffer, text)).unwrap();
        let mut row = Row::default();
        let mut rows = Vec::new();
        loop {
            match reader.next(&mut row).unwrap() {
                Next::End => break,
                Next::Broken(line, field, wrong) => rows.push(format!("{line}!{field}:{}", wrong.reason.as_str())),
                Next::Row => rows.push(match row.cells() {
                    Ok(cells) => format!("{}:{}", row.line, cells.join("|")),
                    Err(field) => format!("{}!{field}:utf8", row.line),
                }),
            }
        }
        if !rows.iter().any(|row| row.contains("unclosed")) {
            assert_eq!(reader.hash(), blake3::hash(text).to_hex().to_string());
        }
        rows
    }

    #[test]
    fn rows_and_what_breaks_them() {
        let long = "x".repeat(FIELD_BYTES_MAX + 1);
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("\n\n", &[]),
            ("a,b\n1,2", &["1:a|b", "2:1|2"]),
            ("\u{feff}a,b\r\n1,2\r\n", &["1:a|b", "2:1|2"]),
            ("a;b\r1,5;2\r", &["1:a|b", "2:1,5|2"]),
            ("a\tb\n \"x\" \t y \n", &["1:a|b", "2:\"x\"|y"]),
            ("a,b\n\"1\r\n2\",3\n4,\n\n5,6\n", &["1:a|b", "2:1\r\n2|3", "4:4|", "6:5|6"]),
            ("a,b\r\n\r\n\r\n1,2\r\n", &["1:a|b", "4:1|2"]),
            ("a,b\n\"say \"\"hi\"\"\",27\"\n\"\",\"\"\n", &["1:a|b", "2:say \"hi\"|27\"", "3:|"]),
            ("\"a;\";b\n\"\"\n", &["1:a;|b", "2:"]),
            ("a,b\n1,\"x\"y,3\n4,5\n", &["1:a|b", "2!1:bad-quote", "3:4|5"]),
            ("a,b\n1,2\n3,\"4\n5,6\n", &["1:a|b", "2:1|2", "3!1:unclosed-quote"]),
            ("a\n1,\n", &["1:a", "2:1|"]),
            (&format!("a,b\n1,{long}\n2,3"), &["1:a|b", "2!1:too-long", "3:2|3"]),
            (&format!("a,b\n1,\"\n{long}\"\n2,3"), &["1:a|b", "2!1:unclosed-quote"]),
            (&format!("a\n{}\n2", ",".repeat(FIELDS_MAX)), &["1:a", "2!64:field-count", "3:2"]),
        ];
        for (text, rows) in cases {
            // The delimiter is looked for in the first buffer, which is never this short in use.
            assert_eq!(read(text.as_bytes(), 8192), *rows, "{text:?}");
        }
        assert_eq!(read(b"a,b\nx,\xff\n1,2\n", 64), ["1:a|b", "2!1:utf8", "3:1|2"]);
        let rows = "a,b\r\n".to_owned() + &"\"1\r\n2\",\"3\"\"\"\r\n".repeat(20);
        assert_eq!(read(rows.as_bytes(), 5), read(rows.as_bytes(), 8192));
    }
}
