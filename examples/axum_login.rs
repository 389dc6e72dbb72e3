//! A login server with axum and SQLite. It accepts whatever is stored, and makes it strong when its
//! user logs in.
//!
//!     cargo run --example axum_login -- users.db 127.0.0.1:3000
//!     curl --data-urlencode name=anna --data-urlencode password@- http://127.0.0.1:3000/login
//!
//! It uses only the pure part of the library: no sidecar, no configuration file. An application
//! depends on it with `saltern = { version = "…", default-features = false }`.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::post;
use saltern::auth::{Column, Outcome};
use saltern::scheme::{Context, Declared, Dialect, Outer, Scheme};
use saltern::secret::{Password, StoredHash};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tokio::sync::Semaphore;

/// What the column holds: MD5 where a value has no mark of its own, and Argon2id from now on.
const PASSWORDS: Column = Column {
    declared: Declared::Scheme(Scheme::MD5),
    outer: Outer::Argon2id {
        memory_kib: 19_456,
        iterations: 2,
        parallelism: 1,
    },
    dialect: Dialect::Phc,
    normalize: None,
};

struct App {
    users: SqlitePool,
    /// Limits how many hashes are made at once: each takes 19 MiB and a processor for a while.
    hashing: Semaphore,
}

#[derive(serde::Deserialize)]
struct Login {
    name: String,
    password: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err("usage: axum_login FILE ADDRESS:PORT".into());
    };
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let users = SqlitePool::connect_with(options).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, password TEXT)")
        .execute(&users)
        .await?;
    let app = App {
        users,
        hashing: Semaphore::new(2),
    };
    let router = axum::Router::new()
        .route("/login", post(login))
        .with_state(Arc::new(app));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

/// 200 for the right password, 401 for anything else, 503 if the password could not be checked.
async fn login(State(app): State<Arc<App>>, Form(login): Form<Login>) -> StatusCode {
    match log_in(&app, login).await {
        Ok(true) => StatusCode::OK,
        Ok(false) => StatusCode::UNAUTHORIZED,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn log_in(app: &App, login: Login) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    let user: Option<(i64, Option<String>)> =
        sqlx::query_as("SELECT id, password FROM user WHERE name = ?")
            .bind(&login.name)
            .fetch_optional(&app.users)
            .await?;
    let (id, stored) = match user {
        Some((id, stored)) => (Some(id), stored),
        None => (None, None),
    };
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;

    // Hashing would block the runtime's thread, and with it all other logins.
    let permit = app.hashing.acquire().await?;
    let old = stored.clone();
    let outcome = tokio::task::spawn_blocking(move || {
        let password = Password::new(login.password);
        let context = Context::default();
        match old {
            Some(old) => {
                PASSWORDS.verify_and_upgrade(&StoredHash::new(old), &password, &context, &salt)
            }
            // No such user, or no value. It takes as long, so that the time doesn't tell who has an
            // account.
            None => Ok(PASSWORDS.no_row(&password, &context)),
        }
    })
    .await?;
    drop(permit);

    Ok(match outcome {
        Ok(Outcome::Match) => true,
        Ok(Outcome::MatchNeedsRehash(better)) => {
            // The update hits only a row with the old value: a password that was changed meanwhile
            // wins. If it fails, the login succeeds all the same, because the password was right.
            let upgraded =
                sqlx::query("UPDATE user SET password = ? WHERE id = ? AND password = ?")
                    .bind(better.as_str())
                    .bind(id)
                    .bind(stored)
                    .execute(&app.users)
                    .await;
            drop(upgraded);
            true
        }
        // No password opens a value that can't be checked.
        Ok(Outcome::Mismatch) | Err(_) => false,
    })
}
