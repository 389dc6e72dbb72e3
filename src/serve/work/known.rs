//! The lists of `[known]`, which a new password must not stand in, as far as they can be asked
//! while a user waits.
//!
//! Words are kept in memory up to a bound. A list of digests is ordered and stays on the disk; a
//! look-up reads a few windows of it. A password is compared as it was typed, in no other spelling.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::census::{Fingerprint, Fingerprints, ListError, Lists, Pwned, PwnedError, WordBlocks};
use crate::config::KnownPasswords;
use crate::secret::Password;

/// The most words that are kept: 16 MB of fingerprints, and at most 10 MB around them.
///
/// Lists are sorted by how often a password is used. Nobody who is held to a few attempts gets
/// further down than this.
const WORDS_MAX: usize = 1_000_000;

/// The lists.
pub(in crate::serve) struct KnownLists {
    lists: Lists,
    words: Fingerprints,
    is_cut: bool,
    pwned: Option<PathBuf>,
}

impl KnownLists {
    /// Reads the word lists, and checks that the list of digests can be searched.
    pub(in crate::serve) fn open(known: &KnownPasswords) -> Result<Self, ListError> {
        let pwned = match &known.pwned {
            Some(path) => Some(open(path)?.kind()),
            None => None,
        };
        let lists = Lists {
            words: !known.wordlists.is_empty(),
            pwned,
        };
        let mut words = Vec::new();
        let mut is_cut = false;
        for path in &known.wordlists {
            is_cut |= !read_words(path, lists, &mut words)
                .map_err(|source| ListError::of_words(path, source))?;
        }
        Ok(Self {
            lists,
            words: Fingerprints::new(words),
            is_cut,
            pwned: known.pwned.clone(),
        })
    }

    /// Whether words were left out.
    pub(in crate::serve) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How many words are kept.
    pub(in crate::serve) fn words(&self) -> usize {
        self.words.len()
    }

    /// Whether a list has the password. It reads a file, so call it on a hashing thread.
    pub(in crate::serve) fn has(&self, password: &Password) -> Result<bool, ListError> {
        if self.lists.is_empty() {
            return Ok(false);
        }
        let Some(fingerprint) = self.lists.of_password(password.as_bytes()) else {
            return Ok(false);
        };
        if self.words.contains(fingerprint) {
            return Ok(true);
        }
        match &self.pwned {
            Some(path) => is_in(path, fingerprint),
            None => Ok(false),
        }
    }
}

/// Adds the words of a list. False if the list has more than are kept.
fn read_words(path: &Path, lists: Lists, words: &mut Vec<Fingerprint>) -> std::io::Result<bool> {
    let mut blocks = WordBlocks::new(File::open(path)?);
    while let Some(block) = blocks.next_block()? {
        let room = WORDS_MAX - words.len();
        words.extend(
            block
                .words(0..room)
                .filter_map(|word| lists.of_password(word)),
        );
        if block.len() > room {
            return Ok(false);
        }
    }
    Ok(true)
}

fn open(path: &Path) -> Result<Pwned<File>, ListError> {
    File::open(path)
        .map_err(PwnedError::from)
        .and_then(Pwned::open)
        .map_err(|source| ListError::of_pwned(path, source))
}

fn is_in(path: &Path, fingerprint: Fingerprint) -> Result<bool, ListError> {
    let mut found = Vec::new();
    open(path)?
        .search(
            &Fingerprints::new(vec![fingerprint]),
            0,
            u64::MAX,
            &mut found,
        )
        .map_err(|source| ListError::of_pwned(path, source))?;
    Ok(!found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Scheme, digest};

    fn lists(words: &[&str], pwned: &[&str]) -> (tempfile::TempDir, KnownLists) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut known = KnownPasswords::default();
        if !words.is_empty() {
            let path = folder.path().join("words");
            std::fs::write(&path, words.join("\n")).expect("written");
            known.wordlists.push(path);
        }
        if !pwned.is_empty() {
            let path = folder.path().join("pwned");
            let digest = |word: &&str| digest(Scheme::SHA1, word.as_bytes()).expect("a digest");
            let mut lines: Vec<String> = pwned
                .iter()
                .map(|word| format!("{}:9", digest(word).to_uppercase()))
                .collect();
            lines.sort();
            std::fs::write(&path, lines.join("\r\n")).expect("written");
            known.pwned = Some(path);
        }
        let lists = KnownLists::open(&known).expect("readable");
        (folder, lists)
    }

    fn has(lists: &KnownLists, password: &str) -> bool {
        lists.has(&Password::new(password)).expect("readable")
    }

    #[test]
    fn a_password_is_known_by_either_kind_of_list() {
        for (words, pwned) in [
            (&["dragon", "pässword"][..], &[][..]),
            (&[], &["dragon", "pässword"]),
            (&["dragon"], &["pässword"]),
        ] {
            let (_folder, lists) = lists(words, pwned);
            assert!(has(&lists, "dragon") && has(&lists, "pässword"));
            assert!(!has(&lists, "Dragon") && !has(&lists, "dragons"));
        }
        assert!(!has(&lists(&[], &[]).1, "dragon"));
    }

    #[test]
    fn a_list_that_is_gone_is_an_error_and_no_answer() {
        let (folder, lists) = lists(&[], &["dragon"]);
        drop(folder);
        assert!(lists.has(&Password::new("dragon")).is_err());
    }
}
