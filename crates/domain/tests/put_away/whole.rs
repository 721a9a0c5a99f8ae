//! Handling units as a whole.

use crate::cases;
use crate::floor::Floor;
use crate::world::SSCC;
use floorhand_domain::master::{LocationKind, Mixing};
use floorhand_domain::stock::Status;

/// H1 with 10 X at the dock, suggested A7.
fn h1(plan: &str) -> Floor {
    Floor::new().line(&format!("L1 D1 - 0 hu=H1 to=A7 {plan}")).stock("D1 X 10 hu=H1 status=in-transit")
}

fn two() -> Floor {
    h1("").line("L2 D1 - 0 hu=H2 to=A9").stock("D1 Y 5 hu=H2 status=in-transit")
}

/// H1 with 10 X on the pallet at A1.
pub fn carton_on_pallet() -> Floor {
    Floor::new()
        .stock("A1 X 10 hu=H1")
        .unit("H1", |unit| unit.parent = SSCC.into())
        .stock(&format!("A1 Y 4 hu={SSCC}"))
        .unit(SSCC, |unit| unit.location = "A1".into())
}

pub const M07: &[(&str, &str)] = &[
    ("H1", "step hu H1 @ put H1 from A1"),
    ("A2", "PLACE? scanned=A2 @ put H1 from A1"),
    ("A2", "task moved A2 @ Done + Moved H1 A1 > A2 PLACE?"),
];

