//! What every page needs: keys, taps, models, numbers, comparisons.

use super::ui;
use crate::view::{
    Ask, AttentionTab, Clock, Goods, Hand, Key, KeyPress, Picture, Setting, Sound, Tap, TextSize, Theme, Thing, View,
};
use slint::{Global, Model, ModelRc, SharedString, VecModel};
use std::rc::Rc;

/// Signs of a code shown in a comparison; a longer one keeps the part that differs.
const SIDE_SIGNS: usize = 12;
/// Signs kept of a long code in the line of the last scan.
const BAND_SIGNS: usize = 6;
/// Codes up to this length are shown whole there.
const BAND_SIGNS_MAX: usize = 12;

/// The models of all pages: each is made once, then only its rows change.
pub(super) struct Rows {
    pub(super) work: Rc<VecModel<ui::Work>>,
    pub(super) cells: Rc<VecModel<ui::Cell>>,
    pub(super) totes: Rc<VecModel<ui::Tote>>,
    pub(super) counted: Rc<VecModel<ui::CountLine>>,
    pub(super) facts: Rc<VecModel<ui::WhatFact>>,
    pub(super) known: Rc<VecModel<ui::WhatLine>>,
    pub(super) deliveries: Rc<VecModel<ui::Delivery>>,
    pub(super) receive_lines: Rc<VecModel<ui::ReceiveLine>>,
    pub(super) fields: Rc<VecModel<ui::Field>>,
    pub(super) unknown: Rc<VecModel<ui::Field>>,
    pub(super) differences: Rc<VecModel<ui::Difference>>,
    pub(super) cards: Rc<VecModel<ui::Card>>,
    pub(super) scans: Rc<VecModel<ui::Scan>>,
    pub(super) sheet: Rc<VecModel<ui::Row>>,
    pub(super) readers: Rc<VecModel<ui::Reader>>,
    pub(super) pack_lines: Rc<VecModel<ui::PackLine>>,
    pub(super) carton: Rc<VecModel<ui::BoxLine>>,
    pub(super) queue: Rc<VecModel<ui::NextOrder>>,
    pub(super) old_cartons: Rc<VecModel<ui::OldCarton>>,
    pub(super) returned: Rc<VecModel<ui::PackLine>>,
    pub(super) return_choices: Rc<VecModel<ui::ReturnChoice>>,
    pub(super) questions: Rc<VecModel<ui::Question>>,
    pub(super) grades: Rc<VecModel<ui::Grade>>,
    pub(super) outcomes: Rc<VecModel<ui::Outcome>>,
    pub(super) drops: Rc<VecModel<ui::ToteGoes>>,
    scanned: Rc<VecModel<ui::CodePart>>,
    needed: Rc<VecModel<ui::CodePart>>,
}

