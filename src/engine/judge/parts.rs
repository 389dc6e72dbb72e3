//! Parts of a column's rows, and which rows are in them: those for which its proof does not hold,
//! and those that the operator accepts without a proof.

use std::collections::HashMap;

use crate::census::{DividerValue, PartIs, PartValue, Spelt};
use crate::scheme::{Scheme, Shape};
use crate::store::{Row, ScanRow};

/// A condition on a column of the row, or on the spelling of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartCondition {
    /// The column. Empty for the value's own spelling.
    pub divider: String,
    /// What the column must have.
    pub is: PartIs,
}

/// Rows of a shape that are kept, because the proof of its scheme does not hold for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPart {
    /// The shape.
    pub shape: Shape,
    /// Which rows.
    pub condition: PartCondition,
}

/// What is proven of a column, and for which of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proven {
    schemes: HashMap<Shape, Scheme>,
    /// Rows that are kept.
    kept: Vec<KeptPart>,
    /// Rows that are not kept, whatever part they are in.
    accepted: Vec<PartCondition>,
    /// The columns that rows must carry, in the order in which they carry them.
    dividers: Vec<String>,
}

/// A row that carries the columns which divide a table.
pub(crate) trait DividedRow {
    /// What it has in the column of this number; none where it does not carry it.
    fn divided_by(&self, number: usize) -> Option<DividerValue<'_>>;
}

impl PartCondition {
    /// Whether every row of a part of the same column is among these rows.
    pub(crate) fn covers(&self, part: &PartIs) -> bool {
        match (&self.is, part) {
            (PartIs::Values(all), PartIs::Values(some)) => {
                some.iter().all(|value| all.contains(value))
            }
            (PartIs::Range { .. }, PartIs::Values(values)) => values.iter().all(
                |value| matches!(value, PartValue::Number(number) if holds(&self.is, DividerValue::Number(*number))),
            ),
            (PartIs::Range { from, to }, PartIs::Range { from: low, to: high }) => {
                from.is_none_or(|from| low.is_some_and(|low| from <= low))
                    && to.is_none_or(|to| high.is_some_and(|high| high <= to))
            }
            (PartIs::Present, PartIs::Values(values)) => !values
                .iter()
                .any(|value| matches!(value, PartValue::Null | PartValue::Blank)),
            (one, other) => one == other,
        }
    }

    /// Whether a row may be among these rows and in the other part.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let share = || match (&self.is, &other.is) {
            (PartIs::Values(one), PartIs::Values(other)) => {
                one.iter().any(|value| other.contains(value))
            }
            (
                PartIs::Range { from, to },
                PartIs::Range {
                    from: low,
                    to: high,
                },
            ) => {
                let is_before = |end: &Option<i64>, begin: &Option<i64>| matches!((end, begin), (Some(end), Some(begin)) if end < begin);
                !is_before(to, low) && !is_before(high, from)
            }
            _ => self.covers(&other.is) || other.covers(&self.is),
        };
        self.divider == other.divider && share()
    }
}

impl DividedRow for Row {
    fn divided_by(&self, number: usize) -> Option<DividerValue<'_>> {
        self.divided(number)
    }
}

impl DividedRow for ScanRow<'_> {
    fn divided_by(&self, number: usize) -> Option<DividerValue<'_>> {
        self.divided(number).ok().flatten()
    }
}

impl Proven {
    /// These schemes, for all rows.
    pub(crate) fn whole(schemes: HashMap<Shape, Scheme>) -> Self {
        Self {
            schemes,
            ..Self::default()
        }
    }

    /// The same, but for the rows of these parts, of which some are accepted.
    pub(crate) fn but_for(mut self, kept: Vec<KeptPart>, accepted: Vec<PartCondition>) -> Self {
        self.kept = kept;
        self.accepted = accepted;
        let asked = self.kept.iter().map(|part| &part.condition);
        for condition in asked.chain(&self.accepted) {
            if !condition.divider.is_empty() && !self.dividers.contains(&condition.divider) {
                self.dividers.push(condition.divider.clone());
            }
        }
        if self.kept.is_empty() {
            self.dividers.clear();
        }
        self
    }

    /// The scheme that is proven for a shape.
    pub(crate) fn get(&self, shape: Shape) -> Option<Scheme> {
        self.schemes.get(&shape).copied()
    }

    /// The schemes that are proven.
    pub(crate) fn schemes(&self) -> &HashMap<Shape, Scheme> {
        &self.schemes
    }

    /// The parts that are kept.
    pub(crate) fn kept(&self) -> &[KeptPart] {
        &self.kept
    }

    /// Whether no part is kept.
    pub fn is_whole(&self) -> bool {
        self.kept.is_empty()
    }

    /// What the operator accepts.
    pub(crate) fn accepted(&self) -> &[PartCondition] {
        &self.accepted
    }

