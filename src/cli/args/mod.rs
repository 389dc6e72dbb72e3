//! Arguments as typed. What they mean is worked out by each command.

pub mod help;
mod pace;
pub mod tokens;

#[cfg(test)]
mod page;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::policy::Age;
use crate::scheme::{Class, Scheme};

pub use pace::PaceArgs;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "saltern",
    version,
    about = "Finds weakly stored passwords in a user table and makes them strong",
    after_help = "Examples:
  saltern demo                          see all of it on a made-up database, in under a minute
  saltern init --database-env DATABASE_URL
  saltern scan                          what is in the columns; reads only
  saltern plan                          what would be done, and how long it takes; writes nothing
  saltern run --execute --canary 10     ten rows, then log in as one of these users
  saltern run --execute                 the rest

Exit codes are listed in docs/exit-codes.md."
)]
pub struct Args {
    /// The configuration.
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        default_value = "saltern.toml"
    )]
    pub config: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a saltern.toml by looking at a database
    #[command(after_help = help::INIT)]
    Init(InitArgs),
    /// Count what is in the columns; reads only
    #[command(after_help = help::SCAN)]
    Scan(ScanArgs),
    /// Say what a run would do and how long it takes; writes nothing
    #[command(after_help = help::PLAN)]
    Plan(PlanArgs),
    /// Make the rows strong; writes only with --execute
    #[command(after_help = help::RUN)]
    Run(RunArgs),
    /// Put the label of wrapped values right; writes only with --execute
    #[command(after_help = help::RELABEL)]
    Relabel(RelabelArgs),
    /// Make the passwords of chosen users unusable; writes only with --execute
    #[command(after_help = help::RESET)]
    Reset(Box<ResetArgs>),
    /// Say who was reset, why and when
    #[command(after_help = help::REPORT)]
    Report(ReportArgs),
    /// Show a run from the ledger
    #[command(after_help = help::STATUS)]
    Status(StatusArgs),
    /// Say what stored values may be; needs no database
    #[command(after_help = help::IDENTIFY)]
    Identify(IdentifyArgs),
    /// Say whether passwords open stored values; needs no database
    #[command(after_help = help::VERIFY)]
    Verify(VerifyArgs),
    /// Check that a run can be done here
    #[command(after_help = help::DOCTOR)]
    Doctor(DoctorArgs),
    /// Measure how fast this machine hashes; needs no database
    #[command(after_help = help::BENCH)]
    Bench(BenchArgs),
    /// Try everything on a made-up database
    #[command(after_help = help::DEMO)]
    Demo(DemoArgs),
    /// Check logins for applications in any language, over HTTP, and upgrade what they open
    #[cfg(feature = "serve")]
    #[command(after_help = help::SERVE)]
    Serve(ServeArgs),
    /// Saltern's own tables
    Ledger(LedgerArgs),
}

/// `init`
#[derive(Clone, Debug, clap::Args)]
pub struct InitArgs {
    /// The environment variable that holds the database's URL
    #[arg(long, value_name = "VAR", conflicts_with_all = ["database_file", "url"])]
    pub database_env: Option<String>,
    /// The file that holds the database's URL
    #[arg(long, value_name = "PATH", conflicts_with = "url")]
    pub database_file: Option<PathBuf>,
    /// The database's URL, without a password
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    /// Replace a configuration that is there already
    #[arg(long)]
    pub force: bool,
}

/// `scan`
#[derive(Clone, Debug, clap::Args)]
pub struct ScanArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Keep the counts in the ledger
    #[arg(long)]
    pub record: bool,
    /// Exit 20 when there are rows of one of these classes
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// How schemes are proven, the same for whoever looks at the columns.
#[derive(Clone, Debug, clap::Args)]
pub struct ProofArgs {
    /// Try common passwords, and the first words of `[known]`, on salted digests for so long
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "30")]
    pub proof_seconds: Duration,
    /// Prove the scheme by an account whose password is known: it stands in the file
    #[arg(long, value_name = "LOGIN:FILE")]
    pub canary_login: Option<String>,
}

