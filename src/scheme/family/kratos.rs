//! Ory Kratos' own strings for what was imported: digests under a template, crypt(3)'s strings
//! under longer names, Firebase's scrypt.
//!
//! All of them are after hash/hash_comparator.go of ory/kratos.

use aes::Aes256;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::crypt::strings::{Crypt, MD5CRYPT, SHA256CRYPT, SHA512CRYPT};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format;
use crate::scheme::kdf;
use crate::scheme::value::{Context, Scheme, Strength, Taken, VerifyError};

pub(in crate::scheme) static KRATOS_TEMPLATE: Template = Template;

pub(in crate::scheme) static KRATOS_FIREBASE: Firebase = Firebase;

/// `$sha1$pf=<template>$<salt>$<digest>`, and `$md5$<digest>` without any. In the template stand
/// `{SALT}` and `{PASSWORD}`.
///
/// The setting is the digest's name, the template in base64 as it stands, and the salt:
/// `sha1$e1NBTFR9e1BBU1NXT1JEfQ==$salt`; without a template `md5$$`.
pub(in crate::scheme) struct Template;

/// `$md5-crypt$…`, `$sha256-crypt$…`, `$sha512-crypt$…`.
pub(in crate::scheme) struct Renamed {
    /// Kratos' prefix.
    prefix: &'static str,
    /// crypt(3)'s.
    inner_prefix: &'static str,
    /// crypt(3)'s scheme.
    inner: Scheme,
    family: &'static Crypt,
}

pub(in crate::scheme) static KRATOS_MD5CRYPT: Renamed = Renamed {
    prefix: "$md5-crypt$",
    inner_prefix: "$1$",
    inner: Scheme::MD5CRYPT,
    family: &MD5CRYPT,
};

pub(in crate::scheme) static KRATOS_SHA256CRYPT: Renamed = Renamed {
    prefix: "$sha256-crypt$",
    inner_prefix: "$5$",
    inner: Scheme::SHA256CRYPT,
    family: &SHA256CRYPT,
};

pub(in crate::scheme) static KRATOS_SHA512CRYPT: Renamed = Renamed {
    prefix: "$sha512-crypt$",
    inner_prefix: "$6$",
    inner: Scheme::SHA512CRYPT,
    family: &SHA512CRYPT,
};

/// `$firescrypt$ln=14,r=8,p=1$<salt>$<hash>$<separator>$<signer key>`: the key that scrypt makes of
/// password, salt and separator encrypts the project's signer key with AES-256 in counter mode.
pub(in crate::scheme) struct Firebase;

