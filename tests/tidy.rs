//! The invariants of ARCHITECTURE.md that show in the source text.
//!
//! Each finding names file and line and says the way out. `tidy/samples.rs` shows that each
//! check can fail.

#[path = "tidy/facts.rs"]
mod facts;
#[path = "tidy/house.rs"]
mod house;
#[path = "tidy/landed.rs"]
mod landed;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/samples.rs"]
mod samples;
#[path = "tidy/screens.rs"]
mod screens;
#[path = "tidy/text.rs"]
mod text;
#[path = "tidy/tree.rs"]
mod tree;

use tree::Tree;

/// Looks at the whole tree and says what is wrong with it, one finding a line.
type Check = fn(&Tree) -> Vec<String>;

#[track_caller]
fn holds(check: Check) {
    let found = check(Tree::of_repository());
    assert!(found.is_empty(), "{} to mend:\n{}\n", found.len(), found.join("\n"));
}

#[test]
fn names_stay_in_their_layer() {
    holds(layers::names_in_place);
}

#[test]
fn layers_call_only_downwards() {
    holds(layers::calls);
}

#[test]
fn sql_stays_in_the_store() {
    holds(layers::sql);
}

#[test]
fn pure_crates_depend_on_nothing_impure() {
    holds(layers::dependencies);
}

#[test]
fn pure_crates_forbid_clock_and_io_by_lint() {
    holds(layers::lints);
}

#[test]
fn pure_crates_name_no_clock_no_chance_no_io() {
    holds(layers::purity);
}

#[test]
fn free_crates_reach_no_copyleft() {
    holds(layers::free_crates);
}

#[test]
fn colours_only_in_the_theme() {
    holds(screens::colours);
}

#[test]
fn pictures_only_in_the_icons() {
    holds(screens::pictures);
}

#[test]
fn what_is_tappable_says_what_it_is() {
    holds(screens::tappable);
}

#[test]
fn no_sentence_in_rust() {
    holds(screens::sentences);
}

#[test]
fn every_fact_is_known_on_the_wire_and_in_a_snapshot() {
    holds(facts::known);
}

#[test]
fn landed_migrations_stay() {
    holds(landed::migrations);
}

#[test]
fn nothing_is_left_unfinished() {
    holds(house::marks);
}

#[test]
fn files_are_short_and_well_placed() {
    holds(house::files);
}

#[test]
fn no_path_of_one_machine() {
    holds(house::machine_paths);
}

#[test]
fn manifests_agree() {
    holds(house::manifests);
}

#[test]
fn the_map_shows_every_crate_and_no_ghost() {
    holds(house::map);
}
