//! The `control` table: what operators have ordered with `saltern control`.
//!
//! Lines are only ever added. The newest of each kind counts; what they come to is the engine's to
//! say.

use super::names::Names;
use crate::store::sql::{Arg, Backoff, Conn, ErrorClass, Query, RowRef, StoreError};

/// From this version on a ledger has the table.
pub const CONTROL_VERSION: i64 = 10;

/// What is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlVerb {
    /// Write nothing until `resume`.
    Pause,
    /// Go on.
    Resume,
    /// End, and begin nothing until `resume`.
    Stop,
    /// So many rows a second, or what the command itself says.
    Rate,
    /// So many hashing threads, or what the command itself says.
    Threads,
}

impl ControlVerb {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Pause,
        Self::Resume,
        Self::Stop,
        Self::Rate,
        Self::Threads,
    ];

    /// The word in the ledger and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Stop => "stop",
            Self::Rate => "rate",
            Self::Threads => "threads",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.as_str() == word)
    }
}

/// An order as it is given.
#[derive(Clone, Debug)]
pub struct NewControl {
    /// The run that it is for; none for every run of this ledger.
    pub run: Option<String>,
    /// What.
    pub verb: ControlVerb,
    /// How many; none for the verbs that have no number, and for "off".
    pub amount: Option<f64>,
    /// Why, in the operator's words. May be empty.
    pub reason: String,
    /// Who gave it: a user and a host.
    pub who: String,
}

/// An order as the ledger has it.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlLine {
    /// Its number. A later one has a higher number.
    pub no: i64,
    /// The run that it is for; none for every run.
    pub run: Option<String>,
    /// What.
    pub verb: ControlVerb,
    /// How many; none for "off".
    pub amount: Option<f64>,
    /// Why. May be empty.
    pub reason: String,
    /// Who gave it.
    pub who: String,
    /// When, by the database's clock.
    pub at_ms: i64,
}

/// The widths of `reason` and `who` on MySQL.
const CHARS_MAX: usize = 500;

/// Two orders at the same moment: the later one takes the next number.
const TRIES: u32 = 20;

/// Adds an order.
///
/// # Errors
/// Whatever the database says.
pub async fn add(conn: &mut Conn, names: &Names, order: &NewControl) -> Result<(), StoreError> {
    let table = names.table("control");
    let next = format!("SELECT COALESCE(MAX(no), 0) + 1 FROM {table}");
    let insert = format!(
        "INSERT INTO {table} (no, run, verb, amount, reason, who, at_ms) VALUES (?, ?, ?, ?, ?, ?, {})",
        conn.words().now_ms
    );
    let cut = |text: &str| text.chars().take(CHARS_MAX).collect::<String>();
    let mut tries = 0;
    loop {
        tries += 1;
        let query = Query::of_ledger("numbering the order", &next, vec![]);
        let no = conn.rows(query, |r| r.number(0)).await?;
        let no = no.first().copied().unwrap_or(1);
        let args = vec![
            Arg::Int(no),
            order.run.as_deref().unwrap_or_default().into(),
            order.verb.as_str().into(),
            order
                .amount
                .map_or_else(String::new, |n| n.to_string())
                .into(),
            cut(&order.reason).into(),
            cut(&order.who).into(),
        ];
        let added = conn
            .run(Query::of_ledger("noting the order", &insert, args))
            .await;
        match added {
            Ok(_) => return Ok(()),
            // The number is taken: somebody else has given an order meanwhile.
            Err(e) if e.class() == ErrorClass::Row && tries < TRIES => {
                Backoff::new().wait().await;
            }
            Err(e) => return Err(e),
        }
    }
}

const COLUMNS: &str = "no, run, verb, amount, reason, who, at_ms";

fn read(r: RowRef<'_>) -> Result<ControlLine, StoreError> {
    const OP: &str = "reading the orders";
    let run: String = r.owned(1)?;
    let (verb, amount): (String, String) = (r.owned(2)?, r.owned(3)?);
    let wrong = |what: String| StoreError::ledger(OP, what);
    Ok(ControlLine {
        no: r.number(0)?,
        run: (!run.is_empty()).then_some(run),
        amount: match amount.as_str() {
            "" => None,
            number => Some(
                number
                    .parse()
                    .map_err(|_| wrong(format!("the amount {number:?}")))?,
            ),
        },
        verb: ControlVerb::parse(&verb).ok_or_else(|| wrong(format!("the order {verb:?}")))?,
        reason: r.owned(4)?,
        who: r.owned(5)?,
        at_ms: r.number(6)?,
    })
}

/// The orders above a number that are for every run or for this one, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn since(
    conn: &mut Conn,
    names: &Names,
    run: Option<&str>,
    no: i64,
) -> Result<Vec<ControlLine>, StoreError> {
    let table = names.table("control");
    let sql =
        format!("SELECT {COLUMNS} FROM {table} WHERE no > ? AND (run = '' OR run = ?) ORDER BY no");
    let args = vec![Arg::Int(no), run.unwrap_or_default().into()];
    conn.rows(Query::of_ledger("reading the orders", &sql, args), read)
        .await
}

/// The same for a command that only looks. There are none in a ledger of before the table.
///
/// # Errors
/// Whatever the database says other than that the table is not there or not to be read.
pub async fn all_of(
    conn: &mut Conn,
    names: &Names,
    run: Option<&str>,
) -> Result<Vec<ControlLine>, StoreError> {
    match since(conn, names, run, 0).await {
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(Vec::new()),
        other => other,
    }
}
