//! Sounds on a card of our own.

use super::settings::Night;
use super::*;
use crate::device::outcome::Beat;
use std::sync::mpsc::{Sender, channel};

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    Opened,
    Card(usize),
    Buzzer(&'static [Beat]),
    Said(Option<SoundError>),
}

struct Speaker(Sender<Heard>, bool);

impl Card for Speaker {
    fn play(&mut self, tones: Tones) -> Result<(), SoundError> {
        // One that breaks plays once.
        if std::mem::replace(&mut self.1, false) {
            drop(self.0.send(Heard::Card(tones.count())));
            return Ok(());
        }
        Err(SoundError::Stopped("pulled out".into()))
    }
}

struct Horn(Sender<Heard>);

impl Buzzer for Horn {
    fn buzz(&self, beats: &'static [Beat]) {
        drop(self.0.send(Heard::Buzzer(beats)));
    }
}

/// Plays outcomes at these times; each opening gives the next of these results.
fn check(opens: Vec<Result<(), SoundError>>, plays: &[(u64, Outcome)], expected: &[Heard]) {
    let (sender, heard) = channel();
    let mut opens = opens.into_iter();
    let (opened, said) = (sender.clone(), sender.clone());
    let open: Open = Box::new(move || {
        drop(opened.send(Heard::Opened));
        opens.next().unwrap().map(|()| Box::new(Speaker(opened.clone(), true)) as Box<dyn Card>)
    });
    let emit: Emit = Box::new(move |error| drop(said.send(Heard::Said(error))));
    let mut player = Player::new(open, Some(Box::new(Horn(sender))), emit);
    for (now_ms, outcome) in plays {
        player.play(*outcome, 80, *now_ms);
    }
    drop(player);
    assert_eq!(heard.into_iter().collect::<Vec<_>>(), expected, "{plays:?}");
}

#[test]
fn without_a_card_the_buzzer_sounds_and_it_is_said_once() {
    let accepted = Outcome::Accepted;
    let buzz = || Heard::Buzzer(Outcome::Accepted.tones());
    let none = SoundError::NoDevice;
    check(
        vec![Err(none.clone()), Err(none.clone()), Ok(())],
        &[(1_000, accepted), (2_000, accepted), (10_999, accepted), (11_000, accepted), (21_000, accepted)],
        &[
            Heard::Opened,
            buzz(),
            Heard::Said(Some(none)),
            buzz(),
            buzz(),
            Heard::Opened,
            buzz(),
            Heard::Opened,
            Heard::Card(70 * 48),
            Heard::Said(None),
        ],
    );
}

#[test]
fn a_card_that_stops_is_opened_anew_at_once() {
    check(
        vec![Ok(()), Ok(())],
        &[(0, Outcome::Accepted), (5, Outcome::Refused)],
        &[Heard::Opened, Heard::Card(70 * 48), Heard::Opened, Heard::Card(460 * 48)],
    );
}

#[test]
fn a_quiet_card_is_closed() {
    let (sender, _heard) = channel();
    let open: Open = Box::new(move || Ok(Box::new(Speaker(sender.clone(), true))));
    let mut player = Player::new(open, None, Box::new(|_| {}));
    assert_eq!(player.closes_ms(), None);
    player.play(Outcome::Accepted, 80, 1_000);
    assert_eq!(player.closes_ms(), Some(61_000));
    player.close();
    assert_eq!(player.closes_ms(), None);
}

#[test]
fn nothing_sounds_at_night() {
    let (sender, heard) = channel();
    let night = Some(Night { from_minute: 0, to_minute: 60 });
    let open: Open = Box::new(|| Err(SoundError::NoDevice));
    let buzzer: Box<dyn Buzzer> = Box::new(Horn(sender));
    let sound = Sound::start_with(open, Settings { volume: 80, night }, Some(buzzer), Box::new(|_| {})).unwrap();
    sound.play(Outcome::Refused, 30);
    sound.play(Outcome::Accepted, 60);
    assert_eq!(heard.recv(), Ok(Heard::Buzzer(Outcome::Accepted.tones())));
    sound.set(Settings { volume: 0, night: None });
    sound.play(Outcome::Refused, 600);
    drop(sound);
    assert_eq!(heard.into_iter().count(), 0);
}

#[test]
fn cards_are_named() {
    let text = " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7 irq 31\n \
                 1 [Device         ]: USB-Audio - USB Audio\n                      [x]: y\n";
    assert_eq!(card_names(text), ["HDA-Intel - HDA Intel PCH", "USB-Audio - USB Audio"]);
    assert!(card_names("--- no soundcards ---\n").is_empty());
}
