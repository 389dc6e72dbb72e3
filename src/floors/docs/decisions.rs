//! The index of the decisions.

use std::fs;

use super::page::{in_package, page};

/// The pages of a folder that its index does not link to.
fn unlisted(index: &str, pages: &[String]) -> Vec<String> {
    pages
        .iter()
        .filter(|page| *page != "README.md" && !index.contains(&format!("]({page})")))
        .cloned()
        .collect()
}

#[test]
fn the_index_of_decisions_lists_every_page() {
    let pages: Vec<String> = fs::read_dir(in_package("docs/decisions"))
        .expect("a readable folder")
        .map(|entry| entry.expect("a readable entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let missing = unlisted(&page("docs/decisions/README.md").text, &pages);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_page_that_an_index_does_not_list_is_found() {
    let pages = ["README.md", "a.md", "b.md"].map(str::to_owned);
    assert_eq!(unlisted("[A](a.md)", &pages), ["b.md"]);
    assert!(unlisted("[A](a.md) [B](b.md)", &pages).is_empty());
}
