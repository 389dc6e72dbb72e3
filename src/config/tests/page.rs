//! The reference page says what the parser accepts, no more and no less.

use std::fmt::Write as _;

use super::*;
use crate::config::keys::{self, Keys};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
const GENERATED: &str = "<!-- generated: SALTERN_ACCEPT=1 cargo test page -->\n";
const END: &str = "<!-- end -->\n";

fn page() -> String {
    std::fs::read_to_string(PATH).expect("the reference page is there")
}

/// What stands between a heading and the next one of any level.
fn below(page: &str, heading: &str) -> String {
    let start = page
        .find(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("no heading {heading}"));
    let rest = &page[start + heading.len() + 2..];
    rest[..rest.find("\n#").unwrap_or(rest.len())].to_owned()
}

fn heading(keys: &Keys) -> String {
    match keys.section {
        "the file" => "## The file".to_owned(),
        section => format!("## `{section}`"),
    }
}

/// The rows of a table: the word in the first cell, and the whole row.
fn rows(text: &str) -> Vec<(&str, &str)> {
    let word = |line: &'_ str| -> Option<usize> { line.strip_prefix("| `")?.find('`') };
    text.lines()
        .filter_map(|line| word(line).map(|end| (&line[3..3 + end], line)))
        .collect()
}

fn row(section: &Keys, key: &str) -> String {
    let text = below(&page(), &heading(section));
    let rows = rows(&text);
    let row = rows.iter().find(|(name, _)| *name == key);
    row.unwrap_or_else(|| panic!("no row for {key}"))
        .1
        .to_owned()
}

#[test]
fn the_page_lists_every_key_of_every_section_and_no_other() {
    let page = page();
    for section in keys::ALL {
        let text = below(&page, &heading(&section));
        let listed: Vec<&str> = rows(&text).into_iter().map(|(key, _)| key).collect();
        let known: Vec<&str> = section
            .keys
            .iter()
            .chain(section.not_yet)
            .copied()
            .collect();
        assert_eq!(listed, known, "{}", section.section);
    }
}

#[test]
fn the_page_says_which_keys_are_not_available_yet() {
    for section in keys::ALL {
        for key in section.not_yet {
            assert!(row(&section, key).contains("not available yet"), "{key}");
        }
    }
}

#[test]
fn the_page_lists_every_action_and_class() {
    let page = page();
    let words = |heading| {
        let text = below(&page, heading);
        rows(&text)
            .into_iter()
            .map(|(word, _)| word.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(words("### Actions"), Action::ALL.map(Action::as_str));
    assert_eq!(words("### Classes"), Class::ALL.map(Class::as_str));
}

#[test]
fn every_example_on_the_page_is_in_order() {
    let page = page();
    let examples: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(!examples.is_empty());
    for example in examples {
        assert!(settings(example).credentials.len() > 1);
    }
}

#[track_caller]
fn check_bounds(key: &'static str, algorithm: &str, default: u32) {
    let error = load(&with(&format!(
        "[target]\nalgorithm = '{algorithm}'\n{key} = -1"
    )))
    .expect_err(key);
    let Problem::Bounds { min, max, .. } = *error.problem else {
        panic!("{error}")
    };
    let row = row(&keys::TARGET, key);
    assert!(row.contains(&format!(", {min} to {max}")), "{row}");
    assert!(row.contains(&format!("(default {default})")), "{row}");
}

#[test]
fn the_pages_bounds_and_defaults_are_the_parsers() {
    let Outer::Argon2id {
        memory_kib,
        iterations,
        parallelism,
    } = Target::default().outer
    else {
        panic!("the default is argon2id")
    };
    check_bounds("memory_kib", "argon2id", memory_kib);
    check_bounds("iterations", "argon2id", iterations);
    check_bounds("parallelism", "argon2id", parallelism);
    let target = settings(&with("[target]\nalgorithm = 'bcrypt'")).target;
    let Outer::Bcrypt { cost, prefix } = target.outer else {
        panic!("it is bcrypt")
    };
    check_bounds("cost", "bcrypt", cost);
    let target = settings(&with("[target]\nalgorithm = 'pbkdf2-sha256'")).target;
    let Outer::Pbkdf2Sha256 { iterations } = target.outer else {
        panic!("it is pbkdf2-sha256")
    };
    check_bounds("iterations", "pbkdf2-sha256", iterations);
    assert!(row(&keys::TARGET, "prefix").contains(&format!("(default `{}`)", prefix.as_str())));
    assert!(
        row(&keys::TARGET, "dialect").contains(&format!("(default `{}`)", target.dialect.as_str()))
    );
    let ledger = LedgerNames::default();
    assert!(row(&keys::LEDGER, "schema").contains(&format!("(default `{}`)", ledger.schema)));
    assert!(row(&keys::LEDGER, "prefix").contains(&format!("(default `{}`)", ledger.prefix)));
}

#[test]
fn the_pages_bounds_and_defaults_of_the_sidecar_are_the_parsers() {
    let serve = settings(&with("")).serve;
    let Listen::Unix(socket) = &serve.listen else {
        panic!("the default is a socket")
    };
    let row = |key| row(&keys::SERVE, key);
    let name = socket.file_name().expect("it has one").display();
    assert!(row("listen").contains(&format!("(default `unix:{name}`)")));
    assert!(row("reveal_reset").contains(&format!("(default `{}`)", serve.reveal_reset)));
    assert!(row("pad").contains(&format!("(default `{}`)", serve.pad.as_str())));
    let seconds = |time: std::time::Duration| usize::try_from(time.as_secs()).expect("a few");
    let burst = usize::try_from(serve.logins_burst).expect("a few");
    let minute = usize::try_from(serve.logins_per_minute).expect("a few");
    for (key, default) in [
        ("threads", None),
        ("queue", Some(serve.queue)),
        ("connections", Some(serve.connections)),
        ("clients_max", Some(serve.clients_max)),
        ("body_kib_max", Some(serve.body_bytes_max >> 10)),
        ("request_seconds", Some(seconds(serve.request_time))),
        ("database_seconds", Some(seconds(serve.database_time))),
        ("stop_seconds", Some(seconds(serve.stop_time))),
        ("logins_burst", Some(burst)),
        ("logins_per_minute", Some(minute)),
        ("reset_minutes", Some(seconds(serve.reset_time) / 60)),
        ("resets_burst", usize::try_from(serve.resets_burst).ok()),
        (
            "resets_per_hour",
            usize::try_from(serve.resets_per_hour).ok(),
        ),
    ] {
        let error = load(&with(&format!("[serve]\n{key} = -1"))).expect_err(key);
        let Problem::Bounds { min, max, .. } = *error.problem else {
            panic!("{error}")
        };
        let row = row(key);
        assert!(row.contains(&format!(", {min} to {max}")), "{row}");
        if let Some(default) = default {
            assert!(row.contains(&format!("(default {default})")), "{row}");
        }
    }
}

/// The table of the schemes that a credential can declare.
fn schemes() -> String {
    let mut table = String::from(
        "\n| scheme | what it is | can be wrapped |\n| --- | --- | --- |\n| `auto` | found out by proof | where it is proven |\n",
    );
    for scheme in Scheme::all() {
        let wrapped = match (scheme.inner_id(), scheme) {
            (Some(id), _) => format!("as `--{id}`"),
            (None, scheme) if scheme == Scheme::PLAINTEXT || scheme.is_reversible() => {
                "no; it is rehashed".to_owned()
            }
            (None, _) => String::new(),
        };
        let about = scheme.description().replace('|', "\\|");
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| `{scheme}` | {about} | {wrapped} |");
    }
    table + "\n"
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the explicit accept of a generated page comes from the environment"
)]
fn the_page_lists_the_schemes_of_the_registry() {
    let page = page();
    let start = page.find(GENERATED).expect("the mark is there") + GENERATED.len();
    let end = page.find(END).expect("the mark is there");
    let fresh = format!("{}{}{}", &page[..start], schemes(), &page[end..]);
    if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
        std::fs::write(PATH, &fresh).expect("the page can be written");
    } else {
        assert!(
            page == fresh,
            "docs/configuration.md is out of date: SALTERN_ACCEPT=1 cargo test page"
        );
    }
}
