use super::*;
use crate::device::decoder::Tier;
use proptest::prelude::*;

const SIZE: (usize, usize) = (1_000, 500);
/// Middles inside and outside of the aim.
const IN: (f32, f32) = (500.0, 250.0);
const OUT: (f32, f32) = (500.0, 60.0);

fn read(format: Format, content: &str, at: (f32, f32)) -> Read {
    let corner = |x: f32, y: f32| (at.0 + x, at.1 + y);
    let corners = [corner(-20.0, -10.0), corner(20.0, -10.0), corner(20.0, 10.0), corner(-20.0, 10.0)];
    let aim_id = if format.is_linear() { "]E0" } else { "]d1" };
    Read { content: content.into(), aim_id, format, tier: Tier::Linear, votes: 2, corners }
}

/// Frames at times, with format, content and place of each code, and what becomes of each.
type Frames<'a> = &'a [(u64, &'a [(Format, &'a str, (f32, f32), Why)])];

fn follow(name: &str, pipeline: &mut Pipeline, frames: Frames<'_>) {
    for (at_ms, codes) in frames {
        let reads = codes.iter().map(|(format, content, at, _)| read(*format, content, *at)).collect();
        let sights = pipeline.frame(*at_ms, SIZE.0, SIZE.1, reads);
        let got: Vec<Why> = sights.iter().map(|sight| sight.why).collect();
        assert_eq!(got, codes.iter().map(|code| code.3).collect::<Vec<_>>(), "{name} at {at_ms}");
    }
}

fn continuous() -> Settings {
    Settings { mode: Mode::Continuous, formats: Formats::all(), ..Settings::default() }
}

fn check(name: &str, frames: Frames<'_>) {
    follow(name, &mut Pipeline::new(continuous()), frames);
}

const A: &str = "5901234123471";
const B: &str = "5901234123488";

fn another(have: u8, need: u8) -> Why {
    Why::AnotherFrame { have, need }
}

#[test]
fn agreement() {
    use Format::{Code39, Code128, DataMatrix, Ean13, Qr};
    use Why::{Accepted, Disagree};
    check("matrix", &[(0, &[(DataMatrix, A, IN, Accepted)])]);
    check("qr", &[(0, &[(Qr, A, IN, Accepted)])]);
    check("two frames", &[(0, &[(Ean13, A, IN, another(1, 2))]), (400, &[(Ean13, A, IN, Accepted)])]);
    check("too late", &[(0, &[(Ean13, A, IN, another(1, 2))]), (401, &[(Ean13, A, IN, another(1, 2))])]);
    check("the same frame twice", &[(5, &[(Ean13, A, IN, another(1, 2))]), (5, &[(Ean13, A, IN, another(1, 2))])]);
    check(
        "three frames",
        &[
            (0, &[(Code39, "AB12", IN, another(1, 3))]),
            (300, &[(Code39, "AB12", IN, another(2, 3))]),
            (600, &[(Code39, "AB12", IN, Accepted)]),
        ],
    );
    check(
        "the window moves on",
        &[
            (0, &[(Code39, "AB12", IN, another(1, 3))]),
            (400, &[(Code39, "AB12", IN, another(2, 3))]),
            (700, &[(Code39, "AB12", IN, another(2, 3))]),
            (800, &[(Code39, "AB12", IN, Accepted)]),
        ],
    );
    check(
        "disagreement",
        &[
            (0, &[(Code128, "X1", IN, another(1, 2))]),
            (50, &[(Code128, "X2", IN, Disagree)]),
            (100, &[(Code128, "X1", IN, Disagree)]),
            (150, &[(Code128, "X1", IN, Accepted)]),
        ],
    );
    check("a frame without it", &[(0, &[(Ean13, A, IN, another(1, 2))]), (50, &[]), (99, &[(Ean13, A, IN, Accepted)])]);
    check("another after a while", &[(0, &[(Ean13, A, IN, another(1, 2))]), (900, &[(Ean13, B, IN, another(1, 2))])]);
}

#[test]
fn rules() {
    use Format::{Code39, Ean8, Itf14, UpcE};
    check("short code 39", &[(0, &[(Code39, "AB1", IN, Why::Rule)])]);
    check("itf", &[(0, &[(Itf14, "123456", IN, Why::Rule)]), (9, &[(Itf14, "12345678901231", IN, another(1, 3))])]);
    check("ean-8", &[(0, &[(Ean8, "96385074", IN, another(1, 3))])]);
    check("upc-e", &[(0, &[(UpcE, "0012345000058", IN, another(1, 3))])]);
    let mut settings = continuous();
    settings.rules.set(Code39, Rule::Patterns(vec![Pattern("A99-X".into()), Pattern("LOC9".into())]));
    let mut pipeline = Pipeline::new(settings);
    for (content, why) in [
        ("B12-?", another(1, 3)),
        ("LOC7", Why::Disagree),
        ("LOCX", Why::Rule),
        ("b12-?", Why::Rule),
        ("B12-??", Why::Rule),
    ] {
        follow(content, &mut pipeline, &[(0, &[(Code39, content, IN, why)])]);
    }
}

