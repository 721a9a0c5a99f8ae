//! The simulated twin of a reader that types: its events as text on a pty, a line each.
//!
//! `MILLISECONDS CODE VALUE`, as `MILLISECONDS report` and `MILLISECONDS dropped` for the two marks
//! that matter; `#` begins a comment. On a pty the times are not waited for: whoever writes decides
//! when.

use super::decode::Input;

/// Longest line; what is longer is no event.
const LINE_BYTES_MAX: usize = 256;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at_ms: u64,
    /// What.
    pub input: Input,
}

/// A line that is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not of the form MILLISECONDS CODE VALUE")]
pub struct NoEvent;

/// Reads a line; `None`: it is empty or a comment.
///
/// # Errors
/// When it is something else.
pub fn line(text: &str) -> Result<Option<Line>, NoEvent> {
    let text = text.split('#').next().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    let (at, input) = match words.as_slice() {
        [] => return Ok(None),
        [at, "dropped"] => (at, Input::Dropped),
        [at, "report"] => (at, Input::Report),
        [at, code, value] => {
            let code = code.parse().map_err(|_| NoEvent)?;
            (at, Input::Key { code, value: value.parse().map_err(|_| NoEvent)? })
        }
        _ => return Err(NoEvent),
    };
    Ok(Some(Line { at_ms: at.parse().map_err(|_| NoEvent)?, input }))
}

/// Cuts bytes into events.
#[derive(Debug, Default)]
pub struct Lines {
    held: Vec<u8>,
}

impl Lines {
    /// Takes bytes; what is no event counts as events that were dropped.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Input> {
        let mut inputs = Vec::new();
        for &byte in bytes {
            if byte != b'\n' {
                if self.held.len() < LINE_BYTES_MAX {
                    self.held.push(byte);
                }
                continue;
            }
            let text = String::from_utf8_lossy(&self.held).into_owned();
            self.held.clear();
            match line(&text) {
                Ok(line) => inputs.extend(line.map(|line| line.input)),
                Err(error) => {
                    tracing::warn!(%error, "a line of a simulated reader");
                    inputs.extend([Input::Dropped, Input::Report]);
                }
            }
        }
        inputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let key = |at_ms, code, value| Ok(Some(Line { at_ms, input: Input::Key { code, value } }));
        for (text, expected) in [
            ("12 30 1", key(12, 30, 1)),
            (" 12  30 0 # A", key(12, 30, 0)),
            ("12 dropped", Ok(Some(Line { at_ms: 12, input: Input::Dropped }))),
            ("12 report", Ok(Some(Line { at_ms: 12, input: Input::Report }))),
            ("# nothing", Ok(None)),
            ("", Ok(None)),
            ("12 30", Err(NoEvent)),
            ("x 30 1", Err(NoEvent)),
            ("12 70000 1", Err(NoEvent)),
            ("12 30 1 4", Err(NoEvent)),
        ] {
            assert_eq!(line(text), expected, "{text}");
        }
    }

    #[test]
    fn cut_anywhere() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"1 30 1\n2 3"), [Input::Key { code: 30, value: 1 }]);
        assert_eq!(lines.push(b"0 0\nwhat\n"), [Input::Key { code: 30, value: 0 }, Input::Dropped, Input::Report]);
        assert_eq!(lines.push(&[b'7'; 5_000]), []);
        assert!(lines.held.len() <= LINE_BYTES_MAX);
    }
}
