//! The strings of DES: descrypt, bigcrypt, which is longer, and BSDI's with a number of rounds.
//!
//! Of each byte of a password the low seven bits count, as in libxcrypt's `lib/crypt-des.c`.

use zeroize::{Zeroize, Zeroizing};

use super::super::base::{Family, MadeText};
use super::base64;
use super::strings::can_be_a_password;
use crate::scheme::format::{
    BIGCRYPT_BLOCKS_MAX, BLOCK_DIGITS, DesForm, crypt64_value, des, des_number,
};
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::{Context, Scheme, Strength, Taken, VerifyError};

const ROUNDS: u32 = 25;

/// Ends bigcrypt's setting, which is descrypt's else: behind a prefix nothing but the setting says
/// which of them it is.
pub(in crate::scheme) const BIGCRYPT_END: u8 = b'+';

/// descrypt, bigcrypt, bsdicrypt.
pub(in crate::scheme) struct Des(DesForm);

pub(in crate::scheme) static DESCRYPT: Des = Des(DesForm::Descrypt);
pub(in crate::scheme) static BIGCRYPT: Des = Des(DesForm::Bigcrypt);
pub(in crate::scheme) static BSDICRYPT: Des = Des(DesForm::Bsdicrypt);

impl Family for Des {
    fn read(&self, scheme: Scheme, value: &[u8]) -> Option<Strength> {
        des(value)
            .filter(|(known, _)| *known == scheme)
            .map(|(_, strength)| strength)
    }

    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let strength = self.read(scheme, value)?;
        let (setting, blocks) = value.split_at_checked(self.0.setting_digits())?;
        let mut text = Zeroizing::new(String::with_capacity(value.len()));
        text.push_str(std::str::from_utf8(setting).ok()?);
        for block in blocks.chunks(BLOCK_DIGITS) {
            let (last, front) = block.split_last()?;
            text.extend(front.iter().map(|digit| char::from(*digit)));
            text.push(base64::digit(u64::from(crypt64_value(*last)) & !3));
        }
        let mut setting = setting.to_vec();
        if self.0 == DesForm::Bigcrypt {
            setting.push(BIGCRYPT_END);
        }
        Some(Taken {
            strength,
            setting,
            text,
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        if !can_be_a_password(password) {
            return Ok(None);
        }
        let setting = match self.0 {
            DesForm::Bigcrypt => setting.strip_suffix(&[BIGCRYPT_END]).unwrap_or_default(),
            DesForm::Descrypt | DesForm::Bsdicrypt => setting,
        };
        let strength = self.0.strength(setting);
        let front = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        let mut text = Zeroizing::new(front.to_owned());
        match strength.ok_or(VerifyError::Parameters)? {
            Strength::Rounds { rounds, .. } => {
                // Folding the password costs one DES for each eight bytes of it.
                let rounds = match kdf::spend_des(rounds)? {
                    Permit::Compute => rounds,
                    Permit::Weigh => 1,
                };
                bsdi(des_number(&setting[5..]), rounds, password, &mut text);
            }
            _ => {
                let blocks = match self.0 {
                    DesForm::Bigcrypt => password.len().div_ceil(8).clamp(1, BIGCRYPT_BLOCKS_MAX),
                    DesForm::Descrypt | DesForm::Bsdicrypt => 1,
                };
                old(des_number(setting), blocks, password, &mut text);
            }
        }
        Ok(Some(text))
    }

    /// Of a text that fills the last block what comes behind is not read. BSDI's folding makes one
    /// key of a long text and of a short one, which whoever guesses finds.
    fn tells_all(&self, _: Scheme, _: &[u8], password: &[u8], context: &Context<'_>) -> bool {
        let read = match self.0 {
            DesForm::Descrypt => 8,
            DesForm::Bigcrypt => 8 * BIGCRYPT_BLOCKS_MAX,
            DesForm::Bsdicrypt => return false,
        };
        password.len() < read
            && can_be_a_password(password)
            && tells_all_by_seven_bits(password, context)
    }
}

/// Whether no other text has the same low seven bits of its bytes, in the charset that the login
/// speaks: a character of UTF-8 may look like two or three of ASCII (`café` like `cafC)`).
fn tells_all_by_seven_bits(password: &[u8], context: &Context<'_>) -> bool {
    let is_character = |bytes: &[u8]| {
        let high: Zeroizing<Vec<u8>> =
            Zeroizing::new(bytes.iter().map(|byte| byte | 0x80).collect());
        std::str::from_utf8(&high).is_ok()
    };
    context.charset.is_none()
        && password.is_ascii()
        && !(2..=4).any(|len| password.windows(len).any(is_character))
}

/// Eight bytes of the password for each block; the block before is the salt of the next.
fn old(mut salt: u32, blocks: usize, password: &[u8], text: &mut String) {
    let mut pieces = password.chunks(8);
    for _ in 0..blocks {
        let at = text.len();
        let key = DesKey::new(shift_key(pieces.next().unwrap_or_default()));
        push(key.encrypt(0, salt, ROUNDS), text);
        salt = des_number(&text.as_bytes()[at..at + 2]);
    }
}

/// The whole password is folded into one key: each piece goes over what DES made of the pieces
/// before.
fn bsdi(salt: u32, rounds: u32, password: &[u8], text: &mut String) {
    let mut pieces = password.chunks(8);
    let mut folded = shift_key(pieces.next().unwrap_or_default());
    for piece in pieces {
        folded = DesKey::new(folded).encrypt(folded, 0, 1) ^ shift_key(piece);
    }
    push(DesKey::new(folded).encrypt(0, salt, rounds), text);
}

/// At most eight bytes as a key. DES doesn't read the lowest bit of each byte, so the highest bit
/// is dropped for it.
fn shift_key(piece: &[u8]) -> u64 {
    let mut bytes = Zeroizing::new([0_u8; 8]);
    for (to, from) in bytes.iter_mut().zip(piece) {
        *to = from << 1;
    }
    u64::from_be_bytes(*bytes)
}

/// Sixty-four bits as eleven digits, the high bits first.
fn push(block: u64, text: &mut String) {
    for digit in 0..10 {
        text.push(base64::digit(block >> (58 - 6 * digit)));
    }
    text.push(base64::digit(block << 2));
}

/// DES (FIPS 46-3) with crypt(3)'s salt, which swaps bits of the expansion; no crate has that.
struct DesKey([u64; 16]);

impl Drop for DesKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl DesKey {
    fn new(key: u64) -> Self {
        const HALF: u64 = (1 << 28) - 1;
        let chosen = permute(key, 64, &CHOICE_1);
        let (mut c, mut d) = (chosen >> 28, chosen & HALF);
        Self(std::array::from_fn(|round| {
            let by = if matches!(round, 0 | 1 | 8 | 15) {
                1
            } else {
                2
            };
            c = (c << by | c >> (28 - by)) & HALF;
            d = (d << by | d >> (28 - by)) & HALF;
            permute(c << 28 | d, 56, &CHOICE_2)
        }))
    }

