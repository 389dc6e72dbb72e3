//! A user table, the store's connections to it, a ledger with one claimed chunk, and pages made of what was read.
//!
//! Not its job: what is expected of any of it.

use saltern::config::Credential;
use saltern::scheme::Declared;
use saltern::secret::{DatabaseUrl, StoredHash};
use saltern::store::ledger::{self, ChunkBounds, Claim, NewRun, RunParts};
use saltern::store::{
    Bounds, Committed, Companion, Conn, CredentialColumn, Fence, KeptVerdict, Key, Kind, Link,
    Order, Page, PageItem, PageOutcome, PageTarget, Role, Row, RowCheck, StoreError, Swap,
    commit_page, read_keys, read_page, scan,
};
use tokio::runtime::Runtime;

use crate::db::TestDb;

/// A credential over a table with a key of one or more columns.
pub(crate) fn credential(table: &str, key: &[&str], column: &str) -> Credential {
    Credential {
        name: "users".to_owned(),
        schema: None,
        table: table.to_owned(),
        key: key.iter().map(|&part| part.to_owned()).collect(),
        column: column.to_owned(),
        scheme: Declared::Auto,
        login: saltern::config::LoginColumns::default(),
        charset: None,
        username: None,
        salt: None,
        salt2: None,
        companions: saltern::config::CompanionSettings::default(),
        site_salt_file: None,
        site: None,
        last_login: None,
        where_sql: None,
        except_sql: None,
        accept: Vec::new(),
        normalize: None,
        marker_column: None,
        preserve: Vec::new(),
        readers_ready: true,
        separator: None,
        plaintext_is_certain: false,
        last_login_null_is_never: false,
        on_reset: saltern::config::OnReset::default(),
        format: None,
        on_wrap: Vec::new(),
        on_login: Vec::new(),
        line: 1,
    }
}

pub(crate) fn database_url(url: &str) -> DatabaseUrl {
    DatabaseUrl::parse(url).unwrap()
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The column as `Role::Read` sees it.
pub(crate) struct Reader {
    runtime: Runtime,
    pub(crate) conn: Conn,
    pub(crate) column: CredentialColumn,
}

impl Reader {
    pub(crate) fn open(url: &str, credential: &Credential) -> Result<Self, StoreError> {
        let runtime = runtime();
        let url = database_url(url);
        let (conn, column) = runtime.block_on(async {
            let mut conn = Conn::open(&url, Role::Read).await?;
            let column = CredentialColumn::resolve(&mut conn, credential).await?;
            Ok::<_, StoreError>((conn, column))
        })?;
        Ok(Self {
            runtime,
            conn,
            column,
        })
    }

    /// A reader of the administrator's.
    pub(crate) fn of(db: &TestDb, credential: &Credential) -> Self {
        Self::open(&db.url(), credential).unwrap()
    }

    pub(crate) fn page(&mut self, bounds: Bounds<'_>) -> Result<Vec<Row>, StoreError> {
        self.runtime
            .block_on(read_page(&mut self.conn, &self.column, bounds))
    }

    /// All rows, in pages of `limit`, as a run reads them.
    pub(crate) fn pages(&mut self, limit: usize) -> Vec<Row> {
        self.pages_between(None, None, limit)
    }

    pub(crate) fn pages_between(
        &mut self,
        after: Option<&Key>,
        up_to: Option<&Key>,
        limit: usize,
    ) -> Vec<Row> {
        let mut all: Vec<Row> = Vec::new();
        let mut after = after.cloned();
        loop {
            let page = self
                .page(Bounds {
                    after: after.as_ref(),
                    up_to,
                    limit,
                })
                .unwrap();
            assert!(page.len() <= limit);
            let end = page.len() < limit;
            after = page.last().map(|row| row.key.clone()).or(after);
            all.extend(page);
            assert!(all.len() < 100_000, "the pages never end");
            if end {
                return all;
            }
        }
    }

    pub(crate) fn keys(&mut self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.runtime
            .block_on(read_keys(&mut self.conn, &self.column, keys))
    }

    /// What `scan` streams: the key where the order is by key, the value, and whether it is excepted.
    pub(crate) fn scan(&mut self, order: Order) -> Result<Vec<Scanned>, StoreError> {
        let mut seen = Vec::new();
        self.runtime
            .block_on(scan(&mut self.conn, &self.column, order, &mut |row| {
                seen.push(Scanned {
                    key: if order == Order::Key {
                        Some(row.key()?)
                    } else {
                        None
                    },
                    value: row.value.map(<[u8]>::to_vec),
                    excepted: row.excepted,
                });
                Ok(())
            }))?;
        Ok(seen)
    }

    /// The companions that `scan` streams beside each value.
    pub(crate) fn scan_companions(
        &mut self,
        order: Order,
        wanted: &[Companion],
    ) -> Result<Vec<Vec<Option<Vec<u8>>>>, StoreError> {
        let mut seen = Vec::new();
        self.runtime
            .block_on(scan(&mut self.conn, &self.column, order, &mut |row| {
                let found = wanted
                    .iter()
                    .map(|one| Ok(row.companion(one)?.map(std::borrow::Cow::into_owned)));
                seen.push(found.collect::<Result<_, StoreError>>()?);
                Ok(())
            }))?;
        Ok(seen)
    }
}

/// One row of a scan, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scanned {
    pub(crate) key: Option<Key>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) excepted: bool,
}

