//! Every each and case is scanned into the open carton; what was picked decides which lot and unit it may be.

use super::share::Unit;
use super::{Left, Pack, PackStep, Stage};
use crate::id::{HandlingUnitId, ItemId, Lot, Serial};
use crate::outbound::PackState;
use crate::scan::{Kind, Known, Label, Meaning, Wants};
use crate::workflow::goods::{self, NotYet};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Meant, Site, What};

/// Lots and units among which a label is judged.
struct Among<'a> {
    item: &'a ItemId,
    /// Lot and serial number of each; empty = not recorded.
    rows: Vec<(&'a Lot, &'a Serial)>,
}

impl Pack {
    /// A scan while a carton is open, before it is weighed.
    pub(super) fn scan_goods(
        mut self,
        carton: HandlingUnitId,
        begun: &Label,
        meant: &Meant,
        fresh: HandlingUnitId,
        site: &Site<'_>,
    ) -> PackStep {
        let empty = self.carton(&carton).is_some_and(|own| own.content.is_empty());
        let wants = Wants::only(Kind::Item).or(Kind::Lot).or(Kind::Serial).or(Kind::Tote).or(Kind::HandlingUnit);
        let wants = wants.or(Kind::Command);
        // The first carton was of the wrong type: another may be opened as long as nothing is in it.
        let wants = if empty { wants.or(Kind::CartonType) } else { wants };
        match meant.fit(&wants) {
            Ok(Meaning::Goods { label }) => self.pack_label(carton, begun, label, site),
            Ok(Meaning::Command { .. }) => self.close(site),
            Ok(Meaning::CartonType { id }) => self.open_carton_of(&id.clone(), fresh, site),
            Ok(Meaning::HandlingUnit { unit }) if self.carton(&unit.id).is_some() => {
                self.scan_own(&unit.id.clone(), &meant.text)
            }
            Ok(Meaning::HandlingUnit { unit }) if self.left.iter().any(|left| left.tote == unit.id) => {
                self.tote = unit.id.clone();
                self.accept(Class::Accepted, What::Tote, unit.id.0.clone())
            }
            Ok(_) => self.misfit(meant, Kind::Item),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    fn pack_label(mut self, carton: HandlingUnitId, begun: &Label, label: &Label, site: &Site<'_>) -> PackStep {
        if self.order.state == PackState::Cancelled {
            let order = self.order.id.clone();
            return self.refuse(Refusal::OrderCancelled { order });
        }
        let read = match self.read(begun, label, site) {
            Ok(read) => read,
            Err(NotYet { refusal, keep }) => return self.not_yet(carton, *keep, refusal),
        };
        let done = self.unit_of(&read).and_then(|unit| Ok((self.put_in(&carton, &unit)?, unit)));
        match done {
            Ok((facts, unit)) => {
                self.photos.remove(&carton);
                self.stage = Stage::Verify { carton, label: Label::default() };
                let class = if self.is_verified() { Class::StepComplete } else { Class::Accepted };
                let mut step = self.accept(class, What::Item, unit.item.0);
                step.facts = facts;
                step
            }
            Err(refusal) => {
                let keep = if goods::stays(&refusal) { read } else { Label::default() };
                self.not_yet(carton, keep, refusal)
            }
        }
    }

    /// A label that is no unit yet. Closing goes on where nothing of it is kept.
    fn not_yet(mut self, carton: HandlingUnitId, keep: Label, refusal: Refusal) -> PackStep {
        if !keep.is_blank() || matches!(self.stage, Stage::Verify { .. }) {
            self.stage = Stage::Verify { carton, label: keep };
        }
        self.refuse(refusal)
    }

    /// Adds a label to what was read of the same unit. Lots and serial numbers are those that the store knows, and
    /// those of the picks.
    pub(super) fn read(&self, begun: &Label, label: &Label, site: &Site<'_>) -> Result<Label, NotYet> {
        let mut known =
            Known { lots: site.known.lots.clone(), serials: site.known.serials.clone(), ..Known::default() };
        for left in &self.left {
            let Some(item) = self.lines.get(left.line).map(|line| line.item.clone()) else { continue };
            if label.lot.as_ref() == Some(&left.lot) {
                known.lots.push((item.clone(), left.lot.clone()));
            }
            if label.serial.as_ref() == Some(&left.serial) {
                known.serials.push((item, left.serial.clone()));
            }
        }
        goods::read(begun, label, None, None, None, &known)
    }

    /// Which unit a label stands for, by what was picked and is not in a carton.
    fn unit_of(&self, label: &Label) -> Result<Unit, Refusal> {
        let item = label.item.clone().unwrap_or_default();
        if !self.lines.iter().any(|line| line.item == item) {
            return Err(Refusal::NotInOrder { scanned: item });
        }
        let seen = |serial: &Serial| {
            let mut content = self.cartons.iter().flat_map(|own| &own.content);
            content.any(|one| one.item == item && one.serial == *serial)
        };
        let (by_lot, by_serial) = self.tracks(&item);
        if let Some(serial) = label.serial.as_ref().filter(|serial| by_serial && seen(serial)) {
            return Err(Refusal::SerialSeen { serial: serial.clone() });
        }
        let open: Vec<&Left> = self
            .picks_of(&item)
            .map(|(_, left)| left)
            .filter(|left| left.qty > 0 && self.open_qty(left.line) > 0)
            .collect();
        if open.is_empty() {
            return Err(Refusal::QtyOver { open: 0 });
        }
        let among = Among { item: &item, rows: open.iter().map(|left| (&left.lot, &left.serial)).collect() };
        among.unit(label, by_lot, by_serial)
    }

    /// Whether an item is kept by lot, and by serial number: as its row says, or as it was picked.
    pub(super) fn tracks(&self, item: &ItemId) -> (bool, bool) {
        let row = self.item(item);
        let by_lot = self.picks_of(item).any(|(_, left)| !left.lot.is_none());
        let by_serial = self.picks_of(item).any(|(_, left)| !left.serial.is_none());
        (by_lot || row.is_some_and(|row| row.lot_tracked), by_serial || row.is_some_and(|row| row.serial_tracked))
    }

    /// The unit among the content of a carton.
    pub(super) fn unit_in(&self, carton: &HandlingUnitId, label: &Label) -> Result<Unit, Refusal> {
        let item = label.item.clone().unwrap_or_default();
        if !self.lines.iter().any(|line| line.item == item) {
            return Err(Refusal::NotInOrder { scanned: item });
        }
        let content = self.carton(carton).map(|own| own.content.as_slice()).unwrap_or_default();
        let rows: Vec<_> = content.iter().filter(|one| one.item == item).map(|one| (&one.lot, &one.serial)).collect();
        if rows.is_empty() {
            return Err(Refusal::QtyOver { open: 0 });
        }
        let (by_lot, by_serial) = self.tracks(&item);
        Among { item: &item, rows }.unit(label, by_lot, by_serial)
    }
}

impl Among<'_> {
    /// What exists once is taken, several must be told apart.
    fn unit(mut self, label: &Label, by_lot: bool, by_serial: bool) -> Result<Unit, Refusal> {
        let mut serial = Serial::default();
        if by_serial {
            if label.qty > 1 {
                return Err(Refusal::ScanEach);
            }
            serial = label.serial.clone().ok_or(Refusal::MissingData { field: Kind::Serial })?;
            let exact = self.rows.iter().any(|(_, own)| **own == serial);
            let needed = self.only(|(_, own)| *own);
            // A pick that recorded no serial number can be of any.
            self.rows.retain(|(_, own)| if exact { **own == serial } else { own.is_none() });
            if self.rows.is_empty() {
                return Err(Refusal::WrongSerial { scanned: serial, needed });
            }
        }
        let mut lot = Lot::default();
        if by_lot {
            let needed = self.only(|(own, _)| *own);
            lot = match &label.lot {
                None if self.rows.iter().any(|(own, _)| **own != needed) => {
                    return Err(Refusal::NeedLot { item: self.item.clone() });
                }
                None if needed.is_none() => return Err(Refusal::NeedLot { item: self.item.clone() }),
                None => needed,
                Some(lot) => {
                    let fits = self.rows.iter().any(|(own, _)| own.is_none() || *own == lot);
                    if !fits {
                        return Err(Refusal::WrongLot { scanned: lot.clone(), needed });
                    }
                    lot.clone()
                }
            };
        }
        let qty = if by_serial { 1 } else { label.qty.max(1) };
        Ok(Unit { item: self.item.clone(), lot, serial, qty })
    }

    /// The one value that all rows have. Empty = there are several.
    fn only<'b, T: Clone + Default + PartialEq + 'b>(&'b self, of: impl Fn(&(&'b Lot, &'b Serial)) -> &'b T) -> T {
        let mut values = self.rows.iter().map(of);
        let Some(first) = values.next() else { return T::default() };
        if values.all(|value| value == first) { first.clone() } else { T::default() }
    }
}
