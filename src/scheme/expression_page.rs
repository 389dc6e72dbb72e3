//! The page in `docs/` on expressions, generated from the language and from examples that other
//! implementations made (`tests/vectors/words.jsonl`).

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::expression::{Algorithm, SlowName, TextChange};
use super::*;
use crate::secret::{InnerSalt, Password, SiteSalts, StoredHash};

/// What every example is given.
const INPUTS: [(&str, &str); 6] = [
    ("pass", "Tr0ub4dor"),
    ("salt", "aB3d"),
    ("salt2", "Zz9"),
    ("username", "Fred"),
    ("userid", "42"),
    ("site1", "S1te-wide"),
];

/// What a word means; functions and slow hashes have one line for all of them.
const WORDS: [(&str, &str); 16] = [
    (
        "pass",
        "the password, as the bytes that a login sends: UTF-8",
    ),
    (
        "salt",
        "the salt: the column `salt`, or the text beside the digest where `salt = false`",
    ),
    ("salt1", "another name of `salt`, beside `salt2`"),
    ("salt2", "the second salt, from the column `salt2`"),
    (
        "username",
        "the user's name, from the column `username` or else `login`",
    ),
    ("userid", "the first column of the key"),
    (
        "site",
        "the application's site-wide salt, a line of `site_salt_file`; with a number behind it the salt of that line",
    ),
    ("'text'", "a fixed piece; a quote in it is written twice"),
    (".", "joins two pieces"),
    (
        "_bin",
        "behind the name of a hash function: the digest's bytes in place of its lowercase hex",
    ),
    (
        "hmac-",
        "before the name of a hash function: HMAC. `key=` says the key; what stands behind a comma is the message. Without one \
      it is the password, or the salt where the password is the key",
    ),
    (
        "cut",
        "`cut(x,from,length)`: so many bytes of x, counted from 0",
    ),
    (
        "repeat",
        "`repeat(times,body,start)`: the body so many times over; in it, `it` is what the round before gave, and `start` at first",
    ),
    ("it", "inside `repeat`: what the round before gave"),
    ("upper", "another name of `strtoupper`"),
    ("strtolower", "another name of `lower`"),
];

/// What a change of a text does.
const CHANGES: [(&str, &str); 8] = [
    (
        "utf16le",
        "the text in UTF-16, the low byte first, as Windows and .NET have it",
    ),
    ("utf16be", "the text in UTF-16, the high byte first"),
    ("strtoupper", "in upper case"),
    ("lower", "in lower case"),
    ("hex", "bytes in lowercase hex"),
    ("unhex", "the bytes that hex digits stand for"),
    ("base64", "bytes in base64 with padding"),
    ("unbase64", "the bytes that a text in base64 stands for"),
];

