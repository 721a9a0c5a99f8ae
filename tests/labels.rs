//! Everything that can be pressed is found by its label and says what it should; nothing can be
//! pressed that has no label.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "screens/sample.rs"]
mod sample;

#[path = "labels/languages.rs"]
mod languages;
#[path = "labels/outbound.rs"]
mod outbound;

use floorhand::screen::Screen;
use floorhand::view::*;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use std::cell::RefCell;
use std::rc::Rc;

struct Bench {
    screen: Screen,
    taps: Rc<RefCell<Vec<Tap>>>,
}

fn bench() -> Bench {
    i_slint_backend_testing::init_no_event_loop();
    let taps = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&taps);
    let screen = Screen::new(Profile::Handheld, Theme::Dark, Box::new(move |tap| sink.borrow_mut().push(tap))).unwrap();
    screen.still();
    slint::ComponentHandle::window(screen.root()).set_size(slint::LogicalSize::new(480.0, 800.0));
    slint::platform::update_timers_and_animations();
    Bench { screen, taps }
}

impl Bench {
    fn show(&self, name: &str) {
        let sample = sample::samples().into_iter().find(|sample| sample.name == name);
        self.screen.apply(&sample.unwrap_or_else(|| panic!("no sample {name}")).view);
    }

    fn press(&self, label: &str) -> Vec<Tap> {
        // The words on a button carry the same label, without a role.
        let pressable = |element: &ElementHandle| {
            matches!(
                element.accessible_role(),
                Some(AccessibleRole::Button | AccessibleRole::RadioButton | AccessibleRole::Tab)
            )
        };
        let found: Vec<_> =
            ElementHandle::find_by_accessible_label(self.screen.root(), label).filter(pressable).collect();
        assert_eq!(found.len(), 1, "{label:?} is there {} times", found.len());
        found[0].invoke_accessible_default_action();
        self.taps.take()
    }
}

