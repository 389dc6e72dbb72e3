//! `saltern serve`: runs the sidecar, with its signals and its log. Logins are the work of the room
//! `serve`.

use std::path::Path;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::args::ServeArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::file_rights;
use crate::cli::output::{self, Notices};
use crate::cli::setup::{Setup, load, run_told};
use crate::cli::waits::{Told, print_wait};
use crate::config::Serve;
use crate::kernel::Implementation as Kernel;
use crate::report::stamp;
use crate::secret::FileHolds;
use crate::serve::{
    BearerToken, CurrentTls, CurrentToken, ListenError, Means, ServeError, Sidecar, SidecarEvent,
    SidecarObserver, SidecarStop, TokenError, document, listen,
};

pub(super) fn serve(args: &ServeArgs, config: &Path) -> Result<Exit, Failure> {
    if args.print_openapi {
        output::out(&document());
        return Ok(Exit::Done);
    }
    let setup = load(config, Notices::Show)?;
    let token = match &setup.settings.serve.token_file {
        Some(path) => Some(BearerToken::read(path).map_err(|error| token_failure(path, error))?),
        None => None,
    };
    // The token's own reader refuses what is open to others; here its group draws a warning.
    check_rights(&setup.settings.serve)?;
    let kernel = environment::choose_kernel()?.implementation;
    let served = run(&setup, token, kernel);
    run_told(Told::OneAMinute, &print_wait, served)?
}

async fn run(setup: &Setup, token: Option<BearerToken>, kernel: Kernel) -> Result<Exit, Failure> {
    let listener = listen(&setup.settings.serve).map_err(listen_failure)?;
    let token = token.map(CurrentToken::new);
    read_again_on_hangup(setup.settings.serve.clone(), token.clone(), listener.tls())?;
    let means = Means {
        url: &setup.url,
        token,
        kernel,
        observer: Arc::new(Log),
    };
    let sidecar = Sidecar::open(&setup.settings, means)
        .await
        .map_err(serve_failure)?;
    let stop = SidecarStop::new();
    let asked = catch_signals(stop.clone())?;
    sidecar.serve(listener, &stop).await;
    // A signal is the only reason why it ends.
    Ok(asked.await.unwrap_or(Exit::Bug))
}

/// Looks at the rights of the files that the sidecar alone reads.
fn check_rights(serve: &Serve) -> Result<(), Failure> {
    if let Some(tls) = &serve.tls {
        file_rights::check(&tls.certificate, FileHolds::Orders, Notices::Show)?;
        file_rights::check(&tls.key, FileHolds::Secret, Notices::Show)?;
    }
    match &serve.token_file {
        Some(token) => file_rights::check(token, FileHolds::Secret, Notices::Show),
        None => Ok(()),
    }
}

/// Reads the files of the token, the certificate and the key again at each SIGHUP. No connection
/// is closed. All of them are taken, or none.
fn read_again_on_hangup(
    serve: Serve,
    token: Option<CurrentToken>,
    tls: Option<CurrentTls>,
) -> Result<(), Failure> {
    let mut hangup = catch(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            let event = match read_again(&serve, token.as_ref(), tls.as_ref()) {
                Ok(()) => SidecarEvent::ReadAgain,
                Err(error) => SidecarEvent::NotReadAgain {
                    why: format!("{error:#}"),
                },
            };
            Log.on(&event);
        }
    });
    Ok(())
}

fn read_again(
    serve: &Serve,
    token: Option<&CurrentToken>,
    tls: Option<&CurrentTls>,
) -> anyhow::Result<()> {
    check_rights(serve).map_err(|refused| refused.error)?;
    let new = match (token, &serve.token_file) {
        (Some(current), Some(path)) => Some((current, BearerToken::read(path)?)),
        _ => None,
    };
    if let (Some(current), Some(tls)) = (tls, &serve.tls) {
        current.read_again(tls)?;
    }
    if let Some((current, token)) = new {
        current.replace(token);
    }
    Ok(())
}

fn catch(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure {
        exit: Exit::Refused,
        error: anyhow::Error::new(error).context("cannot catch signals"),
        what_to_do: None,
    })
}

