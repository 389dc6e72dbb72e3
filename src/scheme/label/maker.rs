//! Where every new value is made: what is salted, derived and spelt, for logins and runs alike.
//!
//! It draws no randomness. A run derives in bulk by `kernel` and takes the salt and the spelling
//! from here.

use super::input::OuterInput;
use super::write::Label;
use crate::scheme::kdf::derive;
use crate::scheme::value::{Dialect, Outer, VerifyError};

/// Makes new values of one outer hash in one dialect.
#[derive(Clone, Copy, Debug)]
pub struct ValueMaker {
    outer: Outer,
    dialect: Dialect,
}

impl ValueMaker {
    /// A maker of such values.
    pub fn new(outer: Outer, dialect: Dialect) -> Self {
        Self { outer, dialect }
    }

    /// The value of a text, with 16 random bytes for its salt: labelled as the input says.
    ///
    /// # Errors
    /// Where the hash function refuses the parameters.
    pub fn make(&self, input: &OuterInput, random: &[u8; 16]) -> Result<String, VerifyError> {
        let digest = derive(&self.outer, &self.salt(random), &input.text)?;
        let label = input.inner.as_ref().map(|inner| Label { inner, is: None });
        Ok(self.spell(random, &digest, label))
    }

    /// The salt that goes into the hash, made of 16 random bytes.
    pub fn salt(&self, random: &[u8; 16]) -> Vec<u8> {
        self.dialect.salt(&self.outer, random)
    }

    /// The value to store for a hash over [`ValueMaker::salt`] of the same random bytes: wrapped
    /// where there is a label, native otherwise.
    pub fn spell(&self, random: &[u8; 16], digest: &[u8], label: Option<Label<'_>>) -> String {
        self.dialect.spell(&self.outer, random, digest, label)
    }
}