    /// The columns that rows must carry to be judged, in this order.
    pub(crate) fn dividers(&self) -> &[String] {
        &self.dividers
    }

    /// Whether a row is kept because the proof does not hold for it. A row that does not carry a
    /// column that is asked for is kept.
    pub(crate) fn is_uncovered(&self, shape: Shape, value: &[u8], row: &dyn DividedRow) -> bool {
        let is_in = |condition: &PartCondition, unknown: bool| {
            if let PartIs::Spelt(spelt) = condition.is {
                return Spelt::of(value) == spelt;
            }
            let number = (self.dividers.iter()).position(|name| *name == condition.divider);
            let beside = number.and_then(|number| row.divided_by(number));
            beside.map_or(unknown, |beside| holds(&condition.is, beside))
        };
        let mut kept = self.kept.iter().filter(|part| part.shape == shape);
        kept.any(|part| is_in(&part.condition, true))
            && !self
                .accepted
                .iter()
                .any(|condition| is_in(condition, false))
    }
}

/// Whether a value of the dividing column is one of a part's.
fn holds(is: &PartIs, beside: DividerValue<'_>) -> bool {
    match (is, beside) {
        (PartIs::Values(values), _) => values.iter().any(|value| match (value, beside) {
            (PartValue::Null, DividerValue::Null) => true,
            (PartValue::Blank, DividerValue::Bytes(text)) => text.is_empty(),
            (PartValue::Bytes(one), DividerValue::Bytes(text)) => one == text,
            (PartValue::Number(one), DividerValue::Number(number)) => *one == number,
            _ => false,
        }),
        (PartIs::Present, DividerValue::Null) => false,
        (PartIs::Present, DividerValue::Bytes(text)) => !text.is_empty(),
        (PartIs::Present, DividerValue::Number(_) | DividerValue::Unread) => true,
        (PartIs::Range { from, to }, DividerValue::Number(number)) => {
            from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to)
        }
        (PartIs::Range { .. } | PartIs::Spelt(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row with these in its columns.
    struct Beside(Vec<Option<DividerValue<'static>>>);

    impl DividedRow for Beside {
        fn divided_by(&self, number: usize) -> Option<DividerValue<'_>> {
            self.0.get(number).copied().flatten()
        }
    }

    fn condition(divider: &str, is: PartIs) -> PartCondition {
        PartCondition {
            divider: divider.to_owned(),
            is,
        }
    }

    fn proven(kept: Vec<PartCondition>, accepted: Vec<PartCondition>) -> Proven {
        let kept = kept.into_iter().map(|condition| KeptPart {
            shape: Shape::Hex32,
            condition,
        });
        Proven::whole(HashMap::from([(Shape::Hex32, Scheme::MD5)]))
            .but_for(kept.collect(), accepted)
    }

    #[test]
    fn a_row_is_kept_in_a_part_unless_it_is_accepted() {
        let two = PartIs::Values(vec![PartValue::Number(2), PartValue::Null]);
        let late = PartIs::Range {
            from: Some(100),
            to: None,
        };
        let blank = PartIs::Values(vec![PartValue::Blank]);
        let proven = proven(
            vec![condition("kind", two), condition("id", late)],
            vec![condition("note", blank)],
        );
        assert_eq!(proven.dividers(), ["kind", "id", "note"]);
        let check = |kind, id, note, is_kept: bool| {
            let row = Beside(vec![Some(kind), Some(id), Some(note)]);
            assert_eq!(proven.is_uncovered(Shape::Hex32, b"aa", &row), is_kept);
            assert!(!proven.is_uncovered(Shape::Hex40, b"aa", &row));
        };
        let (n, text) = (DividerValue::Number, DividerValue::Bytes);
        check(n(1), n(1), text(b"x"), false);
        check(n(2), n(1), text(b"x"), true);
        check(DividerValue::Null, n(1), text(b"x"), true);
        check(n(1), n(100), text(b"x"), true);
        check(n(1), n(99), text(b"x"), false);
        check(n(2), n(100), text(b""), false);
    }

    #[test]
    fn a_row_that_lacks_the_column_is_kept() {
        let is = PartIs::Values(vec![PartValue::Number(2)]);
        let proven = proven(vec![condition("kind", is)], Vec::new());
        assert!(proven.is_uncovered(Shape::Hex32, b"aa", &Beside(Vec::new())));
    }

    #[test]
    fn the_spelling_of_the_value_is_a_part_too() {
        let proven = proven(vec![condition("", PartIs::Spelt(Spelt::Upper))], Vec::new());
        assert!(proven.dividers().is_empty());
        let none = Beside(Vec::new());
        assert!(proven.is_uncovered(Shape::Hex32, b"AA", &none));
        assert!(!proven.is_uncovered(Shape::Hex32, b"aa", &none));
    }
}
