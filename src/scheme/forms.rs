//! The strings that carry their own mark, read strictly and in place.
//!
//! Strict, because in a column declared plaintext a string that is taken for a hash by mistake would not be hashed, and
//! elsewhere a damaged hash must not be counted as a strong one.

use super::{Argon2Variant, Prf, Scheme, Strength};

/// A string that was read: its scheme, and how strong it is with its parameters.
pub(super) type Native = (Scheme, Strength);

/// The pieces of an Argon2 string that a verification needs.
#[derive(Clone, Copy)]
pub(super) struct Argon2Form<'v> {
    pub(super) variant: Argon2Variant,
    pub(super) version: u32,
    pub(super) memory_kib: u32,
    pub(super) iterations: u32,
    pub(super) parallelism: u32,
    pub(super) salt: &'v [u8],
    pub(super) hash: &'v [u8],
}

/// The pieces of a bcrypt string that a verification needs.
#[derive(Clone, Copy)]
pub(super) struct BcryptForm<'v> {
    pub(super) cost: u32,
    pub(super) salt: &'v [u8],
    pub(super) hash: &'v [u8],
}

/// Reads a trimmed value that carries its own mark.
pub(super) fn native(value: &[u8]) -> Option<Native> {
    match value.first()? {
        b'$' => {
            let mut rest = Reader(&value[1..]);
            let id = rest.until(b'$')?;
            crypt(id, rest.0)
        }
        b'{' => braced(value),
        b'*' => {
            let digits = &value[1..];
            (digits.len() == 40 && digits.iter().all(is_upper_hex))
                .then_some((Scheme::MYSQL41, Strength::Fast))
        }
        b'p' | b'a' | b'b' | b's' | b'm' => django(value),
        _ => None,
    }
}

/// Reads what stands behind `$<id>$`.
pub(super) fn crypt(id: &[u8], rest: &[u8]) -> Option<Native> {
    let mut text = Reader(rest);
    match id {
        b"argon2id" | b"argon2i" | b"argon2d" => {
            let form = Argon2Form::read(id, rest)?;
            let scheme = match form.variant {
                Argon2Variant::Id => Scheme::ARGON2ID,
                Argon2Variant::I => Scheme::ARGON2I,
                Argon2Variant::D => Scheme::ARGON2D,
            };
            Some((scheme, form.strength()))
        }
        b"2a" | b"2b" | b"2x" | b"2y" => {
            let form = BcryptForm::read(rest)?;
            let scheme = match id {
                b"2a" => Scheme::BCRYPT_2A,
                b"2b" => Scheme::BCRYPT_2B,
                b"2x" => Scheme::BCRYPT_2X,
                _ => Scheme::BCRYPT_2Y,
            };
            Some((scheme, Strength::Bcrypt { cost: form.cost }))
        }
        b"wp" => {
            text.literal(b"2y$")
                .or_else(|| text.literal(b"2b$"))
                .or_else(|| text.literal(b"2a$"))?;
            Some((
                Scheme::WORDPRESS_BCRYPT,
                Strength::Bcrypt {
                    cost: BcryptForm::read(text.0)?.cost,
                },
            ))
        }
        b"bcrypt-sha256" => passlib_bcrypt_sha256(text),
        b"scrypt" => scrypt(text),
        b"7" => scrypt_7(text),
        b"y" | b"gy" => {
            let (params, salt, hash) = (text.until(b'$')?, text.until(b'$')?, text.0);
            let good = !params.is_empty()
                && all(params, is_crypt64)
                && all(salt, is_crypt64)
                && hash.len() == 43
                && all(hash, is_crypt64);
            let scheme = if id == b"y" {
                Scheme::YESCRYPT
            } else {
                Scheme::GOST_YESCRYPT
            };
            good.then_some((scheme, Strength::Yescrypt))
        }
        b"pbkdf2" | b"pbkdf2-sha1" => pbkdf2(text, Prf::Sha1, Scheme::PASSLIB_PBKDF2_SHA1),
        b"pbkdf2-sha256" => pbkdf2(text, Prf::Sha256, Scheme::PASSLIB_PBKDF2_SHA256),
        b"pbkdf2-sha512" => pbkdf2(text, Prf::Sha512, Scheme::PASSLIB_PBKDF2_SHA512),
        b"sha1" => {
            let rounds = text.number(b'$')?;
            salt_and_hash(text, 64, 28).then_some((
                Scheme::SHA1CRYPT,
                Strength::Rounds {
                    prf: Prf::Sha1,
                    rounds,
                },
            ))
        }
        b"5" | b"6" => {
            // 5,000 is what crypt(3) takes where the string names no rounds.
            let rounds = if text.literal(b"rounds=").is_some() {
                text.number(b'$')?
            } else {
                5_000
            };
            let (scheme, prf, digits) = if id == b"5" {
                (Scheme::SHA256CRYPT, Prf::Sha256, 43)
            } else {
                (Scheme::SHA512CRYPT, Prf::Sha512, 86)
            };
            salt_and_hash(text, 16, digits).then_some((scheme, Strength::Rounds { prf, rounds }))
        }
        b"1" | b"apr1" => {
            let scheme = if id == b"1" {
                Scheme::MD5CRYPT
            } else {
                Scheme::APR1
            };
            // The rounds of both are fixed.
            salt_and_hash(text, 8, 22).then_some((
                scheme,
                Strength::Rounds {
                    prf: Prf::Md5,
                    rounds: 1_000,
                },
            ))
        }
        b"P" | b"H" => phpass(rest, Prf::Md5, 31).map(|strength| (Scheme::PHPASS, strength)),
        b"S" => phpass(rest, Prf::Sha512, 52).map(|strength| (Scheme::DRUPAL7, strength)),
        _ => None,
    }
}

