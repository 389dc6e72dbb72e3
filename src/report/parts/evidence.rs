//! The evidence on a column: the proof of each shape, and what the rows of each line have in
//! common.

use crate::census::{
    CandidateHits, ColumnCensus, ColumnLine, ShapeEvidence, ShapeVerdict, Spelling, TrialEvidence,
    TrialWay,
};
use crate::report::text::{count, percent, safe};
use crate::scheme::{Class, Declared, MissingSalt, Scheme, Shape};

/// What is known of a shape of bare digests, in words.
pub(in crate::report) fn proof_words(evidence: &ShapeEvidence, declared: Declared) -> String {
    let shape = shape_words(evidence.shape);
    // What is declared is so for rows with their salt.
    let declared = match evidence.shape.missing_salt() {
        Some(_) => Declared::Auto,
        None => declared,
    };
    match (declared, evidence.verdict) {
        (Declared::Scheme(scheme), _) if evidence.contradicts(scheme) => {
            let proven = evidence
                .proven()
                .map_or_else(String::new, |proven| proven.to_string());
            format!(
                "{shape}: DECLARED {scheme}, BUT PROVEN {proven} ({}): put the credential's scheme right",
                hits_words(evidence)
            )
        }
        (Declared::Scheme(scheme), _) if scheme.shape() == Some(evidence.shape.without_salt()) => {
            declared_words(&shape, evidence, scheme)
        }
        (_, ShapeVerdict::Proven(scheme)) => proven_words(&shape, evidence, scheme),
        _ if evidence.shape.missing_salt() == Some(MissingSalt::Doubtful) => {
            format!("{shape}: nobody knows which salt counts; these rows are kept")
        }
        _ if evidence.shape.missing_salt().is_some() => format!(
            "{shape}: not proven by itself: {}; {}; these rows are kept; empty_salt = \"empty\" in the credential says that the application salts \
             them with nothing",
            hits_words(evidence),
            tried_words(evidence)
        ),
        (_, ShapeVerdict::TooFew) => {
            format!(
                "{shape}: not proven: {}; {}; an account whose password is known tells it: --canary-login LOGIN:FILE; \
                 to write to it, name its scheme in the credential",
                hits_words(evidence),
                tried_words(evidence)
            )
        }
        (_, ShapeVerdict::Mixed) => {
            format!(
                "{shape}: not proven: a mixture ({}); {}; divide it with `where` and name each part's scheme",
                hits_words(evidence),
                tried_words(evidence)
            )
        }
        (_, ShapeVerdict::Ambiguous) => {
            format!(
                "{shape}: not to be told apart: the rows that were found are each of these ({}); name the scheme and its columns in the \
                 credential",
                hits_words(evidence)
            )
        }
    }
}

fn shape_words(shape: Shape) -> String {
    let joined = match shape.missing_salt() {
        None if shape.is_joined() => " with a salt behind it".to_owned(),
        None => String::new(),
        Some(missing) => format!(" ({})", missing.words()),
    };
    format!("{} hex{joined}", shape.digits())
}

fn declared_words(shape: &str, evidence: &ShapeEvidence, scheme: Scheme) -> String {
    let unsalted = evidence.candidates.iter().find(|c| c.scheme == scheme);
    let salted = found(evidence).find(|way| way.scheme == scheme);
    match (unsalted.filter(|c| c.hits > 0), salted) {
        (Some(c), _) => format!(
            "{shape}: declared {scheme}; {} rows of {} common passwords agree",
            count(c.hits),
            count(c.words)
        ),
        (None, Some(way)) => format!(
            "{shape}: declared {scheme}; {} sampled rows of {} common passwords agree{}",
            count(way.hits),
            count(way.words),
            padding_words(way)
        ),
        (None, None) => {
            format!(
                "{shape}: declared {scheme}; no common password was found that would confirm it"
            )
        }
    }
}

fn proven_words(shape: &str, evidence: &ShapeEvidence, scheme: Scheme) -> String {
    let unsalted = evidence.candidates.iter().find(|c| c.scheme == scheme);
    let others = none_words(evidence, scheme);
    match (unsalted.filter(|c| c.hits > 0), evidence.way()) {
        (Some(c), _) => format!(
            "{shape}: proven {scheme} by {} rows of {} common passwords; {others}",
            count(c.hits),
            count(c.words)
        ),
        (None, Some(way)) if evidence.is_by_canary() => format!(
            "{shape}: proven {} by the account whose password is known{}",
            way_words(way),
            undeclared_words(way)
        ),
        (None, Some(way)) => format!(
            "{shape}: proven {} by {} sampled rows of {} common passwords{}; {}{}",
            way_words(way),
            count(way.hits),
            count(way.words),
            padding_words(way),
            evidence
                .trial
                .as_ref()
                .map_or_else(String::new, trial_words),
            undeclared_words(way)
        ),
        (None, None) => format!("{shape}: proven {scheme}"),
    }
}

/// A way, with the names of columns safe to print.
fn way_words(way: &TrialWay) -> String {
    safe(&way.to_string())
}

/// How many hits have the salt or the name as its column pads it, and not as it was read.
fn padding_words(way: &TrialWay) -> String {
    if way.otherwise == 0 {
        return String::new();
    }
    format!(
        " ({} of them with the column of fixed width padded otherwise than it is read: `char_padding` names the one reading)",
        count(way.otherwise)
    )
}

