//! What is read from the store for a turn, a page or a start.

use super::{Runner, chain, station};
use crate::app::{
    App, AttentionRow, DELIVERY_ROWS, DeliveriesFlow, DeliveryData, Doing, Flow, Found, HistoryRow, Input, LinkState,
    OpenPage, QUEUE_ROWS, Saved, Station, TaskData, WORK_ROWS,
};
use crate::clock::wall_of;
use crate::event::Catalogue;
use crate::store::{Store, StoreError, Viewer};
use crate::view::{AttentionTab, Hand, Look, Profile, Sound, TextSize, Theme};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{DeliveryId, ItemId, OperatorId, SignInId, TaskId};
use floorhand_domain::master::{LocationKind, Role, Settings};
use floorhand_domain::scan::{Known, Source};
use floorhand_domain::task::{TaskKind, TaskState};
use floorhand_domain::workflow::sign_in::{Grants, SignIn};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const MINUTE_MS: u64 = 60_000;

/// A rule of the site that is at fault fits nothing; whoever looks for the reason finds it in the log.
pub(super) fn tell_faults(settings: &Settings) {
    for fault in settings.scan.faults() {
        tracing::warn!(?fault, "a scan rule of the site is not used");
    }
}

/// The app as it was left: same operator, same task, same step.
pub(super) fn resume(store: &Store, look: Look, profile: Profile) -> Result<App, StoreError> {
    let settings = store.settings()?;
    tell_faults(&settings);
    let look = kept_look(store, &OperatorId::default()).filter(|kept| !kept.language.is_empty()).unwrap_or(look);
    let app = App::new(Station { profile, ..station(store) }, settings, look);
    let saved: Saved = match store.app_state()? {
        Some(text) => serde_json::from_str(&text)?,
        None => Saved::default(),
    };
    let me = saved.session.as_ref().map(|s| s.operator.clone()).unwrap_or_default();
    let named = match (&saved.pick, &saved.doing) {
        (Some(pick), _) => Some(pick.task.clone()),
        (None, Some(Doing::PutAway(saved))) => Some(saved.task.clone()),
        (None, Some(Doing::Count(saved))) => Some(saved.task.clone()),
        _ => None,
    };
    let task = match &named {
        Some(task) => task_data(store, task, &me, None, saved.doing.as_ref())?,
        None => None,
    };
    let delivery = match &saved.doing {
        Some(doing @ Doing::Receive(saved)) => delivery_data(store, &saved.delivery, Some(doing))?,
        _ => None,
    };
    let doing = saved.doing.clone();
    let returned = super::returns::resumed(store, doing.as_ref(), &app.station.name)?;
    let app = super::bench::resume(app.resume(saved.clone(), task, delivery), store, &saved)?;
    let mut app = app.resume_return(doing, returned);
    app.wear(kept_look(store, &me));
    Ok(app)
}

/// An operator who is locked out is asked for no PIN, though the power went before the app said so.
pub(super) fn lock(mut app: App, store: &Store, mono_ms: u64, boot_id: &str) -> Result<App, StoreError> {
    if let Flow::SignIn(SignIn::Pin { operator, .. }) = &app.flow
        && store.login_guard(operator)?.is_some_and(|guard| guard.left_ms(mono_ms, boot_id) > 0)
    {
        app.flow = Flow::SignIn(SignIn::Badge);
    }
    Ok(app)
}

/// The app as a reader sees it, for `status`: nothing is written.
///
/// # Errors
/// When the store cannot be read.
pub fn snapshot(store: &Store) -> Result<App, StoreError> {
    let profile = station(store).profile;
    let mut app = resume(store, Look::default(), profile)?;
    if matches!(app.flow, Flow::Deliveries(_)) {
        app.flow = Flow::Deliveries(DeliveriesFlow {
            rows: store.deliveries_shown(DELIVERY_ROWS)?.into(),
            ..DeliveriesFlow::default()
        });
    }
    app.bench.queue = store.pack_orders_shown(QUEUE_ROWS)?.into();
    app.bench.relabel = store.cartons_to_relabel()?.into();
    let me = app.session.as_ref().map(|s| s.operator.clone()).unwrap_or_default();
    if app.session.is_some() {
        app.work = app.permitted(store.tasks_shown(&me, "", WORK_ROWS)?).into();
    }
    Ok(app)
}

