//! No circle of files inside a room.

use std::collections::{BTreeMap, BTreeSet};

use super::check::check;
use super::house::House;
use super::rule::{Fault, Rule};
use super::source::Sources;

/// Who imports whom, and by which names.
type Graph = BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>>;

/// One fault for each arrow of a circle.
pub(super) fn faults(house: &House) -> Vec<Fault> {
    let mut faults = Vec::new();
    for room in house.rooms() {
        let graph = graph(house, room);
        for circle in circles(&graph) {
            for from in &circle {
                for (to, names) in graph[from].iter().filter(|(to, _)| circle.contains(to)) {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    faults.push(Fault {
                        rule: Rule::Circle,
                        room: room.clone(),
                        key: house.files[*from].path.clone(),
                        text: format!(
                            "{} -> {}: {} (in a circle of {})",
                            house.files[*from].path,
                            house.files[*to].path,
                            names.join(", "),
                            circle.len()
                        ),
                    });
                }
            }
        }
    }
    faults
}

fn graph(house: &House, room: &str) -> Graph {
    let is_here = |file: usize| house.files[file].room() == room;
    let mut graph = Graph::new();
    for file in (0..house.files.len()).filter(|file| is_here(*file)) {
        let arrows = graph.entry(file).or_default();
        for used in house.imports(file).filter(|used| is_here(used.file)) {
            arrows
                .entry(used.file)
                .or_default()
                .insert(used.name.clone());
        }
    }
    graph
}

/// The sets of files that reach one another.
fn circles(graph: &Graph) -> Vec<BTreeSet<usize>> {
    let reached: BTreeMap<usize, BTreeSet<usize>> = graph
        .keys()
        .map(|file| (*file, reached_from(graph, *file)))
        .collect();
    let mut circles: Vec<BTreeSet<usize>> = Vec::new();
    for file in graph.keys().filter(|file| reached[file].contains(file)) {
        if circles.iter().all(|circle| !circle.contains(file)) {
            let members = reached[file].iter().copied();
            circles.push(
                members
                    .filter(|other| reached[other].contains(file))
                    .collect(),
            );
        }
    }
    circles
}

fn reached_from(graph: &Graph, start: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut next = vec![start];
    while let Some(file) = next.pop() {
        for to in graph[&file].keys() {
            if reached.insert(*to) {
                next.push(*to);
            }
        }
    }
    reached
}

#[test]
fn no_files_of_a_room_import_one_another_in_a_circle() {
    check(Rule::Circle, faults(&House::of(&Sources::of_this_crate())));
}

#[test]
fn a_circle_through_a_reexport_is_found() {
    let made = |c: &str| {
        let sources = Sources::made(&[
            ("src/lib.rs", "mod room; mod other;"),
            ("src/other.rs", "pub struct X;"),
            ("src/room/mod.rs", "mod a; mod b; mod c; pub use c::C;"),
            ("src/room/a.rs", "use super::b::B; pub struct A;"),
            (
                "src/room/b.rs",
                "fn f() -> super::C { C::new() } pub struct B;",
            ),
            ("src/room/c.rs", c),
        ]);
        let faults = faults(&House::of(&sources));
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        made("use crate::room::a::A; pub struct C;"),
        [
            "src/room/a.rs -> src/room/b.rs: B (in a circle of 3)",
            "src/room/b.rs -> src/room/c.rs: C (in a circle of 3)",
            "src/room/c.rs -> src/room/a.rs: A (in a circle of 3)",
        ]
    );
    assert!(made("use crate::other::X; pub struct C;").is_empty());
    assert!(made("#[cfg(test)] mod tests { use super::super::a::A; } pub struct C;").is_empty());
}

#[test]
fn a_contents_page_that_defines_what_its_files_use_is_in_a_circle() {
    let sources = Sources::made(&[
        ("src/lib.rs", "mod room;"),
        ("src/room/mod.rs", "mod a; pub struct B; fn f() { a::g(); }"),
        ("src/room/a.rs", "use super::B; pub fn g() {}"),
    ]);
    assert_eq!(faults(&House::of(&sources)).len(), 2);
}
