//! Which labels rows have, and which a run would give them: what the code of a login must know.

use super::column::{ColumnScan, Group};
use crate::config::{Credential, Settings};
use crate::policy::Action;
use crate::scheme::{InnerId, Outer, Recognised, Scheme, digest_digits, outer_input};

/// The labels that rows of a group have, or get from a run. The first is the usual one.
///
/// Under bcrypt a text that is too long goes in by way of its SHA-384, under a label of its own.
/// Where only the single row tells how long its text is, both are said.
pub fn labels_of(
    settings: &Settings,
    credential: &Credential,
    (scan, group): (&ColumnScan, &Group),
) -> Vec<InnerId> {
    let line = scan.line(group);
    let outer = &settings.target.outer;
    let is_bcrypt = matches!(outer, Outer::Bcrypt { .. });
    match (group.decision.action, &line.specimen) {
        (Action::Reset, _) => Vec::new(),
        (Action::Wrap, Recognised::Digest { shape, .. }) => {
            let inner = line.scheme.and_then(Scheme::inner_id);
            let label = inner.and_then(|inner| of_text(outer, (&inner, shape.digits())));
            label.into_iter().collect()
        }
        (Action::Wrap, _) => {
            let Some(inner) = line.scheme.and_then(Scheme::inner_id) else {
                return Vec::new();
            };
            if let Some(digits) = digest_digits(&inner) {
                return of_text(outer, (&inner, digits)).into_iter().collect();
            }
            let long = inner.long().filter(|_| is_bcrypt);
            std::iter::once(inner).chain(long).collect()
        }
        (Action::Rehash, _) => match (credential.normalize, is_bcrypt) {
            (Some(_), true) => [Some(InnerId::ANSWER1), InnerId::ANSWER1.long()]
                .into_iter()
                .flatten()
                .collect(),
            (Some(_), false) => vec![InnerId::ANSWER1],
            // A password of more than 71 bytes, or with a NUL.
            (None, true) => vec![InnerId::SHA384_B64],
            (None, false) => Vec::new(),
        },
        (_, Recognised::Wrapped { inner, .. }) => vec![*inner],
        _ => Vec::new(),
    }
}

/// The label of a text of so many characters.
fn of_text(outer: &Outer, (inner, characters): (&InnerId, usize)) -> Option<InnerId> {
    let text = vec![b'0'; characters];
    outer_input(outer, &text, Some(inner)).ok()?.inner
}

/// Every label that the code of a login must know after a run, in the order of their names.
///
/// With a bcrypt target a login makes another one of a new password that is too long.
pub fn reader_labels(settings: &Settings, scan: &ColumnScan) -> Vec<InnerId> {
    let Some(credential) = settings.credential(&scan.credential) else {
        return Vec::new();
    };
    let mut labels: Vec<InnerId> = scan
        .groups
        .iter()
        .flat_map(|group| labels_of(settings, credential, (scan, group)))
        .collect();
    let of_logins = matches!(settings.target.outer, Outer::Bcrypt { .. })
        && credential.normalize.is_none()
        && scan.census.rows > 0;
    labels.extend(of_logins.then_some(InnerId::SHA384_B64));
    labels.sort_unstable();
    labels.dedup();
    labels
}
