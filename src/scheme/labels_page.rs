//! The table of labels in `docs/wrapped.md`, generated from the registry and from the values that
//! other implementations made; and the proof of the formulas by the same values.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::expression::{Expression, Inputs};
use super::*;

const BEGIN: &str =
    "<!-- generated: the labels. SALTERN_ACCEPT=1 cargo test labels_page writes them anew -->";
const END: &str = "<!-- end -->";

/// A value that another implementation made, with what it was made of.
struct Made {
    scheme: Scheme,
    stored: String,
    password: String,
    salt: String,
    salt2: String,
    username: String,
    user_id: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Every value that is text, made of text.
fn made() -> Vec<Made> {
    let mut all = Vec::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let line: Value = serde_json::from_str(line).unwrap();
            let has_bytes = ["password_hex", "salt_hex", "salt2_hex", "stored_hex"]
                .iter()
                .any(|name| !line[*name].is_null());
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let Ok(scheme) = Scheme::parse(&text("scheme")) else {
                continue;
            };
            let stored = text("stored") + &text("hash");
            if !has_bytes && line["password"].is_string() && !stored.is_empty() {
                all.push(Made {
                    scheme,
                    stored,
                    password: text("password"),
                    salt: text("salt"),
                    salt2: text("salt2"),
                    username: text("username"),
                    user_id: text("user_id"),
                });
            }
        }
    }
    all
}

/// The shortest example of each scheme that a person can read.
fn examples(made: &[Made]) -> BTreeMap<&'static str, &Made> {
    let mut best: BTreeMap<&'static str, &Made> = BTreeMap::new();
    for one in made {
        let plain = |text: &str| {
            text.chars()
                .all(|c| c.is_ascii_graphic() && c != '|' && c != '`')
        };
        let fits = (3..=24).contains(&one.password.len())
            && plain(&one.password)
            && plain(&one.salt)
            && plain(&one.salt2)
            && plain(&one.username)
            && one.stored.is_ascii()
            && take(one.stored.as_bytes(), one.scheme).is_some();
        let len = |one: &Made| one.stored.len() + one.salt.len() + one.password.len();
        if fits
            && best
                .get(one.scheme.name())
                .is_none_or(|known| len(one) < len(known))
        {
            best.insert(one.scheme.name(), one);
        }
    }
    best
}

fn visible(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text)
            if text
                .chars()
                .all(|c| c.is_ascii_graphic() && c != '|' && c != '`') =>
        {
            format!("`{text}`")
        }
        _ => format!(
            "hex `{}`",
            bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()
        ),
    }
}

fn example(one: &Made) -> Option<String> {
    let taken = take(one.stored.as_bytes(), one.scheme)?;
    let mut text = format!("`{}`", one.password);
    for (name, value) in [
        ("salt", &one.salt),
        ("salt2", &one.salt2),
        ("username", &one.username),
        ("user id", &one.user_id),
    ] {
        if !value.is_empty() {
            let _ = write!(text, ", {name} `{value}`");
        }
    }
    if !taken.setting.is_empty() {
        let _ = write!(text, ", setting {}", visible(&taken.setting));
    }
    let _ = write!(text, ": {}", visible(taken.text.as_bytes()));
    Some(text)
}

fn table() -> String {
    let made = made();
    let examples = examples(&made);
    let mut text =
        format!("{BEGIN}\n\n| label | inner text | of a password |\n| --- | --- | --- |\n");
    let mut schemes: Vec<(InnerId, Scheme)> = Scheme::all()
        .filter_map(|scheme| Some((scheme.inner_id()?, scheme)))
        .collect();
    schemes.sort_unstable_by_key(|(id, _)| *id);
    for (id, scheme) in schemes {
        let one = examples.get(scheme.name());
        let whole = one.is_some_and(|one| {
            take(one.stored.as_bytes(), one.scheme)
                .is_some_and(|taken| taken.text.as_bytes() == one.stored.as_bytes())
        });
        let how = match formula(&id) {
            Some(formula) => format!("`{formula}`"),
            None if whole => format!("the whole string, made anew: {}", scheme.description()),
            None => scheme.description().to_owned(),
        };
        let _ = writeln!(
            text,
            "| `{id}` | {how} | {} |",
            one.and_then(|one| example(one)).unwrap_or_default()
        );
    }
    text.push('\n');
    text.push_str(END);
    text
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the explicit accept of a generated page comes from the environment"
)]
fn the_table_of_labels_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/wrapped.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let begin = page.find(BEGIN).expect("the page has the table");
    let end = begin + page[begin..].find(END).expect("the table has an end") + END.len();
    let anew = format!("{}{}{}", &page[..begin], table(), &page[end..]);
    if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
        std::fs::write(&path, &anew).unwrap();
        return;
    }
    assert!(
        page == anew,
        "docs/wrapped.md is out of date: SALTERN_ACCEPT=1 cargo test labels_page"
    );
}

#[test]
fn every_formula_makes_the_text_of_values_that_others_made() {
    let mut proven: BTreeMap<InnerId, usize> = BTreeMap::new();
    for one in made() {
        let Some(id) = one.scheme.inner_id() else {
            continue;
        };
        let Some(formula) = formula(&id) else {
            continue;
        };
        let taken = take(one.stored.as_bytes(), one.scheme);
        let Some(taken) = taken.filter(|_| one.stored.is_ascii()) else {
            continue;
        };
        let of_setting = formula.contains("setting");
        let expression = Expression::parse(&formula.replace("setting", "salt")).unwrap();
        let salt = if of_setting || one.salt.is_empty() {
            &taken.setting[..]
        } else {
            one.salt.as_bytes()
        };
        let text = expression.text(&Inputs {
            pass: one.password.as_bytes(),
            salt,
            salt2: one.salt2.as_bytes(),
            username: one.username.as_bytes(),
            user_id: one.user_id.as_bytes(),
            site: None,
        });
        if text
            .as_ref()
            .is_some_and(|text| text.as_bytes() == taken.text.as_bytes())
        {
            *proven.entry(id).or_default() += 1;
        } else {
            // A value that says another version of its scheme has another formula.
            panic!(
                "{id}: {formula} does not make {} of {:?}",
                one.stored, one.password
            );
        }
    }
    assert!(proven.len() > 100, "{} labels", proven.len());
}
