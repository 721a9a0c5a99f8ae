//! From the state to what the screen shows: `view(&App) -> View`, plain data, no sentences.

mod load;
mod pack;
mod pages;
mod pick;
mod receive;
mod refusal;
mod returns;
mod stock;
mod what_is;

use crate::app::{Answer, App, Flow, Wall};
use crate::view::{
    Amount, Ask, Band, BlockView, Clock, Day, Goods, Link, NoWork, Page, Paging, Picture, SignInStage, SignInView,
    Strip, View, Work, WorkListView,
};
use floorhand_domain::master::{Item, ItemClass};
use floorhand_domain::scan::Kind;
use floorhand_domain::task::{Task, TaskState};
use floorhand_domain::workflow::What;
use floorhand_domain::workflow::pick::Novelty;
use floorhand_domain::workflow::sign_in::{PIN_DIGITS, SignIn};

/// What the screen shows.
#[must_use]
pub fn view(app: &App) -> View {
    View {
        look: app.look.clone(),
        strip: strip(app),
        band: band(app),
        refusal: refusal::refusal(app),
        question: refusal::question(app),
        page: page(app),
    }
}

fn page(app: &App) -> Page {
    if let Some(blocked) = &app.blocked {
        return Page::Block(BlockView { code: blocked.code.to_owned(), detail: blocked.detail.clone(), retry: true });
    }
    if app.lock.is_some() {
        return Page::SignIn(locked(app));
    }
    if let Some(page) = &app.page {
        return pages::page(app, page);
    }
    match &app.flow {
        Flow::Deliveries(flow) => Page::Deliveries(receive::deliveries(app, flow)),
        Flow::Receive(flow) => Page::Receive(receive::receive(app, flow)),
        Flow::PutAway(flow) => Page::Stock(stock::put_away(app, flow)),
        Flow::Count(flow) => Page::Count(stock::counting(app, flow)),
        Flow::Bench(flow) => Page::Pack(pack::bench(app, flow)),
        Flow::Pack(flow) => Page::Pack(pack::packing(app, flow)),
        Flow::Load(flow) => Page::Load(load::load(flow)),
        Flow::SignIn(state) => Page::SignIn(sign_in(app, state)),
        Flow::Work => Page::WorkList(work_list(app)),
        Flow::Pick(flow) => Page::Pick(pick::pick(app, flow)),
        Flow::ReturnsOpen(open) => Page::Returns(returns::open(app, open)),
        Flow::Returns(flow) => Page::Returns(returns::returning(app, flow)),
    }
}

fn strip(app: &App) -> Strip {
    Strip {
        operator: app.session.as_ref().map(|s| s.name.clone()).unwrap_or_default(),
        station: app.station.name.clone(),
        link: if app.link.online { Link::Online } else { Link::Offline },
        waiting: app.link.waiting,
        attention: app.link.parked + app.link.rejected,
        battery: None,
        clock: clock(app.clock),
    }
}

fn band(app: &App) -> Band {
    if let (Flow::Pick(flow), Answer::None | Answer::Accepted { .. } | Answer::Notice(_)) = (&app.flow, &app.answer)
        && let Some(news) = flow.pick.due_news()
    {
        let code = match news.what {
            Novelty::Urgent => "urgent-order",
            Novelty::Cancelled => "order-cancelled",
            Novelty::Held => "order-held",
        };
        return Band::Notice { code: code.to_owned() };
    }
    match &app.answer {
        Answer::Accepted { accepted, name } => match accepted.what {
            What::Received | What::Closed | What::Return if returns::tells(app) => returns::band(app, accepted),
            // The page itself says that the task is open.
            What::Page | What::Task => Band::None,
            What::SignedIn => Band::Accepted {
                what: "badge".to_owned(),
                code: String::new(),
                name: name.clone(),
                serial: app.answers,
            },
            What::Received => Band::Accepted {
                what: if accepted.code.is_empty() { "item" } else { "pallet" }.to_owned(),
                code: accepted.code.clone(),
                name: name.clone(),
                serial: app.answers,
            },
            What::HandlingUnit => Band::Accepted {
                what: "pallet".to_owned(),
                code: accepted.code.clone(),
                name: name.clone(),
                serial: app.answers,
            },
            What::Closed => Band::Accepted {
                what: if matches!(app.flow, Flow::Pack(_)) { "closed" } else { "posted" }.to_owned(),
                code: accepted.code.clone(),
                name: String::new(),
                serial: app.answers,
            },
            What::Labelled => Band::Accepted {
                what: "label".to_owned(),
                code: accepted.code.clone(),
                name: String::new(),
                serial: app.answers,
            },
            What::Checked => Band::Accepted {
                what: "zero".to_owned(),
                code: accepted.code.clone(),
                name: String::new(),
                serial: app.answers,
            },
            What::Count => Band::Accepted {
                what: "counted".to_owned(),
                code: accepted.code.clone(),
                name: String::new(),
                serial: app.answers,
            },
            What::Undone => Band::Notice { code: "undone".to_owned() },
            What::Approved => Band::Notice { code: "approved".to_owned() },
            What::Skipped => Band::Notice { code: "line-skipped".to_owned() },
            What::Released => Band::Notice { code: "task-released".to_owned() },
            What::DropOff => Band::Accepted {
                what: "task".to_owned(),
                code: accepted.code.clone(),
                name: String::new(),
                serial: app.answers,
            },
            what => Band::Accepted {
                what: what.as_str().to_owned(),
                code: accepted.code.clone(),
                name: name.clone(),
                serial: app.answers,
            },
        },
        // The plate says what to scan.
        Answer::Notice("count-finish") => Band::None,
        Answer::Notice(code) => Band::Notice { code: (*code).to_owned() },
        Answer::None | Answer::Refused(_) if app.session.is_some() && !app.link.online => Band::Offline,
        Answer::None | Answer::Refused(_) if app.session.is_some() && app.link.fresh => Band::OnlineAgain,
        Answer::None | Answer::Refused(_) => Band::None,
    }
}

