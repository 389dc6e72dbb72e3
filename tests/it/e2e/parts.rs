//! Tables whose rows are not all of one scheme: a run changes those for which the proof holds, keeps the others, and nobody is locked out.

use saltern::scheme::{Context, Declared, verify};
use saltern::secret::{InnerSalt, Password, StoredHash};

use super::{CHEAP, POINTS, SHORT, by_the_crates, check_opens, md5};
use crate::db::TestDb;
use crate::saltern::{Finished, Saltern};
use crate::servers::Backend;

/// A member of a table, before anything was done to it.
struct Member {
    id: u64,
    login: String,
    password: String,
}

impl Member {
    /// Three of five have a common password, whoever they are.
    fn new(id: u64) -> Self {
        const WORDS: [&str; 10] = [
            "123456", "password", "12345678", "qwerty", "dragon", "monkey", "letmein", "football",
            "baseball", "master",
        ];
        let scattered = id.wrapping_mul(2_654_435_761) >> 7;
        Self {
            id,
            login: format!("user{id}"),
            password: if scattered % 5 < 3 {
                WORDS[(scattered / 5 % 10) as usize].to_owned()
            } else {
                format!("nobody else has {id}")
            },
        }
    }

    /// A formula that no scheme of ours is.
    fn foreign(&self) -> String {
        md5(&format!("{}#pepper of long ago", self.password))
    }

    fn named(&self) -> String {
        md5(&format!("{}{}", self.login, self.password))
    }

    fn salt(&self) -> String {
        format!("s{:x}", self.id * 7919)
    }

    /// A date that grows with the id, two hours a row.
    fn created(&self) -> String {
        let hours = self.id * 2;
        let (month, day) = (hours / 24 / 28 % 12 + 1, hours / 24 % 28 + 1);
        let year = 2010 + hours / 24 / 28 / 12;
        format!("{year}-{month:02}-{day:02} {:02}:30:00", hours % 24)
    }
}

/// Which rows are of the scheme that is proven, and what a row holds.
struct Made {
    of_first: fn(&Member) -> bool,
    value: fn(&Member) -> String,
    /// `hash_type` and `salt` of a row.
    beside: fn(&Member) -> (Option<String>, Option<String>),
}

/// A table of members, and the folder to run the command from.
struct Members {
    db: TestDb,
    saltern: Saltern,
    made: Made,
}

impl Members {
    fn new(backend: Backend, rows: u64, made: Made) -> Self {
        let mut db = TestDb::new(backend);
        let moment = match backend {
            Backend::Postgres => "TIMESTAMP",
            _ => "DATETIME",
        };
        db.exec(&format!(
            "CREATE TABLE member (id INTEGER PRIMARY KEY, login VARCHAR(60), pw VARCHAR(200), hash_type INTEGER, salt VARCHAR(20), created_at {moment})"
        ));
        let columns = ["id", "login", "pw", "hash_type", "salt", "created_at"];
        let of_member = |id| {
            let member = Member::new(id);
            let (hash_type, salt) = (made.beside)(&member);
            [
                Some(id.to_string()),
                Some(member.login.clone()),
                Some((made.value)(&member)),
                hash_type,
                salt,
                Some(member.created()),
            ]
        };
        db.insert("member", &columns, (1..=rows).map(of_member));
        let saltern = Saltern::new(&db.url(), &config(""));
        Self { db, saltern, made }
    }

    fn scan(&self) -> (String, serde_json::Value) {
        let told = self.saltern.run(&["scan"]).expect_code(0).stdout;
        let json = self.saltern.run(&["scan", "--json"]).expect_code(0).json();
        (told, json)
    }

    fn execute(&self, more: &[&str]) -> Finished {
        self.saltern
            .run(&[&["run", "--execute"][..], more].concat())
    }

    /// Every row of the first kind is wrapped and opens; every other row stands as it stood.
    fn check_done(&mut self) {
        let stored = self.db.query("SELECT id, pw FROM member ORDER BY id");
        for row in stored {
            let [Some(id), Some(stored)] = row.as_slice() else {
                panic!("a row became NULL: {row:?}");
            };
            let member = Member::new(id.parse().unwrap());
            if (self.made.of_first)(&member) {
                check_opens(stored, &member.password, "md5");
            } else {
                assert_eq!(*stored, (self.made.value)(&member), "row {id}");
            }
        }
    }
}

