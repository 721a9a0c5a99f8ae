//! The language follows the badge: through the floor's loop and a real store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "floor/kit.rs"]
mod kit;

use floorhand::view::{LANGUAGES, Page, Setting, Tap, TextSize};
use kit::Floor;
use kit::world::{ALL, COUNTER, SUPERVISOR, World};

/// BDG-1 speaks Polish; BDG-2 what the pages have no words in; BDG-9 what the station speaks.
fn floor() -> Floor {
    World::new().speaks("o-1", "pl-PL").speaks("o-2", "fr").floor()
}

fn language(floor: &Floor) -> String {
    floor.view().look.language
}

/// Chooses a language from where the page of languages can be opened.
#[track_caller]
fn choose(floor: &mut Floor, code: &str) {
    floor.tap(Tap::OpenLanguages);
    let Page::Sheet(sheet) = floor.view().page else { panic!("{:?}", floor.view().page) };
    let fit = sheet.rows.len();
    let at = LANGUAGES.iter().position(|known| known.code == code).unwrap();
    (0..at / fit).for_each(|_| floor.tap(Tap::PageDown));
    floor.tap(Tap::Choose(at % fit));
    assert_eq!(language(floor), code);
    if floor.app().page.is_some() {
        floor.tap(Tap::Back);
    }
}

#[test]
fn the_language_of_a_badge_lasts_until_sign_out() {
    let mut floor = floor();
    assert_eq!(language(&floor), "en");
    floor.sign_in(ALL);
    assert_eq!(language(&floor), "pl");
    // A power cut in between changes nothing.
    let mut floor = floor.restart();
    assert_eq!(language(&floor), "pl");
    sign_out(&mut floor);
    assert_eq!(language(&floor), "en");
}

#[track_caller]
fn sign_out(floor: &mut Floor) {
    floor.sheet("sign-out");
    // Pressed once it asks, on the page where it stands.
    let rows = floor.app().sheet_rows();
    let at = rows.iter().position(|(code, ..)| *code == "sign-out").unwrap();
    let first = floor.app().sheet_window(rows.len()).0;
    floor.tap(Tap::Choose(at - first));
    assert_eq!(floor.step(), "sign-in.badge");
}

#[test]
fn a_badge_without_a_language_speaks_that_of_the_station() {
    let mut floor = floor();
    choose(&mut floor, "uk");
    for badge in [COUNTER, SUPERVISOR] {
        floor.sign_in(badge);
        assert_eq!(language(&floor), "uk", "{badge}");
        sign_out(&mut floor);
    }
    // It is the station's: a power cut leaves it so, and it is there after each badge.
    let mut floor = floor.restart();
    assert_eq!(language(&floor), "uk");
    floor.sign_in(ALL);
    assert_eq!(language(&floor), "pl");
    sign_out(&mut floor);
    assert_eq!(language(&floor), "uk");
}

#[test]
fn a_language_that_somebody_chose_is_kept_with_the_badge() {
    let mut floor = floor();
    floor.sign_in(ALL);
    floor.tap(Tap::OpenSettings);
    choose(&mut floor, "es");
    let mut floor = floor.restart();
    assert_eq!(language(&floor), "es");
    sign_out(&mut floor);
    assert_eq!(language(&floor), "en");
    floor.sign_in(SUPERVISOR);
    assert_eq!(language(&floor), "en");
    sign_out(&mut floor);
    floor.sign_in(ALL);
    assert_eq!(language(&floor), "es");
}

#[test]
fn other_settings_leave_the_language_to_the_badge() {
    let mut floor = floor();
    floor.sign_in(ALL);
    floor.tap(Tap::Setting(Setting::Text(TextSize::T160)));
    let kept = floor.store().pref(&"o-1".into()).unwrap().unwrap();
    assert!(kept.contains("\"language\":\"\"") && kept.contains("160"), "{kept}");
    sign_out(&mut floor);
    assert_eq!((language(&floor).as_str(), floor.view().look.text), ("en", TextSize::T100));
    floor.sign_in(ALL);
    assert_eq!((language(&floor).as_str(), floor.view().look.text), ("pl", TextSize::T160));
}

#[test]
fn whoever_takes_over_a_locked_station_brings_a_language_along() {
    let mut floor = floor();
    floor.sign_in(ALL);
    floor.tap(Tap::Setting(Setting::Text(TextSize::T130)));
    floor.hand_over(SUPERVISOR);
    assert_eq!((language(&floor).as_str(), floor.view().look.text), ("en", TextSize::T100));
    floor.hand_over(ALL);
    assert_eq!((language(&floor).as_str(), floor.view().look.text), ("pl", TextSize::T130));
}

#[test]
fn drafts_are_marked_where_a_language_is_chosen() {
    let mut floor = floor();
    floor.tap(Tap::OpenLanguages);
    let mut rows = Vec::new();
    loop {
        let Page::Sheet(sheet) = floor.view().page else { panic!("{:?}", floor.view().page) };
        rows.extend(sheet.rows.into_iter().map(|row| (row.code, row.reason, row.disabled, row.chosen)));
        if sheet.paging.page + 1 >= sheet.paging.pages {
            break;
        }
        floor.tap(Tap::PageDown);
    }
    let expected = LANGUAGES.iter().map(|known| {
        let mark = if known.draft { "draft" } else { "" };
        (known.code.to_owned(), mark.to_owned(), false, known.code == "en")
    });
    assert_eq!(rows, expected.collect::<Vec<_>>());
}
