//! Which scheme made a column's bare digests: proven by the digests of common passwords, or said to be unknown.
//!
//! A wrong guess would lock a whole table out, so the rule is strict: one candidate has three rows or more from at least two
//! different words, and every other candidate has none.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use super::{Found, TrialEvidence, TrialVerdict};
use crate::scheme::{Scheme, Shape, digest};
use crate::text;

/// How many rows a candidate needs.
pub(super) const HITS_MIN: u64 = 3;
/// From how many different words.
pub(super) const WORDS_MIN: u64 = 2;

/// The common passwords, the most common first. `words.md` says where they are from.
pub fn words() -> impl Iterator<Item = &'static str> {
    include_str!("words.txt").lines()
}

/// The scheme of one bare digest, if it is the digest of a common password: by chance no other scheme gives the same.
///
/// The digest of the empty password proves nothing, because it is one and the same under several schemes.
pub fn proof_of_one(value: &[u8]) -> Option<Scheme> {
    let digits = text::trim(value);
    let shape = Shape::of_digits(digits.len())?;
    let known = Table::of(shape).get(front(digits)?)?;
    known.word?;
    shape
        .candidates()
        .get(usize::from(known.candidate))
        .copied()
}

/// What was found so far in one column.
#[derive(Clone, Default)]
pub struct Proof {
    shapes: [Option<ShapeHits>; Shape::ALL.len()],
}

/// The evidence for one shape in one column.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeEvidence {
    /// The shape.
    pub shape: Shape,
    /// Rows of it.
    pub rows: u64,
    /// How many words were looked up under each candidate.
    pub tried: u64,
    /// How many hits chance alone would give.
    pub expected_by_chance: f64,
    /// The candidates, likeliest first.
    pub candidates: Vec<CandidateHits>,
    /// What was found with salts and names, where that was tried.
    pub trial: Option<TrialEvidence>,
    /// The ways in which the password of a known account gives its value; none where there was none of this shape.
    pub canary: Option<Vec<Found>>,
    /// What follows from all of it.
    pub verdict: Verdict,
}

/// What was found for one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CandidateHits {
    /// The candidate.
    pub scheme: Scheme,
    /// Rows that hold the digest of one of the words.
    pub hits: u64,
    /// How many different words these are.
    pub words: u64,
    /// Rows that hold the digest of the empty password. They prove nothing and are not among the hits. Where two candidates give
    /// the same digest for it, the likelier one has them.
    pub empty_rows: u64,
}

/// What the evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is this scheme.
    Proven(Scheme),
    /// Too few rows or words were found under any candidate.
    TooFew,
    /// Rows were found under more than one candidate: the column is a mixture.
    Mixed,
    /// Several candidates give the same digests for the rows that were found.
    Ambiguous,
}

/// The hits of one shape.
#[derive(Clone)]
struct ShapeHits {
    rows: u64,
    candidates: Vec<Hits>,
}

#[derive(Clone)]
struct Hits {
    rows: u64,
    empty_rows: u64,
    /// One bit for each word.
    words: Vec<u64>,
}

impl Proof {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a bare digest, trimmed, in either case. What is no digest of a known shape is not counted.
    ///
    /// Returns whether it is a digest of the empty password under some candidate.
    pub fn observe(&mut self, digits: &[u8]) -> bool {
        let Some(shape) = Shape::of_digits(digits.len()) else {
            return false;
        };
        let Some(front) = front(digits) else {
            return false;
        };
        let found = self.shape(shape);
        found.rows += 1;
        let Some(known) = Table::of(shape).get(front) else {
            return false;
        };
        let hits = &mut found.candidates[usize::from(known.candidate)];
        match known.word {
            Some(word) => {
                hits.rows += 1;
                hits.words[usize::from(word) / 64] |= 1 << (word % 64);
            }
            None => hits.empty_rows += 1,
        }
        known.word.is_none()
    }

    /// Adds what was found in another part of the column.
    pub fn merge(&mut self, other: &Self) {
        for (shape, theirs) in Shape::ALL.into_iter().zip(&other.shapes) {
            let Some(theirs) = theirs else { continue };
            let ours = self.shape(shape);
            ours.rows += theirs.rows;
            for (ours, theirs) in ours.candidates.iter_mut().zip(&theirs.candidates) {
                ours.rows += theirs.rows;
                ours.empty_rows += theirs.empty_rows;
                for (ours, theirs) in ours.words.iter_mut().zip(&theirs.words) {
                    *ours |= theirs;
                }
            }
        }
    }

