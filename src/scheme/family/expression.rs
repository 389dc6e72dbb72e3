//! Bare digests, and digests with their salt behind a colon, made as an expression says.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::cut::FormulaInput;
use crate::scheme::expression::{Expression, Inputs, Output, hex};
use crate::scheme::kdf::{self, Permit, SlowHash};
use crate::scheme::value::{
    Context, Needs, Scheme, Shape, Strength, Taken, VerifyError, split_salt,
};
use crate::text;

/// Padded or not: both are stored.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Expressions, the registry's and users' own.
pub(in crate::scheme) struct Expressions {
    /// What may stand in front of a digest.
    front: &'static [u8],
}

pub(in crate::scheme) static EXPRESSIONS: Expressions = Expressions { front: b"" };

/// MySQL puts a star in front of a digest, and many a copy has lost it.
pub(in crate::scheme) static STARRED: Expressions = Expressions { front: b"*" };

impl Family for Expressions {
    fn read(&self, scheme: Scheme, value: &[u8]) -> Option<Strength> {
        let expression = scheme.expression()?;
        let good = match expression.output {
            Output::Hex(digits) => match Shape::of(value) {
                Some(shape) => {
                    shape.digits() == digits && shape.is_joined() <= expression.needs.salt
                }
                // A digest that was cut to a length of its own.
                None => value.len() == digits && text::is_hex(value),
            },
            Output::Base64(bytes) => {
                value.len().abs_diff(bytes.div_ceil(3) * 4) <= 2 && BASE64.decode(value).is_ok()
            }
            Output::Bytes(bytes) => value.len() == bytes,
            Output::Open => false,
        };
        good.then(|| expression.strength())
    }

    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let expression = scheme.expression()?;
        let value = value.strip_prefix(self.front).unwrap_or(value);
        let (text, setting) = match expression.output {
            Output::Hex(digits) => hex_and_salt(value, digits)?,
            Output::Base64(bytes) => {
                let digest = Zeroizing::new(BASE64.decode(value).ok()?);
                ((digest.len() == bytes).then(|| hex(&digest))?, &[][..])
            }
            Output::Bytes(bytes) if value.len() == bytes => (hex(value), &[][..]),
            Output::Bytes(_) | Output::Open => return None,
        };
        if !setting.is_empty() && !expression.needs.salt {
            return None;
        }
        Some(Taken {
            strength: expression.strength(),
            setting: setting.to_vec(),
            text,
        })
    }

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let Some(expression) = scheme.expression() else {
            return Err(VerifyError::Unsupported { scheme });
        };
        let asked = FormulaInput {
            scheme,
            setting,
            password,
            context,
        };
        let inputs = inputs(expression, &asked)?;
        match permit(expression, &inputs)? {
            Permit::Compute => Ok(expression.text(&inputs)),
            Permit::Weigh => Ok(Some(Zeroizing::new(String::new()))),
        }
    }

    fn tells_all(&self, scheme: Scheme, _: &[u8], password: &[u8], _: &Context<'_>) -> bool {
        scheme
            .expression()
            .is_some_and(|expression| expression.tells_all(password))
    }

    fn needs(&self, scheme: Scheme) -> Needs {
        scheme
            .expression()
            .map_or(Needs::default(), |expression| expression.needs)
    }
}

/// The digest in lowercase hex, however it is spelt, and the salt beside it.
fn hex_and_salt(value: &[u8], digits: usize) -> Option<(Zeroizing<String>, &[u8])> {
    let text = match Shape::of(value) {
        Some(shape) if shape.digits() == digits => shape.digest_text(value)?,
        Some(_) => return None,
        None => Zeroizing::new(text::canonical_hex(value).filter(|text| text.len() == digits)?),
    };
    let salt = match Shape::of(value) {
        Some(shape) if shape.is_joined() => split_salt(value)?.1,
        _ => &[],
    };
    Some((text, salt))
}

/// Asks for the work of an expression. What is over in no time is not counted as a slow hash.
pub(super) fn permit(expression: &Expression, inputs: &Inputs<'_>) -> Result<Permit, VerifyError> {
    /// Some hundred microseconds. No password is so long that one digest of it takes more.
    const FAST_UNITS: u64 = 20_000;
    match expression.work(inputs) {
        ..=FAST_UNITS => Ok(Permit::Compute),
        // Its rounds stand in the formula, and the units depend on the password.
        units => kdf::spend(SlowHash::Own { rounds: 0 }, units, 0),
    }
}

/// What goes in. A salt that stands in the value itself comes before the column's.
pub(super) fn inputs<'a>(
    expression: &Expression,
    asked: &FormulaInput<'a>,
) -> Result<Inputs<'a>, VerifyError> {
    let FormulaInput {
        scheme,
        setting,
        password,
        context,
    } = *asked;
    let given = |needed: bool, what: &'static str, given: Option<&'a [u8]>| match given {
        Some(given) => Ok(given),
        None if needed => Err(VerifyError::Missing { scheme, what }),
        None => Ok(&[][..]),
    };
    let needs = expression.needs;
    if needs.site {
        let missing = |what| VerifyError::Missing { scheme, what };
        let site = context.site.ok_or(missing("site_salt_file"))?;
        let lines = expression.site_lines();
        if scheme.is_open() || lines.iter().any(|line| site.line(*line).is_none()) {
            return Err(missing("line of site_salt_file that it names"));
        }
    }
    let own_salt = (!setting.is_empty()).then_some(setting);
    let column_salt = context.salt.map(|salt| salt.as_bytes());
    Ok(Inputs {
        pass: password,
        salt: given(needs.salt, "salt", own_salt.or(column_salt))?,
        salt2: given(
            needs.salt2,
            "salt2",
            context.salt2.map(|salt| salt.as_bytes()),
        )?,
        username: given(
            needs.username,
            "username",
            context.username.map(str::as_bytes),
        )?,
        user_id: given(needs.user_id, "user_id", context.user_id.map(str::as_bytes))?,
        site: context.site,
    })
}
