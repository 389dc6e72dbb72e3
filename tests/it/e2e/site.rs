//! Tables whose digests have a site-wide salt, made by PHP: the salt is found line by line, everybody logs in after the wrap, another file
//! writes nothing, and the salt stands nowhere but in its file.

use std::os::unix::fs::PermissionsExt as _;

use saltern::scheme::{Context, Declared, verify};
use saltern::secret::{Password, SiteSalts, StoredHash};
use serde_json::json;

use super::{CHEAP, in_ledger};
use crate::db::TestDb;
use crate::outside;
use crate::saltern::Saltern;
use crate::serve::Sidecar;
use crate::servers::{self, Backend};

const MEMBERS: u64 = 120;
const PEPPER: &str = "s3cr3t Pepper %";
const COMMON: [&str; 6] = [
    "123456", "password", "dragon", "monkey", "qwerty", "letmein",
];

/// A table of members, and the folder to run the command from.
struct Site {
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

impl Site {
    /// The members, with the digests that PHP makes of their passwords (`$pass`) and salts (`$salt`); none where there is no PHP.
    fn new(backend: Backend, php: &str) -> Option<Self> {
        let given: Vec<String> = (0..MEMBERS)
            .map(|id| format!("x{id} {}", password_of(id)))
            .collect();
        let code =
            format!("[$salt, $pass] = explode(' ', $line, 2); $site = '{PEPPER}'; echo {php};");
        let digests = match outside::by_php(&code, &given) {
            Ok(digests) => digests,
            Err(missing) => {
                servers::leave_out(&missing);
                return None;
            }
        };
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE member (id INTEGER PRIMARY KEY, email VARCHAR(60), pw_salt VARCHAR(20), password VARCHAR(255))");
        db.insert(
            "member",
            &["id", "email", "pw_salt", "password"],
            (0..MEMBERS).zip(digests).map(|(id, digest)| {
                [
                    Some(id.to_string()),
                    Some(login_of(id)),
                    Some(format!("x{id}")),
                    Some(digest),
                ]
            }),
        );
        let saltern = Saltern::new(&db.url(), "");
        Some(Self { db, saltern })
    }

    fn file(&self) -> std::path::PathBuf {
        self.saltern.folder().join("site.salt")
    }

    fn write(&self, lines: &str) {
        std::fs::write(self.file(), lines).unwrap();
        self.set_mode(0o600);
    }

