//! What the rules of a site make of a scan, what a step takes of it, and what helps a person who is
//! refused. Cases by their number in the list of the project where they have one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/world.rs"]
mod world;

use floorhand_domain::master::{Barcode, HandlingUnitKind, Unit};
use floorhand_domain::scan::{
    self, DatePolicy, Hint, Kind, Label, Lookup, Meaning, Pattern, Reading, Refusal, RestrictedMask, RestrictedValue,
    RuleFault, Rules, Scan, Source, Symbol, Wants, lot_case, separator_missing,
};
use floorhand_domain::workflow::Meant;
use world::{SSCC, TODAY, World};

fn scan_of(raw: Vec<u8>) -> Scan {
    Scan { raw, source: Source::Serial, complete: true }
}

fn symbol(world: &World, rules: &Rules, text: &str) -> Symbol {
    let read =
        scan::read_by(&scan_of(world.bytes(text)), rules).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    let known = world.look_up(&Lookup::by(&read, rules));
    scan::classify(&read, &known, rules, TODAY)
}

/// The meanings as `kind id xN`, lots and serials behind it, then the hints.
fn check(world: &World, rules: &Rules, text: &str, expected: &[&str]) {
    let symbol = symbol(world, rules, text);
    let mut told: Vec<String> = symbol
        .meanings
        .iter()
        .map(|meaning| match meaning {
            Meaning::Goods { label } => {
                let lot = label.lot.as_ref().map(|lot| format!(" lot={lot}")).unwrap_or_default();
                let date = label.expiry.as_ref().map(|date| format!(" exp={date}")).unwrap_or_default();
                format!("{} {} x{}{lot}{date}", meaning.kind().as_str(), meaning.id(), label.qty)
            }
            other => format!("{} {}", other.kind().as_str(), other.id()),
        })
        .collect();
    told.extend(symbol.hints.iter().map(|hint| format!("? {}", hint.code())));
    assert_eq!(told, expected, "{text}");
}

fn pattern(kind: Kind, prefix: &str, mask: &str) -> Pattern {
    Pattern { kind, prefix: prefix.to_owned(), mask: mask.to_owned() }
}

fn rules(patterns: &[Pattern]) -> Rules {
    Rules { patterns: patterns.to_vec(), ..Rules::default() }
}

fn restricted(prefix: &str, item: u8, value: u8, decimals: u8, kind: RestrictedValue) -> RestrictedMask {
    RestrictedMask { prefix: prefix.to_owned(), item_digits: item, value_digits: value, decimals, value: kind }
}

fn row(world: World, code: &str, item: &str, qty: i64) -> World {
    world.with(|world| {
        world.barcodes.push(Barcode { code: code.to_owned(), item: item.into(), qty, unit: Unit::Each });
    })
}

#[test]
fn prefixes_of_the_site_are_taken_off() {
    let world = World::new().place("LOC-A9", "LOC-A9");
    let none = Rules { patterns: Vec::new(), ..Rules::default() };
    check(&world, &Rules::default(), "LOC-A1", &["location A1"]);
    check(&world, &Rules::default(), "]C0LOC-A1", &["location A1"]);
    check(&world, &Rules::default(), "(91)LOC-A1", &["location A1"]);
    check(&world, &Rules::default(), "loc-A1", &[]);
    check(&world, &Rules::default(), "LOC-", &[]);
    check(&world, &none, "LOC-A1", &[]);
    check(&world, &none, "A1", &["location A1"]);
    // A code that reads two ways means both.
    check(&world, &Rules::default(), "LOC-A9", &["location LOC-A9", "location A9"]);
    let house = rules(&[
        pattern(Kind::Location, "L/", ""),
        pattern(Kind::Tote, "T/", ""),
        pattern(Kind::Item, "SKU:", ""),
        pattern(Kind::Badge, "B/", ""),
        pattern(Kind::Task, "K/", ""),
    ]);
    check(&world, &house, "L/A1", &["location A1"]);
    check(&world, &house, "T/T1", &["tote T1"]);
    check(&world, &house, "T/H1", &["handling-unit H1"]);
    check(&world, &house, "SKU:X12", &["item X x12"]);
    check(&world, &house, "B/BADGE-OP1", &["badge OP1"]);
    check(&world, &house, "K/K1", &["task K1"]);
    check(&world, &house, "(99)T/T1", &["tote T1"]);
    check(&world, &house, "(92)L/A1", &["location A1"]);
    check(&world, &house, "L/T1", &[]);
}