/// Installs the handlers. The first signal asks the sidecar to stop.
///
/// The second signal ends the process. What is in flight is dropped, and each row stays as its last
/// commit left it.
fn catch_signals(stop: SidecarStop) -> Result<tokio::sync::oneshot::Receiver<Exit>, Failure> {
    let mut interrupt = catch(SignalKind::interrupt())?;
    let mut terminate = catch(SignalKind::terminate())?;
    let (tell, asked) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = interrupt.recv() => Exit::Interrupted,
                _ = terminate.recv() => Exit::Terminated,
            }
        };
        let first = next().await;
        stop.ask();
        tell.send(first).ok();
        let second = next().await;
        std::process::exit(i32::from(second.code()));
    });
    Ok(asked)
}

/// Prints each event as a line with its time on standard error.
struct Log;

impl SidecarObserver for Log {
    fn on(&self, event: &SidecarEvent) {
        output::err(&log_line(&stamp(environment::now_ms()), event));
    }
}

/// One line, whatever names and servers' words are in the event.
fn log_line(time: &str, event: &SidecarEvent) -> String {
    let words = event.to_string().replace('\n', "\\u000a");
    format!("{time} saltern: {words}\n")
}

fn token_failure(path: &Path, error: TokenError) -> Failure {
    let way = format!("openssl rand -hex 32 > {0}; chmod 600 {0}", path.display());
    let what_to_do = match error {
        TokenError::Unreadable(_) => {
            format!("name a file that is there in [serve] token_file: {way}")
        }
        TokenError::Open(_) => format!("chmod 600 {}", path.display()),
        TokenError::Unfit => format!("write another: {way}"),
    };
    Failure {
        exit: Exit::Usage,
        error: anyhow::Error::new(error),
        what_to_do: Some(what_to_do),
    }
}

fn listen_failure(error: ListenError) -> Failure {
    let (exit, what_to_do) = match &error {
        ListenError::Taken(_) => (
            Exit::Refused,
            "stop the other process, or name another path in [serve] listen",
        ),
        ListenError::NoSocket(_) => (
            Exit::Usage,
            "name a path in [serve] listen at which nothing stands",
        ),
        ListenError::Refused { .. } => (
            Exit::Refused,
            "name a place in [serve] listen where this user may listen and nobody else does",
        ),
        ListenError::Tls { .. } => (
            Exit::Usage,
            "tls_certificate and tls_key in [serve] must be files in PEM that belong together",
        ),
    };
    Failure {
        exit,
        error: anyhow::Error::new(error),
        what_to_do: Some(what_to_do.to_owned()),
    }
}

fn serve_failure(error: ServeError) -> Failure {
    match error {
        ServeError::Store(error) => error.into(),
        ServeError::TooLittleMemory { .. } => Failure {
            exit: Exit::Refused,
            error: anyhow::Error::new(error),
            what_to_do: Some(
                "give the process more memory, or lower memory_kib in [target]".to_owned(),
            ),
        },
        ServeError::Site { .. } => Failure {
            exit: Exit::Refused,
            error: anyhow::Error::new(error),
            what_to_do: Some(
                "put the file back as it was, each line in its place: new lines go behind the others"
                    .to_owned(),
            ),
        },
        ServeError::List(_) => Failure {
            exit: Exit::Usage,
            error: anyhow::Error::new(error),
            what_to_do: Some("put the paths in [known] right, or leave them out".to_owned()),
        },
        ServeError::Threads(_) => Failure {
            exit: Exit::Refused,
            error: anyhow::Error::new(error),
            what_to_do: Some("raise the limit on processes, or set threads in [serve]".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_newline_forges_no_line_of_the_log() {
        let event = SidecarEvent::DatabaseGone {
            why: "no table \"a\n2026-01-01 saltern: stopping\"".to_owned(),
        };
        assert_eq!(
            log_line("now", &event),
            "now saltern: the database does not answer: no table \
             \"a\\u000a2026-01-01 saltern: stopping\"\n"
        );
    }
}
