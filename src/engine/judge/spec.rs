//! What the ledger keeps of a run's plan, for the invocation that goes on with it.
//!
//! The canonical text is what the digest covers. The schemes are those that were proven when the
//! run began: by now most of the rows that proved them are wrapped. The moment is that of the
//! beginning: what falls due later is the next run's, whose plan counts it.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::spec_parts::{ConditionSpec, KeptSpec, shape_of, word_of};
use crate::engine::error::EngineError;
use crate::engine::judge::parts::Proven;
use crate::scheme::Scheme;

#[derive(Serialize, Deserialize)]
struct Spec {
    plan: String,
    /// By credential: the shape to the scheme's name.
    proven: BTreeMap<String, BTreeMap<String, String>>,
    /// By credential: the rows that are kept although their shape has a scheme.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    kept: BTreeMap<String, Vec<KeptSpec>>,
    /// By credential: the rows that are never kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    accepted: BTreeMap<String, Vec<ConditionSpec>>,
    /// The credentials of which rows were to be rewritten.
    #[serde(default)]
    rewritten: Vec<String>,
    /// The moment by which ages and deadlines are judged, in milliseconds of UTC.
    #[serde(default)]
    as_of_ms: Option<i64>,
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
    /// The moment by which ages and deadlines are judged.
    pub(crate) as_of_ms: Option<i64>,
}

/// The text for the ledger.
pub(crate) fn spec_of(
    plan: &str,
    proven: &HashMap<String, Proven>,
    rewritten: Vec<String>,
    as_of_ms: i64,
) -> String {
    let kept = by_credential(proven, |proven| {
        proven.kept().iter().map(KeptSpec::of).collect()
    });
    let accepted = by_credential(proven, |proven| {
        proven.accepted().iter().map(ConditionSpec::of).collect()
    });
    let proven = proven
        .iter()
        .map(|(credential, shapes)| {
            (
                credential.clone(),
                shapes
                    .schemes()
                    .iter()
                    .map(|(shape, scheme)| (word_of(*shape), scheme.name().to_owned()))
                    .collect(),
            )
        })
        .collect();
    serde_json::to_string(&Spec {
        plan: plan.to_owned(),
        proven,
        kept,
        accepted,
        rewritten,
        as_of_ms: Some(as_of_ms),
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
    let mut spec: Spec = serde_json::from_str(text).map_err(|_| wrong())?;
    let mut out = HashMap::new();
    for (credential, shapes) in spec.proven {
        let mut schemes = HashMap::new();
        for (word, name) in shapes {
            schemes.insert(
                shape_of(&word).ok_or_else(wrong)?,
                Scheme::parse(&name).map_err(|_| wrong())?,
            );
        }
        let kept = spec.kept.remove(&credential).unwrap_or_default();
        let kept = kept.into_iter().map(KeptSpec::read);
        let accepted = spec.accepted.remove(&credential).unwrap_or_default();
        let accepted = accepted.into_iter().map(ConditionSpec::read);
        let proven = Proven::whole(schemes).but_for(
            kept.collect::<Option<_>>().ok_or_else(wrong)?,
            accepted.collect::<Option<_>>().ok_or_else(wrong)?,
        );
        out.insert(credential, proven);
    }
    Ok(Kept {
        plan: spec.plan,
        proven: out,
        rewritten: spec.rewritten,
        as_of_ms: spec.as_of_ms,
    })
}

/// What each credential has of something; those that have none are left out.
fn by_credential<T>(
    proven: &HashMap<String, Proven>,
    of: impl Fn(&Proven) -> Vec<T>,
) -> BTreeMap<String, Vec<T>> {
    let each = (proven.iter()).map(|(credential, proven)| (credential.clone(), of(proven)));
    each.filter(|(_, all)| !all.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::{PartIs, PartValue, Spelt};
    use crate::engine::judge::parts::{KeptPart, PartCondition};
    use crate::scheme::Shape;

    #[test]
    fn what_was_proven_survives_the_ledger() {
        let own = Scheme::parse("sha1(md5(pass).'x'.username)").expect("an expression");
        let condition = |divider: &str, is| PartCondition {
            divider: divider.to_owned(),
            is,
        };
        let range = PartIs::Range {
            from: Some(5),
            to: None,
        };
        let values = PartIs::Values(vec![
            PartValue::Null,
            PartValue::Blank,
            PartValue::Number(-7),
            PartValue::Bytes(vec![b'a', 0xff]),
        ]);
        let kept = [range, values, PartIs::Present].map(|is| KeptPart {
            shape: Shape::Hex32.with_salt(),
            condition: condition("kind", is),
        });
        let kept = kept.to_vec();
        let proven = HashMap::from([(
            "parents".to_owned(),
            Proven::whole(HashMap::from([
                (Shape::Hex32, Scheme::MD5),
                (Shape::Hex32.with_salt(), Scheme::MD5_PS),
                (Shape::Hex40, own),
            ]))
            .but_for(kept, vec![condition("", PartIs::Spelt(Spelt::Upper))]),
        )]);
        let text = spec_of("a\tb\tc\n", &proven, vec!["parents".to_owned()], 7);
        let kept = read(&text).expect("reads back");
        assert_eq!(kept.plan, "a\tb\tc\n");
        assert_eq!(kept.proven, proven);
        assert_eq!(kept.rewritten, ["parents"]);
        assert_eq!(kept.as_of_ms, Some(7));
    }

    #[test]
    fn every_shape_has_a_word_of_its_own() {
        for shape in Shape::ALL {
            assert_eq!(shape_of(&word_of(shape)), Some(shape), "{shape}");
        }
        assert_eq!(word_of(Shape::Hex32.with_salt()), "32+salt");
        assert_eq!(word_of(Shape::Hex32), "32");
    }
}