#[test]
fn masks_say_what_follows_a_prefix() {
    let world = World::new().place("B-14-32", "B-14-32").place("b-14-32", "b-14-32");
    let shelf = rules(&[pattern(Kind::Location, "%", "@-##-##")]);
    check(&world, &shelf, "%B-14-32", &["location B-14-32"]);
    check(&world, &shelf, "%b-14-32", &[]);
    check(&world, &shelf, "%B-14-3", &[]);
    check(&world, &shelf, "%B-14-321", &[]);
    let any = rules(&[pattern(Kind::Location, "%", "?-14-32")]);
    check(&world, &any, "%b-14-32", &["location b-14-32"]);
    check(&world.place("É-14-32", "É-14-32"), &any, "%É-14-32", &["location É-14-32"]);
}

#[test]
fn case_33_internal_elements_name_locations_and_totes() {
    let world = World::new();
    check(&world, &Rules::default(), "(91)A1", &["location A1"]);
    check(&world, &Rules::default(), "(99)T1", &["tote T1"]);
    // AI 90 is agreed with a trading partner, not by the house.
    check(&world, &Rules::default(), "(90)A1", &[]);
    let split = Rules { location_ais: vec![91], unit_ais: vec![92], ..Rules::default() };
    check(&world, &split, "(91)A1", &["location A1"]);
    check(&world, &split, "(92)A1", &[]);
    check(&world, &split, "(92)T1", &["tote T1"]);
    check(&world, &split, "(91)T1", &[]);
}

#[test]
fn case_34_location_numbers() {
    let world = World::new().place("A1X", "9521234543213").place("GLN", "5412345000013");
    check(&world, &Rules::default(), "(414)9521234543213(254)A1", &["location A1"]);
    check(&world, &Rules::default(), "(414)9521234543213", &["location A1X"]);
    check(&world, &Rules::default(), "(254)A1", &["location A1"]);
    let ours = Rules { glns: vec!["9521234543213".to_owned()], ..Rules::default() };
    check(&world, &ours, "(414)9521234543213(254)A1", &["location A1"]);
    // The same shelf number in another house is another shelf.
    check(&world, &ours, "(414)5412345000013(254)A1", &[]);
    check(&world, &ours, "(414)5412345000013", &[]);
}

#[test]
fn totes_by_asset_number() {
    let world =
        World::new().unit("09521234543213A1", HandlingUnitKind::Tote).unit("0614141000012A1", HandlingUnitKind::Tote);
    check(&world, &Rules::default(), "(8004)0614141000012A1", &["tote 0614141000012A1"]);
    check(&world, &Rules::default(), "(8003)09521234543213A1", &["tote 09521234543213A1"]);
    // Without its serial part an asset number names a kind of tote, not this one.
    check(&world, &Rules::default(), "(8003)09521234543213", &[]);
}

