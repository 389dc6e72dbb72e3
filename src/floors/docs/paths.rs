//! What a page names by its path exists.

use std::collections::BTreeSet;

use super::super::source::Sources;
use super::page::{in_package, lines, pages, quoted};

/// The files and folders of ours that a page names in backticks and that are not there: what ends
/// in `.rs`, and what begins with a folder of `src/` and has a slash.
fn missing(text: &str, exists: impl Fn(&str) -> bool) -> Vec<(usize, &str)> {
    let is_path = |word: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
        let last = word.rsplit('/').next().unwrap_or_default();
        let is_ours = match (word.split_once('/'), last.split_once('.')) {
            (None, extension) => extension.is_some_and(|(_, extension)| extension == "rs"),
            (Some((first, _)), None) => !first.is_empty() && exists(first),
            (Some((first, _)), Some((_, extension))) => {
                extension == "rs" || ["md", "py", "sql"].contains(&extension) && exists(first)
            }
        };
        word.chars().all(is_plain) && is_ours
    };
    quoted(text)
        .into_iter()
        .filter(|(_, word)| is_path(word) && !exists(word))
        .collect()
}

/// The targets of links that are no files beside the page.
fn broken(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let prose: Vec<String> = lines(text)
        .map(|(_, line)| line.split('`').step_by(2).collect())
        .collect();
    prose
        .join("\n")
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://") && !exists(target))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_files_that_a_page_names_exist() {
    let sources = Sources::of_this_crate();
    let names: BTreeSet<&str> = sources
        .files
        .keys()
        .filter_map(|path| path.rsplit('/').next())
        .collect();
    for page in pages() {
        // A page on one room names its files without the folder.
        let exists = |path: &str| {
            let path = path.trim_end_matches('/');
            let fronts = ["", "src"];
            let is_there = |front: &&str| in_package(front).join(path).exists();
            names.contains(path) || fronts.iter().any(is_there)
        };
        let missing = missing(&page.text, exists);
        assert!(missing.is_empty(), "{}: {missing:?}", page.path);
    }
}

#[test]
fn the_pages_that_a_page_links_to_exist() {
    for page in pages() {
        let own = in_package(&page.path);
        let beside = own.parent().expect("a page stands in a folder");
        let broken = broken(&page.text, |target| beside.join(target).exists());
        assert!(broken.is_empty(), "{}: {broken:?}", page.path);
    }
}

#[test]
fn a_file_that_does_not_exist_is_found() {
    let exists = |path: &str| {
        ["engine", "engine/run", "cli", "cli/exit.rs"].contains(&path.trim_end_matches('/'))
    };
    let text = "`engine/run/` `engine/fly/` `cli/exit.rs` `cli/gone.rs` `and/or` `SELECT /x`";
    assert_eq!(
        missing(text, exists),
        [(1, "engine/fly/"), (1, "cli/gone.rs")]
    );
    let text = "[a](a.md) [b](b.md#c) [d](#e) [f](https://example.org)";
    assert_eq!(broken(text, |target| target == "a.md"), ["b.md"]);
}
