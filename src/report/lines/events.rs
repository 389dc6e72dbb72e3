//! Events for machines: one JSON object a line, with a version. Fields are only ever added.

use serde::Serialize;

use crate::engine::{EVENT_VERSION, Event, Finished};
use crate::report::exit_words::ExitWords;
use crate::report::object::object;
use crate::report::text::stamp;

/// The run, the process and the time of an event.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// Milliseconds since 1970.
    pub now_ms: i64,
    /// The run, once there is one.
    pub run: Option<&'a str>,
    /// This process.
    pub worker: &'a str,
    /// Its name: the scheduler's number of it, or its host.
    pub worker_name: &'a str,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum RunOutcome<'a> {
    /// It ended as it should.
    Finished(&'a Finished),
    /// It could not go on.
    Failed {
        /// The chain of errors.
        error: &'a str,
        /// What the operator can do.
        what_to_do: &'a str,
    },
}

/// The object of a line.
#[derive(Serialize)]
struct LineObject<'a, E> {
    v: u32,
    ts: String,
    run: Option<&'a str>,
    worker: &'a str,
    worker_name: &'a str,
    #[serde(flatten)]
    event: E,
}

/// The last line's own fields.
#[derive(Serialize)]
struct OutcomeObject<'a> {
    #[serde(rename = "type")]
    event: &'static str,
    exit_code: u8,
    meaning: &'a str,
    #[serde(flatten)]
    end: &'a RunOutcome<'a>,
}

/// An event as one line.
pub fn event_line(stamp: Stamp<'_>, event: &Event) -> String {
    line(stamp, event)
}

/// The last line of a run: the exit code with its meaning, and the run's end or its error.
pub fn last_line(stamp: Stamp<'_>, code: ExitWords<'_>, end: &RunOutcome<'_>) -> String {
    line(
        stamp,
        OutcomeObject {
            event: "outcome",
            exit_code: code.code,
            meaning: code.meaning,
            end,
        },
    )
}

fn line(at: Stamp<'_>, event: impl Serialize) -> String {
    let object = object(&LineObject {
        v: EVENT_VERSION,
        ts: stamp(at.now_ms),
        run: at.run,
        worker: at.worker,
        worker_name: at.worker_name,
        event,
    });
    object.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const STAMP: Stamp<'static> = Stamp {
        now_ms: 0,
        run: Some("r"),
        worker: "w",
        worker_name: "n",
    };

    fn check(line: &str, expected: Value) {
        assert!(!line.contains('\n'));
        let got: Value = serde_json::from_str(line).unwrap();
        assert_eq!(got, expected);
    }

    #[test]
    fn every_event_has_its_version_time_type_run_and_worker() {
        check(
            &event_line(STAMP, &Event::Pass { pass: 1 }),
            json!({"v": 1, "ts": "1970-01-01T00:00:00.000Z", "type": "pass", "run": "r", "worker": "w", "worker_name": "n", "pass": 1}),
        );
    }

    #[test]
    fn the_last_line_of_a_failure_has_the_exit_code_too() {
        let failed = RunOutcome::Failed {
            error: "x",
            what_to_do: "y",
        };
        check(
            &last_line(
                STAMP,
                ExitWords {
                    code: 4,
                    meaning: "refused",
                },
                &failed,
            ),
            json!({"v": 1, "ts": "1970-01-01T00:00:00.000Z", "type": "outcome", "run": "r", "worker": "w", "worker_name": "n", "exit_code": 4,
                "meaning": "refused", "error": "x", "what_to_do": "y"}),
        );
    }
}
