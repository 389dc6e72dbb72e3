//! The hash functions of expressions, over the RustCrypto crates.

use blake2::{Blake2b512, Blake2s256};
use hmac::{KeyInit, Mac, SimpleHmac};
use md4::Md4;
use md5::digest::common::BlockSizeUser;
use md5::{Digest, Md5};
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use sha3::{Keccak224, Keccak256, Keccak384, Keccak512, Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use sm3::Sm3;
use whirlpool::Whirlpool;
use zeroize::Zeroizing;

use crate::scheme::value::Prf;

/// A hash function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scheme) enum Algorithm {
    Md4,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Keccak224,
    Keccak256,
    Keccak384,
    Keccak512,
    Ripemd160,
    Whirlpool,
    Blake2b512,
    Blake2s256,
    Sm3,
}

/// Calls a generic function of the algorithm's type.
macro_rules! with {
    ($algorithm:expr, $function:ident, $($argument:expr),*) => {
        match $algorithm {
            Algorithm::Md4 => $function::<Md4>($($argument),*),
            Algorithm::Md5 => $function::<Md5>($($argument),*),
            Algorithm::Sha1 => $function::<Sha1>($($argument),*),
            Algorithm::Sha224 => $function::<Sha224>($($argument),*),
            Algorithm::Sha256 => $function::<Sha256>($($argument),*),
            Algorithm::Sha384 => $function::<Sha384>($($argument),*),
            Algorithm::Sha512 => $function::<Sha512>($($argument),*),
            Algorithm::Sha3_224 => $function::<Sha3_224>($($argument),*),
            Algorithm::Sha3_256 => $function::<Sha3_256>($($argument),*),
            Algorithm::Sha3_384 => $function::<Sha3_384>($($argument),*),
            Algorithm::Sha3_512 => $function::<Sha3_512>($($argument),*),
            Algorithm::Keccak224 => $function::<Keccak224>($($argument),*),
            Algorithm::Keccak256 => $function::<Keccak256>($($argument),*),
            Algorithm::Keccak384 => $function::<Keccak384>($($argument),*),
            Algorithm::Keccak512 => $function::<Keccak512>($($argument),*),
            Algorithm::Ripemd160 => $function::<Ripemd160>($($argument),*),
            Algorithm::Whirlpool => $function::<Whirlpool>($($argument),*),
            Algorithm::Blake2b512 => $function::<Blake2b512>($($argument),*),
            Algorithm::Blake2s256 => $function::<Blake2s256>($($argument),*),
            Algorithm::Sm3 => $function::<Sm3>($($argument),*),
        }
    };
}

impl Algorithm {
    /// Every one with its name. A name that begins another one's comes behind it.
    pub(in crate::scheme) const ALL: [(&'static str, Self); 20] = [
        ("md4", Self::Md4),
        ("md5", Self::Md5),
        ("sha1", Self::Sha1),
        ("sha224", Self::Sha224),
        ("sha256", Self::Sha256),
        ("sha384", Self::Sha384),
        ("sha512", Self::Sha512),
        ("sha3_224", Self::Sha3_224),
        ("sha3_256", Self::Sha3_256),
        ("sha3_384", Self::Sha3_384),
        ("sha3_512", Self::Sha3_512),
        ("keccak_224", Self::Keccak224),
        ("keccak_256", Self::Keccak256),
        ("keccak_384", Self::Keccak384),
        ("keccak_512", Self::Keccak512),
        ("ripemd160", Self::Ripemd160),
        ("whirlpool", Self::Whirlpool),
        ("blake2b-512", Self::Blake2b512),
        ("blake2s-256", Self::Blake2s256),
        ("sm3", Self::Sm3),
    ];

    /// The one of that name.
    pub(in crate::scheme) fn by_name(name: &[u8]) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| known.as_bytes() == name)
            .map(|(_, algorithm)| *algorithm)
    }

    pub(in crate::scheme) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, algorithm)| *algorithm == self)
            .map_or("", |(name, _)| name)
    }

    /// How many bytes a digest has.
    pub(in crate::scheme) fn len(self) -> usize {
        fn len<D: Digest>() -> usize {
            <D as Digest>::output_size()
        }
        with!(self, len,)
    }

    /// The digest of a text.
    pub(in crate::scheme) fn digest(self, text: &[u8]) -> Zeroizing<Vec<u8>> {
        fn digest<D: Digest>(text: &[u8]) -> Zeroizing<Vec<u8>> {
            Zeroizing::new(D::digest(text).to_vec())
        }
        with!(self, digest, text)
    }

    /// HMAC (RFC 2104) over this function.
    pub(in crate::scheme) fn hmac(self, key: &[u8], text: &[u8]) -> Zeroizing<Vec<u8>> {
        fn hmac<D: Digest + BlockSizeUser>(key: &[u8], text: &[u8]) -> Zeroizing<Vec<u8>> {
            let mac = SimpleHmac::<D>::new_from_slice(key).expect("HMAC takes keys of any length");
            Zeroizing::new(mac.chain_update(text).finalize().into_bytes().to_vec())
        }
        with!(self, hmac, key, text)
    }

    /// PBKDF2 over its HMAC, filling `out`.
    pub(in crate::scheme) fn pbkdf2(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
        out: &mut [u8],
    ) {
        fn pbkdf2<D>(password: &[u8], salt: &[u8], iterations: u32, out: &mut [u8])
        where
            D: Digest + BlockSizeUser + Clone,
        {
            pbkdf2::pbkdf2::<SimpleHmac<D>>(password, salt, iterations, out)
                .expect("HMAC takes keys of any length");
        }
        with!(self, pbkdf2, password, salt, iterations, out);
    }

    /// The units of work of a digest of so many bytes: those of a call, and of each block.
    ///
    /// Measured on one core with the release build, where a unit is 7 ns (`kdf/work.rs`).
    pub(in crate::scheme) fn work(self, bytes: u64) -> u64 {
        let (call, block, block_bytes) = match self {
            Self::Md4 => (2, 8, 64),
            Self::Md5 => (3, 13, 64),
            Self::Sha1 => (4, 15, 64),
            Self::Sha224 | Self::Sha256 => (4, 28, 64),
            Self::Sha384 | Self::Sha512 => (4, 24, 128),
            Self::Sha3_224
            | Self::Sha3_256
            | Self::Sha3_384
            | Self::Sha3_512
            | Self::Keccak224
            | Self::Keccak256
            | Self::Keccak384
            | Self::Keccak512 => (4, 38, 72),
            Self::Ripemd160 => (4, 25, 64),
            Self::Whirlpool => (70, 40, 64),
            Self::Blake2b512 => (4, 13, 128),
            Self::Blake2s256 => (4, 10, 64),
            Self::Sm3 => (4, 17, 64),
        };
        // The padding is part of the last block, or a block of its own.
        let blocks = bytes.saturating_add(9).div_ceil(block_bytes);
        blocks.saturating_mul(block).saturating_add(call)
    }

    /// What a round of it costs, as strengths count it.
    pub(in crate::scheme) fn prf(self) -> Prf {
        match self.len() {
            ..=16 => Prf::Md5,
            17..=20 => Prf::Sha1,
            21..=32 => Prf::Sha256,
            _ => Prf::Sha512,
        }
    }
}

/// Bytes in lowercase hex, into text that is wiped.
pub(in crate::scheme) fn hex(bytes: &[u8]) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
