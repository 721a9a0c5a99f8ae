//! From the state to what the screen shows: `view(&App) -> View`, plain data, no sentences.

mod pages;
mod pick;
mod refusal;

use crate::app::{Answer, App, Flow, Wall};
use crate::view::{
    Ask, Band, BlockView, Clock, Goods, Link, NoWork, Page, Paging, Picture, SignInStage, SignInView, Strip, View,
    Work, WorkListView,
};
use floorhand_domain::master::{Item, ItemClass};
use floorhand_domain::task::{Task, TaskState};
use floorhand_domain::workflow::What;
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
    if let Some(page) = &app.page {
        return pages::page(app, page);
    }
    match &app.flow {
        Flow::SignIn(state) => Page::SignIn(sign_in(app, state)),
        Flow::Work => Page::WorkList(work_list(app)),
        Flow::Pick(flow) => Page::Pick(pick::pick(app, flow)),
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
    match &app.answer {
        Answer::Accepted { accepted, name } => match accepted.what {
            // The page itself says that the task is open.
            What::Page | What::Task => Band::None,
            What::SignedIn => Band::Accepted {
                what: "badge".to_owned(),
                code: String::new(),
                name: name.clone(),
                serial: app.answers,
            },
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
        Answer::Notice(code) => Band::Notice { code: (*code).to_owned() },
        Answer::None | Answer::Refused(_) if app.session.is_some() && !app.link.online => Band::Offline,
        Answer::None | Answer::Refused(_) if app.session.is_some() && app.link.fresh => Band::OnlineAgain,
        Answer::None | Answer::Refused(_) => Band::None,
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
    }
}

fn work(task: &Task, me: &str) -> Work {
    let state = match task.state {
        TaskState::Claimed if task.holder.as_str() == me => "mine",
        TaskState::Claimed => "left",
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
        holder: if state == "left" { task.holder.0.clone() } else { String::new() },
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

fn number(qty: i64) -> u32 {
    u32::try_from(qty).unwrap_or(0)
}

fn ask(code: &str, number: u32, text: impl Into<String>) -> Ask {
    Ask { code: code.to_owned(), number, text: text.into() }
}
