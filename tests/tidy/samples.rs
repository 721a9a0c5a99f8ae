//! Small bad trees: each check finds what it is for, and leaves the good one alone.

use crate::tree::{File, Tree};
use crate::{facts, house, landed, layers, screens};

/// The check finds exactly these places in the tree.
#[track_caller]
fn finds(check: crate::Check, files: &[(&str, &str)], expected: &[&str]) {
    let found = check(&Tree::sample(files));
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, expected, "{found:#?}");
}

#[test]
fn a_name_out_of_its_layer() {
    finds(
        layers::names_in_place,
        &[
            ("src/app.rs", "fn a() {}\nuse rusqlite::Connection; // reqwest\n"),
            ("src/sync/engine.rs", "let c = reqwest::Client::new();\n"),
            ("src/sync/transport.rs", "let c = reqwest::Client::new();\n"),
            ("src/runner.rs", "slint::invoke_from_event_loop(f);\nrustix::termios::tcgetattr(fd);\n"),
            ("src/screen/pick.rs", "slint::invoke_from_event_loop(f);\n"),
            ("src/store/open.rs", "use rusqlite::Connection;\n"),
            ("src/view.rs", "// rusqlite\n#[cfg(test)]\nmod tests {\n    use rusqlite::Connection;\n}\n"),
        ],
        &["src/app.rs:2", "src/sync/engine.rs:1", "src/runner.rs:1", "src/runner.rs:2"],
    );
}

#[test]
fn a_call_upwards() {
    finds(
        layers::calls,
        &[
            ("src/store/commit.rs", "use crate::app::App;\n"),
            ("src/screen/pick.rs", "use crate::view::View;\nuse crate::store::Store;\n"),
            ("src/app/work.rs", "use crate::apple::Pie;\n"),
        ],
        &["src/screen/pick.rs:2", "src/store/commit.rs:1"],
    );
}

#[test]
fn sql_outside_the_store() {
    finds(
        layers::sql,
        &[
            ("src/runner.rs", "let a = 1;\nq(\"SELECT 1\");\nq(\"Select a task\");\nq(\"UPDATE x SET y = 1\");\n"),
            ("src/store.rs", "q(\"SELECT 1\");\n"),
        ],
        &["src/runner.rs:2", "src/runner.rs:4"],
    );
}

#[test]
fn a_dependency_of_a_pure_crate() {
    finds(
        layers::dependencies,
        &[
            ("crates/gs1/Cargo.toml", "[dependencies]\n[dev-dependencies]\nproptest.workspace = true\n"),
            ("crates/domain/Cargo.toml", "[dependencies]\n# why\nserde.workspace = true\ntokio = \"1\"\n"),
        ],
        &["crates/domain/Cargo.toml:4"],
    );
}

#[test]
fn a_lint_taken_out() {
    let all = "disallowed-methods = [\"std::time::SystemTime::now\", \"std::time::Instant::now\", \"std::fs::read\"]";
    finds(
        layers::lints,
        &[
            ("crates/gs1/clippy.toml", all),
            ("crates/domain/clippy.toml", "disallowed-methods = [\"std::time::SystemTime::now\", \"std::fs::read\"]"),
            ("demo/clippy.toml", all),
        ],
        &["crates/domain/clippy.toml:1", "demo/clippy.toml:1"],
    );
}

#[test]
fn a_clock_in_the_rules() {
    finds(
        layers::purity,
        &[
            ("crates/domain/src/task.rs", "fn a() {}\nlet now = Instant::now();\n"),
            ("crates/gs1/src/date.rs", "// Instant::now\nlet now = \"Instant::now\";\n"),
            ("crates/erp/src/clock.rs", "SystemTime::now()\n"),
        ],
        &["crates/domain/src/task.rs:2"],
    );
}

#[test]
fn copyleft_below_a_free_crate() {
    let lock = "name = \"floorhand-gs1\"\nname = \"floorhand-domain\"\nname = \"floorhand-wire\"\n\
                name = \"floorhand-erp\"\ndependencies = [\n \"a 1.0.0\",\n]\nname = \"a\"\n \"slint\",\n";
    let found = layers::free_crates(&Tree::sample(&[("Cargo.lock", lock)]));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("floorhand-erp reaches slint by a")), "{found:#?}");
}