fn config(more: &str) -> String {
    format!(
        "[[credential]]\nname = \"members\"\ntable = \"member\"\nkey = \"id\"\ncolumn = \"pw\"\nscheme = \"auto\"\nlogin = \"login\"\nreaders_ready = true\n{more}\n{CHEAP}"
    )
}

/// 100 rows are md5(pass), 201 are md5(username.pass), and a column says so.
const BY_TYPE: Made = Made {
    of_first: |member| member.id <= 100,
    value: |member| match member.id {
        ..=100 => md5(&member.password),
        _ => member.named(),
    },
    beside: |member| {
        let hash_type = if member.id <= 100 { "1" } else { "2" };
        (Some(hash_type.to_owned()), None)
    },
};

fn opens_as(stored: &str, member: &Member) -> bool {
    let _crates = by_the_crates();
    let salt = InnerSalt::new(member.salt());
    let (stored, password) = (
        StoredHash::new(stored),
        Password::new(member.password.as_str()),
    );
    let context = Context {
        username: Some(&member.login),
        salt: Some(&salt),
        ..Context::default()
    };
    matches!(
        verify(&stored, &password, Declared::Auto, &context),
        Ok(true)
    )
}

/// Every row opens by the password that it had, whatever was done to it.
fn check_all_open(db: &mut TestDb) {
    for row in db.query("SELECT id, pw FROM member") {
        let [Some(id), Some(stored)] = row.as_slice() else {
            panic!("{row:?}");
        };
        let member = Member::new(id.parse().unwrap());
        assert!(stored.starts_with('$'), "row {id} is as it was");
        assert!(opens_as(stored, &member), "locked out: {stored}");
    }
}

/// The parts that a scan names, of the only shape of the only credential.
fn parts(scan: &serde_json::Value) -> Vec<serde_json::Value> {
    let parts = &scan["credentials"][0]["coverage"][0]["parts"];
    parts.as_array().expect("a list").clone()
}

on_each_backend!(a_part_of_another_scheme_is_kept_and_named, |backend| {
    let mut members = Members::new(backend, 301, BY_TYPE);
    let (told, json) = members.scan();
    assert!(told.contains("md5 proven for 100 of 301 rows"), "{told}");
    assert!(told.contains("201 with hash_type = 2"), "{told}");
    assert!(told.contains("where = \"hash_type = 2\""), "{told}");
    assert!(told.contains("[credential.format]"), "{told}");
    let second = "common passwords are md5(username.pass) with user name = column \"login\"";
    assert!(told.contains(second), "{told}");
    let of_second = &json["credentials"][0]["coverage"][0]["second"][0];
    assert_eq!(of_second["scheme"], "md5(username.pass)", "{json:#}");
    let first = &parts(&json)[0];
    for (key, value) in [
        ("standing", "empty"),
        ("fate", "kept"),
        ("condition", "hash_type = 2"),
        ("where", "hash_type = 2"),
    ] {
        assert_eq!(first[key], value, "{json:#}");
    }
    assert_eq!((&first["rows"], &first["hits"]), (&201.into(), &0.into()));
    assert_eq!(json["credentials"][0]["coverage"][0]["proven_rows"], 100);

    let plan = members.saltern.run(&["plan", "--json"]).expect_code(0);
    assert_eq!(plan.json()["hashes"], 100);
    let finished = members.execute(&[]).expect_code(3);
    assert!(
        finished
            .stdout
            .contains("201 rows for which no proof holds"),
        "{finished:?}"
    );
    members.check_done();
    // What is left proves itself: a name goes into it. The next run wraps it under its own label, and everybody is let in by the
    // password that opened the row before.
    members.execute(&["-q"]).expect_code(0);
    check_all_open(&mut members.db);
    let early = "SELECT COUNT(*) FROM member WHERE pw LIKE '%--md5$%' AND id <= 100";
    assert_eq!(members.db.count(early), 100);
    let all = "SELECT COUNT(*) FROM member WHERE pw LIKE '%--md5$%'";
    assert_eq!(members.db.count(all), 100);
});

