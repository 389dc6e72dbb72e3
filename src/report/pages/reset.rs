//! What `saltern reset` would do: how many rows of each kind, and a few of their keys.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::engine::ResetPlan;
use crate::report::object::{REPORT_VERSION, object};
use crate::report::parts::RefusalObject;
use crate::report::table::{Align, TextTable};
use crate::report::text::{count, safe};

/// The object of a report.
#[derive(Serialize)]
struct ResetObject<'a> {
    v: u32,
    digest: &'a str,
    rows: u64,
    credentials: Vec<ResetColumnObject<'a>>,
    warnings: &'a [String],
    refusals: Vec<RefusalObject<'a>>,
}

#[derive(Serialize)]
struct ResetColumnObject<'a> {
    name: &'a str,
    seen: u64,
    rows: u64,
    left_out: u64,
    kinds: Vec<ResetKindObject>,
    sample: &'a [String],
}

#[derive(Serialize)]
struct ResetKindObject {
    class: &'static str,
    scheme: Option<&'static str>,
    rows: u64,
}

/// The text for people.
pub fn reset_text(plan: &ResetPlan) -> String {
    let mut table = TextTable::new(
        2,
        &[
            ("credential", Align::Left),
            ("class", Align::Left),
            ("what", Align::Left),
            ("rows", Align::Right),
        ],
    );
    for column in &plan.columns {
        for kind in &column.kinds {
            table.row([
                column.credential.clone(),
                kind.class.to_owned(),
                kind.scheme.unwrap_or("").to_owned(),
                count(kind.rows),
            ]);
        }
    }
    let mut out = table.render();
    let left_out: u64 = plan.columns.iter().map(|column| column.left_out).sum();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\n  to reset  {} rows", count(plan.rows()));
    let _ = writeln!(
        out,
        "  left out  {} by `except`, the lists and --wrapped-before",
        count(left_out)
    );
    for column in &plan.columns {
        if !column.sample.is_empty() {
            let keys: Vec<String> = column
                .sample
                .iter()
                .map(|key| safe(key).to_string())
                .collect();
            let _ = writeln!(
                out,
                "  such as   {} {}",
                safe(&column.credential),
                keys.join(", ")
            );
        }
    }
    let _ = writeln!(out, "  digest    {}", plan.digest);
    for warning in &plan.warnings {
        let _ = writeln!(out, "\nwarning: {}", safe(warning));
    }
    for refusal in &plan.refusals {
        let _ = writeln!(
            out,
            "\nreset --execute would refuse: {}\nwhat to do: {}",
            safe(&refusal.what),
            safe(&refusal.hint)
        );
    }
    let _ = match plan.rows() {
        0 => writeln!(out, "\nNothing was written, and there is nobody to reset."),
        rows => writeln!(
            out,
            "\nNothing was written. To reset them: the same with --execute --confirm {rows}"
        ),
    };
    out
}

/// The object for machines.
pub fn reset_json(plan: &ResetPlan) -> Value {
    let columns = plan.columns.iter().map(|column| {
        let kinds = column.kinds.iter().map(|kind| ResetKindObject {
            class: kind.class,
            scheme: kind.scheme,
            rows: kind.rows,
        });
        ResetColumnObject {
            name: &column.credential,
            seen: column.seen,
            rows: column.rows,
            left_out: column.left_out,
            kinds: kinds.collect(),
            sample: &column.sample,
        }
    });
    object(&ResetObject {
        v: REPORT_VERSION,
        digest: &plan.digest,
        rows: plan.rows(),
        credentials: columns.collect(),
        warnings: &plan.warnings,
        refusals: plan.refusals.iter().map(RefusalObject::of).collect(),
    })
}
