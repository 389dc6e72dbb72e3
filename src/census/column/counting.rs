//! Counts the rows of one column in lines.

use super::finished::ColumnCensus;
use super::kind::{LineKind, specimen};
use super::line::ColumnLine;
use super::passwords::{PasswordCounts, chance_shape};
use super::settings::CensusSettings;
use crate::census::coverage::{CoverageCounts, Divider, DividerValue};
use crate::census::duplicates::{Duplicates, Sample};
use crate::census::logins::{Cutoffs, LoginAges};
use crate::census::proof::{Proof, ProofHit, ShapeEvidence};
use crate::census::spelling::Spelling;
use crate::policy::{LastLogin, Normalize};
use crate::scheme::{
    Class, Declared, Recognised, SaltBeside, Scheme, Shape, recognise_joined, unpadded,
};
use crate::text;

/// A census under way. Censuses of several threads can be merged.
#[derive(Clone)]
pub struct Census {
    settings: CensusSettings,
    cutoffs: Cutoffs,
    lines: Vec<LineCounts>,
    /// The line of the last row: the next row is often of the same kind.
    last: usize,
    sample: Sample,
    proof: Proof,
    /// What stands beside the next row.
    salt: SaltBeside,
    /// In a column declared plaintext: whether its values are passwords.
    passwords: Option<PasswordCounts>,
    dividers: Vec<Divider>,
    /// For each shape that occurred, if the rows are divided.
    coverage: [Option<Box<CoverageCounts>>; Shape::ALL.len()],
}

/// What a census says of a row at once.
#[derive(Clone, Copy, Debug)]
pub struct ObservedRow<'v> {
    /// What its value is.
    pub recognised: Recognised<'v>,
    /// Whether it is the digest of a common password under a scheme that takes nothing else.
    pub is_hit: bool,
}

/// The counts of one line.
#[derive(Clone)]
struct LineCounts {
    key: LineKind,
    specimen: Recognised<'static>,
    class: Class,
    by_login: Vec<u64>,
    empty_password_rows: u64,
    spelling: Spelling,
}

/// The most lines. A column made to have more kinds has the rest counted as unknown.
const LINES_MAX: usize = 1_000;

impl Census {
    /// An empty census.
    pub fn new(settings: CensusSettings) -> Self {
        Self {
            cutoffs: Cutoffs::new(settings.now_ms, &settings.cutoffs_ms),
            lines: Vec::new(),
            last: 0,
            sample: Sample::new(settings.hash_keys),
            proof: Proof::new(),
            salt: SaltBeside::Given,
            passwords: (settings.declared == Declared::Scheme(Scheme::PLAINTEXT))
                .then(PasswordCounts::new),
            settings,
            dividers: Vec::new(),
            coverage: [const { None }; Shape::ALL.len()],
        }
    }

    /// The same census, which also counts for which rows a proof holds.
    #[must_use]
    pub fn dividing(mut self, dividers: Vec<Divider>) -> Self {
        self.dividers = dividers;
        self
    }

    /// Says what stands in the column of the salt of the row that is counted next.
    pub fn beside(&mut self, salt: SaltBeside) -> &mut Self {
        self.salt = salt;
        self
    }

