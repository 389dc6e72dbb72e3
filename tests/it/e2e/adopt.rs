//! Wraps that a script of the application's own has made, in PHP: they are proven, get their label, and everybody logs in by the sidecar and
//! by the library; what is something else, or not proven, is left alone.

use saltern::scheme::{Context, Declared, Scheme, verify};
use saltern::secret::{InnerSalt, Password, StoredHash};
use serde_json::json;

use super::CHEAP;
use crate::db::TestDb;
use crate::outside;
use crate::saltern::{Finished, Saltern};
use crate::serve::Sidecar;
use crate::servers::{self, Backend};

const MEMBERS: u64 = 60;
const COMMON: [&str; 6] = [
    "123456", "password", "dragon", "monkey", "qwerty", "letmein",
];

/// What PHP makes of `$pass` and `$salt`.
const OVER_WHIRLPOOL: &str =
    "password_hash(hash('whirlpool', $pass), PASSWORD_BCRYPT, ['cost' => 4])";
const OVER_SALTED: &str = "password_hash(md5($salt . $pass), PASSWORD_BCRYPT, ['cost' => 4])";

struct Members {
    db: TestDb,
    saltern: Saltern,
}

fn password_of(id: u64) -> String {
    match id % 3 {
        0 => COMMON[id as usize / 3 % COMMON.len()].to_owned(),
        _ => format!("pässword {id}"),
    }
}

fn login_of(id: u64) -> String {
    format!("m{id}@example.org")
}

impl Members {
    /// The members with the values that PHP makes; none where there is no PHP.
    fn new(backend: Backend, php: &str) -> Option<Self> {
        let given: Vec<String> = (0..MEMBERS)
            .map(|id| format!("{id} x{id} {}", password_of(id)))
            .collect();
        let code = format!("[$id, $salt, $pass] = explode(' ', $line, 3); echo {php};");
        let values = match outside::by_php(&code, &given) {
            Ok(values) => values,
            Err(missing) => {
                servers::leave_out(&missing);
                return None;
            }
        };
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE member (id INTEGER PRIMARY KEY, email VARCHAR(60), pw_salt VARCHAR(20), password VARCHAR(255), label VARCHAR(60))");
        db.insert(
            "member",
            &["id", "email", "pw_salt", "password"],
            (0..MEMBERS).zip(values).map(|(id, value)| {
                [
                    Some(id.to_string()),
                    Some(login_of(id)),
                    Some(format!("x{id}")),
                    Some(value),
                ]
            }),
        );
        let saltern = Saltern::new(&db.url(), "");
        let members = Self { db, saltern };
        members.configure(&config("auto", ""));
        Some(members)
    }

    fn configure(&self, config: &str) {
        self.saltern.configure(config);
    }

    fn adopt(&self, wrap: &str, more: &[&str]) -> Finished {
        self.adopt_within("20", wrap, more)
    }

    /// With less time, where nothing can be proven.
    fn adopt_within(&self, seconds: &str, wrap: &str, more: &[&str]) -> Finished {
        let arguments = ["relabel", "--adopt", wrap, "--proof-seconds", seconds];
        self.saltern.run(&[&arguments[..], more].concat())
    }

    fn stored(&mut self) -> Vec<String> {
        let rows = self.db.query("SELECT password FROM member ORDER BY id");
        rows.into_iter()
            .map(|row| row[0].clone().unwrap())
            .collect()
    }

    /// The sidecar lets the right passwords in, and neither wrong ones nor the leaked digest.
    fn check_sidecar(&self, config: &str, digest: fn(u64) -> String) {
        let sidecar = Sidecar::on(&self.db, config, "logins_burst = 0\n");
        for id in 0..8 {
            let (login, password) = (login_of(id), password_of(id));
            for wrong in ["", "wrong", &digest(id)] {
                assert_eq!(sidecar.login(&login, wrong)["outcome"], "mismatch", "{id}");
            }
            let answer = sidecar.login(&login, &password);
            assert_eq!(
                answer,
                json!({ "outcome": "match", "upgraded": true }),
                "{id}"
            );
            assert_eq!(sidecar.login(&login, &password)["outcome"], "match", "{id}");
        }
    }
}

fn config(scheme: &str, more: &str) -> String {
    format!(
        "[[credential]]\nname = \"parents\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"password\"\nlogin = \"email\"\n\
         readers_ready = true\nscheme = \"{scheme}\"\n{more}\n{CHEAP}"
    )
}

fn opens(stored: &str, password: &str, salt: &str) -> bool {
    let salt = InnerSalt::new(salt);
    let context = Context {
        salt: Some(&salt),
        ..Context::default()
    };
    let (stored, password) = (StoredHash::new(stored), Password::new(password));
    verify(&stored, &password, Declared::Auto, &context).expect("a value that can be checked")
}

fn whirlpool(id: u64) -> String {
    let digest = saltern::scheme::digest(Scheme::WHIRLPOOL, password_of(id).as_bytes());
    digest.expect("a digest").to_string()
}

fn salted(id: u64) -> String {
    super::md5(&format!("x{id}{}", password_of(id)))
}