/// A delivery as it is shown, with the names its pages need; empty = blind. `kept`: the receipt that is gone on
/// with. `None` = there is no such delivery.
///
/// # Errors
/// When the store cannot be read.
pub fn delivery_data(store: &Store, id: &DeliveryId, kept: Option<&Doing>) -> Result<Option<DeliveryData>, StoreError> {
    let past = match kept {
        Some(Doing::Receive(saved)) => store.received(&saved.receipt)?,
        _ => Vec::new(),
    };
    let (delivery, lines) = if id.is_none() {
        (None, Vec::new())
    } else {
        match store.delivery(id)? {
            Some(delivery) => (Some(delivery), store.delivery_lines(id)?),
            None => return Ok(None),
        }
    };
    let mut catalogue = Catalogue::default();
    let received = past.iter().filter_map(|fact| match fact {
        Fact::Received { item, .. } => Some(item),
        _ => None,
    });
    let items = lines.iter().map(|line| &line.item).chain(received).chain(kept.and_then(Doing::item));
    name(store, items, &mut catalogue)?;
    Ok(Some(DeliveryData { delivery, lines: lines.into(), catalogue: Arc::new(catalogue), past }))
}

/// A task as it is shown, with the names its pages need. `None` = there is no such task. `now_ms`: the core's
/// clock, where it is known; `kept`: the step that is gone on with.
///
/// # Errors
/// When the store cannot be read.
pub fn task_data(
    store: &Store,
    id: &TaskId,
    me: &OperatorId,
    now_ms: Option<u64>,
    kept: Option<&Doing>,
) -> Result<Option<TaskData>, StoreError> {
    let Some(task) = store.task_shown(id)? else { return Ok(None) };
    let lines = store.lines_shown(id)?;
    let mut catalogue = Catalogue::default();
    for line in &lines {
        for id in [&line.location, &line.plan.to].into_iter().chain(&line.plan.others) {
            if !id.is_none()
                && !catalogue.locations.contains_key(id.as_str())
                && let Some(location) = store.location(id)?
            {
                catalogue.locations.insert(id.0.clone(), location);
            }
        }
    }
    for slot in &task.slots {
        for place in [&slot.drop_off, &slot.from] {
            if !place.is_none()
                && let Some(location) = store.location(place)?
            {
                catalogue.locations.insert(place.0.clone(), location);
            }
        }
        // What the zone before picked is shown with its tote.
        if !slot.from.is_none() && !slot.tote.is_none() {
            let mut held = store.tote_content(&slot.tote)?;
            held.retain(|stock| stock.qty > 0);
            name(store, held.iter().map(|stock| &stock.item), &mut catalogue)?;
            catalogue.held.insert(slot.tote.0.clone(), held);
        }
    }
    for line in lines.iter().filter(|line| task.kind == TaskKind::Count && line.plan.counted_by == *me) {
        if line.plan.round > 0
            && let Some(own) = store.own_count(me, &line.location)?
        {
            catalogue.own.insert(line.id.0.clone(), own);
        }
    }
    let past: Vec<Fact> = match task.kind {
        TaskKind::Count => store.counted(id)?.into_iter().map(|(_, _, fact)| fact).collect(),
        _ => Vec::new(),
    };
    let counted = past.iter().filter_map(|fact| match fact {
        Fact::Counted { item, .. } => Some(item),
        _ => None,
    });
    let items = lines.iter().map(|line| &line.item).chain(counted).chain(kept.and_then(Doing::item));
    name(store, items, &mut catalogue)?;
    let drop_off = store.location(&task.drop_off)?;
    let free = task.state != TaskState::Claimed || task.holder.is_none() || task.holder == *me;
    let by = if task.left_by.is_none() { &task.holder } else { &task.left_by };
    let holder = store.operator(by)?.map_or_else(|| by.0.clone(), |operator| operator.name);
    let mine = store.identity().is_some_and(|identity| identity.device == task.device.as_str());
    let until = u64::try_from(task.lease_until_ms).unwrap_or(0);
    let ended = until > 0 && now_ms.is_some_and(|now| now > until);
    let left = !task.left_by.is_none() || (task.state == TaskState::Claimed && (mine || ended));
    Ok(Some(TaskData {
        lines: lines.into(),
        catalogue: Arc::new(catalogue),
        // Of a place that is not known here no other is of the same kind.
        drop_off_kind: drop_off.map_or(LocationKind::Virtual, |location| location.kind),
        free,
        holder,
        left,
        past,
        task,
    }))
}

/// Adds items to the names.
pub(super) fn name<'a>(
    store: &Store,
    items: impl Iterator<Item = &'a ItemId>,
    catalogue: &mut Catalogue,
) -> Result<(), StoreError> {
    for id in items {
        if !catalogue.items.contains_key(id.as_str())
            && let Some(item) = store.item(id)?
        {
            catalogue.items.insert(id.0.clone(), item);
        }
    }
    Ok(())
}

