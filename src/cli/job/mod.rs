//! A job of the engine, for `run`, `relabel` and `reset`: starts it, shows it, stops it on signals,
//! and turns its end into an exit code.
//!
//! Each command makes the request of its own. The job itself is the engine's.

mod hours;
mod key_file;
mod proof;

use std::path::Path;
use std::time::Duration;

use super::args::HoursArgs;
use super::environment;
use super::exit::Exit;
use super::failure::Failure;
use super::output::{self, Notices};
use super::progress::{Show, Watch};
use super::setup::{self, Setup};
use super::signals;
use crate::config::Settings;
use crate::engine::{
    self, End, Event, Finished, Job, Mode, Observer as _, ProofOptions, RunOptions, Session,
    Signal, Stop, Until, worker_id,
};
use crate::report::{ExitWords, RunOutcome, Stamp, Summary, duration, last_line, residue, safe};
use crate::store::Kind;

use hours::{Begin, JobHours};
pub(super) use key_file::lines_of;
pub(super) use proof::proof;

/// After a signal a job has so long to commit what is hashed and to give its locks back.
const GRACE: Duration = Duration::from_millis(4_500);

/// How a job is shown and ended, the same for every job.
pub(super) struct Invocation<'a> {
    /// The configuration file.
    pub(super) config: &'a Path,
    /// To whom progress and outcome are shown.
    pub(super) show: Show,
    /// Whether anything is written.
    pub(super) mode: Mode,
    /// In which hours it works.
    pub(super) hours: &'a HoursArgs,
    /// How long its window is waited for.
    pub(super) wait: Duration,
    /// The outcome when there was nothing to do.
    pub(super) when_nothing: Exit,
}

/// Has the engine do a job, shows it, and returns the outcome. `options` gets the configuration and
/// may narrow it.
///
/// With JSON a failure is printed as the last line too, like every other outcome.
pub(super) fn invoke(
    invocation: &Invocation<'_>,
    options: impl FnOnce(&mut Settings) -> Result<(RunOptions, ProofOptions), Failure>,
) -> Result<Exit, Failure> {
    let show = invocation.show;
    let watch = Watch::new(show);
    let ended = run_job(invocation, options, &watch);
    watch.close();
    let ended = match ended {
        Ok(ended) => ended,
        Err(failure) => {
            if show == Show::Json {
                let (error, what_to_do) = (&failure.chain(), failure.what_to_do());
                print_last(
                    &watch,
                    failure.exit,
                    &RunOutcome::Failed { error, what_to_do },
                );
            }
            return Err(failure);
        }
    };
    let exit = exit_of(&ended.finished, invocation.when_nothing);
    match show {
        Show::Json => print_last(&watch, exit, &RunOutcome::Finished(&ended.finished)),
        Show::People(_) => print_summary(&watch, exit, &ended),
        // Cron mails what is printed: nothing on success, and a line on everything else.
        Show::Nothing | Show::Waits if matches!(exit, Exit::Done | Exit::NothingToDo) => {}
        Show::Nothing | Show::Waits => {
            let reason = ended.finished.reason.as_deref().map(safe);
            let why = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            output::err(&format!(
                "saltern: {}{why}\nwhat to do: {}\n",
                exit.facts().meaning,
                exit.facts().what_to_do
            ));
        }
    }
    Ok(exit)
}

/// A job that the engine finished.
struct Ended {
    finished: Finished,
    job: Job,
    kind: Kind,
}

