//! What nobody may read in a log, and what stands there instead.

use crate::app::{App, Found, Input, OpenPage};
use crate::view::{Key, KeyPress, Tap};
use floorhand_domain::scan::Scan;

/// Signs of a hash in place of a code.
const STAND_IN_SIGNS: usize = 16;

/// Masks with a key that is written nowhere.
pub(super) struct Mask {
    key: [u8; 32],
}

impl Mask {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The input of a turn and what was found for it, masked; `None` = there is nothing to mask.
    pub(super) fn of(&self, app: &App, input: &Input, found: &Found) -> Option<(Input, Found)> {
        let masked = match input {
            Input::Scan { scan, read } if read.is_err() || app.may_be_badge(read, &found.known) => {
                let raw = self.stand_in(&scan.raw).into_bytes();
                // What is no reading stays none.
                let complete = scan.complete || read.is_ok();
                Some(Input::Scan { scan: Scan { raw, complete, ..scan.clone() }, read: read.clone() })
            }
            Input::Tap(tap) => self.tap(app, tap).map(Input::Tap),
            Input::CodeTyped(code) if !code.is_empty() => Some(Input::CodeTyped(code.chars().map(plain).collect())),
            Input::Page(page) => self.page(page).map(Input::Page),
            Input::Seen { code, why } if !code.is_empty() => {
                Some(Input::Seen { code: self.stand_in(code.as_bytes()), why })
            }
            _ => None,
        };
        let hashed = !found.known.operators.is_empty();
        if masked.is_none() && !hashed {
            return None;
        }
        let mut found = found.clone();
        for operator in &mut found.known.operators {
            operator.badge_hash.clear();
            operator.pin_phc.clear();
        }
        Some((masked.unwrap_or_else(|| input.clone()), found))
    }

    fn stand_in(&self, secret: &[u8]) -> String {
        let hash = blake3::keyed_hash(&self.key, secret).to_hex();
        format!("masked-{}", hash.get(..STAND_IN_SIGNS).unwrap_or_default())
    }

    fn tap(&self, app: &App, tap: &Tap) -> Option<Tap> {
        let code = matches!(app.page, Some(OpenPage::TypeCode { .. } | OpenPage::Approve { .. }));
        let nobody = app.session.is_none() && app.page.is_none();
        match tap {
            Tap::Digit(_) if code || app.wants_digits() => Some(Tap::Digit(0)),
            Tap::Sign(sign) if code => Some(Tap::Sign(plain(*sign))),
            Tap::Key(KeyPress { key: Key::Text(text), ctrl, alt, shift }) => {
                let digit = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit());
                let means_nothing = !digit && !app.wants_text();
                (code || nobody || app.wants_digits() || means_nothing).then(|| {
                    let text = text.chars().map(plain).collect();
                    Tap::Key(KeyPress { key: Key::Text(text), ctrl: *ctrl, alt: *alt, shift: *shift })
                })
            }
            _ => None,
        }
    }

    fn page(&self, page: &OpenPage) -> Option<OpenPage> {
        let mut page = page.clone();
        match &mut page {
            OpenPage::Attention { rows, .. } => rows.iter_mut().for_each(|row| self.replace(&mut row.code)),
            OpenPage::History { rows, .. } => rows.iter_mut().for_each(|row| self.replace(&mut row.raw)),
            _ => return None,
        }
        Some(page)
    }

    fn replace(&self, code: &mut String) {
        if !code.is_empty() {
            *code = self.stand_in(code.as_bytes());
        }
    }
}

fn plain(sign: char) -> char {
    match sign {
        '0'..='9' => '0',
        ' '..='/' => sign,
        _ => 'A',
    }
}

/// An app without what a mask would have to change in it.
pub(super) fn scrubbed(app: &App) -> App {
    let mut app = app.clone();
    app.page = None;
    app.typed.clear();
    app.answer = crate::app::Answer::None;
    app
}
