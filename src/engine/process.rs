//! Who this process is, in words that another process on this host can check. It answers whether
//! the holder of a lock is still alive.

use std::sync::OnceLock;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use crate::store::ledger::{Holder, WorkerIdentity};

/// This process's id as a worker: a new UUID a process.
pub fn worker_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| uuid::Uuid::new_v4().to_string())
}

/// This host's name.
pub fn host_name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| read("/proc/sys/kernel/hostname").unwrap_or_else(|| "unknown".to_owned()))
}

/// This process.
pub(crate) fn me() -> WorkerIdentity {
    let pid = i64::from(std::process::id());
    let namespaces = namespaces(pid);
    WorkerIdentity {
        id: worker_id().to_owned(),
        host: host_name().to_owned(),
        boot: read("/proc/sys/kernel/random/boot_id").unwrap_or_default(),
        pid,
        pid_start: match look_at(pid) {
            Sight::StartedAt(start) if !namespaces.is_empty() => start,
            _ => String::new(),
        },
        namespaces,
    }
}

/// Whether a lock's holder is known to be gone.
pub(crate) fn is_gone(holder: &Holder, me: &WorkerIdentity) -> bool {
    let who = WorkerIdentity {
        id: holder.owner.clone(),
        host: holder.host.clone(),
        boot: holder.boot.clone(),
        pid: holder.pid,
        pid_start: holder.pid_start.clone(),
        namespaces: holder.namespaces.clone(),
    };
    has_ended(&who, me)
}

/// Whether a worker is known to have ended, as seen from this process.
pub fn is_known_to_have_ended(who: &WorkerIdentity) -> bool {
    has_ended(who, &me())
}

/// Whether a process is known to have ended: it ran on this host in this boot, its pid can be
/// looked at from here, and no process of its pid started when it did.
///
/// Containers may share the host's name and its boot without sharing its processes. What can't be
/// looked at from here is not known to have ended.
fn has_ended(who: &WorkerIdentity, me: &WorkerIdentity) -> bool {
    let is_in_sight = who.host == me.host
        && who.boot == me.boot
        && who.namespaces == me.namespaces
        && ![&me.boot, &me.namespaces, &who.pid_start]
            .iter()
            .any(|text| text.is_empty());
    is_in_sight
        && match look_at(who.pid) {
            Sight::Gone => true,
            Sight::StartedAt(start) => start != who.pid_start,
            Sight::Hidden => false,
        }
}

/// The namespaces in which a pid and the start of its process are read: the links of
/// `/proc/self/ns` (namespaces(7)). Empty where `/proc` shows the processes of another namespace.
fn namespaces(pid: i64) -> String {
    let link = |path: &str| {
        let target = std::fs::read_link(path).ok()?;
        Some(target.to_string_lossy().into_owned())
    };
    // `/proc/self` is this process, as the namespace that `/proc` belongs to numbers it.
    if link("/proc/self") != Some(pid.to_string()) {
        return String::new();
    }
    let Some(pids) = link("/proc/self/ns/pid") else {
        return String::new();
    };
    // Kernels before 5.6 have one time for all.
    let time = link("/proc/self/ns/time").unwrap_or_default();
    format!("{pids} {time}").trim_end().to_owned()
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path)
        .ok()
        .map(|text| text.trim().to_owned())
}

/// What is seen of a process.
#[derive(Debug, PartialEq, Eq)]
enum Sight {
    /// It is there, and started then, in clock ticks since boot: field 22 of `/proc/PID/stat`
    /// (proc(5)).
    StartedAt(String),
    /// There is none, or a zombie.
    Gone,
    /// It is there, and nothing can be read of it: `/proc` may hide the processes of other users.
    Hidden,
}

fn look_at(pid: i64) -> Sight {
    let read = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is the program's name in parentheses and may hold anything.
        let rest = stat[stat.rfind(')')? + 1..].to_owned();
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next()?.to_owned();
        Some((state, fields.nth(18)?.to_owned()))
    };
    match read() {
        Some((state, _)) if state == "Z" || state == "X" => Sight::Gone,
        Some((_, start)) => Sight::StartedAt(start),
        None if is_nobodys(pid) => Sight::Gone,
        None => Sight::Hidden,
    }
}

/// Whether the kernel knows no process of a pid; it says so of other users' processes too.
fn is_nobodys(pid: i64) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return true;
    };
    test_kill_process(pid) == Err(Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_started_at_a_known_time_and_keeps_it() {
        let me = me();
        assert!(!me.pid_start.is_empty());
        assert_eq!(look_at(me.pid), Sight::StartedAt(me.pid_start.clone()));
        assert!(!has_ended(&me, &me));
    }

    #[test]
    fn a_pid_that_nobody_has_is_gone() {
        assert_eq!(look_at(i64::from(u32::MAX)), Sight::Gone);
        assert_eq!(look_at(i64::from(i32::MAX)), Sight::Gone);
    }

    /// A process that has ended, as this one knows it; then with something changed.
    fn check(change: impl FnOnce(&mut WorkerIdentity), ended: bool) {
        let me = me();
        let mut who = WorkerIdentity {
            pid: i64::from(i32::MAX),
            ..me.clone()
        };
        change(&mut who);
        assert_eq!(has_ended(&who, &me), ended, "{who:?}");
    }

    #[test]
    fn only_what_can_be_looked_at_from_here_is_known_to_have_ended() {
        check(|_| {}, true);
        check(|who| who.host.push('x'), false);
        check(|who| who.boot.push('x'), false);
        check(|who| who.pid_start.clear(), false);
        check(|who| who.namespaces = "pid:[1] time:[2]".to_owned(), false);
        // A ledger of before knows no namespaces.
        check(|who| who.namespaces.clear(), false);
    }
}