impl Family for Template {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        format::native(value).filter(|(known, _)| *known == scheme)?;
        let value = std::str::from_utf8(value).ok()?;
        let (name, rest) = value.strip_prefix('$')?.split_once('$')?;
        let (template, salt, digest) = match rest.strip_prefix("pf=") {
            Some(rest) => {
                let (template, rest) = rest.split_once('$')?;
                let (salt, digest) = rest.split_once('$')?;
                (template, STANDARD.decode(salt).ok()?, digest)
            }
            None => ("", Vec::new(), rest),
        };
        // Under a template without the password every password would be right.
        if !template.is_empty() {
            let text = STANDARD.decode(template).ok()?;
            text.windows(PASSWORD.len())
                .find(|window| *window == PASSWORD)?;
        }
        let mut setting = format!("{name}${template}$").into_bytes();
        setting.extend_from_slice(&salt);
        Some(Taken {
            strength: Strength::Fast,
            setting,
            text: hex(&Zeroizing::new(STANDARD.decode(digest).ok()?)),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let (algorithm, template, salt) = template(setting).ok_or(VerifyError::Parameters)?;
        let text = if template.is_empty() {
            Zeroizing::new(password.to_vec())
        } else {
            fill_template(&template, salt, password)
        };
        Ok(Some(hex(&algorithm.digest(&text))))
    }
}

const SALT: &[u8] = b"{SALT}";

const PASSWORD: &[u8] = b"{PASSWORD}";

fn template(setting: &[u8]) -> Option<(Algorithm, Vec<u8>, &[u8])> {
    let mut fields = setting.splitn(3, |byte| *byte == b'$');
    let algorithm = Algorithm::by_name(fields.next()?)?;
    let template = STANDARD.decode(fields.next()?).ok()?;
    Some((algorithm, template, fields.next()?))
}

/// The template with salt and password in it. What is put in is not looked at again.
fn fill_template(template: &[u8], salt: &[u8], password: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(
        template.len() + salt.len() + password.len(),
    ));
    let mut rest = template;
    while let Some((first, tail)) = rest.split_first() {
        if let Some(tail) = rest.strip_prefix(SALT) {
            text.extend_from_slice(salt);
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix(PASSWORD) {
            text.extend_from_slice(password);
            rest = tail;
        } else {
            text.push(*first);
            rest = tail;
        }
    }
    text
}

impl Family for Renamed {
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        let (name, own) = (self.prefix, self.inner_prefix);
        let rest = value.strip_prefix(name.as_bytes())?;
        let taken = self
            .family
            .take(self.inner, &[own.as_bytes(), rest].concat())?;
        let rest = taken.text.strip_prefix(own)?;
        Some(Taken {
            strength: taken.strength,
            setting: [name.as_bytes(), taken.setting.strip_prefix(own.as_bytes())?].concat(),
            text: Zeroizing::new(format!("{name}{rest}")),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> MadeText {
        let (name, own) = (self.prefix, self.inner_prefix);
        let rest = setting
            .strip_prefix(name.as_bytes())
            .ok_or(VerifyError::Parameters)?;
        let setting = [own.as_bytes(), rest].concat();
        let made = self.family.make(self.inner, &setting, password, context)?;
        Ok(made.and_then(|made| {
            let rest = made.strip_prefix(own)?;
            Some(Zeroizing::new(format!("{name}{rest}")))
        }))
    }
}

impl Family for Firebase {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let (_, strength) = format::native(value).filter(|(known, _)| *known == scheme)?;
        let value = std::str::from_utf8(value).ok()?;
        let mut fields = value.strip_prefix("$firescrypt$")?.split('$');
        let (parameters, salt, hash) = (fields.next()?, fields.next()?, fields.next()?);
        let (separator, signer) = (fields.next()?, fields.next()?);
        Some(Taken {
            strength,
            setting: format!("{parameters}${salt}${separator}${signer}").into_bytes(),
            text: hex(&Zeroizing::new(STANDARD.decode(hash).ok()?)),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let setting = firebase(setting).ok_or(VerifyError::Parameters)?;
        let key = kdf::scrypt(password, &setting.salt, setting.parameters, 32)?;
        let key: &Array<u8, _> = key
            .as_slice()
            .try_into()
            .map_err(|_| VerifyError::Parameters)?;
        let cipher = Aes256::new(key);
        let mut made = Zeroizing::new(setting.signer);
        for (counter, block) in made.chunks_mut(16).enumerate() {
            let mut stream = Array::from((counter as u128).to_be_bytes());
            cipher.encrypt_block(&mut stream);
            for (byte, stream) in block.iter_mut().zip(stream) {
                *byte ^= stream;
            }
        }
        Ok(Some(hex(&made)))
    }
}

/// What Firebase needs besides the password.
struct FirebaseSetting {
    /// log2 of N, r, p.
    parameters: (u32, u32, u32),
    /// With the separator behind it.
    salt: Vec<u8>,
    signer: Vec<u8>,
}

fn firebase(setting: &[u8]) -> Option<FirebaseSetting> {
    let mut fields = std::str::from_utf8(setting).ok()?.split('$');
    let (parameters, salt) = (fields.next()?, fields.next()?);
    let (separator, signer) = (fields.next()?, fields.next()?);
    let (log_n, rest) = parameters.strip_prefix("ln=")?.split_once(",r=")?;
    let (r, p) = rest.split_once(",p=")?;
    let mut salt = STANDARD.decode(salt).ok()?;
    salt.extend(STANDARD.decode(separator).ok()?);
    Some(FirebaseSetting {
        parameters: (log_n.parse().ok()?, r.parse().ok()?, p.parse().ok()?),
        salt,
        signer: STANDARD.decode(signer).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_a_template_is_not_looked_at_again() {
        let made = fill_template(b"{SALT}-{PASSWORD}{", b"{PASSWORD}", b"{SALT}");
        assert_eq!(made.as_slice(), b"{PASSWORD}-{SALT}{");
    }

    #[test]
    fn a_template_without_the_password_is_not_taken() {
        // `{SALT}` alone.
        let stored = b"$sha1$pf=e1NBTFR9$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert!(Template.take(Scheme::KRATOS_SHA, stored).is_none());
    }
}
