//! The pages as text.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::source::files_in;

/// A page by its path from the package.
pub(super) struct Page {
    pub(super) path: String,
    pub(super) text: String,
}

/// A file of the package.
pub(super) fn in_package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(super) fn page(path: &str) -> Page {
    Page {
        path: path.to_owned(),
        text: fs::read_to_string(in_package(path)).expect("a readable page"),
    }
}

/// The README and every page of docs/.
pub(super) fn pages() -> Vec<Page> {
    let mut files = Vec::new();
    files_in(&in_package("docs"), &mut files);
    let mut pages: Vec<Page> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "md"))
        .map(|file| {
            let path = file.strip_prefix(in_package("")).expect("in the package");
            page(&path.to_string_lossy())
        })
        .collect();
    pages.push(page("README.md"));
    pages
}

/// The lines that are prose or tables, with their numbers; blocks of code are left out.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence && !line.starts_with("    ")
    })
}

/// What stands between backticks, with the numbers of the lines.
pub(super) fn quoted(text: &str) -> Vec<(usize, &str)> {
    lines(text)
        .flat_map(|(number, line)| {
            let inside = line.split('`').skip(1).step_by(2);
            inside.map(move |word| (number, word))
        })
        .collect()
}

#[test]
fn what_stands_in_code_is_no_prose() {
    let text = "a `b` c\n```\n`d`\n```\n    `e`\n- `f`, `g`\n";
    assert_eq!(quoted(text), [(1, "b"), (6, "f"), (6, "g")]);
}
