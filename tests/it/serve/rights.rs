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

#[test]
fn a_quiet_run_says_nothing_of_a_secret_that_its_group_reads() {
    let db = people(Backend::Sqlite, 1);
    let saltern = Saltern::new("sqlite:nowhere.db", "");
    let url = saltern.folder().join("url");
    std::fs::write(&url, db.url()).unwrap();
    set_mode(&url, 0o640);
    let toml = saltern.folder().join("saltern.toml");
    let text = format!("[database]\nurl_file = \"url\"\n{PARENTS}{CHEAP}");
    std::fs::write(&toml, text).unwrap();
    set_mode(&toml, 0o644);
    for (arguments, warns) in [
        (&["run", "--execute"][..], true),
        (&["run", "--execute", "-q"], false),
    ] {
        let finished = saltern.run(arguments).expect_code(0);
        let says = finished.stderr.contains("its group may read it");
        assert_eq!(says, warns, "{}", finished.stderr);
    }
}

#[test]
fn what_saltern_writes_under_a_lax_umask_it_takes() {
    let db = people(Backend::Sqlite, 1);
    let mut saltern = Saltern::new(&db.url(), "");
    saltern.set("HOME", ".");
    let lax = ["sh", "-c", "umask 000; exec \"$@\"", "sh"];
    let run = |arguments: &[&str]| saltern.spawn_within(&lax, arguments).finish();
    run(&["init", "-c", "new.toml"]).expect_code(0);
    run(&["doctor", "-c", "new.toml"]);
    run(&["scan", "-c", "new.toml"]).expect_code(0);
    run(&["demo", "--dir", "demo"]).expect_code(0);
    run(&["scan", "-c", "demo/saltern.toml"]).expect_code(0);
    for path in ["new.toml", "demo/saltern.toml"] {
        let metadata = std::fs::metadata(saltern.folder().join(path)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o644, "{path}");
    }
}
