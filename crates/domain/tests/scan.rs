//! From bytes to meanings: what is looked up, what is found, what is refused unread.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/world.rs"]
mod world;

use floorhand_domain::id::{ItemId, LocationId};
use floorhand_domain::master::HandlingUnitKind;
use floorhand_domain::scan::{self, Lookup, Meaning, SCAN_BYTES_MAX, Scan, Source};
use world::World;

fn scan_of(raw: &[u8], complete: bool) -> Scan {
    Scan { raw: raw.to_vec(), source: Source::Serial, complete }
}

/// What a code means, as `kind id`, goods with all that their label says.
fn check(world: &World, text: &str, expected: &[&str]) {
    let told: Vec<String> = match world.meant(text, &LocationId::default(), &ItemId::default()) {
        Err(refusal) => vec![refusal.reason().code().to_owned()],
        Ok((meant, _)) => meant
            .meanings
            .iter()
            .map(|meaning| match meaning {
                Meaning::Goods { label } => {
                    let parts = [
                        label.item.as_ref().map(|item| format!(" {item}")),
                        label.lot.as_ref().map(|lot| format!(" lot={lot}")),
                        label.serial.as_ref().map(|serial| format!(" #{serial}")),
                        label.expiry.as_ref().map(|date| format!(" exp={date}")),
                    ];
                    format!("goods x{}{}", label.qty, parts.into_iter().flatten().collect::<String>())
                }
                other => format!("{} {}", other.kind().as_str(), other.id()),
            })
            .collect(),
    };
    assert_eq!(told, expected, "{text}");
}

fn world() -> World {
    World::new().stock("A1 V 5 lot=L1").stock("A9 W 5 lot=L1").stock("A1 S 1 serial=N1").stock("A1 V 1 lot=T1")
}

#[test]
fn what_codes_of_the_house_mean() {
    let world = world();
    check(&world, "X", &["goods x1 X"]);
    check(&world, "X12", &["goods x12 X"]);
    check(&world, "A1", &["location A1"]);
    check(&world, "H1", &["handling-unit H1"]);
    check(&world, "K1", &["task K1"]);
    check(&world, "BADGE-OP1", &["badge OP1"]);
    check(&world, "L1", &["goods x1 lot=L1"]);
    check(&world, "N1", &["goods x1 #N1"]);
    check(&world, "T1", &["tote T1", "goods x1 lot=T1"]);
    check(&world, "l1", &[]);
    check(&world, "nonsense", &[]);
    check(&world, "]C0A1", &["location A1"]);
    check(&world, "]Q0A1\r\n", &["location A1"]);
    check(&world.clone().code("A1", "Y"), "A1", &["goods x1 Y", "location A1"]);
    check(&world.place("C7", "A1"), "A1", &["location A1", "location C7"]);
}

#[test]
fn what_element_strings_mean() {
    let world = world().unit("0614141000012A1", HandlingUnitKind::Tote);
    check(&world, "(01)X", &["goods x1 X"]);
    check(&world, "(01)X6", &["goods x6 X"]);
    check(&world, "(01)V(10)L1", &["goods x1 V lot=L1"]);
    check(&world, "(01)V(17)270100(10)L1", &["goods x1 V lot=L1 exp=2027-01-31"]);
    check(&world, "(01)V(15)250101", &["goods x1 V"]);
    check(&world, "(01)S(21)N1", &["goods x1 S #N1"]);
    check(&world, "(01)S(10)L1(21)N1(17)270131", &["goods x1 S lot=L1 #N1 exp=2027-01-31"]);
    check(&world, "(10)L1", &["goods x0 lot=L1"]);
    check(&world, "(10)UNHEARD", &["goods x0 lot=UNHEARD"]);
    check(&world, "(21)N1", &["goods x0 #N1"]);
    check(&world, "(17)270131", &["goods x0 exp=2027-01-31"]);
    check(&world, "(00)106141411234567897", &["handling-unit 106141411234567897"]);
    check(&world, "(91)LOC-A1", &["location A1"]);
    check(&world, "(91)A1", &["location A1"]);
    check(&world, "(99)T1", &["tote T1"]);
    check(&world, "(91)LOC-NOWHERE", &[]);
    check(&world, "(8004)0614141000012A1", &["tote 0614141000012A1"]);
    check(&world.clone().place("GLN", "5412345000013"), "(414)5412345000013", &["location GLN"]);
    check(&world.place("A5", "A5"), "(414)5412345000013(254)A5", &["location A5"]);
}

