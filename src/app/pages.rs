//! The pages that lie over the work: More, Can't scan, Problem, lists, settings.

use super::goods::Press;
use super::{App, Effect, Flow, Found, Now, OpenPage, Turn};
use crate::view::{AttentionTab, LANGUAGES, Paging, Profile, Tap, TextSize};
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::pick::{Event, Stage};
use floorhand_domain::workflow::{count, put_away, receive, returns};

/// Signs of a typed code at the most.
const CODE_SIGNS_MAX: usize = 48;

impl App {
    pub(super) fn show(mut self, page: OpenPage) -> Turn {
        let load = matches!(page, OpenPage::Attention { .. } | OpenPage::History { .. } | OpenPage::People { .. });
        if !matches!(page, OpenPage::Approve { .. }) {
            self.lead = None;
        }
        self.page = Some(page);
        self.sheet_page = 0;
        self.typed.clear();
        let mut turn = self.turn();
        if load {
            turn.effects.push(Effect::LoadPage);
        }
        turn
    }

    pub(super) fn close_page(mut self) -> Turn {
        if let Some(asked) = self.lead.take() {
            return self.show(OpenPage::Entry { row: Box::new(asked.row), tab: asked.tab });
        }
        self.page = match self.page {
            Some(OpenPage::TypeCode { .. }) => Some(OpenPage::CantScan),
            Some(OpenPage::Languages) if self.session.is_some() => Some(OpenPage::Settings),
            _ => None,
        };
        self.typed.clear();
        self.turn()
    }

    pub(super) fn attention(tab: AttentionTab) -> OpenPage {
        OpenPage::Attention { tab, page: 0, open: 0, rows: Vec::new(), total: 0 }
    }

    pub(super) fn history(refused_only: bool) -> OpenPage {
        OpenPage::History { refused_only, page: 0, rows: Vec::new(), today: 0, refused: 0 }
    }

    /// Rows of the open list on one page, as they fit beside the size of words.
    #[must_use]
    pub fn list_rows(&self) -> u32 {
        match &self.page {
            Some(OpenPage::Attention { .. }) => self.look.text.attention_rows().max(1),
            _ => self.look.text.history_rows().max(1),
        }
    }

    pub(super) fn turn_page(mut self, forward: bool) -> Turn {
        let per_page = self.list_rows();
        let last = |rows: u32| rows.saturating_sub(1) / per_page;
        if self.page.is_none() && matches!(self.flow, Flow::Work) {
            let window = self.work_window();
            self.work_page =
                if forward { (window.page + 1).min(window.pages - 1) } else { window.page.saturating_sub(1) };
            return self.turn();
        }
        let sheet = self.attention_sheet();
        let rows = matches!(
            self.page,
            Some(OpenPage::More { .. } | OpenPage::Problem | OpenPage::CantScan | OpenPage::Languages)
        );
        if sheet.is_some() || rows || self.return_rows().is_some() {
            let (_, paging) = self.sheet_window(sheet.unwrap_or_else(|| self.sheet_rows().len()));
            self.sheet_page =
                if forward { (paging.page + 1).min(paging.pages - 1) } else { paging.page.saturating_sub(1) };
            return self.turn();
        }
        match &mut self.page {
            Some(OpenPage::Attention { page, open, total, .. }) => {
                *page = if forward { (*page + 1).min(last(*total)) } else { page.saturating_sub(1) };
                *open = 0;
            }
            Some(OpenPage::History { page, refused_only, today, refused, .. }) => {
                let total = if *refused_only { *refused } else { *today };
                *page = if forward { (*page + 1).min(last(total)) } else { page.saturating_sub(1) };
            }
            _ => return self.turn(),
        }
        let mut turn = self.turn();
        turn.effects.push(Effect::LoadPage);
        turn
    }

