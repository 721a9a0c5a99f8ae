//! Other stock than was planned: the oldest lot first, substitution, whole handling units.

use crate::cases;
use crate::play::Play;
use crate::world::{TODAY, World};
use floorhand_domain::fact::Units;
use floorhand_domain::master::Fefo;
use floorhand_domain::scan::Lookup;
use floorhand_domain::workflow::Site;

/// V at A1: an older lot L1 and a newer L2, five of each.
fn v(line: &str) -> World {
    World::new().line(line).stock("A1 V 5 lot=L1 exp=2027-01-31").stock("A1 V 5 lot=L2 exp=2027-02-28")
}

fn units(line: &str) -> World {
    World::new().line(line).stock("A1 X 5 hu=H1").stock("A1 X 5 hu=H2")
}

fn fefo(world: World, fefo: Fefo) -> World {
    world.set(|settings| settings.fefo = fefo)
}

cases! {
    p13_an_older_lot_here_comes_first: v("L1 A1 V 2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "FEFO needed=L1 scanned=L2 @ item L1 0"),
        ("(01)V(10)L2", "FEFO needed=L1 scanned=L2 @ item L1 0"),
        ("(01)V(10)L1", "ok item V @ item L1 1"),
    ];
    p13_with_warn_it_asks: fefo(v("L1 A1 V 2"), Fefo::Warn), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "SWAP? lot=L2 needed_lot=L1 @ item L1 0?"),
        ("(01)V(10)L2", "ok item V @ item L1 1 swap=L2/ + Substituted L1 (2) (2 L2)"),
        ("(01)V(10)L2", "step item V @ tote L1 2 swap=L2/"),
        ("T1", "step tote T1 @ drop-off + Picked L1 V (2 L2) T1"),
    ];
    p13_with_none_any_lot_is_taken: fefo(v("L1 A1 V 2"), Fefo::None), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "ok item V @ item L1 1"),
    ];
    p13_the_lot_that_the_line_names_is_taken_first_or_not: v("L1 A1 V 2 lot=L2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "ok item V @ item L1 1"),
    ];
    p13_another_lot_than_the_named_one_must_be_the_oldest:
        v("L1 A1 V 2 lot=L2").stock("A1 V 5 lot=L3 exp=2027-03-31"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L3", "FEFO needed=L1 scanned=L3 @ item L1 0"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 0?"),
    ];
    p13_an_older_lot_in_the_hand_is_no_longer_here:
        World::new().line("L1 A1 V 2").stock("A1 V 1 lot=L1 exp=2027-01-31").stock("A1 V 5 lot=L2 exp=2027-02-28"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "FEFO needed=L1 scanned=L2 @ item L1 0"),
        ("(01)V(10)L1", "ok item V @ item L1 1"),
        ("(01)V(10)L2", "step item V @ tote L1 2"),
    ];
    p13_an_older_lot_that_is_promised_to_others_is_none: v("L1 A1 V 2").claim("K9 A1 V 5 lot=L1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "ok item V @ item L1 1"),
    ];
    p13_the_lot_of_a_handling_unit_counts_as_well:
        World::new()
            .line("L1 A1 V 2")
            .stock("A1 V 5 lot=L1 hu=H1 exp=2027-01-31")
            .stock("A1 V 5 lot=L2 hu=H2 exp=2027-02-28"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H2", "FEFO needed=L1 scanned=L2 @ item L1 0"),
        ("H1", "ok hu H1 @ item L1 0 from=H1"),
        ("V", "ok item V @ item L1 1 from=H1"),
    ];
    p14_the_same_code_again_swaps: v("L1 A1 V 2 lot=L1").with(|world| world.settings.fefo = Fefo::None), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "SWAP? lot=L2 needed_lot=L1 @ item L1 0?"),
        ("(01)V(10)L2", "ok item V @ item L1 1 swap=L2/ + Substituted L1 (2 L1) (2 L2)"),
        ("/cut", "cut @ item L1 1 swap=L2/"),
        ("(01)V(10)L2", "step item V @ tote L1 2 swap=L2/"),
        ("T1", "step tote T1 @ drop-off + Picked L1 V (2 L2) T1"),
    ];
    p14_a_lot_by_itself_swaps_too: v("L1 A1 V 2 lot=L2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 0? [V]"),
        ("L1", "ok lot L1 @ item L1 1 swap=L1/ + Substituted L1 (2 L2) (2 L1)"),
    ];
    p14_the_rest_of_the_line_asks_no_more: v("L1 A1 V 3 lot=L2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 0?"),
        ("(01)V(10)L1", "ok item V @ item L1 1 swap=L1/ + Substituted L1 (3 L2) (3 L1)"),
        ("T1", "step tote T1 @ item L1 0 swap=L1/ + Picked L1 V (1 L1) T1"),
        ("(01)V(10)L1", "ok item V @ item L1 1 swap=L1/"),
    ];
    p15_the_planned_lot_drops_the_question: v("L1 A1 V 2 lot=L2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 0?"),
        ("(01)V(10)L2", "ok item V @ item L1 1"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 1?"),
        ("nonsense", "UNKNOWN_CODE @ item L1 1"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 1?"),
        ("/short", "ok page @ short L1 1"),
        ("/found", "ok page @ item L1 1"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 1?"),
    ];
    g7_the_question_lapses_with_a_power_cut: v("L1 A1 V 2 lot=L2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 0?"),
        ("/cut", "cut @ item L1 0"),
        ("(01)V(10)L1", "SWAP? lot=L1 needed_lot=L2 @ item L1 0?"),
    ];
    p12_an_expired_lot_is_never_swapped_in: v("L1 A1 V 2 lot=L1").stock("A1 V 5 lot=OLD hu=H2 exp=2026-06-14"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)OLD", "EXPIRED date=2026-06-14 @ item L1 0"),
        ("(01)V(10)OLD", "EXPIRED date=2026-06-14 @ item L1 0"),
        ("H2", "EXPIRED date=2026-06-14 @ item L1 0"),
    ];
    p16_a_handling_unit_of_another_order_is_swapped: units("L1 A1 X 2 hu=H1").claim("K9 A1 X 5 hu=H2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H2", "SWAP? handling_unit=H2 needed_unit=H1 @ item L1 0?"),
        ("H2", "ok hu H2 @ item L1 0 swap=/H2 from=H2 + Substituted L1 (2 in H1) (2 in H2)"),
        ("X", "ok item X @ item L1 1 swap=/H2 from=H2"),
        ("/cut", "cut @ item L1 1 swap=/H2 from=H2"),
        ("X", "step item X @ tote L1 2 swap=/H2 from=H2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (2 in H2) T1"),
    ];
    p16_what_is_all_promised_is_not_taken_unasked: units("L1 A1 X 2").claim("K9 A1 X 4 hu=H2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H2", "ok hu H2 @ item L1 0 from=H2"),
        ("X", "ok item X @ item L1 1 from=H2"),
        ("X", "SWAP? handling_unit=H2 @ item L1 1? from=H2"),
        ("H1", "ok hu H1 @ item L1 1 from=H1"),
        ("X", "step item X @ tote L1 2 from=H1"),
    ];
    p16_an_item_whose_only_unit_is_promised_asks:
        World::new().line("L1 A1 X 1").stock("A1 X 5 hu=H2").claim("K9 A1 X 5 hu=H2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "SWAP? handling_unit=H2 @ item L1 0?"),
        ("X", "step item X @ tote L1 1 swap=/H2 + Substituted L1 (1) (1 in H2)"),
    ];
    p16_a_lot_that_others_are_to_take_asks: v("L1 A1 V 2").claim("K9 A1 V 5 lot=L1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L1", "SWAP? lot=L1 @ item L1 0?"),
        ("(01)V(10)L1", "ok item V @ item L1 1 swap=L1/ + Substituted L1 (2) (2 L1)"),
    ];
    p17_what_somebody_picks_from_stays_his:
        World::new().line("L1 A1 X 2 hu=H1").stock("A1 X 5 hu=H1").stock("A1 X 3 hu=H2")
            .claim("K9 A1 X 3 hu=H2 picked=2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H2", "SWAP_PICKED scanned=H2 @ item L1 0"),
        ("H2", "SWAP_PICKED scanned=H2 @ item L1 0"),
        ("H1", "ok hu H1 @ item L1 0 from=H1"),
    ];
    p18_a_lot_booked_elsewhere_is_refused_and_counted: v("L1 A1 V 2 lot=L1").stock("A9 V 5 lot=L3"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L3", "WRONG_LOT needed=L1 scanned=L3 @ item L1 0 + CountAsked A1 V L3"),
        ("(01)V(10)L3", "WRONG_LOT needed=L1 scanned=L3 @ item L1 0"),
        ("/cut", "cut @ item L1 0"),
        ("(01)V(10)L3", "WRONG_LOT needed=L1 scanned=L3 @ item L1 0"),
        ("(01)V(10)NOWHERE", "WRONG_LOT needed=L1 scanned=NOWHERE @ item L1 0 + CountAsked A1 V NOWHERE"),
        ("(01)V(10)l1", "WRONG_LOT needed=L1 scanned=l1 @ item L1 0"),
        ("(01)V(10)L1", "ok item V @ item L1 1"),
    ];
    p19_a_whole_unit_that_is_seen_here_is_here: World::new().line("L1 A1 X 2 hu=H1").stock("A1 X 5 hu=H1")
        .stock("A9 X 5 hu=H5"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H5", "SWAP? handling_unit=H5 needed_unit=H1 @ item L1 0?"),
        ("H5", "ok hu H5 @ item L1 0 swap=/H5 from=H5 + Moved H5 A9 A1 [Swap] + Substituted L1 (2 in H1) (2 in H5)"),
        ("X", "ok item X @ item L1 1 swap=/H5 from=H5"),
        ("X", "step item X @ tote L1 2 swap=/H5 from=H5"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (2 in H5) T1"),
    ];
    p19_the_planned_unit_is_believed_without_a_question:
        World::new().line("L1 A1 X 2 hu=H5").stock("A1 X 5 hu=H1").stock("A9 X 5 hu=H5"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H5", "ok hu H5 @ item L1 0 from=H5 + Moved H5 A9 A1 []"),
        ("H5", "ok hu H5 @ item L1 0 from=H5"),
    ];
    p19_what_was_picked_elsewhere_is_not_believed:
        World::new().line("L1 A1 X 2").stock("A1 X 5 hu=H1").stock("A9 X 5 hu=H5 status=allocated"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H5", "WRONG_HU scanned=H5 @ item L1 0"),
    ];
    a_line_for_a_whole_unit_is_filled_by_it: units("L1 A1 X 5 hu=H1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H1", "step hu H1 @ tote L1 5 from=H1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (5 in H1) T1"),
    ];
    a_line_for_a_whole_unit_is_filled_by_the_one_swapped: units("L1 A1 X 5 hu=H1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H2", "SWAP? handling_unit=H2 needed_unit=H1 @ item L1 0?"),
        ("H2", "step hu H2 @ tote L1 5 swap=/H2 from=H2 + Substituted L1 (5 in H1) (5 in H2)"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (5 in H2) T1"),
    ];
}

