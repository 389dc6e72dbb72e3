//! Secret bytes, a type for each meaning, so that a salt can't be passed in place of a password.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Defines one type of secret bytes.
macro_rules! secret_bytes {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<Vec<u8>>);

        impl $name {
            /// Takes the bytes. They are wiped when this value is dropped.
            pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
                Self(Zeroizing::new(bytes.into()))
            }

            /// The bytes themselves.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        /// Blind: it shows the name of the type, and nothing of the content, not even its length.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        /// The time of a comparison depends on the lengths alone.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.as_slice().ct_eq(other.0.as_slice()).into()
            }
        }

        impl Eq for $name {}
    };
}

secret_bytes! {
    /// A password (or a secret answer) as it was typed.
    Password
}

secret_bytes! {
    /// The value in the column of the user table, byte for byte: a hash, a wrapped hash, a marker
    /// or plaintext.
    StoredHash
}

secret_bytes! {
    /// The salt of a legacy hash, from its own column or from the legacy string.
    InnerSalt
}

secret_bytes! {
    /// A token that stands for a user for some time, as in a reset link.
    Token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        assert_eq!(format!("{:?}", Password::new("hunter2")), "Password(..)");
        assert_eq!(format!("{:?}", StoredHash::new("5f4d")), "StoredHash(..)");
        assert_eq!(format!("{:?}", InnerSalt::new("pepper")), "InnerSalt(..)");
        assert_eq!(format!("{:?}", Token::new("abc")), "Token(..)");
    }

    #[test]
    fn equal_bytes_are_equal_and_others_are_not() {
        assert_eq!(Password::new("a"), Password::new(b"a".to_vec()));
        assert_ne!(Password::new("a"), Password::new("b"));
        assert_ne!(Password::new("a"), Password::new("aa"));
    }
}
