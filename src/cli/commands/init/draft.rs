//! The text of a new `saltern.toml`: which columns become credentials, and the reasons in comments. Pure.

use std::fmt::Write as _;

use crate::config::DatabaseSource;
use crate::store::survey::{ColumnSurvey, FormKind, Guess, TableSurvey, candidates};

/// A configuration that was made by looking.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The file's text.
    pub text: String,
    /// The credentials in it: name, and what they are.
    pub chosen: Vec<String>,
    /// What looked like it and was left out, with the reason.
    pub left_out: Vec<String>,
}

/// The share of the values from which on a column is taken to be of one kind.
const MOST: f64 = 0.5;

/// Writes the file's text.
pub fn draft(tables: &[TableSurvey], source: &DatabaseSource) -> Draft {
    let mut text = String::from(
        "# Written by `saltern init` from what the database looks like. Nothing was asked and nothing was changed: read it, then run\n\
         # `saltern doctor`, `saltern scan` and `saltern plan`, which write nothing either.\n\
         # At most 200 rows a column were looked at, and of their values only the form was kept.\n\n[database]\n",
    );
    // Writing to a string cannot fail.
    let _ = match source {
        DatabaseSource::Env(variable) => writeln!(text, "url_env = {}", quoted(variable)),
        DatabaseSource::File(path) => {
            writeln!(text, "url_file = {}", quoted(&path.display().to_string()))
        }
        DatabaseSource::Url(url) => writeln!(text, "url = {}", quoted(url.expose())),
    };
    let mut chosen = Vec::new();
    let mut left_out = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for table in tables {
        let several = table
            .columns
            .iter()
            .filter(|column| judge(table, column).is_ok())
            .count()
            > 1;
        for column in &table.columns {
            match judge(table, column) {
                Ok(why) => {
                    let name = name_for(table, column, several, &names);
                    text.push('\n');
                    text.push_str(&credential(&name, table, column, why));
                    chosen.push(format!(
                        "{name}: {} of {}, {}",
                        one_line(&column.column),
                        one_line(&table.table),
                        forms(column)
                    ));
                    names.push(name);
                }
                Err(why) => left_out.push(format!(
                    "{}.{}: {why}",
                    one_line(&table.table),
                    one_line(&column.column)
                )),
            }
        }
    }
    text.push_str(
        "\n# What every row is to become. These are OWASP's figures for Argon2id; `algorithm = \"bcrypt\"` with `cost` is there for readers that know\n\
         # nothing else.\n[target]\nalgorithm = \"argon2id\"\nmemory_kib = 19456\niterations = 2\nparallelism = 1\n\n\
         # No rule is needed: what is weak and known for what it is gets wrapped, declared plaintext is hashed, everything else is kept.\n",
    );
    if !left_out.is_empty() {
        text.push_str("\n# Looked at and left out:\n");
        for line in &left_out {
            let _ = writeln!(text, "#   {line}");
        }
    }
    Draft {
        text,
        chosen,
        left_out,
    }
}

/// Whether a column becomes a credential, and why; or why not.
fn judge(table: &TableSurvey, column: &ColumnSurvey) -> Result<&'static str, String> {
    if let Some(reason) = &column.not_read {
        return Err(one_line(reason));
    }
    if column.guess == Guess::Token {
        return Err(
            "named like a token, which nobody types; what compares it would not find it any more"
                .to_owned(),
        );
    }
    let is_hash = |kind| matches!(kind, FormKind::Native(_) | FormKind::Own);
    let most = |is: &dyn Fn(FormKind) -> bool| column.share(is).is_some_and(|share| share >= MOST);
    if most(&|kind| matches!(kind, FormKind::Bytes | FormKind::Long)) {
        return Err(format!(
            "{}: raw digests or encrypted values, which this version does not take",
            forms(column)
        ));
    }
    let why = match column.guess {
        Guess::Password => "by its name",
        Guess::Answer => {
            "by its name: the answer to a question opens the account as well as the password"
        }
        Guess::Pin => "by its name",
        Guess::Hash if most(&is_hash) => "its values are password hashes",
        Guess::Hash
            if table.login.is_some() && most(&|kind| matches!(kind, FormKind::Hex { .. })) =>
        {
            "by its name and its values, beside something to log in with"
        }
        Guess::Hash => {
            return Err(format!(
                "named like a hash, but its values ({}) and its table don't say that it is one of passwords",
                forms(column)
            ));
        }
        Guess::Token => unreachable!("left out above"),
    };
    if table.key.is_empty() {
        return Err("its table has no unique key without NULL that is made of integers, uuid or text: rows could not be told apart".to_owned());
    }
    Ok(why)
}

