//! Our own writer of the age format, version 1 (<https://age-encryption.org/v1>), for builds
//! without the `age` crate: X25519 recipients alone, no armour. It decrypts nothing.
//!
//! The primitives are ring's, which is linked for TLS already.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::recipient::Recipient;

/// The payload is sealed in chunks of so many bytes.
const CHUNK_BYTES: usize = 64 << 10;

/// What is written becomes a file for the recipients. It is one only after [`Sealed::finish`].
pub(super) struct Sealed<W> {
    out: W,
    key: LessSafeKey,
    chunk: Zeroizing<Vec<u8>>,
    number: u64,
}

/// Whether a chunk ends the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkPlace {
    Inner,
    Last,
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
    let (share, wrap_key) = recipient.agree(|share, secret| {
        let salt = [share, recipient.key()].concat();
        let wrap_key = hkdf(&salt, secret, b"age-encryption.org/v1/X25519");
        (share.to_vec(), wrap_key)
    })?;
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
        STANDARD_NO_PAD.encode(&share),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "age")]
    #[test]
    fn what_is_written_is_decrypted_by_the_age_crate() {
        use std::io::Read as _;

        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string().parse().expect("its own");
        for bytes in [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let text = vec![b'x'; bytes];
            let mut sealed = Sealed::new(Vec::new(), std::slice::from_ref(&recipient))
                .expect("a good recipient");
            sealed.write_all(&text).expect("a Vec takes all");
            let file = sealed.finish().expect("a Vec takes all");
            let decryptor = age::Decryptor::new(&file[..]).expect("a header");
            let identities = std::iter::once(&identity as &dyn age::Identity);
            let mut reader = decryptor.decrypt(identities).expect("its recipient");
            let mut read = Vec::new();
            reader.read_to_end(&mut read).expect("every chunk is whole");
            assert_eq!(read, text);
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