#[test]
fn restricted_numbers_need_a_mask_or_a_row() {
    let item = |world| row(world, "2812345", "X", 1);
    let weight = restricted("28", 5, 5, 3, RestrictedValue::Weight);
    let masks = |list: &[RestrictedMask]| Rules { restricted: list.to_vec(), ..Rules::default() };
    let world = item(World::new());
    check(&world, &Rules::default(), "]E02812345007501", &["? restricted-number"]);
    check(&world, &masks(std::slice::from_ref(&weight)), "]E02812345007501", &["item X x1"]);
    check(&World::new(), &masks(std::slice::from_ref(&weight)), "]E02812345007501", &[]);
    let details = symbol(&world, &masks(std::slice::from_ref(&weight)), "]E02812345007501").details;
    assert_eq!(details.weight_grams, Some(750));
    let price =
        symbol(&world, &masks(&[restricted("28", 5, 5, 2, RestrictedValue::Price)]), "]E02812345007501").details;
    assert_eq!((price.weight_grams, price.price_cents), (None, Some(750)));
    let count = masks(&[restricted("28", 5, 5, 0, RestrictedValue::Count)]);
    check(&world, &count, "]E02812345000120", &["item X x12"]);
    // A mask of another prefix, and one that does not make twelve digits, fit nothing.
    check(
        &world,
        &masks(&[restricted("29", 5, 5, 3, RestrictedValue::Weight)]),
        "]E02812345007501",
        &["? restricted-number"],
    );
    check(
        &world,
        &masks(&[restricted("28", 5, 4, 3, RestrictedValue::Weight)]),
        "]E02812345007501",
        &["? restricted-number"],
    );
    // The house's own table counts as it stands.
    check(&row(World::new(), "2112345678900", "Y", 1), &Rules::default(), "]E02112345678900", &["item Y x1"]);
    // Never a GTIN, whatever a row of 14 digits says, not even behind AI 01.
    let row_14 = row(World::new(), "02112345678900", "Y", 1);
    check(&row_14, &Rules::default(), "]C1010211234567890010L1", &["? restricted-number"]);
    check(
        &row(World::new(), "2112345", "Y", 1),
        &masks(&[restricted("21", 5, 5, 0, RestrictedValue::Price)]),
        "]C1010211234567890010L1",
        &["item Y x1 lot=L1"],
    );
    check(
        &row(World::new(), "02112345678900", "Y", 1),
        &Rules::default(),
        "]E02112345678900",
        &["? restricted-number"],
    );
}

#[test]
fn case_26_a_composite_component_tells_lot_and_date_of_the_item() {
    let world = row(World::new(), "09521234543213", "V", 1);
    let expected = ["item V x1 lot=L1 exp=2027-01-31"];
    check(&world, &Rules::default(), "]E09521234543213|]e010L1{GS}17270131", &expected);
    assert!(symbol(&world, &Rules::default(), "]E09521234543213|]e010L1").details.incomplete.is_empty());
    assert_eq!(symbol(&world, &Rules::default(), "]C110L1").details.incomplete.len(), 1);
}

#[test]
fn case_18_what_a_pallet_holds() {
    let world = World::new();
    let details = symbol(&world, &Rules::default(), "]C1021234567890123137123").details;
    assert_eq!((details.content.as_deref(), details.content_count), (Some("12345678901231"), Some(123)));
    assert_eq!(details.incomplete, ["(37) needs (00)"]);
    // Lot and date beside AI 02 are those of the content, not of a unit in the hand.
    check(&world, &Rules::default(), "]C102123456789012313712{GS}10L1", &["? incomplete"]);
    check(
        &world,
        &Rules::default(),
        &format!("]C100{SSCC}021234567890123137120{{GS}}10LOT7"),
        &[&format!("handling-unit {SSCC}")],
    );
}

#[test]
fn case_44_eight_digits_by_symbology() {
    let world = row(row(World::new(), "00000012345670", "X", 1), "00042100005264", "Y", 1);
    check(&world, &Rules::default(), "]E412345670", &["item X x1"]);
    check(&world, &Rules::default(), "12345670", &["item X x1"]);
    check(&world, &Rules::default(), "]E004252614", &["item Y x1", "? deviation"]);
    check(&world, &Rules::default(), "]C012345670", &[]);
    check(&World::new(), &Rules::default(), "12345670", &["? eight-digits"]);
    // AI 96 and a number in one: both are named where both are known.
    let both = row(World::new(), "00000096385074", "X", 1).place("385074", "385074");
    check(&both, &Rules::default(), "96385074", &["item X x1", "location 385074"]);
}

