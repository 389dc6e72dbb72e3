//! Another label in the place of a wrapped value's own.
//!
//! The hash stays as it is.

use super::read::{split, unlabel};
use super::write::push_setting;
use crate::scheme::value::{InnerId, Scheme};

/// A wrapped value with another inner id in the place of its own, and nothing else touched.
///
/// None for every other text.
///
/// Twins keep what stands in their strings in different settings. Between those the setting is
/// written anew.
pub fn relabel(value: &str, to: &InnerId) -> Option<String> {
    let labelled = split(value)?;
    let (front, behind) = (
        value.get(..labelled.label.start)?,
        value.get(labelled.label.end..)?,
    );
    let renamed = format!("{front}{}{behind}", labelled.dialect.label(to));
    let Some((from, to)) = Scheme::by_inner_id(&labelled.inner)
        .zip(Scheme::by_inner_id(to))
        .filter(|(from, to)| from.is_twin_of(*to))
    else {
        return Some(renamed);
    };
    let is = unlabel(value)?.is.unwrap_or_default();
    let (_, setting) = from
        .family()
        .twin(from, &is)
        .filter(|(twin, _)| *twin == to)?;
    let mut renamed = match renamed.rfind("$is=") {
        Some(at) if labelled.is.is_some() => renamed.get(..at)?.to_owned(),
        _ => renamed,
    };
    push_setting(&mut renamed, (!setting.is_empty()).then_some(&setting[..]));
    Some(renamed)
}
