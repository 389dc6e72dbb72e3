//! Parts of a column's rows as the ledger keeps them with a run.

use serde::{Deserialize, Serialize};

use crate::census::{PartIs, PartValue, Spelt};
use crate::engine::judge::parts::{KeptPart, PartCondition};
use crate::scheme::Shape;
use crate::text::unhex;

/// Rows of a shape that are kept.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptSpec {
    shape: String,
    #[serde(flatten)]
    condition: ConditionSpec,
}

/// A condition on a column.
#[derive(Serialize, Deserialize)]
pub(super) struct ConditionSpec {
    /// Empty for the value's own spelling.
    column: String,
    is: IsSpec,
}

/// What the column must have.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum IsSpec {
    Values(Vec<ValueSpec>),
    Present,
    Range(Option<i64>, Option<i64>),
    Spelt(String),
}

/// A value of the column. Text is kept in hex, as it may be of any charset.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ValueSpec {
    Null,
    Blank,
    Hex(String),
    Number(i64),
}

impl KeptSpec {
    pub(super) fn of(part: &KeptPart) -> Self {
        Self {
            shape: word_of(part.shape),
            condition: ConditionSpec::of(&part.condition),
        }
    }

    pub(super) fn read(self) -> Option<KeptPart> {
        Some(KeptPart {
            shape: shape_of(&self.shape)?,
            condition: self.condition.read()?,
        })
    }
}

impl ConditionSpec {
    pub(super) fn of(condition: &PartCondition) -> Self {
        Self {
            column: condition.divider.clone(),
            is: match &condition.is {
                PartIs::Values(values) => {
                    IsSpec::Values(values.iter().map(ValueSpec::of).collect())
                }
                PartIs::Present => IsSpec::Present,
                PartIs::Range { from, to } => IsSpec::Range(*from, *to),
                PartIs::Spelt(spelt) => IsSpec::Spelt(spelt.as_str().to_owned()),
            },
        }
    }

    pub(super) fn read(self) -> Option<PartCondition> {
        Some(PartCondition {
            divider: self.column,
            is: match self.is {
                IsSpec::Values(values) => {
                    let values = values.into_iter().map(ValueSpec::read);
                    PartIs::Values(values.collect::<Option<_>>()?)
                }
                IsSpec::Present => PartIs::Present,
                IsSpec::Range(from, to) => PartIs::Range { from, to },
                IsSpec::Spelt(word) => PartIs::Spelt(
                    Spelt::ALL
                        .into_iter()
                        .find(|spelt| spelt.as_str() == word)?,
                ),
            },
        })
    }
}

impl ValueSpec {
    fn of(value: &PartValue) -> Self {
        match value {
            PartValue::Null => Self::Null,
            PartValue::Blank => Self::Blank,
            PartValue::Bytes(bytes) => {
                Self::Hex(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
            }
            PartValue::Number(number) => Self::Number(*number),
        }
    }

    fn read(self) -> Option<PartValue> {
        Some(match self {
            Self::Null => PartValue::Null,
            Self::Blank => PartValue::Blank,
            Self::Hex(digits) => PartValue::Bytes(unhex(digits.as_bytes())?.to_vec()),
            Self::Number(number) => PartValue::Number(number),
        })
    }
}

/// Behind the digits of a digest that has its salt behind it.
const JOINED: &str = "+salt";

/// A shape as the ledger spells it, for ever: its digits, and whether a salt follows; of any other
/// spelling than hex its name.
pub(super) fn word_of(shape: Shape) -> String {
    match (shape.is_joined(), shape.is_bare_hex()) {
        (true, _) => format!("{}{JOINED}", shape.digits()),
        (false, true) => shape.digits().to_string(),
        (false, false) => shape.as_str().to_owned(),
    }
}

pub(super) fn shape_of(word: &str) -> Option<Shape> {
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