on_each_backend!(
    wraps_of_another_maker_are_proven_labelled_and_everybody_logs_in,
    |backend| {
        let Some(mut members) = Members::new(backend, OVER_WHIRLPOOL) else {
            return;
        };
        let wrap = "bcrypt(whirlpool(pass))";
        let before = members.stored();
        assert!(!opens(&before[1], &password_of(1), ""));

        let dry = members.adopt(wrap, &[]).expect_code(0);
        assert!(dry.stdout.contains("to change   60 rows"), "{}", dry.stdout);
        assert_eq!(members.stored(), before);
        // What it is not is not proven: another digest, and no digest at all.
        let refused = members.adopt_within("2", "bcrypt(sha512(pass))", &["--execute"]);
        let refused = refused.expect_code(4);
        assert!(refused.stderr.contains("not proven"), "{}", refused.stderr);
        let refused = members.adopt("bcrypt(md5(whirlpool(pass)))", &["--execute"]);
        let refused = refused.expect_code(2);
        assert!(
            refused.stderr.contains("nobody would know its label"),
            "{}",
            refused.stderr
        );
        assert_eq!(members.stored(), before);
        let done = members.adopt(wrap, &["--execute"]).expect_code(0);
        assert!(done.stdout.contains("60 done"), "{}", done.stdout);

        for (id, (now, was)) in (0..).zip(members.stored().iter().zip(&before)) {
            assert_eq!(*now, was.replacen("$2y$", "$2y--whirlpool$", 1));
            assert!(opens(now, &password_of(id), ""), "{id}");
            assert!(!opens(now, &whirlpool(id), ""), "the digest is no password");
        }
        // Nothing is left to do, and a scan sees wrapped values.
        members.adopt(wrap, &["--execute", "-q"]).expect_code(0);
        let scan = members.saltern.run(&["scan", "--json"]).expect_code(0);
        assert!(scan.stdout.contains("whirlpool"), "{}", scan.stdout);
        members.check_sidecar(&config("auto", ""), whirlpool);
    }
);

on_each_backend!(
    an_account_proves_a_wrap_over_a_salted_digest_in_a_marker_column_too,
    |backend| {
        // No password is common.
        let Some(mut members) =
            Members::new(backend, &OVER_SALTED.replace("$pass", "$pass . ' rare'"))
        else {
            return;
        };
        let wrap = "bcrypt(md5(salt.pass))";
        let with_salt = config("auto", "salt = \"pw_salt\"\nmarker_column = \"label\"");
        let refused = members.adopt(wrap, &["--execute"]).expect_code(2);
        assert!(
            refused.stderr.contains("needs `salt`"),
            "{}",
            refused.stderr
        );
        members.configure(&with_salt);
        let before = members.stored();
        let refused = members
            .adopt_within("2", wrap, &["--execute"])
            .expect_code(4);
        assert!(refused.stderr.contains("not proven"), "{}", refused.stderr);
        let file = members.saltern.folder().join("pw");
        for (password, code) in [("wrong", 4), ("pässword 7 rare", 0)] {
            std::fs::write(&file, format!("{password}\n")).unwrap();
            let canary = format!("{}:{}", login_of(7), file.display());
            let told = members.adopt_within("2", wrap, &["--execute", "--canary-login", &canary]);
            let told = told.expect_code(code);
            assert!(!told.stderr.contains("rare"), "{}", told.stderr);
        }
        assert_eq!(members.stored(), before, "the value stays as it was");
        let labels = "SELECT COUNT(*) FROM member WHERE label = 'md5-sp'";
        assert_eq!(members.db.count(labels), MEMBERS);
        let sidecar = Sidecar::on(&members.db, &with_salt, "logins_burst = 0\n");
        for id in 0..4 {
            let password = format!("{} rare", password_of(id));
            assert_eq!(
                sidecar.login(&login_of(id), &salted(id))["outcome"],
                "mismatch"
            );
            assert_eq!(
                sidecar.login(&login_of(id), &password)["outcome"],
                "match",
                "{id}"
            );
        }
    }
);

on_each_backend!(
    a_column_of_two_makers_is_not_labelled_and_other_parameters_are_left,
    |backend| {
        // Every third one is the hash of the password itself.
        let mixed = format!(
            "($id % 9 < 3) ? password_hash($pass, PASSWORD_BCRYPT, ['cost' => 4]) : {OVER_WHIRLPOOL}"
        );
        let Some(mut members) = Members::new(backend, &mixed) else {
            return;
        };
        let wrap = "bcrypt(whirlpool(pass))";
        let before = members.stored();
        let file = members.saltern.folder().join("pw");
        std::fs::write(&file, password_of(4)).unwrap();
        let canary = format!("{}:{}", login_of(4), file.display());
        for more in [
            &["--execute"][..],
            &["--execute", "--canary-login", &canary],
        ] {
            let refused = members.adopt(wrap, more).expect_code(4);
            assert!(
                refused.stderr.contains("of the password itself"),
                "{}",
                refused.stderr
            );
        }
        assert_eq!(members.stored(), before);
        // Told apart, and with a row of another maker's parameters among them.
        members.db.exec("UPDATE member SET password = '$2b$05$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzABCDE' WHERE id = 4");
        members.configure(&config("auto", "where = \"id % 9 >= 3\""));
        let done = members.adopt(wrap, &["--execute"]).expect_code(0);
        assert!(
            done.stderr.contains("1 rows begin with $2b$05$"),
            "{}",
            done.stderr
        );
        let labelled = members.stored();
        for (id, stored) in (0_u64..).zip(&labelled) {
            let is_theirs = id % 9 >= 3 && id != 4;
            assert_eq!(
                stored.starts_with("$2y--whirlpool$"),
                is_theirs,
                "{id} {stored}"
            );
        }
        // Readers that don't know labels would let nobody in.
        members.configure(&config("auto", "").replace("readers_ready = true", ""));
        let refused = members.adopt(wrap, &["--execute"]).expect_code(4);
        assert!(
            refused.stderr.contains("readers_ready"),
            "{}",
            refused.stderr
        );
    }
);