fn credential(name: &str, table: &TableSurvey, column: &ColumnSurvey, why: &str) -> String {
    let mut text = format!(
        "# {}: chosen {why}; {}.\n[[credential]]\n",
        one_line(&column.column),
        forms(column)
    );
    let mut line = |key: &str, value: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{key} = {value}");
    };
    line("name", quoted(name));
    if let Some(schema) = &table.schema {
        line("schema", quoted(schema));
    }
    line("table", quoted(&table.table));
    line("key", list(&table.key));
    line("column", quoted(&column.column));
    line("scheme", quoted("auto"));
    let optional =
        |column_name: &Option<String>| column_name.clone().filter(|name| *name != column.column);
    let login = optional(&table.login);
    let username = optional(&table.username).filter(|name| Some(name) != login.as_ref());
    for (key, value) in [
        ("login", &login),
        ("username", &username),
        ("last_login", &optional(&table.last_login)),
    ] {
        if let Some(value) = value {
            line(key, quoted(value));
        }
    }
    if !table.moving.is_empty() {
        line("preserve", list(&table.moving));
    }
    line("readers_ready", "false".to_owned());
    text.push_str(
        "# Before this may be true, every program that checks a password against this column must read wrapped values: in\n\
         # `$argon2id--md5$…` take `--md5` away, and let its own Argon2 verify the lowercase hex MD5 of the password.\n",
    );
    text.push_str(&advice(table, column));
    text
}

/// What only a person can decide, as lines to be taken over.
fn advice(table: &TableSurvey, column: &ColumnSurvey) -> String {
    let mut text = String::new();
    let some = |is: &dyn Fn(FormKind) -> bool| column.share(is).is_some_and(|share| share > 0.0);
    let most_text = column
        .share(|kind| kind == FormKind::Text)
        .is_some_and(|share| share >= MOST);
    if most_text {
        text.push_str(
            "# Most values are text of no known form. saltern never takes such for passwords as they were typed: they may be of a scheme that\n\
             # it doesn't know, and are kept as they are. If you know that they are plaintext, put this in place of the `scheme` above:\n\
             # scheme = \"plaintext\"\n",
        );
        if column.guess == Guess::Answer {
            text.push_str("# and, so that \"Rex \" and \"rex\" stay the same answer:\n# normalize = \"answer1\"\n");
        }
    }
    let digits = column.forms.iter().find_map(|form| match form.kind {
        FormKind::Hex { digits, .. } => Some(digits),
        _ => None,
    });
    if let Some(digits) = digits
        && some(&|kind| matches!(kind, FormKind::Hex { .. }))
    {
        let schemes: Vec<&str> = candidates(digits)
            .iter()
            .take(4)
            .map(|scheme| scheme.name())
            .collect();
        let _ = writeln!(
            text,
            "# {digits} hex digits may be {}; `scan` proves which by passwords that many people choose. Where it can't, and you know it, name it\n\
             # in place of `auto`.",
            schemes.join(", ")
        );
        if !table.salts.is_empty() {
            let salts: Vec<String> = table.salts.iter().map(|salt| one_line(salt)).collect();
            let _ = writeln!(
                text,
                "# There is a column {} beside it: digests with a salt can't be proven by `auto` and are left alone until their scheme is named.",
                salts.join(", ")
            );
        }
    }
    text
}

/// A name that no other credential has.
fn name_for(table: &TableSurvey, column: &ColumnSurvey, several: bool, taken: &[String]) -> String {
    const CHARS_MAX: usize = 56;
    let base = if several {
        format!("{}_{}", table.table, column.column)
    } else {
        table.table.clone()
    };
    let base: String = one_line(&base).chars().take(CHARS_MAX).collect();
    let numbered = (2..).map(|n| format!("{base}_{n}"));
    std::iter::once(base.clone())
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or(base)
}

/// The forms of the sampled values in words.
fn forms(column: &ColumnSurvey) -> String {
    let sampled = column.sampled();
    if sampled == 0 {
        return "the table is empty".to_owned();
    }
    let shares: Vec<String> = column
        .forms
        .iter()
        .map(|form| format!("{} % {}", (form.rows * 100).div_ceil(sampled), form.kind))
        .collect();
    format!("of {sampled} rows: {}", shares.join(", "))
}

