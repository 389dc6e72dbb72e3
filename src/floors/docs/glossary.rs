//! The words of the glossary, and the files of the page for contributors, exist in the source.

use std::collections::BTreeSet;

use super::super::house::House;
use super::super::source::Sources;
use super::page::{page, quoted};

/// The words in backticks that begin with a capital and are no type of the source.
fn unknown<'a>(text: &'a str, types: &BTreeSet<&str>) -> Vec<&'a str> {
    quoted(text)
        .into_iter()
        .map(|(_, word)| word)
        .filter(|word| {
            let is_name = word.chars().all(|c| c.is_ascii_alphanumeric());
            let has_small = word.contains(|c: char| c.is_ascii_lowercase());
            is_name && has_small && word.starts_with(|c: char| c.is_ascii_uppercase())
        })
        .filter(|word| !types.contains(word))
        .collect()
}

#[test]
fn a_word_of_the_glossary_that_is_a_type_exists() {
    let house = House::of(&Sources::of_this_crate());
    let types = house.files.iter().flat_map(|file| &file.facts.types);
    let types: BTreeSet<&str> = types.map(|definition| definition.name.as_str()).collect();
    for path in [
        "docs/glossary.md",
        "docs/architecture.md",
        "docs/contributing.md",
    ] {
        let page = page(path);
        let unknown = unknown(&page.text, &types);
        assert!(unknown.is_empty(), "{path}: {unknown:?}");
    }
}

#[test]
fn a_word_that_is_no_type_is_found() {
    let types = BTreeSet::from(["Swap"]);
    let text = "`Swap` `Swop` `swap` `SQL` `UPDATE x` `Swap::new`";
    assert_eq!(unknown(text, &types), ["Swop"]);
}
