//! The text of the source: the files of `src/`, or files that a test has made up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Texts by path, relative to the package: `src/lib.rs`.
pub(super) struct Sources {
    pub(super) files: BTreeMap<String, String>,
}

impl Sources {
    /// Everything under `src/`, tests among it.
    pub(super) fn of_this_crate() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        files_in(&package.join("src"), &mut paths);
        let files = paths
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| {
                let text = fs::read_to_string(&path).expect("a readable file");
                let relative = path.strip_prefix(package).expect("a file of the package");
                (relative.to_string_lossy().into_owned(), text)
            })
            .collect();
        Self { files }
    }

    /// Files that a test has made up.
    pub(super) fn made(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        Self { files }
    }
}

/// Appends every file under a folder, in no particular order.
pub(super) fn files_in(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files_in(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The room of a file: the first name below `src/`.
pub(super) fn room_of(path: &str) -> &str {
    let below = path.strip_prefix("src/").unwrap_or(path);
    let room = below.split('/').next().unwrap_or(below);
    room.strip_suffix(".rs").unwrap_or(room)
}
