//! The registry of schemes: one row for each, fixed ids, and the version of it all.
//!
//! It holds what a scheme is; how its digest is computed stands in `digest`, how its strings are read in `forms`.

use std::fmt;

use super::{Class, InnerId, Shape};

/// Changes whenever a row changes what a run would do; part of a plan's digest.
pub const REGISTRY_VERSION: u32 = 1;

/// A scheme: a handle into the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scheme(u8);

/// What kind of scheme it is, which says how its values are found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The password itself.
    Plaintext,
    /// A bare hex digest of the password alone.
    Digest(Shape),
    /// A string with its own mark around a fast digest.
    MarkedFast,
    /// A string with its own mark, made by a password hash.
    Marked,
}

/// One row.
struct Info {
    name: &'static str,
    kind: Kind,
    inner: Option<InnerId>,
    about: &'static str,
}

impl Scheme {
    /// The scheme of that name, as [`Scheme::name`] spells it.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().find(|scheme| scheme.name() == name)
    }

    /// The scheme whose values stand inside wrapped values under that id.
    pub fn by_inner_id(id: &InnerId) -> Option<Self> {
        Self::all().find(|scheme| scheme.inner_id().as_ref() == Some(id))
    }

    /// Every scheme, in the registry's order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len()).map(|row| Self(row as u8))
    }

    /// The name, as the configuration and every output spell it.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The class of its values; a password hash counts as slow here, because strong depends on the target.
    pub fn class(self) -> Class {
        match self.info().kind {
            Kind::Plaintext => Class::Plaintext,
            Kind::Digest(_) | Kind::MarkedFast => Class::Weak,
            Kind::Marked => Class::Slow,
        }
    }

    /// The id under which its values are wrapped; none where they can't be.
    pub fn inner_id(self) -> Option<InnerId> {
        self.info().inner
    }

    /// Whether a salt takes part.
    pub fn salted(self) -> bool {
        match self.info().kind {
            Kind::Plaintext | Kind::Digest(_) => false,
            Kind::Marked => true,
            Kind::MarkedFast => !matches!(
                self,
                Self::LDAP_MD5
                    | Self::LDAP_SHA
                    | Self::LDAP_SHA256
                    | Self::LDAP_SHA512
                    | Self::DJANGO_UNSALTED_SHA1
            ),
        }
    }

    /// The shape of its bare digest, if it is one.
    pub fn shape(self) -> Option<Shape> {
        match self.info().kind {
            Kind::Digest(shape) => Some(shape),
            _ => None,
        }
    }

    /// One line on it for people.
    pub fn description(self) -> &'static str {
        self.info().about
    }

    fn info(self) -> &'static Info {
        &TABLE[usize::from(self.0)]
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Makes the table, and one constant of [`Scheme`] for each of its rows.
macro_rules! registry {
    ($($row:ident: $name:literal, $kind:expr, $inner:expr, $about:literal;)*) => {
        /// The rows' numbers.
        #[expect(non_camel_case_types, reason = "the names are those of the constants")]
        #[expect(clippy::upper_case_acronyms, reason = "the names are those of the constants")]
        #[repr(u8)]
        enum Row { $($row),* }

        impl Scheme {
            $(#[doc = $about] pub const $row: Self = Self(Row::$row as u8);)*
        }

        static TABLE: &[Info] = &[$(Info { name: $name, kind: $kind, inner: $inner, about: $about }),*];
    };
}

/// A wrappable scheme's id. Ids are fixed once: a value wrapped under one must be read for ever.
const fn id(text: &str) -> Option<InnerId> {
    Some(InnerId::known(text))
}

const HEX32: Kind = Kind::Digest(Shape::Hex32);
const HEX40: Kind = Kind::Digest(Shape::Hex40);
const HEX56: Kind = Kind::Digest(Shape::Hex56);
const HEX64: Kind = Kind::Digest(Shape::Hex64);
const HEX96: Kind = Kind::Digest(Shape::Hex96);
const HEX128: Kind = Kind::Digest(Shape::Hex128);

// The outer function stands first in an id. An id of 96 or 128 digits has at most nine characters, so that
// `-b64s384`, which bcrypt needs behind it, still fits.
registry! {
    PLAINTEXT: "plaintext", Kind::Plaintext, None, "the password itself";

    MD5: "md5", HEX32, id("md5"), "MD5 of the password";
    NTLM: "ntlm", HEX32, id("ntlm"), "NTLM: MD4 of the password in UTF-16LE";
    MD4: "md4", HEX32, id("md4"), "MD4 of the password";
    MD5_MD5: "md5(md5(pass))", HEX32, id("md5-md5"), "MD5 of the MD5 in lowercase hex";
    MD5_UTF16: "md5(utf16le(pass))", HEX32, id("md5u16"), "MD5 of the password in UTF-16LE";
    MD5_SHA1: "md5(sha1(pass))", HEX32, id("md5-sha1"), "MD5 of the SHA-1 in lowercase hex";
    MD5_MD5_MD5: "md5(md5(md5(pass)))", HEX32, id("md5-md5-md5"), "MD5 three times, in lowercase hex between";
    MD5_UPPER_MD5: "md5(strtoupper(md5(pass)))", HEX32, id("md5-upper-md5"), "MD5 of the MD5 in uppercase hex";

    SHA1: "sha1", HEX40, id("sha1"), "SHA-1 of the password";
    MYSQL41: "mysql41", HEX40, id("mysql41"), "MySQL's PASSWORD() since 4.1: SHA-1 of the SHA-1's bytes, with or without its star";
    SHA1_SHA1: "sha1(sha1(pass))", HEX40, id("sha1-sha1"), "SHA-1 of the SHA-1 in lowercase hex";
    SHA1_MD5: "sha1(md5(pass))", HEX40, id("sha1-md5"), "SHA-1 of the MD5 in lowercase hex";
    SHA1_UTF16: "sha1(utf16le(pass))", HEX40, id("sha1u16"), "SHA-1 of the password in UTF-16LE";
    RIPEMD160: "ripemd160", HEX40, id("ripemd160"), "RIPEMD-160 of the password";

    SHA224: "sha224", HEX56, id("sha224"), "SHA-224 of the password";
    SHA3_224: "sha3_224", HEX56, id("sha3-224"), "SHA3-224 of the password";

    SHA256: "sha256", HEX64, id("sha256"), "SHA-256 of the password";
    SHA256_SHA256: "sha256(sha256(pass))", HEX64, id("sha256-sha256"), "SHA-256 of the SHA-256 in lowercase hex";
    SHA256_TWICE: "sha256(sha256_bin(pass))", HEX64, id("sha256d"), "SHA-256 of the SHA-256's bytes";
    SHA256_MD5: "sha256(md5(pass))", HEX64, id("sha256-md5"), "SHA-256 of the MD5 in lowercase hex";
    SHA256_UTF16: "sha256(utf16le(pass))", HEX64, id("sha256u16"), "SHA-256 of the password in UTF-16LE";
    SHA3_256: "sha3_256", HEX64, id("sha3-256"), "SHA3-256 of the password";
    KECCAK256: "keccak_256", HEX64, id("keccak256"), "Keccak-256 of the password, as before SHA-3's padding";
    BLAKE2S: "blake2s-256", HEX64, id("blake2s"), "BLAKE2s-256 of the password";

    SHA384: "sha384", HEX96, id("sha384"), "SHA-384 of the password";
    SHA3_384: "sha3_384", HEX96, id("sha3-384"), "SHA3-384 of the password";
    KECCAK384: "keccak_384", HEX96, id("keccak384"), "Keccak-384 of the password, as before SHA-3's padding";

    SHA512: "sha512", HEX128, id("sha512"), "SHA-512 of the password";
    SHA512_UTF16: "sha512(utf16le(pass))", HEX128, id("sha512u16"), "SHA-512 of the password in UTF-16LE";
    SHA3_512: "sha3_512", HEX128, id("sha3-512"), "SHA3-512 of the password";
    KECCAK512: "keccak_512", HEX128, id("keccak512"), "Keccak-512 of the password, as before SHA-3's padding";
    BLAKE2B: "blake2b-512", HEX128, id("blake2b"), "BLAKE2b-512 of the password";
    WHIRLPOOL: "whirlpool", HEX128, id("whirlpool"), "Whirlpool of the password";

    ARGON2ID: "argon2id", Kind::Marked, None, "Argon2id in a PHC string";
    ARGON2I: "argon2i", Kind::Marked, None, "Argon2i in a PHC string";
    ARGON2D: "argon2d", Kind::Marked, None, "Argon2d in a PHC string";
    BCRYPT_2A: "bcrypt-2a", Kind::Marked, None, "bcrypt, prefix 2a";
    BCRYPT_2B: "bcrypt-2b", Kind::Marked, None, "bcrypt, prefix 2b";
    BCRYPT_2X: "bcrypt-2x", Kind::Marked, None, "bcrypt, prefix 2x: crypt_blowfish's old bug with 8-bit characters";
    BCRYPT_2Y: "bcrypt-2y", Kind::Marked, None, "bcrypt, prefix 2y";
    WORDPRESS_BCRYPT: "wordpress-bcrypt", Kind::Marked, None, "WordPress 6.8: bcrypt over HMAC-SHA-384";
    PASSLIB_BCRYPT_SHA256: "passlib-bcrypt-sha256", Kind::Marked, None, "passlib: bcrypt over SHA-256 or HMAC-SHA-256";
    PASSLIB_SCRYPT: "passlib-scrypt", Kind::Marked, None, "scrypt in passlib's string, ln as log2";
    KRATOS_SCRYPT: "kratos-scrypt", Kind::Marked, None, "scrypt in Ory Kratos' string, ln as N";
    SCRYPT_7: "scrypt-7", Kind::Marked, None, "scrypt in crypt(3), $7$";
    YESCRYPT: "yescrypt", Kind::Marked, None, "yescrypt in crypt(3), $y$";
    GOST_YESCRYPT: "gost-yescrypt", Kind::Marked, None, "gost-yescrypt in crypt(3), $gy$";
    PASSLIB_PBKDF2_SHA1: "passlib-pbkdf2-sha1", Kind::Marked, None, "PBKDF2-HMAC-SHA-1 in passlib's string";
    PASSLIB_PBKDF2_SHA256: "passlib-pbkdf2-sha256", Kind::Marked, None, "PBKDF2-HMAC-SHA-256 in passlib's string";
    PASSLIB_PBKDF2_SHA512: "passlib-pbkdf2-sha512", Kind::Marked, None, "PBKDF2-HMAC-SHA-512 in passlib's string";
    KRATOS_PBKDF2: "kratos-pbkdf2", Kind::Marked, None, "PBKDF2 in a PHC string with i= and l=";
    SHA1CRYPT: "sha1crypt", Kind::Marked, None, "crypt(3) $sha1$: repeated HMAC-SHA-1";
    SHA256CRYPT: "sha256crypt", Kind::Marked, None, "crypt(3) $5$";
    SHA512CRYPT: "sha512crypt", Kind::Marked, None, "crypt(3) $6$";
    MD5CRYPT: "md5crypt", Kind::Marked, None, "crypt(3) $1$";
    APR1: "apr1", Kind::Marked, None, "Apache's $apr1$";
    PHPASS: "phpass", Kind::Marked, None, "phpass, $P$ and phpBB's $H$";
    DRUPAL7: "drupal7", Kind::Marked, None, "Drupal 7's phpass over SHA-512, $S$";
    DJANGO_PBKDF2_SHA256: "django-pbkdf2-sha256", Kind::Marked, None, "Django's PBKDF2-HMAC-SHA-256";
    DJANGO_PBKDF2_SHA1: "django-pbkdf2-sha1", Kind::Marked, None, "Django's PBKDF2-HMAC-SHA-1";
    DJANGO_ARGON2: "django-argon2", Kind::Marked, None, "Argon2 behind Django's prefix";
    DJANGO_BCRYPT: "django-bcrypt", Kind::Marked, None, "bcrypt behind Django's prefix";
    DJANGO_BCRYPT_SHA256: "django-bcrypt-sha256", Kind::Marked, None, "Django's bcrypt over SHA-256";
    DJANGO_SCRYPT: "django-scrypt", Kind::Marked, None, "Django's scrypt";

    DJANGO_MD5: "django-md5", Kind::MarkedFast, None, "Django's MD5 of salt and password";
    DJANGO_SHA1: "django-sha1", Kind::MarkedFast, None, "Django's SHA-1 of salt and password";
    DJANGO_UNSALTED_SHA1: "django-unsalted-sha1", Kind::MarkedFast, None, "Django's SHA-1 without a salt";
    LDAP_MD5: "ldap-md5", Kind::MarkedFast, None, "LDAP {MD5}";
    LDAP_SMD5: "ldap-smd5", Kind::MarkedFast, None, "LDAP {SMD5}: salted MD5";
    LDAP_SHA: "ldap-sha", Kind::MarkedFast, None, "LDAP {SHA}: SHA-1";
    LDAP_SSHA: "ldap-ssha", Kind::MarkedFast, None, "LDAP {SSHA}: salted SHA-1";
    LDAP_SHA256: "ldap-sha256", Kind::MarkedFast, None, "LDAP {SHA256}";
    LDAP_SSHA256: "ldap-ssha256", Kind::MarkedFast, None, "LDAP {SSHA256}: salted SHA-256";
    LDAP_SHA512: "ldap-sha512", Kind::MarkedFast, None, "LDAP {SHA512}";
    LDAP_SSHA512: "ldap-ssha512", Kind::MarkedFast, None, "LDAP {SSHA512}: salted SHA-512";
    LDAP_CRYPT: "ldap-crypt", Kind::Marked, None, "a crypt(3) string behind LDAP's {CRYPT}";
    DOVECOT_BLF_CRYPT: "dovecot-blf-crypt", Kind::Marked, None, "bcrypt behind Dovecot's {BLF-CRYPT}";
    DOVECOT_ARGON2I: "dovecot-argon2i", Kind::Marked, None, "Argon2i behind Dovecot's {ARGON2I}";
    DOVECOT_ARGON2ID: "dovecot-argon2id", Kind::Marked, None, "Argon2id behind Dovecot's {ARGON2ID}";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_scheme_is_found_by_its_name_and_no_name_stands_twice() {
        for scheme in Scheme::all() {
            assert_eq!(Scheme::by_name(scheme.name()), Some(scheme));
        }
        assert_eq!(Scheme::by_name("MD5"), None);
    }

    #[test]
    fn every_inner_id_stands_for_one_scheme() {
        let ids: Vec<_> = Scheme::all().filter_map(Scheme::inner_id).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        for scheme in Scheme::all() {
            if let Some(id) = scheme.inner_id() {
                assert_eq!(Scheme::by_inner_id(&id), Some(scheme));
            }
        }
    }

    #[test]
    fn an_inner_text_that_is_too_long_for_bcrypt_has_an_id_that_can_be_lengthened() {
        for scheme in Scheme::all() {
            if let (Some(id), Some(shape)) = (scheme.inner_id(), scheme.shape())
                && shape.digits() > 71
            {
                assert!(id.long().is_some(), "{id}");
            }
        }
    }

    #[test]
    fn every_unsalted_digest_can_be_wrapped() {
        assert!(
            Scheme::all()
                .filter(|scheme| scheme.shape().is_some())
                .all(|scheme| scheme.inner_id().is_some())
        );
    }
}
