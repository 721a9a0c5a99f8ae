//! Packing and returns, by their labels.

use super::{bench, sample};
use floorhand::view::*;
use i_slint_backend_testing::ElementHandle;

#[test]
fn packing_says_what_is_pressed() {
    let bench = bench();
    let window = slint::ComponentHandle::window(bench.screen.root());
    let cases = [
        ("20-pack-verify", "More", Tap::More),
        ("20-pack-verify", "New carton", Tap::NewCarton),
        ("20-pack-verify", "Take out", Tap::TakeOut),
        ("20-pack-verify", "Problem", Tap::Problem),
        ("20-pack-verified", "Close carton", Tap::CloseCarton),
        ("20-pack-carton", "Carton 1: 3 items. Box S", Tap::Choose(0)),
        ("20-pack-carton", "Leave rest", Tap::Finish),
        ("20-pack-take-out", "Back", Tap::Back),
        ("20-pack-photo", "Photo", Tap::Photo),
        ("20-pack-photo", "Back", Tap::Back),
        ("20-pack-weigh", "Back", Tap::Back),
        ("20-pack-choose", "T-0419, 2 items, Express · Due 15:40", Tap::Choose(1)),
        ("21-pack-weight", "Weigh again", Tap::WeighAgain),
        ("21-pack-weight", "Ask lead", Tap::AskLead),
        ("21-pack-weight", "Back", Tap::Back),
        ("22-pack-label", "Print again", Tap::PrintAgain),
        ("22-pack-missing", "Print", Tap::PrintAgain),
        ("22-pack-missing", "Label later", Tap::Later),
        ("22-pack-finish", "Finish order", Tap::Finish),
        ("22-pack-finish", "Take out", Tap::TakeOut),
        ("23-load", "Done", Tap::Finish),
        ("23-load", "More", Tap::More),
    ];
    for (width, height) in [(1280.0, 800.0), (480.0, 800.0)] {
        window.set_size(slint::LogicalSize::new(width, height));
        slint::platform::update_timers_and_animations();
        for (page, label, expected) in &cases {
            bench.show(page);
            slint::platform::update_timers_and_animations();
            assert_eq!(bench.press(label), std::slice::from_ref(expected), "{page}: {label}");
        }
        // What cannot be closed yet says how much is left; what is not to be chosen cannot be pressed.
        bench.show("20-pack-verify");
        assert_eq!(bench.press("Close: 3 left"), []);
    }
}

#[test]
fn returns_say_what_is_pressed() {
    let bench = bench();
    let window = slint::ComponentHandle::window(bench.screen.root());
    let cases = [
        ("12-returns-open", "No number", Tap::Unmatched),
        ("12-returns-choose", "R-2291. Order 48107, 6 items", Tap::Choose(0)),
        ("12-returns-choose", "Order 48052", Tap::Choose(1)),
        ("12-returns-identity", "That is all", Tap::Finish),
        ("12-returns-not-shipped", "Without order", Tap::Unmatched),
        ("12-returns-lot", "Z", Tap::Sign('Z')),
        ("12-returns-lot", "Scan it", Tap::Keypad),
        ("12-returns-quantity", "2", Tap::Digit(2)),
        ("12-returns-quantity", "OK", Tap::Ok),
        ("12-returns-quantity", "Back", Tap::Back),
        ("12-returns-inspect", "Does it work? Yes", Tap::Answer(2, true)),
        ("12-returns-inspect", "All parts inside? No", Tap::Answer(0, false)),
        ("12-returns-inspect", "Grade D", Tap::Grade(3)),
        ("12-returns-inspect", "Reason, Does not work", Tap::Reasons),
        ("12-returns-inspect", "2 photos", Tap::Photo),
        ("12-returns-inspect", "Next", Tap::Next),
        ("12-returns-missing", "Reason", Tap::Reasons),
        ("12-returns-missing", "Photo", Tap::Photo),
        ("12-returns-reasons", "Does not work", Tap::Choose(4)),
        ("13-returns-put", "Sell off. Ask your lead", Tap::Disposition(2)),
        ("13-returns-put", "Recycle. Bin RC-01", Tap::Disposition(3)),
        ("13-returns-put", "Grade C, back to the checklist", Tap::Back),
    ];
    for (width, height) in [(480.0, 800.0), (1280.0, 800.0)] {
        window.set_size(slint::LogicalSize::new(width, height));
        slint::platform::update_timers_and_animations();
        for (page, label, expected) in &cases {
            bench.show(page);
            slint::platform::update_timers_and_animations();
            assert_eq!(bench.press(label), std::slice::from_ref(expected), "{page}: {label}");
        }
        // Grades that the answers do not leave, and outcomes that nobody may choose.
        bench.show("12-returns-inspect");
        assert_eq!(bench.press("Grade A"), []);
        bench.show("13-returns-put");
        assert_eq!(bench.press("Restock. Was opened"), []);
    }
}

#[test]
fn what_packing_and_returns_ask_is_read_out() {
    let bench = bench();
    let window = slint::ComponentHandle::window(bench.screen.root());
    window.set_size(slint::LogicalSize::new(1280.0, 800.0));
    slint::platform::update_timers_and_animations();
    for (page, words) in [
        ("20-pack-verify", "3 left. Scan the next item"),
        ("20-pack-verify", "Vitamin D3 drops 30 ml Citrus · Lot L26-0917, 0 of 1, Open"),
        ("20-pack-verify", "2 × Stoneware mug, Moss, 780 g"),
        ("20-pack-wrong", "Not in order. Put it aside. Scan the next item."),
        ("20-pack-weigh", "Scale 1.21, should be 2.29. Put it on the scale"),
        ("21-pack-weight", "Too light. 365 g missing. Should be 2.29 kg, scale 1.93 kg."),
        ("21-pack-weight", "Scented candle. Put it in the carton"),
        ("21-pack-heavy", "Too heavy. 365 g too much. Should be 2.29 kg, scale 2.66 kg."),
        ("22-pack-label", "Stick it on top. Then belt 2. Scan the label"),
        ("22-pack-finish", "2 lines are open. Finish the order"),
        ("23-load", "4 cartons loaded. Scan the carton label"),
        ("23-load-dock", "Scan the dock"),
        ("12-returns-open", "R-2288, 3 items. Refund: waiting"),
        ("12-returns-inspect", "Grade C. Press Next"),
        ("13-returns-put", "Repair, grade C. Bin RP-02. Scan the bin"),
        ("12-returns-missing", "Answer is missing. Answer all questions."),
    ] {
        let found = sample::samples().into_iter().find(|sample| sample.name == page);
        bench.screen.apply(&found.unwrap_or_else(|| panic!("no sample {page}")).view);
        slint::platform::update_timers_and_animations();
        assert!(
            ElementHandle::find_by_accessible_label(bench.screen.root(), words).next().is_some(),
            "{page}: {words}"
        );
    }
}