#[test]
fn a_colour_outside_the_theme() {
    finds(
        screens::colours,
        &[
            ("ui/theme.slint", "color: #FFCC00;\n"),
            ("ui/pages/a.slint", "// #FFCC00\ncolor: #FFCC00;\ncolor: Theme.text;\ncolor: #fff;\ntext: \"#123456\";\n"),
            ("ui/pages/b.slint", "color: rgb(1, 2, 3);\n"),
            ("src/screen.rs", "slint::Color::from_rgb_u8(1, 2, 3);\n"),
        ],
        &["ui/pages/a.slint:2", "ui/pages/a.slint:4", "ui/pages/b.slint:1", "src/screen.rs:1"],
    );
}

#[test]
fn a_picture_outside_the_icons() {
    finds(
        screens::pictures,
        &[
            ("ui/icons.slint", "x: @image-url(\"a.svg\");\n"),
            ("ui/pages/a.slint", "\nImage { source: @image-url(\"a.svg\"); }\n"),
        ],
        &["ui/pages/a.slint:2"],
    );
}

#[test]
fn a_touch_that_nobody_hears() {
    let good = "export component Good {\n accessible-role: button;\n accessible-label: a;\n \
                accessible-action-default => {}\n TouchArea {}\n}\n";
    let bad = "component Bad {\n accessible-role: button;\n accessible-label: a;\n TouchArea { clicked => {} }\n}\n";
    finds(screens::tappable, &[("ui/widgets/a.slint", &format!("{good}{bad}"))], &["ui/widgets/a.slint:7"]);
}

#[test]
fn a_sentence_in_rust() {
    finds(
        screens::sentences,
        &[
            ("src/present/pick.rs", "// a b\nlet title = \"Scan the shelf\";\nlet code = \"WRONG_ITEM\";\n"),
            ("src/app.rs", "tracing::warn!(\n    id,\n    \"the shelf is gone\"\n);\n#[error(\"is not there\")]\n"),
            ("src/start.rs", "page.set_title(\"All good\");\nprintln(\"all is well\");\n"),
        ],
        &["src/present/pick.rs:2", "src/start.rs:1"],
    );
}

#[test]
fn a_fact_that_cannot_be_sent() {
    let fact =
        "pub enum Fact {\n    /// A.\n    Picked {\n        /// B.\n        qty: i64,\n    },\n    Dropped,\n}\n";
    let wire = "pub const KNOWN: &[(&str, u32)] = &[\n    (\"Picked\", 1),\n    (\"Gone\", 1),\n];\n";
    finds(
        facts::known,
        &[
            ("crates/domain/src/fact.rs", fact),
            ("crates/wire/src/push.rs", wire),
            ("crates/wire/tests/snapshots/a.snap", "type: Picked"),
        ],
        &["crates/domain/src/fact.rs:7", "crates/domain/src/fact.rs:7", "crates/wire/src/push.rs:3"],
    );
}

#[test]
fn a_landed_migration_that_was_edited() {
    let file = |text: &str| File { path: "migrations/0001_a.sql".into(), text: text.into() };
    let landed_line = landed::line_for(&file("CREATE TABLE a (b);"));
    let core = [
        ("crates/erp/migrations/0001_core.sql", "x"),
        ("crates/erp/src/db/migrate.rs", "migrations/0001_core.sql"),
        ("src/store/schema.rs", "migrations/0001_a.sql"),
    ];
    let core_line = landed::line_for(&File { path: core[0].0.into(), text: "x".into() });
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let all: Vec<_> =
            core.iter().chain(&[("crates/erp/migrations/LANDED", core_line.as_str())]).chain(files).copied().collect();
        finds(landed::migrations, &all, expected);
    };
    let list = ("migrations/LANDED", landed_line.as_str());
    check(&[("migrations/0001_a.sql", "CREATE TABLE a (b);"), list], &[]);
    check(&[("migrations/0001_a.sql", "CREATE TABLE a (b, c);"), list], &["migrations/0001_a.sql:1"]);
    check(&[("migrations/0001_a.sql", "CREATE TABLE a (b);")], &["migrations/0001_a.sql:1"]);
    check(
        &[("migrations/0002_a.sql", "x"), ("migrations/LANDED", "")],
        &["migrations/0002_a.sql:1", "migrations/0002_a.sql:1", "migrations/0002_a.sql:1"],
    );
    check(&[list], &["migrations:1", "migrations/LANDED:1"]);
}

