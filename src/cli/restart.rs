//! What a scheduler does with a member that has ended, by its exit code.
//!
//! The manifests under `packaging/` say the same in their own languages, and tests here hold them
//! to it.

use super::exit::Exit;

/// Whether a scheduler starts a member of a run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// It is done.
    Done,
    /// Not before a person has looked: every other member would end the same way.
    StopAll,
    /// Not this one: another try changes nothing.
    StopOne,
    /// It is tried again.
    Again,
}

impl Restart {
    /// What is right for a run that ended so. None for what no run ends with.
    pub fn of(exit: Exit) -> Option<Self> {
        match exit {
            Exit::Done => Some(Self::Done),
            Exit::Bug | Exit::Usage | Exit::Refused | Exit::Unbalanced => Some(Self::StopAll),
            Exit::Quarantined | Exit::Arriving | Exit::MaxRows | Exit::Stopped => {
                Some(Self::StopOne)
            }
            // A signal is a node that is drained or a time limit: somebody meant it, or it comes
            // back.
            Exit::Temporary | Exit::Held | Exit::Interrupted | Exit::Terminated => {
                Some(Self::Again)
            }
            // Only with an option that no manifest gives.
            Exit::NothingToDo => Some(Self::Done),
            Exit::Found | Exit::Stalled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KUBERNETES: &str = include_str!("../../packaging/kubernetes/saltern.yaml");
    const SLURM: &str = include_str!("../../packaging/slurm/saltern.sbatch");
    const SYSTEMD: &str = include_str!("../../packaging/systemd/saltern@.service");

    /// The codes of every end that calls for one of these, smallest first.
    fn codes(of: &[Restart]) -> Vec<u8> {
        let mut codes: Vec<u8> = Exit::PRECEDENCE
            .into_iter()
            .filter(|exit| Restart::of(*exit).is_some_and(|restart| of.contains(&restart)))
            .map(Exit::code)
            .collect();
        codes.sort_unstable();
        codes
    }

    /// The numbers of a text, in its order.
    fn numbers(text: &str) -> Vec<u8> {
        text.split(|c: char| !c.is_ascii_digit())
            .filter_map(|word| word.parse().ok())
            .collect()
    }

    /// What stands behind the first of `words`, up to the end of the line.
    fn behind<'t>(text: &'t str, words: &str) -> &'t str {
        let (_, rest) = text.split_once(words).expect(words);
        rest.split('\n').next().unwrap_or_default()
    }

    #[test]
    fn kubernetes_stops_the_job_or_the_index_by_these_codes() {
        let of = |action: &str| {
            let (_, rule) = KUBERNETES.split_once(action).expect(action);
            numbers(behind(rule, "values:"))
        };
        assert_eq!(of("- action: FailJob"), codes(&[Restart::StopAll]));
        assert_eq!(of("- action: FailIndex"), codes(&[Restart::StopOne]));
        assert_eq!(KUBERNETES.matches("onExitCodes").count(), 2);
    }

    #[test]
    fn systemd_restarts_by_these_codes() {
        let again = numbers(behind(SYSTEMD, "\nRestartForceExitStatus="));
        // A signal is the end that systemd itself asked for.
        let asked = [Exit::Interrupted, Exit::Terminated].map(Exit::code);
        let mut wanted = codes(&[Restart::Again]);
        wanted.retain(|code| !asked.contains(code));
        assert_eq!(again, wanted);
        let mut never = codes(&[Restart::StopAll, Restart::StopOne, Restart::Done]);
        never.retain(|code| *code != 0);
        assert_eq!(
            numbers(behind(SYSTEMD, "\nRestartPreventExitStatus=")),
            never
        );
        // What is a success of the unit is never a refusal.
        let success = numbers(behind(SYSTEMD, "\nSuccessExitStatus="));
        assert!(
            success
                .iter()
                .all(|code| !codes(&[Restart::StopAll]).contains(code))
        );
    }

    #[test]
    fn slurm_tries_again_by_these_codes() {
        let again = SLURM
            .lines()
            .find(|line| line.trim_end().ends_with(";;") && !line.contains('*'))
            .expect("a line of codes");
        let mut wanted = codes(&[Restart::Again]);
        // After a signal the task ends, and the array's own requeue brings it back.
        wanted.retain(|code| *code < 128);
        assert_eq!(numbers(again), wanted);
    }
}