/// What `status` lists is what the step takes.
#[test]
fn what_counts_without_a_question_is_known_beforehand() {
    let cases = [
        ("L1 A1 V 2", "L1", true),
        ("L1 A1 V 2", "L2", false),
        ("L1 A1 V 2", "OLD", false),
        ("L1 A1 V 2 lot=L2", "L2", true),
        ("L1 A1 V 2 lot=L2", "L1", false),
        ("L1 A1 V 2 lot=OLD", "OLD", false),
    ];
    for (line, lot, taken) in cases {
        let mut play = Play::new(v(line).stock("A1 V 5 lot=OLD exp=2026-06-14"));
        let units = Units { lot: lot.into(), qty: 1, ..Units::default() };
        let asked = |play: &Play| {
            let pick = play.pick.as_ref().unwrap();
            let mut lookup = Lookup::default();
            pick.widen(&mut lookup);
            let (known, today) = (play.world.look_up(&lookup), TODAY.to_owned());
            pick.takes(&units, &Site { known: &known, settings: &play.world.settings, today: &today })
        };
        assert!(!asked(&play), "before the location: {line} {lot}");
        play.event("A1");
        assert_eq!(asked(&play), taken, "{line} {lot}");
        let told = play.event(&format!("(01)V(10){lot}"));
        assert_eq!(told.starts_with("ok"), taken, "{told}");
    }
}