#[test]
fn case_46_a_case_counts_what_its_row_says() {
    let world = row(row(World::new(), "09521234543213", "X", 1), "19521234543210", "X", 12);
    check(&world, &Rules::default(), "]I119521234543210", &["item X x12"]);
    check(&world, &Rules::default(), "]E09521234543213", &["item X x1"]);
    check(&row(World::new(), "09521234543213", "X", 1), &Rules::default(), "]I119521234543210", &[]);
}

#[test]
fn pieces_and_weight_of_variable_measure_items() {
    let world = row(row(World::new(), "98765432109213", "X", 1), "09521234543213", "Y", 1);
    check(&world, &Rules::default(), "]C101987654321092133012", &["item X x12"]);
    // AI 30 counts no other items.
    check(&world, &Rules::default(), "]C101095212345432133012", &["item Y x1"]);
    let details = symbol(&world, &Rules::default(), "]C101987654321092133103000750").details;
    assert_eq!(details.weight_grams, Some(750));
    // Gross weight is another thing, and half a gram is none.
    assert_eq!(symbol(&world, &Rules::default(), "]C101987654321092133303000750").details.weight_grams, None);
    assert_eq!(symbol(&world, &Rules::default(), "]C101987654321092133104000755").details.weight_grams, None);
}

#[test]
fn dates_by_the_policy_of_the_site() {
    let world = World::new();
    let by = |best_before| Rules { best_before, ..Rules::default() };
    check(&world, &by(DatePolicy::Warn), "(01)X(15)260614", &["item X x1", "? best-before"]);
    check(&world, &by(DatePolicy::Warn), "(01)X(15)260615", &["item X x1"]);
    check(&world, &by(DatePolicy::Warn), "(01)X(17)260614", &["item X x1 exp=2026-06-14"]);
    check(&world, &by(DatePolicy::Ignore), "(01)X(15)260614", &["item X x1"]);
    check(&world, &by(DatePolicy::Block), "(01)X(15)260614", &["item X x1 exp=2026-06-14"]);
    check(&world, &by(DatePolicy::Block), "(01)X(15)260614(17)270131", &["item X x1 exp=2026-06-14"]);
    check(&world, &by(DatePolicy::Block), "(01)X(17)260613(15)260614", &["item X x1 exp=2026-06-13"]);
}

#[test]
fn what_a_step_takes() {
    let world = World::new().place("C7", "A1").code("A1", "Y").stock("A1 V 5 lot=T1");
    let check = |text: &str, wants: &Wants, expected: Result<&str, Refusal>| {
        let meant = Meant::from(symbol(&world, &Rules::default(), text));
        let told = meant.fit(wants).map(|meaning| format!("{} {}", meaning.kind().as_str(), meaning.id()));
        assert_eq!(told, expected.map(str::to_owned), "{text} {wants:?}");
    };
    let several = |list: &[(Kind, &str)]| {
        Err(Refusal::Ambiguous { readings: list.iter().map(|(kind, id)| Reading::new(*kind, *id)).collect() })
    };
    let other = |scanned, id: &str, needed| Err(Refusal::WrongKind { scanned, id: id.to_owned(), needed });
    check("A2", &Wants::only(Kind::Location), Ok("location A2"));
    check("A1", &Wants::only(Kind::Item), Ok("item Y"));
    check("A1", &Wants::only(Kind::Location), several(&[(Kind::Location, "A1"), (Kind::Location, "C7")]));
    check(
        "A1",
        &Wants::only(Kind::Item).or(Kind::Location),
        several(&[(Kind::Item, "Y"), (Kind::Location, "A1"), (Kind::Location, "C7")]),
    );
    check("T1", &Wants::only(Kind::Tote), Ok("tote T1"));
    check("T1", &Wants::only(Kind::Tote).or(Kind::Lot), several(&[(Kind::Tote, "T1"), (Kind::Lot, "T1")]));
    check("X", &Wants::only(Kind::Location), other(Kind::Item, "X", Kind::Location));
    check("nonsense", &Wants::only(Kind::Location), Err(Refusal::UnknownCode));
    // An SSCC by its identifier is one everywhere, its bare digits only where one is asked for.
    let labelled = format!("(00){SSCC}");
    let pallet = format!("handling-unit {SSCC}");
    for text in [SSCC, &format!("00{SSCC}"), &format!("]C0{SSCC}"), &format!("]C000{SSCC}")] {
        check(text, &Wants::only(Kind::HandlingUnit), Ok(&pallet));
        check(text, &Wants::only(Kind::Item).or(Kind::HandlingUnit), other(Kind::HandlingUnit, SSCC, Kind::Item));
    }
    check(&labelled, &Wants::only(Kind::HandlingUnit), Ok(&pallet));
    check(&labelled, &Wants::only(Kind::Item).or(Kind::HandlingUnit), Ok(&pallet));
}

