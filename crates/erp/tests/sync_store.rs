//! Transactions: closures that run again, files that nobody else reads, writers that do not wait
//! for each other for ever.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_erp::db::Db;
use floorhand_erp::feed::Changes;
use floorhand_erp::vals;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU32, Ordering};
use world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_that_meets_another_writer_runs_again() {
    if std::env::var("FLOORHAND_TEST_PG").is_ok() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let one = Db::open(dir.path(), None).await.unwrap();
    // A second handle stands for another process with the same file.
    let two = Db::open(dir.path(), None).await.unwrap();
    let runs = AtomicU32::new(0);
    let runs = &runs;
    let started = tokio::sync::Notify::new();
    let started = &started;
    let long = one.write(|tx| async move {
        tx.execute("INSERT INTO core_meta (k, v) VALUES ('long', '1')", &[]).await?;
        started.notify_one();
        // Longer than the driver waits by itself.
        tokio::time::sleep(std::time::Duration::from_millis(6500)).await;
        Ok(())
    });
    let short = async {
        started.notified().await;
        two.write(|tx| async move {
            runs.fetch_add(1, Ordering::Relaxed);
            tx.execute("INSERT INTO core_meta (k, v) VALUES ('short', '1')", &[]).await
        })
        .await
    };
    let (long, short) = tokio::join!(long, short);
    long.unwrap();
    assert_eq!(short.unwrap(), 1);
    let count =
        two.read(|tx| async move { tx.row("SELECT COUNT(*) AS n FROM core_meta", &[]).await?.unwrap().i64("n") });
    assert_eq!(count.await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_error_that_says_try_again_runs_the_closure_again_and_leaves_one_effect() {
    let world = World::new().await;
    let runs = AtomicU32::new(0);
    let runs = &runs;
    let before = world.number("SELECT pos FROM stream_head WHERE stream = 'wh:1'").await;
    world
        .db()
        .write(|tx| async move {
            let mut changes = Changes::new(WH);
            changes.put_here("note", "n", &runs.load(Ordering::Relaxed))?;
            changes.publish(&tx).await?;
            // A unique key taken meanwhile is what a serialization failure looks like on one machine.
            if runs.fetch_add(1, Ordering::Relaxed) < 3 {
                return Err(floorhand_erp::Error::Sql(sqlx::Error::Database(Box::new(Again))));
            }
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 4);
    assert_eq!(world.number("SELECT pos FROM stream_head WHERE stream = 'wh:1'").await, before + 1);
    assert_eq!(world.text("SELECT body FROM feed_row WHERE kind = 'note'").await, "3");
    // For ever in vain is an end too.
    let outcome = world
        .db()
        .write(|_| async { Err::<(), _>(floorhand_erp::Error::Sql(sqlx::Error::Database(Box::new(Again)))) })
        .await;
    assert!(matches!(outcome, Err(floorhand_erp::Error::Busy(8))));
    world.assert_clean().await;
}

#[derive(Debug)]
struct Again;

impl std::fmt::Display for Again {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("could not serialize access")
    }
}

impl std::error::Error for Again {}

impl sqlx::error::DatabaseError for Again {
    fn message(&self) -> &str {
        "could not serialize access"
    }
    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some("40001".into())
    }
    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failed_or_panicking_write_leaves_nothing_and_frees_the_writer() {
    let world = World::new().await;
    let db = world.db();
    let failed = db
        .write(|tx| async move {
            tx.execute("DELETE FROM balance", &[]).await?;
            Err::<(), _>(floorhand_erp::Error::problem(400, "x", "no"))
        })
        .await;
    assert!(failed.is_err());
    let own = db.clone();
    let panicked = tokio::spawn(async move {
        own.write(|tx| async move {
            tx.execute("DELETE FROM balance", &[]).await?;
            if true {
                panic!("seeded");
            }
            Ok(())
        })
        .await
    });
    assert!(panicked.await.is_err());
    db.write(|tx| async move { tx.execute("UPDATE core_meta SET v = v", &[]).await }).await.unwrap();
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_one_snapshot() {
    let world = World::new().await;
    let db = world.db();
    db.read(|tx| async move {
        let sql = "SELECT COUNT(*) AS n FROM core_meta";
        let before = tx.row(sql, &[]).await?.unwrap().i64("n")?;
        db.write(|tx| async move { tx.execute("INSERT INTO core_meta (k, v) VALUES ('new', '1')", &[]).await }).await?;
        assert_eq!(tx.row(sql, &[]).await?.unwrap().i64("n")?, before);
        assert!(tx.execute("DELETE FROM core_meta", &[]).await.is_err(), "a reader may not write");
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_are_for_this_user_only() {
    if std::env::var("FLOORHAND_TEST_PG").is_ok() {
        return;
    }
    let world = World::new().await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(world.dir.path()), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(world.dir.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 2, "database and journal");
    assert_eq!(world.text("PRAGMA journal_mode").await, "wal");
    assert_eq!(world.number("PRAGMA synchronous").await, 2);
    assert_eq!(world.number("PRAGMA foreign_keys").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn data_of_a_newer_program_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(!floorhand_erp::db::is_data_dir(dir.path()));
    let db = Db::open(dir.path(), None).await.unwrap();
    assert!(floorhand_erp::db::is_data_dir(dir.path()));
    db.write(|tx| async move {
        tx.execute("INSERT INTO schema_version (version, applied_ms) VALUES ($1, 0)", vals![99]).await
    })
    .await
    .unwrap();
    db.close().await;
    let again = Db::open(dir.path(), None).await;
    let newest = floorhand_erp::db::schema_newest();
    assert!(
        matches!(again, Err(floorhand_erp::Error::SchemaNewer { found: 99, known }) if known == newest),
        "{again:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_writers_and_a_reader_that_misses_nothing() {
    let world = World::new().await;
    let mut writers = Vec::new();
    for writer in 0..8 {
        let db = world.db().clone();
        writers.push(tokio::spawn(async move {
            for n in 0..25 {
                db.write(|tx| async move {
                    let mut changes = Changes::new(WH);
                    let id = format!("{writer}-{n}");
                    tx.execute("INSERT INTO core_meta (k, v) VALUES ($1, '')", vals![&id]).await?;
                    for part in 0..3 {
                        changes.put_here("note", &format!("{id}-{part}"), &part)?;
                    }
                    changes.publish(&tx).await
                })
                .await
                .unwrap();
            }
        }));
    }
    let mut device = world.enrol().await;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        device.pull_by(7);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    device.pull();
    assert_eq!(device.rows("note").len(), 8 * 25 * 3);
    world.assert_clean().await;
}
