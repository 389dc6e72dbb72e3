//! What the ledger keeps of a run's plan, for the invocation that goes on with it.
//!
//! The canonical text is what the digest covers. The schemes are those that were proven when the
//! run began: by now most of the rows that proved them are wrapped. The moment is that of the
//! beginning: what falls due later is the next run's, whose plan counts it.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::engine::error::EngineError;
use crate::engine::judge::work::Proven;
use crate::scheme::{Scheme, Shape};

#[derive(Serialize, Deserialize)]
struct Spec {
    plan: String,
    /// By credential: the shape to the scheme's name.
    proven: BTreeMap<String, BTreeMap<String, String>>,
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
    let proven = proven
        .iter()
        .map(|(credential, shapes)| {
            (
                credential.clone(),
                shapes
                    .iter()
                    .map(|(shape, scheme)| (word_of(*shape), scheme.name().to_owned()))
                    .collect(),
            )
        })
        .collect();
    serde_json::to_string(&Spec {
        plan: plan.to_owned(),
        proven,
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
    let spec: Spec = serde_json::from_str(text).map_err(|_| wrong())?;
    let mut out = HashMap::new();
    for (credential, shapes) in spec.proven {
        let mut proven = Proven::new();
        for (word, name) in shapes {
            proven.insert(
                shape_of(&word).ok_or_else(wrong)?,
                Scheme::parse(&name).map_err(|_| wrong())?,
            );
        }
        out.insert(credential, proven);
    }
    Ok(Kept {
        plan: spec.plan,
        proven: out,
        rewritten: spec.rewritten,
        as_of_ms: spec.as_of_ms,
    })
}

/// Behind the digits of a digest that has its salt behind it.
const JOINED: &str = "+salt";

/// A shape as the ledger spells it, for ever: its digits, and whether a salt follows; of any other
/// spelling than hex its name.
fn word_of(shape: Shape) -> String {
    match (shape.is_joined(), shape.is_bare_hex()) {
        (true, _) => format!("{}{JOINED}", shape.digits()),
        (false, true) => shape.digits().to_string(),
        (false, false) => shape.as_str().to_owned(),
    }
}

fn shape_of(word: &str) -> Option<Shape> {
    if let Some(shape) = Shape::parse(word) {
        return Some(shape);
    }
    let digits = word.strip_suffix(JOINED);
    let shape = Shape::of_digits(digits.unwrap_or(word).parse().ok()?)?;
    Some(if digits.is_some() {
        shape.with_salt()
    } else {
        shape
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proven_survives_the_ledger() {
        let own = Scheme::parse("sha1(md5(pass).'x'.username)").expect("an expression");
        let proven = HashMap::from([(
            "parents".to_owned(),
            Proven::from([
                (Shape::Hex32, Scheme::MD5),
                (Shape::Hex32.with_salt(), Scheme::MD5_PS),
                (Shape::Hex40, own),
            ]),
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