#[test]
fn labels_say_what_is_pressed() {
    let bench = bench();
    let key = |key| Tap::Key(KeyPress { key, ctrl: false, alt: false, shift: false });
    let setting = Tap::Setting;
    let cases: Vec<(&str, &str, Tap)> = vec![
        ("01-sign-in-badge", "Language", Tap::OpenLanguages),
        ("01-sign-in-badge", "Light", setting(Setting::Theme(Theme::Light))),
        ("01-sign-in-badge", "About", Tap::OpenAbout),
        ("01-sign-in-pin", "7", Tap::Digit(7)),
        ("01-sign-in-pin", "0", Tap::Digit(0)),
        ("01-sign-in-pin", "Delete", Tap::Backspace),
        ("01-sign-in-pin", "Not me", Tap::NotMe),
        ("01-sign-in-pin", "Floorhand, H-07, Online, 0 waiting", Tap::OpenAttention),
        ("02-work-list", "Pick, 12 lines, aisle B. Press to start", Tap::Primary),
        ("02-work-list", "Pick 48177, 4 lines, Aisle D · due 23:45", Tap::Choose(0)),
        ("02-work-list", "Pick 48203, 6 lines, Left by Jon P.", Tap::Choose(2)),
        ("02-work-list", "More", Tap::More),
        ("02-work-list", "History", Tap::OpenHistory),
        ("02-work-list", "Attention 2", Tap::OpenAttention),
        ("02-work-list", "Mara K., H-07, Online, 0 waiting, 2 to look at", Tap::OpenAttention),
        ("02-work-list-empty", "Attention", Tap::OpenAttention),
        ("03-pick-location", "More", Tap::More),
        ("03-pick-location", "Can’t scan", Tap::CantScan),
        ("03-pick-location", "Problem", Tap::Problem),
        ("05-pick-quantity", "Only 2 here", Tap::OnlyHere),
        ("05-pick-quantity", "9", Tap::Digit(9)),
        ("05-pick-quantity-typed", "OK", Tap::Ok),
        ("05-pick-quantity-typed", "Delete", Tap::Backspace),
        ("06-pick-wrong-item", "Problem", Tap::Problem),
        ("07-pick-short", "Shelf is empty", Tap::Choose(0)),
        ("07-pick-short", "Item is damaged", Tap::Choose(1)),
        ("07-pick-short", "Other item on shelf", Tap::Choose(2)),
        ("07-pick-short", "Can’t reach shelf", Tap::Choose(3)),
        ("07-pick-short", "I found it", Tap::FoundIt),
        ("07-pick-short-damaged", "1", Tap::Digit(1)),
        ("08-pick-empty-now", "Yes", Tap::Yes),
        ("08-pick-empty-now", "No", Tap::No),
        ("05-pick-weigh", "7", Tap::Digit(7)),
        ("05-pick-weigh", "Decimal point", Tap::Point),
        ("05-pick-weigh-typed", "OK", Tap::Ok),
        ("08-pick-sort", "Problem", Tap::Problem),
        ("14-attention-acts", "What to do", Tap::Choose(0)),
        ("14-attention-entry", "Pass it on", Tap::Choose(2)),
        ("14-attention-people", "Jonas T.", Tap::Choose(1)),
        ("14-attention-note", "OK", Tap::Ok),
        ("14-attention", "Refused 2", Tap::Tab(AttentionTab::Refused)),
        ("14-attention", "Parked 1", Tap::Tab(AttentionTab::Parked)),
        ("14-attention", "Waiting 14", Tap::Tab(AttentionTab::Waiting)),
        ("14-attention", "Order was cancelled. 2 × Desk lamp Arc. Shelf B-09-21 · Order 48198", Tap::Choose(1)),
        ("14-attention", "Work", Tap::OpenWork),
        ("14-attention", "Back", Tap::Back),
        ("14-attention-waiting", "Page up", Tap::PageUp),
        ("14-attention-waiting", "Page down", Tap::PageDown),
        ("16-history", "All", Tap::ShowAll),
        ("16-history", "Refused 4", Tap::ShowRefused),
        ("17-settings", "Text 100", setting(Setting::Text(TextSize::T100))),
        ("17-settings", "Text 160", setting(Setting::Text(TextSize::T160))),
        ("17-settings", "Left", setting(Setting::Hand(Hand::Left))),
        ("17-settings", "Dark", setting(Setting::Theme(Theme::Dark))),
        ("17-settings", "Light", setting(Setting::Theme(Theme::Light))),
        ("17-settings", "Language, English", Tap::OpenLanguages),
        ("17-settings", "About", Tap::OpenAbout),
        ("17-settings", "Back", Tap::Back),
        ("17-languages", "Deutsch", Tap::Choose(1)),
        ("18-more", "Again to give back", Tap::Choose(1)),
        ("18-more", "Needs attention 2", Tap::Choose(3)),
        ("18-more", "Sign out", Tap::Choose(6)),
        ("18-cant-scan", "Type the code", Tap::Choose(0)),
        ("18-problem", "Goods are missing", Tap::Choose(0)),
        ("17-readers", "Try sound", Tap::TrySound),
        ("18-camera", "Close", Tap::Back),
        ("18-camera", "Light", Tap::Light),
        ("18-camera", "Type code", Tap::TypeCode),
        ("17-settings", "Sound low", Tap::Setting(Setting::Sound(Sound::Low))),
        ("17-settings", "Buzz off", Tap::Setting(Setting::Buzz(false))),
        ("17-settings", "Try sound", Tap::TrySound),
        ("18-type-code", "Q", Tap::Sign('Q')),
        ("18-type-code", "0", Tap::Sign('0')),
        ("18-type-code", "Hyphen", Tap::Sign('-')),
        ("18-type-code", "OK", Tap::Ok),
        ("19-storage-full", "Try again", Tap::Ok),
    ];
    for (page, label, expected) in cases {
        bench.show(page);
        assert_eq!(bench.press(label), [expected], "{page}: {label}");
    }

    // What cannot be chosen says nothing.
    bench.show("18-more");
    assert_eq!(bench.press("Skip this line. It is the last line"), []);

    // Refusals and plates are read out whole.
    bench.show("06-pick-wrong-item");
    assert!(
        ElementHandle::find_by_accessible_label(bench.screen.root(), "Wrong item. Put it back. Take size M.")
            .next()
            .is_some()
    );
    bench.show("03-pick-location");
    let plate = "Aisle B, Bay 14, Shelf 32, level 3, place 2. Scan the shelf";
    assert!(ElementHandle::find_by_accessible_label(bench.screen.root(), plate).next().is_some());

    // Every key goes to Rust; Tab moves the focus, and Enter then belongs to the button.
    let window = slint::ComponentHandle::window(bench.screen.root());
    let type_key = |text: &str| {
        use slint::platform::WindowEvent::{KeyPressed, KeyReleased};
        window.dispatch_event(KeyPressed { text: text.into() });
        window.dispatch_event(KeyReleased { text: text.into() });
        bench.taps.take()
    };
    assert_eq!(type_key("B"), [key(Key::Text("B".into()))]);
    assert_eq!(type_key("\n"), [key(Key::Enter)]);
    assert_eq!(type_key("\u{1b}"), [key(Key::Escape)]);
    assert_eq!(type_key("\u{1d}"), [key(Key::Text("\u{1d}".into()))]);
    assert_eq!(type_key("\t"), [key(Key::Text("\t".into()))], "right after signs it ends a code");
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(200));
    assert_eq!(type_key("\t"), []);
    assert_eq!(type_key("\n"), [Tap::OpenAttention], "the strip has the focus");
    assert_eq!(type_key("\t"), []);
    assert_eq!(type_key("\n"), [Tap::More], "then the first button");
    assert_eq!(type_key("7"), [key(Key::Text("7".into()))], "a reader is never a press");
    assert_eq!(type_key("\n"), [key(Key::Enter)]);
    // A page that goes away does not take the keys with it.
    type_key("\t");
    bench.show("04-pick-item");
    bench.show("17-settings");
    assert_eq!(type_key("\n"), [key(Key::Enter)]);
}

