//! Backups of the embedded database. Devices keep what they sent until a backup that was checked holds it, so that a
//! core restored from the last one is refilled by them.

use crate::clock;
use crate::db::{Db, private_dir};
use crate::error::{Error, Result};
use crate::server::renew_server_epoch;
use crate::vals;
use crate::verify::{self, Report};
use std::path::Path;

/// Where files are kept beside the database.
const FOLDERS: &[&str] = &["photos"];

/// Copies a core's data into a new directory while the core runs, checks the copy, and notes what it holds. The copy
/// is a data directory by itself; with a server epoch of its own, so that a core that is started on it makes every
/// device fetch its base anew and send again what is missing.
///
/// Returns what the checks of the copy found; where one failed nothing is noted, and the copy stays to be looked at.
///
/// # Errors
/// When the data are in PostgreSQL, which has tools of its own; when the directory holds something; when the copy
/// cannot be written.
pub async fn run(db: &Db, data_dir: &Path, to: &Path) -> Result<Report> {
    if std::fs::read_dir(to).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(Error::problem(
            409,
            "not_empty",
            format!("{} holds something; name a new directory", to.display()),
        ));
    }
    private_dir(to)?;
    // The database first: a photograph that it does not know yet does no harm.
    db.copy_into(to).await?;
    for folder in FOLDERS {
        copy_files(&data_dir.join(folder), &to.join(folder))?;
    }
    let copy = Db::open(to, None).await?;
    renew_server_epoch(&copy).await?;
    let report = verify::run(&copy).await?;
    let held = held(&copy).await;
    copy.close().await;
    let held = &held?;
    if report.ok {
        db.write(|tx| async move {
            for (warehouse, device, epoch, seq) in held {
                tx.execute(
                    "INSERT INTO backed_up (warehouse_id, device, epoch, seq, at_ms) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (warehouse_id, device, epoch) DO UPDATE SET seq = excluded.seq, at_ms = excluded.at_ms \
                     WHERE excluded.seq > backed_up.seq",
                    vals![*warehouse, device, *epoch, *seq, clock::now_ms()],
                )
                .await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(report)
}

/// The last fact of each device and epoch.
async fn held(copy: &Db) -> Result<Vec<(i64, String, i64, i64)>> {
    copy.read(|tx| async move {
        tx.rows("SELECT warehouse_id, device, epoch, last_seq FROM device_epoch WHERE last_seq > 0", &[])
            .await?
            .iter()
            .map(|row| Ok((row.i64("warehouse_id")?, row.text("device")?, row.i64("epoch")?, row.i64("last_seq")?)))
            .collect()
    })
    .await
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    private_dir(to)?;
    let say = |path: &Path| format!("copy {}", path.display());
    for entry in std::fs::read_dir(from).map_err(Error::io(say(from)))? {
        let path = entry.map_err(Error::io(say(from)))?.path();
        if let Some(name) = path.file_name().filter(|_| path.is_file()) {
            let target = to.join(name);
            std::fs::copy(&path, &target).map_err(Error::io(say(&path)))?;
            synced(&target)?;
        }
    }
    synced(to)
}

/// Makes sure that a file, or the names in a directory, are on disk.
pub(crate) fn synced(path: &Path) -> Result<()> {
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(Error::io(format!("write {} to disk", path.display())))
}
