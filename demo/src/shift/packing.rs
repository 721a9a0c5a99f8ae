//! The packer packs what the pickers brought: with what is wrong in it, a power cut in mid-carton, a weight that
//! differs, without a core; in the end the cartons leave.

use super::station::Station;
use super::{Shift, tell};
use crate::site::UNKNOWN;
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{PATIENCE, Status, wait_for};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Orders that wait at the bench before the packer begins: one is packed with mistakes, one without a core.
const AHEAD: usize = 3;
/// Steps to a moment of an order at the most.
const STEPS: usize = 60;
/// Grams by which a carton is too heavy, at which anybody sees that something is in it that should not be.
const TOO_HEAVY: i64 = 5_000;
/// How long a weight is left on the scale to be refused.
const WEIGHED: Duration = Duration::from_secs(3);
/// How long the bench may have nothing to do, once everything is picked, before that is believed.
const IDLE: Duration = Duration::from_secs(6);

impl Shift {
    /// The picker ends the cart, so that there is something to pack.
    pub(super) fn bring_to_the_bench(&mut self) -> Result<()> {
        self.until("the first cart at the bench", |status, tally| status.task.is_none() && tally.clusters_done >= 1)?;
        self.picker.drain()?;
        tell("The first cart was brought to the packing bench");
        Ok(())
    }

    /// The first order: another item, an unknown code, a power cut in mid-carton, a weight that differs.
    pub(super) fn begin_packing(&mut self) -> Result<()> {
        self.kiosk.sign_in()?;
        let status = wait_for("orders at the bench", PATIENCE, || {
            let status = self.kiosk.robot.status()?;
            let waiting = status.expects.first().map_or(0, |expect| expect.codes.len());
            Ok((waiting >= AHEAD).then_some(status))
        })?;
        self.kiosk_picture("bench")?;
        let order = status.best().map(|(_, code)| code.to_owned()).context("no order at the bench")?;
        self.kiosk.robot.open_order(&order, &order)?;
        self.kiosk_picture("carton-type")?;
        let status = self.packs_until("a unit to be asked", |status| status.step() == "pack.verify")?;
        let item = self.site.other_item(&status).context("there is one item only")?.to_owned();
        self.kiosk.robot.scan_wrong(&item, &["NOT_IN_ORDER"])?;
        self.kiosk_picture("not-in-this-order")?;
        self.kiosk.robot.scan_wrong(UNKNOWN, &["UNKNOWN_CODE"])?;
        self.packs_until("a unit in the carton", |status| status.quantity.is_some_and(|q| q.done >= 1))?;
        self.kiosk_picture("packed")?;
        let after = self.kiosk.dies_and_comes_back()?;
        let quantity = after.quantity.unwrap_or_default();
        let weighed = self.packs_until("the carton to be weighed", |status| status.step() == "pack.weigh")?;
        self.too_heavy(&weighed)?;
        self.kiosk.robot.pack_on()?;
        let labels = self.printer.labels();
        ensure!(labels > 0, "no label was printed");
        tell(&format!(
            "At the bench: {order}, another item and an unknown code refused; kill -9 with {} of {} units in the carton, the app came back there; {TOO_HEAVY} g too much on the scale refused; weighed, labelled, packed",
            quantity.done, quantity.needed
        ));
        Ok(())
    }

    /// The carton is too heavy: it stays open.
    fn too_heavy(&mut self, at: &Status) -> Result<()> {
        let due: i64 = at.best().and_then(|(_, grams)| grams.parse().ok()).context("no weight is expected")?;
        let scale = self.kiosk.robot.scale.as_ref().context("no scale")?;
        scale.lay(due + TOO_HEAVY);
        std::thread::sleep(WEIGHED);
        let after = self.kiosk.robot.status()?;
        self.kiosk_picture("too-heavy")?;
        ensure!(after.place() == at.place(), "a weight that differs has moved the step: {at:?} then {after:?}");
        Ok(())
    }

    /// An order, while nobody can be asked.
    pub(super) fn pack_without_core(&mut self) -> Result<()> {
        let status = self.kiosk.robot.status()?;
        let order = status.best().map(|(_, code)| code.to_owned()).context("nothing waits at the bench")?;
        self.kiosk.robot.open_order(&order, &order)?;
        self.kiosk.robot.pack_on()?;
        self.kiosk_picture("packed-offline")
    }

    /// The cartons leave, loaded by somebody who may.
    pub(super) fn load(&mut self) -> Result<()> {
        self.drain()?;
        let loads = self.seeded.with_roles(&["pick", "pack"])?.clone();
        self.second.robot.sign_out()?;
        let name = loads.name.clone();
        self.second.robot.operator = loads;
        self.second.sign_in()?;
        let loaded = self.second.robot.load_all()?;
        self.second.drain()?;
        self.pictures += 1;
        self.second.shot(self.pictures, "loaded")?;
        ensure!(loaded > 0, "no carton left");
        tell(&format!("{name} loaded {loaded} cartons at the docks of their carriers"));
        Ok(())
    }

    fn packs_until(&mut self, what: &str, goal: impl Fn(&Status) -> bool) -> Result<Status> {
        for _ in 0..STEPS {
            let status = self.kiosk.robot.status()?;
            if goal(&status) {
                return Ok(status);
            }
            self.kiosk.robot.pack_step(&status).with_context(|| format!("on the way to {what}"))?;
        }
        anyhow::bail!("{what} is not reached in {STEPS} steps")
    }

    pub(super) fn kiosk_picture(&mut self, name: &str) -> Result<()> {
        self.pictures += 1;
        self.kiosk.shot(self.pictures, name)
    }
}

/// Packs whatever comes to the bench, until all is `picked` and nothing more comes.
pub(super) fn pack_all(kiosk: &mut Station, picked: &AtomicBool) -> Result<()> {
    let mut idle = Instant::now();
    loop {
        let all = picked.load(Ordering::Relaxed);
        let status = kiosk.robot.status()?;
        match status.best() {
            // An order that was picked, or a carton that needs another label.
            Some((_, code)) => {
                let code = code.to_owned();
                kiosk.robot.open_order(&code, &code)?;
                kiosk.robot.pack_on().with_context(|| format!("at {code}"))?;
                idle = Instant::now();
            }
            None if !all => idle = Instant::now(),
            None if idle.elapsed() > IDLE => return Ok(()),
            None => {}
        }
        if status.best().is_none() {
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}