/// What is known about the badge that was scanned, or whose PIN is being typed.
pub(super) fn grants(store: &Store, known: &Known, mono_ms: u64, boot_id: &str) -> Result<Grants, StoreError> {
    let mut grants = Grants::default();
    if let Some(operator) = known.operators.first() {
        let left_ms = store.login_guard(&operator.id)?.map_or(0, |guard| guard.left_ms(mono_ms, boot_id));
        grants.locked_minutes = u32::try_from(left_ms.div_ceil(MINUTE_MS)).unwrap_or(u32::MAX);
    }
    // Age by the core's clock and running time; the wall clock may be years off. After a reboot
    // without a network nobody can tell, and the operators are taken as they are.
    if let Some(now) = store.clock().and_then(|c| c.now_ms(mono_ms, boot_id)) {
        let synced = store.operators_synced_ms().unwrap_or(now);
        grants.age_days = u32::try_from(now.saturating_sub(synced) / DAY_MS).unwrap_or(u32::MAX);
        let over = known.operators.first().and_then(|operator| u64::try_from(operator.valid_to_ms).ok());
        if over.is_some_and(|valid_to| valid_to > 0 && valid_to < now) {
            grants.age_days = u32::MAX;
        }
    }
    Ok(grants)
}

/// The looks as they are kept.
#[derive(Debug, Serialize, Deserialize)]
struct LookRow {
    theme: String,
    text: u16,
    hand: String,
    /// Empty = nobody chose one.
    language: String,
    #[serde(default = "high")]
    sound: String,
    #[serde(default = "on")]
    buzz: bool,
}

fn high() -> String {
    Sound::High.as_str().to_owned()
}

fn on() -> bool {
    true
}

/// The looks of whoever is signed in, or of the station. A language that a badge brings along is not kept: it is
/// the core's to say.
pub(super) fn look_body(app: &App) -> String {
    let look = &app.look;
    let chosen = app.session.is_none() || look.language != app.own_language();
    let row = LookRow {
        theme: if look.theme == Theme::Light { "light" } else { "dark" }.to_owned(),
        text: look.text.percent(),
        hand: if look.hand == Hand::Left { "left" } else { "right" }.to_owned(),
        language: if chosen { look.language.clone() } else { String::new() },
        sound: look.sound.as_str().to_owned(),
        buzz: look.buzz,
    };
    serde_json::to_string(&row).unwrap_or_default()
}

fn kept_look(store: &Store, operator: &OperatorId) -> Option<Look> {
    let row: LookRow = serde_json::from_str(&store.pref(operator).ok().flatten()?).ok()?;
    Some(Look {
        theme: if row.theme == "light" { Theme::Light } else { Theme::Dark },
        text: match row.text {
            160 => TextSize::T160,
            130 => TextSize::T130,
            _ => TextSize::T100,
        },
        hand: if row.hand == "left" { Hand::Left } else { Hand::Right },
        language: row.language,
        sound: match row.sound.as_str() {
            "off" => Sound::Off,
            "low" => Sound::Low,
            _ => Sound::High,
        },
        buzz: row.buzz,
    })
}

/// Who looks at needs attention at a station.
pub(crate) fn viewer(app: &App) -> Viewer {
    let session = app.session.as_ref();
    Viewer {
        signin: session.map(|own| SignInId(own.signin.clone())).unwrap_or_default(),
        operator: session.map(|own| own.operator.clone()).unwrap_or_default(),
        decides: app.may(Role::Supervisor) || app.may(Role::Manager),
    }
}

impl Runner {
    /// A failed read of a list is logged and leaves the list as it was.
    fn read<T>(what: &str, result: Result<T, StoreError>) -> Option<T> {
        result.inspect_err(|error| tracing::error!(what, error = chain(error), "could not be read")).ok()
    }

    pub(super) fn load_work(&mut self) {
        let Some(operator) = self.app.session.as_ref().map(|session| session.operator.clone()) else { return };
        self.app.wear(kept_look(&self.store, &operator));
        let Some(tasks) = Self::read("work list", self.store.tasks_shown(&operator, "", WORK_ROWS)) else {
            return;
        };
        self.input(Input::Work(tasks), &Found::default());
        // What concerns whoever is signed in.
        self.refresh_link();
    }

    pub(super) fn reload(&mut self, task: &TaskId) {
        if let Some(data) = self.loaded(task) {
            let mut found = Found::default();
            found.known.items.extend(data.catalogue.items.values().take(1).cloned());
            self.input(Input::TaskChanged(Box::new(data)), &found);
        }
    }

