//! A scan from its reading to its answer, its facts and its row in the scan log.

use super::secret::KEPT_OF_A_BADGE;
use super::{Answer, App, Audit, Effect, Flow, Found, Now, OpenPage, Refusal, Refused, Signal, Turn, work};
use floorhand_domain::fact::Fact;
use floorhand_domain::scan::{self, Hint, Scan};
use floorhand_domain::workflow::{Accepted, Meant, pick, refusal, sign_in};

impl App {
    pub(super) fn scan(
        mut self,
        scan: Scan,
        read: &Result<floorhand_gs1::Read, scan::Misread>,
        now: &Now,
        found: &Found,
    ) -> Turn {
        let step = self.step_name();
        let task = self.task();
        let secret = self.may_be_badge(read, &found.known);
        let symbology = match read {
            Ok(read) => read.symbology.map(|s| s.name().to_owned()).unwrap_or_default(),
            Err(_) => floorhand_gs1::Symbology::split(&scan.raw).0.map(|s| s.name().to_owned()).unwrap_or_default(),
        };
        // A scan closes a page that lies over the step, and half a typed number is no number. Noise
        // closes nothing: a code that is being typed stays.
        let finder = match &self.page {
            Some(OpenPage::Camera { light, .. }) => {
                Some(OpenPage::Camera { light: *light, seen: String::new(), why: "" })
            }
            _ => None,
        };
        // These pages take scans themselves.
        let over = self.page.clone().filter(OpenPage::takes_scans);
        if read.is_ok() {
            self.page.clone_from(&over);
            if !matches!(self.flow, Flow::SignIn(_)) && over.is_none() {
                self.typed.clear();
                self.keypad = false;
            }
            if !matches!(self.flow, Flow::Work) {
                self.asked = None;
            }
        }
        let mut hints = Vec::new();
        let (mut turn, result, meanings) = match read {
            Err(misread) => {
                hints.extend(misread.hint.clone());
                let refusal = self.general(misread.refusal.clone());
                self.refused(refusal, shown(&scan), found)
            }
            Ok(read) => {
                let symbol = scan::classify(read, &found.known, &self.settings.scan, &now.today);
                hints.clone_from(&symbol.hints);
                let meant = Meant::from(symbol);
                let kinds = meant.meanings.iter().map(|m| m.kind().as_str().to_owned()).collect();
                let misread = meant.meanings.is_empty() && scan::looks_misread(read);
                let (turn, result) = match self.flow.clone() {
                    _ if self.lock.is_some() => self.locked_scan(meant, now, found),
                    _ if matches!(over, Some(OpenPage::WhatIs { .. })) => {
                        let (turn, told) = self.what_is_scan(meant, &found.known);
                        (turn, Ok(told))
                    }
                    _ if matches!(over, Some(OpenPage::Approve { .. })) => self.approval_scan(meant, now, found),
                    // A badge over a refusal that a supervisor may set aside asks for the PIN at once.
                    _ if !found.known.operators.is_empty() && self.approvable().is_some() => {
                        self.approval_scan(meant, now, found)
                    }
                    _ if misread => {
                        let refusal = self.general(scan::Refusal::Checksum);
                        let (turn, result, _) = self.refused(refusal, meant.text, found);
                        (turn, result)
                    }
                    Flow::SignIn(state) => self.sign_in_scan(state, meant, now, found),
                    Flow::Work | Flow::Deliveries(_) if found.task.is_none() && self.is_return(&meant) => {
                        self.returns_scan(meant, now, found)
                    }
                    Flow::Work => self.work_scan(&meant, now, found),
                    Flow::ReturnsOpen(_) => self.returns_scan(meant, now, found),
                    Flow::Pick(flow) => self.pick_scan(*flow, meant, now, found),
                    Flow::Deliveries(_) => self.deliveries_scan(meant, now, found),
                    Flow::Bench(_) => self.bench_scan(&meant, now, found),
                    _ => match over {
                        Some(OpenPage::Differences { complete, .. }) if !found.known.operators.is_empty() => {
                            self.post_scan(meant, complete, now, found)
                        }
                        Some(OpenPage::Unknown { .. }) => {
                            let refusal = self.general(scan::Refusal::NotNow);
                            let (turn, result, _) = self.refused(refusal, meant.text, found);
                            (turn, result)
                        }
                        _ => {
                            self.page = None;
                            self.goods_scan(meant, now, found)
                        }
                    },
                };
                (turn, result, kinds)
            }
        };
        let reason = result.as_ref().err().map(Refusal::reason);
        let decision = match &result {
            Ok(accepted) => {
                turn.look_at(&hints);
                decision(accepted, hints.first().map_or("", Hint::code))
            }
            Err(refusal) => {
                let likely = hints.first().map(Hint::code);
                let hint = nearly(refusal, found).or(likely).unwrap_or_default();
                if let Answer::Refused(refused) = &mut turn.app.answer {
                    refused.hint = hint;
                }
                decision(&refusal.told(), hint)
            }
        };
        if reason.is_some() && finder.is_some() {
            // The finder stays open until a code is accepted.
            turn.app.page = finder;
        }
        if let Some(reason) = reason {
            turn.facts.push(Fact::ScanRefused {
                raw: if secret { KEPT_OF_A_BADGE.to_owned() } else { shown(&scan) },
                step: step.to_owned(),
                reason,
                meanings,
                task: task.clone(),
            });
            turn.effects.push(Effect::Signal(Signal::Refused));
        }
        let raw = if secret { KEPT_OF_A_BADGE.as_bytes().to_vec() } else { scan.raw };
        let scan = Scan { raw, ..scan };
        turn.audit =
            Some(Audit { scan, symbology, step: step.to_owned(), task, accepted: reason.is_none(), reason, decision });
        turn
    }