cases! {
    m01_a_handling_unit_goes_where_it_is_suggested: two(), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A7", "step moved A7 @ source L2 + Moved L1 H1 D1 > A7"),
        ("H2", "step hu H2 @ put L2 H2 from D1 to A9"),
        ("A9", "task moved A9 @ Done + Moved L2 H2 D1 > A9"),
    ];
    m02_another_place_asks_once: h1(""), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A9", "PLACE? needed=A7 scanned=A9 @ put L1 H1 from D1 to A7"),
        ("A9", "task moved A9 @ Done + Moved L1 H1 D1 > A9 PLACE?"),
    ];
    m03_a_third_place_asks_for_itself: h1(""), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A9", "PLACE? needed=A7 scanned=A9 @ put L1 H1 from D1 to A7"),
        ("A2", "PLACE? needed=A7 scanned=A2 @ put L1 H1 from D1 to A7"),
        ("A9", "PLACE? needed=A7 scanned=A9 @ put L1 H1 from D1 to A7"),
        ("X", "WRONG_KIND id=X needed=location scanned=item @ put L1 H1 from D1 to A7"),
        ("A9", "PLACE? needed=A7 scanned=A9 @ put L1 H1 from D1 to A7"),
        ("nonsense", "UNKNOWN_CODE @ put L1 H1 from D1 to A7"),
        ("A7", "task moved A7 @ Done + Moved L1 H1 D1 > A7"),
    ];
    g7_a_question_lapses_with_a_power_cut: h1(""), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A9", "PLACE? needed=A7 scanned=A9 @ put L1 H1 from D1 to A7"),
        ("/cut", "cut @ put L1 H1 from D1 to A7"),
        ("A9", "PLACE? needed=A7 scanned=A9 @ put L1 H1 from D1 to A7"),
        ("A9", "task moved A9 @ Done + Moved L1 H1 D1 > A9 PLACE?"),
    ];
    m03_a_site_may_refuse_other_places: h1("others=A9").set(|s| s.other_place = false).unit(SSCC, |unit| {
        unit.location = "A2".into();
    }), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A9", "PLACE_FORBIDDEN needed=A7 scanned=A9 @ put L1 H1 from D1 to A7"),
        (SSCC, "PLACE_FORBIDDEN needed=A7 scanned=A2 @ put L1 H1 from D1 to A7"),
        ("/other", "ok page A9 @ put L1 H1 from D1 to A9"),
        ("A9", "task moved A9 @ Done + Moved L1 H1 D1 > A9"),
    ];
    m03_without_a_plan_other_places_are_all_there_is: Floor::new().stock("A1 X 10 hu=H1").set(|s| {
        s.other_place = false;
    }), [
        ("H1", "step hu H1 @ put H1 from A1"),
        ("A9", "PLACE? scanned=A9 @ put H1 from A1"),
        ("A9", "task moved A9 @ Done + Moved H1 A1 > A9 PLACE?"),
    ];
    other_place_steps_through_the_plan: h1("others=A9,A2"), [
        ("/other", "ok page A9 @ source L1"),
        ("H1", "step hu H1 @ put L1 H1 from D1 to A9"),
        ("/other", "ok page A2 @ put L1 H1 from D1 to A2"),
        ("/cut", "cut @ put L1 H1 from D1 to A2"),
        ("/other", "ok page A7 @ put L1 H1 from D1 to A7"),
        ("/other", "ok page A9 @ put L1 H1 from D1 to A9"),
        ("A7", "PLACE? needed=A9 scanned=A7 @ put L1 H1 from D1 to A9"),
        ("A9", "task moved A9 @ Done + Moved L1 H1 D1 > A9"),
    ];
    without_other_places_there_is_none_to_show: h1(""), [
        ("/other", "NOT_NOW @ source L1"),
    ];
    m04_held_stock_enters_places_of_its_status_only:
        Floor::new().stock("D1 X 10 hu=H1 status=quarantined").place("A9", |p| p.status = Status::Quarantined), [
        ("H1", "step hu H1 @ put H1 from D1"),
        ("A7", "PLACE_FORBIDDEN scanned=A7 @ put H1 from D1"),
        ("A9", "PLACE? scanned=A9 @ put H1 from D1"),
        ("A9", "task moved A9 @ Done + Moved H1 D1 > A9 PLACE?"),
    ];
    m04_stock_to_be_sold_enters_no_quarantine: h1("").place("A7", |p| p.status = Status::Quarantined), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A7", "PLACE_FORBIDDEN needed=A7 scanned=A7 @ put L1 H1 from D1 to A7"),
    ];
    m05_a_full_place_refuses_though_it_was_suggested: h1("").stock("A7 X 5").place("A7", |p| p.capacity = 12), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A7", "PLACE_FULL free=7 scanned=A7 @ put L1 H1 from D1 to A7"),
    ];
    m05_a_place_of_one_item_takes_no_other: h1("").stock("A7 Y 5").place("A7", |p| p.mixing = Mixing::Item), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A7", "PLACE_MIX holds=Y scanned=A7 @ put L1 H1 from D1 to A7"),
    ];
    m07_a_carton_moved_alone_leaves_its_pallet: carton_on_pallet(), [
        ("H1", "step hu H1 @ put H1 from A1"),
        ("A2", "PLACE? scanned=A2 @ put H1 from A1"),
        ("A2", "task moved A2 @ Done + Moved H1 A1 > A2 PLACE?"),
    ];
    m07_a_pallet_takes_along_what_stands_on_it: carton_on_pallet().place("A2", |p| p.capacity = 13), [
        (SSCC, "step hu 106141411234567897 @ put 106141411234567897 from A1"),
        ("A2", "PLACE_FULL free=13 scanned=A2 @ put 106141411234567897 from A1"),
        ("A7", "PLACE? scanned=A7 @ put 106141411234567897 from A1"),
        ("A7", "task moved A7 @ Done + Moved 106141411234567897 A1 > A7 PLACE?"),
    ];
    a_carton_goes_onto_a_pallet:
        Floor::new().stock("A1 X 10 hu=H1").stock("A7 Y 3 hu=106141411234567897").stock("A7 Y 3 hu=H2"), [
        ("H1", "step hu H1 @ put H1 from A1"),
        ("H2", "HU_RULE scanned=H2 @ put H1 from A1"),
        ("H1", "HU_RULE scanned=H1 @ put H1 from A1"),
        (SSCC, "task moved 106141411234567897 @ Done + Moved H1 A1 > A7 into 106141411234567897"),
    ];
    a_pallet_of_another_status_or_delivery_takes_nothing:
        Floor::new().stock("D1 X 10 hu=H1 status=in-transit").stock("D1 Y 3 hu=106141411234567897 status=in-transit")
            .unit("H1", |unit| unit.delivery = "ASN-1".into())
            .unit(SSCC, |unit| unit.delivery = "ASN-2".into()).stock("A7 Y 1 hu=T1 status=damaged"), [
        ("H1", "step hu H1 @ put H1 from D1"),
        (SSCC, "HU_RULE scanned=106141411234567897 @ put H1 from D1"),
        ("T1", "HU_RULE scanned=T1 @ put H1 from D1"),
        ("T9", "HU_RULE scanned=T9 @ put H1 from D1"),
    ];
    a_bare_sscc_names_a_unit_where_one_is_asked_for: carton_on_pallet(), [
        ("106141411234567897", "step hu 106141411234567897 @ put 106141411234567897 from A1"),
        ("/back", "ok page @ source"),
        ("(00)106141411234567897", "step hu 106141411234567897 @ put 106141411234567897 from A1"),
    ];
    picked_goods_never_move_here: Floor::new().stock("B1 X 2 hu=T1 status=allocated").stock("B2 X 2 hu=T9"), [
        ("T1", "HU_RULE scanned=T1 @ source"),
        ("T9", "HU_RULE scanned=T9 @ source"),
        ("B1", "step shelf B1 @ source B1"),
        ("X", "HU_RULE scanned=T1 @ source B1"),
    ];
    a_unit_that_is_nowhere_needs_its_location: Floor::new(), [
        ("H5", "NEED_LOCATION @ source"),
        ("A1", "step shelf A1 @ source A1"),
        ("H5", "step hu H5 @ put H5 from A1"),
        ("A1", "WRONG_LOCATION scanned=A1 @ put H5 from A1"),
        ("A2", "PLACE? scanned=A2 @ put H5 from A1"),
        ("A2", "task moved A2 @ Done + Moved H5 A1 > A2 PLACE?"),
    ];
    m09_a_unit_with_promised_goods_needs_a_supervisor:
        Floor::new().stock("A1 X 10 hu=H1").stock("A1 X 4").promise("A1 X 5"), [
        ("H1", "ALLOCATED item=X promised=5 @ source"),
        ("Y", "NEED_LOCATION @ source"),
        ("/approve OP2", "NOT_NOW @ source"),
        ("H1", "ALLOCATED item=X promised=5 @ source"),
        ("/cut", "cut @ source"),
        ("/approve OP2", "NOT_NOW @ source"),
        ("H1", "ALLOCATED item=X promised=5 @ source"),
        ("/approve OP2", "ok approved OP2 @ put H1 from A1 + Approved OP2 ALLOCATED task:K1 X 10"),
        ("/cut", "cut @ put H1 from A1"),
        ("A2", "PLACE? scanned=A2 @ put H1 from A1"),
        ("A2", "task moved A2 @ Done + Moved H1 A1 > A2 PLACE? ALLOCATED"),
    ];
    m09_what_stays_may_be_enough: Floor::new().stock("A1 X 10 hu=H1").stock("A1 X 5").promise("A1 X 5"), [
        ("H1", "step hu H1 @ put H1 from A1"),
    ];
    m09_a_task_of_the_erp_asks_nobody: Floor::new().line("L1 A1 - 0 hu=H1 to=A7").stock("A1 X 10 hu=H1").promise("A1 X 9"), [
        ("H1", "step hu H1 @ put L1 H1 from A1 to A7"),
    ];
    m12_after_the_move_the_next_line_comes: two(), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("/cut", "cut @ put L1 H1 from D1 to A7"),
        ("A7", "step moved A7 @ source L2 + Moved L1 H1 D1 > A7"),
        ("/cut", "cut @ source L2"),
        ("H1", "WRONG_HU needed=H2 scanned=H1 @ source L2"),
    ];
    a_line_about_a_unit_takes_no_other: two(), [
        ("H2", "WRONG_HU needed=H1 scanned=H2 @ source L1"),
        ("X", "WRONG_KIND id=X needed=handling-unit scanned=item @ source L1"),
        ("A1", "WRONG_LOCATION needed=D1 scanned=A1 @ source L1"),
        ("D1", "step shelf D1 @ source L1 D1"),
        ("X", "WRONG_KIND id=X needed=handling-unit scanned=item @ source L1 D1"),
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
    ];
    goods_do_not_leave_the_building: Floor::new().stock("A1 X 1 hu=H1").with(|world| {
        let mut loss = world.locations[0].clone();
        (loss.id, loss.code, loss.kind) = ("LOSS".into(), "LOSS".into(), LocationKind::Virtual);
        world.locations.push(loss);
    }), [
        ("LOSS", "PLACE_FORBIDDEN scanned=LOSS @ source"),
        ("H1", "step hu H1 @ put H1 from A1"),
        ("LOSS", "PLACE_FORBIDDEN scanned=LOSS @ put H1 from A1"),
    ];
}
