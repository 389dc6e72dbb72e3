//! A value that is bound to a statement.

use super::words::ListForm;

/// A value bound to a statement. Its `Debug` is blind: it may be a stored hash.
#[derive(Clone)]
pub(crate) enum Arg {
    Int(i64),
    Uint(u64),
    Text(String),
    Bytes(Vec<u8>),
    Null,
    #[cfg(feature = "postgres")]
    Ints(Vec<i64>),
    #[cfg(feature = "postgres")]
    Texts(Vec<String>),
    #[cfg(feature = "postgres")]
    Blobs(Vec<Vec<u8>>),
}

impl Arg {
    /// A list of texts as one parameter.
    pub(crate) fn texts(lists: ListForm, texts: Vec<String>) -> Self {
        match lists {
            #[cfg(feature = "postgres")]
            ListForm::Array { .. } => Self::Texts(texts),
            _ => Self::Text(
                serde_json::to_string(&texts).expect("strings can always be written as JSON"),
            ),
        }
    }
}

impl std::fmt::Debug for Arg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Arg(..)")
    }
}

impl From<&str> for Arg {
    fn from(s: &str) -> Self {
        Self::Text(s.to_owned())
    }
}

impl From<i64> for Arg {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl<T: Into<Self>> From<Option<T>> for Arg {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

impl From<String> for Arg {
    fn from(s: String) -> Self {
        Self::Text(s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_value_does_not_show_in_debug() {
        assert_eq!(format!("{:?}", Arg::Text("5f4dcc3b".into())), "Arg(..)");
    }
}
