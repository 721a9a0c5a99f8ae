//! Opening balances end in a book that is right, on a feed that devices follow; once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_erp::import::{self, Counts, Input, Kind, Options, Outcome};
use std::fmt::Write as _;
use world::*;

async fn import(world: &World, kind: Kind, file: &str, options: &Options) -> Outcome {
    let input = Input::spool(file.as_bytes(), world.dir.path()).unwrap();
    import::run(world.db(), WH, kind, &input, options).await.unwrap()
}

fn done(read: u64, written: u64, unchanged: u64) -> Outcome {
    Outcome::Done(Counts { read, written, unchanged })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_device_follows_an_import() {
    let world = World::new().await;
    let none = Options::default();
    let mut device = world.enrol().await;
    device.pull();
    // More than a batch of each, so that the feed is written in parts.
    let mut items = "id,name,lot_tracked,expiry_tracked,serial_tracked\n".to_owned();
    let mut barcodes = "code,item,qty\n".to_owned();
    let mut locations = "id,sequence\n".to_owned();
    let mut stock = "location,item,lot,serial,handling_unit,status,qty,expiry\n".to_owned();
    for n in 0..1234 {
        let (lot, serial) = (n % 3 == 1, n % 3 == 2);
        writeln!(items, "I{n},Item {n},{0},{0},{1}", u8::from(lot), u8::from(serial)).unwrap();
        writeln!(barcodes, "CODE-{n},I{n},1").unwrap();
        writeln!(locations, "L{n},{n}").unwrap();
        match n % 3 {
            0 => writeln!(stock, "L{n},I{n},,,,,{},", n + 1).unwrap(),
            1 => writeln!(stock, "L{n},I{n},LOT,,P-{n},quarantined,7,2027-03-31").unwrap(),
            _ => writeln!(stock, "L{n},I{n},,S-1,,,1,\nL{n},I{n},,S-2,,,1,").unwrap(),
        }
    }
    // Where there is something already.
    stock.push_str("A1,X,,,,,5,\nA1,Y,,,,damaged,2,\n");
    let rows = u64::try_from(stock.lines().count() - 1).unwrap();
    assert_eq!(import(&world, Kind::Items, &items, &none).await, done(1234, 1234, 0));
    assert_eq!(import(&world, Kind::Barcodes, &barcodes, &none).await, done(1234, 1234, 0));
    assert_eq!(import(&world, Kind::Locations, &locations, &none).await, done(1234, 1234, 0));
    device.pull_by(100);
    assert_eq!(import(&world, Kind::Stock, &stock, &none).await, done(rows, rows, 0));
    device.pull();
    world.assert_clean().await;

    let moves = world.number("SELECT COUNT(*) FROM move WHERE reason = 'import'").await;
    assert_eq!(u64::try_from(moves).unwrap(), rows);
    assert_eq!(world.stock("A1", "X", "available").await, 15);
    assert_eq!(world.stock("SUPPLIER", "I2", "available").await, -2);
    assert_eq!(device.row("stock", "A1|X||||available").unwrap()["qty"], 15);
    let lot = device.row("stock", "L1|I1|LOT||P-1|quarantined").unwrap();
    assert_eq!((lot["qty"].as_i64(), lot["expiry"].as_str()), (Some(7), Some("2027-03-31")));
    assert_eq!(device.row("handling-unit", "P-1").unwrap()["kind"], "pallet");
    assert_eq!(device.row("handling-unit", "P-1").unwrap()["location"], "L1");
    // A device that begins anew has the same.
    let before = device.base.clone();
    assert!(device.bootstrap(&["global".to_owned(), "wh:1".to_owned()], 500) > 10);
    assert_eq!(device.base, before);
    device.pull();
    // Most of the rows once more, changed: those that were there are taken out of the sums.
    assert_eq!(import(&world, Kind::Items, &items.replace("Item", "Thing"), &none).await, done(1234, 1234, 0));
    device.pull();
    assert_eq!(device.row("item", "I1233").unwrap()["name"], "Thing 1233");
    // What was imported can be ordered and picked.
    let (_, lines) = world.order("O-1", &[("I3", 4)]).await;
    assert_eq!((lines.len(), lines[0].location.as_str()), (1, "L3"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_stock_is_imported_once() {
    let world = World::new().await;
    let none = Options::default();
    let file = "location,item,qty\nA1,X,3\n";
    let again = Options { again: true, ..Options::default() };
    let named = |id: &str| Options { id: id.to_owned(), ..Options::default() };
    assert_eq!(import(&world, Kind::Stock, file, &none).await, done(1, 1, 0));
    // The same bytes, also under a name; not other bytes.
    for options in [&none, &named("monday"), &Options { check: true, ..Options::default() }] {
        let outcome = import(&world, Kind::Stock, file, options).await;
        assert!(matches!(&outcome, Outcome::Before { id, at_ms } if id.len() == 32 && *at_ms > 0), "{outcome:?}");
    }
    assert_eq!(world.stock("A1", "X", "available").await, 13);
    for stock in [16, 19] {
        assert_eq!(import(&world, Kind::Stock, file, &again).await, done(1, 1, 0));
        assert_eq!(world.stock("A1", "X", "available").await, stock);
    }
    assert_eq!(import(&world, Kind::Stock, "location,item,qty\nA2,X,3\n", &named("monday")).await, done(1, 1, 0));
    let outcome = import(&world, Kind::Stock, "location,item,qty\nA2,X,4\n", &named("monday")).await;
    assert!(matches!(&outcome, Outcome::Before { id, .. } if id == "monday"), "{outcome:?}");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_short_book_is_filled_to_zero() {
    let world = World::new().await;
    // Five more than the book has are taken out of A2.
    let mut device = world.enrol().await;
    let (_, lines) = world.order("O-1", &[("X", 10)]).await;
    assert_eq!(device.tell(&picked_at(&lines[0], "A2", "T1", 15)).0, "applied-flagged");
    assert_eq!(world.stock("A2", "X", "available").await, -5);
    let outcome = import(&world, Kind::Stock, "location,item,qty\nA2,X,5\n", &Options::default()).await;
    assert_eq!(outcome, done(1, 1, 0));
    assert_eq!(world.number("SELECT COUNT(*) FROM balance WHERE location = 'A2' AND item = 'X'").await, 0);
    device.pull();
    assert!(device.row("stock", "A2|X||||available").is_none());
    world.assert_clean().await;
}
