//! The event log and its replay: a recorded shift comes to the same states and views, what is secret is
//! not in it, and what is wrong with a log is said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "replay/kit.rs"]
mod kit;

use floorhand::app::{App, Found, Input, Now, OpenPage, Refusal};
use floorhand::replay::{Limits, LogError, Outside, Recorder, Report, Took, replay, segments};
use kit::{BADGE, Floor, NO_BADGE, OTHER_BADGE, PIN, SHIRT, shift};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The recorded shift is this long at the most.
const RECORDED_BYTES_MAX: usize = 300_000;

fn recorded() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay/shift.jsonl")
}

fn log_of(dir: &Path) -> PathBuf {
    segments(dir).unwrap().pop().expect("a log").1
}

fn run(files: &[PathBuf]) -> Result<Report, LogError> {
    replay(files, None, &mut |_| Ok(()))
}

#[track_caller]
fn same(files: &[PathBuf]) -> Report {
    let report = run(files).unwrap();
    assert_eq!(report.first, None, "{:#?}", report.first);
    report
}

/// A shift that was recorded earlier is replayed by the rules of today.
///
/// Where the rules, the view or the form of the log were changed on purpose, record it anew with
/// `FLOORHAND_RENEW=1 cargo test --test replay`, which fails once, so that nobody renews without looking.
#[test]
fn the_recorded_shift_is_the_same_as_ever() {
    let file = recorded();
    if std::env::var_os("FLOORHAND_RENEW").is_some() {
        let folder = tempfile::tempdir().unwrap();
        drop(shift(folder.path()));
        std::fs::copy(log_of(folder.path()), &file).unwrap();
        panic!("{} is recorded anew: look at what changed, and run again", file.display());
    }
    let report = same(std::slice::from_ref(&file));
    assert!(report.turns > 90, "{} turns", report.turns);
    assert!(std::fs::read(file).unwrap().len() < RECORDED_BYTES_MAX);
}

#[test]
fn a_shift_of_today_is_replayed_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let floor = shift(folder.path());
    let (app, dir) = (floor.app().clone(), floor.dir.clone());
    drop(floor);
    let file = log_of(&dir);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let report = same(&[file]);
    let end = report.end.expect("an app");
    assert_eq!((end.saved(), floorhand::present::view(&end)), (app.saved(), floorhand::present::view(&app)));
    assert_eq!((report.torn, report.notes), (0, Vec::new()));
}

/// The lines of a log by kind, as JSON.
fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn no_badge_no_pin_no_hash_is_in_a_log() {
    let folder = tempfile::tempdir().unwrap();
    drop(shift(folder.path()));
    for file in [log_of(folder.path()), recorded()] {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("masked-"), "nothing is masked");
        for badge in [BADGE, OTHER_BADGE, NO_BADGE] {
            let hash = floorhand_wire::badge_hash(7, badge);
            let bytes = serde_json::to_string(badge.as_bytes()).unwrap();
            let bytes = bytes.trim_matches(['[', ']']);
            // Half a badge is none of anybody's business either.
            for secret in [badge, &badge[..6], hash.as_str(), bytes] {
                let line = text.lines().find(|line| line.contains(secret));
                assert_eq!(line, None, "{secret} is in {}", file.display());
            }
        }
        assert!(!text.contains("$argon2"), "a hash of a PIN is in {}", file.display());
        let mut digits = String::new();
        for turn in lines(&file).iter().filter_map(|line| line.get("turn")) {
            let taps = &turn["in"]["Tap"];
            let typed = taps["Digit"].as_u64().map(|digit| digit.to_string());
            digits.extend(typed.or(taps["Key"]["key"]["Text"].as_str().map(str::to_owned)));
        }
        // In the keypad of a quantity digits are no secret: 10, 9.
        assert!(digits.contains("0000") && digits.contains("109") && !digits.contains(PIN), "{digits}");
    }
}

#[test]
fn equal_codes_are_equal_in_the_log_and_only_while_the_app_runs() {
    let folder = tempfile::tempdir().unwrap();
    let badges = |file: &Path| -> Vec<String> {
        let scans = lines(file).into_iter().filter_map(|line| line["turn"]["in"]["Scan"]["scan"].get("raw").cloned());
        scans.map(|raw| String::from_utf8(serde_json::from_value(raw).unwrap()).unwrap()).collect()
    };
    let mut floor = Floor::new(folder.path());
    for badge in [NO_BADGE, OTHER_BADGE, NO_BADGE] {
        floor.scan_as(badge, floorhand_domain::scan::Source::Serial, true);
    }
    let mut floor = floor.restart();
    floor.refused(NO_BADGE, "BADGE_UNKNOWN");
    drop(floor);
    let read = badges(&log_of(folder.path()));
    assert_eq!((read.len(), read[0] == read[2], read[0] == read[1], read[0] == read[3]), (4, true, false, false));
}