on_each_backend!(
    a_proof_that_holds_everywhere_says_for_which_divisions,
    |backend| {
        let made = Made {
            of_first: |_| true,
            value: |member| md5(&member.password),
            beside: |member| (Some((member.id % 3).to_string()), None),
        };
        let mut members = Members::new(backend, 301, made);
        let (told, json) = members.scan();
        let words = "md5 proven for 301 of 301 rows: hits in every part of ";
        let line = told.lines().find(|line| line.contains(words));
        let line = line.unwrap_or_else(|| panic!("{told}"));
        for name in ["hash_type", "created_at", "id"] {
            assert!(line.contains(name), "{line}");
        }
        assert_eq!(parts(&json).len(), 0, "{json:#}");
        members.execute(&["-q"]).expect_code(0);
        members.check_done();
    }
);

on_each_backend!(a_run_that_goes_on_keeps_the_same_parts, |backend| {
    let mut members = Members::new(backend, 301, BY_TYPE);
    members.execute(&["--max-rows", "80"]).expect_code(8);
    // By now hardly a row is left that proves anything. What arrives in a part is kept too.
    members.db.exec(&format!(
        "INSERT INTO member (id, login, pw, hash_type) VALUES (900, 'user900', '{}', 2)",
        Member::new(900).named()
    ));
    let finished = members.execute(&[]).expect_code(3);
    assert!(
        finished
            .stdout
            .contains("202 rows for which no proof holds"),
        "{finished:?}"
    );
    members.check_done();
});

on_each_backend!(rows_of_a_time_are_kept, |backend| {
    let made = Made {
        of_first: |member| member.id <= 600,
        value: |member| match member.id {
            ..=600 => md5(&member.password),
            _ => member.foreign(),
        },
        beside: |_| (None, None),
    };
    let mut members = Members::new(backend, 900, made);
    let (told, json) = members.scan();
    let first = &parts(&json)[0];
    let column = first["column"].as_str().unwrap();
    assert!(["created_at", "id"].contains(&column), "{told}");
    assert!(first["rows"].as_u64().unwrap() >= 300, "{told}");
    members.execute(&["-q"]).expect_code(3);
    // Rows just before the border may be kept with the others. None behind it is wrapped.
    let late = "SELECT COUNT(*) FROM member WHERE id > 600 AND pw LIKE '$%'";
    assert_eq!(members.db.count(late), 0);
    let early = "SELECT COUNT(*) FROM member WHERE id <= 600 AND pw LIKE '$%'";
    assert!(members.db.count(early) >= 590);
    for row in members
        .db
        .query("SELECT id, pw FROM member WHERE pw LIKE '$%'")
    {
        let [Some(id), Some(stored)] = row.as_slice() else {
            panic!("{row:?}");
        };
        check_opens(stored, &Member::new(id.parse().unwrap()).password, "md5");
    }
});

on_each_backend!(
    rows_with_a_salt_are_not_proven_by_those_without,
    |backend| {
        let made = Made {
            of_first: |_| false,
            value: |member| match member.id % 2 {
                0 => md5(&member.password),
                _ => member.foreign(),
            },
            beside: |member| {
                let salt = (member.id % 2 == 1).then(|| format!("s{:x}", member.id * 7919));
                (None, salt)
            },
        };
        let mut members = Members::new(backend, 400, made);
        members.saltern.configure(&config("salt = \"salt\""));
        let (told, _) = members.scan();
        assert!(!told.contains("o row needs the column salt"), "{told}");
        assert!(told.contains("32 hex (salt NULL): proven md5"), "{told}");
        members.execute(&["-q"]).expect_code(4);
        members.check_done();
    }
);

on_each_backend!(rows_without_a_salt_are_tried_by_names, |backend| {
    let made = Made {
        of_first: |_| true,
        value: |member| match member.id % 2 {
            0 => member.named(),
            _ => salt_first(member),
        },
        beside: |member| (None, (member.id % 2 == 1).then(|| member.salt())),
    };
    let mut members = Members::new(backend, 400, made);
    members.saltern.configure(&config("salt = \"salt\""));
    let (told, json) = members.scan();
    let proven = "32 hex (salt NULL): proven md5(username.pass)";
    assert!(told.contains(proven), "{told}");
    let labels = json["credentials"][0]["labels"].to_string();
    assert!(labels.contains("md5-up"), "{labels} {told}");
    members.execute(&["-q"]).expect_code(0);
    check_all_open(&mut members.db);
});

