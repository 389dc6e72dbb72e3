//! What the ledger keeps of a run's plan: the canonical text that the digest covers, and the schemes that were proven when it began. A
//! run that goes on leans on them: by then most of the rows that proved them are wrapped.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::error::EngineError;
use super::judge::Proven;
use crate::scheme::{Scheme, Shape};

#[derive(Serialize, Deserialize)]
struct Spec {
    plan: String,
    /// By credential: digits of the shape to the scheme's name.
    proven: BTreeMap<String, BTreeMap<usize, String>>,
    /// The credentials of which rows were to be rewritten.
    #[serde(default)]
    rewritten: Vec<String>,
}

/// What stands in the ledger.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The canonical text that the digest covers.
    pub(crate) plan: String,
    /// The schemes that were proven, by credential.
    pub(crate) proven: HashMap<String, Proven>,
    /// The credentials of which rows were to be rewritten.
    pub(crate) rewritten: Vec<String>,
}

/// The text for the ledger.
pub(crate) fn spec_of(
    plan: &str,
    proven: &HashMap<String, Proven>,
    rewritten: Vec<String>,
) -> String {
    let proven = proven
        .iter()
        .map(|(credential, shapes)| {
            (
                credential.clone(),
                shapes
                    .iter()
                    .map(|(shape, scheme)| (shape.digits(), scheme.name().to_owned()))
                    .collect(),
            )
        })
        .collect();
    serde_json::to_string(&Spec {
        plan: plan.to_owned(),
        proven,
        rewritten,
    })
    .expect("text and numbers can always be written as JSON")
}

/// Reads it back.
pub(crate) fn read(text: &str) -> Result<Kept, EngineError> {
    let wrong = || {
        EngineError::refused(
            "the ledger's run can't be read",
            "it was written by another version of saltern; finish it with that one, or close it with --new-run",
        )
    };
    let spec: Spec = serde_json::from_str(text).map_err(|_| wrong())?;
    let mut out = HashMap::new();
    for (credential, shapes) in spec.proven {
        let mut proven = Proven::new();
        for (digits, name) in shapes {
            proven.insert(
                Shape::of_digits(digits).ok_or_else(wrong)?,
                Scheme::by_name(&name).ok_or_else(wrong)?,
            );
        }
        out.insert(credential, proven);
    }
    Ok(Kept {
        plan: spec.plan,
        proven: out,
        rewritten: spec.rewritten,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proven_survives_the_ledger() {
        let md5 = Scheme::by_name("md5").expect("known");
        let proven = HashMap::from([("parents".to_owned(), Proven::from([(Shape::Hex32, md5)]))]);
        let text = spec_of("a\tb\tc\n", &proven, vec!["parents".to_owned()]);
        let kept = read(&text).expect("reads back");
        assert_eq!(kept.plan, "a\tb\tc\n");
        assert_eq!(kept.proven, proven);
        assert_eq!(kept.rewritten, ["parents"]);
    }
}