/// A log of other limits, written from the turns of a recorded shift.
fn rewritten(dir: &Path, limits: Limits) -> u64 {
    let mut log: Option<(Recorder, App)> = None;
    let mut turns = 0;
    for line in lines(&recorded()) {
        if let Some(start) = line.get("start") {
            let app: App = serde_json::from_value(start["state"].clone()).unwrap();
            // What is in its buffer is written when it goes.
            drop(log.take());
            log = Some((Recorder::open(dir, limits, [7; 32], &app).unwrap(), app));
        }
        let (Some(turn), Some((log, app))) = (line.get("turn"), &mut log) else { continue };
        let of = |name: &str| turn.get(name).cloned().unwrap_or_else(|| serde_json::json!({}));
        let input: Input = serde_json::from_value(of("in")).unwrap();
        let (now, found): (Now, Found) =
            (serde_json::from_value(of("now")).unwrap(), serde_json::from_value(of("found")).unwrap());
        let input = match input {
            Input::Scan { scan, read } if read.is_ok() => {
                let read = Box::new(floorhand_domain::scan::read_by(&scan, &app.settings.scan));
                Input::Scan { scan, read }
            }
            input => input,
        };
        let before = app.clone();
        let made = before.clone().update(input.clone(), &now, &found);
        *app = made.app;
        let outside = Outside::of(app);
        app.link.waiting += u32::try_from(made.facts.len()).unwrap();
        let view = floorhand::present::view(app);
        log.turn(&Took {
            before: &before,
            input: &input,
            now: &now,
            found: &found,
            facts: &made.facts,
            made: &outside,
            after: app,
            view: &view,
        });
        turns += 1;
    }
    turns
}

#[test]
fn files_are_bounded_and_each_stands_for_itself() {
    for (file_bytes, files, line_bytes) in [(12_000, 3, 6_000), (6_000, 4, 3_000), (12_000, 100, 4_000)] {
        let folder = tempfile::tempdir().unwrap();
        let turns = rewritten(folder.path(), Limits { file_bytes, files, line_bytes });
        let found = segments(folder.path()).unwrap();
        let paths: Vec<PathBuf> = found.iter().map(|(_, path)| path.clone()).collect();
        let (first, last) = (found.first().unwrap().0, found.last().unwrap().0);
        assert!(last > 2, "nothing was rotated");
        assert_eq!((paths.len() as u64, first), (files.min(last + 1), (last + 1).saturating_sub(files)));
        for path in &paths {
            let bytes = std::fs::metadata(path).unwrap().len();
            assert!(bytes <= file_bytes, "{} has {bytes} bytes", path.display());
            same(std::slice::from_ref(path));
        }
        let report = same(&paths);
        if first == 0 {
            assert_eq!(report.turns, turns, "a turn was lost in between");
        }
    }
}

#[test]
fn what_is_too_large_pauses_the_log_and_not_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let whole = rewritten(folder.path(), Limits { file_bytes: 1_000_000, files: 4, line_bytes: 1_600 });
    let report = same(&[log_of(folder.path())]);
    assert!(report.turns > 20 && report.turns < whole, "{} of {whole}", report.turns);
    assert_eq!(report.end.expect("an app").step_name(), "sign-in.badge");
}