    /// The evidence for every shape that was seen, shortest first.
    pub fn evidence(&self) -> Vec<ShapeEvidence> {
        let seen = Shape::ALL.into_iter().zip(&self.shapes);
        seen.filter_map(|(shape, hits)| Some(evidence(shape, hits.as_ref()?)))
            .collect()
    }

    fn shape(&mut self, shape: Shape) -> &mut ShapeHits {
        self.shapes[index(shape)].get_or_insert_with(|| {
            let none = Hits {
                rows: 0,
                empty_rows: 0,
                words: vec![0; words().count().div_ceil(64)],
            };
            ShapeHits {
                rows: 0,
                candidates: vec![none; shape.candidates().len()],
            }
        })
    }
}

impl ShapeEvidence {
    /// The scheme, if it was proven.
    pub fn proven(&self) -> Option<Scheme> {
        match self.verdict {
            Verdict::Proven(scheme) => Some(scheme),
            Verdict::TooFew | Verdict::Mixed | Verdict::Ambiguous => None,
        }
    }

    /// The evidence on digests of which only the number is known.
    pub(super) fn untried(shape: Shape, rows: u64) -> Self {
        let candidates = shape.candidates().iter().map(|scheme| CandidateHits {
            scheme: *scheme,
            hits: 0,
            words: 0,
            empty_rows: 0,
        });
        Self {
            shape,
            rows,
            tried: 0,
            expected_by_chance: 0.0,
            candidates: candidates.collect(),
            trial: None,
            canary: None,
            verdict: Verdict::TooFew,
        }
    }

    /// What was proven with a salt or a name, and where from.
    pub fn way(&self) -> Option<&Found> {
        let proven = self.proven()?;
        let by_trial = self.trial.as_ref().and_then(TrialEvidence::proven);
        let by_canary = self.canary.iter().flatten();
        by_trial
            .into_iter()
            .chain(by_canary)
            .find(|found| found.scheme == proven)
    }

    /// Whether it was the account whose password is known that proved it.
    pub fn is_by_canary(&self) -> bool {
        let hits = self.candidates.iter().any(|candidate| candidate.hits > 0);
        let tried = self
            .trial
            .as_ref()
            .is_some_and(|trial| !trial.found.is_empty());
        self.canary.is_some() && self.proven().is_some() && !hits && !tried
    }

    /// Adds the ways in which the password of a known account gives its value. One alone is a proof, unless common passwords say otherwise.
    pub(super) fn settle_canary(&mut self, found: Vec<Found>) {
        let elsewhere = |scheme: Scheme| {
            let unsalted = self
                .candidates
                .iter()
                .filter(|own| own.hits > 0)
                .map(|own| own.scheme);
            let salted = self.trial.iter().flat_map(|trial| &trial.found);
            unsalted
                .chain(salted.map(|found| found.scheme))
                .any(|other| other != scheme)
        };
        self.verdict = match (&found[..], self.verdict) {
            ([], verdict) => verdict,
            ([only], Verdict::TooFew) if !elsewhere(only.scheme) => Verdict::Proven(only.scheme),
            ([only], Verdict::Ambiguous) => Verdict::Proven(only.scheme),
            ([_, ..], Verdict::Proven(scheme)) if found.iter().all(|way| way.scheme != scheme) => {
                Verdict::Mixed
            }
            ([_], Verdict::TooFew) => Verdict::Mixed,
            (_, verdict) => verdict,
        };
        self.canary = Some(found);
    }

    /// Adds what was found with salts and names. Hits with them and without are a mixture, like any two candidates with hits.
    pub(super) fn settle(&mut self, trial: TrialEvidence) {
        let unsalted = self.candidates.iter().any(|candidate| candidate.hits > 0);
        self.verdict = match (unsalted, trial.found.is_empty(), trial.verdict) {
            (_, true, _) => verdict(&self.candidates),
            (true, false, _) | (false, false, TrialVerdict::Mixed) => Verdict::Mixed,
            (false, false, TrialVerdict::TooFew) => Verdict::TooFew,
            (false, false, TrialVerdict::Ambiguous) => Verdict::Ambiguous,
            (false, false, TrialVerdict::Proven) => trial
                .proven()
                .map_or(Verdict::TooFew, |found| Verdict::Proven(found.scheme)),
        };
        self.expected_by_chance += trial.expected_by_chance;
        self.trial = Some(trial);
    }

    /// Whether a declared scheme can't be right: it has no hit, and another candidate is proven.
    pub fn contradicts(&self, declared: Scheme) -> bool {
        self.proven().is_some_and(|proven| proven != declared)
    }
}