/// The classes that `--fail-on` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Fast digests.
    Weak,
    /// Passwords in the clear.
    Plaintext,
    /// What is not recognised.
    Unknown,
}

/// `plan`
#[derive(Clone, Debug, clap::Args)]
pub struct PlanArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Say how long that many such machines take
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub machines: u32,
    /// Hashing threads [default: as many as the processor and the memory allow]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// `run`
#[derive(Clone, Debug, clap::Args)]
pub struct RunArgs {
    /// Write. Without it nothing is written
    #[arg(long)]
    pub execute: bool,
    /// Only the first N rows to change of each credential, read back and checked; then stop
    #[arg(long, value_name = "N", conflicts_with = "keys", value_parser = clap::value_parser!(u64).range(1..))]
    pub canary: Option<u64>,
    /// Only the rows whose keys stand in this file, one a line, read back and checked; then stop
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Stop after so many rows in this invocation
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_rows: Option<u64>,
    /// Stop after so long in this invocation: 90s, 30m, 6h
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub max_runtime: Option<Duration>,
    /// What holds it back.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// Hashing threads [default: as many as the processor and the memory allow]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// The most sweeps for rows that arrived meanwhile
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub sweeps: u32,
    /// Wait so long for another run to end: 60, 60s, 10m
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "0")]
    pub wait: Duration,
    /// Close an unfinished run of another plan and begin anew
    #[arg(long)]
    pub new_run: bool,
    /// Print a line for each row: credential, key, from-scheme, action, with tabs between them, as --keys takes them
    #[arg(long)]
    pub print: bool,
    /// Print events as JSON, one object a line; the last one is the outcome
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print nothing on success
    #[arg(short, long, conflicts_with = "print")]
    pub quiet: bool,
    /// Exit 9 when there was nothing to do
    #[arg(long)]
    pub exit_nothing_to_do: bool,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
    /// Without a terminal: a line on the progress every so often
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "10s")]
    pub interval: Duration,
}

/// `relabel`
#[derive(Clone, Debug, clap::Args)]
pub struct RelabelArgs {
    /// The label that stands there: md5 in $argon2id--md5$...
    #[arg(long, value_name = "LABEL")]
    pub from: String,
    /// The label that should stand there
    #[arg(long, value_name = "LABEL")]
    pub to: String,
    /// Only this credential [default: all]
    #[arg(long, value_name = "NAME")]
    pub credential: Option<String>,
    /// Write. Without it nothing is written
    #[arg(long)]
    pub execute: bool,
    /// What holds it back.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// Wait so long for another run to end: 60, 60s, 10m
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "0")]
    pub wait: Duration,
    /// Close an unfinished run of another plan and begin anew
    #[arg(long)]
    pub new_run: bool,
    /// Print a line for each row: credential, key, from-scheme, action, with tabs between them
    #[arg(long)]
    pub print: bool,
    /// Print events as JSON, one object a line; the last one is the outcome
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print nothing on success
    #[arg(short, long, conflicts_with = "print")]
    pub quiet: bool,
    /// Without a terminal: a line on the progress every so often
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "10s")]
    pub interval: Duration,
}

