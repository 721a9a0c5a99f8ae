//! One struct a page; the pick has its own file.

use super::{Ask, Clock, Goods, Progress};
#[cfg(doc)]
use super::{Band, Look, Tap};
use serde::{Deserialize, Serialize};

/// Sign in: badge, then PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignInView {
    /// Badge, PIN, unlock or locked out.
    pub stage: SignInStage,
    /// Full name of the operator, once the badge is known.
    pub name: String,
    /// Digits typed so far.
    pub digits: u8,
    /// Digits of a PIN.
    pub length: u8,
}

/// Where sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum SignInStage {
    /// Waits for a badge.
    Badge,
    /// Waits for the PIN.
    Pin,
    /// The station locked itself: waits for the PIN of its operator, or another badge.
    Unlock,
    /// Too many wrong PINs.
    LockedOut {
        /// Minutes left.
        minutes: u32,
    },
}

/// The work list. [`Tap::Primary`] takes `first`, [`Tap::Choose`] the row of that index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkListView {
    /// The task to do next; `None`: nothing left, see `empty`.
    pub first: Option<Work>,
    /// What starts the first task: `cart`, `tote-empty`, `task`, `start`.
    pub ask: Ask,
    /// Other tasks, one page of them.
    pub others: Vec<Work>,
    /// Page shown of the other tasks, from 0, and how many there are.
    pub paging: Paging,
    /// Shown when there is no work.
    pub empty: NoWork,
    /// Deliveries expected or open: on a handheld a row of their own, [`Tap::OpenDeliveries`], that takes the place
    /// of one of `others`. `None`: no row.
    pub deliveries: Option<u32>,
}

/// One task in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Work {
    /// `pick`, `put-away`, `move`, `count`, `return`, `pack`, `receive`.
    pub kind: String,
    /// Lines, or units of work, left.
    pub lines: u32,
    /// Aisle or zone of the first line, a code. May be empty.
    pub aisle: String,
    /// Name of the task as printed: order or wave. May be empty.
    pub name: String,
    /// When it has to be done.
    pub due: Option<Clock>,
    /// Who stands on it: `open`, `mine` (started by me), `left` (started, and left by `holder`), `stale` (left by
    /// `holder`, may be taken over: that asks `TAKE_OVER?`).
    pub state: String,
    /// The holder, for `left` and `stale`.
    pub holder: String,
    /// Totes it needs: more than 1 is a cluster.
    pub totes: u32,
}

/// Why the list is empty and when to look again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NoWork {
    /// Next planned release.
    pub next_release: Option<Clock>,
    /// Age of the last sync; `None`: never.
    pub synced_minutes_ago: Option<u32>,
}

/// A long list, a page at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Paging {
    /// Page shown, from 0.
    pub page: u32,
    /// Pages there are; 0 and 1 show no page buttons.
    pub pages: u32,
}

/// Needs attention. [`Tap::Tab`] changes the tab, [`Tap::Choose`] opens a card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttentionView {
    /// The tab shown.
    pub tab: AttentionTab,
    /// Entries refused or rejected.
    pub refused: u32,
    /// Entries parked.
    pub parked: u32,
    /// Facts waiting.
    pub waiting: u32,
    /// One page of entries of this tab.
    pub cards: Vec<AttentionCard>,
    /// Page shown.
    pub paging: Paging,
}

/// The tabs of Needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttentionTab {
    /// Refused scans, rejected facts, exceptions.
    Refused,
    /// Facts that wait for something in the core.
    Parked,
    /// Facts that wait to be sent.
    Waiting,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttentionCard {
    /// `refused`, `flagged`, `parked`, `waiting`: decides the mark.
    pub mark: String,
    /// Reason code (`NEG_STOCK`, `ORDER_CANCELLED`, `CLAIM_LOST`, …), or for waiting facts the fact's name
    /// (`Picked`, `PickedShort`, `SignedIn`, …). An unknown code is shown as it is.
    pub reason: String,
    /// When.
    pub at: Clock,
    /// `pick`, …; empty: no task.
    pub kind: String,
    /// Units; 0: none.
    pub quantity: u32,
    /// Item, short. May be empty.
    pub goods: String,
    /// Location. May be empty.
    pub place: String,
    /// Order. May be empty.
    pub order: String,
    /// What was scanned. May be empty.
    pub code: String,
    /// Open: shows its details and, if any, its step.
    pub open: bool,
    /// What to scan to mend it; empty code: nothing.
    pub ask: Ask,
    /// Something can be done about it: [`Tap::Choose`] once more, or [`Tap::Ok`], says what.
    pub acts: bool,
}