#[test]
fn a_lost_separator_is_hinted_at_and_never_repaired() {
    let check = |read: &str, needed: &str, expected: Option<&str>| {
        let hint = separator_missing(read, needed);
        let swallowed = hint.map(|hint| match hint {
            Hint::SeparatorMissing { swallowed } => swallowed,
            other => panic!("{other:?}"),
        });
        assert_eq!(swallowed.as_deref(), expected, "{read} for {needed}");
    };
    check("LOT-4217271231", "LOT-42", Some("(17)271231"));
    check("LOT-4221SN0001", "LOT-42", Some("(21)SN0001"));
    check("LOT-421727123121SN1", "LOT-42", Some("(17)271231(21)SN1"));
    check("LOT-42", "LOT-42", None);
    check("LOT-4217271331", "LOT-42", None);
    check("LOT-42B", "LOT-42", None);
    check("LOT-428912", "LOT-42", None);
    check("lot-4217271231", "LOT-42", None);
    check("17271231", "", None);
    // The meaning keeps the lot as it was read.
    let world = World::new().stock("A1 V 5 lot=LOT-42");
    let read = symbol(&world, &Rules::default(), "(01)V(10)LOT-4217271231");
    assert!(matches!(&read.meanings[..], [Meaning::Goods { label }] if label.lot == Some("LOT-4217271231".into())));
}

#[test]
fn a_value_that_swallowed_too_much_is_hinted_at() {
    let fault = |text: &[u8]| {
        let read = floorhand_gs1::read(text, floorhand_gs1::Mode::Lenient);
        assert!(read.error.is_some());
        let scan = Scan { raw: text.to_vec(), source: Source::Serial, complete: true };
        let misread = scan::read_by(&scan, &Rules::default()).unwrap_err();
        assert_eq!(misread.refusal, Refusal::BadRead);
        misread.hint.map(|hint| hint.code())
    };
    assert_eq!(fault(b"]C1010952123454321310LOT-42-LONGER17271231"), Some("separator-missing"));
    assert_eq!(fault(b"]C101095212345432138912"), Some("broken"));
}

#[test]
fn lots_and_serials_are_compared_byte_for_byte() {
    let world = World::new().stock("A1 V 5 lot=Ab-1").stock("A1 S 1 serial=00012");
    check(&world, &Rules::default(), "Ab-1", &["lot Ab-1 x1 lot=Ab-1"]);
    assert_eq!(lot_case("AB-1", "Ab-1"), Some(Hint::LotCase));
    assert_eq!((lot_case("Ab-1", "Ab-1"), lot_case("Ab-2", "Ab-1")), (None, None));
    for other in ["AB-1", "ab-1", "Ab-1 ", " Ab-1", "12", "0012"] {
        check(&world, &Rules::default(), other, &[]);
    }
    check(&world, &Rules::default(), "00012", &["serial 00012 x1"]);
}

