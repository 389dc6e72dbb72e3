//! The exit codes: the number and the meaning of each, and which one wins when several apply. The
//! page `docs/exit-codes.md` is generated here.
//!
//! This module decides no outcome and ends no process. The commands collect what happened, and
//! `main` exits with the code that [`Exit::of`] picks.

use std::fmt::Write as _;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Everything asked for was done and the counts add up.
    Done,
    /// A fault of saltern itself.
    Bug,
    /// The command line or the configuration is wrong.
    Usage,
    /// Rows were set aside in this run, or kept because no proof covers them.
    Quarantined,
    /// Refused before anything was written.
    Refused,
    /// The database is gone or busy, its load is critical, or the output can't be written.
    Temporary,
    /// The counts do not add up, or a row read back is not what was written.
    Unbalanced,
    /// Weak rows keep arriving.
    Arriving,
    /// `--max-rows` was reached.
    MaxRows,
    /// There was nothing to do, and `--exit-nothing-to-do` was given.
    NothingToDo,
    /// The time is over: by `--max-runtime`, `--until` or `--window`, or by `saltern control stop`.
    /// Or a canary was written, and a person has to try it.
    Stopped,
    /// Another run holds the column.
    Held,
    /// A scan found rows of a class that `--fail-on` names.
    Found,
    /// `status --stalled`: an unfinished run on which nobody works.
    Stalled,
    /// A clean stop on SIGINT.
    Interrupted,
    /// A clean stop on SIGTERM.
    Terminated,
}

/// Whether the same command, run once more, continues where this one ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It resumes the run.
    GoesOn,
    /// The same command ends the same way until something else changes, or no work is left.
    No,
}

/// What an exit code is, for the page and for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitFacts {
    /// The number that the process exits with.
    pub code: u8,
    /// What happened.
    pub meaning: &'static str,
    /// What the operator can do about it.
    pub what_to_do: &'static str,
    /// Whether the same command continues.
    pub again: Again,
}

impl Exit {
    /// Every outcome. The one that wins over all others comes first.
    ///
    /// A bug and a usage error end a command at once, so they never meet another outcome. They are
    /// in the list because the order must be total.
    pub const PRECEDENCE: [Exit; 16] = [
        Exit::Bug,
        Exit::Usage,
        Exit::Interrupted,
        Exit::Terminated,
        Exit::Unbalanced,
        Exit::Temporary,
        Exit::Refused,
        Exit::Held,
        Exit::Stopped,
        Exit::MaxRows,
        Exit::Arriving,
        Exit::Quarantined,
        Exit::Found,
        Exit::Stalled,
        Exit::NothingToDo,
        Exit::Done,
    ];

    /// The outcome to exit with when all of `outcomes` apply. Without any it is [`Exit::Done`].
    pub fn of(outcomes: impl IntoIterator<Item = Exit>) -> Exit {
        outcomes.into_iter().fold(Exit::Done, Exit::or)
    }

    /// The one of two outcomes that wins.
    #[must_use]
    pub fn or(self, other: Exit) -> Exit {
        if other.rank() < self.rank() {
            other
        } else {
            self
        }
    }

    /// The number that the process exits with.
    pub fn code(self) -> u8 {
        self.facts().code
    }

    /// The facts of this outcome. An exit code gets its number and its meaning here and nowhere
    /// else.
    pub fn facts(self) -> ExitFacts {
        let (code, again, meaning, what_to_do) = match self {
            Exit::Done => (0, Again::No, "done, and the counts add up", "nothing"),
            Exit::Bug => (
                1,
                Again::No,
                "a bug in saltern",
                "report it with the lines that were printed; they hold no secret",
            ),
            Exit::Usage => (
                2,
                Again::No,
                "the command line or the configuration is wrong",
                "put right what the message names",
            ),
            Exit::Quarantined => (
                3,
                Again::No,
                "rows were quarantined in this run, or kept unproven",
                "look at the quarantine in the ledger; `saltern scan` names what is kept",
            ),
            Exit::Refused => (
                4,
                Again::No,
                "refused: nothing was written, or nothing more in a run that had begun",
                "do what the message says, then run again",
            ),
            Exit::Temporary => (
                5,
                Again::No,
                "temporary: the database is gone or busy, its load is critical (`--critical-load`), or the output can't be written",
                "try again later; what was committed stays, and the next run goes on from there",
            ),
            Exit::Unbalanced => (
                6,
                Again::No,
                "the counts do not add up, or a row read back is not what was written",
                "stop, keep the ledger as it is and find out why before anything else is run",
            ),
            Exit::Arriving => (
                7,
                Again::No,
                "weak rows keep arriving",
                "an old writer is alive: find it and update it, then run again",
            ),
            Exit::MaxRows => (
                8,
                Again::GoesOn,
                "`--max-rows` was reached",
                "run the same command again",
            ),
            Exit::NothingToDo => (
                9,
                Again::No,
                "there was nothing to do (only with `--exit-nothing-to-do`)",
                "nothing",
            ),
            Exit::Stopped => (
                10,
                Again::GoesOn,
                "the time is over (`--max-runtime`, `--until`, `--window`), `saltern control stop` stands, or the canary is written",
                "after a canary log in through the real application, after a stop give `saltern control resume`; then run again",
            ),
            Exit::Held => (
                11,
                Again::No,
                "another run holds the column",
                "wait for it, or give `--wait SECONDS`; to share one run between hosts start each with `--join NAME`",
            ),
            Exit::Found => (
                20,
                Again::No,
                "found what `--fail-on` names",
                "that is the answer that was asked for",
            ),
            Exit::Stalled => (
                21,
                Again::No,
                "a run is unfinished, and nobody has committed for as long as `--stalled` says",
                "look at `saltern status`: start a member, or end what holds them",
            ),
            Exit::Interrupted => (
                130,
                Again::GoesOn,
                "a clean stop on SIGINT",
                "run the same command again",
            ),
            Exit::Terminated => (
                143,
                Again::GoesOn,
                "a clean stop on SIGTERM",
                "run the same command again",
            ),
        };
        ExitFacts {
            code,
            meaning,
            what_to_do,
            again,
        }
    }