/// A locked station: the PIN of its operator, or of whoever's badge was scanned.
fn locked(app: &App) -> SignInView {
    let other = app.lock.as_ref().is_some_and(|lock| lock.other.is_some());
    SignInView {
        stage: if other { SignInStage::Pin } else { SignInStage::Unlock },
        name: app.pin_of().map(|(_, name)| name.to_owned()).unwrap_or_default(),
        digits: u8::try_from(app.typed.len()).unwrap_or(u8::MAX),
        length: u8::try_from(PIN_DIGITS).unwrap_or(u8::MAX),
    }
}

fn sign_in(app: &App, state: &SignIn) -> SignInView {
    let (stage, name) = match state {
        SignIn::Badge => (SignInStage::Badge, String::new()),
        SignIn::Pin { name, .. } => (SignInStage::Pin, name.clone()),
    };
    SignInView {
        stage,
        name,
        digits: u8::try_from(app.typed.len()).unwrap_or(u8::MAX),
        length: u8::try_from(PIN_DIGITS).unwrap_or(u8::MAX),
    }
}

fn work_list(app: &App) -> WorkListView {
    let me = app.session.as_ref().map(|s| s.operator.as_str()).unwrap_or_default();
    let window = app.work_window();
    WorkListView {
        first: app.work.first().map(|task| work(task, me)),
        ask: Ask { code: "start".to_owned(), number: 0, text: String::new() },
        others: app.work.iter().skip(window.first).take(window.rows).map(|task| work(task, me)).collect(),
        paging: Paging { page: window.page, pages: window.pages },
        empty: NoWork { next_release: None, synced_minutes_ago: app.link.minutes_ago },
        deliveries: None,
    }
}

fn work(task: &Task, me: &str) -> Work {
    let left_by = if task.left_by.is_none() { &task.holder } else { &task.left_by };
    let state = match task.state {
        TaskState::Claimed if task.holder.as_str() == me => "mine",
        TaskState::Claimed => "stale",
        _ if !task.left_by.is_none() && task.left_by.as_str() != me => "stale",
        _ => "open",
    };
    Work {
        kind: task.kind.as_str().to_owned(),
        lines: task.lines,
        aisle: task.zone.clone(),
        name: match task.slots.as_slice() {
            [one] => one.order.0.clone(),
            _ => task.id.0.clone(),
        },
        due: (task.cutoff_ms > 0).then(|| due(task.cutoff_ms)).flatten(),
        state: state.to_owned(),
        holder: if state == "stale" { left_by.0.clone() } else { String::new() },
        totes: u32::try_from(task.slots.len()).unwrap_or(u32::MAX),
    }
}

fn due(cutoff_ms: i64) -> Option<Clock> {
    let at = jiff::Timestamp::from_millisecond(cutoff_ms).ok()?.to_zoned(jiff::tz::TimeZone::system());
    Some(Clock { hour: u8::try_from(at.hour()).ok()?, minute: u8::try_from(at.minute()).ok()? })
}

fn clock(wall: Wall) -> Clock {
    Clock { hour: wall.hour, minute: wall.minute }
}

fn goods(item: Option<&Item>) -> Goods {
    match item {
        Some(item) => Goods {
            name: item.name.clone(),
            variant: item.variant.clone(),
            size: item.size.clone(),
            picture: match item.class {
                ItemClass::Apparel => Picture::Apparel,
                ItemClass::Electronics => Picture::Electronics,
                ItemClass::Cosmetics => Picture::Cosmetics,
                ItemClass::General => Picture::Home,
            },
        },
        None => Goods { name: String::new(), variant: String::new(), size: String::new(), picture: Picture::None },
    }
}

/// A quantity of an item as people read it.
fn amount(qty: i64, item: Option<&Item>) -> Amount {
    let decimals = item.map_or(0, |item| item.decimals);
    Amount { units: number(qty), decimals, unit: if decimals == 3 { "kg".to_owned() } else { String::new() } }
}

/// A date `YYYY-MM-DD` as it is shown.
fn day(date: &str) -> Option<Day> {
    let date: jiff::civil::Date = date.parse().ok()?;
    Some(Day {
        year: u16::try_from(date.year()).ok()?,
        month: u8::try_from(date.month()).ok()?,
        day: u8::try_from(date.day()).ok()?,
        weekday: 0,
    })
}

fn clock_of(at_ms: i64) -> Option<Clock> {
    (at_ms > 0).then(|| due(at_ms)).flatten()
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Item => "item",
        Kind::Lot => "lot",
        Kind::Serial => "serial",
        Kind::Location => "shelf",
        Kind::Tote => "tote",
        Kind::HandlingUnit => "pallet",
        Kind::Badge => "badge",
        Kind::Task => "order",
        Kind::Delivery => "delivery",
        Kind::Expiry => "expiry",
        Kind::Order => "order",
        Kind::CartonType => "carton",
        Kind::Return => "return",
        Kind::Parcel => "parcel",
        Kind::Command | Kind::Pin | Kind::Quantity | Kind::Weight => "number",
    }
}

fn number(qty: i64) -> u32 {
    u32::try_from(qty).unwrap_or(0)
}

fn ask(code: &str, number: u32, text: impl Into<String>) -> Ask {
    Ask { code: code.to_owned(), number, text: text.into() }
}
