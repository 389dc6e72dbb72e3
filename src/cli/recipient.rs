//! Who a file is encrypted to: a recipient of age, `age1…`, with an X25519 key.
//!
//! Not its job: the file (`age`).

use std::io;
use std::str::FromStr;

use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::rand::SystemRandom;

/// Somebody who can decrypt: `age1…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Recipient {
    text: String,
    key: [u8; 32],
}

impl FromStr for Recipient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let not = || "must be a recipient of age: age1 and 58 letters and digits".to_owned();
        let data = bech32(text, "age").ok_or_else(not)?;
        Ok(Self {
            text: text.to_owned(),
            key: data.try_into().map_err(|_| not())?,
        })
    }
}

impl Recipient {
    /// The text that it was read from.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Refuses a key of low order: with it everybody would know the secret.
    ///
    /// # Errors
    /// A key of low order; a system without randomness.
    pub(super) fn refuse_low_order(&self) -> io::Result<()> {
        let own = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new())
            .map_err(|_| io::Error::other("the system has no randomness"))?;
        let theirs = UnparsedPublicKey::new(&X25519, &self.key);
        // ring refuses a secret of zeros, which such a key would make.
        agree_ephemeral(own, &theirs, |_| ()).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidInput, "a recipient is no public key")
        })
    }
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
    fn a_key_of_low_order_is_refused_before_anything_is_encrypted_to_it() {
        let zero = Recipient {
            text: String::new(),
            key: [0; 32],
        };
        assert!(zero.refuse_low_order().is_err());
        let good = RECIPIENT.parse::<Recipient>().expect("a good one");
        assert!(good.refuse_low_order().is_ok());
    }
}
