//! How yescrypt's own strings are spelt, also inside gost-yescrypt's.

use super::cursor::{Cursor, all, crypt64_value, is_crypt64};
use crate::scheme::value::Strength;

/// 64 bytes.
const YESCRYPT_SALT_MAX: usize = 86;

/// yescrypt's parameters, as `$y$` packs them.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct YescryptParams {
    pub(in crate::scheme) log_n: u32,
    pub(in crate::scheme) r: u32,
    pub(in crate::scheme) p: u32,
    pub(in crate::scheme) t: u32,
}

impl YescryptParams {
    /// Reads `j9T`: flavour, log2 of N, r, and which of four further numbers follow.
    ///
    /// Two of these are refused, because no maker writes them yet: the upgrades of a hash, and a
    /// ROM. The flavours that libxcrypt refuses are refused too.
    pub(in crate::scheme) fn read(params: &[u8]) -> Option<Self> {
        /// yescrypt's own mode with all its parts, as every maker has it; plain scrypt; write once,
        /// read many.
        const FLAVOURS: [u32; 3] = [0b10_1111, SCRYPT, 1];
        const SCRYPT: u32 = 0;
        let mut digits = params;
        let flavour = yescrypt_number(&mut digits)?;
        let (log_n, r) = (
            yescrypt_number(&mut digits)? + 1,
            yescrypt_number(&mut digits)? + 1,
        );
        let (mut p, mut t) = (1, 0);
        if !digits.is_empty() {
            let follow = yescrypt_number(&mut digits)? + 1;
            if follow & 1 != 0 {
                p = yescrypt_number(&mut digits)? + 2;
            }
            if follow & 2 != 0 {
                t = yescrypt_number(&mut digits)? + 1;
            }
            if follow > 3 {
                return None;
            }
        }
        let good = all(params, is_crypt64)
            && digits.is_empty()
            && log_n <= 63
            && FLAVOURS.contains(&flavour)
            && (flavour != SCRYPT || t == 0);
        good.then_some(Self { log_n, r, p, t })
    }
}

/// `$y$j9T$…$…`: parameters, salt, hash.
pub(in crate::scheme) fn yescrypt(mut text: Cursor<'_>) -> Option<Strength> {
    let (params, salt, hash) = (text.until(b'$')?, text.until(b'$')?, text.0);
    let YescryptParams { log_n, r, .. } = YescryptParams::read(params)?;
    let good = salt.len() <= YESCRYPT_SALT_MAX
        && is_whole_bytes(salt)
        && hash.len() == 43
        && all(hash, is_crypt64);
    good.then_some(Strength::Yescrypt { log_n, r })
}

/// Whether crypt's digits are a whole number of bytes, with no bit set that stands for nothing.
fn is_whole_bytes(digits: &[u8]) -> bool {
    let spare = match digits.len() % 4 {
        0 => 0,
        2 => 0b11_1100,
        3 => 0b11_0000,
        _ => return false,
    };
    all(digits, is_crypt64)
        && digits
            .last()
            .is_none_or(|last| crypt64_value(*last) & spare == 0)
}

/// One of yescrypt's numbers: the first digit says how many follow.
fn yescrypt_number(digits: &mut &[u8]) -> Option<u32> {
    let (mut first, mut start, mut end, mut len) = (crypt64_value(*digits.first()?), 0, 47, 1);
    let mut value = 0;
    while first > end {
        value += (end + 1 - start) << (6 * (len - 1));
        start = end + 1;
        end = start + (62 - end) / 2;
        len += 1;
        if len > 4 {
            return None;
        }
    }
    first -= start;
    value += first << (6 * (len - 1));
    let (number, rest) = digits.split_at_checked(len as usize)?;
    for (place, digit) in number[1..].iter().rev().enumerate() {
        value += crypt64_value(*digit) << (6 * place);
    }
    *digits = rest;
    Some(value)
}