fn run_job(
    invocation: &Invocation<'_>,
    options: impl FnOnce(&mut Settings) -> Result<(RunOptions, ProofOptions), Failure>,
    watch: &Watch,
) -> Result<Ended, Failure> {
    let show = invocation.show;
    let notices = match show {
        Show::People(_) => Notices::Show,
        Show::Json | Show::Nothing | Show::Waits => Notices::Hide,
    };
    let Setup { mut settings, url } = setup::load(invocation.config, notices)?;
    let (mut options, proof) = options(&mut settings)?;
    let hours = JobHours::new(invocation.hours, invocation.wait)?;
    let kind = Kind::of(&url)?;
    let stop = Stop::new();
    if invocation.mode == Mode::Execute {
        signals::catch(&stop, notices, move |exit| {
            if show == Show::Json {
                print_cut_off(exit);
            }
        })?;
    }
    let finished = setup::block_on_watched(watch, async {
        if invocation.mode == Mode::Execute {
            match when_to_begin(&hours, &stop, watch).await? {
                WhenBegun::Now(until) => options.until = until,
                WhenBegun::Not(finished) => return Ok(finished),
            }
        }
        // Nothing is written before there is a session.
        let mut session = tokio::select! {
            session = Session::open(&settings, url) => session.map_err(Failure::from)?,
            signal = stop.signalled() => return Err(stopped_by(signal)),
        };
        session.proof = proof;
        session.host_ms = Some(environment::now_ms());
        tokio::select! {
            finished = engine::run(session, &options, watch, &stop) => {
                finished.map_err(Failure::from)
            }
            signal = overdue(&stop) => Err(stopped_by(signal)),
        }
    })?;
    Ok(Ended {
        finished: finished?,
        job: options.job,
        kind,
    })
}

/// What became of the wait for a job's hours.
enum WhenBegun {
    /// It begins, and ends then if it must.
    Now(Option<Until>),
    /// It does not begin.
    Not(Finished),
}

/// Waits for a job's hours, as far as it may.
async fn when_to_begin(
    hours: &JobHours<'_>,
    stop: &Stop,
    watch: &Watch,
) -> Result<WhenBegun, Failure> {
    loop {
        match hours.begin() {
            Begin::Now(until) => return Ok(WhenBegun::Now(until)),
            Begin::Not(finished) => return Ok(WhenBegun::Not(finished)),
            Begin::Later(time) => {
                let what = format!(
                    "waiting {} for the window to open",
                    duration(time.as_secs_f64())
                );
                watch.on(None, &Event::Preparing { what });
                tokio::select! {
                    () = tokio::time::sleep(time) => {}
                    signal = stop.signalled() => return Err(stopped_by(signal)),
                }
            }
        }
    }
}

/// Waits for a signal, and until a job has had its time to end by itself.
async fn overdue(stop: &Stop) -> Signal {
    let signal = stop.signalled().await;
    tokio::time::sleep(GRACE).await;
    signal
}

/// A job that a signal ended before it could end itself. Whatever was open is rolled back with its
/// connection.
fn stopped_by(signal: Signal) -> Failure {
    Failure {
        exit: match signal {
            Signal::Interrupt => Exit::Interrupted,
            Signal::Terminate => Exit::Terminated,
        },
        error: anyhow::anyhow!(
            "stopped by a signal while the database was waited for; what was not committed is dropped"
        ),
        what_to_do: Some("the same command goes on from the last commit".to_owned()),
    }
}

/// The outcome of a finished job.
fn exit_of(finished: &Finished, when_nothing: Exit) -> Exit {
    let end = match finished.end {
        End::Done | End::Dry => Exit::Done,
        End::Nothing => when_nothing,
        End::Interrupted => Exit::Interrupted,
        End::Terminated => Exit::Terminated,
        End::MaxRows => Exit::MaxRows,
        End::MaxRuntime | End::Window | End::ControlStop | End::Canary => Exit::Stopped,
        End::CriticalLoad => Exit::Temporary,
        End::Arriving => Exit::Arriving,
        End::Open => Exit::Unbalanced,
        End::LeaseLost => Exit::Held,
    };
    let is_dry = finished.end == End::Dry;
    let set_aside = (!is_dry && finished.uncovered > 0)
        || (finished.quarantined_by_reason.iter()).any(|(_, rows)| *rows > 0);
    Exit::of([
        end,
        if set_aside {
            Exit::Quarantined
        } else {
            Exit::Done
        },
    ])
}

