//! An account whose password is known: every scheme of its value's shape is tried with that
//! password.

use super::evidence::TrialWay;
use super::hypothesis::{Hypothesis, TrialSources, hypotheses};
use super::rounds::{BesideValue, SaltReading, Trial};
use crate::scheme::{Context, Shape, make};
use crate::secret::Password;

/// The ways in which the password gives the value of a shape.
///
/// If the credential names the columns of some of them, only those count.
pub fn open_with(
    shape: Shape,
    sources: TrialSources,
    row: (&[u8], impl IntoIterator<Item = BesideValue>),
    password: &Password,
) -> Vec<TrialWay> {
    let bare = shape.candidates().iter().map(|scheme| Hypothesis {
        scheme: *scheme,
        inputs: Vec::new(),
    });
    let mut ways: Vec<Hypothesis> = if shape.is_joined() {
        Vec::new()
    } else {
        bare.collect()
    };
    ways.extend(hypotheses(shape, &sources));
    let mut trial = Trial::of(shape, sources, ways);
    trial.row_beside(row.0, row.1);
    let Some(sampled) = trial.rows.first() else {
        return Vec::new();
    };
    let opens = |way: &Hypothesis| {
        let setting = sampled.setting.as_bytes();
        let mut contexts = [SaltReading::AsRead, SaltReading::Otherwise]
            .into_iter()
            .filter_map(|reading| way.context(sampled, reading));
        let gives = |context: &Context<'_>| {
            let made = make(way.scheme, setting, password.as_bytes(), context);
            matches!(made, Ok(Some(made)) if *made == *sampled.digest)
        };
        contexts.any(|context| gives(&context)).then_some(())
    };
    let found: Vec<usize> = (0..)
        .zip(&trial.hypotheses)
        .filter_map(|(at, way)| opens(way).map(|()| at))
        .collect();
    for at in &found {
        trial.found[*at][0] = Some(0);
    }
    let mut found: Vec<TrialWay> = found.iter().map(|at| trial.describe(*at)).collect();
    if found.iter().any(TrialWay::is_declared) {
        found.retain(TrialWay::is_declared);
    }
    found
}
