//! The order inside a room: its flat files are the ground, then come its folders, in the order in
//! which `mod.rs` lists them.

use super::check::check;
use super::house::{House, Use};
use super::rule::{Fault, Rule};
use super::source::Sources;

/// Where a file stands in its room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The contents page itself, which may name everything.
    Contents,
    Ground,
    /// A folder, by its place in the contents.
    Folder(usize),
}

/// Folders that import a later one.
pub(super) fn order_faults(house: &House) -> Vec<Fault> {
    faults(house, Rule::FolderOrder, |from, to| match (from, to) {
        (Place::Folder(from), Place::Folder(to)) => to > from,
        (Place::Folder(_), Place::Contents) => true,
        _ => false,
    })
}

/// Files of the ground that import a folder.
pub(super) fn ground_faults(house: &House) -> Vec<Fault> {
    faults(house, Rule::Ground, |from, to| {
        from == Place::Ground && matches!(to, Place::Folder(_))
    })
}

fn faults(house: &House, rule: Rule, is_wrong: impl Fn(Place, Place) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (file, own) in house.files.iter().enumerate() {
        let Some(from) = place(house, file) else {
            continue;
        };
        let mut wrong: Vec<&Use> = house
            .imports(file)
            .filter(|used| house.files[used.file].room() == own.room())
            .filter(|used| place(house, used.file).is_some_and(|to| is_wrong(from, to)))
            .collect();
        wrong.sort_by_key(|used| (used.file, &used.name));
        wrong.dedup_by_key(|used| (used.file, &used.name));
        faults.extend(wrong.into_iter().map(|used| Fault {
            rule,
            room: own.room().to_owned(),
            key: own.path.clone(),
            text: format!(
                "{}:{} -> {}: {}",
                own.path, used.line, house.files[used.file].path, used.name
            ),
        }));
    }
    faults
}

/// Where a file stands; none for `lib.rs`.
fn place(house: &House, file: usize) -> Option<Place> {
    let module = &house.files[file].module;
    let room = module.get(..1)?.to_vec();
    let Some(below) = module.get(1) else {
        return Some(Place::Contents);
    };
    let children = house.children(&room);
    let at = children.iter().position(|child| child == below)?;
    let is_folder = house.is_folder(&vec![room[0].clone(), below.clone()]);
    Some(if is_folder {
        Place::Folder(at)
    } else {
        Place::Ground
    })
}

#[test]
fn a_folder_imports_earlier_folders_of_its_room_only() {
    let house = House::of(&Sources::of_this_crate());
    check(Rule::FolderOrder, order_faults(&house));
}

#[test]
fn the_ground_of_a_room_imports_no_folder() {
    let house = House::of(&Sources::of_this_crate());
    check(Rule::Ground, ground_faults(&house));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(low: &str, ground: &str) -> House {
        House::of(&Sources::made(&[
            ("src/lib.rs", "mod room;"),
            (
                "src/room/mod.rs",
                "mod ground; mod low; mod high; pub use high::H;",
            ),
            ("src/room/ground.rs", ground),
            ("src/room/low/mod.rs", "mod l; pub use l::L;"),
            ("src/room/low/l.rs", low),
            ("src/room/high/mod.rs", "mod h; pub use h::H;"),
            (
                "src/room/high/h.rs",
                "use super::super::low::L; pub struct H;",
            ),
        ]))
    }

    #[test]
    fn a_folder_that_imports_a_later_one_is_found() {
        let wrong = made("use crate::room::H; pub struct L;", "");
        let faults = order_faults(&wrong);
        assert_eq!(faults.len(), 1);
        assert_eq!(
            faults[0].to_string(),
            "src/room/low/l.rs:1 -> src/room/high/h.rs: H"
        );
        assert!(order_faults(&made("pub struct L;", "")).is_empty());
    }

    #[test]
    fn a_folder_whose_contents_page_shows_a_later_one_is_found() {
        let house = House::of(&Sources::made(&[
            ("src/lib.rs", "mod room;"),
            ("src/room/mod.rs", "mod low; mod high;"),
            ("src/room/low/mod.rs", "pub use super::high::H;"),
            ("src/room/high/mod.rs", "pub struct H;"),
        ]));
        assert_eq!(order_faults(&house).len(), 1);
    }

    #[test]
    fn a_file_of_the_ground_that_imports_a_folder_is_found() {
        let wrong = made("pub struct L;", "fn f() { super::low::L::new(); }");
        let faults = ground_faults(&wrong);
        assert_eq!(
            faults[0].to_string(),
            "src/room/ground.rs:1 -> src/room/low/l.rs: L"
        );
        assert!(
            ground_faults(&made(
                "use super::super::room::ground::G; pub struct L;",
                "pub struct G;"
            ))
            .is_empty()
        );
    }
}
