//! Encrypts a file to recipients as the age format, version 1, has it (<https://age-encryption.org/v1>): X25519 recipients alone, no armour,
//! nothing is decrypted.
//!
//! The primitives are ring's, which is linked for TLS already.

use std::io::{self, Write};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::rand::SystemRandom;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The payload is sealed in chunks of so many bytes.
const CHUNK_BYTES: usize = 64 << 10;

/// Somebody who can decrypt: `age1…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Recipient([u8; 32]);

/// What is written becomes a file for the recipients. It is one only after [`Sealed::finish`].
pub(super) struct Sealed<W> {
    out: W,
    key: LessSafeKey,
    chunk: Zeroizing<Vec<u8>>,
    number: u64,
}

impl FromStr for Recipient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let not = || "must be a recipient of age: age1 and 58 letters and digits".to_owned();
        let data = bech32(text, "age").ok_or_else(not)?;
        Ok(Self(data.try_into().map_err(|_| not())?))
    }
}

impl<W: Write> Sealed<W> {
    /// Writes the header.
    pub(super) fn new(mut out: W, recipients: &[Recipient]) -> io::Result<Self> {
        let mut file_key = Zeroizing::new([0; 16]);
        let mut nonce = [0; 16];
        fill(file_key.as_mut_slice())?;
        fill(&mut nonce)?;
        let mut header = String::from("age-encryption.org/v1\n");
        for recipient in recipients {
            header.push_str(&stanza(recipient, &file_key)?);
        }
        header.push_str("---");
        let mac_key = hkdf(&[], file_key.as_slice(), b"header");
        let mac = hmac(mac_key.as_slice(), &[header.as_bytes()]);
        header.push_str(&format!(" {}\n", STANDARD_NO_PAD.encode(mac.as_slice())));
        out.write_all(header.as_bytes())?;
        out.write_all(&nonce)?;
        let payload_key = hkdf(&nonce, file_key.as_slice(), b"payload");
        Ok(Self {
            out,
            key: chacha(payload_key.as_slice())?,
            chunk: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + 16)),
            number: 0,
        })
    }

    /// Seals what is left, and gives back what was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.out)
    }

    /// A chunk's nonce is its number in 11 bytes, and whether it is the last one.
    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.number.to_be_bytes());
        nonce[11] = u8::from(is_last);
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                self.chunk.as_mut_slice(),
            )
            .map_err(|_| broken())?;
        self.out.write_all(&self.chunk)?;
        self.out.write_all(tag.as_ref())?;
        self.chunk.clear();
        self.number += 1;
        Ok(())
    }
}

impl<W: Write> Write for Sealed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only when more comes is a full chunk known not to be the last one.
        if self.chunk.len() == CHUNK_BYTES {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The file key, wrapped for one recipient.
fn stanza(recipient: &Recipient, file_key: &[u8; 16]) -> io::Result<String> {
    let random = SystemRandom::new();
    let own = EphemeralPrivateKey::generate(&X25519, &random).map_err(|_| broken())?;
    let share = own.compute_public_key().map_err(|_| broken())?;
    let salt = [share.as_ref(), &recipient.0].concat();
    let theirs = UnparsedPublicKey::new(&X25519, &recipient.0);
    // ring refuses a secret of zeros, which a recipient of low order would make.
    let wrap_key = agree_ephemeral(own, &theirs, |shared| {
        hkdf(&salt, shared, b"age-encryption.org/v1/X25519")
    })
    .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a recipient is no public key"))?;
    let mut wrapped = Zeroizing::new(file_key.to_vec());
    let tag = chacha(wrap_key.as_slice())?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key([0; 12]),
            Aad::empty(),
            wrapped.as_mut_slice(),
        )
        .map_err(|_| broken())?;
    wrapped.extend_from_slice(tag.as_ref());
    Ok(format!(
        "-> X25519 {}\n{}\n",
        STANDARD_NO_PAD.encode(share.as_ref()),
        STANDARD_NO_PAD.encode(wrapped.as_slice())
    ))
}

fn chacha(key: &[u8]) -> io::Result<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| broken())?;
    Ok(LessSafeKey::new(key))
}

/// HKDF-SHA-256 of one block (RFC 5869).
fn hkdf(salt: &[u8], secret: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let extracted = hmac(salt, &[secret]);
    hmac(extracted.as_slice(), &[info, &[1]])
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("a key of any length is taken by HMAC");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|_| broken())
}

/// What can't happen with keys of the right length, but for a system without randomness.
fn broken() -> io::Error {
    io::Error::other("the file can't be encrypted")
}

/// The bytes of a Bech32 text (BIP 173) with that prefix.
fn bech32(text: &str, prefix: &str) -> Option<Vec<u8>> {
    const LETTERS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let (front, rest) = text.rsplit_once('1')?;
    if front != prefix || rest.len() < 6 {
        return None;
    }
    let mut checksum: u32 = 1;
    let mut feed = |five: u8| {
        let top = checksum >> 25;
        checksum = (checksum & 0x1ff_ffff) << 5 ^ u32::from(five);
        for (bit, generator) in [
            0x3b6a_57b2,
            0x2650_8e6d,
            0x1ea1_19fa,
            0x3d42_33dd,
            0x2a14_62b3,
        ]
        .into_iter()
        .enumerate()
        {
            if top >> bit & 1 == 1 {
                checksum ^= generator;
            }
        }
    };
    prefix.bytes().for_each(|byte| feed(byte >> 5));
    feed(0);
    prefix.bytes().for_each(|byte| feed(byte & 31));
    let mut fives = Vec::with_capacity(rest.len());
    for byte in rest.bytes() {
        let five = LETTERS.iter().position(|letter| *letter == byte)?;
        fives.push(u8::try_from(five).ok()?);
    }
    fives.iter().for_each(|five| feed(*five));
    if checksum != 1 {
        return None;
    }
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for five in &fives[..fives.len() - 6] {
        bits = bits << 5 | u32::from(*five);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    // What is left over is shorter than a group and all zeros.
    (count < 5 && bits & ((1 << count) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of age's own README.
    const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    #[test]
    fn a_recipient_is_read_and_a_slip_in_it_is_found() {
        assert!(RECIPIENT.parse::<Recipient>().is_ok());
        let slips = [
            RECIPIENT.replace("age1q", "age1p"),
            RECIPIENT.replace("age1", "aga1"),
            RECIPIENT.to_uppercase(),
            RECIPIENT[..61].to_owned(),
            "age1".to_owned(),
            "AGE-SECRET-KEY-1".to_owned(),
            String::new(),
        ];
        for slip in slips {
            assert!(slip.parse::<Recipient>().is_err(), "{slip}");
        }
    }

    #[test]
    fn texts_of_bip_173_are_read_as_it_says() {
        assert_eq!(bech32("a12uel5l", "a"), Some(Vec::new()));
        let all = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw";
        let bytes = bech32(all, "abcdef").expect("a good one");
        assert_eq!(bytes.len(), 20);
        assert_eq!(bytes[..3], [0x00, 0x44, 0x32]);
        for bad in ["A1G7SGD8", "10a06t8", "1qzzfhee", "a12uel5m"] {
            assert_eq!(bech32(bad, "a"), None, "{bad}");
        }
    }

    #[test]
    fn keys_are_derived_as_rfc_5869_says() {
        // Its first and third vectors, as far as the first block goes.
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        assert_eq!(
            hex(hkdf(&salt, &[0x0b; 22], &info).as_slice()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        );
        assert_eq!(
            hex(hkdf(&[], &[0x0b; 22], &[]).as_slice()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        );
    }
}