impl<'v> Argon2Form<'v> {
    /// Reads what stands behind `$argon2…$`.
    pub(super) fn read(id: &[u8], rest: &'v [u8]) -> Option<Self> {
        let variant = match id {
            b"argon2id" => Argon2Variant::Id,
            b"argon2i" => Argon2Variant::I,
            b"argon2d" => Argon2Variant::D,
            _ => return None,
        };
        let mut text = Reader(rest);
        // Strings from before 2016 name no version and mean 16.
        let version = if text.literal(b"v=").is_some() {
            text.number(b'$')?
        } else {
            16
        };
        text.literal(b"m=")?;
        let memory_kib = text.number(b',')?;
        text.literal(b"t=")?;
        let iterations = text.number(b',')?;
        text.literal(b"p=")?;
        let parallelism = text.number(b'$')?;
        let (salt, hash) = (text.until(b'$')?, text.0);
        let good = matches!(version, 16 | 19)
            && iterations >= 1
            && parallelism >= 1
            && memory_kib / 8 >= parallelism
            && (11..=128).contains(&salt.len())
            && (6..=256).contains(&hash.len())
            && all(salt, is_base64)
            && all(hash, is_base64);
        good.then_some(Self {
            variant,
            version,
            memory_kib,
            iterations,
            parallelism,
            salt,
            hash,
        })
    }

    fn strength(&self) -> Strength {
        let Self {
            variant,
            memory_kib,
            iterations,
            parallelism,
            ..
        } = *self;
        Strength::Argon2 {
            variant,
            memory_kib,
            iterations,
            parallelism,
        }
    }
}

impl<'v> BcryptForm<'v> {
    /// Reads what stands behind `$2b$`.
    pub(super) fn read(rest: &'v [u8]) -> Option<Self> {
        let (&[tens, ones, b'$'], body) = rest.split_first_chunk()? else {
            return None;
        };
        let good = tens.is_ascii_digit()
            && ones.is_ascii_digit()
            && body.len() == 53
            && all(body, is_crypt64);
        let cost = u32::from(tens.wrapping_sub(b'0')) * 10 + u32::from(ones.wrapping_sub(b'0'));
        let (salt, hash) = body.split_at_checked(22)?;
        (good && (4..=31).contains(&cost)).then_some(Self { cost, salt, hash })
    }
}

