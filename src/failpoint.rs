//! Failpoints: named points at which a test kills this process, stops it, makes it sleep or wait,
//! or has an answer lost.
//!
//! No release contains them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// What happens at an armed point.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Deed {
    Kill,
    Stop,
    Sleep(Duration),
    Wait(PathBuf),
    Fail,
}

#[derive(Debug)]
struct Armed {
    name: String,
    deed: Deed,
    /// How many times the point is passed before it happens.
    skip: u32,
}

static ARMED: Mutex<Vec<Armed>> = Mutex::new(Vec::new());

thread_local! {
    /// The points of one thread, so that tests in one process do not hit each other's.
    static ARMED_HERE: RefCell<Vec<Armed>> = const { RefCell::new(Vec::new()) };
}

/// Arms points for this thread, as [`arm`] does for the process.
pub fn arm_here(spec: &str) {
    ARMED_HERE.with_borrow_mut(|armed| read(spec, armed));
}

/// How often a file that is waited for is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Arms points for the process: `name=kill`, `name=stop` (until SIGCONT), `name=fail`,
/// `name=sleep:MS` (milliseconds) or `name=wait:FILE`, separated by commas. `@N` behind one means
/// the N-th time.
///
/// A point that waits makes the file, and goes on when a test has taken it away.
pub fn arm(spec: &str) {
    read(
        spec,
        &mut ARMED.lock().expect("no thread panics while it holds this"),
    );
}

fn read(spec: &str, armed: &mut Vec<Armed>) {
    for part in spec.split(',').filter(|p| !p.is_empty()) {
        let (name, deed) = part.split_once('=').unwrap_or((part, "kill"));
        let (deed, nth) = deed.split_once('@').unwrap_or((deed, "1"));
        let deed = match deed.split_once(':') {
            Some(("sleep", ms)) => Deed::Sleep(Duration::from_millis(ms.parse().unwrap_or(1000))),
            Some(("wait", file)) => Deed::Wait(file.into()),
            _ if deed == "fail" => Deed::Fail,
            _ if deed == "stop" => Deed::Stop,
            _ => Deed::Kill,
        };
        armed.push(Armed {
            name: name.to_owned(),
            deed,
            skip: nth.parse::<u32>().unwrap_or(1).saturating_sub(1),
        });
    }
}

/// Passes a point. True where the test wants the caller to fail.
pub fn hit(name: &str) -> bool {
    let deed = ARMED_HERE
        .with_borrow_mut(|armed| next(name, armed))
        .or_else(|| {
            next(
                name,
                &mut ARMED.lock().expect("no thread panics while it holds this"),
            )
        });
    let Some(deed) = deed else {
        return false;
    };
    let signal_myself = |signal| {
        rustix::process::kill_process(rustix::process::getpid(), signal).ok();
        false
    };
    match deed {
        Deed::Kill => signal_myself(rustix::process::Signal::KILL),
        Deed::Stop => signal_myself(rustix::process::Signal::STOP),
        Deed::Sleep(time) => {
            std::thread::sleep(time);
            false
        }
        Deed::Wait(file) => {
            wait_at(&file);
            false
        }
        Deed::Fail => true,
    }
}

/// Where the file can't be made there is no test that waits for it.
fn wait_at(file: &Path) {
    if std::fs::write(file, "").is_ok() {
        while file.exists() {
            std::thread::sleep(LOOK);
        }
    }
}

/// Whether a point of this process is armed: one that changes a constant is never used up.
pub fn is_armed(name: &str) -> bool {
    let armed = ARMED.lock().expect("no thread panics while it holds this");
    armed.iter().any(|a| a.name == name)
}

fn next(name: &str, armed: &mut Vec<Armed>) -> Option<Deed> {
    let at = armed.iter().position(|a| a.name == name)?;
    if armed[at].skip > 0 {
        armed[at].skip -= 1;
        return None;
    }
    Some(armed.remove(at).deed)
}
