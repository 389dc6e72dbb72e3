//! The reference page says what the parser accepts, no more and no less.

use std::fmt::Write as _;

use super::*;
use crate::config::keys::{
    CredentialKey, DatabaseKey, FormatKey, FormatWriteKey, KnownKey, LedgerKey, OnLoginKey,
    OnResetKey, OnWrapKey, OtherTableKey, RuleKey, SectionKey, ServeKey, TargetKey, TopKey,
    WhenKey,
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
const GENERATED: &str = "<!-- generated: SALTERN_ACCEPT=1 cargo test page -->\n";
const END: &str = "<!-- end -->\n";

fn page() -> String {
    std::fs::read_to_string(PATH).expect("the reference page is there")
}

/// The text between a heading and the next heading of any level.
fn below(page: &str, heading: &str) -> String {
    let start = page
        .find(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("no heading {heading}"));
    let rest = &page[start + heading.len() + 2..];
    rest[..rest.find("\n#").unwrap_or(rest.len())].to_owned()
}

/// A section, and its keys in the order of the page.
struct SectionOnPage {
    section: &'static str,
    keys: Vec<&'static str>,
}

impl SectionOnPage {
    fn of<K: SectionKey>() -> Self {
        Self {
            section: K::SECTION,
            keys: K::ALL.iter().map(|key| key.as_str()).collect(),
        }
    }
}

/// Every section, in the order of the page.
fn sections() -> [SectionOnPage; 15] {
    [
        SectionOnPage::of::<TopKey>(),
        SectionOnPage::of::<DatabaseKey>(),
        SectionOnPage::of::<CredentialKey>(),
        SectionOnPage::of::<OtherTableKey>(),
        SectionOnPage::of::<OnResetKey>(),
        SectionOnPage::of::<FormatKey>(),
        SectionOnPage::of::<FormatWriteKey>(),
        SectionOnPage::of::<OnWrapKey>(),
        SectionOnPage::of::<OnLoginKey>(),
        SectionOnPage::of::<TargetKey>(),
        SectionOnPage::of::<RuleKey>(),
        SectionOnPage::of::<WhenKey>(),
        SectionOnPage::of::<KnownKey>(),
        SectionOnPage::of::<LedgerKey>(),
        SectionOnPage::of::<ServeKey>(),
    ]
}

fn heading(section: &str) -> String {
    match section {
        "the file" => "## The file".to_owned(),
        "a column of another table" => "### A salt in another table".to_owned(),
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

fn row<K: SectionKey>(key: K) -> String {
    let text = below(&page(), &heading(K::SECTION));
    let rows = rows(&text);
    let row = rows.iter().find(|(name, _)| *name == key.as_str());
    row.unwrap_or_else(|| panic!("no row for {}", key.as_str()))
        .1
        .to_owned()
}

#[test]
fn the_page_lists_every_key_of_every_section_and_no_other() {
    let page = page();
    for SectionOnPage { section, keys } in sections() {
        let text = below(&page, &heading(section));
        let listed: Vec<&str> = rows(&text).into_iter().map(|(key, _)| key).collect();
        assert_eq!(listed, keys, "{section}");
    }
}

#[test]
fn the_page_says_which_keys_are_not_available_yet() {
    let error = load(&with("[[rule]]\ndo = 'keep'\nwhen = { users = 'x' }"))
        .expect_err("it is not available");
    assert!(matches!(*error.problem, ConfigProblem::NotYet(_)));
    assert!(row(WhenKey::Users).contains("not available yet"));
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
fn check_bounds(key: TargetKey, algorithm: &str, default: u32) {
    let error = load(&with(&format!(
        "[target]\nalgorithm = '{algorithm}'\n{} = -1",
        key.as_str()
    )))
    .expect_err(key.as_str());
    let ConfigProblem::Bounds { min, max, .. } = *error.problem else {
        panic!("{error}")
    };
    let row = row(key);
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
    check_bounds(TargetKey::MemoryKib, "argon2id", memory_kib);
    check_bounds(TargetKey::Iterations, "argon2id", iterations);
    check_bounds(TargetKey::Parallelism, "argon2id", parallelism);
    let target = settings(&with("[target]\nalgorithm = 'bcrypt'")).target;
    let Outer::Bcrypt { cost, prefix } = target.outer else {
        panic!("it is bcrypt")
    };
    check_bounds(TargetKey::Cost, "bcrypt", cost);
    let target = settings(&with("[target]\nalgorithm = 'pbkdf2-sha256'")).target;
    let Outer::Pbkdf2Sha256 { iterations } = target.outer else {
        panic!("it is pbkdf2-sha256")
    };
    check_bounds(TargetKey::Iterations, "pbkdf2-sha256", iterations);
    assert!(row(TargetKey::Prefix).contains(&format!("(default `{}`)", prefix.as_str())));
    assert!(row(TargetKey::Dialect).contains(&format!("(default `{}`)", target.dialect.as_str())));
    let ledger = LedgerNames::default();
    assert!(row(LedgerKey::Schema).contains(&format!("(default `{}`)", ledger.schema)));
    assert!(row(LedgerKey::Prefix).contains(&format!("(default `{}`)", ledger.prefix)));
}

#[test]
fn the_pages_bounds_and_defaults_of_the_sidecar_are_the_parsers() {
    let serve = settings(&with("")).serve;
    let Listen::Unix(socket) = &serve.listen else {
        panic!("the default is a socket")
    };
    let name = socket.file_name().expect("it has one").display();
    assert!(row(ServeKey::Listen).contains(&format!("(default `unix:{name}`)")));
    assert!(row(ServeKey::RevealReset).contains(&format!("(default `{}`)", serve.reveal_reset)));
    assert!(row(ServeKey::Pad).contains(&format!("(default `{}`)", serve.pad.as_str())));
    let seconds = |time: std::time::Duration| usize::try_from(time.as_secs()).expect("a few");
    let burst = usize::try_from(serve.logins_burst).expect("a few");
    let minute = usize::try_from(serve.logins_per_minute).expect("a few");
    for (key, default) in [
        (ServeKey::Threads, None),
        (ServeKey::Queue, Some(serve.queue)),
        (ServeKey::Connections, Some(serve.connections)),
        (ServeKey::ClientsMax, Some(serve.clients_max)),
        (ServeKey::BodyKibMax, Some(serve.body_bytes_max >> 10)),
        (ServeKey::RequestSeconds, Some(seconds(serve.request_time))),
        (
            ServeKey::DatabaseSeconds,
            Some(seconds(serve.database_time)),
        ),
        (ServeKey::StopSeconds, Some(seconds(serve.stop_time))),
        (ServeKey::LoginsBurst, Some(burst)),
        (ServeKey::LoginsPerMinute, Some(minute)),
        (
            ServeKey::FailuresMax,
            usize::try_from(serve.failures_max).ok(),
        ),
        (
            ServeKey::FailuresHours,
            Some(seconds(serve.failures_time) / 3600),
        ),
        (
            ServeKey::ClientBurst,
            usize::try_from(serve.client_burst).ok(),
        ),
        (
            ServeKey::ClientPerMinute,
            usize::try_from(serve.client_per_minute).ok(),
        ),
        (ServeKey::Sidecars, usize::try_from(serve.sidecars).ok()),
        (ServeKey::ResetMinutes, Some(seconds(serve.reset_time) / 60)),
        (
            ServeKey::ResetsBurst,
            usize::try_from(serve.resets_burst).ok(),
        ),
        (
            ServeKey::ResetsPerHour,
            usize::try_from(serve.resets_per_hour).ok(),
        ),
    ] {
        let key_text = key.as_str();
        let error = load(&with(&format!("[serve]\n{key_text} = -1"))).expect_err(key_text);
        let ConfigProblem::Bounds { min, max, .. } = *error.problem else {
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