/// `reset`
#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ResetArgs {
    /// What else can be done about resets.
    #[command(subcommand)]
    pub command: Option<tokens::ResetCommand>,
    /// Only this credential [default: all]
    #[arg(long, value_name = "NAME")]
    pub credential: Option<String>,
    /// Everybody who has a password
    #[arg(long)]
    pub all: bool,
    /// Values of these schemes; with --wrapped what stands inside is meant
    #[arg(long, value_name = "SCHEME", value_delimiter = ';', value_parser = scheme)]
    pub scheme: Vec<Scheme>,
    /// Values of these classes: unknown, plaintext, weak, slow, strong
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = class)]
    pub class: Vec<Class>,
    /// Passwords that the lists in `[known]` have
    #[arg(long)]
    pub known: bool,
    /// The last login is longer ago than this, or there never was one: 90d, 2y
    #[arg(long, value_name = "AGE", value_parser = past)]
    pub last_login_before: Option<Age>,
    /// Values that are wrapped still: nobody has logged in since
    #[arg(long)]
    pub wrapped: bool,
    /// Values that were wrapped longer ago than this and are wrapped still: 90d, 2y
    #[arg(long, value_name = "AGE", value_parser = past)]
    pub wrapped_before: Option<Age>,
    /// Rows for which this SQL condition is true
    #[arg(long, value_name = "SQL")]
    pub r#where: Option<String>,
    /// Only these users, one a line
    #[arg(long, value_name = "FILE")]
    pub users: Option<PathBuf>,
    /// Never these users, one a line
    #[arg(long, value_name = "FILE")]
    pub except_users: Option<PathBuf>,
    /// What the lines of both files are: keys as --print shows them, or logins
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = ResetBy::Key)]
    pub by: ResetBy,
    /// Leave the value for the one login that must change it: sets the column `must_change` instead
    #[arg(long)]
    pub soft: bool,
    /// Why, for the ledger
    #[arg(long, value_name = "TEXT", default_value = "asked for", value_parser = reason)]
    pub reason: String,
    /// Write. Without it nothing is written
    #[arg(long, requires = "confirm")]
    pub execute: bool,
    /// How many rows are meant: where more match nothing is written
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub confirm: Option<u64>,
    /// At most so many rows, those whose users have been away longest; the next call takes the next
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub limit: Option<u64>,
    /// What holds it back.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// Wait so long for another run to end: 60, 60s, 10m
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "0")]
    pub wait: Duration,
    /// Close an unfinished run of another plan and begin anew
    #[arg(long)]
    pub new_run: bool,
    /// Print a line for each row: credential, key, from-scheme, action, with tabs between them
    #[arg(long, requires = "execute")]
    pub print: bool,
    /// Print JSON: what would be reset as one object, with --execute events
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print nothing on success
    #[arg(short, long, conflicts_with = "print")]
    pub quiet: bool,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
    /// Without a terminal: a line on the progress every so often
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "10s")]
    pub interval: Duration,
}

/// What names a user in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResetBy {
    /// The row's key.
    Key,
    /// What is typed at login.
    Login,
}

/// `report`
#[derive(Clone, Debug, clap::Args)]
pub struct ReportArgs {
    /// Only this run [default: all]
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Print one JSON object for each row that was reset, and one with the sums at the end
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print each row that was reset as comma-separated values
    #[arg(long)]
    pub csv: bool,
}

/// `status`
#[derive(Clone, Debug, clap::Args)]
pub struct StatusArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// The run [default: the newest]
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
}

/// `identify`
#[derive(Clone, Debug, clap::Args)]
pub struct IdentifyArgs {
    /// A file with one stored value a line [default: standard input]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Print one JSON object a line, or one for the column
    #[arg(long)]
    pub json: bool,
    /// Judge all lines together, as the values of one column
    #[arg(long)]
    pub column: bool,
}

/// `verify`
#[derive(Clone, Debug, clap::Args)]
pub struct VerifyArgs {
    /// A file with one stored value a line, or with --json one JSON object [default: standard input]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Read and print one JSON object a line
    #[arg(long, conflicts_with_all = ["password_file", "scheme"])]
    pub json: bool,
    /// The file that holds the password to try; - is standard input [default: ask on the terminal]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Try this scheme alone: a name, or an expression
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Option<String>,
}

/// `doctor`
#[derive(Clone, Debug, clap::Args)]
pub struct DoctorArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Hashing threads that the memory must suffice for
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
}