#[test]
fn what_numbers_mean() {
    let world = world().code("05901234123457", "Y").code("00000096385074", "X");
    let upc_e = world.clone().code("00042100005264", "X");
    check(&world, "5901234123457", &["goods x1 Y"]);
    check(&world, "]E05901234123457", &["goods x1 Y"]);
    check(&world, "05901234123457", &["goods x1 Y"]);
    check(&world, "]E496385074", &["goods x1 X"]);
    check(&world, "]E05901234123450", &["CHECKSUM"]);
    check(&upc_e, "]E00042100005264", &["goods x1 X"]);
    // A case's number is another number: its indicator is never stripped.
    check(&world, "]I115901234123454", &[]);
    // 18 digits without their identifier are a handling unit's, by the number on its label.
    check(&world, "106141411234567897", &["handling-unit 106141411234567897"]);
    // A shelf that is numbered like a GTIN is found beside the item.
    check(&world.clone().place("C8", "05901234123457"), "05901234123457", &["goods x1 Y", "location C8"]);
    check(&world.place("C8", "5901234123457"), "5901234123457", &["goods x1 Y", "location C8"]);
}

#[test]
fn bytes_that_could_be_elements_mean_them_only_where_they_are_known() {
    let world = world().place("10-04", "10-04");
    check(&world, "10-04", &["location 10-04"]);
    check(&world, "10-05", &[]);
    check(&world, "10L1", &["goods x0 lot=L1"]);
    check(&world, "21N1", &["goods x0 #N1"]);
    check(&world, "17270131", &[]);
    check(&world.code("01012345678904", "X"), "1012345678904", &["goods x1 X"]);
}

#[test]
fn noise_is_refused_unread() {
    let check = |raw: &[u8], complete, expected: Result<(), &str>| {
        let told = scan::read(&scan_of(raw, complete)).map(|_| ()).map_err(|refusal| refusal.reason().code());
        assert_eq!(told, expected, "{raw:?}");
    };
    check(b"A1", true, Ok(()));
    check(b"A1", false, Err("BAD_READ"));
    check(b"", true, Err("BAD_READ"));
    check(b"]C1", true, Err("BAD_READ"));
    check(b"A\x001", true, Err("BAD_READ"));
    check(&[0xff, 0xfe, 0x41], true, Err("BAD_READ"));
    check("A\u{202e}1".as_bytes(), true, Err("BAD_READ"));
    check(&[b'A'; SCAN_BYTES_MAX], true, Ok(()));
    check(&[b'A'; SCAN_BYTES_MAX + 1], true, Err("BAD_READ"));
    check(&[b'A'; 5_000], true, Err("BAD_READ"));
    // Separators are no noise.
    check(b"]C10105901234123457\x1d10L1\x1d17270131", true, Ok(()));
    check(b"]C10105901234123457" as &[u8], true, Ok(()));
    check(b"]d20105901234123457\x1d10L1\x1d21N1", true, Ok(()));
    // Half an element string.
    check(b"]C1010590123412", true, Err("BAD_READ"));
    check(b"]C10105901234123450", true, Err("CHECKSUM"));
}

#[test]
fn what_is_looked_up() {
    let look = |raw: &str| Lookup::of(&scan::read(&scan_of(raw.as_bytes(), true)).unwrap());
    let full = look("]C10105901234123457\u{1d}10L1\u{1d}21N1");
    assert_eq!(
        (full.barcodes, full.lots, full.serials),
        (vec!["05901234123457".into()], vec!["L1".into()], vec!["N1".into()])
    );
    let sscc = look("]C100106141411234567897");
    assert!(sscc.handling_units.contains(&"106141411234567897".to_owned()), "{sscc:?}");
    let shelf = look("]C191LOC-A1");
    assert!(shelf.locations.contains(&"A1".to_owned()), "{shelf:?}");
    let plain = look("CODE-1");
    for list in [
        &plain.barcodes,
        &plain.locations,
        &plain.handling_units,
        &plain.badges,
        &plain.tasks,
        &plain.lots,
        &plain.serials,
    ] {
        assert_eq!(*list, ["CODE-1"]);
    }
    // Whatever the digits could be, they are looked up as they stand too.
    for text in ["5901234123457", "05901234123457", "106141411234567897"] {
        assert!(look(text).locations.contains(&text.to_owned()), "{text}");
        assert!(look(text).badges.contains(&text.to_owned()), "{text}");
    }
}
