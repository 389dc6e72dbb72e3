//! Tokens for everybody who was reset, in a file: each user one, none that is good and stands in no file, whatever is killed.

use std::collections::{BTreeMap, HashSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use super::*;
use crate::saltern::Finished;
#[cfg(feature = "failpoints")]
use crate::saltern::POINTS;
use crate::servers;

/// The last of them is a service, and was never reset.
const PEOPLE: u64 = 21;
const FREE: &str = "logins_burst = 0\nfailures_max = 0\nresets_burst = 0\n";

/// Everybody below the id was reset.
fn reset(backend: Backend, people: u64, below: u64) -> (TestDb, Saltern) {
    let mut db = super::people(backend, people);
    db.exec("UPDATE parent SET is_service = 1 WHERE id = 20");
    let saltern = saltern_on(&db);
    saltern.configure(&format!("{PARENTS}{CHEAP}"));
    let whom = format!("id < {below}");
    let reset = [
        "reset",
        "--where",
        &whom,
        "--execute",
        "--confirm",
        "9999",
        "-q",
    ];
    saltern.run(&reset).expect_code(0);
    (db, saltern)
}

fn tokens(saltern: &Saltern, more: &[&str]) -> Finished {
    saltern.run(&[&["reset", "tokens"][..], more].concat())
}

fn table(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "saltern.reset_token",
        _ => "saltern_reset_token",
    }
}

/// The tokens of a file by the id of their users.
fn read(path: &Path) -> BTreeMap<u64, String> {
    by_id(&std::fs::read_to_string(path).unwrap())
}

fn by_id(text: &str) -> BTreeMap<u64, String> {
    let mut tokens = BTreeMap::new();
    for line in text.lines() {
        // The last line of a file that was not finished may be cut.
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let key: Vec<String> = serde_json::from_str(line["key"].as_str().unwrap()).unwrap();
        let id: u64 = key[0].parse().unwrap();
        assert_eq!(line["credential"], "parents");
        assert_eq!(line["login"], login_of(id).as_str());
        let token = line["token"].as_str().unwrap().to_owned();
        assert!(
            tokens.insert(id, token).is_none(),
            "{id} stands there twice"
        );
    }
    tokens
}

