//! Counts the digests of common passwords in a column.

use super::digest_table::DigestTable;
use super::evidence::{CandidateHits, ShapeEvidence, leader, verdict};
use crate::census::bits::front;
use crate::census::coverage::RowHit;
use crate::census::words::words;
use crate::scheme::{SaltBeside, Shape};

/// The hits in one column so far.
#[derive(Clone)]
pub struct Proof {
    shapes: [Option<ShapeHits>; Shape::ALL.len()],
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
    /// One bit for each word that was found.
    words: Vec<u64>,
}

/// What a digest was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofHit {
    /// Nothing that is known.
    None,
    /// The digest of the empty password under some candidate.
    EmptyPassword,
    /// The digest of a common password.
    Word(RowHit),
}

impl Default for Proof {
    fn default() -> Self {
        Self::new()
    }
}

impl Proof {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self {
            shapes: [const { None }; Shape::ALL.len()],
        }
    }

    /// Counts a bare digest that is trimmed, in any spelling. A value of another shape is not
    /// counted.
    ///
    /// Returns whether it is the digest of a common password, or of the empty one.
    pub fn observe(&mut self, value: &[u8]) -> ProofHit {
        self.observe_beside(value, SaltBeside::Given)
    }

    /// The same, given what stands in the column of the salt.
    pub fn observe_beside(&mut self, value: &[u8], salt: SaltBeside) -> ProofHit {
        // Hex first, without an allocation: nearly every digest is spelt so.
        let in_hex = Shape::of_digits(value.len()).zip(front(value));
        let found = in_hex.or_else(|| {
            let shape = Shape::of(value).filter(|shape| !shape.is_joined())?;
            Some((shape, front(shape.digest_text(value)?.as_bytes())?))
        });
        let Some((mut shape, front)) = found else {
            return ProofHit::None;
        };
        if let SaltBeside::Missing(missing) = salt {
            shape = shape.lacking(missing);
        }
        let found = self.shape(shape);
        found.rows += 1;
        // One that is salted with nothing is the digest of another scheme without a salt.
        if salt == SaltBeside::CountsAsEmpty || shape.candidates().is_empty() {
            return ProofHit::None;
        }
        let Some(known) = DigestTable::of(shape).get(front) else {
            return ProofHit::None;
        };
        let candidate = known.candidate;
        let hits = &mut found.candidates[usize::from(candidate)];
        match known.word {
            Some(word) => {
                hits.rows += 1;
                hits.words[usize::from(word) / 64] |= 1 << (word % 64);
                ProofHit::Word(RowHit { candidate, word })
            }
            None => {
                hits.empty_rows += 1;
                ProofHit::EmptyPassword
            }
        }
    }

    /// Adds the hits of another part of the column.
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

    /// The evidence for every shape that occurred, shortest first.
    pub fn evidence(&self) -> Vec<ShapeEvidence> {
        let seen = Shape::ALL.into_iter().zip(&self.shapes);
        seen.filter_map(|(shape, hits)| Some(evidence(shape, hits.as_ref()?)))
            .collect()
    }

    fn shape(&mut self, shape: Shape) -> &mut ShapeHits {
        self.shapes[shape.index()].get_or_insert_with(|| {
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
        coverage: None,
        second: Vec::new(),
        verdict: verdict(&candidates, found.rows),
        bare: verdict(&candidates, found.rows),
        bare_leader: leader(&candidates, found.rows),
        candidates,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::ShapeVerdict;
    use crate::scheme::{Scheme, digest};

    fn check(scheme: Scheme, passwords: &[&str], verdict: ShapeVerdict) {
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
    fn every_candidate_is_proven_by_common_passwords_under_it() {
        for scheme in Scheme::all().filter(|scheme| scheme.shape().is_some() && !scheme.salted()) {
            check(
                scheme,
                &["123456", "password", "123456", "%unheard of%"],
                ShapeVerdict::Proven(scheme),
            );
        }
    }

    #[test]
    fn two_rows_or_one_word_prove_nothing() {
        check(Scheme::MD5, &["123456", "password"], ShapeVerdict::TooFew);
        check(
            Scheme::MD5,
            &["123456", "123456", "123456", "123456"],
            ShapeVerdict::TooFew,
        );
        check(Scheme::MD5, &["%unheard of%"], ShapeVerdict::TooFew);
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
        assert_eq!(proof.evidence()[0].verdict, ShapeVerdict::Mixed);
        assert!(!proof.evidence()[0].contradicts(Scheme::SHA1));
    }

    /// Rows of people's passwords under one scheme, and then those of others.
    fn check_with(people: Scheme, others: &[(Scheme, &str, usize)], expected: ShapeVerdict) {
        let mut proof = Proof::new();
        let mut row = |scheme: Scheme, password: &str| {
            let made = digest(scheme, password.as_bytes()).expect("a digest");
            proof.observe(made.as_bytes());
        };
        for (number, word) in words().take(300).enumerate() {
            (0..=10 / (number + 1)).for_each(|_| row(people, word));
            (0..9).for_each(|copy| row(people, &format!("%{word} {copy}%")));
        }
        for (scheme, password, rows) in others {
            (0..*rows).for_each(|_| row(*scheme, password));
        }
        let evidence = &proof.evidence()[0];
        assert_eq!(evidence.verdict, expected, "{others:?}");
    }

    #[test]
    fn one_user_whose_password_is_a_digest_stops_nothing() {
        let digest_of_123456 = "e10adc3949ba59abbe56e057f20f883e";
        let proven = ShapeVerdict::Proven(Scheme::MD5);
        check_with(Scheme::MD5, &[(Scheme::MD5, digest_of_123456, 1)], proven);
        check_with(Scheme::MD5, &[(Scheme::MD5, digest_of_123456, 40)], proven);
        let five: Vec<_> = ["dragon", "monkey", "qwerty", "abc123", "letmein"]
            .iter()
            .map(|word| (Scheme::MD5_MD5, *word, 1))
            .collect();
        check_with(Scheme::MD5, &five, proven);
    }

    #[test]
    fn one_word_of_another_scheme_decides_nothing_and_three_rows_of_two_do() {
        let proven = ShapeVerdict::Proven(Scheme::MD5);
        check_with(Scheme::MD5, &[(Scheme::NTLM, "dragon", 1)], proven);
        check_with(
            Scheme::MD5,
            &[(Scheme::NTLM, "dragon", 2), (Scheme::NTLM, "monkey", 1)],
            ShapeVerdict::Mixed,
        );
    }

    #[test]
    fn a_nested_scheme_with_rows_of_many_words_is_a_mixture() {
        let many: Vec<_> = words()
            .take(30)
            .map(|word| (Scheme::MD5_MD5, word, 1))
            .collect();
        check_with(Scheme::MD5, &many, ShapeVerdict::Mixed);
    }

    #[test]
    fn five_accounts_in_a_large_table_are_no_proof() {
        let mut proof = Proof::new();
        for word in ["123456", "password", "dragon", "monkey", "qwerty"] {
            let made = digest(Scheme::MD5, word.as_bytes()).expect("a digest");
            proof.observe(made.as_bytes());
        }
        for row in 0..20_000_u128 {
            proof.observe(format!("{:032x}", row * 0x1234_5678_9abc_def1).as_bytes());
        }
        assert_eq!(proof.evidence()[0].verdict, ShapeVerdict::TooFew);
    }

    #[test]
    fn the_empty_password_is_counted_and_proves_nothing() {
        let mut proof = Proof::new();
        for _ in 0..5 {
            let hit = proof.observe(b"D41D8CD98F00B204E9800998ECF8427E");
            assert_eq!(hit, ProofHit::EmptyPassword);
        }
        let evidence = &proof.evidence()[0];
        assert_eq!(evidence.verdict, ShapeVerdict::TooFew);
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
        assert_eq!(whole.evidence()[0].verdict, ShapeVerdict::TooFew);
        whole.merge(&part("dragon"));
        assert_eq!(whole.evidence()[0].proven(), Some(Scheme::SHA1));
    }
}