/// `bench`
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArgs {
    /// Say how long a table of so many rows would take
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub rows: u64,
    /// Measure each hash for so long
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "1")]
    pub seconds: Duration,
    /// Hash on so many threads [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Measure the configuration's target alone
    #[arg(long)]
    pub target_only: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `demo`
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// The folder to build it in
    #[arg(long, value_name = "DIR", default_value = "saltern-demo")]
    pub dir: PathBuf,
    /// How many parents [default: what this machine hashes in a quarter of a minute]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    pub rows: Option<u64>,
    /// Replace a demo that is there already
    #[arg(long)]
    pub replace: bool,
}

/// `serve`
#[cfg(feature = "serve")]
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArgs {
    /// Print the OpenAPI document and end; reads no configuration
    #[arg(long)]
    pub print_openapi: bool,
}

/// `ledger`
#[derive(Clone, Debug, clap::Args)]
pub struct LedgerArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: LedgerCommand,
}

/// What can be done with the ledger.
#[derive(Clone, Debug, Subcommand)]
pub enum LedgerCommand {
    /// Print the DDL and the least GRANTs, for a DBA; changes nothing
    #[command(after_help = help::LEDGER_SQL)]
    Sql {
        /// The database user that saltern logs in as, as SQL spells it
        #[arg(long, value_name = "NAME", default_value = "saltern")]
        user: String,
    },
}

/// A span of time: a number with s, m or h, or seconds.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    const FORM: &str = "must be a time such as 90s, 30m or 6h";
    let digits = text.trim_end_matches(['s', 'm', 'h']);
    let seconds = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(FORM.to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| FORM.to_owned())?;
    match number.checked_mul(seconds) {
        // A hundred years: what is longer is a slip of the finger.
        Some(seconds) if seconds <= 100 * 366 * 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err(FORM.to_owned()),
    }
}

fn scheme(text: &str) -> Result<Scheme, String> {
    Scheme::parse(text).map_err(|_| "is no scheme; docs/configuration.md lists them".to_owned())
}

fn class(text: &str) -> Result<Class, String> {
    match Class::parse(text) {
        Some(Class::Null | Class::Empty | Class::Locked) => {
            Err("has no password that could be reset".to_owned())
        }
        Some(class) => Ok(class),
        None => Err("must be unknown, plaintext, weak, slow or strong".to_owned()),
    }
}

fn past(text: &str) -> Result<Age, String> {
    Age::parse(text).ok_or_else(|| "must be an age such as 90d, 6w, 3mo or 2y".to_owned())
}

fn reason(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err("must be a line of at most 200 characters".to_owned());
    }
    Ok(text.to_owned())
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number @ 1..=1_024) => Ok(number),
        _ => Err("must be from 1 to 1024".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_span_has_a_unit_or_is_in_seconds() {
        assert_eq!(span("60"), Ok(Duration::from_secs(60)));
        assert_eq!(span("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("30m"), Ok(Duration::from_secs(1_800)));
        assert_eq!(span("6h"), Ok(Duration::from_secs(21_600)));
        for text in [
            "",
            "s",
            "5ms",
            "-1",
            "1.5h",
            "1d",
            "99999999999999999999h",
            "9999999999h",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_command_has_examples() {
        for command in Args::command().get_subcommands() {
            let nested = command.get_subcommands().next().unwrap_or(command);
            assert!(nested.get_after_help().is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn a_typo_is_an_error_with_code_2() {
        let error = Args::try_parse_from(["saltern", "run", "--exceute"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn the_configuration_can_be_named_behind_the_command() {
        let args = Args::try_parse_from(["saltern", "scan", "-c", "x.toml"]).unwrap();
        assert_eq!(args.config, PathBuf::from("x.toml"));
    }

    #[test]
    fn a_canary_and_a_file_of_keys_exclude_each_other() {
        assert!(Args::try_parse_from(["saltern", "run", "--canary", "5", "--keys", "f"]).is_err());
    }
}
