//! Judges a column line by line, in bounded memory.

use std::convert::Infallible;

use super::cluster::{LinesVerdict, clusters};
use crate::census::column::{Census, CensusSettings};
use crate::census::reservoir::Reservoir;
use crate::census::trial::{TRIAL_ROWS, Trial};
use crate::policy::LastLogin;
use crate::scheme::{Candidate, Declared, Recognised, Scheme, Shape, Strength, identify};
use crate::secret::StoredHash;
use crate::text;

/// Judges a column line by line, in bounded memory.
pub struct LineJudge {
    census: Census,
    /// Samples of the shapes with a salt behind the digest, by the place of the shape.
    samples: Vec<Reservoir<StoredHash>>,
    /// Values without a mark that have the form of a hash: what they may be, and how many.
    unmarked: Vec<(Vec<Scheme>, u64)>,
    candidates: Vec<Candidate>,
}

/// The most digests that are made for salted values, on one thread: some seconds.
const TRIES_MAX: u64 = 10_000_000;
/// The most kinds of values without a mark. Values of further kinds count as unknown.
const UNMARKED_MAX: usize = 100;
/// The size of a sample. One thread tries it, so it is smaller than that of a table.
const LINES_MAX: usize = TRIAL_ROWS / 2;

impl LineJudge {
    /// Begins with nothing counted. The keys are random; they hash and sample.
    pub fn new(keys: [u64; 2]) -> Self {
        let census = Census::new(CensusSettings {
            declared: Declared::Auto,
            separator: None,
            // The target only divides slow from strong, which no cluster shows.
            target: Strength::Bcrypt { cost: 10 },
            normalize: None,
            now_ms: 0,
            cutoffs_ms: Vec::new(),
            hash_keys: keys,
        });
        let samples = (0..).zip(Shape::ALL);
        Self {
            census,
            samples: samples
                .map(|(at, _)| Reservoir::new(LINES_MAX, keys[0] ^ keys[1].rotate_left(at)))
                .collect(),
            unmarked: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// Adds a line without its end. Quotes around the whole line are ignored.
    pub fn observe(&mut self, line: &[u8]) {
        let line = text::unquote(line).unwrap_or(line);
        let shape = match self.census.observe(Some(line), LastLogin::Unknown) {
            Recognised::Digest { shape, .. } => shape,
            Recognised::Unknown => return self.observe_unmarked(line),
            _ => return,
        };
        if shape.is_joined()
            && let Some(sample) = self.samples.get_mut(shape.index())
        {
            let Ok(()) = sample.offer(|| Ok::<_, Infallible>(StoredHash::new(line)));
        }
    }

    fn observe_unmarked(&mut self, line: &[u8]) {
        let _ = identify(line, &mut self.candidates);
        if self.candidates.is_empty() {
            return;
        }
        let found = self.candidates.iter().map(|candidate| candidate.scheme);
        let known = self
            .unmarked
            .iter()
            .position(|(schemes, _)| found.clone().eq(schemes.iter().copied()));
        match known {
            Some(at) => self.unmarked[at].1 += 1,
            None if self.unmarked.len() < UNMARKED_MAX => self.unmarked.push((found.collect(), 1)),
            None => {}
        }
    }

    /// The verdict.
    pub fn finish(self) -> LinesVerdict {
        let mut census = self.census.finish();
        for (shape, sample) in Shape::ALL.into_iter().zip(self.samples) {
            let sample = sample.into_sample();
            if sample.is_empty() {
                continue;
            }
            let Some(mut trial) = Trial::new(shape, Vec::new()) else {
                continue;
            };
            for value in &sample {
                trial.row(value.as_bytes(), []);
            }
            trial.run(TRIES_MAX);
            census.settle(shape, trial.evidence());
        }
        LinesVerdict {
            rows: census.rows,
            clusters: clusters(&census, self.unmarked),
        }
    }
}

/// Judges a column that is given as lines without their ends.
pub fn judge_lines<L: AsRef<[u8]>>(
    lines: impl IntoIterator<Item = L>,
    keys: [u64; 2],
) -> LinesVerdict {
    let mut judge = LineJudge::new(keys);
    for line in lines {
        judge.observe(line.as_ref());
    }
    judge.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Context, digest, make};

    const KEYS: [u64; 2] = [1, 2];
    const WORDS: [&str; 4] = ["123456", "password", "dragon", "monkey"];

    fn of(scheme: Scheme, word: &str) -> String {
        digest(scheme, word.as_bytes())
            .expect("an unsalted digest")
            .to_string()
    }

    fn joined(scheme: Scheme, word: &str, salt: &str) -> String {
        let made = make(
            scheme,
            salt.as_bytes(),
            word.as_bytes(),
            &Context::default(),
        );
        let made = made.expect("a salt is all it needs").expect("a digest");
        format!("{}:{salt}", *made)
    }

    /// Shape, rows, scheme, and the hits that prove it.
    fn check(lines: &[String], expected: &[(&str, u64, Option<Scheme>, Option<u64>)]) {
        let verdict = judge_lines(lines, KEYS);
        assert_eq!(verdict.rows, lines.len() as u64);
        let found: Vec<_> = verdict
            .clusters
            .iter()
            .map(|cluster| {
                let hits = cluster.proof.map(|proof| proof.hits);
                (cluster.shape.as_str(), cluster.rows, cluster.scheme, hits)
            })
            .collect();
        assert_eq!(found, expected);
        let shares: f64 = verdict.clusters.iter().map(|cluster| cluster.share).sum();
        assert!((shares - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_pure_column_has_one_cluster_with_its_proof() {
        for scheme in [Scheme::MD5, Scheme::NTLM, Scheme::MD5_UTF16] {
            let lines = WORDS.map(|word| of(scheme, word));
            check(&lines, &[("hex32", 4, Some(scheme), Some(4))]);
        }
    }

    #[test]
    fn a_salt_behind_the_digest_is_proven_too() {
        let lines: Vec<String> = (0..)
            .zip(WORDS)
            .map(|(at, word)| joined(Scheme::MD5_SP, word, &format!("salt{at}")))
            .collect();
        check(&lines, &[("hex32:salt", 4, Some(Scheme::MD5_SP), Some(4))]);
    }

    #[test]
    fn what_no_common_password_tells_apart_keeps_all_its_candidates() {
        let lines = ["%one%", "%two%"].map(|word| of(Scheme::MD5, word));
        check(&lines, &[("hex32", 2, None, None)]);
        let verdict = judge_lines(&lines, KEYS);
        let candidates = &verdict.clusters[0].candidates;
        assert_eq!(candidates[..2], [Scheme::MD5, Scheme::NTLM]);
        assert!(candidates.contains(&Scheme::VBULLETIN));
    }

    #[test]
    fn a_mix_is_told_apart_the_greatest_cluster_first() {
        let mut lines: Vec<String> = WORDS.map(|word| of(Scheme::SHA1, word)).into();
        lines.extend(WORDS[..3].iter().map(|word| of(Scheme::MD5, word)));
        for marker in ["!", "!", "", "what is this"] {
            lines.push(marker.to_owned());
        }
        let bcrypt = "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6";
        // Two strengths of one scheme are one cluster.
        lines.push(bcrypt.to_owned());
        lines.push(bcrypt.replace("$12$", "$04$"));
        let verdict = judge_lines(&lines, KEYS);
        let shapes: Vec<_> = verdict
            .clusters
            .iter()
            .map(|cluster| (cluster.shape.as_str(), cluster.rows))
            .collect();
        let (first, rest) = shapes.split_at(2);
        assert_eq!(first, [("hex40", 4), ("hex32", 3)]);
        for other in [("!", 2), ("bcrypt-2y", 2), ("empty", 1), ("unknown", 1)] {
            assert!(rest.contains(&other), "{other:?}");
        }
    }

    #[test]
    fn what_has_a_form_and_no_mark_is_named_and_no_scheme_is_taken_for_granted() {
        let mut lines = vec!["rl.3StKT.4T8M".to_owned(), "ab/2345678901".to_owned()];
        lines.push("606717496665bcba".to_owned());
        lines.push("what is this".to_owned());
        let verdict = judge_lines(&lines, KEYS);
        let cluster = |shape: &str| {
            verdict
                .clusters
                .iter()
                .find(|known| known.shape == shape)
                .map(|known| (known.rows, known.scheme, known.candidates.first().copied()))
        };
        assert_eq!(cluster("descrypt"), Some((2, None, Some(Scheme::DESCRYPT))));
        assert_eq!(cluster("unknown"), Some((1, None, None)));
        let rows: u64 = verdict.clusters.iter().map(|known| known.rows).sum();
        assert_eq!((verdict.rows, rows), (4, 4));
    }

    #[test]
    fn quotes_padding_and_case_make_no_other_cluster() {
        let lines = [
            format!("\"{}\"", of(Scheme::MD5, "123456")),
            format!("'{}'", of(Scheme::MD5, "password")),
            format!(" {} \r", of(Scheme::MD5, "dragon")),
            of(Scheme::MD5, "monkey").to_uppercase(),
        ];
        check(&lines, &[("hex32", 4, Some(Scheme::MD5), Some(4))]);
    }

    #[test]
    fn no_lines_are_no_clusters() {
        let verdict = judge_lines(Vec::<String>::new(), KEYS);
        assert_eq!((verdict.rows, verdict.clusters.len()), (0, 0));
    }
}