impl Rows {
    pub(super) fn new(root: &ui::AppWindow) -> Rows {
        let rows = Rows {
            work: Rc::default(),
            cells: Rc::default(),
            totes: Rc::default(),
            counted: Rc::default(),
            facts: Rc::default(),
            known: Rc::default(),
            deliveries: Rc::default(),
            receive_lines: Rc::default(),
            fields: Rc::default(),
            unknown: Rc::default(),
            differences: Rc::default(),
            cards: Rc::default(),
            scans: Rc::default(),
            sheet: Rc::default(),
            readers: Rc::default(),
            pack_lines: Rc::default(),
            carton: Rc::default(),
            queue: Rc::default(),
            old_cartons: Rc::default(),
            returned: Rc::default(),
            return_choices: Rc::default(),
            questions: Rc::default(),
            grades: Rc::default(),
            outcomes: Rc::default(),
            drops: Rc::default(),
            scanned: Rc::default(),
            needed: Rc::default(),
        };
        ui::WorkListData::get(root).set_others(Rc::clone(&rows.work).into());
        ui::PickData::get(root).set_cells(Rc::clone(&rows.cells).into());
        ui::PickData::get(root).set_totes(Rc::clone(&rows.totes).into());
        ui::CountData::get(root).set_rows(Rc::clone(&rows.counted).into());
        ui::WhatIsData::get(root).set_facts(Rc::clone(&rows.facts).into());
        ui::WhatIsData::get(root).set_rows(Rc::clone(&rows.known).into());
        ui::DeliveriesData::get(root).set_rows(Rc::clone(&rows.deliveries).into());
        ui::ReceiveData::get(root).set_lines(Rc::clone(&rows.receive_lines).into());
        ui::ReceiveData::get(root).set_fields(Rc::clone(&rows.fields).into());
        ui::UnknownData::get(root).set_fields(Rc::clone(&rows.unknown).into());
        ui::DiscrepanciesData::get(root).set_rows(Rc::clone(&rows.differences).into());
        ui::AttentionData::get(root).set_cards(Rc::clone(&rows.cards).into());
        ui::HistoryData::get(root).set_rows(Rc::clone(&rows.scans).into());
        ui::ReadersData::get(root).set_rows(Rc::clone(&rows.readers).into());
        ui::SheetData::get(root).set_rows(Rc::clone(&rows.sheet).into());
        ui::PackData::get(root).set_lines(Rc::clone(&rows.pack_lines).into());
        ui::PackData::get(root).set_rows(Rc::clone(&rows.carton).into());
        ui::PackData::get(root).set_queue(Rc::clone(&rows.queue).into());
        ui::PackData::get(root).set_old(Rc::clone(&rows.old_cartons).into());
        ui::ReturnsData::get(root).set_lines(Rc::clone(&rows.returned).into());
        ui::ReturnsData::get(root).set_choices(Rc::clone(&rows.return_choices).into());
        ui::ReturnsData::get(root).set_questions(Rc::clone(&rows.questions).into());
        ui::ReturnsData::get(root).set_grades(Rc::clone(&rows.grades).into());
        ui::ReturnsData::get(root).set_outcomes(Rc::clone(&rows.outcomes).into());
        ui::PickData::get(root).set_drops(Rc::clone(&rows.drops).into());
        rows
    }
}

/// Brings a model to these rows, touching only those that differ.
pub(super) fn fill<T: Clone + PartialEq + 'static>(model: &VecModel<T>, rows: Vec<T>) {
    let wanted = rows.len();
    for (index, row) in rows.into_iter().enumerate() {
        match model.row_data(index) {
            Some(old) if old == row => {}
            Some(_) => model.set_row_data(index, row),
            None => model.push(row),
        }
    }
    while model.row_count() > wanted {
        model.remove(model.row_count() - 1);
    }
}

/// A number as Slint takes it.
pub(super) fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// "22:47".
pub(super) fn clock(clock: Clock) -> SharedString {
    format!("{:02}:{:02}", clock.hour, clock.minute).into()
}

/// The same, empty where there is none.
pub(super) fn clock_or_empty(at: Option<Clock>) -> SharedString {
    at.map(clock).unwrap_or_default()
}

/// A code for the line of the last scan: a long one keeps its end.
pub(super) fn shortened(code: &str) -> SharedString {
    let signs: Vec<char> = printable(code).collect();
    if signs.len() <= BAND_SIGNS_MAX {
        return signs.into_iter().collect::<String>().into();
    }
    let end: String = signs.iter().skip(signs.len() - BAND_SIGNS).collect();
    format!("…{end}").into()
}

fn printable(code: &str) -> impl Iterator<Item = char> + '_ {
    code.chars().map(|sign| if sign.is_control() { '·' } else { sign })
}

pub(super) fn picture(picture: Picture) -> &'static str {
    match picture {
        Picture::None => "none",
        Picture::Apparel => "apparel",
        Picture::Electronics => "electronics",
        Picture::Cosmetics => "cosmetics",
        Picture::Home => "home",
        Picture::Box => "box",
    }
}

pub(super) fn goods(goods: &Goods) -> ui::Goods {
    ui::Goods {
        name: goods.name.as_str().into(),
        variant: goods.variant.as_str().into(),
        size: goods.size.as_str().into(),
        picture: picture(goods.picture).into(),
    }
}

/// The three parts of what is asked.
pub(super) fn ask(ask: &Ask) -> (SharedString, i32, SharedString) {
    (ask.code.as_str().into(), int(ask.number), ask.text.as_str().into())
}