/// Scans of today. [`Tap::ShowAll`], [`Tap::ShowRefused`], pages by [`Tap::PageUp`], [`Tap::PageDown`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryView {
    /// Only refused ones.
    pub refused_only: bool,
    /// Scans today.
    pub today: u32,
    /// Refused ones of them.
    pub refused: u32,
    /// One page, newest first.
    pub rows: Vec<ScanRow>,
    /// Page shown.
    pub paging: Paging,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanRow {
    /// Accepted or refused.
    pub accepted: bool,
    /// Typed by hand.
    pub typed: bool,
    /// Accepted: what it was (as in [`Band::Accepted`]); refused: the reason code.
    pub code: String,
    /// What was needed: a code or a size. May be empty.
    pub needed: String,
    /// What was read, printable.
    pub raw: String,
    /// When.
    pub at: Clock,
}

/// Settings; their values are in [`Look`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingsView {
    /// Short name of whom they are for; empty: the station.
    pub operator: String,
}

/// Rows to choose from, by [`Tap::Choose`]; [`Tap::Back`] leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetView {
    /// `more`, `cant-scan`, `problem`, `language`; `entry`: what can be done about an entry of needs attention;
    /// `people`: to whom it is passed on; `print-again`.
    pub kind: String,
    /// One page of the rows; [`super::TextSize::sheet_rows`] fit.
    pub rows: Vec<SheetRow>,
    /// Page shown.
    pub paging: Paging,
}

/// One row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetRow {
    /// More: `skip`, `history`, `attention`, `settings`, `release`, `sign-out`, `about`, `cant-scan`, `work`,
    /// `tote-full`, `undo`, `count-here`, `move-this`, `what-is`, `deliveries`, `lock`, `pack`, `load`. Can't scan: `type`, `torn`,
    /// `again`. Problem: `short`, `tote-full`, `skip`, `lead`, `unexpected`, `unknown-barcode`, `damaged`,
    /// `take-out`, `finish-order`, `set-aside`, `put-back`.
    /// Language: a code of [`super::LANGUAGES`]. Entry: `report`, `dismiss`, `ask-approval`, `add-note`, `add-photo`, `open-task`, `answer`,
    /// `pass-on`, `approve`, `decline`, `reassign`, `lead`. People: `person`, with the name in `reason`.
    pub code: String,
    /// Cannot be chosen now; `reason` says why.
    pub disabled: bool,
    /// `no-task`, `last-line`, `offline`, `role`, `busy`; `draft` for a language that can be chosen.
    /// May be empty.
    pub reason: String,
    /// Pressed once: asks to be pressed again.
    pub asked: bool,
    /// Is the one in use (languages).
    pub chosen: bool,
    /// A number beside it (entries in Needs attention); 0: none.
    pub count: u32,
}

/// A code typed by hand: [`Tap::Sign`], [`Tap::Backspace`], [`Tap::Ok`], [`Tap::Back`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeCodeView {
    /// What is asked: `shelf`, `item`, `tote`, …, as in [`Ask`].
    pub ask: Ask,
    /// Typed so far.
    pub typed: String,
    /// OK would be accepted.
    pub ok: bool,
}

/// The readers. [`Tap::TrySound`] plays the sounds, [`Tap::Back`] leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadersView {
    /// All of them.
    pub rows: Vec<ReaderRow>,
}

/// One reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReaderRow {
    /// `serial`, `wedge`, `camera`.
    pub kind: String,
    /// Where it is.
    pub name: String,
    /// Name of its feedback profile; empty: screen and sound only.
    pub feedback: String,
    /// `starting`, `ready`, `hang-up`, `missing`, `busy`, `denied`, `failed`.
    pub state: String,
}

/// The camera's finder. The picture itself does not go through the view: it comes from the camera
/// straight to the screen. [`Tap::Back`] closes, [`Tap::Light`], [`Tap::TypeCode`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CameraView {
    /// What is asked, as on the step that lies under it.
    pub ask: Ask,
    /// The item that is asked for; an empty name: none.
    pub goods: Goods,
    /// How many; 0: not shown.
    pub quantity: u32,
    /// The place that is asked for. May be empty.
    pub place: String,
    /// Progress of the task; total 0: none.
    pub progress: Progress,
    /// Kind of work that is open, as in [`Work`]; empty: none.
    pub kind: String,
    /// Whether the lamp is on.
    pub light: bool,
    /// The last code that was seen and is not accepted. May be empty.
    pub seen: String,
    /// Why not: `again` (one more equal picture is needed), `outside` (not inside the brackets),
    /// `several` (two codes inside), `duplicate` (read just now), `format` (a kind of code this site
    /// does not use), `lost` (the camera does not answer). Empty: nothing to say.
    pub why: String,
}

/// About this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AboutView {
    /// Version of the app.
    pub version: String,
    /// Station.
    pub station: String,
    /// Device, short id.
    pub device: String,
    /// Address of the core.
    pub core: String,
    /// Last sync; `None`: never.
    pub last_sync: Option<Clock>,
}

/// A page that nothing leads away from until its cause is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlockView {
    /// `DISK_FULL`, `NOT_ENROLLED`, `STORE_BROKEN`, `ENROLMENT_ENDED`, `STARTING`.
    pub code: String,
    /// A path, address or code that helps whoever is called. May be empty.
    pub detail: String,
    /// [`Tap::Ok`] tries again.
    pub retry: bool,
}