on_each_backend!(rows_in_another_case_are_kept, |backend| {
    let made = Made {
        of_first: |member| member.id % 2 == 0,
        value: |member| match member.id % 2 {
            0 => md5(&member.password),
            _ => member.foreign().to_uppercase(),
        },
        beside: |_| (None, None),
    };
    let mut members = Members::new(backend, 400, made);
    let (told, json) = members.scan();
    let first = &parts(&json)[0];
    assert_eq!(first["condition"], "spelling = 'upper case'", "{told}");
    members.execute(&["-q"]).expect_code(3);
    members.check_done();
});

/// Of the rows with `hash_type` 3 there are too few to tell anything.
const FEW: Made = Made {
    of_first: |member| member.id > 4,
    value: |member| md5(&member.password),
    beside: |member| {
        let hash_type = if member.id <= 4 { "3" } else { "1" };
        (Some(hash_type.to_owned()), None)
    },
};

on_each_backend!(
    few_rows_of_another_type_are_kept_until_they_are_accepted,
    |backend| {
        let mut members = Members::new(backend, 304, FEW);
        let (told, json) = members.scan();
        let few = parts(&json)
            .into_iter()
            .find(|part| part["condition"] == "hash_type = 3");
        let few = few.unwrap_or_else(|| panic!("{told}"));
        assert_eq!(
            (&few["standing"], &few["fate"]),
            (&"untestable".into(), &"kept".into())
        );
        assert!(told.contains("too small to tell: "), "{told}");
        members.execute(&["-q"]).expect_code(3);
        members.check_done();

        // The proof is in the rows that are wrapped by now. So a part is accepted before the run.
        let mut accepting = Members::new(backend, 304, FEW);
        let accept = config("accept = [\"hash_type = 3\"]");
        accepting.saltern.configure(&accept);
        accepting.execute(&["-q"]).expect_code(0);
        accepting.made.of_first = |_| true;
        accepting.check_done();
    }
);

on_each_backend!(what_accept_names_must_be_there, |backend| {
    let members = Members::new(backend, 304, FEW);
    let check_refused = |accept: &str, word: &str| {
        members
            .saltern
            .configure(&config(&format!("accept = [{accept:?}]")));
        for command in [&["scan"][..], &["run", "--execute"]] {
            let refused = members.saltern.run(command).expect_code(4).stderr;
            assert!(refused.contains(word), "{refused}");
        }
    };
    check_refused("kind = 3", "no column that divides");
    check_refused("hash_type = 'md5'", "no row can be");
    members
        .saltern
        .configure(&config("accept = [\"hash_type = 9\"]"));
    let plan = members.saltern.run(&["plan"]).expect_code(0).stdout;
    assert!(plan.contains("no part that would be kept is so"), "{plan}");
});

on_each_backend!(
    a_declared_scheme_does_not_cover_a_part_without_hits,
    |backend| {
        let mut members = Members::new(backend, 301, BY_TYPE);
        let declared = config("").replace("\"auto\"", "\"md5\"");
        members.saltern.configure(&declared);
        members.execute(&["-q"]).expect_code(3);
        members.check_done();
    }
);

on_each_backend!(columns_that_may_not_be_read_divide_nothing, |backend| {
    let mut members = Members::new(backend, 301, BY_TYPE);
    let Some(user) = members.db.create_user() else {
        return;
    };
    members.db.exec(&format!(
        "GRANT SELECT (id, pw, login, hash_type) ON member TO {}",
        user.grantee
    ));
    let saltern = Saltern::new(&user.url, &config(""));
    let json = saltern.run(&["scan", "--json"]).expect_code(0).json();
    assert_eq!(parts(&json)[0]["condition"], "hash_type = 2", "{json:#}");
    let divisions = json["credentials"][0]["coverage"][0]["divisions"].to_string();
    assert!(!divisions.contains("created_at"), "{divisions}");
});