fn examples() -> Vec<Value> {
    include_str!("../../tests/vectors/words.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn field<'v>(line: &'v Value, name: &str) -> &'v str {
    line[name].as_str().expect("a text")
}

/// The rows of a word: its examples, or nothing that a reader could do with.
fn rows(page: &mut String, examples: &[Value], word: &str, about: &str) {
    let of_word: Vec<&Value> = examples
        .iter()
        .filter(|line| field(line, "word") == word)
        .collect();
    assert!(!of_word.is_empty(), "{word} has no example");
    for line in of_word {
        let (example, made) = (field(line, "example"), field(line, "made"));
        let _ = writeln!(page, "| `{word}` | {about} | `{example}` | `{made}` |");
    }
}

fn page() -> String {
    const HEAD: &str =
        "| word | what it is | example | what it gives |\n| --- | --- | --- | --- |\n";
    let examples = examples();
    let mut page = String::from(
        "# Expressions\n\n\
         This page is generated from the language (`src/scheme/expression/`) and from `tests/vectors/words.jsonl`.\n\
         `SALTERN_ACCEPT=1 cargo test expression_page` writes it anew. A test computes every example, and other\n\
         implementations have made what it gives.\n\n\
         An expression says how a password became the stored digest. It stands where a scheme is named:\n\
         `scheme = \"md5(md5(pass).salt)\"`. The outermost function is a hash function, or a change of one's digest, or a slow\n\
         hash around anything.\n\n",
    );
    let inputs: Vec<String> = INPUTS
        .iter()
        .map(|(name, value)| format!("`{name}` = `{value}`"))
        .collect();
    let (first, last) = inputs.split_at(inputs.len() - 1);
    let _ = writeln!(
        page,
        "The examples are given {},\n{}.\n",
        first.join(", "),
        last.join(", ")
    );
    page.push_str("## Words\n\n");
    page.push_str(HEAD);
    for (word, about) in WORDS {
        rows(&mut page, &examples, word, about);
    }
    page.push_str("\n## Hash functions\n\nEach gives lowercase hex. The name alone, without brackets, is that of the password.\n\n");
    page.push_str(HEAD);
    for (name, algorithm) in Algorithm::ALL {
        let about = format!("{} bytes", algorithm.len());
        rows(&mut page, &examples, name, &about);
    }
    page.push_str("\n## Changes of a text\n\n");
    page.push_str(HEAD);
    for (name, about) in CHANGES {
        rows(&mut page, &examples, name, about);
    }
    page.push_str(
        "\n## Slow hashes\n\n\
         One may stand outermost, around any expression. Its strings look like those of the slow hash alone, so the column has\n\
         to be declared. Its own salt and cost stand in the string. `salt` inside the brackets is a column's.\n\n",
    );
    page.push_str(HEAD);
    for (name, _) in SlowName::ALL {
        rows(&mut page, &examples, name, "the string of that hash");
    }
    page.push_str(
        "\n## Bounds\n\n\
         An expression is bounded when it is read: its length, its depth, its pieces, its rounds, and how much longer a text\n\
         may become before it is hashed. Its work with the password that was typed is told before anything is hashed; beyond\n\
         `login_work_max` it is not begun.\n",
    );
    page
}

#[test]
fn every_example_gives_what_another_implementation_made() {
    let salts = INPUTS.map(|(_, value)| InnerSalt::new(value.as_bytes()));
    let site = SiteSalts::new([INPUTS[5].1]).expect("a line");
    let context = Context {
        salt: Some(&salts[1]),
        salt2: Some(&salts[2]),
        username: Some(INPUTS[3].1),
        user_id: Some(INPUTS[4].1),
        site: Some(&site),
        ..Context::default()
    };
    for line in examples() {
        let example = field(&line, "example");
        let scheme = Scheme::parse(example).expect("an expression");
        let stored = StoredHash::new(field(&line, "made"));
        let opens = |password: &str| verify_as(&stored, &Password::new(password), scheme, &context);
        assert_eq!(opens(INPUTS[0].1), Ok(true), "{example}");
        assert_eq!(opens("Tr0ub4dox"), Ok(false), "{example}");
        // The text of the scheme is read as the same scheme again.
        assert_eq!(Scheme::parse(scheme.name()), Ok(scheme), "{example}");
    }
}

#[test]
fn every_word_of_the_language_is_on_the_page() {
    let parser = include_str!("expression/parse.rs");
    let arms = parser
        .lines()
        .filter(|line| line.contains("=> Ok(Node::") || line.contains("\" => {"));
    let words = arms.flat_map(|line| line.split('"').skip(1).step_by(2));
    let mut seen = 0;
    for word in words {
        assert!(
            WORDS.iter().any(|(known, _)| *known == word),
            "`{word}` needs a line in WORDS and an example in tests/vectors/makers/words.py"
        );
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
    for (name, _) in TextChange::OTHER_NAMES {
        assert!(WORDS.iter().any(|(known, _)| *known == name), "{name}");
    }
    let changes = TextChange::ALL.map(|(name, _)| name);
    assert_eq!(changes, CHANGES.map(|(name, _)| name));
}

#[test]
fn the_page_on_expressions_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/expressions.md");
    let page = page();
    if std::env::var_os("SALTERN_ACCEPT").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/expressions.md is out of date: SALTERN_ACCEPT=1 cargo test expression_page"
    );
}
