//! Encrypts a file to recipients as the age format, version 1, has it
//! (<https://age-encryption.org/v1>): X25519 recipients alone, no armour, nothing is decrypted.
//!
//! With the feature `age` it is the `age` crate that writes it. Without, it is our own writer, which
//! needs no crate that is not linked anyway (docs/decisions/dependencies.md).

#[cfg(feature = "age")]
pub(super) use by_crate::Sealed;

#[cfg(not(feature = "age"))]
pub(super) use super::age_writer::Sealed;

#[cfg(feature = "age")]
mod by_crate {
    use std::io::{self, Write};

    use age::stream::StreamWriter;
    use age::x25519;

    use crate::cli::recipient::Recipient;

/// Whether a chunk ends the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkPlace {
    Inner,
    Last,
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
        self.seal(ChunkPlace::Last)?;
        Ok(self.out)
    }

    /// A chunk's nonce is its number in 11 bytes, and whether it is the last one.
    fn seal(&mut self, place: ChunkPlace) -> io::Result<()> {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.number.to_be_bytes());
        nonce[11] = u8::from(place == ChunkPlace::Last);
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
            self.seal(ChunkPlace::Inner)?;
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
            let theirs = theirs.iter().map(|theirs| theirs as &dyn age::Recipient);
            let encryptor = age::Encryptor::with_recipients(theirs).map_err(io::Error::other)?;
            Ok(Self(encryptor.wrap_output(out)?))
        }

        /// Seals what is left, and gives back what was written to.
        pub(in crate::cli) fn finish(self) -> io::Result<W> {
            self.0.finish()
        }
    }

    impl<W: Write> Write for Sealed<W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }
}