on_each_backend!(
    two_schemes_that_nothing_divides_are_a_mixture_with_names,
    |backend| {
        let made = Made {
            of_first: |_| false,
            value: |member| match member.id % 3 {
                0 => member.named(),
                _ => md5(&member.password),
            },
            beside: |_| (None, None),
        };
        let mut members = Members::new(backend, 400, made);
        let (told, _) = members.scan();
        assert!(told.contains("a mixture (md5 "), "{told}");
        let second = "md5(username.pass) with user name = column \"login\"";
        assert!(told.contains(second), "{told}");
        members.execute(&["-q"]).expect_code(4);
        members.check_done();
    }
);

/// A table with a key of two columns: three tenants, ids over all of them.
fn of_tenants(backend: Backend, rows: u64, value: fn(&Member) -> String) -> (TestDb, Saltern) {
    let mut db = TestDb::new(backend);
    db.exec(
        "CREATE TABLE member (tenant INTEGER NOT NULL, id INTEGER NOT NULL, login VARCHAR(60), pw VARCHAR(200), PRIMARY KEY (tenant, id))",
    );
    let of_member = |id| {
        let member = Member::new(id);
        let tenant = (id % 3 + 1).to_string();
        [
            Some(tenant),
            Some(id.to_string()),
            Some(member.login.clone()),
            Some(value(&member)),
        ]
    };
    let columns = ["tenant", "id", "login", "pw"];
    db.insert("member", &columns, (1..=rows).map(of_member));
    let keyed = config("").replace("key = \"id\"", "key = [\"tenant\", \"id\"]");
    let saltern = Saltern::new(&db.url(), &keyed);
    (db, saltern)
}

on_each_backend!(
    a_row_that_two_schemes_explain_speaks_for_neither,
    |backend| {
        let (mut db, saltern) = of_tenants(backend, 301, |member| md5(&member.password));
        // `12345` with the id 6 behind it.
        let both = md5("123456");
        assert_eq!(both, md5(&format!("{}{}", "12345", 6)));
        db.exec(&format!("UPDATE member SET pw = '{both}' WHERE id = 6"));
        let told = saltern.run(&["scan"]).expect_code(0).stdout;
        assert!(told.contains("md5 proven for 301 of 301 rows"), "{told}");
        saltern.run(&["run", "--execute", "-q"]).expect_code(0);
        for row in db.query("SELECT id, pw FROM member") {
            let [Some(id), Some(stored)] = row.as_slice() else {
                panic!("{row:?}");
            };
            let password = match id.as_str() {
                "6" => "123456".to_owned(),
                _ => Member::new(id.parse().unwrap()).password,
            };
            check_opens(stored, &password, "md5");
        }
    }
);

on_each_backend!(a_part_of_a_composite_key_is_kept_and_named, |backend| {
    let (mut db, saltern) = of_tenants(backend, 450, |member| match member.id % 3 {
        1 => member.named(),
        _ => md5(&member.password),
    });
    let json = saltern.run(&["scan", "--json"]).expect_code(0).json();
    let coverage = &json["credentials"][0]["coverage"][0];
    assert_eq!(coverage["parts"][0]["condition"], "tenant = 2", "{json:#}");
    assert_eq!(coverage["second"][0]["scheme"], "md5(username.pass)");
    saltern.run(&["run", "--execute", "-q"]).expect_code(3);
    let wrapped = "SELECT COUNT(*) FROM member WHERE pw LIKE '$%' AND tenant <> 2";
    assert_eq!(db.count(wrapped), 300);
    assert_eq!(
        db.count("SELECT COUNT(*) FROM member WHERE pw LIKE '$%'"),
        300
    );
    // The tenant that is left proves itself.
    saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    check_all_open(&mut db);
});

on_each_backend!(one_password_that_is_a_digest_stops_nothing, |backend| {
    // One row in ten has a common password, as in a table of 20,001 rows with 1,988 hits.
    let made = Made {
        of_first: |_| true,
        value: |member| md5(&rarely_common(member)),
        beside: |_| (None, None),
    };
    let mut members = Members::new(backend, 2_001, made);
    let (told, json) = members.scan();
    assert!(told.contains("md5 proven for 2,001 of 2,001"), "{told}");
    assert_eq!(json["credentials"][0]["coverage"][0]["hits"], 200);
    members.execute(&["-q"]).expect_code(0);
    for row in members.db.query("SELECT id, pw FROM member") {
        let [Some(id), Some(stored)] = row.as_slice() else {
            panic!("{row:?}");
        };
        let member = Member::new(id.parse().unwrap());
        check_opens(stored, &rarely_common(&member), "md5");
    }
});