    /// Counts one row, and returns what its value is.
    pub fn observe<'v>(
        &mut self,
        value: Option<&'v [u8]>,
        last_login: LastLogin,
    ) -> Recognised<'v> {
        self.observe_divided(value, last_login, []).recognised
    }

    /// Counts one row with the values of the dividing columns, in the order of the columns. They
    /// are read for digests alone.
    pub fn observe_divided<'v, 'b>(
        &mut self,
        value: Option<&'v [u8]>,
        last_login: LastLogin,
        beside: impl IntoIterator<Item = DividerValue<'b>>,
    ) -> ObservedRow<'v> {
        let CensusSettings {
            declared,
            separator,
            ..
        } = self.settings;
        let salt = std::mem::take(&mut self.salt);
        let recognised = recognise_joined(value, declared, separator).beside(salt);
        let at = self.line_of(&recognised);
        let place = self.cutoffs.place(last_login);
        let line = &mut self.lines[at];
        line.by_login[place] += 1;
        let value = value.unwrap_or_default();
        if let Some(passwords) = &mut self.passwords {
            passwords.observe(value, &recognised);
        }
        let bare = unpadded(value);
        line.spelling.observe(value, bare, &recognised);
        let mut hit = None;
        if let Recognised::Digest { shape, .. } = recognised {
            match self.proof.observe_beside(bare, salt) {
                ProofHit::None => {}
                ProofHit::EmptyPassword => line.empty_password_rows += 1,
                ProofHit::Word(word) => hit = Some(word),
            }
            if !self.dividers.is_empty() {
                self.coverage[shape.index()]
                    .get_or_insert_with(|| {
                        let keys = self.settings.hash_keys;
                        Box::new(CoverageCounts::new(&self.dividers, keys))
                    })
                    .row(value, hit, beside);
            }
        }
        if !matches!(line.class, Class::Null | Class::Empty | Class::Locked) {
            self.sample.observe(value, at as u32);
        }
        ObservedRow {
            recognised,
            is_hit: hit.is_some(),
        }
    }

    /// Adds a census, with the same settings, of other rows of the column. Neither is divided.
    pub fn merge(&mut self, other: &Self) {
        debug_assert!(
            self.cutoffs == other.cutoffs && self.dividers.is_empty(),
            "only censuses of the same settings add up"
        );
        let lines: Vec<usize> = other
            .lines
            .iter()
            .map(|line| self.line_of(&line.specimen))
            .collect();
        for (at, theirs) in lines.iter().zip(&other.lines) {
            let ours = &mut self.lines[*at];
            ours.empty_password_rows += theirs.empty_password_rows;
            ours.spelling.add(&theirs.spelling);
            for (ours, theirs) in ours.by_login.iter_mut().zip(&theirs.by_login) {
                *ours += theirs;
            }
        }
        self.sample
            .merge(&other.sample, |line| lines[line as usize] as u32);
        self.proof.merge(&other.proof);
        if let (Some(ours), Some(theirs)) = (&mut self.passwords, &other.passwords) {
            ours.merge(theirs);
        }
    }

    /// Takes what may be a digest by chance for passwords where it is rare, and returns the forms
    /// of which that is true.
    fn settle_chance(&mut self) -> Vec<Shape> {
        let Some(passwords) = &self.passwords else {
            return Vec::new();
        };
        let rows_of = |shape| {
            let mut lines = self.lines.iter();
            let line = lines.find(|line| line.key == LineKind::Chance(shape));
            line.map_or(0, |line| line.by_login.iter().sum::<u64>())
        };
        let few: Vec<Shape> = Shape::ALL
            .into_iter()
            .filter(|shape| shape.is_chance() && passwords.are_few(rows_of(*shape)))
            .collect();
        let lines = std::mem::take(&mut self.lines);
        let old = std::mem::replace(&mut self.sample, Sample::new(self.settings.hash_keys));
        let mut places = Vec::new();
        for line in lines {
            let specimen = match line.key {
                LineKind::Chance(shape) if few.contains(&shape) => Recognised::Plaintext(b"x"),
                LineKind::Chance(_) => Recognised::LooksHashed,
                _ => line.specimen,
            };
            let at = self.line_of(&specimen);
            places.push(at as u32);
            let ours = &mut self.lines[at];
            ours.empty_password_rows += line.empty_password_rows;
            ours.spelling.add(&line.spelling);
            for (ours, theirs) in ours.by_login.iter_mut().zip(&line.by_login) {
                *ours += theirs;
            }
        }
        self.sample.merge(&old, |line| places[line as usize]);
        few
    }

    /// The result.
    pub fn finish(mut self) -> ColumnCensus {
        let chance_passwords = self.settle_chance();
        self.sample.settle();
        let mut shapes = self.proof.evidence();
        shapes.extend(self.lines.iter().filter_map(|counts| match counts.key {
            LineKind::Digest(shape) if shape.is_joined() => {
                Some(ShapeEvidence::untried(shape, counts.by_login.iter().sum()))
            }
            _ => None,
        }));
        shapes.sort_by_key(|evidence| evidence.shape.index());
        for evidence in &mut shapes {
            if let Some(counts) = self.coverage[evidence.shape.index()].take() {
                // What is declared is so for rows with their salt.
                let declared = match evidence.shape.missing_salt() {
                    Some(_) => Declared::Auto,
                    None => self.settings.declared,
                };
                evidence.judge_coverage(*counts, declared);
            }
        }
        let mut lines: Vec<ColumnLine> = (0..)
            .zip(&self.lines)
            .map(|(at, counts)| self.line(at, counts, &shapes))
            .collect();
        lines.sort_by_key(|line| (line.class, std::cmp::Reverse(line.rows)));
        let mut login_ages = LoginAges::default();
        for counts in &self.lines {
            self.cutoffs.add(&mut login_ages, &counts.by_login);
        }
        ColumnCensus {
            rows: lines.iter().map(|line| line.rows).sum(),
            lines,
            shapes,
            login_ages,
            chance_passwords,
            one_form: self.passwords.and_then(|passwords| passwords.one_form()),
        }
    }

    fn line(&self, at: u32, counts: &LineCounts, shapes: &[ShapeEvidence]) -> ColumnLine {
        let rows = counts.by_login.iter().sum();
        let by_mark = counts.specimen.scheme();
        let proven = match counts.specimen {
            Recognised::Digest {
                shape,
                scheme: None,
            } => shapes
                .iter()
                .find(|evidence| evidence.shape == shape)
                .and_then(ShapeEvidence::proven),
            _ => None,
        };
        let mut login_ages = LoginAges::default();
        self.cutoffs.add(&mut login_ages, &counts.by_login);
        let by_login = counts
            .by_login
            .iter()
            .enumerate()
            .filter(|(_, rows)| **rows > 0);
        let sampled = !matches!(counts.class, Class::Null | Class::Empty | Class::Locked);
        ColumnLine {
            class: counts.class,
            specimen: counts.specimen,
            scheme: by_mark.or(proven),
            proven: proven.is_some(),
            rows,
            empty_password_rows: counts.empty_password_rows,
            spelling: counts.spelling,
            duplicates: if sampled {
                self.sample.of_line(at, rows)
            } else {
                Duplicates::default()
            },
            last_logins: by_login
                .map(|(place, rows)| (self.cutoffs.specimen(place), *rows))
                .collect(),
            login_ages,
        }
    }

    /// The line in which such a value is counted.
    pub(super) fn line_of(&mut self, recognised: &Recognised<'_>) -> usize {
        let class = recognised.class(&self.settings.target);
        let key = self.key(recognised, class);
        if self
            .lines
            .get(self.last)
            .is_some_and(|line| line.key == key)
        {
            return self.last;
        }
        self.last = match self.lines.iter().position(|line| line.key == key) {
            Some(at) => at,
            None if self.lines.len() >= LINES_MAX && key != LineKind::Unknown => {
                return self.line_of(&Recognised::Unknown);
            }
            None => {
                let (specimen, by_login) =
                    (specimen(recognised, key), vec![0; self.cutoffs.places()]);
                self.lines.push(LineCounts {
                    key,
                    specimen,
                    class,
                    by_login,
                    empty_password_rows: 0,
                    spelling: Spelling::default(),
                });
                self.lines.len() - 1
            }
        };
        self.last
    }

    fn key(&self, recognised: &Recognised<'_>, class: Class) -> LineKind {
        match *recognised {
            Recognised::Null => LineKind::Null,
            Recognised::Empty => LineKind::Empty,
            Recognised::Marker(name) => LineKind::Marker(name),
            Recognised::Dead => LineKind::Dead,
            Recognised::Wrapped { outer, inner, .. } => LineKind::Wrapped(outer, inner, class),
            Recognised::Native { scheme, .. } => LineKind::Native(scheme, class),
            Recognised::Digest { shape, .. } => LineKind::Digest(shape),
            Recognised::Plaintext(text) if self.is_blank_answer(text) => LineKind::BlankAnswer,
            Recognised::Plaintext(_) => {
                chance_shape(recognised).map_or(LineKind::Plaintext, LineKind::Chance)
            }
            Recognised::LooksHashed => LineKind::LooksHashed,
            Recognised::Undecodable => LineKind::Undecodable,
            Recognised::TooLong => LineKind::TooLong,
            Recognised::Unknown => LineKind::Unknown,
        }
    }

    fn is_blank_answer(&self, text: &[u8]) -> bool {
        // One ASCII letter or digit is enough to leave something. Almost every answer has one.
        self.settings.normalize == Some(Normalize::Answer1)
            && !text.iter().any(u8::is_ascii_alphanumeric)
            && std::str::from_utf8(text).is_ok_and(|text| text::answer1(text).is_empty())
    }
}

#[cfg(test)]
mod tests;