/// A writer with a ledger, a run of one chunk, and its lease.
pub(crate) struct Writer {
    pub(crate) runtime: Runtime,
    pub(crate) link: Link,
    pub(crate) column: CredentialColumn,
    pub(crate) names: ledger::Names,
    pub(crate) fence: Fence,
}

pub(crate) const RUN: &str = "0b7c6a52-1111-4222-8333-444455556666";
pub(crate) const WORKER: &str = "0b7c6a52-aaaa-4bbb-8ccc-ddddeeeeffff";

impl Writer {
    /// Makes the ledger and everything in it.
    pub(crate) fn of(db: &TestDb, credential: &Credential) -> Self {
        Self::open(&db.url(), credential).unwrap()
    }

    pub(crate) fn open(url: &str, credential: &Credential) -> Result<Self, StoreError> {
        let runtime = runtime();
        let url = database_url(url);
        let (link, column, names, fence) = runtime.block_on(async {
            let mut link = Link::open(url, Role::Write).await?;
            let conn = link.conn().await?;
            let column = CredentialColumn::resolve(conn, credential).await?;
            let names = names(conn.kind());
            ledger::migrate::ensure(conn, &names).await?;
            let fence = begin_run(conn, &names, RUN).await?;
            Ok::<_, StoreError>((link, column, names, fence))
        })?;
        Ok(Self {
            runtime,
            link,
            column,
            names,
            fence,
        })
    }

    /// Says goodbye to the server.
    pub(crate) fn close(self) {
        self.runtime.block_on(self.link.close());
    }

    /// Everything that there is to be read.
    pub(crate) fn read(&mut self) -> Vec<Row> {
        let Self {
            runtime,
            link,
            column,
            ..
        } = self;
        let all = Bounds {
            after: None,
            up_to: None,
            limit: 100_000,
        };
        runtime
            .block_on(async { read_page(link.conn().await?, column, all).await })
            .unwrap()
    }

    pub(crate) fn commit(&mut self, page: &Page) -> Result<Committed, StoreError> {
        self.commit_if(page, |_| false)
    }

    /// Commits a page; `still_matches` is asked of rows that were changed meanwhile.
    pub(crate) fn commit_if(
        &mut self,
        page: &Page,
        still_matches: impl Fn(&Row) -> bool + Sync,
    ) -> Result<Committed, StoreError> {
        let Self {
            runtime,
            link,
            column,
            names,
            fence,
        } = self;
        let check = RowCheck {
            changes: &still_matches,
            resets: &|row| !row.excepted,
        };
        let target = PageTarget {
            names,
            column,
            check,
        };
        runtime.block_on(commit_page(link, &target, fence, page))
    }

