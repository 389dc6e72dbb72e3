//! The rights of the files that are given: one rule for all of them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn every_file_that_others_may_write_is_refused() {
    let db = people(Backend::Sqlite, 1);
    let saltern = saltern_on(&db);
    let file = |name: &str, text: &str| {
        let path = saltern.folder().join(name);
        std::fs::write(&path, text).unwrap();
        set_mode(&path, 0o600);
        path
    };
    let words = file("words", "dragon\n");
    saltern.configure(&format!(
        "{PARENTS}{CHEAP}[known]\nwordlist = [\"words\"]\n"
    ));
    let toml = saltern.folder().join("saltern.toml");
    let scan = || saltern.run(&["scan"]);
    assert_eq!(scan().code(), Some(0), "{}", scan().stderr);
    for path in [&toml, &words] {
        for (mode, refused) in [(0o644, false), (0o664, true), (0o666, true), (0o600, false)] {
            set_mode(path, mode);
            let finished = scan();
            let says = finished.stderr.contains("others may write it");
            assert_eq!(says, refused, "{path:?} {mode:o}: {}", finished.stderr);
            assert_eq!(finished.code() != Some(0), refused, "{path:?} {mode:o}");
        }
    }
}

#[test]
fn a_secret_that_its_group_reads_warns_and_one_that_others_read_is_refused() {
    let saltern = Saltern::new("sqlite:nowhere.db", "");
    let url = saltern.folder().join("url");
    std::fs::write(&url, "sqlite:nowhere.db").unwrap();
    let toml = saltern.folder().join("saltern.toml");
    std::fs::write(
        &toml,
        format!("[database]\nurl_file = \"url\"\n{PARENTS}{CHEAP}"),
    )
    .unwrap();
    set_mode(&toml, 0o644);
    for (mode, said) in [
        (0o640, "its group may read it"),
        (0o440, "its group may read it"),
        (0o604, "others may read it"),
        (0o620, "others may write it"),
    ] {
        set_mode(&url, mode);
        let finished = saltern.run(&["scan"]);
        assert!(
            finished.stderr.contains(said),
            "{mode:o}: {}",
            finished.stderr
        );
    }
}
