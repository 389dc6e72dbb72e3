//! Marks in a column of their own: what stands in the values is native, and both columns change together.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::json;

use super::{CHEAP, Parents, md5, password_of};
use crate::servers::{self, Backend, Missing};

/// What `openssl passwd -1 -salt saltsalt` makes of `pässword 7`.
const CRYPTED: &str = "$1$saltsalt$P9gJ6HGRqJ5CdYK5WiS3N0";

/// A login by argon2-cffi and hashlib: the mark says what to do with the password first, and the value is given to the library as it is.
const BY_ARGON2_CFFI: &str = r#"
import hashlib, json, sys
import argon2
for line in sys.stdin:
    stored, mark, password = json.loads(line)
    if mark == "md5":
        password = hashlib.md5(password.encode()).hexdigest()
    try:
        print(argon2.PasswordHasher().verify(stored, password))
    except argon2.exceptions.VerifyMismatchError:
        print(False)
"#;

/// Parents whose marks have a column; `more` stands behind its type.
fn parents(backend: Backend, rows: u64, more: &str) -> Parents {
    let mut parents = Parents::new(backend, rows);
    parents.db.exec(&format!(
        "ALTER TABLE parent ADD COLUMN mark VARCHAR(60) {more}"
    ));
    parents.saltern.configure(&format!(
        "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"md5\"\nreaders_ready = true\n\
         {CHEAP}marker_column = \"mark\"\n[[rule]]\nwhen = {{ scheme = \"md5crypt\" }}\ndo = \"wrap\"\n"
    ));
    parents
}

impl Parents {
    /// A row's value and mark.
    fn both(&mut self, id: u64) -> (String, Option<String>) {
        let sql = format!("SELECT password, mark FROM parent WHERE id = {id}");
        let mut row = self.db.query(&sql).remove(0);
        let mark = row.pop().unwrap();
        (row.pop().unwrap().unwrap(), mark)
    }
}

on_each_backend!(
    what_is_wrapped_is_native_by_another_implementation,
    |backend| {
        let mut parents = parents(backend, 300, "");
        parents.db.exec(&format!(
            "UPDATE parent SET password = '{CRYPTED}' WHERE id = 7"
        ));
        // A mark that an application has left beside a value of its own.
        parents
            .db
            .exec("UPDATE parent SET mark = 'md5' WHERE id = 8");

        parents.execute(&["-q"]).expect_code(0);
        parents
            .execute(&["-q", "--exit-nothing-to-do"])
            .expect_code(9);

        let native = "password LIKE '$argon2id$v=19$m=64,t=1,p=1$%'";
        let all = format!("SELECT COUNT(*) FROM parent WHERE {native} AND mark = 'md5'");
        assert_eq!(parents.db.count(&all), 299);
        let (stored, mark) = parents.both(7);
        assert!(
            stored.starts_with("$argon2id$") && !stored.contains("$is="),
            "{stored}"
        );
        assert!(mark.unwrap().starts_with("md5crypt$is="));
        check_by_argon2_cffi(&mut parents, 300);
        let scan = parents
            .saltern
            .run(&["scan", "--json"])
            .expect_code(0)
            .json();
        assert_eq!(scan["credentials"][0]["rows"], 300, "{scan}");
        let lines = scan["credentials"][0]["lines"].to_string();
        assert!(
            lines.contains("argon2id over md5\"") && lines.contains("argon2id over md5crypt"),
            "{lines}"
        );
    }
);

/// Who knows the password gets in, and who knows the digest does not.
fn check_by_argon2_cffi(parents: &mut Parents, rows: u64) {
    let Some(python) = std::env::var_os("SALTERN_TEST_PYTHON") else {
        let missing = Missing("SALTERN_TEST_PYTHON names no Python".to_owned());
        return servers::leave_out(&missing);
    };
    let mut asked = Vec::new();
    for id in (0..rows).filter(|id| *id != 7) {
        let (stored, mark) = parents.both(id);
        let password = password_of(id);
        for typed in [&password, &md5(&password)] {
            writeln!(asked, "{}", json!([stored, mark, typed])).unwrap();
        }
    }
    let mut child = Command::new(python)
        .args(["-c", BY_ARGON2_CFFI])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(&asked).unwrap());
        let output = child.wait_with_output().unwrap();
        let answers = String::from_utf8(output.stdout).unwrap();
        let answers: Vec<&str> = answers.lines().collect();
        let rows = usize::try_from(rows - 1).unwrap();
        assert_eq!(answers, ["True", "False"].repeat(rows));
    });
}

on_each_backend!(value_and_mark_change_together_or_not_at_all, |backend| {
    let mut parents = parents(backend, 40, "NOT NULL DEFAULT ''");
    parents.execute(&["-q"]).expect_code(0);
    let (wrapped, _) = parents.both(1);
    // An old server that knows nothing of marks, and one that empties them with what it writes.
    parents.db.exec(&format!(
        "UPDATE parent SET password = '{}' WHERE id = 2",
        md5("new")
    ));
    let native = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    parents.db.exec(&format!(
        "UPDATE parent SET password = '{native}', mark = '' WHERE id = 3"
    ));

    parents.execute(&["-q"]).expect_code(0);
    parents
        .saltern
        .run(&[
            "relabel",
            "--from",
            "md5",
            "--to",
            "ntlm",
            "--execute",
            "-q",
        ])
        .expect_code(0);

    assert_eq!(
        parents.both(1),
        (wrapped, Some("ntlm".to_owned())),
        "relabel changes the mark alone"
    );
    let (again, mark) = parents.both(2);
    assert!(again.starts_with("$argon2id$"), "{again}");
    assert_eq!(mark.as_deref(), Some("ntlm"));
    assert_eq!(parents.both(3), (native.to_owned(), Some(String::new())));

    parents
        .saltern
        .run(&["reset", "--wrapped", "--execute", "--confirm", "39", "-q"])
        .expect_code(0);
    let (dead, mark) = parents.both(1);
    assert!(dead.starts_with("!saltern:reset:"), "{dead}");
    assert_eq!(mark.as_deref(), Some(""));
});

on_each_backend!(a_column_that_takes_no_mark_is_refused, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    let mut parents = parents(backend, 5, "");
    parents.db.exec("ALTER TABLE parent DROP COLUMN mark");
    let missing = parents.execute(&["-q"]).expect_code(4);
    assert!(missing.stderr.contains("mark"), "{}", missing.stderr);
    parents
        .db
        .exec("ALTER TABLE parent ADD COLUMN mark VARCHAR(2)");
    let narrow = parents.execute(&["-q"]).expect_code(4);
    assert!(narrow.stderr.contains("longest label"), "{}", narrow.stderr);
    parents.db.exec("ALTER TABLE parent DROP COLUMN mark");
    parents
        .db
        .exec("ALTER TABLE parent ADD COLUMN mark INTEGER");
    let number = parents.execute(&["-q"]).expect_code(4);
    assert!(number.stderr.contains("text"), "{}", number.stderr);
});
