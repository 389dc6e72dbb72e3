//! The text of a new `saltern.toml`, with the reasons in comments. It reads no database and no
//! file.

use std::fmt::Write as _;

use super::advice::{advice, salts};
use super::words::{one_line, shares_of, toml_list, toml_string};
use crate::config::DatabaseSource;
use crate::store::survey::{ColumnSurvey, FormCount, FormKind, FormatSurvey, TableSurvey, judge};

/// A configuration that was made from a survey of the database.
#[derive(Clone, Debug)]
pub struct ConfigDraft {
    /// The file's text.
    pub text: String,
    /// A line for each credential in it: its name, its column, the forms of its values.
    pub chosen: Vec<String>,
    /// A line for each column that was examined and left out, with the reason.
    pub left_out: Vec<String>,
}

/// Writes the file's text.
pub fn draft(tables: &[TableSurvey], source: &DatabaseSource) -> ConfigDraft {
    let mut text = String::from(
        "# Written by `saltern init` from what the database looks like. Nothing was asked and nothing was changed: read it, then run\n\
         # `saltern doctor`, `saltern scan` and `saltern plan`, which write nothing either.\n\
         # At most 200 rows a column were looked at, and of their values only the form was kept.\n\n[database]\n",
    );
    // Writing to a string cannot fail.
    let _ = match source {
        DatabaseSource::Env(variable) => writeln!(text, "url_env = {}", toml_string(variable)),
        DatabaseSource::File(path) => {
            writeln!(
                text,
                "url_file = {}",
                toml_string(&path.display().to_string())
            )
        }
        DatabaseSource::Url(url) => writeln!(text, "url = {}", toml_string(url.expose())),
    };
    let mut chosen = Vec::new();
    let mut left_out = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for table in tables {
        for column in &table.columns {
            match judge(table, column) {
                Ok(why) => {
                    let name = unique_name(base_name(table, column), &names);
                    text.push('\n');
                    text.push_str(&credential(&name, table, column, why));
                    chosen.push(format!(
                        "{name}: {} of {}, {}",
                        one_line(&column.column),
                        one_line(&table.table),
                        column.forms_in_words()
                    ));
                    names.push(name);
                }
                Err(why) => left_out.push(format!(
                    "{}.{}: {}",
                    one_line(&table.table),
                    one_line(&column.column),
                    one_line(&why)
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
    ConfigDraft {
        text,
        chosen,
        left_out,
    }
}

fn credential(name: &str, table: &TableSurvey, column: &ColumnSurvey, why: &str) -> String {
    let mut text = format!(
        "# {}: chosen {why}; {}.\n[[credential]]\n",
        one_line(&column.column),
        column.forms_in_words()
    );
    let mut line = |key: &str, value: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{key} = {value}");
    };
    line("name", toml_string(name));
    if let Some(schema) = &table.schema {
        line("schema", toml_string(schema));
    }
    line("table", toml_string(&table.table));
    line("key", toml_list(&table.key));
    line("column", toml_string(&column.column));
    let format = table.format.as_ref().and_then(format_section);
    if format.is_none() {
        line("scheme", toml_string("auto"));
    }
    if let Some(condition) = &column.condition {
        line("where", toml_string(condition));
    }
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
            line(key, toml_string(value));
        }
    }
    if login.is_none() {
        line(
            "# login",
            "\"…\"  # no column looks like what is typed at login; without one no login finds a row".to_owned(),
        );
    }
    let is_digest = |kind| matches!(kind, FormKind::Hex { .. });
    if let [salt] = salts(table)[..]
        && column.share(is_digest).is_some_and(|share| share > 0.0)
    {
        line("salt", toml_string(salt));
    }
    if !table.moving.is_empty() {
        line("preserve", toml_list(&table.moving));
    }
    line("readers_ready", "false".to_owned());
    text.push_str(
        "# Before this may be true, every program that checks a password against this column must read wrapped values: in\n\
         # `$argon2id--md5$…` take `--md5` away, and let its own Argon2 verify the lowercase hex MD5 of the password.\n\
         # `saltern reader --language php` (python, ruby, node, sql) prints the code.\n",
    );
    text.push_str(&advice(table, column));
    text.push_str(&format.unwrap_or_default());
    text
}

/// `[credential.format]`; none where no value of the column stands beside hashes.
fn format_section(format: &FormatSurvey) -> Option<String> {
    let mut text = format!(
        "# The column {} seems to say which scheme a row has. Each value proves itself: `saltern scan` shows it part by part.\n\
         # A value that is not listed is left as it is, and its rows open for nobody by `saltern serve`.\n",
        one_line(&format.column)
    );
    let mut listed = Vec::new();
    let mut of_null = None;
    for value in &format.values {
        let shown = value.value.as_deref().unwrap_or("NULL");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "#   {}: {}", one_line(shown), shares_of(&value.forms));
        match (&value.value, scheme_beside(&value.forms)) {
            (_, None) => {}
            (Some(word), Some(scheme)) => {
                listed.push(format!("{} = {}", toml_string(word), toml_string(scheme)));
            }
            (None, Some(scheme)) => of_null = Some(scheme),
        }
    }
    if listed.is_empty() {
        return None;
    }
    let _ = writeln!(
        text,
        "[credential.format]\ncolumn = {}\nschemes = {{ {} }}",
        toml_string(&format.column),
        listed.join(", ")
    );
    if let Some(scheme) = of_null {
        let _ = writeln!(text, "null = {}", toml_string(scheme));
    }
    text.push_str(
        "# Without `write` the column goes on naming the old scheme beside a wrapped value. Choose words that no row has yet:\n\
         # write = { wrapped = \"40\", native = \"41\", dead = \"0\" }\n",
    );
    Some(text)
}

/// The scheme to list for a value; none where what stands beside it is no hash.
fn scheme_beside(forms: &[FormCount]) -> Option<&'static str> {
    match forms.iter().find(|form| form.kind < FormKind::Locked)?.kind {
        FormKind::Native(name) if name.starts_with("bcrypt-2") => Some("bcrypt"),
        FormKind::Native(name) if name.starts_with("argon2") => Some("argon2"),
        FormKind::Native(_) | FormKind::Own | FormKind::Hex { .. } => Some("auto"),
        _ => None,
    }
}

