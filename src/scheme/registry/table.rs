//! The rows of the registry: every known scheme, with its fixed id.
//!
//! Within the bare digests of one length the likeliest come first. They are named in that order
//! where nothing tells them apart.

use super::row::{FormTraits, PrefixUse, SchemeKind, SchemeRow};
use crate::scheme::family::{self, Family};
use crate::scheme::family::{
    applications, bcrypt_apart, behind, crypt, databases, devices, kratos, marked, mediawiki,
    plain, records, salted, spring, windows,
};
use crate::scheme::value::{InnerId, Scheme, Shape};

/// Makes the table, and one constant of [`Scheme`] for each of its rows.
macro_rules! registry {
    ($($row:ident: $name:literal, $kind:expr, $inner:expr, $about:literal;)*) => {
        /// The rows' numbers.
        #[expect(non_camel_case_types, reason = "the names are those of the constants")]
        #[expect(clippy::upper_case_acronyms, reason = "the names are those of the constants")]
        #[repr(u16)]
        enum RowNumber { $($row),* }

        impl Scheme {
            $(#[doc = $about] pub const $row: Self = Self::of_row(RowNumber::$row as u16);)*
        }

        pub(in crate::scheme) static TABLE: &[SchemeRow] = &[$(SchemeRow { name: $name, kind: $kind, inner: $inner, about: $about }),*];
    };
}

/// A wrappable scheme's id. Ids are fixed once: a value wrapped under one must be read for ever.
const fn id(text: &str) -> Option<InnerId> {
    Some(InnerId::known(text))
}

/// A digest in hex.
const fn hex16(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex16, expression, &family::EXPRESSIONS)
}
const fn hex32(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex32, expression, &family::EXPRESSIONS)
}
const fn hex40(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex40, expression, &family::EXPRESSIONS)
}
const fn hex56(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex56, expression, &family::EXPRESSIONS)
}
const fn hex64(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex64, expression, &family::EXPRESSIONS)
}
const fn hex96(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex96, expression, &family::EXPRESSIONS)
}
const fn hex128(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex128, expression, &family::EXPRESSIONS)
}
/// The same, with a star in front that many a copy has lost.
const fn starred_hex40(expression: &'static str) -> SchemeKind {
    SchemeKind::Digest(Shape::Hex40, expression, &family::STARRED)
}
/// A digest in another text than hex.
const fn text(expression: &'static str) -> SchemeKind {
    SchemeKind::Text(expression)
}

/// A password hash with a prefix.
const fn prefixed(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::All,
            weak: false,
            salted: true,
        },
    )
}
/// A salted fast digest, or something reversible, with a prefix.
const fn prefixed_weak(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::All,
            weak: true,
            salted: true,
        },
    )
}
/// The same without a salt: equal passwords have equal values.
const fn prefixed_unsalted(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::All,
            weak: true,
            salted: false,
        },
    )
}
/// A password hash with a prefix, which another spelling of it lacks.
const fn also_bare(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::Partly,
            weak: false,
            salted: true,
        },
    )
}
/// A salted fast digest of that kind.
const fn also_bare_weak(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::Partly,
            weak: true,
            salted: true,
        },
    )
}
/// A password hash whose scheme has to be declared.
const fn bare(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::Never,
            weak: false,
            salted: true,
        },
    )
}
/// A salted fast digest whose scheme has to be declared.
const fn bare_weak(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::Never,
            weak: true,
            salted: true,
        },
    )
}
/// The same without a salt, and what is reversible.
const fn bare_unsalted(family: &'static dyn Family) -> SchemeKind {
    SchemeKind::Form(
        family,
        FormTraits {
            prefix: PrefixUse::Never,
            weak: true,
            salted: false,
        },
    )
}