    pub(super) fn refresh_link(&mut self) {
        let Some(counts) = Self::read("outbox", self.store.outbox_counts()) else { return };
        let Some(exceptions) = Self::read("exceptions", self.store.open_exceptions(&self.viewer())) else { return };
        let newest = exceptions.iter().map(|row| row.id.clone()).max().unwrap_or_default();
        let exceptions = u32::try_from(exceptions.len()).unwrap_or(u32::MAX);
        let last_ok = self.store.last_ok();
        let minutes_ago = last_ok.as_deref().and_then(|at| at.parse::<jiff::Timestamp>().ok()).map(|at| {
            let seconds = self.clock.wall().timestamp().duration_since(at).as_secs().max(0);
            u32::try_from(seconds / 60).unwrap_or(u32::MAX)
        });
        let online = self.app.link.online;
        let link = LinkState {
            online,
            fresh: self.app.link.fresh,
            waiting: counts.pending,
            parked: counts.parked,
            rejected: counts.rejected.saturating_add(exceptions),
            last_ok: last_ok.as_deref().map(wall_of),
            minutes_ago,
            news: Some((counts.rejected, newest)),
        };
        if link != self.app.link {
            self.input(Input::Link(link), &Found::default());
        }
    }

    pub(super) fn load_page(&mut self) {
        let viewer = self.viewer();
        let page = match self.app.page.clone() {
            Some(OpenPage::Attention { tab, page, open, .. }) => {
                Self::read("attention", self.attention(tab, page, open, &viewer))
            }
            Some(OpenPage::People { row, tab, action, .. }) => {
                Self::read("people", self.store.people()).map(|people| {
                    let others = people.into_iter().filter(|own| own.id != viewer.operator);
                    OpenPage::People { row, tab, action, people: others.map(|own| (own.id, own.name)).collect() }
                })
            }
            Some(OpenPage::History { refused_only, page, .. }) => {
                Self::read("scan log", self.history(refused_only, page))
            }
            _ => None,
        };
        let Some(page) = page else { return };
        let listed = matches!(page, OpenPage::Attention { .. });
        self.input(Input::Page(page), &Found::default());
        if listed {
            self.refresh_link();
        }
    }

    /// Who looks at needs attention now.
    fn viewer(&self) -> Viewer {
        viewer(&self.app)
    }

    fn attention(&self, tab: AttentionTab, page: u32, open: usize, viewer: &Viewer) -> Result<OpenPage, StoreError> {
        let counts = self.store.attention_counts(viewer)?;
        let rows = self.store.attention(tab, viewer, page, self.app.list_rows())?;
        let rows = rows
            .into_iter()
            .map(|row| {
                let goods = self.store.item(&row.item)?.map(|item| item.name).unwrap_or_default();
                Ok(AttentionRow {
                    about: row.about,
                    mark: row.mark,
                    reason: row.reason,
                    at: wall_of(&row.at),
                    quantity: row.qty,
                    goods,
                    place: row.location.0,
                    code: row.raw,
                    kind: if row.task.is_none() { String::new() } else { "pick".to_owned() },
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let total = match tab {
            AttentionTab::Refused => counts.refused,
            AttentionTab::Parked => counts.parked,
            AttentionTab::Waiting => counts.waiting,
        };
        Ok(OpenPage::Attention { tab, page, open, rows, total })
    }

    fn history(&self, refused_only: bool, page: u32) -> Result<OpenPage, StoreError> {
        let midnight = self.clock.wall().start_of_day().map(|day| day.timestamp().to_string()).unwrap_or_default();
        let counts = self.store.scan_counts(&midnight)?;
        let limit = usize::try_from((page + 1) * self.app.list_rows()).unwrap_or(usize::MAX);
        let rows = self.store.scan_log_page(refused_only, None, limit)?;
        let rows = rows
            .into_iter()
            .skip(usize::try_from(page * self.app.list_rows()).unwrap_or(0))
            .map(|row| {
                let decision: serde_json::Value = serde_json::from_str(&row.decision).unwrap_or_default();
                let text = |key: &str| decision.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
                HistoryRow {
                    accepted: row.accepted,
                    typed: row.source == Source::Typed,
                    code: if row.accepted { text("what") } else { row.reason },
                    needed: text("needed"),
                    raw: row.raw,
                    at: wall_of(&row.at),
                }
            })
            .collect();
        Ok(OpenPage::History { refused_only, page, rows, today: counts.scans, refused: counts.refused })
    }
}
