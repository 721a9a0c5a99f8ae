//! How the screen looks and which language it speaks: the station's own, or that of whoever is signed in.

use super::{App, Effect, Turn};
use crate::view::{Language, Look, Setting};

impl App {
    /// The language that nobody had to choose: of the badge where the pages have it, else of the station.
    #[must_use]
    pub fn own_language(&self) -> &str {
        let badge = self.session.as_ref().and_then(|session| Language::of(&session.language));
        badge.map_or(self.station_look.language.as_str(), |known| known.code)
    }

    /// Looks as they were kept with a badge; `None` = none were. An empty language is the one that nobody chose.
    pub fn wear(&mut self, kept: Option<Look>) {
        self.look = match kept {
            Some(look) if !look.language.is_empty() => look,
            kept => {
                let language = self.own_language().to_owned();
                Look { language, ..kept.unwrap_or_else(|| self.station_look.clone()) }
            }
        };
    }

    /// Another language for whoever is signed in, or for the station.
    pub(super) fn speak(mut self, language: &str) -> Turn {
        language.clone_into(&mut self.look.language);
        let mut turn = self.close_page();
        turn.app.station_looks();
        turn.effects.push(Effect::SaveLook);
        turn
    }

    pub(super) fn set(mut self, setting: Setting) -> Turn {
        match setting {
            Setting::Text(text) => self.look.text = text,
            Setting::Hand(hand) => self.look.hand = hand,
            Setting::Theme(theme) => self.look.theme = theme,
            Setting::Language(language) => self.look.language = language,
            Setting::Sound(sound) => self.look.sound = sound,
            Setting::Buzz(buzz) => self.look.buzz = buzz,
        }
        self.station_looks();
        let mut turn = self.turn();
        turn.effects.push(Effect::SaveLook);
        turn
    }

    /// What is chosen while nobody is signed in is the station's.
    fn station_looks(&mut self) {
        if self.session.is_none() {
            self.station_look = self.look.clone();
        }
    }
}