/// A refusal or a question, side by side.
pub(super) fn answer(root: &ui::AppWindow, rows: &Rows, view: &View) {
    let data = ui::AnswerData::get(root);
    let (form, reason, scanned, needed, number, name) = match (&view.refusal, &view.question) {
        (Some(said), _) => ("refused", &said.reason, &said.scanned, &said.needed, said.number, &said.name),
        (None, Some(said)) => ("question", &said.reason, &said.scanned, &said.needed, said.number, &said.name),
        (None, None) => {
            data.set_form(SharedString::new());
            return;
        }
    };
    let sized = match (&scanned.goods, &needed.goods) {
        (Some(a), Some(b)) => a.name == b.name && a.variant == b.variant && a.size != b.size && !b.size.is_empty(),
        _ => false,
    };
    // One box alone has room for a whole code.
    let alone = match reason.as_str() {
        "WRONG_ITEM" => needed.kind == "delivery",
        "MISSING_DATA" => matches!(needed.kind.as_str(), "answer" | "reason" | "weight"),
        _ => false,
    };
    let whole = alone || scanned.kind.is_empty() || needed.kind.is_empty();
    let (left, right) = if scanned.kind == needed.kind {
        compare(&scanned.code, &needed.code)
    } else {
        let most = if whole { SIDE_SIGNS * 2 } else { SIDE_SIGNS };
        (plain(&scanned.code, most), plain(&needed.code, most))
    };
    fill(&rows.scanned, left);
    fill(&rows.needed, right);
    data.set_reason(reason.as_str().into());
    data.set_scanned(side(scanned, &rows.scanned, sized));
    data.set_needed(side(needed, &rows.needed, sized));
    data.set_number(int(number));
    data.set_name(name.as_str().into());
    data.set_size(match &needed.goods {
        Some(goods) if sized => goods.size.as_str().into(),
        _ => SharedString::new(),
    });
    data.set_hint(view.refusal.as_ref().map(|refusal| refusal.hint.as_str()).unwrap_or_default().into());
    data.set_form(form.into());
}

fn side(thing: &Thing, parts: &Rc<VecModel<ui::CodePart>>, sized: bool) -> ui::Side {
    let (name, size, sign) = match &thing.goods {
        None => (String::new(), SharedString::new(), ""),
        Some(goods) => {
            let mut words = vec![goods.name.as_str(), goods.variant.as_str()];
            if !sized {
                words.push(goods.size.as_str());
            }
            words.retain(|word| !word.is_empty());
            let size = if sized { goods.size.as_str().into() } else { SharedString::new() };
            (words.join(", "), size, picture(goods.picture))
        }
    };
    ui::Side {
        kind: thing.kind.as_str().into(),
        code: ModelRc::from(Rc::clone(parts)),
        spoken: printable(&thing.code).collect::<String>().into(),
        name: name.into(),
        size,
        picture: sign.into(),
    }
}

fn part(text: String, differs: bool) -> ui::CodePart {
    ui::CodePart { text: text.into(), differs }
}

fn plain(code: &str, most: usize) -> Vec<ui::CodePart> {
    let signs: Vec<char> = printable(code).collect();
    if signs.is_empty() {
        return Vec::new();
    }
    let mut text: String = signs.iter().take(most).collect();
    if signs.len() > most {
        text.push('…');
    }
    vec![part(text, false)]
}

/// Two codes of one kind; the signs that differ are marked.
fn compare(left: &str, right: &str) -> (Vec<ui::CodePart>, Vec<ui::CodePart>) {
    let left: Vec<char> = printable(left).collect();
    let right: Vec<char> = printable(right).collect();
    if left.is_empty() || right.is_empty() {
        let all = |signs: &[char]| plain(&signs.iter().collect::<String>(), SIDE_SIGNS);
        return (all(&left), all(&right));
    }
    let first = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    (pieces(&left, &right, first), pieces(&right, &left, first))
}