#[test]
fn labels_of_one_unit_add_up() {
    let label = |item: &str, qty, lot: &str, serial: &str, expiry: &str| Label {
        item: Some(item).filter(|text| !text.is_empty()).map(Into::into),
        qty,
        lot: Some(lot).filter(|text| !text.is_empty()).map(Into::into),
        serial: Some(serial).filter(|text| !text.is_empty()).map(Into::into),
        expiry: Some(expiry).filter(|text| !text.is_empty()).map(str::to_owned),
        grams: 0,
    };
    let check = |first: &Label, second: &Label, expected: Result<&Label, (&str, &str)>| {
        let told = first.join(second);
        let told = told.as_ref().map_err(|clash| (clash.first.as_str(), clash.second.as_str()));
        assert_eq!(told, expected, "{first:?} {second:?}");
    };
    let (item, case) = (label("X", 1, "", "", ""), label("X", 12, "", "", ""));
    let (lot, date) = (label("", 0, "L1", "", "2027-01-31"), label("", 0, "", "", "2027-01-31"));
    check(&item, &lot, Ok(&label("X", 1, "L1", "", "2027-01-31")));
    check(&lot, &item, Ok(&label("X", 1, "L1", "", "2027-01-31")));
    check(&lot, &case, Ok(&label("X", 12, "L1", "", "2027-01-31")));
    check(&case, &lot, Ok(&label("X", 12, "L1", "", "2027-01-31")));
    check(&lot, &date, Ok(&lot));
    check(&lot, &lot, Ok(&lot));
    check(&Label::default(), &item, Ok(&item));
    check(&lot, &label("", 0, "L2", "", ""), Err(("L1", "L2")));
    check(&lot, &label("", 0, "l1", "", ""), Err(("L1", "l1")));
    check(&date, &label("", 0, "", "", "2027-02-28"), Err(("2027-01-31", "2027-02-28")));
    check(&item, &label("Y", 1, "", "", ""), Err(("X", "Y")));
    check(&label("", 0, "", "N1", ""), &label("X", 1, "", "N2", ""), Err(("N1", "N2")));
    assert!(Label::default().is_blank() && !date.is_blank());
}

#[test]
fn an_unclosed_frame_counts_only_where_its_symbology_vouches_for_it() {
    let taken = |raw: &[u8], accept_unclosed| {
        let scan = Scan { raw: raw.to_vec(), source: Source::Serial, complete: false };
        let rules = Rules { accept_unclosed, ..Rules::default() };
        scan::read_by(&scan, &rules)
            .map(|read| read.warnings.iter().map(|warning| warning.code()).collect::<Vec<_>>())
            .map_err(|misread| misread.refusal.reason().code())
    };
    assert_eq!(taken(b"]E09521234543213", false), Err("BAD_READ"));
    assert_eq!(taken(b"]E09521234543213", true), Ok(vec!["missing-terminator"]));
    assert_eq!(taken(b"]E402345673", true), Ok(vec!["missing-terminator"]));
    // The head of a longer code may check by chance.
    assert_eq!(taken(b"]I119521234543210", true), Err("BAD_READ"));
    assert_eq!(taken(b"]E0042100005264", true), Err("BAD_READ"));
    assert_eq!(taken(b"]E0952123454", true), Err("BAD_READ"));
    assert_eq!(taken(b"]E09521234543214", true), Err("CHECKSUM"));
    assert_eq!(taken(b"]C1010952123454321310LOT-4", true), Err("BAD_READ"));
    assert_eq!(taken(b"9521234543213", true), Err("BAD_READ"));
    assert_eq!(taken(b"A1", true), Err("BAD_READ"));
}

