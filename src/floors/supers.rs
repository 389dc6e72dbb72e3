//! `super::` stays in its room: another room is named from `crate::`.

use super::check::check;
use super::house::House;
use super::rule::{Fault, Rule};
use super::source::Sources;

/// Paths that climb out of their room.
pub(super) fn faults(house: &House) -> Vec<Fault> {
    let mut faults = Vec::new();
    for own in &house.files {
        for mention in &own.facts.mentions {
            let climbs = mention
                .path
                .iter()
                .take_while(|name| *name == "super")
                .count();
            if climbs > 0 && climbs >= mention.module.len() {
                faults.push(Fault {
                    rule: Rule::SuperLeaves,
                    room: own.room().to_owned(),
                    key: own.path.clone(),
                    text: format!("{}:{} {}", own.path, mention.line, mention.path.join("::")),
                });
            }
        }
    }
    faults
}

#[test]
fn super_never_leaves_its_room() {
    check(
        Rule::SuperLeaves,
        faults(&House::of(&Sources::of_this_crate())),
    );
}

#[test]
fn a_super_that_leaves_its_room_is_found() {
    let made = |deep: &str| {
        let sources = Sources::made(&[
            ("src/lib.rs", "mod room; mod other;"),
            ("src/other.rs", "pub struct X;"),
            ("src/room/mod.rs", "mod deep;"),
            ("src/room/deep.rs", deep),
        ]);
        faults(&House::of(&sources)).len()
    };
    assert_eq!(made("use super::super::other::X;"), 1);
    assert_eq!(made("fn f() { super::super::other::g() }"), 1);
    assert_eq!(made("mod inner { use super::super::X; }"), 0);
    assert_eq!(made("pub(super) use crate::other::X; use super::Y;"), 0);
}
