//! Where a range of rows that an earlier run kept is of another scheme, nobody knows its edge.
//!
//! Such a range begins behind the last hit of the other rows' scheme. The rows between that hit and
//! the first one of the other scheme may be of either. When the range proves itself in a later run,
//! these few would get the wrong label, and their owners could not log in.

use crate::census::PartIs;
use crate::engine::error::EngineError;
use crate::engine::judge::part_text::accept_text;
use crate::engine::judge::parts::KeptPart;
use crate::engine::judge::spec::read;
use crate::engine::refusal::Refusal;
use crate::engine::scan::column::ColumnScan;
use crate::engine::session::Session;
use crate::scheme::{Declared, Scheme};
use crate::store::ledger::run::specs_with;

/// The word for a range in what the ledger keeps of a run.
const RANGE: &str = "range";

/// What refuses a run because a range that an earlier run kept is now proven to be of another
/// scheme: for each scan, in their order.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn edges(
    session: &mut Session<'_>,
    scans: &[ColumnScan],
) -> Result<Vec<Vec<Refusal>>, EngineError> {
    let mut all = vec![Vec::new(); scans.len()];
    let is_asked = |scan: &&ColumnScan| {
        let credential = session.settings.credential(&scan.credential);
        credential.is_some_and(|known| known.scheme == Declared::Auto)
            && !scan.proven.schemes().is_empty()
    };
    let asked: Vec<bool> = scans.iter().map(|scan| is_asked(&scan)).collect();
    if !asked.contains(&true) {
        return Ok(all);
    }
    for text in specs_with(&mut session.conn, &session.names, RANGE).await? {
        // What another version wrote says nothing to this one.
        let Ok(earlier) = read(&text) else {
            continue;
        };
        for ((scan, _), out) in (scans.iter().zip(&asked).zip(&mut all)).filter(|((_, is), _)| **is)
        {
            let Some(proven) = earlier.proven.get(&scan.credential) else {
                continue;
            };
            let was = |part: &KeptPart| proven.schemes().get(&part.shape).copied();
            let found = (proven.kept().iter())
                .filter_map(|part| Some(refusal(scan, part, changed(scan, part, was(part)?)?)));
            // Two runs may have kept the same rows.
            for refusal in found {
                if !out.contains(&refusal) {
                    out.push(refusal);
                }
            }
        }
    }
    Ok(all)
}

fn refusal(scan: &ColumnScan, part: &KeptPart, (was, is): (Scheme, Scheme)) -> Refusal {
    let rows = accept_text(&part.condition, &scan.dividers);
    Refusal {
        what: format!(
            "the rows of credential {} with {rows} were kept by an earlier run, because they are not {was}; now they are proven {is}, \
             but some rows at the edge of this range may still be {was}, and their owners could not log in",
            scan.credential
        ),
        hint: format!(
            "find the edge, and give both kinds of rows a credential of their own with `where` and a declared scheme; only if you know \
             that all these rows are {is}: accept = [{rows:?}]"
        ),
    }
}

/// The scheme of the other rows when a range was kept, and the scheme that its rows have now; none
/// where they are the same, or the part is no range, or it is accepted.
fn changed(scan: &ColumnScan, part: &KeptPart, was: Scheme) -> Option<(Scheme, Scheme)> {
    let condition = &part.condition;
    let is = *scan.proven.schemes().get(&part.shape)?;
    let mut accepted = scan.proven.accepted().iter();
    let is_accepted =
        accepted.any(|known| known.divider == condition.divider && known.covers(&condition.is));
    (matches!(condition.is, PartIs::Range { .. }) && is != was && !is_accepted).then_some((was, is))
}