#[test]
fn receiving_moves_and_counts_say_what_is_pressed() {
    let bench = bench();
    let cases = [
        ("30-deliveries", "Vita Nord, PO-7730, Here now", Tap::Choose(1)),
        ("30-deliveries", "No paper", Tap::Blind),
        ("30-deliveries", "Not on list", Tap::NotListed),
        ("30-deliveries", "More", Tap::More),
        ("31-receive-scan", "Repeat L26-0917 · 14 MAR 28", Tap::Repeat),
        ("31-receive-scan", "Close delivery", Tap::CloseDelivery),
        ("31-receive-scan", "Not on list", Tap::NotListed),
        ("31-receive-not-on-delivery", "Not on list", Tap::NotListed),
        ("31-receive-announced", "Yes", Tap::Yes),
        ("31-receive-announced", "No", Tap::No),
        ("31-receive-lot", "Type it", Tap::Keypad),
        ("31-receive-lot-typed", "L", Tap::Sign('L')),
        ("31-receive-lot-typed", "Scan it", Tap::Keypad),
        ("31-receive-expiry", "No date", Tap::NoDate),
        ("31-receive-pallet", "Lot, L26-0917, done", Tap::Field(0)),
        ("31-receive-expiry", "8", Tap::Digit(8)),
        ("31-receive-expiry", "OK", Tap::Ok),
        ("31-receive-serial", "Type it", Tap::Keypad),
        ("31-receive-quantity", "Damaged", Tap::Damaged),
        ("31-receive-quantity-weighed", "Decimal point", Tap::Point),
        ("31-receive-condition", "All good", Tap::Choose(0)),
        ("31-receive-condition", "Some damaged", Tap::Choose(1)),
        ("31-receive-damaged", "Photo", Tap::Photo),
        ("31-receive-damaged-photos", "2 photos", Tap::Photo),
        ("31-receive-pallet", "No pallet", Tap::NoPallet),
        ("31-receive-pallet", "Print a label", Tap::PrintLabel),
        ("31-receive-pallet", "Problem", Tap::Problem),
        ("31-receive-problem", "Not on list", Tap::Choose(0)),
        ("31-receive-problem", "Unknown barcode", Tap::Choose(1)),
        ("32-discrepancies", "Hand cream 75 ml, 12 Short", Tap::Choose(0)),
        ("32-discrepancies", "3 lines match", Tap::Fold),
        ("32-discrepancies", "Count again", Tap::CountAgain),
        ("32-discrepancies", "Add photo", Tap::Photo),
        ("32-discrepancies", "Back", Tap::Back),
        ("32-discrepancies-closing", "More to come", Tap::MoreToCome),
        ("32-discrepancies-closing", "Final", Tap::Final),
        ("32-discrepancies-closing", "Page down", Tap::PageDown),
        ("33-photo", "Take photo", Tap::Shutter),
        ("33-photo", "Light", Tap::Light),
        ("33-photo-taken", "Again", Tap::Again),
        ("33-photo-taken", "Use it", Tap::Use),
        ("34-unknown-photo", "Open camera", Tap::Photo),
        ("34-unknown-words", "Space", Tap::Sign(' ')),
        ("34-unknown-quantity", "Photo, 1, done", Tap::Field(0)),
        ("34-unknown-quantity", "OK", Tap::Ok),
        ("34-unknown-quantity", "Back", Tap::Back),
    ];
    for (page, label, expected) in cases.into_iter().chain(sample::stock::presses()) {
        bench.show(page);
        assert_eq!(bench.press(label), [expected], "{page}: {label}");
    }

    // Refusals and plates are read out whole.
    for (page, label) in sample::stock::SPOKEN {
        bench.show(page);
        assert!(
            ElementHandle::find_by_accessible_label(bench.screen.root(), label).next().is_some(),
            "{page}: {label}"
        );
    }
    for (page, plate) in [
        ("30-deliveries", "Door 4, Vita Nord. Scan the delivery note"),
        ("31-receive-expiry", "Expiry 14 03 2028. 479 days left. Type the date"),
        ("31-receive-quantity", "96 of 240, Vitamin D3 drops 30 ml Citrus. Scan the next item"),
        ("31-receive-not-on-delivery", "Not on list. Put it aside. Press Not on list."),
        ("31-receive-too-old", "Too old. 60 days left. Needs 90. Put it aside."),
        ("31-receive-new-label", "New label. Scan it again to create it."),
        ("32-discrepancies", "Post this delivery. Scan your badge"),
    ] {
        bench.show(page);
        assert!(
            ElementHandle::find_by_accessible_label(bench.screen.root(), plate).next().is_some(),
            "{page}: {plate}"
        );
    }
}