#[test]
fn a_torn_last_line_is_no_fault_and_the_log_goes_on_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut floor = Floor::new(folder.path());
    floor.refused(SHIRT, "WRONG_KIND");
    floor.refused(NO_BADGE, "BADGE_UNKNOWN");
    let restarted = floor.restart();
    drop(restarted);
    let file = log_of(folder.path());
    let whole = std::fs::read(&file).unwrap();
    // The last start is a line of its own; before it stands the last turn.
    let ends: Vec<usize> = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let (from, to) = (ends[ends.len() - 3], ends[ends.len() - 2]);
    let turns = same(std::slice::from_ref(&file)).turns;
    for cut in from..to {
        std::fs::write(&file, &whole[..cut]).unwrap();
        let report = same(std::slice::from_ref(&file));
        let line_is_whole = cut == to - 1;
        assert_eq!(report.turns, turns - u64::from(!line_is_whole), "cut at {cut}");
        assert_eq!(report.torn, u64::from(cut > from && !line_is_whole), "cut at {cut}");
    }
    // The app starts on what a power cut left.
    std::fs::write(&file, &whole[..to - 20]).unwrap();
    let mut floor = Floor::new(&folder.path().join("other"));
    drop(std::mem::replace(&mut floor, Floor::new(&folder.path().join("another"))));
    std::fs::copy(&file, floor.dir.join("events.0.jsonl")).unwrap();
    let mut floor = floor.restart();
    floor.refused(SHIRT, "WRONG_KIND");
    drop(floor);
    let report = same(&[log_of(&folder.path().join("another"))]);
    assert_eq!((report.turns, report.torn), (turns, 1));
}

#[test]
fn a_log_that_cannot_be_written_stops_no_work() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("device");
    let floor = Floor::new(&dir);
    std::fs::remove_file(log_of(&dir)).unwrap();
    std::fs::create_dir(dir.join("events.0.jsonl")).unwrap();
    let mut floor = floor.restart();
    floor.sign_in();
    assert!(dir.join("events.0.jsonl").is_dir());
}

#[test]
fn what_changes_the_app_beside_its_turns_is_written_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::default();
    let mut log = Recorder::open(folder.path(), Limits::default(), [7; 32], &app).unwrap();
    for change in [false, true, false, true] {
        if change {
            app.answers += 5;
            app.page = Some(OpenPage::About);
        }
        let (input, now, found) = (Input::Minute, Now::default(), Found::default());
        let before = app.clone();
        app = before.clone().update(input.clone(), &now, &found).app;
        let (outside, view) = (Outside::of(&app), floorhand::present::view(&app));
        let (made, facts) = (&outside, &[][..]);
        log.turn(&Took {
            before: &before,
            input: &input,
            now: &now,
            found: &found,
            facts,
            made,
            after: &app,
            view: &view,
        });
    }
    drop(log);
    let report = same(&[log_of(folder.path())]);
    assert_eq!((report.turns, report.end.map(|app| app.answers)), (4, Some(10)));
}

/// The command as a script sees it.
fn command(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_floorhand")).arg("replay").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// The recorded shift with one thing changed.
fn changed(folder: &Path, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(recorded()).unwrap();
    assert!(text.contains(from), "{from} is not in the shift");
    let number = std::fs::read_dir(folder).unwrap().count();
    let path = folder.join(format!("changed-{number}.jsonl"));
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    path.display().to_string()
}

#[test]
fn a_changed_byte_is_found_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let tote = serde_json::to_string(b"T-1".as_slice()).unwrap();
    let line = 1 + std::fs::read_to_string(recorded()).unwrap().lines().position(|line| line.contains(&tote)).unwrap();
    let file = changed(folder.path(), &tote, &serde_json::to_string(b"T-7".as_slice()).unwrap());
    let (code, out, err) = command(&[&file]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains(&format!("({file}, line {line})")), "{out}");
    for word in ["DIFFERS: facts, state, view", "T-7", "facts: from written to made", "- ", "+ ", "state as made now"] {
        assert!(out.contains(word), "{word:?} is missing: {out}");
    }
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.contains("turns differ, the first is turn "), "{err}");
    let (code, out, _) = command(&["--json", &file]);
    let told: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &told["same"], &told["first"]["line"]), (1, &false.into(), &(line as u64).into()));
    assert_eq!(told["first"]["differs"], serde_json::json!(["facts", "state", "view"]));
    // One byte of a digest.
    let digest = lines(&recorded())[1]["turn"]["view"].as_str().unwrap().to_owned();
    let other = if digest.starts_with('0') { "1" } else { "0" };
    let file = changed(folder.path(), &digest, &format!("{other}{}", &digest[1..]));
    let (code, out, _) = command(&[&file]);
    assert!(code == 1 && out.contains("turn 1 differs") && out.contains("DIFFERS: view\n"), "{out}");
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let not_there = folder.path().join("none.jsonl").display().to_string();
    let noise = folder.path().join("noise.jsonl");
    std::fs::write(&noise, "noise\nnoise\n").unwrap();
    let empty = folder.path().join("empty.jsonl");
    std::fs::write(&empty, "").unwrap();
    std::fs::create_dir(folder.path().join("none")).unwrap();
    let second = "\n{\"turn\":{\"now\":";
    for (file, words) in [
        (changed(folder.path(), second, "\n{\"turn\"!{\"now\":"), &[".jsonl, line 2: expected `:`", "byte 8"][..]),
        (changed(folder.path(), "\"log\":1,", "\"log\":2,"), &["line 1: of format 2; this program knows 1"]),
        (not_there, &["none.jsonl: No such file"]),
        (noise.display().to_string(), &["noise.jsonl, line 1: expected"]),
        (empty.display().to_string(), &["empty.jsonl: no event log"]),
        (folder.path().join("none").display().to_string(), &["no event log"]),
    ] {
        let (code, out, err) = command(&[&file]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        for word in words {
            assert!(err.contains(word), "{word:?} is missing: {err}");
        }
    }
}