#[test]
fn an_unfinished_mark() {
    let later = format!("fn a() {{\n    {}!();\n}}\n", concat!("to", "do"));
    let note = format!("// {}: more\nlet method = 1;\n", concat!("FIX", "ME"));
    finds(
        house::marks,
        &[("src/a.rs", &later), ("ui/b.slint", &note), ("assets/c.txt", &note)],
        &["src/a.rs:2", "ui/b.slint:1"],
    );
}

#[test]
fn a_file_too_long_or_misplaced() {
    let long = "x\n".repeat(701);
    let found = house::files(&Tree::sample(&[
        ("src/app.rs", &long),
        ("src/store/mod.rs", ""),
        ("src/main.rs", &"x\n".repeat(100)),
        ("build.rs", &"x\n".repeat(21)),
        ("crates/gs1/src/ai/table_goods.rs", &long),
        ("src/ok.rs", &format!("x\n#[cfg(test)]\nmod tests {{\n{long}}}\n")),
    ]));
    let places: Vec<_> = found.iter().filter_map(|line| line.split(": ").next()).take(4).collect();
    assert_eq!(places, ["src/app.rs:701", "src/store/mod.rs:1", "src/main.rs:100", "build.rs:21"]);
    assert_eq!(found.len(), 4 + 4, "the four absent tables are named: {found:#?}");
}

#[test]
fn a_path_of_one_machine() {
    let text = format!("let a = \"{0}x\";\nlet b = \"{{home}}{0}x\"; // http://host{0}\n", concat!("/", "root/"));
    finds(house::machine_paths, &[("src/a.rs", &text)], &["src/a.rs:1"]);
}

#[test]
fn a_manifest_that_differs() {
    let root = "[workspace]\nmembers = [\"crates/a\"]\n[workspace.lints.rust]\nunsafe_code = \"deny\"\n[package]\n\
                license = \"GPL-3.0-only\"\nrust-version.workspace = true\n[lints]\nworkspace = true\n";
    let text = "word ".repeat(200);
    let licences = [
        ("LICENSES/GPL-3.0-only.txt", text.as_str()),
        ("LICENSES/MIT.txt", text.as_str()),
        ("LICENSES/Apache-2.0.txt", text.as_str()),
    ];
    let with = |files: &[(&str, &str)], expected: &[&str]| {
        let all: Vec<_> = licences.iter().chain(files).copied().collect();
        finds(house::manifests, &all, expected);
    };
    let good = "license = \"MIT OR Apache-2.0\"\nrust-version.workspace = true\n[lints]\nworkspace = true\n";
    with(&[("Cargo.toml", root), ("crates/a/Cargo.toml", good)], &[]);
    with(
        &[
            ("Cargo.toml", root),
            ("crates/a/Cargo.toml", &good.replace("MIT OR ", "")),
            ("a.rs", "#![allow(unsafe_code)]"),
        ],
        &["crates/a/Cargo.toml:1", "a.rs:1"],
    );
}

#[test]
fn a_ghost_on_the_map() {
    finds(
        house::map,
        &[
            ("Cargo.toml", "members = [\"crates/a\", \"demo\"]\n"),
            ("ARCHITECTURE.md", "`crates/a` and `src/gone.rs`, `src/here/`, `src/pick*.rs`\n"),
            (
                "README.md",
                "make demo\nthe crate `a` [map](ARCHITECTURE.md) ![x](docs/x.png) [web](https://example.org)\n",
            ),
            ("src/here/a.rs", ""),
            ("crates/a/a.rs", ""),
            ("demo/a.rs", ""),
        ],
        // No `demo` in the one, `src/gone.rs` in the one, the picture in the other.
        &["ARCHITECTURE.md:1", "ARCHITECTURE.md:1", "README.md:2"],
    );
}