/// In the size of the report that it is from: nothing is hashed, so it is cheap.
#[test]
fn one_password_that_is_a_digest_stops_no_table_of_20_001_rows() {
    crate::servers::on(Backend::Sqlite, |backend| {
        let made = Made {
            of_first: |_| true,
            value: |member| md5(&rarely_common(member)),
            beside: |_| (None, None),
        };
        let members = Members::new(backend, 20_001, made);
        let (told, json) = members.scan();
        assert!(told.contains("md5 proven for 20,001 of 20,001"), "{told}");
        assert_eq!(json["credentials"][0]["coverage"][0]["hits"], 2_000);
        let plan = members.saltern.run(&["plan", "--json"]).expect_code(0);
        assert_eq!(plan.json()["hashes"], 20_001);
        assert_eq!(plan.json()["refusals"], serde_json::json!([]));
    });
}

/// The password of one member in ten; one of the others has the hex MD5 of `123456`.
fn rarely_common(member: &Member) -> String {
    match (member.id, member.id % 10) {
        (777, _) => md5("123456"),
        (id, 3) => [
            "123456", "password", "qwerty", "dragon", "monkey", "letmein",
        ][(id / 10 % 6) as usize]
            .to_owned(),
        (id, _) => format!("nobody else has {id}"),
    }
}

fn salt_first(member: &Member) -> String {
    md5(&format!("{}{}", member.salt(), member.password))
}

fn salt_last(member: &Member) -> String {
    md5(&format!("{}{}", member.password, member.salt()))
}

on_each_backend!(two_salted_schemes_are_divided_by_their_time, |backend| {
    let made = Made {
        of_first: |_| true,
        value: |member| match member.id {
            ..=300 => salt_first(member),
            _ => salt_last(member),
        },
        beside: |member| (None, Some(member.salt())),
    };
    let mut members = Members::new(backend, 450, made);
    members.saltern.configure(&config("salt = \"salt\""));
    let (told, json) = members.scan();
    let coverage = &json["credentials"][0]["coverage"][0];
    assert_eq!(coverage["scheme"], "md5(salt.pass)", "{told}");
    let column = coverage["parts"][0]["column"].as_str().unwrap();
    assert!(["created_at", "id"].contains(&column), "{told}");
    assert_eq!(coverage["second"][0]["scheme"], "md5(pass.salt)", "{told}");
    members.execute(&["-q"]).expect_code(3);
    let late = "SELECT COUNT(*) FROM member WHERE id > 300 AND pw LIKE '$%'";
    assert_eq!(members.db.count(late), 0);
    let early = "SELECT COUNT(*) FROM member WHERE id <= 300 AND pw LIKE '$%'";
    assert!(members.db.count(early) >= 290);
    // The rows that are left prove themselves. Where they begin, nobody knows: every command says so.
    let (told, json) = members.scan();
    assert!(told.contains("a run would refuse: the rows of"), "{told}");
    let planned = members.saltern.run(&["plan", "--json"]).expect_code(0);
    for refusal in [
        &json["credentials"][0]["refusals"][0],
        &planned.json()["refusals"][0],
    ] {
        let what = refusal["what"].as_str().unwrap();
        assert!(what.contains("at the edge of this range"), "{refusal}");
        let todo = refusal["what_to_do"].as_str().unwrap();
        assert!(todo.contains("accept = ["), "{refusal}");
    }
    let refused = members.execute(&["-q"]).expect_code(4).stderr;
    assert!(refused.contains("at the edge of this range"), "{refused}");
    assert!(refused.contains("md5(pass.salt)"), "{refused}");
    // Whoever knows the edge says so, and nobody is locked out.
    let half = |name: &str, condition: &str, scheme: &str| {
        config("salt = \"salt\"")
            .replace(
                "name = \"members\"",
                &format!("name = \"{name}\"\nwhere = \"{condition}\""),
            )
            .replace("\"auto\"", &format!("\"{scheme}\""))
    };
    let early = half("early", "id <= 300", "md5(salt.pass)");
    let late = half("late", "id > 300", "md5(pass.salt)").replace(CHEAP, "");
    members.saltern.configure(&format!("{late}\n{early}"));
    members.execute(&["-q"]).expect_code(0);
    check_all_open(&mut members.db);
});

