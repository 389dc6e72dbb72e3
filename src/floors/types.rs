//! One meaning, one name: a type's name is defined once in the whole source.

use std::collections::BTreeMap;

use super::check::check;
use super::house::House;
use super::rule::{Fault, Rule};
use super::source::Sources;

/// Names of structs, enums, unions, traits and aliases that stand in more than one file. Forms of
/// one type by processor or feature stand in one file and count once; associated types are the
/// trait's words.
pub(super) fn faults(house: &House) -> Vec<Fault> {
    let mut places: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for own in &house.files {
        for definition in &own.facts.types {
            let files = places.entry(&definition.name).or_default();
            files.entry(&own.path).or_insert(definition.line);
        }
    }
    let twice = places.into_iter().filter(|(_, files)| files.len() > 1);
    twice
        .map(|(name, files)| {
            let files: Vec<String> = files
                .into_iter()
                .map(|(path, line)| format!("{path}:{line}"))
                .collect();
            Fault {
                rule: Rule::TypeTwice,
                room: "src".to_owned(),
                key: name.to_owned(),
                text: format!("{name}: {}", files.join(", ")),
            }
        })
        .collect()
}

#[test]
fn a_types_name_is_defined_once() {
    check(
        Rule::TypeTwice,
        faults(&House::of(&Sources::of_this_crate())),
    );
}

#[test]
fn a_types_name_that_is_defined_twice_is_found() {
    let made = |b: &str| {
        let sources = Sources::made(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "pub struct Verdict;"),
            ("src/b.rs", b),
        ]);
        faults(&House::of(&sources)).len()
    };
    assert_eq!(made("enum Verdict { A }"), 1);
    assert_eq!(made("type Verdict = u8;"), 1);
    assert_eq!(made("impl X for Y { type Verdict = u8; }"), 0);
    assert_eq!(made("use crate::a::Verdict;"), 0);
    assert_eq!(made("#[cfg(test)] mod tests { struct Verdict; }"), 0);
}
