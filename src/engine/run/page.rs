//! A page on its way from the reader through the pool to the writer.

use std::rc::Rc;

use tokio::sync::oneshot;

use super::join::tally::{ChunkTally, LeftRow};

use crate::engine::error::HasherError;
use crate::engine::judge::work::{Disposition, Judged, Work};
use crate::policy::ResetMode;
use crate::reset::{DeadForm, RANDOM_BYTES};
use crate::secret::StoredHash;
use crate::store::ledger::{QuarantineReason, ResetReason};
use crate::store::{Fence, KeptVerdict as Kept, Key, Page, PageItem, Row, Storage, Swap};

const PAGE_BYTES_MAX: usize = 1 << 20;

/// The cursor moves at least this often, where hardly any row is a candidate.
const SEEN_ROWS_MAX: i64 = 20_000;

/// A page on its way.
pub(crate) struct Pending {
    pub(crate) chunk: usize,
    pub(crate) fence: Fence,
    pub(crate) column: usize,
    pub(crate) drafts: Vec<RowDraft>,
    pub(crate) made: oneshot::Receiver<Vec<Option<StoredHash>>>,
    pub(crate) seen: i64,
    pub(crate) cursor: Option<Key>,
    pub(crate) last: bool,
    /// The chunk's tally when it was claimed.
    pub(crate) tally: Rc<ChunkTally>,
    /// Rows that are left as they are, each with the number of the row in the page.
    pub(crate) left: Vec<(i64, LeftRow)>,
}

/// A candidate before its new value is made.
pub(crate) struct RowDraft {
    pub(crate) key: Key,
    /// How many rows of the page were read up to this one, and with it.
    pub(crate) seen: i64,
    pub(crate) what: RowTask,
}

pub(crate) enum RowTask {
    Hash {
        old: StoredHash,
        storage: Storage,
        kept: Option<Work>,
        known: bool,
    },
    Swap {
        old: StoredHash,
        storage: Storage,
        new: StoredHash,
    },
    Reset {
        old: StoredHash,
        storage: Storage,
        why: ResetReason,
    },
    Quarantine {
        reason: QuarantineReason,
        class: &'static str,
        bytes: i64,
    },
}

/// A row that was written and is checked again.
pub(crate) struct Canary {
    pub(crate) key: Key,
    pub(crate) work: Work,
    pub(crate) new: StoredHash,
}

/// A page as the reader fills it.
#[derive(Default)]
pub(crate) struct Filling {
    pub(crate) drafts: Vec<RowDraft>,
    pub(crate) works: Vec<Work>,
    pub(crate) bytes: usize,
    pub(crate) seen: i64,
    pub(crate) cursor: Option<Key>,
    /// Whether it is the last page of its chunk.
    pub(crate) last: bool,
    /// Rows that are left as they are, each with the number of the row in the page.
    pub(crate) left: Vec<(i64, LeftRow)>,
}

/// What becomes of the texts that are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    /// They are kept until what was written has been checked against them: it is a canary.
    Keep,
    /// They are dropped once they are hashed.
    Drop,
}

impl Filling {
    pub(crate) fn pass_over(&mut self, row: Row, judged: &Judged) {
        self.seen += 1;
        if let Some(left) = LeftRow::of(judged) {
            self.left.push((self.seen, left));
        }
        self.cursor = Some(row.key);
    }

    pub(crate) fn push(&mut self, row: Row, judged: Judged, texts: Texts) {
        self.seen += 1;
        self.cursor = Some(row.key.clone());
        let old = row.stored.clone();
        let bytes = old.as_ref().map_or(0, |o| o.as_bytes().len());
        self.bytes += bytes;
        let what = match (judged.disposition, old) {
            (Disposition::Work(work), Some(old)) => {
                let kept = (texts == Texts::Keep).then(|| work.clone());
                self.works.push(work);
                RowTask::Hash {
                    old,
                    storage: row.storage,
                    kept,
                    known: judged.known,
                }
            }
            (Disposition::Swap(new), Some(old)) => RowTask::Swap {
                old,
                storage: row.storage,
                new,
            },
            (Disposition::Reset(why), Some(old)) => RowTask::Reset {
                old,
                storage: row.storage,
                why,
            },
            (Disposition::Quarantine(reason), _) => RowTask::Quarantine {
                reason,
                class: judged.class.as_str(),
                bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            },
            // NULL has no work, and what is kept is not pushed.
            _ => return,
        };
        self.drafts.push(RowDraft {
            key: row.key,
            seen: self.seen,
            what,
        });
    }

    pub(crate) fn is_full(&self, page_rows: usize) -> bool {
        self.drafts.len() >= page_rows || self.bytes >= PAGE_BYTES_MAX || self.seen >= SEEN_ROWS_MAX
    }
}

/// Whether everything of a page was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    Whole,
    /// The pool was stopped in the middle of it.
    CutOff,
}

/// What can be committed of a page.
pub(crate) struct Assembled {
    pub(crate) page: Page,
    pub(crate) canaries: Vec<Canary>,
    pub(crate) extent: Extent,
}

/// The page of what was hashed, up to the first row that was not; and the canaries among them.
///
/// # Errors
/// Where the system gives no random bytes for dead values.
pub(crate) fn assemble(
    pending: &mut Pending,
    made: Vec<Option<StoredHash>>,
    dead: &DeadForm,
) -> Result<Assembled, HasherError> {
    let mut made = made.into_iter();
    let mut items = Vec::with_capacity(pending.drafts.len());
    let mut canaries = Vec::new();
    let mut seen = 0;
    let mut extent = Extent::Whole;
    for draft in std::mem::take(&mut pending.drafts) {
        match draft.what {
            RowTask::Hash {
                old,
                storage,
                kept,
                known,
            } => {
                let Some(new) = made.next().flatten() else {
                    extent = Extent::CutOff;
                    break;
                };
                if let Some(work) = kept {
                    canaries.push(Canary {
                        key: draft.key.clone(),
                        work,
                        new: new.clone(),
                    });
                }
                items.push(PageItem::Swap(Swap {
                    key: draft.key,
                    old,
                    storage,
                    new,
                    verdict: if known { Kept::Known } else { Kept::None },
                }));
            }
            RowTask::Swap { old, storage, new } => items.push(PageItem::Swap(Swap {
                key: draft.key,
                old,
                storage,
                new,
                verdict: Kept::Follows,
            })),
            RowTask::Reset { old, storage, why } => {
                let new = match why.how {
                    ResetMode::Soft => old.clone(),
                    ResetMode::Hard => {
                        let mut random = [0; RANDOM_BYTES];
                        getrandom::fill(&mut random).map_err(HasherError::Random)?;
                        dead.make(&random)
                    }
                };
                let swap = Swap {
                    key: draft.key,
                    old,
                    storage,
                    new,
                    verdict: Kept::None,
                };
                items.push(PageItem::Reset(swap, why));
            }
            RowTask::Quarantine {
                reason,
                class,
                bytes,
            } => items.push(PageItem::Quarantine {
                key: draft.key,
                reason,
                class,
                bytes,
            }),
        }
        seen = draft.seen;
    }
    let page = if extent == Extent::Whole {
        Page {
            items,
            seen: pending.seen,
            cursor: pending.cursor.take(),
            last: pending.last,
            tally: None,
        }
    } else {
        let cursor = pending
            .cursor
            .as_ref()
            .and_then(|_| items.last().map(|i| i.key().clone()));
        Page {
            items,
            seen,
            cursor,
            last: false,
            tally: None,
        }
    };
    Ok(Assembled {
        page,
        canaries,
        extent,
    })
}