#[test]
fn a_log_of_another_version_is_replayed_and_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let version = format!("\"app\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let file = changed(folder.path(), &version, "\"app\":\"99.0.0\"");
    let (code, out, err) = command(&[&file]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("written by version 99.0.0") && out.contains("each the same"), "{out}");
}

#[test]
fn turns_are_printed_one_a_line_and_it_stops_where_it_is_told() {
    let file = recorded().display().to_string();
    let (code, out, _) = command(&["--print", &file]);
    let turns = same(&[recorded()]).turns;
    // On a machine of another time zone that is said as well.
    let printed = out.lines().filter(|line| line.starts_with(' ')).count() as u64;
    assert_eq!((code, printed), (0, turns), "{out}");
    assert!(out.ends_with(&format!("{turns} turns, each the same\n")), "{out}");
    for word in
        ["sign-in.badge    Scan serial masked-", "refused BADGE_UNKNOWN", "accepted tote T-1", "Tap \"OnlyHere\""]
    {
        assert!(out.contains(word), "{word:?} is missing: {out}");
    }
    let (code, out, _) = command(&["--print", "--json", "--until", "3", &file]);
    let told: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((code, told.len(), &told[0]["turn"], &told[3]["turns"]), (0, 4, &1.into(), &3.into()));
    assert_eq!((&told[3]["step"], told[3]["view"]["page"].is_object()), (&"sign-in.badge".into(), true));
}

/// What is written is read back as it was, or the log would tell of another app.
#[test]
fn refusals_and_pages_come_back_as_they_were() {
    use floorhand::app::WorkRefusal;
    use floorhand_domain::scan::{self, Kind};
    use floorhand_domain::workflow::{pick, sign_in};
    let wrong = || scan::Refusal::WrongKind { scanned: Kind::Item, id: "I".into(), needed: Kind::Tote };
    for refusal in [
        Refusal::SignIn(sign_in::Refusal::Scan(scan::Refusal::UnknownCode)),
        Refusal::SignIn(sign_in::Refusal::PinWrong { left: 2 }),
        Refusal::Work(WorkRefusal::Scan(wrong())),
        Refusal::Work(WorkRefusal::Claimed { task: "T".into(), holder: "M".into() }),
        Refusal::Pick(pick::Refusal::Scan(scan::Refusal::NotNow)),
        Refusal::Pick(pick::Refusal::WrongItem { scanned: "A".into(), needed: "B".into() }),
        Refusal::DiskFull,
    ] {
        let text = serde_json::to_string(&refusal).unwrap();
        assert_eq!(serde_json::from_str::<Refusal>(&text).unwrap(), refusal, "{text}");
    }
    // Whose refusal it is does not show in the scan log.
    let told = Refusal::Work(WorkRefusal::Gone { task: "T".into() }).told();
    assert_eq!(told, serde_json::json!({"refusal": "gone", "task": "T"}));
    for page in [
        OpenPage::More { asked: Some("release") },
        OpenPage::More { asked: None },
        OpenPage::Camera { light: true, seen: "X".into(), why: "again" },
    ] {
        let text = serde_json::to_string(&page).unwrap();
        assert_eq!(serde_json::from_str::<OpenPage>(&text).unwrap(), page, "{text}");
    }
}

/// The form of the lines. Logs are read by later versions: a field that goes away or gets another meaning
/// is another format.
#[test]
fn the_form_of_the_lines_stays() {
    let mut text = String::new();
    for line in lines(&recorded()).iter().take(4) {
        text.push_str(&serde_json::to_string_pretty(line).unwrap());
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}