fn evidence(shape: Shape, found: &ShapeHits) -> ShapeEvidence {
    let candidates: Vec<CandidateHits> = shape
        .candidates()
        .iter()
        .zip(&found.candidates)
        .map(|(scheme, hits)| CandidateHits {
            scheme: *scheme,
            hits: hits.rows,
            words: hits
                .words
                .iter()
                .map(|bits| u64::from(bits.count_ones()))
                .sum(),
            empty_rows: hits.empty_rows,
        })
        .collect();
    let tried = words().count() as u64;
    let lookups = found.rows as f64 * tried as f64 * candidates.len() as f64;
    ShapeEvidence {
        shape,
        rows: found.rows,
        tried,
        expected_by_chance: lookups / 2_f64.powi(4 * shape.digits() as i32),
        trial: None,
        canary: None,
        verdict: verdict(&candidates),
        candidates,
    }
}

fn verdict(candidates: &[CandidateHits]) -> Verdict {
    let mut hit = candidates.iter().filter(|candidate| candidate.hits > 0);
    match (hit.next(), hit.next()) {
        (Some(_), Some(_)) => Verdict::Mixed,
        (Some(only), None) if only.hits >= HITS_MIN && only.words >= WORDS_MIN => {
            Verdict::Proven(only.scheme)
        }
        _ => Verdict::TooFew,
    }
}

/// The digests of all words under every candidate of one shape, by their first 128 bits.
struct Table {
    known: HashMap<u128, Known, BuildHasherDefault<FirstBits>>,
    /// One bit for each value of a digest's last bits: most rows are no common password, and end here without a look
    /// into a megabyte of memory.
    maybe: Box<[u64; 1 << (FILTER_BITS - 6)]>,
}

/// 32 KiB of bits, one in thirteen of them set.
const FILTER_BITS: u32 = 18;

/// Whose digest it is.
#[derive(Clone, Copy)]
struct Known {
    candidate: u8,
    /// The word's number; none is the empty password.
    word: Option<u16>,
}

impl Table {
    /// The table of a shape, made when it is first asked for.
    fn of(shape: Shape) -> &'static Self {
        static TABLES: [OnceLock<Table>; Shape::ALL.len()] =
            [const { OnceLock::new() }; Shape::ALL.len()];
        TABLES[index(shape)].get_or_init(|| Self::make(shape))
    }

    fn make(shape: Shape) -> Self {
        let mut table = Self {
            known: HashMap::default(),
            maybe: Box::new([0; _]),
        };
        for (candidate, scheme) in (0..).zip(shape.candidates()) {
            let mut add = |password: &str, word| {
                let text = digest(*scheme, password.as_bytes())
                    .expect("a candidate is an unsalted digest");
                let front = front(text.as_bytes()).expect("a digest is hex");
                // In UTF-16 the empty password is the same: the likeliest candidate has it.
                table
                    .known
                    .entry(front)
                    .or_insert(Known { candidate, word });
                let (place, bit) = filter_bit(front);
                table.maybe[place] |= bit;
            };
            add("", None);
            for (number, word) in (0..).zip(words()) {
                add(word, Some(number));
            }
        }
        table
    }

    fn get(&self, front: u128) -> Option<&Known> {
        let (place, bit) = filter_bit(front);
        if self.maybe[place] & bit == 0 {
            return None;
        }
        self.known.get(&front)
    }
}

/// The word and the bit in it that stand for a digest.
fn filter_bit(front: u128) -> (usize, u64) {
    let bits = front as usize & ((1 << FILTER_BITS) - 1);
    (bits / 64, 1 << (bits % 64))
}

/// The keys are digests: their bits need no more mixing.
#[derive(Default)]
struct FirstBits(u64);