    /// The page `docs/exit-codes.md`.
    pub fn page() -> String {
        let mut by_code = Exit::PRECEDENCE.map(Exit::facts);
        by_code.sort_by_key(|facts| facts.code);
        let mut page = String::from(
            "# Exit codes\n\n\
             This page is generated from `src/cli/exit.rs`; `SALTERN_ACCEPT=1 cargo test exit` writes it anew.\n\n\
             | code | what happened | what to do | the same command again |\n\
             | ---: | --- | --- | --- |\n",
        );
        for facts in by_code {
            let again = match facts.again {
                Again::GoesOn => "goes on",
                Again::No => "",
            };
            // Writing to a string cannot fail.
            let _ = writeln!(
                page,
                "| {} | {} | {} | {again} |",
                facts.code, facts.meaning, facts.what_to_do
            );
        }
        let order: Vec<String> = Exit::PRECEDENCE
            .iter()
            .filter(|exit| !matches!(exit, Exit::Bug | Exit::Usage))
            .map(|exit| exit.code().to_string())
            .collect();
        let _ = write!(
            page,
            "\nWhere several apply, the first of these is the one: {}.\n\
             1 and 2 end a command at once, so they meet no other.\n\n\
             `plan` and a dry run exit 0 whatever they find; `doctor` exits 4 on a refusal and 0 with warnings; `status` exits 0 when\n\
             the ledger was read, or 21 with `--stalled`.\n",
            order.join(", ")
        );
        page
    }

    fn rank(self) -> usize {
        Exit::PRECEDENCE
            .iter()
            .position(|exit| *exit == self)
            .expect("a test holds every outcome to its place in the order")
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every outcome once, in the order of the declaration. A new outcome makes the match fail to
    /// compile.
    fn every() -> Vec<Exit> {
        let next = |exit| match exit {
            Exit::Done => Some(Exit::Bug),
            Exit::Bug => Some(Exit::Usage),
            Exit::Usage => Some(Exit::Quarantined),
            Exit::Quarantined => Some(Exit::Refused),
            Exit::Refused => Some(Exit::Temporary),
            Exit::Temporary => Some(Exit::Unbalanced),
            Exit::Unbalanced => Some(Exit::Arriving),
            Exit::Arriving => Some(Exit::MaxRows),
            Exit::MaxRows => Some(Exit::NothingToDo),
            Exit::NothingToDo => Some(Exit::Stopped),
            Exit::Stopped => Some(Exit::Held),
            Exit::Held => Some(Exit::Found),
            Exit::Found => Some(Exit::Stalled),
            Exit::Stalled => Some(Exit::Interrupted),
            Exit::Interrupted => Some(Exit::Terminated),
            Exit::Terminated => None,
        };
        std::iter::successors(Some(Exit::Done), |exit| next(*exit)).collect()
    }

    fn check(outcomes: &[Exit], code: u8) {
        assert_eq!(
            Exit::of(outcomes.iter().copied()).code(),
            code,
            "{outcomes:?}"
        );
    }

    #[test]
    fn every_outcome_has_one_place_in_the_order() {
        for exit in every() {
            assert_eq!(
                Exit::PRECEDENCE
                    .iter()
                    .filter(|other| **other == exit)
                    .count(),
                1,
                "{exit:?}"
            );
        }
        assert_eq!(every().len(), Exit::PRECEDENCE.len());
    }

    #[test]
    fn no_two_outcomes_share_a_code() {
        let mut codes: Vec<u8> = every().into_iter().map(Exit::code).collect();
        codes.sort_unstable();
        assert_eq!(
            codes,
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 130, 143]
        );
    }

    #[test]
    fn no_outcome_at_all_is_done() {
        check(&[], 0);
    }

    #[test]
    fn the_order_is_the_contracts() {
        let order: Vec<u8> = Exit::PRECEDENCE.iter().map(|exit| exit.code()).collect();
        assert_eq!(
            order,
            [1, 2, 130, 143, 6, 5, 4, 11, 10, 8, 7, 3, 20, 21, 9, 0]
        );
    }

    #[test]
    fn the_earlier_in_the_order_wins_whichever_came_first() {
        for (at, first) in Exit::PRECEDENCE.iter().enumerate() {
            for second in &Exit::PRECEDENCE[at..] {
                check(&[*first, *second], first.code());
                check(&[*second, *first], first.code());
            }
        }
    }

    #[test]
    fn accounts_that_do_not_close_win_over_a_quarantine() {
        check(&[Exit::Quarantined, Exit::Unbalanced, Exit::MaxRows], 6);
    }

    #[test]
    fn what_goes_on_with_the_same_command_is_8_10_130_and_143() {
        let codes: Vec<u8> = every()
            .into_iter()
            .map(Exit::facts)
            .filter(|facts| facts.again == Again::GoesOn)
            .map(|facts| facts.code)
            .collect();
        assert_eq!(codes, [8, 10, 130, 143]);
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the explicit accept of a generated page comes from the environment"
    )]
    fn the_page_is_what_the_code_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/exit-codes.md");
        if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
            std::fs::write(path, Exit::page()).unwrap();
        }
        let stands = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            stands == Exit::page(),
            "docs/exit-codes.md is out of date: SALTERN_ACCEPT=1 cargo test exit"
        );
    }
}
