//! Parts of a column that the operator takes for what the rest of the column is proven to be.

/// A condition on one column of the row. Rows for which it is true are of the scheme that the
/// column is proven or declared to hold, because the operator says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedPart {
    /// The column.
    pub column: String,
    /// What the column must have.
    pub test: AcceptedTest,
}

/// What a column must have. The literals are text until the type of the column is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptedTest {
    /// Anything but NULL and the empty string.
    Present,
    /// One of these. None is NULL; the empty string is a value.
    Among(Vec<Option<String>>),
    /// From the one to the other, both included; none where an end is open.
    Between(Option<String>, Option<String>),
}

impl AcceptedPart {
    /// The condition in its one spelling.
    pub fn text(&self) -> String {
        let column = &self.column;
        match &self.test {
            AcceptedTest::Present => format!("{column} is not empty"),
            AcceptedTest::Among(values) => match &values[..] {
                [None] => format!("{column} is null"),
                [Some(one)] => format!("{column} = {}", literal(one)),
                more => {
                    let null_or = |value: &Option<String>| {
                        value.as_deref().map_or("null".to_owned(), literal)
                    };
                    let all: Vec<String> = more.iter().map(null_or).collect();
                    format!("{column} in ({})", all.join(", "))
                }
            },
            AcceptedTest::Between(Some(from), Some(to)) => {
                format!("{column} between {} and {}", literal(from), literal(to))
            }
            AcceptedTest::Between(Some(from), None) => format!("{column} >= {}", literal(from)),
            AcceptedTest::Between(None, Some(to)) => format!("{column} <= {}", literal(to)),
            AcceptedTest::Between(None, None) => format!("{column} = anything"),
        }
    }
}

/// A number as it is, all else in quotes.
fn literal(value: &str) -> String {
    if value.parse::<i64>().is_ok() {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', "''"))
    }
}