fn pieces(signs: &[char], other: &[char], first: usize) -> Vec<ui::CodePart> {
    let length = signs.len();
    let start = if length <= SIDE_SIGNS {
        0
    } else if first + BAND_SIGNS >= length {
        length - BAND_SIGNS
    } else {
        first.saturating_sub(1)
    };
    let room = SIDE_SIGNS - usize::from(start > 0);
    let mut pieces = Vec::new();
    let mut run = String::new();
    let mut run_differs = false;
    if start > 0 {
        run.push('…');
    }
    for (index, sign) in signs.iter().enumerate().skip(start).take(room) {
        // Codes of one length differ sign by sign; others from the first difference on.
        let differs = if length == other.len() { other.get(index) != Some(sign) } else { index >= first };
        if differs != run_differs && !run.is_empty() {
            pieces.push(part(std::mem::take(&mut run), run_differs));
        }
        run_differs = differs;
        run.push(*sign);
    }
    if start + room < length {
        run.push('…');
    }
    if !run.is_empty() {
        pieces.push(part(run, run_differs));
    }
    pieces
}

/// What a press on the screen says.
pub(super) fn tap(does: ui::Does, number: i32, text: &str) -> Option<Tap> {
    use ui::Does;
    Some(match does {
        Does::Digit => Tap::Digit(u8::try_from(number).ok().filter(|digit| *digit <= 9)?),
        Does::Sign => Tap::Sign(text.chars().next()?),
        Does::Backspace => Tap::Backspace,
        Does::Ok => Tap::Ok,
        Does::Primary => Tap::Primary,
        Does::Back => Tap::Back,
        Does::More => Tap::More,
        Does::CantScan => Tap::CantScan,
        Does::Problem => Tap::Problem,
        Does::Choose => Tap::Choose(usize::try_from(number).ok()?),
        Does::OnlyHere => Tap::OnlyHere,
        Does::FoundIt => Tap::FoundIt,
        Does::Yes => Tap::Yes,
        Does::No => Tap::No,
        Does::NotMe => Tap::NotMe,
        Does::OpenWork => Tap::OpenWork,
        Does::OpenAttention => Tap::OpenAttention,
        Does::OpenHistory => Tap::OpenHistory,
        Does::OpenSettings => Tap::OpenSettings,
        Does::OpenLanguages => Tap::OpenLanguages,
        Does::OpenAbout => Tap::OpenAbout,
        Does::Tab => Tap::Tab(match number {
            0 => AttentionTab::Refused,
            1 => AttentionTab::Parked,
            _ => AttentionTab::Waiting,
        }),
        Does::ShowAll => Tap::ShowAll,
        Does::ShowRefused => Tap::ShowRefused,
        Does::PageUp => Tap::PageUp,
        Does::PageDown => Tap::PageDown,
        Does::SetText => Tap::Setting(Setting::Text(match number {
            100 => TextSize::T100,
            130 => TextSize::T130,
            _ => TextSize::T160,
        })),
        Does::SetHand => Tap::Setting(Setting::Hand(if number == 0 { Hand::Left } else { Hand::Right })),
        Does::SetTheme => Tap::Setting(Setting::Theme(if number == 0 { Theme::Dark } else { Theme::Light })),
        Does::SetLanguage => Tap::Setting(Setting::Language(text.to_owned())),
        Does::SetSound => Tap::Setting(Setting::Sound(match number {
            0 => Sound::Off,
            1 => Sound::Low,
            _ => Sound::High,
        })),
        Does::SetBuzz => Tap::Setting(Setting::Buzz(number != 0)),
        Does::TrySound => Tap::TrySound,
        Does::Light => Tap::Light,
        Does::Point => Tap::Point,
        Does::OtherPlace => Tap::OtherPlace,
        Does::ShelfEmpty => Tap::ShelfEmpty,
        Does::Undo => Tap::Undo,
        Does::Finish => Tap::Finish,
        Does::Keypad => Tap::Keypad,
        Does::OpenDeliveries => Tap::OpenDeliveries,
        Does::Blind => Tap::Blind,
        Does::NotListed => Tap::NotListed,
        Does::Field => Tap::Field(usize::try_from(number).ok()?),
        Does::NoDate => Tap::NoDate,
        Does::Damaged => Tap::Damaged,
        Does::Repeat => Tap::Repeat,
        Does::CloseDelivery => Tap::CloseDelivery,
        Does::PrintLabel => Tap::PrintLabel,
        Does::NoPallet => Tap::NoPallet,
        Does::MoreToCome => Tap::MoreToCome,
        Does::Final => Tap::Final,
        Does::CountAgain => Tap::CountAgain,
        Does::Photo => Tap::Photo,
        Does::Shutter => Tap::Shutter,
        Does::Again => Tap::Again,
        Does::Use => Tap::Use,
        Does::Fold => Tap::Fold,
        Does::TypeCode => Tap::TypeCode,
        Does::NewCarton => Tap::NewCarton,
        Does::TakeOut => Tap::TakeOut,
        Does::CloseCarton => Tap::CloseCarton,
        Does::WeighAgain => Tap::WeighAgain,
        Does::AskLead => Tap::AskLead,
        Does::PrintAgain => Tap::PrintAgain,
        Does::Later => Tap::Later,
        Does::YesTo => Tap::Answer(usize::try_from(number).ok()?, true),
        Does::NoTo => Tap::Answer(usize::try_from(number).ok()?, false),
        Does::Grade => Tap::Grade(u8::try_from(number).ok()?),
        Does::Reasons => Tap::Reasons,
        Does::Disposition => Tap::Disposition(usize::try_from(number).ok()?),
        Does::Unmatched => Tap::Unmatched,
        Does::Next => Tap::Next,
    })
}