#[test]
fn the_aim() {
    use Format::{DataMatrix, Ean13};
    use Why::{Accepted, OutsideAim, Several};
    check("outside", &[(0, &[(DataMatrix, A, OUT, OutsideAim)])]);
    check("one inside", &[(0, &[(DataMatrix, A, OUT, OutsideAim), (DataMatrix, B, IN, Accepted)])]);
    check(
        "two inside",
        &[
            (0, &[(DataMatrix, A, IN, Several), (DataMatrix, B, IN, Several)]),
            (9, &[(Ean13, A, IN, another(1, 2))]),
            (18, &[(Ean13, A, IN, Several), (Ean13, B, IN, Several)]),
            (27, &[(Ean13, A, IN, another(1, 2))]),
        ],
    );
    let settings = Settings { strict_aim: false, ..continuous() };
    follow("outside, not strict", &mut Pipeline::new(settings.clone()), &[(0, &[(DataMatrix, A, OUT, Accepted)])]);
    let both: Frames<'_> = &[(0, &[(DataMatrix, A, OUT, OutsideAim), (DataMatrix, B, IN, Accepted)])];
    follow("both, not strict", &mut Pipeline::new(settings), both);
    // The same text twice is one code, and it is where the aim is.
    let mut pipeline = Pipeline::new(continuous());
    let sights = pipeline.frame(0, SIZE.0, SIZE.1, vec![read(DataMatrix, A, OUT), read(DataMatrix, A, IN)]);
    assert_eq!(sights.iter().map(|sight| sight.why).collect::<Vec<_>>(), [Accepted]);
}

#[test]
fn duplicates() {
    use Format::DataMatrix;
    use Why::{Accepted, Duplicate};
    let seen = |why| (DataMatrix, A, IN, why);
    check("at once", &[(0, &[seen(Accepted)]), (30, &[seen(Duplicate)]), (1_499, &[seen(Duplicate)])]);
    check("gone and back", &[(0, &[seen(Accepted)]), (700, &[]), (1_400, &[]), (1_500, &[seen(Duplicate)])]);
    check("gone", &[(0, &[seen(Accepted)]), (1_500, &[]), (1_530, &[seen(Accepted)])]);
    check("in sight all the time", &[(0, &[seen(Accepted)]), (1_000, &[seen(Duplicate)]), (1_700, &[seen(Duplicate)])]);
    check(
        "seen outside the aim",
        &[(0, &[seen(Accepted)]), (1_200, &[(DataMatrix, A, OUT, Why::OutsideAim)]), (1_700, &[seen(Duplicate)])],
    );
    check(
        "no frames",
        &[(0, &[seen(Accepted)]), (9_000, &[seen(Duplicate)]), (9_750, &[]), (9_800, &[seen(Accepted)])],
    );
    let mut pipeline = Pipeline::new(continuous());
    follow("step one", &mut pipeline, &[(0, &[seen(Accepted)]), (30, &[seen(Duplicate)])]);
    pipeline.new_step(60);
    follow("step two", &mut pipeline, &[(60, &[]), (61, &[seen(Accepted)]), (90, &[seen(Duplicate)])]);
}

#[test]
fn the_trigger() {
    use Format::DataMatrix;
    let mut pipeline = Pipeline::new(Settings::default());
    let frame = |pipeline: &mut Pipeline, at_ms| {
        let sights = pipeline.frame(at_ms, SIZE.0, SIZE.1, vec![read(DataMatrix, A, IN)]);
        sights.first().map(|sight| sight.why)
    };
    assert!(!pipeline.is_on());
    assert_eq!(frame(&mut pipeline, 0), None);
    pipeline.trigger(true, 100);
    assert!(pipeline.is_on());
    // Taken before the pull.
    assert_eq!(frame(&mut pipeline, 100), None);
    assert_eq!(frame(&mut pipeline, 101), Some(Why::Accepted));
    assert_eq!(frame(&mut pipeline, 130), Some(Why::Duplicate));
    pipeline.trigger(false, 140);
    assert_eq!(frame(&mut pipeline, 150), None);
    pipeline.trigger(true, 200);
    assert_eq!(frame(&mut pipeline, 230), Some(Why::Accepted));
}