    /// Commits swaps as one page and expects that the page is ours.
    pub(crate) fn swap(&mut self, swaps: Vec<Swap>) -> PageOutcome {
        committed(self.commit(&page(swaps)).unwrap())
    }

    pub(crate) fn chunk(&mut self) -> ledger::ChunkRow {
        let Self {
            runtime,
            link,
            names,
            ..
        } = self;
        let mut chunks = runtime
            .block_on(async { ledger::chunk::list(link.conn().await?, names, RUN).await })
            .unwrap();
        assert_eq!(chunks.len(), 1);
        chunks.remove(0)
    }

    pub(crate) fn quarantined(&mut self) -> Vec<ledger::QuarantineLine> {
        let Self {
            runtime,
            link,
            names,
            ..
        } = self;
        runtime
            .block_on(async {
                ledger::quarantine::list(link.conn().await?, names, RUN, 1000).await
            })
            .unwrap()
    }
}

pub(crate) fn names(kind: Kind) -> ledger::Names {
    ledger::Names::new(kind, "saltern", "saltern_").unwrap()
}

pub(crate) fn new_run(id: &str) -> NewRun {
    NewRun {
        id: id.to_owned(),
        digest: "d1".to_owned(),
        spec: "spec".to_owned(),
        estimate: 10,
    }
}

pub(crate) fn open_ended() -> ChunkBounds {
    ChunkBounds {
        credential: "users".to_owned(),
        ..ChunkBounds::default()
    }
}

/// A run of one open-ended chunk, and its lease.
pub(crate) async fn begin_run(
    conn: &mut Conn,
    names: &ledger::Names,
    run: &str,
) -> Result<Fence, StoreError> {
    let parts = RunParts {
        chunks: &[open_ended()],
        clocks: &[],
        owner: None,
    };
    ledger::create_run(conn, names, &new_run(run), parts).await?;
    let chunk = ledger::chunk::claim(conn, names, claim(run, WORKER))
        .await?
        .expect("it was made a moment ago");
    Ok(Fence {
        run: run.to_owned(),
        no: chunk.no,
        epoch: chunk.epoch,
        commits: chunk.commits,
    })
}

pub(crate) fn committed(committed: Committed) -> PageOutcome {
    match committed {
        Committed::Yes(outcome) => outcome,
        Committed::LeaseLost => panic!("the lease is lost"),
    }
}

/// What stands in a row afterwards, told apart by the key.
pub(crate) fn new_value(key: &Key) -> String {
    let mark: u64 = key
        .to_ledger()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("$argon2id--md5$v=19$m=64,t=1,p=1$c29tZXNhbHQ${mark:016x}AAAAAAAAAAAAAAAAAAAAAAAAAAA")
}

/// The swap of a row that was read and is not NULL.
pub(crate) fn swap_of(row: &Row) -> Swap {
    Swap {
        key: row.key.clone(),
        old: row.stored.clone().unwrap(),
        storage: row.storage,
        new: StoredHash::new(new_value(&row.key)),
        verdict: KeptVerdict::None,
    }
}

/// The swaps of all rows that are not NULL.
pub(crate) fn swaps_of(rows: &[Row]) -> Vec<Swap> {
    rows.iter()
        .filter(|row| row.stored.is_some())
        .map(swap_of)
        .collect()
}

/// A page that is not the chunk's last.
pub(crate) fn page(swaps: Vec<Swap>) -> Page {
    Page {
        seen: i64::try_from(swaps.len()).unwrap(),
        cursor: swaps.last().map(|swap| swap.key.clone()),
        items: swaps.into_iter().map(PageItem::Swap).collect(),
        last: false,
        tally: None,
    }
}

/// Does something else while `during` is done, on a thread of its own.
pub(crate) fn beside<T: Send>(other: impl FnOnce() + Send, during: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        scope.spawn(other);
        during()
    })
}

/// A claim of a chunk of the first pass.
pub(crate) fn claim<'a>(run: &'a str, owner: &'a str) -> Claim<'a> {
    Claim {
        run,
        pass: 0,
        owner,
    }
}
