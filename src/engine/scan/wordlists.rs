//! The lists of known passwords, as files. They are read and matched block by block on all threads,
//! while the database's thread goes on.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::census::{
    ListError, Lists, Matcher, Pwned, PwnedError, WORD_BYTES_MAX, WordBlock, WordBlocks,
};
use crate::config::KnownPasswords;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::hash::threads::on_pool;

/// The lists of a configuration, looked at.
pub(crate) struct ListFiles {
    /// Which lists there are.
    pub(crate) lists: Lists,
    words: Vec<PathBuf>,
    pwned: Option<PathBuf>,
}

/// A block of words is cut into such parts for the threads.
const PART_WORDS: usize = 4_096;

/// So much of a pwned list is searched between two words on how far it is.
const PWNED_STEP_BYTES: u64 = 64 << 20;

/// How often an operator hears how far a list is.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Whether the lists of known passwords can be read.
///
/// # Errors
/// The first that can't.
pub fn check_lists(known: &KnownPasswords) -> Result<(), ListError> {
    ListFiles::open(known).map(|_| ())
}

impl ListFiles {
    /// Opens each list once.
    pub(crate) fn open(known: &KnownPasswords) -> Result<Self, ListError> {
        for path in &known.wordlists {
            // A folder can be opened, and not be read.
            open(path)
                .and_then(|mut file| file.read(&mut [0]))
                .map_err(|source| ListError::of_words(path, source))?;
        }
        let pwned = match &known.pwned {
            Some(path) => Some(open_pwned(path)?.kind()),
            None => None,
        };
        Ok(Self {
            lists: Lists {
                words: !known.wordlists.is_empty(),
                pwned,
            },
            words: known.wordlists.clone(),
            pwned: known.pwned.clone(),
        })
    }

    /// The first words of all, for values on which each has to be tried.
    pub(crate) fn first_words(&self, count: usize) -> Result<Vec<Vec<u8>>, ListError> {
        let mut first: Vec<Vec<u8>> = Vec::with_capacity(count);
        for path in &self.words {
            let mut blocks = word_blocks(path)?;
            while first.len() < count
                && let Some(block) = next_block(&mut blocks, path)?
            {
                let wanted = count - first.len();
                first.extend(block.words(0..wanted).map(<[u8]>::to_vec));
            }
        }
        Ok(first)
    }

    /// Matches every list with the fingerprints of a column.
    pub(crate) async fn match_all(
        &self,
        mut matcher: Matcher,
        pool: &Arc<ThreadPool>,
        tell: &mut ListProgress<'_>,
    ) -> Result<Matcher, EngineError> {
        for path in &self.words {
            matcher = match_words(path, matcher, pool, tell).await?;
        }
        if let Some(path) = &self.pwned {
            matcher = match_pwned(path, matcher, pool, tell).await?;
        }
        Ok(matcher)
    }
}

/// Says about once a second which list is read for which column, and how far.
pub(crate) struct ListProgress<'a> {
    observer: &'a dyn Observer,
    credential: &'a str,
    told: Option<Instant>,
    /// Lists about whose skipped lines a word has been said.
    warned: Vec<PathBuf>,
}

impl<'a> ListProgress<'a> {
    pub(crate) fn new(observer: &'a dyn Observer, credential: &'a str) -> Self {
        Self {
            observer,
            credential,
            told: None,
            warned: Vec::new(),
        }
    }

    fn tell(&mut self, path: &Path, at_byte: u64, bytes: u64) {
        if self.told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        let percent = (at_byte.min(bytes) * 100).checked_div(bytes).unwrap_or(100);
        let what = format!(
            "looking for passwords of {} in {}: {percent} %",
            self.credential,
            path.display()
        );
        self.observer.on(None, &Event::Preparing { what });
    }

    fn warn_of_long_lines(&mut self, path: &Path, lines: u64) {
        if lines > 0 && !self.warned.iter().any(|warned| warned == path) {
            self.warned.push(path.to_owned());
            let text = format!(
                "{lines} lines of {} are longer than {WORD_BYTES_MAX} bytes and were skipped",
                path.display()
            );
            self.observer.on(None, &Event::Warning { text });
        }
    }
}

async fn match_words(
    path: &Path,
    mut matcher: Matcher,
    pool: &Arc<ThreadPool>,
    tell: &mut ListProgress<'_>,
) -> Result<Matcher, EngineError> {
    let bytes = file_bytes(path).map_err(|source| ListError::of_words(path, source))?;
    let mut blocks = word_blocks(path)?;
    loop {
        tell.tell(path, blocks.bytes_read(), bytes);
        let named = path.to_owned();
        let step = on_pool(pool, move || {
            let block = next_block(&mut blocks, &named)?;
            let more = block.is_some();
            if let Some(block) = block {
                for places in look_up(&matcher, &block) {
                    matcher.add(&places);
                }
            }
            Ok::<_, ListError>((blocks, matcher, more))
        });
        let (back, with, more) = step.await??;
        (blocks, matcher) = (back, with);
        if !more {
            tell.warn_of_long_lines(path, blocks.too_long());
            return Ok(matcher);
        }
    }
}

fn look_up(matcher: &Matcher, block: &WordBlock) -> Vec<Vec<usize>> {
    let parts = block.len().div_ceil(PART_WORDS);
    (0..parts)
        .into_par_iter()
        .map(|part| matcher.look_up(block, part * PART_WORDS..(part + 1) * PART_WORDS))
        .collect()
}

async fn match_pwned(
    path: &Path,
    mut matcher: Matcher,
    pool: &Arc<ThreadPool>,
    tell: &mut ListProgress<'_>,
) -> Result<Matcher, EngineError> {
    let mut list = open_pwned(path)?;
    let mut looked_for = 0;
    while looked_for < matcher.fingerprints().len() {
        let step = on_pool(pool, move || {
            let mut places = Vec::new();
            let step = list.search(
                matcher.fingerprints(),
                looked_for,
                PWNED_STEP_BYTES,
                &mut places,
            )?;
            matcher.add(&places);
            Ok((list, matcher, step))
        });
        let done: Result<_, PwnedError> = step.await?;
        let (back, with, step) = done.map_err(|source| ListError::of_pwned(path, source))?;
        (list, matcher) = (back, with);
        looked_for = step.looked_for;
        tell.tell(path, step.at_byte, list.bytes());
    }
    Ok(matcher)
}

fn word_blocks(path: &Path) -> Result<WordBlocks<File>, ListError> {
    let file = open(path).map_err(|source| ListError::of_words(path, source))?;
    Ok(WordBlocks::new(file))
}

fn next_block(blocks: &mut WordBlocks<File>, path: &Path) -> Result<Option<WordBlock>, ListError> {
    blocks
        .next_block()
        .map_err(|source| ListError::of_words(path, source))
}

fn open_pwned(path: &Path) -> Result<Pwned<File>, ListError> {
    open(path)
        .map_err(PwnedError::from)
        .and_then(Pwned::open)
        .map_err(|source| ListError::of_pwned(path, source))
}

fn open(path: &Path) -> std::io::Result<File> {
    File::open(path)
}

fn file_bytes(path: &Path) -> std::io::Result<u64> {
    std::fs::metadata(path).map(|about| about.len())
}