registry! {
    PLAINTEXT: "plaintext", SchemeKind::Plaintext, None, "the password itself";

    MD5_MIDDLE: "cut(md5(pass),8,16)", hex16("cut(md5(pass),8,16)"), id("md5-mid"), "the middle sixteen digits of MD5 in hex, which ASP and PHP pages call its 16-digit form";
    MD5_FRONT: "cut(md5(pass),0,16)", hex16("cut(md5(pass),0,16)"), id("md5-front"), "the first sixteen digits of MD5 in hex";
    MD5_BACK: "cut(md5(pass),16,16)", hex16("cut(md5(pass),16,16)"), id("md5-back"), "the last sixteen digits of MD5 in hex";

    MD5: "md5", hex32("md5(pass)"), id("md5"), "MD5 of the password";
    NTLM: "ntlm", hex32("md4(utf16le(pass))"), id("ntlm"), "NTLM: MD4 of the password in UTF-16LE";
    MD4: "md4", hex32("md4(pass)"), id("md4"), "MD4 of the password";
    MD5_MD5: "md5(md5(pass))", hex32("md5(md5(pass))"), id("md5-md5"), "MD5 of the MD5 in lowercase hex";
    MD5_UTF16: "md5(utf16le(pass))", hex32("md5(utf16le(pass))"), id("md5u16"), "MD5 of the password in UTF-16LE";
    MD5_SHA1: "md5(sha1(pass))", hex32("md5(sha1(pass))"), id("md5-sha1"), "MD5 of the SHA-1 in lowercase hex";
    MD5_MD5_MD5: "md5(md5(md5(pass)))", hex32("md5(md5(md5(pass)))"), id("md5-md5-md5"), "MD5 three times, in lowercase hex between";
    MD5_UPPER_MD5: "md5(strtoupper(md5(pass)))", hex32("md5(strtoupper(md5(pass)))"), id("md5-upper-md5"), "MD5 of the MD5 in uppercase hex";
    MD5_SHA1_MD5_SHA1: "md5(sha1(pass).md5(pass).sha1(pass))", hex32("md5(sha1(pass).md5(pass).sha1(pass))"), id("md5-sha1-md5-sha1"), "MD5 of SHA-1, MD5 and SHA-1 in lowercase hex";
    MD5_PS: "md5(pass.salt)", hex32("md5(pass.salt)"), id("md5-ps"), "MD5 of the password and the salt";
    MD5_SP: "md5(salt.pass)", hex32("md5(salt.pass)"), id("md5-sp"), "MD5 of the salt and the password";
    VBULLETIN: "vbulletin", hex32("md5(md5(pass).salt)"), id("md5-md5-s"), "vBulletin 3 and 4: MD5 of the MD5 in lowercase hex and the salt";
    MD5_S_MD5: "md5(salt.md5(pass))", hex32("md5(salt.md5(pass))"), id("md5-s-md5"), "MD5 of the salt and the MD5 in lowercase hex";
    IPB: "ipb", hex32("md5(md5(salt).md5(pass))"), id("ipb"), "IP.Board and MyBB: MD5 of the MD5s, in lowercase hex, of salt and password";
    MD5_SPS: "md5(salt.pass.salt)", hex32("md5(salt.pass.salt)"), id("md5-sps"), "MD5 of the password between two salts";
    MD5_MD5_MD5S: "md5(md5(pass).md5(salt))", hex32("md5(md5(pass).md5(salt))"), id("md5-md5-md5s"), "MD5 of the MD5s, in lowercase hex, of password and salt";
    MD5_MD5_MD5_S: "md5(md5(md5(pass)).salt)", hex32("md5(md5(md5(pass)).salt)"), id("md5-md5-md5-s"), "MD5 of the MD5 of the MD5, in lowercase hex, and the salt";
    MD5_SHA1_S: "md5(sha1(pass).salt)", hex32("md5(sha1(pass).salt)"), id("md5-sha1-s"), "MD5 of the SHA-1 in lowercase hex and the salt";
    MD5_SHA1PS: "md5(sha1(pass.salt))", hex32("md5(sha1(pass.salt))"), id("md5-sha1ps"), "MD5 of the SHA-1, in lowercase hex, of password and salt";
    MD5_SHA1SP: "md5(sha1(salt.pass))", hex32("md5(sha1(salt.pass))"), id("md5-sha1sp"), "MD5 of the SHA-1, in lowercase hex, of salt and password";
    MD5_S_MD5PS: "md5(salt.md5(pass.salt))", hex32("md5(salt.md5(pass.salt))"), id("md5-s-md5ps"), "MD5 of the salt and the MD5, in lowercase hex, of password and salt";
    MD5_S_MD5SP: "md5(salt.md5(salt.pass))", hex32("md5(salt.md5(salt.pass))"), id("md5-s-md5sp"), "MD5 of the salt and the MD5, in lowercase hex, of salt and password";
    MD5_S_SHA1SP: "md5(salt.sha1(salt.pass))", hex32("md5(salt.sha1(salt.pass))"), id("md5-s-sha1sp"), "MD5 of the salt and the SHA-1, in lowercase hex, of salt and password";
    MD5_MD5S_MD5_MD5: "md5(md5(salt).md5(md5(pass)))", hex32("md5(md5(salt).md5(md5(pass)))"), id("md5-md5s-md5-md5"), "MD5 of the MD5 of the salt and the MD5 of the MD5, in lowercase hex";
    MD5_SHA1S_MD5: "md5(sha1(salt).md5(pass))", hex32("md5(sha1(salt).md5(pass))"), id("md5-sha1s-md5"), "MD5 of the SHA-1 of the salt and the MD5, in lowercase hex";
    MD5_UTF16_S: "md5(utf16le(pass).salt)", hex32("md5(utf16le(pass).salt)"), id("md5u16-ps"), "MD5 of the password in UTF-16LE and the salt";
    MD5_S_UTF16: "md5(salt.utf16le(pass))", hex32("md5(salt.utf16le(pass))"), id("md5u16-sp"), "MD5 of the salt and the password in UTF-16LE";
    MD5_BRACE: "md5(pass.'{'.salt.'}')", hex32("md5(pass.'{'.salt.'}')"), id("md5-brace"), "MD5 of the password and of the salt in braces, as Symfony and Spring join them";
    HMAC_MD5_S: "hmac-md5(key=salt)", hex32("hmac-md5(key=salt)"), id("hmac-md5-s"), "HMAC-MD5 of the password, keyed by the salt";
    HMAC_MD5_P: "hmac-md5(key=pass)", hex32("hmac-md5(key=pass)"), id("hmac-md5-p"), "HMAC-MD5 of the salt, keyed by the password";
    MD5_PU: "md5(pass.username)", hex32("md5(pass.username)"), id("md5-pu"), "MD5 of the password and the user's name";
    SMF_HMAC: "hmac-md5(key=lower(username),pass)", hex32("hmac-md5(key=lower(username),pass)"), id("smf-hmac"), "Simple Machines Forum 1.0: HMAC-MD5 of the password, keyed by the user's name in lower case";
    MD5_UP: "md5(username.pass)", hex32("md5(username.pass)"), id("md5-up"), "MD5 of the user's name and the password";
    MSDCC: "msdcc", hex32("md4(md4_bin(utf16le(pass)).utf16le(lower(username)))"), id("msdcc"), "Windows domain cached credentials 1: MD4 of the NTLM digest and the user's name";

    SHA1: "sha1", hex40("sha1(pass)"), id("sha1"), "SHA-1 of the password";
    MYSQL41: "mysql41", starred_hex40("sha1(sha1_bin(pass))"), id("mysql41"), "MySQL's PASSWORD() since 4.1: SHA-1 of the SHA-1's bytes, with or without its star";
    SHA1_SHA1: "sha1(sha1(pass))", hex40("sha1(sha1(pass))"), id("sha1-sha1"), "SHA-1 of the SHA-1 in lowercase hex";
    SHA1_MD5: "sha1(md5(pass))", hex40("sha1(md5(pass))"), id("sha1-md5"), "SHA-1 of the MD5 in lowercase hex";
    SHA1_UTF16: "sha1(utf16le(pass))", hex40("sha1(utf16le(pass))"), id("sha1u16"), "SHA-1 of the password in UTF-16LE";
    RIPEMD160: "ripemd160", hex40("ripemd160(pass)"), id("ripemd160"), "RIPEMD-160 of the password";
    SHA1_MD5_MD5: "sha1(md5(md5(pass)))", hex40("sha1(md5(md5(pass)))"), id("sha1-md5-md5"), "SHA-1 of the MD5 of the MD5, in lowercase hex";
    SHA1_PS: "sha1(pass.salt)", hex40("sha1(pass.salt)"), id("sha1-ps"), "SHA-1 of the password and the salt";
    SHA1_SP: "sha1(salt.pass)", hex40("sha1(salt.pass)"), id("sha1-sp"), "SHA-1 of the salt and the password";
    SHA1_S_SHA1: "sha1(salt.sha1(pass))", hex40("sha1(salt.sha1(pass))"), id("sha1-s-sha1"), "SHA-1 of the salt and the SHA-1 in lowercase hex";
    SHA1_SHA1_S: "sha1(sha1(pass).salt)", hex40("sha1(sha1(pass).salt)"), id("sha1-sha1-s"), "SHA-1 of the SHA-1 in lowercase hex and the salt";
    SMF: "smf", hex40("sha1(lower(username).pass)"), id("smf"), "Simple Machines Forum: SHA-1 of the user's name in lower case and the password";
    WBB3: "wbb3", hex40("sha1(salt.sha1(salt.sha1(pass)))"), id("wbb3"), "Woltlab Burning Board 3: SHA-1 of salt and SHA-1, twice over";
    RESTFUL_AUTH: "rails-restful-auth", hex40("sha1('--'.salt.'--'.pass.'--')"), id("rails-ra"), "restful_authentication: SHA-1 of salt and password between dashes";
    RESTFUL_AUTH_KEY: "rails-restful-auth-sitekey", hex40("repeat(10, sha1(it.'--'.salt.'--'.pass.'--'.salt2), salt2)"), id("rails-ra-key"), "restful_authentication with a site key, which is the second salt: ten rounds of SHA-1";
    SHA1_SPS: "sha1(salt.pass.salt)", hex40("sha1(salt.pass.salt)"), id("sha1-sps"), "SHA-1 of the password between two salts";
    SHA1_MD5_S: "sha1(md5(pass).salt)", hex40("sha1(md5(pass).salt)"), id("sha1-md5-s"), "SHA-1 of the MD5 in lowercase hex and the salt";
    SHA1_MD5PS: "sha1(md5(pass.salt))", hex40("sha1(md5(pass.salt))"), id("sha1-md5ps"), "SHA-1 of the MD5, in lowercase hex, of password and salt";
    SHA1_S_SHA1PS: "sha1(salt.sha1(pass.salt))", hex40("sha1(salt.sha1(pass.salt))"), id("sha1-s-sha1ps"), "SHA-1 of the salt and the SHA-1, in lowercase hex, of password and salt";
    SHA1_SHA1SPS: "sha1(sha1(salt.pass.salt))", hex40("sha1(sha1(salt.pass.salt))"), id("sha1-sha1sps"), "SHA-1 of the SHA-1, in lowercase hex, of the password between two salts";
    SHA1_S1PS2: "sha1(salt1.pass.salt2)", hex40("sha1(salt1.pass.salt2)"), id("sha1-s1ps2"), "SHA-1 of the password between two different salts";
    SHA1_UTF16_S: "sha1(utf16le(pass).salt)", hex40("sha1(utf16le(pass).salt)"), id("sha1u16-ps"), "SHA-1 of the password in UTF-16LE and the salt";
    SHA1_S_UTF16: "sha1(salt.utf16le(pass))", hex40("sha1(salt.utf16le(pass))"), id("sha1u16-sp"), "SHA-1 of the salt and the password in UTF-16LE";
    SHA1_BRACE: "sha1(pass.'{'.salt.'}')", hex40("sha1(pass.'{'.salt.'}')"), id("sha1-brace"), "SHA-1 of the password and of the salt in braces, as Symfony and Spring join them";
    ASPNET_MEMBERSHIP: "sha1(unbase64(salt).utf16le(pass))", hex40("sha1(unbase64(salt).utf16le(pass))"), id("aspnet-memb"), "ASP.NET's membership: SHA-1 of the salt, which stands in base64, and the password in UTF-16LE";
    HMAC_SHA1_S: "hmac-sha1(key=salt)", hex40("hmac-sha1(key=salt)"), id("hmac-sha1-s"), "HMAC-SHA-1 of the password, keyed by the salt";
    HMAC_SHA1_P: "hmac-sha1(key=pass)", hex40("hmac-sha1(key=pass)"), id("hmac-sha1-p"), "HMAC-SHA-1 of the salt, keyed by the password";
    SHA1_PU: "sha1(pass.username)", hex40("sha1(pass.username)"), id("sha1-pu"), "SHA-1 of the password and the user's name";
    SHA1_UP: "sha1(username.pass)", hex40("sha1(username.pass)"), id("sha1-up"), "SHA-1 of the user's name and the password";

    SHA224: "sha224", hex56("sha224(pass)"), id("sha224"), "SHA-224 of the password";
    SHA3_224: "sha3_224", hex56("sha3_224(pass)"), id("sha3-224"), "SHA3-224 of the password";
    KECCAK224: "keccak_224", hex56("keccak_224(pass)"), id("keccak224"), "Keccak-224 of the password, as before SHA-3's padding";

    SHA256: "sha256", hex64("sha256(pass)"), id("sha256"), "SHA-256 of the password";
    SHA256_SHA256: "sha256(sha256(pass))", hex64("sha256(sha256(pass))"), id("sha256-sha256"), "SHA-256 of the SHA-256 in lowercase hex";
    SHA256_TWICE: "sha256(sha256_bin(pass))", hex64("sha256(sha256_bin(pass))"), id("sha256d"), "SHA-256 of the SHA-256's bytes";
    SHA256_MD5: "sha256(md5(pass))", hex64("sha256(md5(pass))"), id("sha256-md5"), "SHA-256 of the MD5 in lowercase hex";
    SHA256_UTF16: "sha256(utf16le(pass))", hex64("sha256(utf16le(pass))"), id("sha256u16"), "SHA-256 of the password in UTF-16LE";
    SHA3_256: "sha3_256", hex64("sha3_256(pass)"), id("sha3-256"), "SHA3-256 of the password";
    KECCAK256: "keccak_256", hex64("keccak_256(pass)"), id("keccak256"), "Keccak-256 of the password, as before SHA-3's padding";
    BLAKE2S: "blake2s-256", hex64("blake2s-256(pass)"), id("blake2s"), "BLAKE2s-256 of the password";
    SM3: "sm3", hex64("sm3(pass)"), id("sm3"), "SM3 of the password";
    SHA256_PS: "sha256(pass.salt)", hex64("sha256(pass.salt)"), id("sha256-ps"), "SHA-256 of the password and the salt";
    SHA256_SP: "sha256(salt.pass)", hex64("sha256(salt.pass)"), id("sha256-sp"), "SHA-256 of the salt and the password";
    SHA256_SHA256_S: "sha256(sha256(pass).salt)", hex64("sha256(sha256(pass).salt)"), id("sha256-sha256-s"), "SHA-256 of the SHA-256 in lowercase hex and the salt";
    SHA256_S_SHA256: "sha256(salt.sha256(pass))", hex64("sha256(salt.sha256(pass))"), id("sha256-s-sha256"), "SHA-256 of the salt and the SHA-256 in lowercase hex";
    SHA256_S_SHA256_BIN: "sha256(salt.sha256_bin(pass))", hex64("sha256(salt.sha256_bin(pass))"), id("sha256-s-sha256b"), "SHA-256 of the salt and the SHA-256's bytes";
    SHA256_SPS: "sha256(salt.pass.salt)", hex64("sha256(salt.pass.salt)"), id("sha256-sps"), "SHA-256 of the password between two salts";
    COLDFUSION10: "coldfusion10", hex64("sha256(salt.strtoupper(sha1(pass)))"), id("coldfusion10"), "ColdFusion 10 and 11: SHA-256 of the salt and the SHA-1 in uppercase hex";
    SHA256_UTF16_S: "sha256(utf16le(pass).salt)", hex64("sha256(utf16le(pass).salt)"), id("sha256u16-ps"), "SHA-256 of the password in UTF-16LE and the salt";
    SHA256_S_UTF16: "sha256(salt.utf16le(pass))", hex64("sha256(salt.utf16le(pass))"), id("sha256u16-sp"), "SHA-256 of the salt and the password in UTF-16LE";
    SHA256_BRACE: "sha256(pass.'{'.salt.'}')", hex64("sha256(pass.'{'.salt.'}')"), id("sha256-brace"), "SHA-256 of the password and of the salt in braces, as Symfony, Spring and Jenkins join them";
    ASPNET_MEMBERSHIP_256: "sha256(unbase64(salt).utf16le(pass))", hex64("sha256(unbase64(salt).utf16le(pass))"), id("aspnet-memb256"), "ASP.NET's membership with SHA-256: the salt, which stands in base64, and the password in UTF-16LE";
    HMAC_SHA256_S: "hmac-sha256(key=salt)", hex64("hmac-sha256(key=salt)"), id("hmac-sha256-s"), "HMAC-SHA-256 of the password, keyed by the salt";
    HMAC_SHA256_P: "hmac-sha256(key=pass)", hex64("hmac-sha256(key=pass)"), id("hmac-sha256-p"), "HMAC-SHA-256 of the salt, keyed by the password";
    SHA256_PU: "sha256(pass.username)", hex64("sha256(pass.username)"), id("sha256-pu"), "SHA-256 of the password and the user's name";
    SHA256_UP: "sha256(username.pass)", hex64("sha256(username.pass)"), id("sha256-up"), "SHA-256 of the user's name and the password";

    SHA384: "sha384", hex96("sha384(pass)"), id("sha384"), "SHA-384 of the password";
    SHA3_384: "sha3_384", hex96("sha3_384(pass)"), id("sha3-384"), "SHA3-384 of the password";
    KECCAK384: "keccak_384", hex96("keccak_384(pass)"), id("keccak384"), "Keccak-384 of the password, as before SHA-3's padding";
    SHA384_PS: "sha384(pass.salt)", hex96("sha384(pass.salt)"), id("sha384-ps"), "SHA-384 of the password and the salt";
    SHA384_SP: "sha384(salt.pass)", hex96("sha384(salt.pass)"), id("sha384-sp"), "SHA-384 of the salt and the password";

    SHA512: "sha512", hex128("sha512(pass)"), id("sha512"), "SHA-512 of the password";
    SHA512_UTF16: "sha512(utf16le(pass))", hex128("sha512(utf16le(pass))"), id("sha512u16"), "SHA-512 of the password in UTF-16LE";
    SHA3_512: "sha3_512", hex128("sha3_512(pass)"), id("sha3-512"), "SHA3-512 of the password";
    KECCAK512: "keccak_512", hex128("keccak_512(pass)"), id("keccak512"), "Keccak-512 of the password, as before SHA-3's padding";
    BLAKE2B: "blake2b-512", hex128("blake2b-512(pass)"), id("blake2b"), "BLAKE2b-512 of the password";
    WHIRLPOOL: "whirlpool", hex128("whirlpool(pass)"), id("whirlpool"), "Whirlpool of the password";
    SHA512_PS: "sha512(pass.salt)", hex128("sha512(pass.salt)"), id("sha512-ps"), "SHA-512 of the password and the salt";
    SHA512_SP: "sha512(salt.pass)", hex128("sha512(salt.pass)"), id("sha512-sp"), "SHA-512 of the salt and the password";
    AUTHLOGIC: "authlogic", hex128("repeat(20, sha512(it), pass.salt)"), id("authlogic"), "Authlogic: twenty rounds of SHA-512 over password and salt";
    SHA512_SYMFONY: "sha512(pass.'{'.salt.'}')", hex128("sha512(pass.'{'.salt.'}')"), id("s512-symf"), "SHA-512 of the password and of the salt in braces, as Symfony joins them";
    BLAKE2B_PS: "blake2b-512(pass.salt)", hex128("blake2b-512(pass.salt)"), id("b2b-ps"), "BLAKE2b-512 of the password and the salt";
    BLAKE2B_SP: "blake2b-512(salt.pass)", hex128("blake2b-512(salt.pass)"), id("b2b-sp"), "BLAKE2b-512 of the salt and the password";
    SHA512_UTF16_S: "sha512(utf16le(pass).salt)", hex128("sha512(utf16le(pass).salt)"), id("s512u-ps"), "SHA-512 of the password in UTF-16LE and the salt";
    HMAC_SHA512_S: "hmac-sha512(key=salt)", hex128("hmac-sha512(key=salt)"), id("hs512-s"), "HMAC-SHA-512 of the password, keyed by the salt";
    HMAC_SHA512_P: "hmac-sha512(key=pass)", hex128("hmac-sha512(key=pass)"), id("hs512-p"), "HMAC-SHA-512 of the salt, keyed by the password";

    ARGON2ID: "argon2id", prefixed(&family::ARGON2), None, "Argon2id in a PHC string";
    ARGON2I: "argon2i", prefixed(&family::ARGON2), None, "Argon2i in a PHC string";
    ARGON2D: "argon2d", prefixed(&family::ARGON2), None, "Argon2d in a PHC string";
    BCRYPT_2A: "bcrypt-2a", prefixed(&family::BCRYPT), id("bcrypt-2a"), "bcrypt, prefix 2a";
    BCRYPT_2B: "bcrypt-2b", prefixed(&family::BCRYPT), id("bcrypt-2b"), "bcrypt, prefix 2b";
    BCRYPT_2X: "bcrypt-2x", prefixed(&family::BCRYPT), id("bcrypt-2x"), "bcrypt, prefix 2x: crypt_blowfish's old bug with 8-bit characters";
    BCRYPT_2Y: "bcrypt-2y", prefixed(&family::BCRYPT), id("bcrypt-2y"), "bcrypt, prefix 2y";
    WORDPRESS_BCRYPT: "wordpress-bcrypt", prefixed(&family::WORDPRESS), id("wp-bcrypt"), "WordPress 6.8: bcrypt over HMAC-SHA-384";
    PASSLIB_BCRYPT_SHA256: "passlib-bcrypt-sha256", prefixed(&family::PASSLIB_BCRYPT_SHA256), id("pl-bc256"), "passlib: bcrypt over SHA-256 or HMAC-SHA-256";
    PASSLIB_SCRYPT: "passlib-scrypt", prefixed(&salted::SCRYPT), id("pl-scrypt"), "scrypt in passlib's string, ln as log2";
    KRATOS_SCRYPT: "kratos-scrypt", prefixed(&salted::SCRYPT), id("kr-scrypt"), "scrypt in Ory Kratos' string, ln as N";
    SCRYPT_7: "scrypt-7", prefixed(&crypt::strings::SCRYPT_7), id("scrypt-7"), "scrypt in crypt(3), $7$";
    YESCRYPT: "yescrypt", prefixed(&crypt::strings::YESCRYPT), id("yescrypt"), "yescrypt in crypt(3), $y$";
    GOST_YESCRYPT: "gost-yescrypt", prefixed(&crypt::strings::GOST_YESCRYPT), id("gost-yesc"), "gost-yescrypt in crypt(3), $gy$";
    PASSLIB_PBKDF2_SHA1: "passlib-pbkdf2-sha1", prefixed(&salted::PBKDF2), id("pl-pbk1"), "PBKDF2-HMAC-SHA-1 in passlib's string";
    PASSLIB_PBKDF2_SHA256: "passlib-pbkdf2-sha256", prefixed(&salted::PBKDF2), id("pl-pbk256"), "PBKDF2-HMAC-SHA-256 in passlib's string";
    PASSLIB_PBKDF2_SHA512: "passlib-pbkdf2-sha512", prefixed(&salted::PBKDF2), id("pl-pbk512"), "PBKDF2-HMAC-SHA-512 in passlib's string";
    KRATOS_PBKDF2: "kratos-pbkdf2", prefixed(&family::PBKDF2_PHC), id("kr-pbkdf2"), "PBKDF2 in a PHC string with i= and l=";
    SHA1CRYPT: "sha1crypt", prefixed(&crypt::strings::SHA1CRYPT), id("sha1crypt"), "crypt(3) $sha1$: repeated HMAC-SHA-1";
    SHA256CRYPT: "sha256crypt", prefixed(&crypt::strings::SHA256CRYPT), id("s256crypt"), "crypt(3) $5$";
    SHA512CRYPT: "sha512crypt", prefixed(&crypt::strings::SHA512CRYPT), id("s512crypt"), "crypt(3) $6$";
    MD5CRYPT: "md5crypt", prefixed(&crypt::strings::MD5CRYPT), id("md5crypt"), "crypt(3) $1$";
    APR1: "apr1", prefixed(&crypt::strings::APR1), id("apr1"), "Apache's $apr1$";
    SUN_MD5: "sun-md5", prefixed(&crypt::strings::SUN_MD5), id("sun-md5"), "Solaris' $md5$";
    BSD_NTHASH: "bsd-nthash", prefixed_unsalted(&crypt::strings::BSD_NTHASH), id("nthash"), "FreeBSD's $3$: NTLM, each byte of the password taken for a character";
    DESCRYPT: "descrypt", bare_weak(&crypt::des::DESCRYPT), id("descrypt"), "crypt(3) of old: 25 rounds of DES over eight characters";
    BIGCRYPT: "bigcrypt", bare_weak(&crypt::des::BIGCRYPT), id("bigcrypt"), "Digital Unix: descrypt of every eight characters";
    BSDICRYPT: "bsdicrypt", bare(&crypt::des::BSDICRYPT), id("bsdicrypt"), "BSDI's extended DES, _";
    BCRYPT_MD5: "bcrypt(md5(pass))", bare(&crypt::prehashed::BCRYPT_MD5), id("bc-md5"), "bcrypt over the MD5 in lowercase hex";
    BCRYPT_SHA1: "bcrypt(sha1(pass))", bare(&crypt::prehashed::BCRYPT_SHA1), id("bc-sha1"), "bcrypt over the SHA-1 in lowercase hex";
    BCRYPT_SHA512: "bcrypt(sha512(pass))", bare(&crypt::prehashed::BCRYPT_SHA512), id("bc-sha512"), "bcrypt over the SHA-512 in lowercase hex, of which it reads 72 digits";
    BCRYPT_BCRYPT: "bcrypt(bcrypt(pass))", bare(&crypt::prehashed::BCRYPT_BCRYPT), id("bc-bc"), "bcrypt over bcrypt with the same salt";
    PHPASS: "phpass", prefixed(&family::PHPASS), id("phpass"), "phpass, $P$ and phpBB's $H$";
    DRUPAL7: "drupal7", prefixed(&family::PHPASS), id("drupal7"), "Drupal 7's phpass over SHA-512, $S$";
    DJANGO_PBKDF2_SHA256: "django-pbkdf2-sha256", prefixed(&salted::PBKDF2), id("dj-pbk256"), "Django's PBKDF2-HMAC-SHA-256";
    DJANGO_PBKDF2_SHA1: "django-pbkdf2-sha1", prefixed(&salted::PBKDF2), id("dj-pbk1"), "Django's PBKDF2-HMAC-SHA-1";
    DJANGO_ARGON2: "django-argon2", prefixed(&behind::DJANGO_ARGON2), id("dj-argon2"), "Argon2 behind Django's prefix";
    DJANGO_BCRYPT: "django-bcrypt", prefixed(&behind::DJANGO_BCRYPT), id("dj-bcrypt"), "bcrypt behind Django's prefix";
    DJANGO_BCRYPT_SHA256: "django-bcrypt-sha256", prefixed(&behind::DJANGO_BCRYPT_SHA256), id("dj-bc256"), "Django's bcrypt over SHA-256";
    DJANGO_SCRYPT: "django-scrypt", prefixed(&salted::SCRYPT), id("dj-scrypt"), "Django's scrypt";

    DJANGO_MD5: "django-md5", prefixed_weak(&salted::DJANGO_MD5), id("dj-md5"), "Django's MD5 of salt and password";
    DJANGO_SHA1: "django-sha1", prefixed_weak(&salted::DJANGO_SHA1), id("dj-sha1"), "Django's SHA-1 of salt and password";
    DJANGO_UNSALTED_SHA1: "django-unsalted-sha1", prefixed_unsalted(&salted::SALT_SHA1), id("dj-sha1u"), "Django's SHA-1 without a salt";
    LDAP_MD5: "ldap-md5", prefixed_unsalted(&salted::MD5), id("ldap-md5"), "LDAP {MD5}";
    LDAP_SMD5: "ldap-smd5", prefixed_weak(&salted::MD5), id("ldap-smd5"), "LDAP {SMD5}: salted MD5";
    LDAP_SHA: "ldap-sha", prefixed_unsalted(&salted::SHA1), id("ldap-sha"), "LDAP {SHA}: SHA-1";
    LDAP_SSHA: "ldap-ssha", prefixed_weak(&salted::SHA1), id("ldap-ssha"), "LDAP {SSHA}: salted SHA-1";
    LDAP_SHA256: "ldap-sha256", prefixed_unsalted(&salted::SHA256), id("ldap-sha256"), "LDAP {SHA256}";
    LDAP_SSHA256: "ldap-ssha256", prefixed_weak(&salted::SHA256), id("ldap-ssha256"), "LDAP {SSHA256}: salted SHA-256";
    LDAP_SHA512: "ldap-sha512", prefixed_unsalted(&salted::SHA512), id("l-sha512"), "LDAP {SHA512}";
    LDAP_SSHA512: "ldap-ssha512", prefixed_weak(&salted::SHA512), id("l-ssha512"), "LDAP {SSHA512}: salted SHA-512";
    LDAP_CRYPT: "ldap-crypt", prefixed(&behind::BEHIND_BRACE), id("ldapcrypt"), "a crypt(3) string behind LDAP's {CRYPT}";
    DOVECOT_BLF_CRYPT: "dovecot-blf-crypt", prefixed(&behind::BEHIND_BRACE), id("dc-bcrypt"), "bcrypt behind Dovecot's {BLF-CRYPT}";
    DOVECOT_ARGON2I: "dovecot-argon2i", prefixed(&behind::BEHIND_BRACE), id("dc-arg2i"), "Argon2i behind Dovecot's {ARGON2I}";
    DOVECOT_ARGON2ID: "dovecot-argon2id", prefixed(&behind::BEHIND_BRACE), id("dc-arg2id"), "Argon2id behind Dovecot's {ARGON2ID}";

    PHC_PBKDF2: "phc-pbkdf2", prefixed(&family::PBKDF2_PHC), id("phc-pbk"), "PBKDF2 in a PHC string with i= alone";
    WERKZEUG_PBKDF2: "werkzeug-pbkdf2", prefixed(&salted::PBKDF2), id("wz-pbkdf2"), "Werkzeug's PBKDF2";
    WERKZEUG_SCRYPT: "werkzeug-scrypt", prefixed(&salted::SCRYPT), id("wz-scrypt"), "Werkzeug's scrypt";
    WERKZEUG_HMAC: "werkzeug-hmac", prefixed_weak(&salted::WERKZEUG_HMAC), id("wz-hmac"), "Werkzeug's HMAC keyed by the salt, before 3.0";
    WEB2PY_PBKDF2: "web2py-pbkdf2", prefixed(&salted::PBKDF2), id("w2p-pbk"), "web2py's PBKDF2";
    GRUB_PBKDF2_SHA512: "grub-pbkdf2-sha512", prefixed(&salted::PBKDF2), id("grub"), "GRUB's PBKDF2-HMAC-SHA-512";
    HASHCAT_SCRYPT: "hashcat-scrypt", prefixed(&salted::SCRYPT), id("hc-scrypt"), "scrypt as hashcat spells it";
    ASPNET_IDENTITY_V2: "aspnet-identity-v2", prefixed(&salted::PBKDF2), id("aspnet2"), "ASP.NET Identity 2: PBKDF2-HMAC-SHA-1, 1000 rounds";
    ASPNET_IDENTITY_V3: "aspnet-identity-v3", prefixed(&salted::PBKDF2), id("aspnet3"), "ASP.NET Core Identity 3: PBKDF2";
    CTA_PBKDF2_SHA1: "cta-pbkdf2-sha1", prefixed(&salted::PBKDF2), id("cta-pbk1"), "Cryptacular's PBKDF2-HMAC-SHA-1, $p5k2$";
    DLITZ_PBKDF2_SHA1: "dlitz-pbkdf2-sha1", prefixed(&salted::PBKDF2), id("dlitz-pbk"), "Dwayne Litzenberger's PBKDF2-HMAC-SHA-1, $p5k2$";
    KRATOS_HMAC: "kratos-hmac", prefixed_weak(&salted::HMAC), id("kr-hmac"), "Ory Kratos' HMAC keyed by the salt";
    ATLASSIAN_PBKDF2: "atlassian-pbkdf2", prefixed(&salted::PBKDF2), id("atlassian"), "Atlassian's {PKCS5S2}: PBKDF2-HMAC-SHA-1, 10,000 rounds";
    LDAP_SHA384: "ldap-sha384", prefixed_unsalted(&salted::SHA384), id("l-sha384"), "LDAP {SHA384}";
    LDAP_SSHA384: "ldap-ssha384", prefixed_weak(&salted::SHA384), id("l-ssha384"), "LDAP {SSHA384}: salted SHA-384";
    LDAP_PBKDF2_SHA1: "ldap-pbkdf2-sha1", prefixed(&salted::PBKDF2), id("l-pbk1"), "LDAP {PBKDF2}: PBKDF2-HMAC-SHA-1";
    LDAP_PBKDF2_SHA256: "ldap-pbkdf2-sha256", prefixed(&salted::PBKDF2), id("l-pbk256"), "LDAP {PBKDF2-SHA256}";
    LDAP_PBKDF2_SHA512: "ldap-pbkdf2-sha512", prefixed(&salted::PBKDF2), id("l-pbk512"), "LDAP {PBKDF2-SHA512}";
    DIRSRV_PBKDF2_SHA256: "389ds-pbkdf2-sha256", prefixed(&salted::PBKDF2), id("ds-pbk256"), "389 Directory Server's {PBKDF2_SHA256}";
    LDAP_CRAM_MD5: "ldap-cram-md5", prefixed_unsalted(&salted::CRAM_MD5), id("cram-md5"), "Dovecot's {CRAM-MD5}: the states of HMAC-MD5";
    DOVECOT_SHA1: "dovecot-sha1", prefixed_unsalted(&salted::SHA1), id("dc-sha1"), "Dovecot's {SHA1}";
    DOVECOT_LDAP_MD5: "dovecot-ldap-md5", prefixed_unsalted(&salted::MD5), id("dc-lmd5"), "Dovecot's {LDAP-MD5}";
    DOVECOT_PLAIN_MD4: "dovecot-plain-md4", prefixed_unsalted(&salted::MD4), id("dc-md4"), "Dovecot's {PLAIN-MD4}";
    DOVECOT_NTLM: "dovecot-ntlm", prefixed_unsalted(&salted::NTLM), id("dc-ntlm"), "Dovecot's {NTLM}: MD4 of the password in UTF-16LE";
    DOVECOT_LANMAN: "dovecot-lanman", prefixed_unsalted(&salted::LANMAN), id("dc-lanman"), "Dovecot's {LANMAN}: LAN Manager's DES over fourteen characters in capitals";
    DOVECOT_PLAIN_MD5: "dovecot-plain-md5", prefixed_unsalted(&salted::MD5), id("dc-md5"), "Dovecot's {PLAIN-MD5}";
    DOVECOT_DIGEST_MD5: "dovecot-digest-md5", prefixed_weak(&salted::DIGEST_MD5), id("digestmd5"), "Dovecot's {DIGEST-MD5}: MD5 of user, realm and password";
    DOVECOT_PBKDF2: "dovecot-pbkdf2", prefixed(&salted::PBKDF2), id("dc-pbk1"), "Dovecot's {PBKDF2}: PBKDF2-HMAC-SHA-1";
    DOVECOT_SCRAM_SHA1: "dovecot-scram-sha1", prefixed(&salted::SCRAM), id("dc-scram1"), "Dovecot's {SCRAM-SHA-1}";
    DOVECOT_SCRAM_SHA256: "dovecot-scram-sha256", prefixed(&salted::SCRAM), id("dc-scr256"), "Dovecot's {SCRAM-SHA-256}";
    DOVECOT_PLAIN: "dovecot-plain", prefixed_unsalted(&plain::DOVECOT_PLAIN), None, "Dovecot's {PLAIN}, {CLEAR} and {CLEARTEXT}: the password itself, reversible";
    DOVECOT_MD5CRYPT: "dovecot-md5crypt", prefixed(&behind::BEHIND_BRACE), id("dc-md5c"), "md5crypt behind Dovecot's {MD5-CRYPT} or {MD5}";
    DOVECOT_SHA256CRYPT: "dovecot-sha256crypt", prefixed(&behind::BEHIND_BRACE), id("dc-s256c"), "sha256crypt behind Dovecot's {SHA256-CRYPT}";
    DOVECOT_SHA512CRYPT: "dovecot-sha512crypt", prefixed(&behind::BEHIND_BRACE), id("dc-s512c"), "sha512crypt behind Dovecot's {SHA512-CRYPT}";
    DOVECOT_DESCRYPT: "dovecot-descrypt", prefixed_weak(&behind::BEHIND_BRACE), id("dc-desc"), "descrypt behind Dovecot's {DES-CRYPT}";
    DJANGO_CRYPT: "django-crypt", prefixed_weak(&behind::DJANGO_CRYPT), id("dj-crypt"), "descrypt behind Django's crypt$$";
    KRATOS_SHA: "kratos-sha", prefixed_weak(&family::KRATOS_TEMPLATE), id("kr-sha"), "Ory Kratos' SHA under a template";
    KRATOS_MD5: "kratos-md5", prefixed_weak(&family::KRATOS_TEMPLATE), id("kr-md5"), "Ory Kratos' MD5, bare or under a template";
    KRATOS_MD5CRYPT: "kratos-md5crypt", prefixed(&kratos::KRATOS_MD5CRYPT), id("kr-md5c"), "md5crypt as Ory Kratos names it";
    KRATOS_SHA256CRYPT: "kratos-sha256crypt", prefixed(&kratos::KRATOS_SHA256CRYPT), id("kr-s256c"), "sha256crypt as Ory Kratos names it";
    KRATOS_SHA512CRYPT: "kratos-sha512crypt", prefixed(&kratos::KRATOS_SHA512CRYPT), id("kr-s512c"), "sha512crypt as Ory Kratos names it";
    KRATOS_FIRESCRYPT: "kratos-firescrypt", prefixed(&family::KRATOS_FIREBASE), id("kr-fire"), "Firebase's scrypt as Ory Kratos spells it";
    MYSQL_CACHING_SHA2: "mysql-caching-sha2", prefixed(&family::CACHING_SHA2), id("my-csha2"), "MySQL's caching_sha2_password: SHA-256 as crypt(3) repeats it";

    AUTHME: "authme", prefixed_weak(&applications::AUTHME), id("authme"), "AuthMe: SHA-256 of the SHA-256 and the salt, $SHA$";
    PHPS: "phps", prefixed_weak(&applications::PHPS), id("phps"), "vBulletin's formula with the salt in hex, $PHPS$";
    MEDIAWIKI_A: "mediawiki-a", prefixed_unsalted(&mediawiki::A), id("mw-a"), "MediaWiki's :A:, MD5";
    MEDIAWIKI_B: "mediawiki-b", prefixed_weak(&mediawiki::B), id("mw-b"), "MediaWiki's :B:, MD5 of the salt and the MD5";
    MEDIAWIKI_PBKDF2: "mediawiki-pbkdf2", prefixed(&mediawiki::PBKDF2), id("mw-pbkdf2"), "MediaWiki's PBKDF2";
    MEDIAWIKI_LEGACY_A: "mediawiki-pbkdf2-legacya", prefixed(&mediawiki::LEGACY_A), id("mw-pb-a"), "MediaWiki's own wrap: PBKDF2 over an :A: hash";
    MEDIAWIKI_LEGACY_B: "mediawiki-pbkdf2-legacyb", prefixed(&mediawiki::LEGACY_B), id("mw-pb-b"), "MediaWiki's own wrap: PBKDF2 over a :B: hash";
    EPISERVER_SHA1: "episerver-sha1", prefixed_weak(&applications::EPISERVER_SHA1), id("episerver-sha1"), "Episerver: SHA-1 of the salt and the password in UTF-16LE";
    EPISERVER_SHA256: "episerver-sha256", prefixed_weak(&applications::EPISERVER_SHA256), id("episerver-sha256"), "Episerver: SHA-256 of the salt and the password in UTF-16LE";

    SPRING_BCRYPT: "spring-bcrypt", prefixed(&behind::BEHIND_BRACE), id("spring-bcrypt"), "bcrypt behind Spring's {bcrypt}";
    SPRING_ARGON2: "spring-argon2", prefixed(&behind::BEHIND_BRACE), id("springarg"), "Argon2 behind Spring's {argon2}";
    SPRING_SCRYPT: "spring-scrypt", prefixed(&spring::SCRYPT), id("spring-scrypt"), "Spring's scrypt";
    SPRING_PBKDF2: "spring-pbkdf2", prefixed(&spring::PBKDF2), id("spring-pbkdf2"), "Spring's PBKDF2, as versions 5.5 and 5.8 set it";
    SPRING_SHA256: "spring-sha256", prefixed(&spring::SHA256_STANDARD), id("spring-sha256"), "Spring's StandardPasswordEncoder: 1,024 rounds of SHA-256";
    SPRING_MD4: "spring-md4", prefixed_weak(&spring::MD4), id("spring-md4"), "Spring's {MD4}: password and salt in braces";
    SPRING_MD5: "spring-md5", prefixed_weak(&spring::MD5), id("spring-md5"), "Spring's {MD5}: password and salt in braces";
    SPRING_SHA1: "spring-sha-1", prefixed_weak(&spring::SHA1), id("spring-sha1"), "Spring's {SHA-1}: password and salt in braces";
    SPRING_MD_SHA256: "spring-sha-256", prefixed_weak(&spring::SHA256), id("spring-md-sha256"), "Spring's {SHA-256}: password and salt in braces";
    SPRING_NOOP: "spring-noop", prefixed_unsalted(&plain::SPRING_NOOP), None, "Spring's {noop}: the password itself, reversible";
    SCRYPT_S0: "scrypt-s0", prefixed(&spring::SCRYPT_S0), id("scrypt-s0"), "scrypt in lambdaworks' string, $s0$";
    RUBY_SCRYPT: "ruby-scrypt", prefixed(&spring::SCRYPT_RUBY), id("ruby-scrypt"), "scrypt in the Ruby library's string";

    MSSQL2000: "mssql2000", prefixed_weak(&databases::MSSQL2000), id("mssql2000"), "SQL Server 2000: SHA-1 of the password and of the password in capitals";
    MSSQL2005: "mssql2005", prefixed_weak(&databases::MSSQL2005), id("mssql2005"), "SQL Server 2005 and 2008: SHA-1";
    MSSQL2012: "mssql2012", prefixed_weak(&databases::MSSQL2012), id("mssql2012"), "SQL Server since 2012: SHA-512";
    SYBASE_ASE: "sybase-ase", prefixed_weak(&databases::SYBASE), id("sybase-ase"), "Sybase ASE: SHA-256";
    ORACLE11: "oracle11", also_bare_weak(&databases::ORACLE11), id("oracle11"), "Oracle 11: SHA-1, S:";
    ORACLE12: "oracle12", also_bare(&databases::ORACLE12), id("oracle12"), "Oracle 12: SHA-512 over PBKDF2, T:";
    POSTGRES_MD5: "postgres-md5", prefixed_weak(&databases::POSTGRES_MD5), id("postgres-md5"), "PostgreSQL's md5 of password and user's name";
    POSTGRES_SCRAM: "postgres-scram-sha256", prefixed(&databases::POSTGRES_SCRAM), id("pg-scram"), "PostgreSQL's SCRAM-SHA-256";
    CISCO8: "cisco8", prefixed(&devices::CISCO8), id("cisco8"), "Cisco IOS type 8: PBKDF2";
    CISCO9: "cisco9", prefixed(&devices::CISCO9), id("cisco9"), "Cisco IOS type 9: scrypt";
    MACOS_10_8: "macos-10.8", prefixed(&devices::MACOS_10_8), id("macos108"), "macOS since 10.8: PBKDF2, $ml$";

    MYSQL323: "mysql323", SchemeKind::Digest(Shape::Hex16, "", &databases::MYSQL323), id("mysql323"), "MySQL's PASSWORD() until 4.1";
    ORACLE10: "oracle10", bare_weak(&databases::ORACLE10), id("oracle10"), "Oracle until 10: DES over name and password in capitals";
    LM: "lm", bare_unsalted(&windows::LM), id("lm"), "LAN Manager: DES over fourteen characters in capitals";
    MSDCC2: "msdcc2", also_bare(&windows::MSDCC2), id("msdcc2"), "Windows domain cached credentials 2, $DCC2$ or bare";
    CISCO_PIX: "cisco-pix", bare_weak(&devices::CISCO_PIX), id("cisco-pix"), "Cisco PIX: MD5 of the password, and of the name where there is one";
    CISCO_ASA: "cisco-asa", bare_weak(&devices::CISCO_ASA), id("cisco-asa"), "Cisco ASA: MD5 of the password, and of the name where there is one";
    CISCO4: "cisco4", bare_unsalted(&devices::CISCO4), id("cisco4"), "Cisco IOS type 4: SHA-256 without a salt";
    PEOPLESOFT: "peoplesoft", text("base64(sha1_bin(utf16le(pass)))"), id("peoplesoft"), "PeopleSoft: SHA-1 of the password in UTF-16LE, in base64";
    UMBRACO: "umbraco-hmac-sha1", text("base64(hmac-sha1_bin(key=utf16le(pass), utf16le(pass)))"), id("umbraco"), "Umbraco 4 to 7: HMAC-SHA-1 of the password in UTF-16LE under itself, in base64";
    SYMFONY_SHA512: "symfony-sha512", text("base64(repeat(4999, sha512_bin(it.pass.'{'.salt.'}'), sha512_bin(pass.'{'.salt.'}')))"), id("symf-s512"), "Symfony's MessageDigestPasswordHasher: 5,000 rounds of SHA-512, in base64";
    SYMFONY_PBKDF2: "symfony-pbkdf2", bare(&applications::SYMFONY_PBKDF2), id("symf-pbk2"), "Symfony's Pbkdf2PasswordHasher: 1,000 rounds over SHA-512, in base64";
    MAGENTO2: "magento2", bare(&applications::MAGENTO2), id("magento2"), "Magento 2: digest, salt and versions, MD5 to Argon2id";
    HMAILSERVER: "hmailserver", bare_weak(&applications::HMAILSERVER), id("hmailserver"), "hMailServer: SHA-256 of salt and password";
    MACOS_10_4: "macos-10.4", bare_weak(&devices::MACOS_10_4), id("macos104"), "Mac OS X 10.4 to 10.6: SHA-1";
    MACOS_10_7: "macos-10.7", bare_weak(&devices::MACOS_10_7), id("macos107"), "Mac OS X 10.7: SHA-512";
    NETSCALER_SHA1: "netscaler-sha1", bare_weak(&devices::NETSCALER_SHA1), id("ns-sha1"), "Citrix NetScaler: SHA-1";
    NETSCALER_SHA512: "netscaler-sha512", bare_weak(&devices::NETSCALER_SHA512), id("ns-sha512"), "Citrix NetScaler: SHA-512";
    COURIER_MD5RAW: "courier-md5raw", prefixed_unsalted(&salted::MD5), id("md5raw"), "Courier's {MD5RAW}: MD5 in hex";
    MEDIAWIKI_ARGON2: "mediawiki-argon2", prefixed(&behind::MEDIAWIKI_ARGON2), id("mw-argon2"), "Argon2 behind MediaWiki's :argon2:";
    MEDIAWIKI_BCRYPT: "mediawiki-bcrypt", prefixed(&bcrypt_apart::MEDIAWIKI_BCRYPT), id("mw-bcrypt"), "MediaWiki's :bcrypt:, with salt and hash apart";
    NEXTCLOUD: "nextcloud", prefixed(&behind::NEXTCLOUD), id("nextcloud"), "bcrypt or Argon2 behind the version number of Nextcloud and ownCloud";
    ZONEMINDER: "zoneminder", prefixed(&behind::ZONEMINDER), id("zm-bcrypt"), "ZoneMinder's -ZM-: bcrypt over MySQL's digest with its star";
    TYPO3_MD5: "typo3-md5", prefixed(&behind::TYPO3_MD5), id("typo3-m"), "TYPO3's M$: phpass, md5crypt or bcrypt over the MD5 in hex";
    TYPO3_PLAIN: "typo3-c", prefixed(&behind::TYPO3_PLAIN), id("typo3-c"), "TYPO3's C$: phpass, md5crypt or bcrypt";
    OTRS_BCRYPT: "otrs-bcrypt", prefixed(&bcrypt_apart::OTRS_BCRYPT), id("otrs-bc"), "OTRS' and Znuny's BCRYPT:, with a salt of sixteen characters";
    RT_BCRYPT: "rt-bcrypt", prefixed(&bcrypt_apart::RT_BCRYPT), id("rt-bcrypt"), "Request Tracker's !bcrypt!: bcrypt over the bytes of SHA-512";
    RT_SHA512: "rt-sha512", prefixed_weak(&marked::RT_SHA512), id("rt-sha512"), "Request Tracker's !sha512!: SHA-512 of salt and password";
    BUGZILLA: "bugzilla", prefixed_weak(&marked::BUGZILLA), id("bugzilla"), "Bugzilla: SHA-256 of password and salt, {SHA-256} behind it";
    TTRSS_SHA1: "ttrss-sha1", prefixed_unsalted(&marked::TTRSS_SHA1), id("ttrss-sha1"), "Tiny Tiny RSS' SHA1:";
    TTRSS_SHA1X: "ttrss-sha1x", prefixed_weak(&marked::TTRSS_SHA1X), id("ttrss-sha1x"), "Tiny Tiny RSS' SHA1X: of the user's name and the password";
    TTRSS_SHA256: "ttrss-mode2", prefixed_weak(&marked::TTRSS_SHA256), id("ttrss-mode2"), "Tiny Tiny RSS' MODE2: and SSHA-256: of salt and password, the salt in its own column";
    TTRSS_SHA512: "ttrss-ssha512", prefixed_weak(&marked::TTRSS_SHA512), id("ttrss-512"), "Tiny Tiny RSS' SSHA-512: of salt and password, the salt in its own column";
    ANOPE_MD5: "anope-md5", prefixed_unsalted(&marked::ANOPE_MD5), id("anope-md5"), "Anope's md5:";
    ANOPE_SHA1: "anope-sha1", prefixed_unsalted(&marked::ANOPE_SHA1), id("anope-sha1"), "Anope's sha1:";
    ANOPE_HMAC: "anope-hmac", prefixed_weak(&salted::HMAC), id("anope-hmac"), "Anope's hmac-sha256: and its like: HMAC keyed by the salt";
    ANOPE_BCRYPT: "anope-bcrypt", prefixed(&behind::ANOPE_BCRYPT), id("anope-bc"), "bcrypt behind Anope's bcrypt:";
    DAVICAL_MD5: "davical-md5", prefixed_weak(&marked::DAVICAL_MD5), id("davical-md5"), "DAViCal's *salt*: MD5 of salt and password";
    DAVICAL_SSHA: "davical-ssha", prefixed_weak(&marked::DAVICAL_SSHA), id("davical-ssha"), "DAViCal's *salt*{SSHA}: SHA-1 of password and salt";
    MOIN: "moin", prefixed(&behind::BEHIND_BRACE), id("moin"), "a crypt(3) string behind MoinMoin's {PASSLIB} or {APR1}";
    MOIN_DES: "moin-des", prefixed_weak(&behind::BEHIND_BRACE), id("moin-des"), "descrypt behind MoinMoin's {DES}";
    ROUNDUP_PBKDF2S5: "roundup-pbkdf2s5", prefixed(&salted::PBKDF2), id("roundup5"), "Roundup's {PBKDF2S5}: PBKDF2-HMAC-SHA-512";
    XENFORO_SHA1: "xenforo-sha1", prefixed_weak(&records::XENFORO_SHA1), id("xf-sha1"), "XenForo 1.0 without SHA-256: SHA-1 of the SHA-1 and the salt, serialised or in JSON";
    XENFORO_SHA256: "xenforo-sha256", prefixed_weak(&records::XENFORO_SHA256), id("xf-sha256"), "XenForo 1.0: SHA-256 of the SHA-256 and the salt, serialised or in JSON";
    XENFORO_12: "xenforo12", prefixed(&records::XENFORO_12), id("xf-bcrypt"), "XenForo since 1.2: bcrypt or phpass, serialised or in JSON";
    KEYCLOAK: "keycloak", prefixed(&records::KEYCLOAK), id("keycloak"), "Keycloak's credential in JSON, as it exports it: PBKDF2 or Argon2";
    KEYCLOAK_SECRET: "keycloak-secret-data", prefixed(&records::KEYCLOAK_SECRET), id("kc-secret"), "Keycloak's secret_data in JSON; its salt column is credential_data";
    DEFUSE_PBKDF2: "defuse-pbkdf2", prefixed(&salted::DEFUSE_PBKDF2), id("defuse"), "PBKDF2 as sha256:rounds:salt:hash with the salt's base64 for a salt, of defuse.ca's library and its many copies";
    COLON_PBKDF2: "colon-pbkdf2", prefixed(&salted::COLON_PBKDF2), id("colon-pbk"), "the same with the salt's bytes: sha1:rounds:length:salt:hash of the library's second version, and hashcat's form";
    JENKINS: "jenkins-bcrypt", prefixed(&behind::JENKINS), id("jenkins"), "bcrypt behind Jenkins' #jbcrypt:";
    SHIRO: "shiro1", prefixed(&marked::SHIRO), id("shiro1"), "Apache Shiro's $shiro1$: repeated digests";
    FREERADIUS_SMD5: "freeradius-smd5", bare_weak(&marked::FREERADIUS_SMD5), id("fr-smd5"), "FreeRADIUS' SMD5-Password: MD5 and salt in base64 or hex";
    FREERADIUS_SSHA: "freeradius-ssha", bare_weak(&marked::FREERADIUS_SSHA), id("fr-ssha"), "FreeRADIUS' SSHA-Password: SHA-1 and salt in base64 or hex";
    FREERADIUS_SSHA224: "freeradius-ssha224", bare_weak(&marked::FREERADIUS_SSHA224), id("fr-ssha224"), "FreeRADIUS' SSHA2-224-Password: SHA-224 and salt in base64 or hex";
    FREERADIUS_SSHA256: "freeradius-ssha256", bare_weak(&marked::FREERADIUS_SSHA256), id("fr-ssha256"), "FreeRADIUS' SSHA2-256-Password: SHA-256 and salt in base64 or hex";
    FREERADIUS_SSHA384: "freeradius-ssha384", bare_weak(&marked::FREERADIUS_SSHA384), id("fr-s384"), "FreeRADIUS' SSHA2-384-Password: SHA-384 and salt in base64 or hex";
    FREERADIUS_SSHA512: "freeradius-ssha512", bare_weak(&marked::FREERADIUS_SSHA512), id("fr-s512"), "FreeRADIUS' SSHA2-512-Password: SHA-512 and salt in base64 or hex";
    CISCO7: "cisco7", bare_unsalted(&family::CISCO7), None, "Cisco IOS type 7: reversible";
}

/// What else schemes are called: the application's name where several have one formula. They are
/// read, and the row's name is written.
pub(in crate::scheme) static ALIASES: &[(&str, Scheme)] = &[
    ("joomla", Scheme::MD5_PS),
    ("oscommerce", Scheme::MD5_SP),
    ("magento1", Scheme::MD5_SP),
    ("prestashop", Scheme::MD5_SP),
    ("mybb", Scheme::IPB),
    ("opencart", Scheme::WBB3),
    ("punbb", Scheme::SHA1_S_SHA1),
    ("redmine", Scheme::SHA1_S_SHA1),
    ("vbulletin5", Scheme::BCRYPT_MD5),
    ("wbb4", Scheme::BCRYPT_BCRYPT),
    ("phpbb", Scheme::PHPASS),
    ("wordpress", Scheme::PHPASS),
    ("cisco5", Scheme::MD5CRYPT),
];