fn hash(token: &str) -> String {
    let digest = Sha256::digest(token);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hashes of the tokens that are good, and of whom.
fn good(db: &mut TestDb) -> Vec<(String, String)> {
    let sql = format!(
        "SELECT token_hash, row_key FROM {} WHERE expires_ms > 1600000000000 ORDER BY row_key",
        table(db.backend())
    );
    db.query(&sql)
        .into_iter()
        .map(|mut row| {
            let key = row.pop().unwrap().unwrap();
            (row.pop().unwrap().unwrap(), key)
        })
        .collect()
}

/// No user has two good tokens, and all of them stand in the file.
fn check_good(db: &mut TestDb, path: &Path, users: u64) {
    let good = good(db);
    let of: HashSet<&String> = good.iter().map(|(_, key)| key).collect();
    assert_eq!((good.len() as u64, of.len() as u64), (users, users));
    let written: HashSet<String> = read(path).values().map(|token| hash(token)).collect();
    assert_eq!(written.len() as u64, users);
    for (hash, key) in good {
        assert!(written.contains(&hash), "the token of {key} is in no file");
    }
}

on_each_backend!(who_was_reset_gets_a_token_in_a_file, |backend| {
    let (mut db, saltern) = reset(backend, PEOPLE, 10);
    set(&mut db, 3, Some(&md5("chosen since")));
    set(&mut db, 15, Some("!saltern:reset:AAAAAAAAAAAAAAAAAAAAAA"));
    let file = saltern.folder().join("tokens.jsonl");

    let dry = tokens(&saltern, &[]).expect_code(0).stdout;
    assert!(dry.contains("9 users were reset"), "{dry}");
    tokens(&saltern, &["--execute"]).expect_code(2);
    tokens(&saltern, &["--output", "none/tokens", "--execute"]).expect_code(2);
    assert!(good(&mut db).is_empty());

    let made = ["--output", "tokens.jsonl", "--execute"];
    let finished = tokens(&saltern, &made).expect_code(0);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let written = read(&file);
    let ids: Vec<u64> = written.keys().copied().collect();
    assert_eq!(
        ids,
        [0, 1, 2, 4, 5, 6, 7, 8, 9],
        "the ledger knows of no other"
    );
    check_good(&mut db, &file, 9);
    let said = format!("{}{}", finished.stdout, finished.stderr);
    let kept = format!(
        "{:?}",
        db.query(&format!("SELECT * FROM {}", table(backend)))
    );
    for token in written.values() {
        assert!(!said.contains(token.as_str()) && !kept.contains(token.as_str()));
    }
    let files = std::fs::read_dir(saltern.folder()).unwrap();
    let names: Vec<String> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !names.iter().any(|name| name.ends_with(".part")),
        "{names:?}"
    );

    // No file is overwritten, and nobody gets a second one beside a good one.
    tokens(&saltern, &made).expect_code(2);
    assert_eq!(read(&file), written);
    let again = ["--output", "again.csv", "--execute"];
    let nobody = tokens(&saltern, &again).expect_code(0).stdout;
    assert!(
        nobody.contains("nobody") && nobody.contains("9 have one"),
        "{nobody}"
    );
    assert!(!saltern.folder().join("again.csv").exists());

    let sidecar = Sidecar::start(&saltern, &format!("{PARENTS}{CHEAP}"), FREE);
    assert_eq!(sidecar.finish_reset(&written[&0], "new"), "changed");
    assert_eq!(sidecar.login(&login_of(0), "new"), matched(false));
    assert_eq!(sidecar.finish_reset(&written[&0], "newer"), "void_token");
    // Who asks for another gets one, and may use either.
    let asked = sidecar.start_reset(&login_of(1));
    assert_eq!(sidecar.finish_reset(&written[&1], "new"), "changed");
    assert_eq!(sidecar.finish_reset(&asked, "newer"), "void_token");

    // A file that was lost, or found by somebody else.
    tokens(&saltern, &[&again[..], &["--replace"]].concat()).expect_code(0);
    let csv = std::fs::read_to_string(saltern.folder().join("again.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((lines[0], lines.len()), ("credential,key,login,token", 8));
    let before = format!("parents,\"[\"\"2\"\"]\",{},", login_of(2));
    let token = lines[1].strip_prefix(&before).unwrap();
    assert_eq!(sidecar.finish_reset(&written[&2], "new"), "void_token");
    assert_eq!(sidecar.finish_reset(token, "new"), "changed");

    let config = format!("{PARENTS}{CHEAP}").replace("readers_ready = true", "");
    saltern.configure(&config);
    tokens(&saltern, &["--output", "unready", "--execute"]).expect_code(4);
});

on_each_backend!(who_was_reset_softly_gets_one_too, |backend| {
    let mut db = super::people(backend, 8);
    db.exec("ALTER TABLE parent ADD COLUMN must_reset INTEGER DEFAULT 0");
    let saltern = saltern_on(&db);
    let config = format!("{PARENTS}[credential.on_reset]\nmust_change = \"must_reset\"\n{CHEAP}");
    saltern.configure(&config);
    let soft = "reset --soft --where id<5 --execute --confirm 5 -q";
    let soft: Vec<&str> = soft.split_whitespace().collect();
    saltern.run(&soft).expect_code(0);
    // One has changed it by the old password, one was locked, and one must change it for another reason.
    db.exec("UPDATE parent SET must_reset = 0 WHERE id = 2");
    set(&mut db, 3, Some("!"));
    db.exec("UPDATE parent SET must_reset = 1 WHERE id = 6");

    tokens(&saltern, &["--output", "tokens.jsonl", "--execute"]).expect_code(0);

    let written = read(&saltern.folder().join("tokens.jsonl"));
    assert_eq!(written.keys().copied().collect::<Vec<_>>(), [0, 1, 4]);
    let sidecar = Sidecar::start(&saltern, &config, FREE);
    assert_eq!(
        sidecar.finish_reset(&written[&0], &password_of(0)),
        "old_password"
    );
    assert_eq!(sidecar.finish_reset(&written[&0], "new"), "changed");
    assert_eq!(sidecar.login(&login_of(0), "new"), matched(false));
    assert_eq!(db.count("SELECT must_reset FROM parent WHERE id = 0"), 0);
    // A login by the old password makes a strong value of it, for which this token was not made.
    assert_eq!(
        sidecar.login(&login_of(4), &password_of(4))["outcome"],
        "reset_required"
    );
    assert_eq!(sidecar.finish_reset(&written[&4], "new"), "void_token");
});

#[cfg(feature = "failpoints")]
on_each_backend!(
    killed_at_any_point_each_user_has_one_token_in_a_file,
    |backend| {
        let users = 2_300;
        let (mut db, mut saltern) = reset(backend, users, users);
        let users = users - 1;
        let file = saltern.folder().join("tokens.jsonl");
        let made = ["--output", "tokens.jsonl", "--execute"];
        for point in [
            "tokens-before-keep",
            "tokens-after-keep",
            "tokens-before-keep=kill@2",
            "tokens-before-sync",
            "tokens-after-sync",
        ] {
            saltern.set(POINTS, point);
            assert_eq!(tokens(&saltern, &made).signal(), Some(9), "{point}");
            assert!(!file.exists(), "{point}");
            assert_eq!(good(&mut db), [], "{point}: a token is good too early");
        }
        saltern.set(POINTS, "tokens-after-good");
        assert_eq!(tokens(&saltern, &made).signal(), Some(9));
        assert!(!file.exists());
        assert_eq!(good(&mut db).len() as u64, users);

        saltern.set(POINTS, "");
        // The version before left a good batch under the name that it was made as.
        let part = std::fs::read_dir(saltern.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "part"))
            .unwrap();
        let name = part.file_stem().unwrap().to_str().unwrap();
        let as_made = name.strip_prefix("tokens.jsonl.").unwrap();
        let digest = db
            .value(&format!("SELECT MAX(batch) FROM {}", table(backend)))
            .unwrap();
        let rename = |db: &mut TestDb, from: &str, to: &str| {
            db.exec(&format!(
                "UPDATE {} SET batch = '{to}' WHERE batch = '{from}'",
                table(backend)
            ))
        };
        rename(&mut db, &digest, as_made);
        let refused = tokens(&saltern, &made).expect_code(4).stderr;
        assert!(refused.contains(as_made), "{refused}");
        assert!(part.exists());
        rename(&mut db, as_made, &digest);
        let resumed = tokens(&saltern, &made).expect_code(0).stdout;
        assert!(resumed.contains("call that was killed"), "{resumed}");
        check_good(&mut db, &file, users);

        // At the very end the file has its name and nothing is left to be done.
        saltern.set(POINTS, "tokens-after-name");
        let other = ["--output", "other.jsonl", "--execute", "--replace"];
        assert_eq!(tokens(&saltern, &other).signal(), Some(9));
        check_good(&mut db, &saltern.folder().join("other.jsonl"), users);

        // Two at once: one of them does it.
        saltern.set(POINTS, "tokens-before-sync=sleep:3000");
        let third = ["--output", "third.jsonl", "--execute", "--replace"];
        let mut first = saltern.spawn(&[&["reset", "tokens"][..], &third].concat());
        let is_writing = |db: &mut TestDb| {
            let all = format!(
                "SELECT COUNT(*) FROM {} WHERE expires_ms = 0",
                table(backend)
            );
            db.count(&all) == users
        };
        assert!(first.wait_until(|_| is_writing(&mut db)));
        saltern.set(POINTS, "");
        tokens(&saltern, &["--output", "fourth.jsonl", "--execute"]).expect_code(11);
        first.finish().expect_code(0);
        check_good(&mut db, &saltern.folder().join("third.jsonl"), users);
    }
);

#[test]
fn a_file_for_recipients_is_decrypted_by_another_implementation() {
    let Some(python) = std::env::var_os("SALTERN_TEST_PYTHON") else {
        return servers::leave_out(&crate::servers::Missing(
            "SALTERN_TEST_PYTHON names no Python".to_owned(),
        ));
    };
    let ask = |script: &str, arguments: &[&str]| {
        let output = Command::new(&python)
            .args(["-c", script])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let users = 1_500;
    let (mut db, saltern) = reset(Backend::Sqlite, users, users);
    let make = "import pyrage\nfor n in range(2):\n i = pyrage.x25519.Identity.generate()\n print(i)\n print(i.to_public())";
    let made = ask(make, &[]);
    let identities: Vec<&str> = made.lines().collect();
    let path = saltern.folder().join("tokens.jsonl.age");
    let to = |recipient: &str| {
        tokens(
            &saltern,
            &[
                "--output",
                "tokens.jsonl.age",
                "--execute",
                "--recipient",
                recipient,
                "--recipient",
                identities[3],
            ],
        )
    };
    let slip = identities[1].replace("age1", "age1q");
    let refused = to(&slip).expect_code(2).stderr;
    assert!(refused.contains("recipient of age"), "{refused}");
    to(identities[1]).expect_code(0);

    let raw = std::fs::read(&path).unwrap();
    assert!(!String::from_utf8_lossy(&raw).contains("parents"));
    let open = "import pyrage, sys\ni = pyrage.x25519.Identity.from_str(sys.argv[1])\nsys.stdout.buffer.write(pyrage.decrypt(open(sys.argv[2], 'rb').read(), [i]))";
    let kept: HashSet<String> = good(&mut db).into_iter().map(|(hash, _)| hash).collect();
    for identity in [identities[0], identities[2]] {
        let text = ask(open, &[identity, path.to_str().unwrap()]);
        assert!(text.len() > 2 << 16, "more than two chunks");
        let hashes: HashSet<String> = by_id(&text).values().map(|token| hash(token)).collect();
        assert_eq!(hashes, kept);
    }
    assert_eq!(kept.len() as u64, users - 1);
}
