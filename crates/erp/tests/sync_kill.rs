//! The core as a process that is killed at any moment: what it acknowledged is there, and what is
//! sent again has one effect.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::{Fact, ReceivedUnits, Units};
use floorhand_domain::stock::Status;
use floorhand_erp::db::Db;
use floorhand_erp::verify;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use world::*;

/// Times the core is killed.
const KILLS: u64 = 8;

struct Core {
    process: Child,
    addr: std::net::SocketAddr,
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(dir: &Path) -> Core {
    let mut process = Command::new(env!("CARGO_BIN_EXE_floorhand-erp"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(process.stdout.take().unwrap());
    let line = out.lines().map(Result::unwrap).find(|line| line.contains("http://")).unwrap();
    let addr = line.rsplit("http://").next().unwrap().trim().parse().unwrap();
    Core { process, addr }
}

/// Takes units of X out of A2, for no task: a physical fact that is always booked.
fn take() -> Fact {
    Fact::Picked {
        task: "PT-NONE".into(),
        line: "none".into(),
        location: "A2".into(),
        item: "X".into(),
        tote: "T1".into(),
        units: vec![Units { qty: 1, ..Units::default() }],
        typed: false,
    }
}

/// Receives a unit of Y that nobody announced, which is quarantined.
fn receive() -> Fact {
    Fact::Received {
        receipt: "R-1".into(),
        delivery: "".into(),
        line: "".into(),
        location: "A9".into(),
        item: "Y".into(),
        lot: "".into(),
        expiry: None,
        units: vec![ReceivedUnits { serial: "".into(), qty: 1, status: Status::InTransit }],
        handling_unit: "".into(),
        new_unit: None,
        because: Vec::new(),
        photos: Vec::new(),
        typed: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_any_moment_it_has_what_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let code = fill_data_dir(dir.path()).await;
    let mut device = Device::keyed(([127, 0, 0, 1], 0).into());
    let mut outbox: Vec<Value> = Vec::new();
    let mut acked = 0;
    for kill in 0..=KILLS {
        let core = start(dir.path());
        device.addr = core.addr;
        if kill == 0 {
            device.enrol(&code);
        }
        device.sign_on();
        let last = kill == KILLS;
        let over = AtomicBool::new(false);
        let mut core = Some(core);
        std::thread::scope(|scope| {
            let killer = scope.spawn(|| {
                // Different moments of a push each time, by the number of the kill.
                std::thread::sleep(Duration::from_millis(40 + kill * 37 % 120));
                if !last {
                    drop(core.take());
                    over.store(true, Ordering::Relaxed);
                }
            });
            while !over.load(Ordering::Relaxed) && (!last || acked < outbox.len()) {
                while outbox.len() < acked + 20 && !last {
                    outbox.push(device.say(&if outbox.len().is_multiple_of(2) { take() } else { receive() }));
                }
                let Ok(answer) = device.try_push(&outbox[acked..]) else { continue };
                assert_eq!(answer.status, 200, "{}", answer.body);
                acked = usize::try_from(answer.body["acked_through"].as_u64().unwrap()).unwrap();
            }
            killer.join().unwrap();
        });
        drop(core);
        let db = Db::open(dir.path(), None).await.unwrap();
        let report = verify::run(&db).await.unwrap();
        assert!(report.ok, "{report:#?}");
        let stored = db
            .read(|tx| async move { tx.row("SELECT last_seq FROM device_epoch", &[]).await?.unwrap().u64(0) })
            .await
            .unwrap();
        db.close().await;
        assert!(usize::try_from(stored).unwrap() >= acked, "acknowledged {acked}, stored {stored}");
    }
    let db = Db::open(dir.path(), None).await.unwrap();
    let (left, came) = db
        .read(|tx| async move {
            let left = tx.row("SELECT qty FROM balance WHERE location = 'A2' AND item = 'X'", &[]).await?.unwrap();
            let came = tx.row("SELECT qty FROM balance WHERE location = 'A9' AND status = 'quarantined'", &[]).await?;
            Ok((left.i64(0)?, came.unwrap().i64(0)?))
        })
        .await
        .unwrap();
    let sent = i64::try_from(outbox.len()).unwrap();
    assert_eq!((left, came), (10 - (sent + 1) / 2, sent / 2), "each fact has one effect");
    assert!(outbox.len() > 100, "{} facts are too few to mean anything", outbox.len());
}
