//! `saltern reader`: the lines of code by which a login makes the inner text of each label. It
//! writes nothing.

use std::path::Path;

use serde_json::json;

use crate::cli::args::{Language, ReaderArgs};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::job::proof;
use crate::cli::output::{self, Notices};
use crate::cli::progress::{Show, Watch};
use crate::cli::setup::{self, Setup};
use crate::engine::{EngineError, Purpose, Session, reader_labels, scan_columns};
use crate::scheme::{InnerId, ReaderLanguage, formula, reader_line};
use crate::store::Kind;

pub(super) fn reader(args: &ReaderArgs, config: &Path) -> Result<Exit, Failure> {
    let (labels, kind) = if args.label.is_empty() {
        let (labels, kind) = scanned(args, config)?;
        (labels, Some(kind))
    } else {
        let kind = match args.language {
            Language::Sql => Some(Kind::of(&setup::load(config, Notices::Hide)?.url)?),
            _ => None,
        };
        (args.label.clone(), kind)
    };
    let language = language(args.language, kind)?;
    if args.json {
        output::line(&object(language, &labels).to_string());
    } else {
        output::out(&text(language, &labels));
    }
    Ok(Exit::Done)
}

/// The labels that the columns have, and those that a run would give their rows.
fn scanned(args: &ReaderArgs, config: &Path) -> Result<(Vec<InnerId>, Kind), Failure> {
    let Setup { settings, url } = setup::load(config, Notices::Show)?;
    let kind = Kind::of(&url)?;
    let proof = proof(&args.proof, None)?;
    let watch = Watch::new(Show::quiet_off_a_terminal());
    let scans = setup::block_on_watched(&watch, async {
        let mut session = Session::open(&settings, url).await?;
        session.proof = proof;
        let scans = scan_columns(&mut session, Purpose::Count, &watch).await?;
        session.conn.close().await;
        Ok::<_, EngineError>(scans)
    });
    watch.close();
    let mut labels: Vec<InnerId> = scans??
        .iter()
        .flat_map(|scan| reader_labels(&settings, scan))
        .collect();
    labels.sort_unstable();
    labels.dedup();
    Ok((labels, kind))
}

fn language(language: Language, kind: Option<Kind>) -> Result<ReaderLanguage, Failure> {
    Ok(match language {
        Language::Php => ReaderLanguage::Php,
        Language::Python => ReaderLanguage::Python,
        Language::Ruby => ReaderLanguage::Ruby,
        Language::Node => ReaderLanguage::Node,
        Language::Sql => kind.and_then(Kind::reader_language).ok_or_else(|| {
            Failure::usage(
                "SQLite has no hash functions in its SQL".to_owned(),
                "name the language of the application: php, python, ruby or node".to_owned(),
            )
        })?,
    })
}

/// The lines, and a remark for each label that has none.
fn text(language: ReaderLanguage, labels: &[InnerId]) -> String {
    let mut text = String::new();
    for label in labels {
        match reader_line(language, label) {
            Some(line) => text.push_str(&line.line),
            None => text.push_str(&language.comment(&format!(
                "{label}: no line of this language makes it ({}); docs/wrapped.md says how it is made, and `saltern serve` reads it",
                formula(label).unwrap_or_else(|| "not a digest expression".to_owned())
            ))),
        }
        text.push('\n');
    }
    if labels.is_empty() {
        text.push_str(
            &language
                .comment("no row has a label or gets one: the platform's own verifier is enough"),
        );
        text.push('\n');
    }
    text
}

fn object(language: ReaderLanguage, labels: &[InnerId]) -> serde_json::Value {
    let labels: Vec<serde_json::Value> = labels
        .iter()
        .map(|label| {
            let line = reader_line(language, label);
            json!({
                "label": label.to_string(),
                "formula": formula(label),
                "line": line.as_ref().map(|line| &line.line),
                "code": line.as_ref().map(|line| &line.code),
                "needs": line.as_ref().map(|line| &line.needs),
            })
        })
        .collect();
    json!({ "v": 1, "labels": labels })
}
