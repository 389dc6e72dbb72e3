//! Runs the built `saltern` command as an operator would: a folder with its `saltern.toml`, an environment of its own,
//! and everything that it prints kept.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a command may take before the test calls it hung.
const RUN_SECONDS_MAX: u64 = 120;
/// A test that needs more to prove a salted scheme says so itself.
const PROOF: [&str; 2] = ["--proof-seconds", "1"];
const POLL: Duration = Duration::from_millis(5);

/// The variable that names the points of `failpoint`, and the one that spares each start most of its calibration.
pub(crate) const POINTS: &str = "SALTERN_FAILPOINT";
pub(crate) const SHORT: &str = "short-calibration=fail";

/// A point of `failpoint` at which saltern waits while a test does something.
pub(crate) struct Halt(TempDir);

impl Halt {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Arms a point, such as `before-commit`.
    pub(crate) fn at(&self, point: &str) -> String {
        format!("{point}=wait:{}", self.file().display())
    }

    /// Arms a point that is passed before, such as the second time at `before-fence`.
    pub(crate) fn at_time(&self, point: &str, nth: u32) -> String {
        format!("{}@{nth}", self.at(point))
    }

    /// Whether it is waited there.
    pub(crate) fn is_reached(&self) -> bool {
        self.file().exists()
    }

    /// Waits until it is waited there.
    ///
    /// # Panics
    ///
    /// When that takes longer than `RUN_SECONDS_MAX`.
    pub(crate) fn wait(&self) {
        let since = Instant::now();
        while !self.is_reached() {
            let limit = Duration::from_secs(RUN_SECONDS_MAX);
            assert!(since.elapsed() < limit, "the point is not reached");
            std::thread::sleep(POLL);
        }
    }

    /// Lets saltern go on.
    pub(crate) fn go_on(&self) {
        std::fs::remove_file(self.file()).unwrap();
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.path().join("reached")
    }
}

/// A folder from which the command is run.
pub(crate) struct Saltern {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// A command that runs in the background. Dropped, it is killed.
pub(crate) struct Running {
    child: Child,
    started: Instant,
    stdout: Output,
    stderr: Output,
    peak_rss_kib: u64,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) elapsed: Duration,
    /// The most memory that was seen in use, sampled while a test waited.
    pub(crate) peak_rss_kib: u64,
}

impl Saltern {
    /// A folder whose `saltern.toml` reads the URL from the environment and goes on with `config`.
    ///
    /// The commands hash by the crates and measure their speed only shortly: as the tests are built, our own kernels are slow.
    pub(crate) fn new(url: &str, config: &str) -> Self {
        let mut saltern = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: vec![("DATABASE_URL".to_owned(), url.to_owned())],
        };
        saltern.set("SALTERN_KERNEL", "crate");
        saltern.set(POINTS, SHORT);
        saltern.configure(config);
        saltern
    }

    /// The commands hash by our own kernels.
    pub(crate) fn by_our_kernels(mut self) -> Self {
        self.environment
            .retain(|(name, _)| name != "SALTERN_KERNEL");
        self
    }

    /// Writes another `saltern.toml`; `config` comes after the database.
    pub(crate) fn configure(&self, config: &str) {
        let text = format!("[database]\nurl_env = \"DATABASE_URL\"\n\n{config}");
        std::fs::write(self.folder.path().join("saltern.toml"), text).unwrap();
    }

    /// Sets a variable of the command's environment, which holds nothing of the test's own but PATH.
    pub(crate) fn set(&mut self, variable: &str, value: &str) {
        self.environment.retain(|(name, _)| name != variable);
        self.environment
            .push((variable.to_owned(), value.to_owned()));
    }

    /// The commands wait for a database for a second.
    pub(crate) fn have_no_patience(&mut self) {
        self.set(POINTS, &format!("{SHORT},no-patience=fail"));
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the command to its end.
    ///
    /// # Panics
    ///
    /// When it takes longer than `RUN_SECONDS_MAX`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        self.spawn(arguments).finish()
    }

    /// Starts the command in the background.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        self.spawn_within(&[], arguments)
    }

    /// Starts the command by another one, such as `unshare`, in the background.
    pub(crate) fn spawn_within(&self, wrapper: &[&str], arguments: &[&str]) -> Running {
        let whole = [wrapper, &[env!("CARGO_BIN_EXE_saltern")]].concat();
        let mut command = Command::new(whole[0]);
        command.args(&whole[1..]);
        let looks = matches!(arguments.first(), Some(&"scan" | &"plan" | &"run"));
        let says = arguments.contains(&"--proof-seconds");
        command
            .args(arguments)
            .args((looks && !says).then_some(PROOF).iter().flatten())
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder())
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        Running::start(command)
    }
}