fn print_last(watch: &Watch, exit: Exit, outcome: &RunOutcome<'_>) {
    let run = watch.run();
    let name = environment::worker_name();
    let stamp = Stamp {
        now_ms: environment::now_ms(),
        run: run.as_deref(),
        worker: worker_id(),
        worker_name: &name,
    };
    output::line(&last_line(stamp, exit_words(exit), outcome));
}

/// Prints the last line of JSON when a second signal ends the process.
fn print_cut_off(exit: Exit) {
    let name = environment::worker_name();
    let stamp = Stamp {
        now_ms: environment::now_ms(),
        run: None,
        worker: worker_id(),
        worker_name: &name,
    };
    let outcome = RunOutcome::Failed {
        error: "a second signal: what was not committed is dropped",
        what_to_do: exit.facts().what_to_do,
    };
    output::line(&last_line(stamp, exit_words(exit), &outcome));
}

fn print_summary(watch: &Watch, exit: Exit, ended: &Ended) {
    let run = watch.run();
    let what_to_do = if exit == Exit::Done {
        ""
    } else {
        exit.facts().what_to_do
    };
    let summary = Summary {
        run: run.as_deref(),
        finished: &ended.finished,
        exit: exit_words(exit),
        what_to_do,
    };
    output::out(&summary.text());
    // A relabel leaves no new residue: the run that wrapped the digests has told of it.
    if matches!(ended.job, Job::Rules | Job::Reset(_))
        && matches!(ended.finished.end, End::Done | End::Arriving)
        && ended.finished.accounts.done > 0
    {
        output::out(&format!("\n{}", residue(ended.kind)));
    }
}

fn exit_words(exit: Exit) -> ExitWords<'static> {
    let facts = exit.facts();
    ExitWords {
        code: facts.code,
        meaning: facts.meaning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::AccountsJson;

    fn finished(end: End) -> Finished {
        Finished {
            end,
            accounts: AccountsJson::default(),
            arrived: 0,
            waiting: 0,
            uncovered: 0,
            elapsed_seconds: 0.0,
            hashing_seconds: 0.0,
            busy_seconds: 0.0,
            hash_cpu_seconds: 0.0,
            hashed: 0,
            longest_lock_ms: 0,
            quarantined_by_reason: Vec::new(),
            held: Vec::new(),
            reason: None,
        }
    }

    fn check(end: End, code: u8) {
        assert_eq!(exit_of(&finished(end), Exit::Done).code(), code, "{end:?}");
    }

    #[test]
    fn every_end_has_its_exit_code() {
        check(End::Done, 0);
        check(End::Nothing, 0);
        check(End::Dry, 0);
        check(End::Interrupted, 130);
        check(End::Terminated, 143);
        check(End::MaxRows, 8);
        check(End::MaxRuntime, 10);
        check(End::Window, 10);
        check(End::ControlStop, 10);
        check(End::CriticalLoad, 5);
        check(End::Canary, 10);
        check(End::Arriving, 7);
        check(End::Open, 6);
        check(End::LeaseLost, 11);
    }

    #[test]
    fn nothing_to_do_is_told_only_where_it_was_asked_for() {
        assert_eq!(
            exit_of(&finished(End::Nothing), Exit::NothingToDo).code(),
            9
        );
    }

    #[test]
    fn rows_that_are_kept_for_want_of_a_proof_make_a_run_exit_3() {
        for end in [End::Done, End::Nothing] {
            let mut kept = finished(end);
            kept.uncovered = 1;
            assert_eq!(exit_of(&kept, Exit::NothingToDo).code(), 3);
        }
        let mut dry = finished(End::Dry);
        dry.uncovered = 1;
        assert_eq!(exit_of(&dry, Exit::Done).code(), 0);
    }

    #[test]
    fn a_quarantined_row_makes_a_run_that_is_done_exit_3() {
        let mut done = finished(End::Done);
        done.quarantined_by_reason.push(("hot".to_owned(), 1));
        assert_eq!(exit_of(&done, Exit::Done).code(), 3);
        done.end = End::MaxRows;
        assert_eq!(exit_of(&done, Exit::Done).code(), 8);
    }
}