/// The name of a credential, before it is made unique.
fn base_name(table: &TableSurvey, column: &ColumnSurvey) -> String {
    const CHARS_MAX: usize = 56;
    let chosen = |column: &&ColumnSurvey| judge(table, column).is_ok();
    let base = if table.columns.iter().filter(chosen).count() > 1 {
        format!("{}_{}", table.table, column.column)
    } else {
        table.table.clone()
    };
    one_line(&base).chars().take(CHARS_MAX).collect()
}

/// A name that no other credential has: the base, with a number where it is taken.
fn unique_name(base: String, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{base}_{n}"));
    std::iter::once(base.clone())
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{ConfigFile, Loaded, parse};
    use crate::store::survey::{FormatValueSurvey, Guess, TableOf};

    fn column(name: &str, forms: &[(FormKind, usize)]) -> ColumnSurvey {
        ColumnSurvey {
            column: name.to_owned(),
            declared: "text".to_owned(),
            guess: Guess::of(name).unwrap(),
            condition: None,
            distinct: forms.iter().map(|(_, rows)| rows).sum(),
            forms: forms
                .iter()
                .map(|(kind, rows)| FormCount {
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
            owner: None,
            table_of: TableOf::Unknown,
            connection: None,
            last_login: Some("last_login_at".to_owned()),
            salts: Vec::new(),
            moving: Vec::new(),
            format: None,
            columns,
        }
    }

    fn env() -> DatabaseSource {
        DatabaseSource::Env("DATABASE_URL".to_owned())
    }

    fn parsed(draft: &ConfigDraft) -> Loaded {
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
    fn a_column_that_says_which_scheme_a_row_has_divides_the_credential() {
        let value = |value: Option<&str>, kind| FormatValueSurvey {
            value: value.map(str::to_owned),
            forms: vec![FormCount { kind, rows: 50 }],
        };
        let members = TableSurvey {
            format: Some(FormatSurvey {
                column: "hash_type".to_owned(),
                values: vec![
                    value(Some("1"), MD5),
                    value(Some("7"), FormKind::Native("bcrypt-2y")),
                    value(Some("3"), FormKind::Text),
                    value(None, MD5),
                ],
            }),
            ..table("member", vec![column("password", &[(MD5, 200)])])
        };
        let draft = draft(std::slice::from_ref(&members), &env());
        let settings = parsed(&draft).settings;
        let names: Vec<&str> = settings
            .credentials
            .iter()
            .map(|credential| credential.name.as_str())
            .collect();
        assert_eq!(names, ["member[1]", "member[7]", "member[NULL]"]);
        assert!(
            draft
                .text
                .contains("#   3: of 50 rows: 100 % text of no known form")
        );
        // Passwords in the clear are never inferred.
        let clear = TableSurvey {
            format: Some(FormatSurvey {
                column: "algo".to_owned(),
                values: vec![value(Some("none"), FormKind::Text)],
            }),
            ..members
        };
        let draft = super::draft(&[clear], &env());
        assert_eq!(
            parsed(&draft).settings.credentials[0].scheme,
            crate::scheme::Declared::Auto
        );
        assert_eq!(parsed(&draft).settings.credentials[0].name, "member");
    }

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
                .all(|c| !c.readers_ready && c.login.first() == Some("email"))
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