#[test]
fn what_helps_a_person_who_is_refused() {
    let world = World::new();
    let by = Rules::default();
    check(&world, &by, "9521234543214", &["? looks-misread"]);
    check(&world, &by, "]Q1https://example.com/some/page?id=4", &["? web-address"]);
    check(&world, &by, "]Q1https://id.gs1.org/01/09521234543213/", &["? web-address", "? broken"]);
    check(&world, &by, "010952123454321410ABC", &["? broken"]);
    check(&world, &by, "]C1{GS}10A{GS}{GS}21B", &["serial A x0 lot=A", "? deviation", "? deviation"]);
    // Who is not refused needs no help.
    check(&row(world, "12345670", "X", 1), &by, "12345670", &["item X x1"]);
}

#[test]
fn rules_at_fault_are_told_and_fit_nothing() {
    let fault = |rules: Rules| rules.faults();
    assert_eq!(fault(Rules::default()), []);
    assert_eq!(fault(rules(&[pattern(Kind::Location, "", "")])), [RuleFault::Pattern { index: 0 }]);
    assert_eq!(fault(rules(&[pattern(Kind::Pin, "P", "")])), [RuleFault::Pattern { index: 0 }]);
    let many = vec![pattern(Kind::Tote, "T", ""); scan::RULES_MAX + 1];
    assert_eq!(fault(rules(&many)), [RuleFault::TooMany]);
    let mask = |prefix, item, value, decimals| restricted(prefix, item, value, decimals, RestrictedValue::Weight);
    let masks = |list: &[RestrictedMask]| Rules { restricted: list.to_vec(), ..Rules::default() };
    assert_eq!(fault(masks(&[mask("28", 5, 5, 3)])), []);
    assert_eq!(fault(masks(&[mask("28", 5, 5, 6)])), [RuleFault::Restricted { index: 0 }]);
    assert_eq!(fault(masks(&[mask("28", 4, 5, 3)])), [RuleFault::Restricted { index: 0 }]);
    assert_eq!(fault(masks(&[mask("28", 5, 5, 3), mask("2", 6, 5, 3)])), [RuleFault::Overlap { index: 1 }]);
    assert_eq!(fault(Rules { unit_ais: vec![90], ..Rules::default() }), [RuleFault::Ai { ai: 90 }]);
    let gln = |gln: &str| Rules { glns: vec![gln.to_owned()], ..Rules::default() };
    assert_eq!(fault(gln("9521234543213")), []);
    assert_eq!(fault(gln("9521234543214")), [RuleFault::Gln { index: 0 }]);
    check(&World::new(), &rules(&[pattern(Kind::Tote, "", "")]), "A1", &["location A1"]);
}

#[test]
fn rules_are_kept_as_they_are_written() {
    let written = r#"{"patterns":[{"kind":"tote","prefix":"T/"}],"best_before":"block","restricted":[
        {"prefix":"28","item_digits":5,"value_digits":5,"decimals":3,"value":"weight"}]}"#;
    let read: Rules = serde_json::from_str(written).unwrap();
    let expected = Rules {
        patterns: vec![pattern(Kind::Tote, "T/", "")],
        best_before: DatePolicy::Block,
        restricted: vec![restricted("28", 5, 5, 3, RestrictedValue::Weight)],
        ..Rules::default()
    };
    assert_eq!(read, expected);
    assert_eq!(serde_json::from_str::<Rules>("{}").unwrap(), Rules::default());
    let again: Rules = serde_json::from_str(&serde_json::to_string(&expected).unwrap()).unwrap();
    assert_eq!(again, expected);
    insta::assert_json_snapshot!("rules", Rules::default());
    insta::assert_json_snapshot!("rules_full", expected);
    insta::assert_json_snapshot!(
        "hints",
        [
            Hint::SeparatorMissing { swallowed: "(17)271231".to_owned() },
            Hint::RestrictedNumber,
            Hint::EightDigits,
            Hint::LooksMisread,
            Hint::WebAddress,
            Hint::Broken { fault: "check-digit".to_owned() },
            Hint::BestBefore { date: "2026-06-14".to_owned() },
            Hint::Deviation { warning: "leading-separator".to_owned() },
        ]
    );
}