    /// The rows of the open sheet, by code, and whether each can be chosen.
    #[must_use]
    pub fn sheet_rows(&self) -> Vec<(&'static str, bool, &'static str)> {
        let pick = match &self.flow {
            Flow::Pick(flow) => Some(&flow.pick),
            _ => None,
        };
        let hand_empty = pick.is_some_and(|p| p.hand().is_none_or(|h| h.units.is_empty()));
        let at_line =
            pick.is_some_and(|p| matches!(p.stage, Stage::Location { .. } | Stage::Item { .. } | Stage::Sort { .. }));
        if let Some(rows) = self.return_rows() {
            return rows;
        }
        match &self.page {
            Some(OpenPage::More { .. }) => {
                let mut rows = Vec::new();
                if pick.is_some() {
                    // Where words are large, the action bar has no place for it.
                    if self.look.text != TextSize::T100 {
                        rows.push(("cant-scan", true, ""));
                    }
                    rows.push(("skip", at_line && hand_empty, "last-line"));
                    rows.push((
                        "release",
                        hand_empty
                            && !matches!(
                                pick.map(|p| &p.stage),
                                Some(
                                    Stage::DropOff { .. }
                                        | Stage::DropOne { .. }
                                        | Stage::Empty { .. }
                                        | Stage::Sort { .. }
                                )
                            ),
                        "last-line",
                    ));
                    let undoes = pick.is_some_and(|p| p.progress.iter().any(|line| line.picked > 0));
                    rows.push(("undo", hand_empty && undoes, "last-line"));
                }
                if let Flow::Receive(flow) = &self.flow {
                    let free = flow.at.entry().is_none() && flow.at.opened.is_none();
                    rows.push(("undo", free && flow.at.tally != Default::default(), "last-line"));
                }
                if matches!(self.flow, Flow::ReturnsOpen(_)) {
                    rows.push(("work", true, ""));
                }
                let home = matches!(self.flow, Flow::Work | Flow::Deliveries(_) | Flow::Bench(_));
                if home && self.may(Role::Pack) {
                    if !matches!(self.flow, Flow::Bench(_)) {
                        rows.push(("pack", true, ""));
                    }
                    rows.push(("load", true, ""));
                }
                if home {
                    // A dock has its deliveries on the screen, but for the list of work.
                    let away = self.station.profile != Profile::Dock || matches!(self.flow, Flow::Work);
                    if away && self.may(Role::Receive) {
                        rows.push(("deliveries", true, ""));
                    }
                    if matches!(self.flow, Flow::Deliveries(_) | Flow::Bench(_)) {
                        rows.push(("work", true, ""));
                    }
                    if self.may(Role::Returns) {
                        rows.push(("returns", true, ""));
                    }
                    rows.push(("count-here", self.may(Role::Count), "role"));
                    rows.push(("move-this", self.may(Role::Stock), "role"));
                }
                let left = match &self.flow {
                    Flow::PutAway(flow) => Some(flow.at.hand().is_none_or(|hand| hand.units.is_empty())),
                    Flow::Count(flow) => Some(flow.at.totals.is_empty()),
                    _ => None,
                };
                if let Some(enabled) = left {
                    rows.push(("release", enabled, "last-line"));
                }
                // A count is blind: nothing tells the book meanwhile.
                if !matches!(self.flow, Flow::Count(_)) {
                    rows.push(("what-is", true, ""));
                }
                rows.push(("history", true, ""));
                rows.push(("attention", true, ""));
                rows.push(("settings", true, ""));
                if !self.readers.is_empty() {
                    rows.push(("readers", true, ""));
                }
                rows.push(("about", true, ""));
                rows.push(("lock", true, ""));
                rows.push(("sign-out", true, ""));
                rows
            }
            Some(OpenPage::CantScan) => {
                let mut rows = vec![("type", true, ""), ("again", true, "")];
                if self.station.camera {
                    rows.insert(0, ("camera", true, ""));
                }
                rows
            }
            Some(OpenPage::Problem) => {
                let short = pick.is_some_and(|p| {
                    matches!(p.stage, Stage::Location { .. } | Stage::Item { .. })
                        || matches!(&p.stage, Stage::Tote { hand, line, .. } if hand.qty() < p.open_qty(line))
                });
                if matches!(self.flow, Flow::Receive(_)) {
                    let reason = match &self.answer {
                        super::Answer::Refused(refused) => Some(refused.refusal.reason()),
                        _ => None,
                    };
                    return vec![
                        ("unexpected", reason == Some(Reason::WrongItem), "no-task"),
                        ("unknown-barcode", reason == Some(Reason::UnknownCode), "no-task"),
                        ("damaged", self.receive_field().is_some(), "no-task"),
                        ("lead", self.approvable().is_some(), "no-task"),
                    ];
                }
                if let Some(rows) = self.pack_problems() {
                    return rows;
                }
                if matches!(self.flow, Flow::Returns(_)) {
                    return self.return_problems();
                }
                if pick.is_none() {
                    return vec![("lead", self.approvable().is_some(), "no-task")];
                }
                let full = pick.is_some_and(|p| match &p.stage {
                    Stage::Item { .. } | Stage::Tote { .. } => true,
                    Stage::Sort { line, .. } => !line.is_none(),
                    _ => false,
                });
                vec![
                    ("short", short, "no-task"),
                    ("tote-full", full, "no-task"),
                    ("skip", at_line && hand_empty, "last-line"),
                ]
            }
            Some(OpenPage::PrintAgain) => {
                ["label-torn", "label-lost", "label-unreadable", "label-other"].map(|code| (code, true, "")).to_vec()
            }
            Some(OpenPage::Entry { .. }) => self.entry_rows(),
            Some(OpenPage::Languages) => {
                LANGUAGES.iter().map(|known| (known.code, true, if known.draft { "draft" } else { "" })).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Rows of a sheet that are shown at once.
    #[must_use]
    pub fn sheet_fit(&self) -> usize {
        usize::try_from(self.look.text.sheet_rows()).unwrap_or(1).max(1)
    }

    /// The first row of a sheet that is shown, and its pages.
    #[must_use]
    pub fn sheet_window(&self, rows: usize) -> (usize, Paging) {
        let fit = self.look.text.sheet_rows().max(1);
        let pages = u32::try_from(rows).unwrap_or(u32::MAX).div_ceil(fit).max(1);
        let page = self.sheet_page.min(pages - 1);
        (usize::try_from(page * fit).unwrap_or(0), Paging { page, pages })
    }

    pub(super) fn choose_row(mut self, row: usize, now: &Now, found: &Found) -> Turn {
        let rows = self.sheet_rows();
        let (first, _) = self.sheet_window(rows.len());
        let Some((code, enabled, why)) = rows.get(first + row).copied() else { return self.turn() };
        // What the role bars is refused below, and says so.
        if !enabled && why != "role" {
            return self.turn();
        }
        if self.return_rows().is_some() {
            return self.choose_return_row(code, now, found);
        }
        match code {
            "skip" => self.pick_do(Event::Skip, now, found),
            "short" => self.pick_do(Event::Short, now, found),
            "tote-full" => self.pick_do(Event::ToteFull, now, found),
            "undo" => match found.undo.clone() {
                Some((epoch, seq, fact)) if matches!(self.flow, Flow::Receive(_)) => {
                    let (fact, past) = (Box::new(fact), found.past.clone());
                    self.pressed(Press::Receive(receive::Event::Undo { epoch, seq, fact, past }), now, found)
                }
                Some((epoch, seq, fact)) => self.pick_do(Event::Undo { epoch, seq, fact }, now, found),
                None => self.close_page(),
            },
            // Giving a task back cannot be taken back: it asks once.
            "release" => {
                if matches!(self.page, Some(OpenPage::More { asked: Some("release") })) {
                    match &self.flow {
                        Flow::PutAway(_) => self.pressed(Press::PutAway(put_away::Event::Release), now, found),
                        Flow::Count(_) => self.pressed(Press::Count(count::Event::Release), now, found),
                        _ => self.pick_do(Event::Release, now, found),
                    }
                } else {
                    self.page = Some(OpenPage::More { asked: Some("release") });
                    self.turn()
                }
            }
            "deliveries" => self.show_deliveries(found),
            "work" => self.show_work(),
            "pack" => self.show_bench(found),
            "load" => self.show_load(found),
            "take-out" => self.pack_problem(&Tap::TakeOut, now, found),
            "finish-order" => self.pack_problem(&Tap::Finish, now, found),
            "set-aside" => self.set_aside(),
            "put-back" => self.choose_task(now, found),
            "label-torn" | "label-lost" | "label-unreadable" | "label-other" => self.print_again(code, now, found),
            "returns" => self.show_returns(found),
            "drop-entry" => self.pressed(Press::Returns(returns::Event::Drop), now, found),
            "count-here" => self.count_here(now, found),
            "move-this" => self.move_this(now, found),
            "what-is" => self.show(OpenPage::WhatIs { told: super::Told::default(), shown: 0, page: 0 }),
            "lock" => self.lock(),
            "lead" => self.ask_approval(),
            "unexpected" => self.goods_problem(Tap::NotListed, now, found),
            "unknown-barcode" => self.goods_problem(Tap::NotListed, now, found),
            "damaged" => self.goods_problem(Tap::Damaged, now, found),
            "history" => self.show(Self::history(false)),
            "attention" => self.show(Self::attention(AttentionTab::Refused)),
            "settings" => self.show(OpenPage::Settings),
            "readers" => self.show(OpenPage::Readers),
            "about" => self.show(OpenPage::About),
            "cant-scan" => self.show(OpenPage::CantScan),
            "sign-out" => {
                if matches!(self.page, Some(OpenPage::More { asked: Some("sign-out") })) {
                    self.sign_out()
                } else {
                    self.page = Some(OpenPage::More { asked: Some("sign-out") });
                    self.turn()
                }
            }
            "camera" => {
                let ready =
                    |kind: &&super::ReaderState| kind.kind == "camera" && matches!(kind.state, "ready" | "starting");
                let why = if self.readers.iter().any(|reader| ready(&reader)) { "" } else { "lost" };
                self.show(OpenPage::Camera { light: false, seen: String::new(), why })
            }
            "type" => self.show(OpenPage::TypeCode { typed: String::new() }),
            "again" => self.close_page(),
            language if matches!(self.page, Some(OpenPage::Languages)) => self.speak(language),
            _ => self.turn(),
        }
    }

    /// A row of Problem that a button of the page means too.
    fn goods_problem(mut self, tap: Tap, now: &Now, found: &Found) -> Turn {
        self.page = None;
        match self.goods_tap(&tap, now, found) {
            Ok(turn) => turn,
            Err(app) => app.turn(),
        }
    }

    pub(super) fn type_sign(mut self, sign: char) -> Turn {
        if let Some(OpenPage::TypeCode { typed }) = &mut self.page
            && typed.chars().count() < CODE_SIGNS_MAX
            && (sign.is_ascii_graphic() || sign == ' ')
        {
            typed.push(sign.to_ascii_uppercase());
        }
        self.turn()
    }
}