impl Running {
    /// Starts any command with its output kept.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = Output::keep(child.stdout.take().unwrap());
        let stderr = Output::keep(child.stderr.take().unwrap());
        Self {
            child,
            started: Instant::now(),
            stdout,
            stderr,
            peak_rss_kib: 0,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn stdout_so_far(&self) -> String {
        self.stdout.so_far()
    }

    pub(crate) fn stderr_so_far(&self) -> String {
        self.stderr.so_far()
    }

    /// Waits until a condition holds; false when the command ended before it did.
    ///
    /// # Panics
    ///
    /// When neither comes about in `RUN_SECONDS_MAX`.
    pub(crate) fn wait_until(&mut self, mut condition: impl FnMut(&Self) -> bool) -> bool {
        loop {
            if condition(self) {
                return true;
            }
            if self.has_ended() {
                return condition(self);
            }
            self.check_time(Duration::from_secs(RUN_SECONDS_MAX));
            std::thread::sleep(POLL);
        }
    }

    /// Sends a signal, as a terminal or an orchestrator would.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Ends the command with SIGKILL and reaps it.
    pub(crate) fn kill(mut self) -> Finished {
        self.child.kill().unwrap();
        self.collect()
    }

    /// Waits for the end.
    pub(crate) fn finish(self) -> Finished {
        self.finish_within(Duration::from_secs(RUN_SECONDS_MAX))
    }

    /// Waits for the end.
    ///
    /// # Panics
    ///
    /// When it does not come in time, counted from the start.
    pub(crate) fn finish_within(mut self, limit: Duration) -> Finished {
        while !self.has_ended() {
            self.check_time(limit);
            std::thread::sleep(POLL);
        }
        self.collect()
    }

    /// Whether it has ended.
    ///
    /// # Panics
    ///
    /// When it has not in `RUN_SECONDS_MAX`.
    pub(crate) fn is_over(&mut self) -> bool {
        self.check_time(Duration::from_secs(RUN_SECONDS_MAX));
        self.has_ended()
    }

    fn has_ended(&mut self) -> bool {
        self.peak_rss_kib = self.peak_rss_kib.max(peak_rss_kib(self.id()).unwrap_or(0));
        self.child.try_wait().unwrap().is_some()
    }

    fn check_time(&self, limit: Duration) {
        assert!(
            self.started.elapsed() < limit,
            "still running after {limit:?}\nstdout: {}\nstderr: {}",
            self.stdout_so_far(),
            self.stderr_so_far(),
        );
    }

    fn collect(mut self) -> Finished {
        let status = self.child.wait().unwrap();
        Finished {
            status,
            elapsed: self.started.elapsed(),
            stdout: self.stdout.all(),
            stderr: self.stderr.all(),
            peak_rss_kib: self.peak_rss_kib,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Finished {
    /// The exit code; `None` when a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The signal that ended it, if one did.
    pub(crate) fn signal(&self) -> Option<i32> {
        self.status.signal()
    }

    /// The same, when the exit code is the one that was expected.
    ///
    /// # Panics
    ///
    /// When it is another, with everything that was printed.
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code(),
            Some(code),
            "{}\nstdout: {}\nstderr: {}",
            self.status,
            self.stdout,
            self.stderr
        );
        self
    }

    /// Standard output as one JSON value.
    pub(crate) fn json(&self) -> serde_json::Value {
        parse(&self.stdout)
    }

    /// Standard output as one JSON value a line.
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(parse).collect()
    }
}

/// One stream, read by a thread so that the command never waits for its reader.
struct Output {
    kept: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    fn keep(mut stream: impl Read + Send + 'static) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&kept);
        let reader = std::thread::spawn(move || {
            let mut piece = [0; 64 * 1024];
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                shared.lock().unwrap().extend_from_slice(&piece[..length]);
            }
        });
        Self {
            kept,
            reader: Some(reader),
        }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.kept.lock().unwrap()).into_owned()
    }

    fn all(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.so_far()
    }
}

/// Linux keeps the highest mark itself, so a sample misses only what comes after it.
fn peak_rss_kib(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

fn parse(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON: {error}\n{text}"))
}
