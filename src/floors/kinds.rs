//! The databases differ in few places: only there is `Kind` matched.

use super::check::check;
use super::facts::How;
use super::house::{House, Use};
use super::rule::{Fault, Rule};
use super::source::Sources;

/// Where `Kind` may be matched: files whose path begins so.
pub(super) const KIND_PLACES: [&str; 7] = [
    "src/store/sql/",
    "src/store/table/catalog",
    "src/store/write/swap",
    "src/store/survey/",
    "src/store/preflight/",
    "src/store/ledger/migrate",
    "src/store/ledger/names",
];

/// Where a variant of `Kind` is named elsewhere.
pub(super) fn faults(house: &House) -> Vec<Fault> {
    let mut faults = Vec::new();
    for own in &house.files {
        if KIND_PLACES.iter().any(|place| own.path.starts_with(place)) {
            continue;
        }
        for used in own.uses.iter().filter(|used| is_variant(house, used)) {
            faults.push(Fault {
                rule: Rule::KindMatched,
                room: own.room().to_owned(),
                key: own.path.clone(),
                text: format!("{}:{} Kind::{}", own.path, used.line, used.rest.join("::")),
            });
        }
    }
    faults
}

fn is_variant(house: &House, used: &Use) -> bool {
    let is_kind = used.name == "Kind" && house.files[used.file].room() == "store";
    let starts_with_capital =
        |name: &String| name.starts_with(|first: char| first.is_ascii_uppercase());
    is_kind && (used.how == How::Glob || used.rest.first().is_some_and(starts_with_capital))
}

#[test]
fn the_kind_of_a_database_is_matched_in_few_places() {
    check(
        Rule::KindMatched,
        faults(&House::of(&Sources::of_this_crate())),
    );
}

#[test]
fn a_kind_that_is_matched_elsewhere_is_found() {
    let made = |engine: &str| {
        let sources = Sources::made(&[
            ("src/lib.rs", "mod store; mod engine;"),
            ("src/store/mod.rs", "mod sql; pub use sql::Kind;"),
            (
                "src/store/sql/mod.rs",
                "mod kind; mod words; pub use kind::Kind;",
            ),
            ("src/store/sql/kind.rs", "pub enum Kind { Sqlite }"),
            (
                "src/store/sql/words.rs",
                "fn f(k: super::Kind) { k == super::Kind::Sqlite }",
            ),
            ("src/engine.rs", engine),
        ]);
        faults(&House::of(&sources)).len()
    };
    assert_eq!(
        made("use crate::store::Kind; fn f() { if k == Kind::Sqlite {} }"),
        1
    );
    assert_eq!(
        made("use crate::store; fn f() { matches!(k, store::Kind::Sqlite) }"),
        1
    );
    assert_eq!(made("use crate::store::Kind::{self, Sqlite};"), 1);
    assert_eq!(made("use crate::store::Kind::*;"), 1);
    assert_eq!(made("use crate::store::Kind; fn f() { Kind::of(url) }"), 0);
    assert_eq!(made("enum Kind { A } fn f() { Kind::A }"), 0);
}