/// A key, as Slint names it; `None` for keys that mean nothing by themselves.
pub(super) fn key(text: &str, ctrl: bool, alt: bool, shift: bool) -> Option<KeyPress> {
    let first = text.chars().next()?;
    let key = match first {
        '\n' | '\r' => Key::Enter,
        '\u{1b}' => Key::Escape,
        '\u{8}' => Key::Backspace,
        '\u{f700}' | '\u{f72c}' => Key::PageUp,
        '\u{f701}' | '\u{f72d}' => Key::PageDown,
        '\u{f704}'..='\u{f70f}' => Key::Function(u8::try_from(u32::from(first) - 0xf703).ok()?),
        // Shift, Control and their kin; other keys of the private range; Delete.
        '\u{10}'..='\u{18}' | '\u{e000}'..='\u{f8ff}' | '\u{7f}' => return None,
        _ => Key::Text(text.to_owned()),
    };
    Some(KeyPress { key, ctrl, alt, shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &str, right: &str, expected: (&str, &str)) {
        let show = |parts: Vec<ui::CodePart>| {
            parts
                .iter()
                .map(|p| if p.differs { format!("[{}]", p.text) } else { p.text.to_string() })
                .collect::<String>()
        };
        let (a, b) = compare(left, right);
        assert_eq!((show(a).as_str(), show(b).as_str()), expected);
    }

    #[test]
    fn codes_are_compared_sign_by_sign() {
        check("B-14-23", "B-14-32", ("B-14-[23]", "B-14-[32]"));
        check("5901234123549", "5901234123471", ("…123[549]", "…123[471]"));
        check("5911234123471", "5901234123471", ("…9[1]123412347…", "…9[0]123412347…"));
        check("L1", "L123", ("L1", "L1[23]"));
        check("", "L1", ("", "L1"));
        check("T-0417", "T-0417", ("T-0417", "T-0417"));
    }

    #[test]
    fn keys_have_names() {
        let named = |text: &str| key(text, false, false, false).map(|press| press.key);
        assert_eq!(named("\n"), Some(Key::Enter));
        assert_eq!(named("\u{1b}"), Some(Key::Escape));
        assert_eq!(named("\u{f704}"), Some(Key::Function(1)));
        assert_eq!(named("\u{f70f}"), Some(Key::Function(12)));
        assert_eq!(named("\u{1d}"), Some(Key::Text("\u{1d}".into())));
        assert_eq!(named("\u{10}"), None);
        assert_eq!(named(""), None);
        assert_eq!(named("7"), Some(Key::Text("7".into())));
    }

    #[test]
    fn a_long_code_keeps_its_end() {
        assert_eq!(shortened("B-14-32"), "B-14-32");
        assert_eq!(shortened("5901234123471"), "…123471");
        assert_eq!(shortened("01\u{1d}2"), "01·2");
    }
}