    /// Encrypts a block so many times over. Between two times the last permutation and the first
    /// cancel out.
    fn encrypt(&self, block: u64, salt: u32, times: u32) -> u64 {
        // The lowest bit of the salt belongs to the first bit of the expansion.
        let swapped = u64::from(salt.reverse_bits() >> 8);
        let block = permute(block, 64, &FIRST);
        let (mut left, mut right) = ((block >> 32) as u32, block as u32);
        for _ in 0..times {
            for key in &self.0 {
                let next = left ^ mix_half(right, *key, swapped);
                (left, right) = (right, next);
            }
            (left, right) = (right, left);
        }
        permute(u64::from(left) << 32 | u64::from(right), 64, &LAST)
    }
}

/// The cipher's function of half a block.
fn mix_half(half: u32, key: u64, swapped: u64) -> u32 {
    let turned = half.rotate_right(1);
    let mut wide = 0;
    for group in 0..8 {
        wide = wide << 6 | u64::from(turned.rotate_left(4 * group) >> 26);
    }
    let differ = (wide >> 24 ^ wide) & swapped;
    wide ^= (differ | differ << 24) ^ key;
    let mut out = 0;
    for (group, table) in BOXES.iter().enumerate() {
        out |= table[(wide >> (42 - 6 * group)) as usize & 63];
    }
    out
}

/// The bits of a number of that width in the order of a table, which counts from 1 at the highest.
const fn permute(from: u64, width: u32, table: &[u8]) -> u64 {
    let mut to = 0;
    let mut at = 0;
    while at < table.len() {
        to = to << 1 | (from >> (width - table[at] as u32)) & 1;
        at += 1;
    }
    to
}

/// The S-boxes with the permutation behind them.
static BOXES: [[u32; 64]; 8] = boxes();

const fn boxes() -> [[u32; 64]; 8] {
    let mut boxes = [[0; 64]; 8];
    let mut group = 0;
    while group < 8 {
        let mut input = 0;
        while input < 64 {
            let digit = S_BOXES[group][input];
            let value = if digit <= b'9' {
                digit - b'0'
            } else {
                digit - b'a' + 10
            };
            let placed = (value as u64) << (28 - 4 * group);
            boxes[group][input] = permute(placed, 32, &P) as u32;
            input += 1;
        }
        group += 1;
    }
    boxes
}

/// One hex digit for each six bits of input.
const S_BOXES: [[u8; 64]; 8] = [
    *b"e04fd7142ef2bd813aa66ccb599503784f1ce882d46921b7f5cb937e3aa0560d",
    *b"f31d84e76fb2384e9c7021dac6095ba50de87ab1a34fd4125b86c76c90352ef9",
    *b"ad0790e96334f65a12d8c57ebc4b2f81d16a4d9086f93807b41f2ec35ba5e27c",
    *b"7dd8eb35066f90a31427825cb1ca4ef9a36f9006cab17dd8f91435eb5c27824e",
    *b"2ecb421c74a7bd6185503ffad309e8964b281cb7a1de728df69fc0596a3405e3",
    *b"ca1fa4f2972c698506d13d4ee07b53b894e3f25c2985cf3a7b0e41a716d0b86d",
    *b"4db02be7f40981da3ec3957c52af6816164bbdd8c1347ae7a9f5608f0e52932c",
    *b"d12f8d486af3b714ac9536eb500ec97272b14e1794cae82d0f6ca9d0f335568b",
];

const P: [u8; 32] = [
    16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19,
    13, 30, 6, 22, 11, 4, 25,
];

const FIRST: [u8; 64] = [
    58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4, 62, 54, 46, 38, 30, 22, 14, 6,
    64, 56, 48, 40, 32, 24, 16, 8, 57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3, 61,
    53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
];

const LAST: [u8; 64] = [
    40, 8, 48, 16, 56, 24, 64, 32, 39, 7, 47, 15, 55, 23, 63, 31, 38, 6, 46, 14, 54, 22, 62, 30,
    37, 5, 45, 13, 53, 21, 61, 29, 36, 4, 44, 12, 52, 20, 60, 28, 35, 3, 43, 11, 51, 19, 59, 27,
    34, 2, 42, 10, 50, 18, 58, 26, 33, 1, 41, 9, 49, 17, 57, 25,
];

const CHOICE_1: [u8; 56] = [
    57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60,
    52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29,
    21, 13, 5, 28, 20, 12, 4,
];

const CHOICE_2: [u8; 48] = [
    14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52,
    31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
