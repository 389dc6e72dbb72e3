//! What may have made a digest: a scheme, with a source for everything that it needs.

use crate::scheme::{Scheme, Shape};
use crate::secret::SiteSalts;

/// What a scheme may need besides the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The salt.
    Salt,
    /// The second salt.
    Salt2,
    /// The user's name.
    Username,
    /// The user's id.
    UserId,
}

/// A column beside the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its name.
    pub name: String,
    /// What it is tried as.
    pub tried_as: Vec<Need>,
    /// What the credential names it as.
    pub declared_as: Vec<Need>,
}

/// What may have gone into digests besides the passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialSources {
    /// The columns beside the value.
    pub beside: Vec<Beside>,
    /// The site-wide salts.
    pub site: Option<SiteSalts>,
}

/// A scheme with a source for each of its needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hypothesis {
    pub(super) scheme: Scheme,
    pub(super) inputs: Vec<(Need, NeedSource)>,
}

/// Where something that a scheme needs comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NeedSource {
    /// The value itself, as in `digest:salt`.
    Value,
    /// The column beside the value with this number.
    Beside(usize),
}

/// The most hypotheses for a shape. A table with dozens of salt columns is not tried in every way.
const HYPOTHESES_MAX: usize = 1_000;

impl Need {
    /// The name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Salt => "salt",
            Self::Salt2 => "salt2",
            Self::Username => "username",
            Self::UserId => "key",
        }
    }
}

/// Every hypothesis for a shape.
pub(super) fn hypotheses(shape: Shape, sources: &TrialSources) -> Vec<Hypothesis> {
    let mut out = Vec::new();
    let beside = &sources.beside;
    // What needs nothing from the row comes before the others, which may be cut off.
    let site = sources.site.as_ref();
    let mut of_site = site.map_or_else(Vec::new, |site| shape.site_candidates(site));
    of_site.retain(|scheme| shape.may_take(*scheme));
    let (beside_salts, alone): (Vec<_>, Vec<_>) =
        of_site.into_iter().partition(|scheme| scheme.salted());
    for scheme in alone {
        add(&mut out, scheme, shape, beside);
    }
    if shape.is_joined() {
        for scheme in shape.candidates() {
            add(&mut out, *scheme, shape, beside);
        }
    } else {
        for scheme in shape.salted_candidates() {
            add(&mut out, scheme, shape, beside);
        }
    }
    for scheme in beside_salts {
        add(&mut out, scheme, shape, beside);
    }
    out
}

/// Adds every hypothesis for a scheme.
pub(super) fn add(out: &mut Vec<Hypothesis>, scheme: Scheme, shape: Shape, beside: &[Beside]) {
    let needs = scheme.needs();
    let slots = [
        (needs.salt, Need::Salt),
        (needs.salt2, Need::Salt2),
        (needs.username, Need::Username),
        (needs.user_id, Need::UserId),
    ];
    let mut ways: Vec<Vec<(Need, NeedSource)>> = vec![Vec::new()];
    for (_, slot) in slots.into_iter().filter(|(needed, _)| *needed) {
        let sources: Vec<NeedSource> = if slot == Need::Salt && shape.is_joined() {
            vec![NeedSource::Value]
        } else {
            (0..)
                .zip(beside)
                .filter(|(_, column)| column.tried_as.contains(&slot))
                .filter(|(_, column)| slot != Need::Salt || !has_better_name(scheme, column))
                .map(|(at, _)| NeedSource::Beside(at))
                .collect()
        };
        ways = ways
            .iter()
            .flat_map(|way| {
                let free = sources
                    .iter()
                    .filter(|source| way.iter().all(|(_, taken)| taken != *source));
                free.map(|source| {
                    let mut way = way.clone();
                    way.push((slot, *source));
                    way
                })
            })
            .take(HYPOTHESES_MAX)
            .collect();
    }
    let room = HYPOTHESES_MAX.saturating_sub(out.len());
    // A bare digest is proven without a trial, unless it has a site-wide salt. A salt that stands
    // in the value has to be taken.
    let needs_no_row = needs.site && !shape.is_joined();
    let ways = ways
        .into_iter()
        .filter(|way| needs_no_row || !way.is_empty())
        .take(room);
    out.extend(ways.map(|inputs| Hypothesis { scheme, inputs }));
}

/// Whether another scheme describes the column better as the salt of this one.
///
/// The registry may have the same scheme with the user's name or id in the place of the salt. If
/// the column is tried as that, one of the two is enough: `md5(pass.salt)` over the login is
/// `md5(pass.username)`.
fn has_better_name(scheme: Scheme, column: &Beside) -> bool {
    [(Need::Username, "username"), (Need::UserId, "userid")]
        .into_iter()
        .filter(|(slot, _)| column.tried_as.contains(slot))
        .any(|(_, word)| {
            Scheme::by_name(&scheme.name().replace("salt", word))
                .is_some_and(|other| other != scheme)
        })
}