    fn set_mode(&self, mode: u32) {
        std::fs::set_permissions(self.file(), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn config(&self, scheme: &str, more: &str) -> String {
        format!(
            "[[credential]]\nname = \"parents\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"password\"\nlogin = \"email\"\n\
             readers_ready = true\nscheme = \"{scheme}\"\nsite_salt_file = \"{}\"\n{more}\n{CHEAP}",
            self.file().display()
        )
    }

    fn stored(&mut self) -> Vec<String> {
        let rows = self.db.query("SELECT password FROM member ORDER BY id");
        rows.into_iter()
            .map(|row| row[0].clone().unwrap())
            .collect()
    }

    /// Nobody is let in wrongly or kept out, by the sidecar. `users` are members whose rows it upgrades.
    fn check_logins(&self, config: &str, users: std::ops::Range<u64>) {
        let sidecar = Sidecar::on(&self.db, config, "logins_burst = 0\n");
        for id in users {
            let (login, password) = (login_of(id), password_of(id));
            for wrong in ["", "wrong", PEPPER, &format!("{PEPPER}{password}")] {
                let answer = sidecar.login(&login, wrong);
                assert_eq!(answer["outcome"], "mismatch", "{id} {wrong}");
            }
            let answer = sidecar.login(&login, &password);
            assert_eq!(
                answer,
                json!({ "outcome": "match", "upgraded": true }),
                "{id}"
            );
            assert_eq!(sidecar.login(&login, &password)["outcome"], "match");
        }
    }

    /// The salt stands in no table of the ledger.
    fn check_ledger_is_blind(&mut self) {
        for table in ["run", "census", "worker", "chunk", "quarantine"] {
            let sql = in_ledger(self.db.backend(), &format!("SELECT * FROM {{{table}}}"));
            let all = format!("{:?}", self.db.query(&sql));
            assert!(!all.contains("Pepper"), "{table}: {all}");
        }
        let sql = in_ledger(self.db.backend(), "SELECT check_value FROM {site_check}");
        for row in self.db.query(&sql) {
            let value = row[0].clone().unwrap();
            assert!(value.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{value}");
        }
    }
}

on_each_backend!(
    a_site_wide_salt_is_proven_wrapped_and_opened_and_stands_nowhere_else,
    |backend| {
        let Some(mut site) = Site::new(backend, "sha1($site . $pass)") else {
            return;
        };
        site.write(&format!("another one\n{PEPPER}\n"));
        let config = site.config("auto", "");
        site.saltern.configure(&config);

        let scan = site.saltern.run(&["scan"]).expect_code(0);
        assert!(scan.stdout.contains("sha1(site2.pass)"), "{}", scan.stdout);
        let plan = site.saltern.run(&["plan", "--json"]).expect_code(0);
        site.saltern
            .run(&["run", "--execute", "--max-rows", "90"])
            .expect_code(8);
        // Another host has another file.
        let before = site.stored();
        for other in [
            "another one\nother Pepper\n".to_owned(),
            format!("{PEPPER}\nanother one\n"),
            format!("{PEPPER}\n"),
        ] {
            site.write(&other);
            for arguments in [&["run", "--execute"][..], &["run"], &["serve"]] {
                let refused = site.saltern.run(arguments).expect_code(4);
                assert!(
                    refused
                        .stderr
                        .contains("site_salt_file is not the file that was used before: line 2"),
                    "{}",
                    refused.stderr
                );
                assert!(!refused.stderr.contains("Pepper"), "{}", refused.stderr);
            }
        }
        std::fs::remove_file(site.file()).unwrap();
        for arguments in [&["run", "--execute"][..], &["serve"]] {
            let refused = site.saltern.run(arguments).expect_code(4);
            assert!(
                refused.stderr.contains("cannot read the site-wide salts"),
                "{}",
                refused.stderr
            );
        }
        assert_eq!(
            site.stored(),
            before,
            "a file that is another one writes nothing"
        );
        // A further line behind the others changes nothing, and Windows' line ends don't either.
        site.write(&format!("another one\r\n{PEPPER}\r\nnew"));
        let run = site.saltern.run(&["run", "--execute"]).expect_code(0);

        let salts = SiteSalts::new(["another one", PEPPER]).unwrap();
        let context = Context {
            site: Some(&salts),
            ..Context::default()
        };
        for (id, stored) in (0..).zip(site.stored()) {
            assert!(stored.starts_with("$argon2id--x-"), "{stored}");
            let opens = |password: &str| {
                let stored = StoredHash::new(stored.as_str());
                verify(&stored, &Password::new(password), Declared::Auto, &context)
            };
            // The schemes of the lines are known once a configuration has named their file.
            saltern::scheme::Shape::Hex40.site_candidates(&salts);
            assert_eq!(opens(&password_of(id)), Ok(true), "{id}");
            assert_eq!(opens("wrong"), Ok(false));
        }
        site.check_logins(&config, 0..6);
        for told in [
            scan.stdout,
            scan.stderr,
            plan.stdout,
            run.stdout,
            run.stderr,
        ] {
            assert!(!told.contains("Pepper"), "{told}");
        }
        site.check_ledger_is_blind();
    }
);

on_each_backend!(
    a_declared_site_wide_salt_goes_with_salts_of_the_rows_and_bare_rows_log_in_too,
    |backend| {
        let made = "hash_hmac('sha256', $pass . $salt, $site)";
        let Some(mut site) = Site::new(backend, made) else {
            return;
        };
        site.write(&format!("another one\n{PEPPER}"));
        let config = site.config("hmac-sha256(key=site,pass.salt)", "salt = \"pw_salt\"");

        // Every line is tried on a value that is not wrapped yet.
        site.check_logins(&config, 1..4);
        site.saltern.configure(&config);
        let scan = site.saltern.run(&["scan"]).expect_code(0);
        let proven = "hmac-sha256(key=site2,pass.salt)";
        assert!(scan.stdout.contains(proven), "{}", scan.stdout);
        site.saltern.run(&["run", "--execute"]).expect_code(0);
        assert!(
            site.stored()[4..]
                .iter()
                .all(|stored| stored.starts_with("$argon2id--x-"))
        );
        site.check_logins(&config, 5..9);
        // With one line nothing has to be proven.
        site.write(PEPPER);
        let refused = site.saltern.run(&["run", "--execute"]).expect_code(4);
        assert!(
            refused.stderr.contains("line 2 of it is missing"),
            "{}",
            refused.stderr
        );
        site.check_ledger_is_blind();
    }
);

on_each_backend!(
    what_no_common_password_proves_is_not_wrapped_with_one_of_several_lines,
    |backend| {
        let Some(mut site) = Site::new(backend, "md5($site . '-' . $pass . 'x')") else {
            return;
        };
        site.write(&format!("another one\n{PEPPER}\n"));
        site.saltern.configure(&site.config("md5(site.pass)", ""));
        let before = site.stored();

        let refused = site.saltern.run(&["run", "--execute"]).expect_code(4);

        assert!(
            refused.stderr.contains("neither declared nor proven"),
            "{}",
            refused.stderr
        );
        assert_eq!(site.stored(), before);
        // The rights of the file are looked at before anything else.
        site.set_mode(0o644);
        let refused = site.saltern.run(&["run", "--execute"]).expect_code(4);
        assert!(
            refused.stderr.contains("others may read it"),
            "{}",
            refused.stderr
        );
    }
);

// The salt is the same in every row, so a word has one digest: a list of any length judges the whole column.
on_each_backend!(
    a_long_list_of_words_judges_every_digest_with_a_site_wide_salt,
    |backend| {
        let Some(site) = Site::new(backend, "sha1($site . $pass)") else {
            return;
        };
        site.write(&format!("another one\n{PEPPER}\n"));
        let mut words: Vec<String> = (0..1200).map(|n| format!("nobody's {n}")).collect();
        words.extend([password_of(4), COMMON[0].to_owned()]);
        std::fs::write(site.saltern.folder().join("words.txt"), words.join("\n")).unwrap();
        let of_common = (0..MEMBERS).filter(|id| password_of(*id) == COMMON[0]);
        let known = 1 + of_common.count();
        let judged =
            json!({ "judged": MEMBERS, "known": known, "not_judged": 0, "why_not_judged": {} });
        for scheme in ["sha1(site2.pass)", "sha1(site.pass)", "auto"] {
            let config = site.config(scheme, "[known]\nwordlist = \"words.txt\"\n");
            site.saltern.configure(&config);
            let told = site
                .saltern
                .run(&["scan", "--json", "--proof-seconds", "20"]);
            let told = told.expect_code(0).json();
            assert_eq!(told["credentials"][0]["known"], judged, "{scheme}");
        }
    }
);
