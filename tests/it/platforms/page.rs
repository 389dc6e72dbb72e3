//! The code of a page of `docs/integrations`: what is tested is what is read there.

use std::path::Path;

use tempfile::TempDir;

/// A folder with every block of code of the page, each under the name that stands in its first line.
pub(super) fn code(page: &str) -> TempDir {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/integrations/{page}.md"));
    let text = std::fs::read_to_string(path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Every second part is within a fence.
    for block in text.split("\n```").skip(1).step_by(2) {
        let (_language, code) = block.split_once('\n').unwrap();
        let first = code.lines().next().unwrap();
        let name = first.split_whitespace().last().unwrap();
        assert!(!name.contains('/'), "no name of a file: {first}");
        std::fs::write(folder.path().join(name), format!("{code}\n")).unwrap();
    }
    folder
}