#[test]
fn formats() {
    use Format::{DataMatrix, Ean8, Qr};
    let mut pipeline = Pipeline::new(Settings { formats: [Qr, DataMatrix].into_iter().collect(), ..continuous() });
    pipeline.set_formats(Some([DataMatrix, Ean8].into_iter().collect()));
    let request = pipeline.request(100, 100);
    assert_eq!(request.formats, [Qr, DataMatrix, Ean8].into_iter().collect());
    // A code that is not asked for does not stand in the way of one that is.
    let frames: Frames<'_> = &[(0, &[(Qr, A, IN, Why::FormatOff), (DataMatrix, B, IN, Why::Accepted)])];
    follow("step", &mut pipeline, frames);
    pipeline.set_formats(None);
    follow("site", &mut pipeline, &[(9, &[(Qr, A, IN, Why::Accepted)])]);
}

#[test]
fn tiers() {
    let mut pipeline = Pipeline::new(continuous());
    let efforts = |pipeline: &mut Pipeline, costs: &[u64]| -> String {
        let one = |cost: &u64| {
            let full = pipeline.request(100, 100).effort == Effort::Full;
            pipeline.spent(*cost);
            if full { 'F' } else { 'q' }
        };
        costs.iter().map(one).collect()
    };
    assert_eq!(efforts(&mut pipeline, &[5; 9]), "FqqFqqFqq");
    // 100 ms are made up for at 22 less 5 a frame, that is after five.
    pipeline.new_step(0);
    assert_eq!(efforts(&mut pipeline, &[100, 5, 5, 5, 5, 5, 5, 5]), "FqqqqqFq");
    // A pull is looked at with all means, whatever it costs.
    efforts(&mut pipeline, &[240]);
    pipeline.new_step(0);
    assert_eq!(efforts(&mut pipeline, &[5, 5]), "Fq");
    assert_eq!(pipeline.request(1_280, 720).aim, Some(Rect { x: 128, y: 216, width: 1_024, height: 288 }));
}

#[test]
fn what_is_told_is_bounded() {
    let mut pipeline = Pipeline::new(continuous());
    let reads: Vec<Read> = (0..100).map(|n| read(Format::Qr, &n.to_string(), IN)).collect();
    assert_eq!(pipeline.frame(0, SIZE.0, SIZE.1, reads).len(), SIGHTS_MAX);
}

fn code() -> impl Strategy<Value = (Format, &'static str, (f32, f32))> {
    let formats = prop::sample::select(vec![Format::Qr, Format::Ean13, Format::Code39]);
    let places = prop::sample::select(vec![IN, IN, IN, OUT]);
    (formats, prop::sample::select(vec![A, B]), places)
}

proptest! {
    /// Whatever comes: a code is accepted only when enough frames have read it in the aim, alone, and
    /// nothing else in between; never twice in the window, nor while it stays in sight.
    #[test]
    fn nothing_is_believed_too_early_or_twice(
        frames in prop::collection::vec((0_u64..300, prop::collection::vec(code(), 0..3), 0_u8..40), 0..120)
    ) {
        let mut pipeline = Pipeline::new(continuous());
        let (mut now, mut run, mut accepted) = (0, Vec::<(u64, Format, &str)>::new(), Vec::<(u64, Format, &str)>::new());
        for (gap, codes, step) in frames {
            now += gap;
            if step == 0 {
                pipeline.new_step(now);
                now += 1;
                run.clear();
                accepted.clear();
            }
            let reads: Vec<Read> = codes.iter().map(|(format, text, at)| read(*format, text, *at)).collect();
            let sights = pipeline.frame(now, SIZE.0, SIZE.1, reads);
            // By symbology and text, as `read` names symbologies.
            let same = |a: Format, b: Format| a.is_linear() == b.is_linear();
            let mut inside: Vec<(Format, &str)> = Vec::new();
            for (format, text, at) in &codes {
                if *at == IN && !inside.iter().any(|(f, t)| same(*f, *format) && t == text) {
                    inside.push((*format, text));
                }
            }
            if inside.len() > 1 || inside.first().is_some_and(|(f, t)| run.last().is_some_and(|(_, g, u)| !same(*f, *g) || t != u)) {
                run.clear();
            }
            if let [(format, text)] = inside.as_slice() && run.last().is_none_or(|(at, ..)| *at != now) {
                run.push((now, *format, text));
            }
            let believed: Vec<&Sight> = sights.iter().filter(|sight| sight.why == Why::Accepted).collect();
            prop_assert!(believed.len() <= 1);
            if let Some(sight) = believed.first() {
                let text = std::str::from_utf8(&sight.content).unwrap();
                let (need, window) = if sight.format.is_linear() { (2, 400) } else { (1, 400) };
                let window = if sight.format == Format::Code39 || need == 2 { window + 200 } else { window };
                let agreed = run.iter().filter(|(at, f, t)| now - at <= window && same(*f, sight.format) && *t == text).count();
                prop_assert!(agreed >= need, "{} frames", agreed);
                let twice = accepted.iter().any(|(at, f, t)| now - at < DUPLICATE_MS && same(*f, sight.format) && *t == text);
                prop_assert!(!twice);
                accepted.push((now, sight.format, if text == A { A } else { B }));
                run.clear();
            }
        }
    }
}
