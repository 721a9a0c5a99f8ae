//! Plural forms, numbers and the names of languages, as the pages show them.

use super::*;

/// What is waiting to be sent is said with the number, in each form that the language has.
#[test]
fn numbers_take_the_form_of_their_language() {
    let bench = bench();
    let check = |language: &str, cases: &[(u32, &str)]| {
        for (waiting, expected) in cases {
            let sample = sample::samples().into_iter().find(|sample| sample.name == "14-attention-waiting").unwrap();
            let mut view = sample.view;
            view.look.language = language.into();
            let Page::Attention(page) = &mut view.page else { panic!("{:?}", view.page) };
            (page.waiting, page.paging) = (*waiting, Paging { page: 0, pages: 1 });
            page.cards.clear();
            bench.screen.apply(&view);
            let found = ElementHandle::find_by_accessible_label(bench.screen.root(), expected).next();
            assert!(found.is_some(), "{language} {waiting}: {expected}");
        }
    };
    let polish = |n: u32, verb: &str, end: &str| (n, format!("{n} {verb}. {end}"));
    let (one, few, many) = (("czeka", "Wyśle się samo."), ("czekają", "Wyślą się same."), ("czeka", "Wyśle się samo."));
    let cases: Vec<(u32, String)> =
        [(1, one), (2, few), (4, few), (5, many), (12, many), (22, few), (25, many), (112, many)]
            .map(|(n, (verb, end))| polish(n, verb, end))
            .into();
    let cases: Vec<(u32, &str)> = cases.iter().map(|(n, text)| (*n, text.as_str())).collect();
    check("pl", &cases);
    check("en", &[(1, "1 waiting. It sends by itself."), (2, "2 waiting. They send by themselves.")]);
    check("de", &[(1, "1 wartet. Sendet von selbst."), (5, "5 warten. Senden von selbst.")]);
    check("es", &[(1, "1 pendiente. Se envía solo."), (21, "21 pendientes. Se envían solos.")]);
}

#[test]
fn days_take_the_form_of_their_language() {
    let bench = bench();
    let check = |language: &str, cases: &[(i32, &str)]| {
        for (days, words) in cases {
            let sample = sample::samples().into_iter().find(|sample| sample.name == "31-receive-expiry").unwrap();
            let mut view = sample.view;
            view.look.language = language.into();
            let Page::Receive(page) = &mut view.page else { panic!("{:?}", view.page) };
            let ReceiveStage::Expiry { life, .. } = &mut page.stage else { panic!("{:?}", page.stage) };
            *life = Some(Life { days: *days, needs: 0, enough: true, no_day: false });
            bench.screen.apply(&view);
            let said = |element: ElementHandle| element.accessible_label().is_some_and(|label| label.contains(words));
            let all = ElementQuery::from_root(bench.screen.root()).match_descendants().find_all();
            assert!(all.into_iter().any(said), "{language} {days}: {words}");
        }
    };
    check(
        "pl",
        &[
            (1, "Został 1 dzień"),
            (3, "Zostały 3 dni"),
            (5, "Zostało 5 dni"),
            (13, "Zostało 13 dni"),
            (24, "Zostały 24 dni"),
        ],
    );
    check(
        "uk",
        &[
            (1, "Лишився 1 день"),
            (3, "Лишилося 3 дні"),
            (11, "Лишилося 11 днів"),
            (21, "Лишився 21 день"),
            (22, "Лишилося 22 дні"),
            (111, "Лишилося 111 днів"),
        ],
    );
    check("es", &[(1, "Queda 1 día"), (2, "Quedan 2 días")]);
}

/// Each language is offered by its own name, and the binary has its words.
#[test]
fn languages_are_there_by_their_own_names() {
    let bench = bench();
    let names = ["English", "Deutsch", "Español", "Polski", "Українська"];
    let titles = ["Language", "Sprache", "Idioma", "Język", "Мова"];
    assert_eq!(LANGUAGES.len(), names.len());
    for (n, known) in LANGUAGES.iter().enumerate() {
        let sample = sample::samples().into_iter().find(|sample| sample.name == "17-languages").unwrap();
        let mut view = sample.view;
        view.look.language = known.code.into();
        bench.screen.apply(&view);
        let shown = |label: &str| ElementHandle::find_by_accessible_label(bench.screen.root(), label).next().is_some();
        assert!(shown(titles[n]), "{}", known.code);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/lang").join(known.code);
        assert!(known.code == "en" || folder.is_dir(), "{}", folder.display());
    }
    bench.show("17-languages");
    for (n, (known, name)) in LANGUAGES.iter().zip(names).enumerate() {
        let label = if known.draft { format!("{name}. Draft") } else { name.to_owned() };
        assert_eq!(bench.press(&label), [Tap::Choose(n)]);
    }
}
