//! A connection that is cut at any message of any command costs time alone: the command comes back with its answer.

use super::{Parents, parents_config};
use crate::proxy::{Proxy, Then};
use crate::saltern::{Finished, Saltern};
use crate::servers::Backend;

/// Each message of each command, where this variable is set. That takes a quarter of an hour on each server.
const EACH: &str = "SALTERN_TEST_CUTS";

/// What a command is and what it needs.
struct Asked {
    command: &'static [&'static str],
    /// What is done before each time.
    before: &'static str,
}

const fn asked(command: &'static [&'static str]) -> Asked {
    Asked {
        command,
        before: "",
    }
}

/// Every command that asks a database, but for `serve`, which has a test of its own, and `demo`, which makes its own.
const COMMANDS: &[Asked] = &[
    asked(&["status"]),
    asked(&["report", "--csv"]),
    asked(&["doctor"]),
    asked(&[
        "-c",
        "new.toml",
        "init",
        "--database-env",
        "DATABASE_URL",
        "--force",
    ]),
    asked(&["scan"]),
    asked(&["scan", "--record"]),
    asked(&["reader", "--language", "php"]),
    asked(&["plan"]),
    asked(&["run", "--print"]),
    asked(&["run", "--keys", "keys"]),
    asked(&["run", "--max-lag", "5", "--lag-query", "SELECT 1"]),
    asked(&["relabel", "--from", "md5", "--to", "md4", "--print"]),
    asked(&["reset", "--class", "weak"]),
    asked(&[
        "reset",
        "--scheme",
        "md5",
        "--wrapped-before",
        "1d",
        "--users",
        "keys",
    ]),
    asked(&["reset", "tokens"]),
    Asked {
        command: &["run", "--execute"],
        before: "UPDATE parent SET password = first WHERE id < 30",
    },
    Asked {
        command: &[
            "reset",
            "--where",
            "id < 25",
            "--execute",
            "--confirm",
            "30",
        ],
        before: "UPDATE parent SET password = first WHERE id < 30",
    },
    Asked {
        command: &["relabel", "--from", "md5", "--to", "md4", "--execute"],
        before: "UPDATE parent SET password = REPLACE(password, '--md4$', '--md5$')",
    },
    Asked {
        command: &[
            "reset",
            "tokens",
            "--output",
            "tokens.csv",
            "--replace",
            "--execute",
        ],
        before: "",
    },
];

on_each_backend!(a_cut_at_any_message_costs_time_alone, |backend| {
    if backend == Backend::Sqlite {
        return;
    }
    let mut parents = Parents::new(backend, 40);
    let proxy = Proxy::before(&parents.db.url());
    parents.saltern = Saltern::new(proxy.url(), &parents_config(""));
    let keys = parents.saltern.folder().join("keys");
    std::fs::write(keys, "3\n31\n33\n").unwrap();
    // Ten rows are wrapped, and ten were reset.
    parents.execute(&["-q"]).expect_code(0);
    parents
        .db
        .exec("UPDATE parent SET password = first WHERE id < 20");
    let reset = [
        "reset",
        "--where",
        "id < 10",
        "--execute",
        "--confirm",
        "10",
        "-q",
    ];
    parents.saltern.run(&reset).expect_code(0);
    let each = std::env::var_os(EACH).is_some();
    for (at, asked) in (0..).zip(COMMANDS) {
        let is_report = asked.command[0] == "report";
        proxy.cut_at(u64::MAX, Then::Never);
        let whole = (each || is_report).then(|| once(&mut parents, asked).expect_code(0));
        // The connection's own first messages count too.
        let (firsts, then) = if each {
            (1..=proxy.said(), Then::Never)
        } else {
            (4 + at % 8..=4 + at % 8, Then::LaterAndLater)
        };
        for first in firsts {
            proxy.cut_at(first, then);
            let finished = once(&mut parents, asked);
            let said = format!("{:?} cut at message {first}", asked.command);
            assert_eq!(finished.code(), Some(0), "{said}: {finished:?}");
            if let (true, Some(whole)) = (is_report, &whole) {
                assert_eq!(finished.stdout, whole.stdout, "{said}");
            }
            parents.check_sums();
        }
        assert!(proxy.cuts() > 0, "{:?}: nothing was cut", asked.command);
    }
});

fn once(parents: &mut Parents, asked: &Asked) -> Finished {
    if !asked.before.is_empty() {
        parents.db.exec(asked.before);
    }
    std::fs::remove_file(parents.saltern.folder().join("tokens.csv")).ok();
    parents.saltern.run(asked.command)
}

impl Parents {
    /// Whatever was counted twice or not at all would show here.
    fn check_sums(&mut self) {
        let open = "SELECT COUNT(*) FROM {chunk} WHERE candidates <> done + superseded + deleted + quarantined";
        assert_eq!(self.ledger_number(open), 0);
    }
}