/// What the credential must name before anything is written.
fn undeclared_words(way: &TrialWay) -> String {
    if way.is_declared() {
        return String::new();
    }
    let unnamed = way.inputs.iter().filter(|input| !input.declared);
    let keys: Vec<String> = unnamed
        .filter_map(|input| {
            let column = input.column.as_deref()?;
            Some(format!("{} = \"{}\"", input.slot.as_str(), safe(column)))
        })
        .collect();
    format!(
        "; to write to it, set {} in the credential",
        keys.join(" and ")
    )
}

/// The ways with salts and names that had hits.
fn found(evidence: &ShapeEvidence) -> impl Iterator<Item = &TrialWay> {
    evidence.trial.iter().flat_map(|trial| &trial.found)
}

/// The candidates with hits.
fn hits_words(evidence: &ShapeEvidence) -> String {
    let unsalted = evidence
        .candidates
        .iter()
        .filter(|c| c.hits > 0)
        .map(|c| passwords_words(c.scheme.name(), c.hits, c.words));
    let salted = found(evidence).map(|way| passwords_words(&way_words(way), way.hits, way.words));
    let with: Vec<String> = unsalted.chain(salted).collect();
    if with.is_empty() {
        format!("no hit under {}", names(evidence.candidates.iter()))
    } else {
        with.join(", ")
    }
}

fn passwords_words(what: &str, hits: u64, words: u64) -> String {
    format!("{what} {} rows of {} passwords", count(hits), count(words))
}

/// How much was tried.
fn tried_words(evidence: &ShapeEvidence) -> String {
    let unsalted = (evidence.tried > 0).then(|| {
        format!(
            "{} common passwords were tried under each",
            count(evidence.tried)
        )
    });
    let salted = evidence.trial.as_ref().map(trial_words);
    let both: Vec<String> = unsalted.into_iter().chain(salted).collect();
    if both.is_empty() {
        "nothing was tried".to_owned()
    } else {
        both.join(", and ")
    }
}

/// How much was tried with salts and names.
fn trial_words(trial: &TrialEvidence) -> String {
    let columns: Vec<String> = trial.columns.iter().map(|column| safe(column)).collect();
    let with = if columns.is_empty() {
        String::new()
    } else {
        format!(", with the columns {}", columns.join(", "))
    };
    let all = if trial.complete {
        ""
    } else {
        ", as far as it went in its time"
    };
    format!(
        "up to {} common passwords were tried in {} salted ways on {} rows{with}{all}",
        count(trial.words),
        count(trial.ways),
        count(trial.rows)
    )
}

/// The candidates that were ruled out.
fn none_words(evidence: &ShapeEvidence, but: Scheme) -> String {
    format!(
        "{} none",
        names(evidence.candidates.iter().filter(|c| c.scheme != but))
    )
}

fn names<'a>(candidates: impl Iterator<Item = &'a CandidateHits>) -> String {
    let names: Vec<&str> = candidates.map(|c| c.scheme.name()).collect();
    names.join(", ")
}

/// What the rows of a line have in common besides their form; none where that is nothing.
pub(in crate::report) fn line_words(line: &ColumnLine, census: &ColumnCensus) -> Option<String> {
    let facts: Vec<String> = [
        repeat_words(line),
        login_words(line, census),
        spelling_words(line),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!facts.is_empty()).then(|| format!("{}: {}", line.label(), facts.join("; ")))
}

/// Repeated values, and what they say about a salt.
fn repeat_words(line: &ColumnLine) -> Option<String> {
    let repeats = line.duplicates.rows;
    if repeats == 0 || !matches!(line.class, Class::Weak | Class::Slow | Class::Strong) {
        return None;
    }
    let salted = line.scheme.is_none_or(Scheme::salted);
    let meaning = match (line.scheme, salted) {
        (None, _) => "no salt, or one that is the same for many",
        (Some(_), true) => {
            "although each is salted: copied rows, or a salt that is the same for many"
        }
        (Some(_), false) => "there is no salt, and who breaks one has broken them all",
    };
    let about = if line.duplicates.exact { "" } else { "about " };
    Some(format!(
        "{about}{} rows share their value with another: {meaning}",
        count(repeats)
    ))
}

/// A line whose users have been away longer than the column's others. Old schemes cluster in time.
fn login_words(line: &ColumnLine, census: &ColumnCensus) -> Option<String> {
    if matches!(line.class, Class::Null | Class::Empty | Class::Locked) {
        return None;
    }
    let (own, all) = (line.login_ages, census.login_ages);
    let dated = line.rows - own.unknown;
    let others_dated = (census.rows - all.unknown) - dated;
    let others_old = all.older - own.older;
    if dated == 0 || others_dated == 0 {
        return None;
    }
    let share = |old: u64, of: u64| old as f64 / of as f64;
    // A difference of less than a tenth of the rows says nothing.
    (share(own.older, dated) >= share(others_old, others_dated) + 0.1).then(|| {
        format!(
            "{} last logged in more than two years ago, of the other rows {}",
            percent(own.older, dated),
            percent(others_old, others_dated)
        )
    })
}

/// Spellings that saltern ignores and other readers may not.
fn spelling_words(line: &ColumnLine) -> Option<String> {
    let Spelling {
        uppercase,
        newline,
        padded,
        quoted,
        long: _,
    } = line.spelling;
    let facts: Vec<String> = [
        (newline, "have a line break round the value"),
        (padded, "have blanks or NULs round the value"),
        (uppercase, "have digits in upper case"),
        (
            quoted,
            "are hashes in quotes: put them right first, nothing is written to them",
        ),
    ]
    .into_iter()
    .filter(|(rows, _)| *rows > 0)
    .map(|(rows, what)| format!("{} rows ({}) {what}", count(rows), percent(rows, line.rows)))
    .collect();
    (!facts.is_empty()).then(|| facts.join(", "))
}