#[test]
fn a_dock_has_the_same_with_more_at_once() {
    let bench = bench();
    let window = slint::ComponentHandle::window(bench.screen.root());
    window.set_size(slint::LogicalSize::new(1280.0, 800.0));
    slint::platform::update_timers_and_animations();
    let cases = [
        ("30-deliveries", "Brightline Audio, PO-7728, Late 22 min", Tap::Choose(2)),
        ("30-deliveries", "No paper", Tap::Blind),
        ("30-deliveries", "More", Tap::More),
        ("31-receive-scan", "Close delivery", Tap::CloseDelivery),
        ("31-receive-scan", "More", Tap::More),
        ("31-receive-lot-typed", "Z", Tap::Sign('Z')),
        ("31-receive-expiry", "No date on pack", Tap::NoDate),
        ("31-receive-expiry", "Damaged", Tap::Damaged),
        ("31-receive-expiry", "Problem", Tap::Problem),
        ("31-receive-expiry", "Lot, L26-0917, done", Tap::Field(0)),
        ("31-receive-expiry", "OK", Tap::Ok),
        ("31-receive-quantity-weighed", "Decimal point", Tap::Point),
        ("31-receive-damaged", "Photo", Tap::Photo),
        ("31-receive-pallet", "Print a label", Tap::PrintLabel),
        ("31-receive-pallet", "No pallet", Tap::NoPallet),
        ("32-discrepancies", "Magnesium 90 tablets, 4 Damaged", Tap::Choose(2)),
        ("32-discrepancies", "3 lines match", Tap::Fold),
        ("32-discrepancies", "Back", Tap::Back),
        ("32-discrepancies-closing", "Final", Tap::Final),
        ("33-photo", "Take photo", Tap::Shutter),
        ("34-unknown-words", "Space", Tap::Sign(' ')),
        ("34-unknown-words", "Photo, 1, done", Tap::Field(0)),
    ];
    let show = |page: &str| {
        let found = sample::samples().into_iter().find(|sample| sample.name == page);
        let mut view = found.unwrap_or_else(|| panic!("no sample {page}")).view;
        sample::receiving::docked(&mut view);
        sample::cut(&mut view);
        bench.screen.apply(&view);
    };
    for (page, label, expected) in cases {
        show(page);
        slint::platform::update_timers_and_animations();
        assert_eq!(bench.press(label), [expected], "{page}: {label}");
    }
    // A line of the list is read out whole; a next field is not to be pressed.
    show("31-receive-expiry");
    let line = "Hand cream, 168 of 180, Short";
    assert!(ElementHandle::find_by_accessible_label(bench.screen.root(), line).next().is_some());
    assert_eq!(bench.press("Quantity"), []);
}