fn list(names: &[String]) -> String {
    match names {
        [one] => quoted(one),
        many => format!(
            "[{}]",
            many.iter()
                .map(|name| quoted(name))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// For a comment: a line end in a name would end it.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{ConfigFile, Loaded, parse};
    use crate::store::survey::Form;

    fn column(name: &str, forms: &[(FormKind, usize)]) -> ColumnSurvey {
        ColumnSurvey {
            column: name.to_owned(),
            declared: "text".to_owned(),
            guess: Guess::of(name).unwrap(),
            forms: forms
                .iter()
                .map(|(kind, rows)| Form {
                    kind: *kind,
                    rows: *rows,
                })
                .collect(),
            not_read: None,
        }
    }

    fn table(name: &str, columns: Vec<ColumnSurvey>) -> TableSurvey {
        TableSurvey {
            schema: None,
            table: name.to_owned(),
            key: vec!["id".to_owned()],
            login: Some("email".to_owned()),
            username: None,
            last_login: Some("last_login_at".to_owned()),
            salts: Vec::new(),
            moving: Vec::new(),
            columns,
        }
    }

    fn env() -> DatabaseSource {
        DatabaseSource::Env("DATABASE_URL".to_owned())
    }

    fn parsed(draft: &Draft) -> Loaded {
        parse(&ConfigFile {
            path: Path::new("saltern.toml"),
            text: &draft.text,
            mode: None,
        })
        .unwrap_or_else(|e| panic!("{e}\n{}", draft.text))
    }

    const MD5: FormKind = FormKind::Hex {
        digits: 32,
        upper: false,
    };

    #[test]
    fn what_is_written_is_a_configuration() {
        let columns = vec![
            column("password", &[(MD5, 122), (FormKind::Null, 78)]),
            column("secret_answer", &[(FormKind::Text, 200)]),
        ];
        let draft = draft(&[table("parent", columns)], &env());
        let settings = parsed(&draft).settings;
        let names: Vec<&str> = settings
            .credentials
            .iter()
            .map(|c| c.name.as_str())
            .collect();
        assert_eq!(names, ["parent_password", "parent_secret_answer"]);
        assert!(
            settings
                .credentials
                .iter()
                .all(|c| !c.readers_ready && c.login.as_deref() == Some("email"))
        );
        assert!(
            draft
                .text
                .contains("of 200 rows: 61 % 32 lowercase hex, 39 % NULL"),
            "{}",
            draft.text
        );
    }

    #[test]
    fn plaintext_is_suggested_and_never_declared() {
        let draft = draft(
            &[table(
                "kid",
                vec![column("secret_answer", &[(FormKind::Text, 9)])],
            )],
            &env(),
        );
        assert_eq!(
            parsed(&draft).settings.credentials[0].scheme,
            crate::scheme::Declared::Auto
        );
        assert!(
            draft.text.contains("\n# scheme = \"plaintext\"\n")
                && draft.text.contains("\n# normalize = \"answer1\"\n")
        );
    }

    #[test]
    fn names_that_are_hard_to_quote_come_through() {
        let name = "a \"b\"\n'''c'''\\ é";
        let draft = draft(&[table(name, vec![column("password", &[])])], &env());
        let credential = &parsed(&draft).settings.credentials[0];
        assert_eq!(credential.table, name);
        assert!(!credential.name.contains('\n'));
    }

    #[test]
    fn what_is_left_out_is_said_with_its_reason() {
        let mut keyless = table("log", vec![column("password", &[(MD5, 3)])]);
        keyless.key.clear();
        let files = table(
            "files",
            vec![
                column("sha1_hash", &[(FormKind::Text, 3)]),
                column("api_token", &[(MD5, 3)]),
            ],
        );
        let draft = draft(&[keyless, files], &env());
        assert!(draft.chosen.is_empty());
        assert_eq!(draft.left_out.len(), 3);
        assert!(
            draft
                .left_out
                .iter()
                .all(|line| draft.text.contains(&format!("#   {line}\n")))
        );
    }

    #[test]
    fn two_credentials_never_share_a_name() {
        let mut other = table("users", vec![column("password", &[])]);
        other.schema = Some("old".to_owned());
        let draft = draft(
            &[table("users", vec![column("password", &[])]), other],
            &env(),
        );
        let names: Vec<String> = parsed(&draft)
            .settings
            .credentials
            .iter()
            .map(|c| c.name.clone())
            .collect();
        assert_eq!(names, ["users", "users_2"]);
    }

    #[test]
    fn a_hash_column_beside_a_login_is_chosen_and_a_checksum_is_not() {
        let mut files = table("files", vec![column("hash", &[(MD5, 3)])]);
        files.login = None;
        let draft = draft(
            &[table("users", vec![column("hash", &[(MD5, 3)])]), files],
            &env(),
        );
        assert_eq!((draft.chosen.len(), draft.left_out.len()), (1, 1));
    }
}
