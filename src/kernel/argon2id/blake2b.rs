//! H and H' of RFC 9106: BLAKE2b, and the variable-length hash made of it.

use blake2::Blake2bVarCore;
use blake2::digest::block_api::{Buffer, UpdateCore, VariableOutputCore};
use zeroize::Zeroizing;

/// The longest output of BLAKE2b.
const DIGEST_MAX: usize = 64;

/// H^64 over the parts, one after the other.
pub(super) fn hash64(parts: &[&[u8]]) -> Zeroizing<[u8; DIGEST_MAX]> {
    let mut out = Zeroizing::new([0; DIGEST_MAX]);
    hash(parts, &mut *out);
    out
}

/// H' (section 3.3): fills `out`, whatever its length.
pub(super) fn hash_long(input: &[u8], out: &mut [u8]) {
    let len = u32::try_from(out.len())
        .expect("a plan's output length fits in 32 bits")
        .to_le_bytes();
    if out.len() <= DIGEST_MAX {
        return hash(&[&len, input], out);
    }
    let mut v = hash64(&[&len, input]);
    let mut rest = out;
    loop {
        let (half, after) = rest.split_at_mut(DIGEST_MAX / 2);
        half.copy_from_slice(&v[..DIGEST_MAX / 2]);
        rest = after;
        if rest.len() <= DIGEST_MAX {
            return hash(&[&*v], rest);
        }
        v = hash64(&[&*v]);
    }
}

/// H^T, T being the length of `out`, 1 to 64.
fn hash(parts: &[&[u8]], out: &mut [u8]) {
    let mut core = Blake2bVarCore::new(out.len()).expect("BLAKE2b gives 1 to 64 bytes");
    let mut buffer = Buffer::<Blake2bVarCore>::default();
    for part in parts {
        buffer.digest_blocks(part, |blocks| core.update_blocks(blocks));
    }
    let mut full = Default::default();
    core.finalize_variable_core(&mut buffer, &mut full);
    let full = Zeroizing::new(<[u8; DIGEST_MAX]>::from(full));
    out.copy_from_slice(&full[..out.len()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7693, appendix A.
    #[test]
    fn hash64_is_blake2b_512_of_all_parts() {
        let digest = hash64(&[b"a", b"", b"bc"]);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let (first, second) = hex.split_at(64);
        assert_eq!(
            first,
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        );
        assert_eq!(
            second,
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        );
    }
}