impl Hasher for FirstBits {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn index(shape: Shape) -> usize {
    shape.index()
}

/// The first 128 bits of a digest in hex.
pub(super) fn front(digits: &[u8]) -> Option<u128> {
    if !text::is_hex(digits) {
        return None;
    }
    digits.get(..32).map(|digits| {
        digits.iter().fold(0, |value, digit| {
            // 'a' and 'A' end in 1, and bit 6 tells letters from digits.
            let nibble = (digit & 15) + 9 * (digit >> 6);
            (value << 4) | u128::from(nibble)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scheme: Scheme, passwords: &[&str], verdict: Verdict) {
        let mut proof = Proof::new();
        for password in passwords {
            proof.observe(
                digest(scheme, password.as_bytes())
                    .expect("a digest")
                    .as_bytes(),
            );
        }
        let evidence = proof.evidence();
        assert_eq!(evidence.len(), 1);
        assert_eq!(evidence[0].verdict, verdict, "{:?}", evidence[0].candidates);
        assert_eq!(evidence[0].rows, passwords.len() as u64);
    }

    #[test]
    fn the_list_is_2500_different_words_of_printable_ascii() {
        let all: Vec<_> = words().collect();
        assert_eq!(all.len(), 2_500);
        assert_eq!(
            all.iter().collect::<std::collections::HashSet<_>>().len(),
            2_500
        );
        assert!(
            all.iter()
                .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic()))
        );
        assert_eq!(&all[..3], ["123456", "password", "12345678"]);
    }

    #[test]
    fn every_candidate_is_proven_by_common_passwords_under_it() {
        for scheme in Scheme::all().filter(|scheme| scheme.shape().is_some() && !scheme.salted()) {
            check(
                scheme,
                &["123456", "password", "123456", "%unheard of%"],
                Verdict::Proven(scheme),
            );
        }
    }

    #[test]
    fn two_rows_or_one_word_prove_nothing() {
        check(Scheme::MD5, &["123456", "password"], Verdict::TooFew);
        check(
            Scheme::MD5,
            &["123456", "123456", "123456", "123456"],
            Verdict::TooFew,
        );
        check(Scheme::MD5, &["%unheard of%"], Verdict::TooFew);
    }

    #[test]
    fn a_mixture_proves_nothing() {
        let mut proof = Proof::new();
        for password in ["123456", "password", "dragon", "monkey"] {
            proof.observe(
                digest(Scheme::MD5, password.as_bytes())
                    .expect("a digest")
                    .as_bytes(),
            );
        }
        proof.observe(
            digest(Scheme::NTLM, b"monkey")
                .expect("a digest")
                .as_bytes(),
        );
        assert_eq!(proof.evidence()[0].verdict, Verdict::Mixed);
        assert!(!proof.evidence()[0].contradicts(Scheme::SHA1));
    }

    #[test]
    fn the_empty_password_is_counted_and_proves_nothing() {
        let mut proof = Proof::new();
        for _ in 0..5 {
            assert!(proof.observe(b"D41D8CD98F00B204E9800998ECF8427E"));
        }
        let evidence = &proof.evidence()[0];
        assert_eq!(evidence.verdict, Verdict::TooFew);
        assert_eq!(
            (
                evidence.candidates[0].empty_rows,
                evidence.candidates[0].hits
            ),
            (5, 0)
        );
    }

    #[test]
    fn a_proof_of_another_scheme_contradicts_the_declared_one() {
        let mut proof = Proof::new();
        for password in ["123456", "password", "dragon"] {
            proof.observe(
                digest(Scheme::NTLM, password.as_bytes())
                    .expect("a digest")
                    .as_bytes(),
            );
        }
        assert!(proof.evidence()[0].contradicts(Scheme::MD5));
        assert!(!proof.evidence()[0].contradicts(Scheme::NTLM));
    }

    #[test]
    fn parts_of_a_column_prove_together_what_none_proves_alone() {
        let part = |password: &str| {
            let mut proof = Proof::new();
            proof.observe(
                digest(Scheme::SHA1, password.as_bytes())
                    .expect("a digest")
                    .as_bytes(),
            );
            proof
        };
        let mut whole = part("123456");
        whole.merge(&part("password"));
        assert_eq!(whole.evidence()[0].verdict, Verdict::TooFew);
        whole.merge(&part("dragon"));
        assert_eq!(whole.evidence()[0].proven(), Some(Scheme::SHA1));
    }

    #[test]
    fn uppercase_digests_are_found_like_lowercase_ones() {
        assert_eq!(
            front(b"0123456789abcdefABCDEF0123456789"),
            Some(0x0123_4567_89ab_cdef_abcd_ef01_2345_6789)
        );
        assert_eq!(front(b"0123456789abcdefABCDEF012345678g"), None);
    }

    #[test]
    fn no_two_candidates_share_the_digest_of_a_word() {
        for shape in Shape::ALL.into_iter().filter(|shape| !shape.is_joined()) {
            let of_words = Table::of(shape)
                .known
                .values()
                .filter(|known| known.word.is_some());
            assert_eq!(
                of_words.count(),
                shape.candidates().len() * words().count(),
                "{shape}"
            );
        }
    }
}