/// `$bcrypt-sha256$v=2,t=2b,r=12$…$…`, and `$bcrypt-sha256$2b,12$…$…` from before passlib 1.7.3.
fn passlib_bcrypt_sha256(mut text: Reader<'_>) -> Option<Native> {
    let kind = if text.literal(b"v=2,t=").is_some() {
        2
    } else {
        1
    };
    text.literal(b"2a")
        .or_else(|| text.literal(b"2b"))
        .or_else(|| text.literal(b"2y"))?;
    text.literal(if kind == 2 { b",r=" } else { b"," })?;
    let cost = text.number(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let good = (4..=31).contains(&cost)
        && salt.len() == 22
        && hash.len() == 31
        && all(salt, is_crypt64)
        && all(hash, is_crypt64);
    good.then_some((Scheme::PASSLIB_BCRYPT_SHA256, Strength::Bcrypt { cost }))
}

/// `$scrypt$ln=16,r=8,p=1$…$…`: passlib's `ln` is log2 of N, Kratos' is N itself.
fn scrypt(mut text: Reader<'_>) -> Option<Native> {
    text.literal(b"ln=")?;
    let n = text.number(b',')?;
    text.literal(b"r=")?;
    let r = text.number(b',')?;
    text.literal(b"p=")?;
    let p = text.number(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let good =
        r >= 1 && p >= 1 && is_padded_base64(salt) && is_padded_base64(hash) && hash.len() >= 16;
    let (scheme, log_n) = match n {
        1..=31 => (Scheme::PASSLIB_SCRYPT, n),
        _ if n.is_power_of_two() => (Scheme::KRATOS_SCRYPT, n.ilog2()),
        _ => return None,
    };
    good.then_some((scheme, Strength::Scrypt { log_n, r, p }))
}

/// `$7$` + log2 of N, r and p in crypt's base 64 + salt + `$` + hash.
fn scrypt_7(mut text: Reader<'_>) -> Option<Native> {
    let (head, hash) = (text.until(b'$')?, text.0);
    let (params, salt) = head.split_at_checked(11)?;
    let good = all(params, is_crypt64)
        && salt.len() <= 64
        && all(salt, u8::is_ascii_graphic)
        && hash.len() == 43
        && all(hash, is_crypt64);
    let log_n = crypt64_value(params[0]);
    let (r, p) = (crypt64_number(&params[1..6]), crypt64_number(&params[6..]));
    (good && log_n >= 1 && r >= 1 && p >= 1)
        .then_some((Scheme::SCRYPT_7, Strength::Scrypt { log_n, r, p }))
}

/// passlib's `$pbkdf2-sha256$29000$…$…`, and the PHC form `$pbkdf2-sha256$i=29000,l=32$…$…`.
fn pbkdf2(mut text: Reader<'_>, prf: Prf, passlib: Scheme) -> Option<Native> {
    let (scheme, iterations) = if text.literal(b"i=").is_some() {
        let params = text.until(b'$')?;
        let digits = match params.iter().position(|byte| *byte == b',') {
            Some(at) => {
                number(params[at..].strip_prefix(b",l=")?)?;
                &params[..at]
            }
            None => params,
        };
        (Scheme::KRATOS_PBKDF2, number(digits)?)
    } else {
        (passlib, text.number(b'$')?)
    };
    let (salt, hash) = (text.until(b'$')?, text.0);
    let is_digit = |byte: &u8| is_base64(byte) || *byte == b'.';
    let good = iterations >= 1 && all(salt, is_digit) && all(hash, is_digit) && hash.len() >= 22;
    good.then_some((scheme, Strength::Pbkdf2 { prf, iterations }))
}

/// `B12345678` and the hash: log2 of the rounds in one character, eight of salt.
fn phpass(rest: &[u8], prf: Prf, len: usize) -> Option<Strength> {
    let exponent = crypt64_value(*rest.first()?);
    let good = rest.len() == len && all(rest, is_crypt64) && (7..=30).contains(&exponent);
    good.then(|| Strength::Rounds {
        prf,
        rounds: 1 << exponent,
    })
}

/// LDAP's and Dovecot's `{SCHEME}…`.
fn braced(value: &[u8]) -> Option<Native> {
    let end = value.iter().take(16).position(|byte| *byte == b'}')?;
    let (tag, body) = (&value[1..end], &value[end + 1..]);
    let is = |name: &str| tag.eq_ignore_ascii_case(name.as_bytes());
    let fast = |scheme, good: bool| good.then_some((scheme, Strength::Fast));
    let bytes = base64_bytes(body);
    if is("SSHA") {
        return fast(Scheme::LDAP_SSHA, (21..=84).contains(&bytes?));
    }
    if is("SHA") {
        return fast(Scheme::LDAP_SHA, bytes? == 20);
    }
    if is("MD5") {
        return fast(Scheme::LDAP_MD5, bytes? == 16);
    }
    if is("SMD5") {
        return fast(Scheme::LDAP_SMD5, (17..=80).contains(&bytes?));
    }
    if is("SHA256") {
        return fast(Scheme::LDAP_SHA256, bytes? == 32);
    }
    if is("SSHA256") {
        return fast(Scheme::LDAP_SSHA256, (33..=96).contains(&bytes?));
    }
    if is("SHA512") {
        return fast(Scheme::LDAP_SHA512, bytes? == 64);
    }
    if is("SSHA512") {
        return fast(Scheme::LDAP_SSHA512, (65..=128).contains(&bytes?));
    }
    if is("CRYPT") {
        // Behind `{CRYPT}` even thirteen bare characters are a hash: 25 rounds of DES, which count as fast today.
        let descrypt = body.len() == 13 && all(body, is_crypt64);
        let strength = if descrypt {
            Strength::Fast
        } else {
            dollar(body)?.1
        };
        return Some((Scheme::LDAP_CRYPT, strength));
    }
    let behind = |scheme: Scheme, is_inner: fn(Scheme) -> bool| {
        dollar(body)
            .filter(|(inner, _)| is_inner(*inner))
            .map(|(_, strength)| (scheme, strength))
    };
    if is("BLF-CRYPT") {
        return behind(Scheme::DOVECOT_BLF_CRYPT, |inner| {
            matches!(
                inner,
                Scheme::BCRYPT_2A | Scheme::BCRYPT_2B | Scheme::BCRYPT_2X | Scheme::BCRYPT_2Y
            )
        });
    }
    if is("ARGON2I") {
        return behind(Scheme::DOVECOT_ARGON2I, |inner| inner == Scheme::ARGON2I);
    }
    if is("ARGON2ID") {
        return behind(Scheme::DOVECOT_ARGON2ID, |inner| inner == Scheme::ARGON2ID);
    }
    None
}

/// Django's `algorithm$…$…`.
fn django(value: &[u8]) -> Option<Native> {
    let mut text = Reader(value);
    match text.until(b'$')? {
        b"pbkdf2_sha256" => django_pbkdf2(text, Prf::Sha256, 32)
            .map(|strength| (Scheme::DJANGO_PBKDF2_SHA256, strength)),
        b"pbkdf2_sha1" => django_pbkdf2(text, Prf::Sha1, 20)
            .map(|strength| (Scheme::DJANGO_PBKDF2_SHA1, strength)),
        b"argon2" => {
            let id = text.until(b'$')?;
            Some((
                Scheme::DJANGO_ARGON2,
                Argon2Form::read(id, text.0)?.strength(),
            ))
        }
        b"bcrypt" => dollar(text.0)
            .filter(is_bcrypt)
            .map(|(_, strength)| (Scheme::DJANGO_BCRYPT, strength)),
        b"bcrypt_sha256" => dollar(text.0)
            .filter(is_bcrypt)
            .map(|(_, strength)| (Scheme::DJANGO_BCRYPT_SHA256, strength)),
        b"scrypt" => {
            let n = text.number(b'$')?;
            let salt = text.until(b'$')?;
            let (r, p) = (text.number(b'$')?, text.number(b'$')?);
            let good = n.is_power_of_two()
                && r >= 1
                && p >= 1
                && is_salt(salt)
                && base64_bytes(text.0)? == 64;
            good.then(|| {
                (
                    Scheme::DJANGO_SCRYPT,
                    Strength::Scrypt {
                        log_n: n.ilog2(),
                        r,
                        p,
                    },
                )
            })
        }
        b"md5" => (salt_of(&mut text)? && is_lower_hex(text.0, 32))
            .then_some((Scheme::DJANGO_MD5, Strength::Fast)),
        b"sha1" if text.0.first() == Some(&b'$') => {
            is_lower_hex(&text.0[1..], 40).then_some((Scheme::DJANGO_UNSALTED_SHA1, Strength::Fast))
        }
        b"sha1" => (salt_of(&mut text)? && is_lower_hex(text.0, 40))
            .then_some((Scheme::DJANGO_SHA1, Strength::Fast)),
        _ => None,
    }
}

fn django_pbkdf2(mut text: Reader<'_>, prf: Prf, hash_bytes: usize) -> Option<Strength> {
    let iterations = text.number(b'$')?;
    let salt = text.until(b'$')?;
    let good = iterations >= 1 && is_salt(salt) && base64_bytes(text.0)? == hash_bytes;
    good.then_some(Strength::Pbkdf2 { prf, iterations })
}

fn is_bcrypt(native: &Native) -> bool {
    matches!(native.1, Strength::Bcrypt { .. })
}

/// Reads a `$<id>$…` that stands behind another prefix.
fn dollar(value: &[u8]) -> Option<Native> {
    if value.first() == Some(&b'$') {
        native(value)
    } else {
        None
    }
}

/// A cursor over a value.
struct Reader<'v>(&'v [u8]);

impl<'v> Reader<'v> {
    /// What stands before the next `end`; both are taken.
    fn until(&mut self, end: u8) -> Option<&'v [u8]> {
        let at = self.0.iter().position(|byte| *byte == end)?;
        let (piece, rest) = self.0.split_at(at);
        self.0 = &rest[1..];
        Some(piece)
    }

    fn literal(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// A decimal number before `end`.
    fn number(&mut self, end: u8) -> Option<u32> {
        number(self.until(end)?)
    }
}

/// A decimal number as its makers write it: without sign and leading zeros.
fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 10 || digits[0] == b'0' {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// Whether the rest is `salt$hash` with a salt of at most that length and a hash of exactly that length.
fn salt_and_hash(mut text: Reader<'_>, salt_max: usize, digits: usize) -> bool {
    text.until(b'$').is_some_and(|salt| {
        salt.len() <= salt_max
            && all(salt, u8::is_ascii_graphic)
            && text.0.len() == digits
            && all(text.0, is_crypt64)
    })
}

fn salt_of(text: &mut Reader<'_>) -> Option<bool> {
    text.until(b'$')
        .map(|salt| salt.is_empty() || is_salt(salt))
}

fn is_salt(salt: &[u8]) -> bool {
    !salt.is_empty() && salt.len() <= 128 && all(salt, u8::is_ascii_graphic)
}

fn all(text: &[u8], is_good: impl Fn(&u8) -> bool) -> bool {
    text.iter().all(is_good)
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn is_crypt64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/')
}

fn is_upper_hex(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'F' | b'a'..=b'f')
}

fn is_lower_hex(text: &[u8], digits: usize) -> bool {
    text.len() == digits && all(text, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// base64 with its padding or without.
fn is_padded_base64(text: &[u8]) -> bool {
    base64_bytes(text).is_some_and(|bytes| bytes > 0)
}

/// How many bytes a text of base64 stands for; none if it is no base64.
fn base64_bytes(text: &[u8]) -> Option<usize> {
    let bare = text
        .strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text);
    let padded_right = bare.len() == text.len() || text.len().is_multiple_of(4);
    (padded_right && bare.len() % 4 != 1 && all(bare, is_base64)).then_some(bare.len() * 3 / 4)
}

/// The value of one digit of crypt(3)'s base 64.
fn crypt64_value(digit: u8) -> u32 {
    u32::from(match digit {
        b'.' => 0,
        b'/' => 1,
        b'0'..=b'9' => digit - b'0' + 2,
        b'A'..=b'Z' => digit - b'A' + 12,
        b'a'..=b'z' => digit - b'a' + 38,
        _ => 0,
    })
}

/// Five digits of crypt(3)'s base 64, the lowest first.
fn crypt64_number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .fold(0_u32, |value, digit| (value << 6) | crypt64_value(*digit))
}
