//! A slow hash over an expression: `bcrypt(md5(salt.pass))`, `phpass(md5(pass))`.
//!
//! The strings look like those of the slow hash alone, so the column has to say what they are.

use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::cut::FormulaInput;
use super::expression::{inputs, permit};
use crate::scheme::expression::{Output, SlowName};
use crate::scheme::format::{self, scheme_of_id};
use crate::scheme::kdf::Permit;
use crate::scheme::value::{Context, Needs, Scheme, Strength, Taken, VerifyError};

/// The slow hashes of one name.
pub(in crate::scheme) struct Over(&'static [Scheme]);

impl SlowName {
    /// The family of its strings.
    pub(in crate::scheme) fn family(self) -> &'static Over {
        static BCRYPT: Over = Over(&[
            Scheme::BCRYPT_2A,
            Scheme::BCRYPT_2B,
            Scheme::BCRYPT_2X,
            Scheme::BCRYPT_2Y,
        ]);
        static PHPASS: Over = Over(&[Scheme::PHPASS]);
        static DRUPAL7: Over = Over(&[Scheme::DRUPAL7]);
        static ARGON2: Over = Over(&[Scheme::ARGON2ID, Scheme::ARGON2I, Scheme::ARGON2D]);
        static MD5CRYPT: Over = Over(&[Scheme::MD5CRYPT, Scheme::APR1]);
        static SHA256CRYPT: Over = Over(&[Scheme::SHA256CRYPT]);
        static SHA512CRYPT: Over = Over(&[Scheme::SHA512CRYPT]);
        match self {
            Self::Bcrypt => &BCRYPT,
            Self::Phpass => &PHPASS,
            Self::Drupal7 => &DRUPAL7,
            Self::Argon2 => &ARGON2,
            Self::Md5crypt => &MD5CRYPT,
            Self::Sha256crypt => &SHA256CRYPT,
            Self::Sha512crypt => &SHA512CRYPT,
        }
    }
}

impl Family for Over {
    fn read(&self, _: Scheme, value: &[u8]) -> Option<Strength> {
        let (inner, strength) = format::native(value)?;
        self.0.contains(&inner).then_some(strength)
    }

    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        let (inner, _) = format::native(value)?;
        self.0
            .contains(&inner)
            .then(|| inner.family().take(inner, value))?
    }

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let expression = scheme
            .inside_slow()
            .ok_or(VerifyError::Unsupported { scheme })?;
        let id = setting.strip_prefix(b"$").and_then(|rest| {
            let end = rest.iter().position(|byte| *byte == b'$')?;
            rest.get(..end)
        });
        let inner = id
            .and_then(scheme_of_id)
            .filter(|inner| self.0.contains(inner))
            .ok_or(VerifyError::Parameters)?;
        let asked = FormulaInput {
            scheme,
            // The setting is the slow hash's. What the expression takes stands in columns.
            setting: &[],
            password,
            context,
        };
        let inputs = inputs(expression, &asked)?;
        let text = match permit(expression, &inputs)? {
            Permit::Compute => expression.bytes(&inputs),
            Permit::Weigh => Some(Zeroizing::new(password.to_vec())),
        };
        match text {
            Some(text) => inner.family().make(inner, setting, &text, context),
            None => Ok(None),
        }
    }

    /// A digest inside has one length, and of it any large part tells as much as the whole. What is
    /// no digest has to be read whole by the slow hash.
    fn tells_all(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> bool {
        let Some(expression) = scheme.inside_slow() else {
            return false;
        };
        if !expression.tells_all(password) {
            return false;
        }
        if expression.output != Output::Open {
            return true;
        }
        let asked = FormulaInput {
            scheme,
            setting: &[],
            password,
            context,
        };
        let inputs = inputs(expression, &asked).ok();
        let text = inputs.and_then(|inputs| expression.bytes(&inputs));
        let inner = self.0.first();
        inner.zip(text).is_some_and(|(inner, text)| {
            let family = inner.family();
            family.tells_all(*inner, setting, &text, context)
        })
    }

    fn hides_behind(&self, prefixed: Scheme) -> bool {
        self.0.contains(&prefixed)
    }

    fn needs(&self, scheme: Scheme) -> Needs {
        scheme
            .inside_slow()
            .map_or(Needs::default(), |expression| expression.needs)
    }
}