/// The last member up to 600 with a common password: behind it the salt stands on the other side.
fn border() -> u64 {
    let mut before = (1..=600).rev();
    let is_common = |id: &u64| !Member::new(*id).password.starts_with("nobody");
    before.find(is_common).expect("a common password")
}

on_each_backend!(a_range_whose_edge_is_known_is_accepted, |backend| {
    let made = Made {
        of_first: |_| true,
        value: |member| match member.id <= border() {
            true => salt_first(member),
            false => salt_last(member),
        },
        beside: |member| (None, Some(member.salt())),
    };
    let mut members = Members::new(backend, 900, made);
    members.saltern.configure(&config("salt = \"salt\""));
    members.execute(&["-q"]).expect_code(3);
    let (told, json) = members.scan();
    let todo = json["credentials"][0]["refusals"][0]["what_to_do"]
        .as_str()
        .unwrap_or_else(|| panic!("{told}"));
    let accept = &todo[todo.find("accept = [").expect("what to write")..];
    members
        .saltern
        .configure(&config(&format!("salt = \"salt\"\n{accept}")));
    let (told, _) = members.scan();
    assert!(!told.contains("a run would refuse"), "{told}");
    members.execute(&["-q"]).expect_code(0);
    check_all_open(&mut members.db);
});

on_each_backend!(a_part_of_a_salted_column_is_kept_and_named, |backend| {
    let made = Made {
        of_first: |member| member.id <= 150,
        value: |member| match member.id {
            ..=150 => salt_first(member),
            _ => member.foreign(),
        },
        beside: |member| {
            let hash_type = if member.id <= 150 { "1" } else { "2" };
            (Some(hash_type.to_owned()), Some(member.salt()))
        },
    };
    let mut members = Members::new(backend, 351, made);
    members.saltern.configure(&config("salt = \"salt\""));
    let (told, json) = members.scan();
    assert!(
        told.contains("md5(salt.pass) proven for 150 of 351 rows"),
        "{told}"
    );
    assert_eq!(parts(&json)[0]["condition"], "hash_type = 2", "{told}");
    members.execute(&["-q"]).expect_code(3);
    for row in members.db.query("SELECT id, pw FROM member") {
        let [Some(id), Some(stored)] = row.as_slice() else {
            panic!("{row:?}");
        };
        let member = Member::new(id.parse().unwrap());
        if (members.made.of_first)(&member) {
            assert!(opens_as(stored, &member), "locked out: {stored}");
        } else {
            assert_eq!(*stored, member.foreign());
        }
    }
});

// The time may be over before the rows have been read: the most common words are tried on them all the same.
on_each_backend!(a_busy_host_proves_by_the_most_common_words, |backend| {
    let made = Made {
        of_first: |_| true,
        value: salt_first,
        beside: |member| (None, Some(member.salt())),
    };
    let mut members = Members::new(backend, 301, made);
    members.saltern.configure(&config("salt = \"salt\""));
    members
        .saltern
        .set(POINTS, &format!("{SHORT},no-proof-time=fail"));
    members.execute(&["-q"]).expect_code(0);
    check_all_open(&mut members.db);
    // Who gives no time wants no trial.
    let none = ["scan", "--proof-seconds", "0"];
    let told = members.saltern.run(&none).expect_code(0).stdout;
    assert!(!told.contains("were tried in"), "{told}");
});

on_each_backend!(
    few_rows_of_a_second_salted_scheme_are_a_mixture_with_names,
    |backend| {
        let made = Made {
            of_first: |_| false,
            value: |member| match member.id % 20 {
                7 => salt_last(member),
                _ => salt_first(member),
            },
            beside: |member| (None, Some(member.salt())),
        };
        let mut members = Members::new(backend, 900, made);
        members.saltern.configure(&config("salt = \"salt\""));
        let (told, _) = members.scan();
        assert!(told.contains("a mixture ("), "{told}");
        for name in ["md5(salt.pass)", "md5(pass.salt)"] {
            assert!(told.contains(name), "{told}");
        }
        members.execute(&["-q"]).expect_code(4);
        members.check_done();
    }
);
