//! Totes: onto the cart, and goods into them.

use crate::cases;
use crate::world::World;

fn cluster() -> World {
    World::new().line("L1 A1 X 1").line("L2 A1 X 2 slot=2").stock("A1 X 20")
}

fn shared() -> World {
    cluster().set(|settings| settings.share_tote = true)
}

cases! {
    totes_are_bound_to_their_orders: cluster().bare_cart(), [
        ("A1", "WRONG_KIND id=A1 needed=tote scanned=location @ totes 1"),
        ("H1", "WRONG_KIND id=H1 needed=tote scanned=handling-unit @ totes 1"),
        ("T77", "UNKNOWN_CODE @ totes 1"),
        ("T8", "TOTE_NOT_EMPTY scanned=T8 @ totes 1"),
        ("T9", "TOTE_OTHER scanned=T9 slot=1 @ totes 1"),
        ("/skip", "NOT_NOW @ totes 1"),
        ("T3", "step tote T3 @ totes 2 + ToteAssigned 1 O1 T3"),
        ("/cut", "cut @ totes 2"),
        ("T3", "TOTE_OTHER scanned=T3 slot=2 @ totes 2"),
        ("T2", "step tote T2 @ location L1 + ToteAssigned 2 O2 T2"),
    ];
    p20_with_shared_totes_one_tote_takes_two_orders: shared().bare_cart(), [
        ("T9", "TOTE_OTHER scanned=T9 slot=1 @ totes 1"),
        ("T3", "step tote T3 @ totes 2 + ToteAssigned 1 O1 T3"),
        ("T3", "step tote T3 @ location L1 + ToteAssigned 2 O2 T3"),
    ];
    p20_the_tote_of_another_order_is_refused: cluster(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T2", "TOTE_OTHER needed=T1 scanned=T2 slot=1 @ tote L1 1"),
        ("T9", "TOTE_OTHER needed=T1 scanned=T9 slot=1 @ tote L1 1"),
        ("T1", "step tote T1 @ item L2 0 + Picked L1 X (1) T1"),
        ("X", "ok item X @ item L2 1"),
        ("T1", "TOTE_OTHER needed=T2 scanned=T1 slot=2 @ item L2 1"),
        ("X", "step item X @ tote L2 2"),
        ("T2", "step tote T2 @ drop-off + Picked L2 X (2) T2"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1 T2"),
    ];
    p20_with_shared_totes_any_tote_of_the_cart_will_do: shared(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T3", "TOTE_OTHER needed=T1 scanned=T3 slot=1 @ tote L1 1"),
        ("T2", "step tote T2 @ item L2 0 + Picked L1 X (1) T2"),
    ];
    nothing_but_its_tote_takes_what_is_in_the_hand: cluster(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("T1", "WRONG_KIND id=T1 needed=item scanned=tote @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("X", "QTY_OVER open=0 @ tote L1 1"),
        ("X6", "QTY_OVER open=0 @ tote L1 1"),
        ("Y", "WRONG_KIND id=Y needed=tote scanned=item @ tote L1 1"),
        ("A1", "WRONG_KIND id=A1 needed=tote scanned=location @ tote L1 1"),
        ("H1", "WRONG_KIND id=H1 needed=tote scanned=handling-unit @ tote L1 1"),
        ("nonsense", "UNKNOWN_CODE @ tote L1 1"),
        ("/skip", "NOT_NOW @ tote L1 1"),
        ("/short", "NOT_NOW @ tote L1 1"),
        ("/found", "NOT_NOW @ tote L1 1"),
    ];
    a_tote_is_known_by_its_asset_number: cluster().unit("0614141000012A1", floorhand_domain::master::HandlingUnitKind::Tote)
        .with(|world| world.task.slots[0].tote = "0614141000012A1".into()), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("(8004)0614141000012A1", "step tote 0614141000012A1 @ item L2 0 + Picked L1 X (1) 0614141000012A1"),
    ];
}
