//! Files that are refused, each fault with line, column and reason; and that nothing of them is
//! written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_erp::import::{self, Counts, FAULTS_MAX, Faults, Input, Kind, Options, Outcome};
use world::*;

async fn import(world: &World, kind: Kind, file: &[u8], options: &Options) -> Outcome {
    let input = Input::spool(file, world.dir.path()).unwrap();
    import::run(world.db(), WH, kind, &input, options).await.unwrap()
}

async fn faults(world: &World, kind: Kind, file: &[u8]) -> Faults {
    match import(world, kind, file, &Options::default()).await {
        Outcome::Refused(faults) => faults,
        other => panic!("{other:?}: {}", String::from_utf8_lossy(file)),
    }
}

fn done(read: u64, written: u64, unchanged: u64) -> Outcome {
    Outcome::Done(Counts { read, written, unchanged })
}

/// Rows of every table that an import writes to, the feed and the ledger included.
async fn state(world: &World) -> String {
    let mut all = String::new();
    for sql in [
        "SELECT * FROM item ORDER BY id",
        "SELECT * FROM barcode ORDER BY code",
        "SELECT * FROM location ORDER BY id",
        "SELECT * FROM lot ORDER BY item, lot",
        "SELECT * FROM handling_unit ORDER BY id",
        "SELECT * FROM balance ORDER BY location, item, lot, serial, handling_unit, status",
        "SELECT * FROM move ORDER BY id",
        "SELECT * FROM feed_row ORDER BY stream, pos",
        "SELECT * FROM stream_head ORDER BY stream",
        "SELECT * FROM request_log ORDER BY id",
    ] {
        let rows = world.db().read(|tx| async move { tx.rows(sql, &[]).await }).await.unwrap();
        all += &format!("{rows:?}\n");
    }
    all
}

type Expected = &'static [(u64, &'static str, &'static str)];

