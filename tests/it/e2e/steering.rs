//! Names and keys that would steer a terminal or forge a log are shown escaped, by every command.

use crate::db::TestDb;
use crate::saltern::{Finished, Saltern};
use crate::servers::Backend;

/// ESC and BEL, CR, a character that turns the direction round, and NEL.
const STEERING: &str = "\u{1b}[2J\u{7}\r\u{202e}\u{85}";

fn check_shown(finished: &Finished, what: &str) {
    for text in [&finished.stdout, &finished.stderr] {
        let raw: Vec<char> = text
            .chars()
            .filter(|c| *c != '\n' && STEERING.contains(*c) && (c.is_control() || *c == '\u{202e}'))
            .collect();
        assert!(raw.is_empty(), "{what}: {raw:?} in {text:?}");
    }
}

on_each_backend!(no_stored_text_steers_a_terminal, |backend| {
    let mut db = TestDb::new(backend);
    let (table, column) = (format!("us{STEERING}er"), format!("pass{STEERING}word"));
    let quote = |name: &str| backend.quote_name(name);
    let text = "VARCHAR(255)";
    db.exec(&format!(
        "CREATE TABLE {} (id {text} PRIMARY KEY, {} {text})",
        quote(&table),
        quote(&column)
    ));
    let rows = ["5f4dcc3b5aa765d61d8327deb882cf99", "gibberish"];
    for (number, value) in rows.iter().enumerate() {
        let key = format!("{number}{STEERING}");
        db.exec(&format!(
            "INSERT INTO {} VALUES ({}, {})",
            quote(&table),
            backend.literal(Some(&key)),
            backend.literal(Some(value))
        ));
    }
    let toml = |text: &str| {
        serde_json::to_string(text)
            .unwrap()
            .replace('\u{85}', "\\u0085")
    };
    let config = format!(
        "[[credential]]\nname = \"users\"\ntable = {}\nkey = \"id\"\ncolumn = {}\nscheme = \"md5\"\nlogin = \"id\"\nreaders_ready = true\n\
         [target]\nalgorithm = \"argon2id\"\nmemory_kib = 64\niterations = 1\nparallelism = 1\n",
        toml(&table),
        toml(&column)
    );
    let saltern = Saltern::new(&db.url(), &config);
    for arguments in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["scan"],
        &["scan", "--json"],
        &["plan"],
        &["plan", "--json"],
        &["run"],
        &["run", "--print"],
        &["run", "--execute", "--print"],
        &["status"],
        &["status", "--json"],
        &["report"],
        &["report", "--json"],
        &["init", "--force"],
        &["scan"],
        &["no\u{1b}[2Jcommand"],
    ] {
        check_shown(&saltern.run(arguments), &arguments.join(" "));
    }
    // This is for a server to read: off a terminal it holds the name as it is.
    let sql = saltern.run(&["ledger", "sql"]).expect_code(0).stdout;
    assert!(
        backend == Backend::Sqlite || sql.contains(&quote(&table)),
        "{sql:?}"
    );
});
