//! A form as programs send it (`application/x-www-form-urlencoded`), read strictly.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::text;

/// The fields that are `true` or `false`.
const BOOLEANS: [&str; 1] = ["seen_before"];

/// A form as an object of texts, and of booleans where a field is one.
///
/// None where it is no form in UTF-8, or a field stands there twice.
pub(super) fn form_fields(body: &[u8]) -> Option<Value> {
    let mut fields = Map::new();
    for field in body.split(|byte| *byte == b'&') {
        let at = field.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (field.get(..at)?, field.get(at + 1..)?);
        let name = decoded(name)?;
        let value = match (BOOLEANS.contains(&name.as_str()), value) {
            (true, b"true") => Value::Bool(true),
            (true, b"false") => Value::Bool(false),
            (_, text) => Value::String(decoded(text)?),
        };
        if fields.insert(name, value).is_some() {
            return None;
        }
    }
    Some(Value::Object(fields))
}

fn decoded(text: &[u8]) -> Option<String> {
    // As long as it can become, so that it leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, behind) = behind.split_at_checked(2)?;
                bytes.extend_from_slice(&text::unhex(digits)?);
                rest = behind;
            }
            other => bytes.push(*other),
        }
    }
    std::str::from_utf8(&bytes).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Option<&[(&str, &str)]>) {
        let expected = expected.map(|fields| {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).into());
            Value::Object(fields.iter().map(owned).collect())
        });
        assert_eq!(form_fields(body.as_bytes()), expected, "{body}");
    }

    #[test]
    fn a_form_is_decoded() {
        check("a=b", Some(&[("a", "b")]));
        check(
            "a=b+c&d=%c3%A4%26%3D%2B",
            Some(&[("a", "b c"), ("d", "ä&=+")]),
        );
        check("a=&b=c=d", Some(&[("a", ""), ("b", "c=d")]));
        let seen = form_fields(b"a=true&seen_before=true");
        assert_eq!(
            seen,
            Some(serde_json::json!({ "a": "true", "seen_before": true }))
        );
    }

    #[test]
    fn what_is_no_form_in_utf8_is_refused() {
        for body in [
            "", "a", "a=%", "a=%4", "a=%zz", "a=%ff", "a=b&", "a=%+1", "a=b&a=c",
        ] {
            check(body, None);
        }
    }
}