async fn check(world: &World, kind: Kind, cases: &[(&str, Expected)]) {
    let before = state(world).await;
    for (file, expected) in cases {
        let found = faults(world, kind, file.as_bytes()).await;
        let told: Vec<(u64, &str, &str)> =
            found.first.iter().map(|fault| (fault.line, fault.column.as_str(), fault.reason.as_str())).collect();
        assert_eq!(told, *expected, "{file:?}: {found:#?}");
        assert_eq!(found.total, u64::try_from(expected.len()).unwrap());
    }
    assert!(before == state(world).await, "a refused file changed something");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_and_rows() {
    let world = World::new().await;
    let cases: &[(&str, Expected)] = &[
        ("", &[(1, "", "no-header")]),
        ("\r\n\r\n", &[(1, "", "no-header")]),
        ("id,name,colour\nA,B,C\n", &[(1, "colour", "unknown-column")]),
        ("name\nB\n", &[(1, "id", "missing-column")]),
        ("id,ID,name\nA,A,B\n", &[(1, "id", "column-twice")]),
        (
            "id|name\nA|B\n",
            &[(1, "id|name", "unknown-column"), (1, "id", "missing-column"), (1, "name", "missing-column")],
        ),
        ("id,name\nA\nB,B,B\nC,C\n", &[(2, "", "field-count"), (3, "", "field-count")]),
        // Two lines within quotes: the third row begins on line 5.
        ("id,name\n1,\"a\nb\"\n2,\"c\r\nd\"\n3,\n", &[(6, "name", "required")]),
        ("id,name\n1,\"a\" b\n2,\n", &[(2, "name", "bad-quote"), (3, "name", "required")]),
        ("id,name\n1,a\n2,\"b\n3,c\n", &[(3, "name", "unclosed-quote")]),
        (
            "\u{feff}id;name;weight_grams\r\n1;a;1.5\r\n;b;2\r\n",
            &[(2, "weight_grams", "not-a-number"), (3, "id", "required")],
        ),
        ("id\tname\tsize\n1\ta,b;c\tM\n1\td\tM\n", &[(3, "id", "twice")]),
    ];
    check(&world, Kind::Items, cases).await;
    let found = faults(&world, Kind::Items, b"id,name,size\nA,b\xff,M\nB,,\xc3\n").await;
    let told: Vec<_> = found.first.iter().map(|f| (f.line, f.column.as_str(), f.reason.as_str())).collect();
    assert_eq!(told, [(2, "name", "not-utf8"), (3, "size", "not-utf8")]);
    let long = format!("id,name\nA,{}\nB,{}\n", "x".repeat(201), "y".repeat(5000));
    let found = faults(&world, Kind::Items, long.as_bytes()).await;
    let told: Vec<_> = found.first.iter().map(|f| (f.line, f.column.as_str(), f.reason.as_str())).collect();
    assert_eq!(told, [(2, "name", "too-long"), (3, "name", "too-long")]);
    // All are counted, the first of them told.
    let many = "id,name,class\n".to_owned() + &"A B|,,shoes\n".repeat(1200);
    let found = faults(&world, Kind::Items, many.as_bytes()).await;
    assert_eq!((found.first.len(), found.total, found.rows), (FAULTS_MAX, 1200 * 3 + 1199, 1200));
    assert_eq!(found.first[0].to_string(), "2: id: bad-character: must not hold '|'");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items() {
    let world = World::new().await;
    let cases: &[(&str, Expected)] = &[
        (
            "id,name,class,lot_tracked,weight_grams\nA,a,shoes,maybe,-1\n",
            &[(2, "class", "not-one-of"), (2, "lot_tracked", "not-a-flag"), (2, "weight_grams", "out-of-range")],
        ),
        (
            "id,name,abc,value_minor,min_shelf_days,decimals\nA,a,D,9.99,-1,4\n",
            &[
                (2, "abc", "not-one-of"),
                (2, "value_minor", "not-a-number"),
                (2, "min_shelf_days", "out-of-range"),
                (2, "decimals", "out-of-range"),
            ],
        ),
        ("id,name\nA,a\nB,b\nA,a\n", &[(4, "id", "twice")]),
        ("id,name,expiry_tracked\nA,a,1\n", &[(2, "expiry_tracked", "conflict")]),
        // There is stock of X without lots, and of Z by serial number.
        ("id,name,lot_tracked\nX,x,yes\n", &[(2, "lot_tracked", "in-use")]),
        ("id,name,serial_tracked\nQ,q,1\nZ,z,\n", &[(3, "serial_tracked", "in-use")]),
    ];
    check(&world, Kind::Items, cases).await;

    let file = "Name;ID;class;lot_tracked;expiry_tracked;serial_tracked;abc;decimals\r\n\
                \"Cream; \"\"rich\"\"\";C1;Cosmetics;TRUE;yes;0;a;3\r\n\
                Item Y;Y;;;;;;\r\n";
    let options = Options { check: true, ..Options::default() };
    let before = state(&world).await;
    assert_eq!(import(&world, Kind::Items, file.as_bytes(), &options).await, done(2, 1, 1));
    assert!(before == state(&world).await, "--check wrote something");
    assert_eq!(import(&world, Kind::Items, file.as_bytes(), &Options::default()).await, done(2, 1, 1));
    assert_eq!(import(&world, Kind::Items, file.as_bytes(), &Options::default()).await, done(2, 0, 2));
    assert_eq!(world.text("SELECT name FROM item WHERE id = 'C1'").await, "Cream; \"rich\"");
    // A column that is left out stays as it was; an empty field is the default.
    let file = "id,name,class\nC1,Cream,\n";
    assert_eq!(import(&world, Kind::Items, file.as_bytes(), &Options::default()).await, done(1, 1, 0));
    assert_eq!(world.number("SELECT lot_tracked + expiry_tracked FROM item WHERE id = 'C1'").await, 2);
    assert_eq!(world.text("SELECT class FROM item WHERE id = 'C1'").await, "general");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locations() {
    let world = World::new().await;
    let cases: &[(&str, Expected)] = &[
        (
            "id,kind,sequence,level\nB1,shelf,1e3,256\n",
            &[(2, "kind", "not-one-of"), (2, "sequence", "not-a-number"), (2, "level", "out-of-range")],
        ),
        (
            "id,status,capacity,mixing,item_class,fixed_item\nB1,sold,-1,some,shoes,NONE\n",
            &[
                (2, "status", "not-one-of"),
                (2, "capacity", "out-of-range"),
                (2, "mixing", "not-one-of"),
                (2, "item_class", "not-one-of"),
            ],
        ),
        ("id,fixed_item\nB1,X\nB2,NONE\n", &[(3, "fixed_item", "unknown")]),
        (
            "id,level,levels,place,places\nB1,4,3,1,0\nB2,3,3,5,4\n",
            &[(2, "level", "out-of-range"), (3, "place", "out-of-range")],
        ),
        ("id,code\nB1,S\nB2,S\nB1,T\n", &[(3, "code", "twice"), (4, "id", "twice")]),
        // A1 has the code LOC:A1.
        ("id,code\nB1,LOC:A1\n", &[(2, "code", "taken")]),
        ("id,kind\nOUT,virtual\nLOSS,bin\n", &[(2, "kind", "not-allowed"), (3, "kind", "not-allowed")]),
    ];
    check(&world, Kind::Locations, cases).await;
    // Codes may change places within a file.
    let file = "id,code,zone,sequence,level,levels,status,capacity,mixing,item_class,fixed_item\n\
                A1,LOC:A2,A,10,,,,,,,\nA2,LOC:A1,A,20,0,0,available,0,any,,X\nB1,,A,30,3,3,damaged,20,lot,apparel,\n";
    assert_eq!(import(&world, Kind::Locations, file.as_bytes(), &Options::default()).await, done(3, 3, 0));
    assert_eq!(import(&world, Kind::Locations, file.as_bytes(), &Options::default()).await, done(3, 0, 3));
    assert_eq!(world.text("SELECT code FROM location WHERE id = 'B1'").await, "B1");
    world.run("DELETE FROM location WHERE id = 'LOSS'").await;
    assert_eq!(import(&world, Kind::Locations, file.as_bytes(), &Options::default()).await, done(3, 0, 3));
    assert_eq!(world.text("SELECT kind FROM location WHERE id = 'LOSS'").await, "virtual");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn barcodes() {
    let world = World::new().await;
    let cases: &[(&str, Expected)] = &[
        (
            "code,item,qty,unit\n9521234543214,X,0,box\n,,,\n",
            &[
                (2, "code", "check-digit"),
                (2, "qty", "out-of-range"),
                (2, "unit", "not-one-of"),
                (3, "code", "required"),
                (3, "item", "required"),
            ],
        ),
        ("code,item\nABC,NONE\n", &[(2, "item", "unknown")]),
        ("code,item\n9.52E+12,X\n", &[(2, "code", "spreadsheet-number")]),
        // One GTIN in two lengths; and one text for two items.
        ("code,item\n9521234543213,X\nK,X\n09521234543213,Y\nK,Y\n", &[(4, "code", "twice"), (5, "code", "twice")]),
        ("code,item\n0000000000X,Y\n", &[(2, "code", "taken")]),
    ];
    check(&world, Kind::Barcodes, cases).await;
    let found = faults(&world, Kind::Barcodes, b"code,item\n9521234543214,X\n").await;
    assert_eq!(found.first[0].detail, "the check digit of 9521234543214 must be 3, not 4");
    let file = "code,item,qty,unit\n9521234543213,X,,\n19521234543210,X,12,case\n96385074,Y,1,each\nK-7,Y,1,\n0000000000X,X,1,\n";
    assert_eq!(import(&world, Kind::Barcodes, file.as_bytes(), &Options::default()).await, done(5, 4, 1));
    assert_eq!(import(&world, Kind::Barcodes, file.as_bytes(), &Options::default()).await, done(5, 0, 5));
    assert_eq!(world.number("SELECT qty FROM barcode WHERE code = '19521234543210'").await, 12);
    assert_eq!(world.text("SELECT item FROM barcode WHERE code = '00000096385074'").await, "Y");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r08_a_file_that_names_a_code_frees_what_waits_for_it() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let unknown = Fact::UnknownReceived {
        receipt: "R-1".into(),
        delivery: "".into(),
        location: "A9".into(),
        raw: "BOTTLE-7".to_owned(),
        words: "blue bottle".to_owned(),
        qty: 4,
        photos: Vec::new(),
    };
    assert_eq!(device.tell(&unknown).0, "parked");
    let waits = async || world.number("SELECT COUNT(*) FROM parked").await;
    let good: &[u8] = b"code,item\nBOTTLE-7,Y\n";
    // What is refused or only looked at names nothing.
    faults(&world, Kind::Barcodes, b"code,item\nBOTTLE-7,Y\nK,NONE\n").await;
    let check = Options { check: true, ..Options::default() };
    assert_eq!(import(&world, Kind::Barcodes, good, &check).await, done(1, 1, 0));
    assert_eq!((waits().await, world.stock("A9", "Y", "quarantined").await), (1, 0));
    assert_eq!(import(&world, Kind::Barcodes, good, &Options::default()).await, done(1, 1, 0));
    assert_eq!((waits().await, world.stock("A9", "Y", "quarantined").await), (0, 4));
    device.pull();
    assert_eq!(device.row("outcome", "1/1").unwrap()["outcome"], "applied-flagged");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock() {
    let world = World::new().await;
    let items = "id,name,lot_tracked,expiry_tracked,serial_tracked\nL,l,1,1,\nM,m,1,0,\nS,s,1,,1\n";
    assert_eq!(import(&world, Kind::Items, items.as_bytes(), &Options::default()).await, done(3, 3, 0));
    world.run("INSERT INTO lot (warehouse_id, item, lot, expiry) VALUES (1, 'L', 'OLD', '2027-01-31')").await;
    world.run("UPDATE handling_unit SET location = 'A9' WHERE id = 'T2'").await;
    world.run("UPDATE handling_unit SET order_id = 'O-1' WHERE id = 'T3'").await;
    let cases: &[(&str, Expected)] = &[
        ("location,item\nA1,X\n", &[(1, "qty", "missing-column")]),
        (
            "location,item,qty,status\nNONE,X,1,\nA1,NONE,1,\nLOSS,X,1,\nTRANSIT,X,1,\nA1,X,0,\nA1,X,1,sold\nA1,X,,\nA2,X,1,allocated\n",
            &[
                (2, "location", "unknown"),
                (3, "item", "unknown"),
                (4, "location", "not-allowed"),
                (5, "location", "not-allowed"),
                (6, "qty", "out-of-range"),
                (7, "status", "not-one-of"),
                (8, "qty", "required"),
                (9, "status", "not-allowed"),
            ],
        ),
        (
            "location,item,lot,serial,qty\nA1,X,K,,1\nA1,X,,S1,1\nA1,M,,,1\nA1,Z,,,1\nA1,Z,,S1,2\nA1,S,,S1,1\n",
            &[
                (2, "lot", "not-allowed"),
                (3, "serial", "not-allowed"),
                (4, "lot", "required"),
                (5, "serial", "required"),
                (6, "qty", "out-of-range"),
                (7, "lot", "required"),
            ],
        ),
        // Z1 is at A3.
        (
            "location,item,serial,qty\nA1,Z,Z1,1\nA1,Z,N1,1\nA2,Z,N1,1\n",
            &[(2, "serial", "taken"), (4, "serial", "twice")],
        ),
        ("location,item,qty\nA1,X,1\nA2,X,1\nA1,X,2\n", &[(4, "location", "twice")]),
        (
            "location,item,lot,expiry,qty\nA1,L,OLD,2027-02-01,1\nA1,L,NEW,,1\nA1,M,N1,2027-2-1,1\nA1,X,,2027-02-01,1\n",
            &[
                (2, "expiry", "conflict"),
                (3, "expiry", "required"),
                (4, "expiry", "not-a-date"),
                (5, "expiry", "not-allowed"),
            ],
        ),
        (
            "location,item,lot,expiry,qty\nA1,L,N,2027-02-01,1\nA2,L,N,2027-02-02,1\nA1,M,N,,1\nA2,M,N,2027-02-02,1\n",
            &[(3, "expiry", "conflict"), (5, "expiry", "conflict")],
        ),
        (
            "location,item,handling_unit,qty\nA1,X,T2,1\nA1,X,T3,1\nA1,X,P1,1\nA2,X,P1,1\n",
            &[(2, "handling_unit", "conflict"), (3, "handling_unit", "in-use"), (5, "handling_unit", "conflict")],
        ),
    ];
    check(&world, Kind::Stock, cases).await;
}