    /// A refusal that any step gives, in the words of the flow.
    pub(super) fn general(&self, refusal: scan::Refusal) -> Refusal {
        match &self.flow {
            Flow::SignIn(_) => Refusal::SignIn(sign_in::Refusal::Scan(refusal)),
            Flow::Work => Refusal::Work(work::Refusal::Scan(refusal)),
            Flow::Pick(_) => Refusal::Pick(pick::Refusal::Scan(refusal)),
            _ => Refusal::Goods(refusal.into()),
        }
    }

    pub(super) fn refused(
        mut self,
        refusal: Refusal,
        text: String,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>, Vec<String>) {
        self.show_refusal(refusal.clone(), text, found);
        (self.turn(), Err(refusal), Vec::new())
    }

    pub(super) fn show_refusal(&mut self, refusal: Refusal, text: String, found: &Found) {
        let (scanned, needed) = match &refusal {
            Refusal::Pick(pick::Refusal::WrongItem { scanned, needed }) => {
                (Some(scanned.clone()), Some(needed.clone()))
            }
            Refusal::Pick(pick::Refusal::NeedLocation { scanned, .. }) => (Some(scanned.clone()), None),
            Refusal::Goods(refusal::Refusal::WrongItem { scanned, needed }) => {
                (Some(scanned.clone()), Some(needed.clone()).filter(|item| !item.is_none()))
            }
            Refusal::Goods(
                refusal::Refusal::Unexpected { item }
                | refusal::Refusal::NeedLot { item }
                | refusal::Refusal::NeedHu { item }
                | refusal::Refusal::Allocated { item, .. }
                | refusal::Refusal::NotInOrder { scanned: item },
            ) => (Some(item.clone()), None),
            _ => (None, None),
        };
        let item = |id: Option<floorhand_domain::id::ItemId>| {
            id.and_then(|id| {
                found
                    .known
                    .item(&id)
                    .cloned()
                    .or_else(|| self.catalogue().and_then(|c| c.items.get(id.as_str()).cloned()))
                    .or_else(|| self.item_met(&id).cloned())
            })
        };
        let refused = Refused { scanned: item(scanned), needed: item(needed), refusal, text, hint: "" };
        self.answer = Answer::Refused(Box::new(refused));
    }
}

impl Turn {
    /// Goods past their best-before date are taken where the site says so, and looked at.
    fn look_at(&mut self, hints: &[Hint]) {
        if !hints.iter().any(|hint| matches!(hint, Hint::BestBefore { .. })) {
            return;
        }
        self.app.answer = Answer::Notice("best-before");
        for effect in &mut self.effects {
            if let Effect::Signal(signal) = effect {
                *signal = Signal::Attention;
            }
        }
    }
}

/// The bytes of a scan as they are shown and kept, printable.
fn shown(scan: &Scan) -> String {
    floorhand_gs1::escape(scan.raw.get(..SHOWN_BYTES_MAX.min(scan.raw.len())).unwrap_or_default())
}

/// What became of a scan, for its row in the log, with what is worth knowing about the label or the
/// reader.
fn decision(told: &impl serde::Serialize, hint: &str) -> String {
    let mut decision = serde_json::to_value(told).unwrap_or_default();
    if let (false, Some(fields)) = (hint.is_empty(), decision.as_object_mut()) {
        fields.insert("hint".to_owned(), hint.into());
    }
    decision.to_string()
}

/// A lot or serial that is nearly the needed one: with further elements behind it, because their
/// separator was lost on the way, or in other capitals. It stays refused.
fn nearly(refusal: &Refusal, found: &Found) -> Option<&'static str> {
    let lost = |read: &str, needed: &str| scan::separator_missing(read, needed).map(|hint| hint.code());
    match refusal {
        Refusal::Pick(pick::Refusal::WrongLot { scanned, needed }) => {
            let near = |lot: &str| {
                lost(scanned.as_str(), lot).or(scan::lot_case(scanned.as_str(), lot).map(|hint| hint.code()))
            };
            match needed.as_str() {
                "" => found.known.stock.iter().find_map(|stock| near(stock.lot.as_str())),
                needed => near(needed),
            }
        }
        Refusal::Pick(pick::Refusal::WrongSerial { scanned, needed }) => match needed.as_str() {
            "" => found.known.stock.iter().find_map(|stock| lost(scanned.as_str(), stock.serial.as_str())),
            needed => lost(scanned.as_str(), needed),
        },
        _ => None,
    }
}

/// Bytes of a refused scan that are kept in its fact.
const SHOWN_BYTES_MAX: usize = scan::SCAN_BYTES_MAX;