#[test]
fn nothing_can_be_pressed_without_a_label() {
    let bench = bench();
    for sample in sample::samples() {
        bench.screen.apply(&sample.view);
        let mut pressable = 0;
        for element in ElementQuery::from_root(bench.screen.root()).match_inherits("Press").find_all() {
            pressable += 1;
            let label = element.accessible_label().unwrap_or_default();
            assert!(!label.trim().is_empty(), "{}: {:?} {:?}", sample.name, element.id(), element.type_name());
            assert!(
                element.accessible_role().is_some_and(|role| role != AccessibleRole::None),
                "{}: {label}",
                sample.name
            );
        }
        assert!(pressable > 0, "{}: found nothing to press", sample.name);
        // Touch areas live in Press, and nowhere else but in Slint's own badge.
        for touch in
            ElementQuery::from_root(bench.screen.root()).match_descendants().match_type_name("TouchArea").find_all()
        {
            let id = touch.id().unwrap_or_default();
            assert!(
                id == "Press::touch" || sample.name == "17-about",
                "{}: a touch area of its own, {id}",
                sample.name
            );
        }
    }
}

#[test]
fn everything_pressable_lies_on_the_screen() {
    const SMALL: f32 = 360.0;
    const SIZES: [(f32, f32, &str); 3] = [(480.0, 800.0, "H-07"), (1280.0, 800.0, "DOCK-4"), (SMALL, 640.0, "H-07")];
    let bench = bench();
    let window = slint::ComponentHandle::window(bench.screen.root());
    let mut outside = Vec::new();
    // Languages differ most where words are largest.
    let drawn = |text: TextSize, language: &str| text == TextSize::T160 || matches!(language, "en" | "de");
    let looks: Vec<(TextSize, &str)> = [TextSize::T100, TextSize::T130, TextSize::T160]
        .into_iter()
        .flat_map(|text| LANGUAGES.iter().map(move |known| (text, known.code)))
        .filter(|(text, language)| drawn(*text, language))
        .collect();
    for (width, height, station) in SIZES {
        window.set_size(slint::LogicalSize::new(width, height));
        for (text, language) in looks.iter().copied() {
            for sample in sample::samples() {
                // On the smallest screens words are of the smallest size; pages with a picture of that size.
                let small = sample::SMALL.contains(&sample.name)
                    || [sample::stock::pictures(sample.name), sample::outbound::pictures(sample.name)]
                        .into_iter()
                        .flatten()
                        .any(|names| names.contains(&"-small"));
                if width == SMALL && (text != TextSize::T100 || !small) {
                    continue;
                }
                let mut view = sample.view;
                view.look.text = text;
                view.look.language = language.into();
                view.strip.station = station.into();
                sample::cut(&mut view);
                bench.screen.apply(&view);
                slint::platform::update_timers_and_animations();
                for element in ElementQuery::from_root(bench.screen.root()).match_inherits("Press").find_all() {
                    let (at, size) = (element.absolute_position(), element.size());
                    let inside = at.x >= -0.5
                        && at.y >= -0.5
                        && at.x + size.width <= width + 0.5
                        && at.y + size.height <= height + 0.5;
                    if !inside {
                        let label = element.accessible_label().unwrap_or_default();
                        outside.push(format!(
                            "{} {width} {} {language}: {label} ends at {}",
                            sample.name,
                            text.percent(),
                            at.y + size.height
                        ));
                    }
                }
            }
        }
    }
    assert!(outside.is_empty(), "{outside:#?}");
}
