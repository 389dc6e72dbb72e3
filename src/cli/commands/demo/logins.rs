//! Logins on the demo's database, checked as an application checks them.

use super::people::{People, Person};
use super::step::step;
use crate::auth::{Column, Outcome};
use crate::cli::environment;
use crate::cli::failure::Failure;
use crate::cli::setup;
use crate::policy::Normalize;
use crate::report::safe;
use crate::scheme::{Context, Scheme, digest};
use crate::secret::{DatabaseUrl, Password};
use crate::store::{self, Conn, DemoPlace, DemoSwap, Role};

/// What the logins need.
pub(super) struct Logins<'a> {
    /// The demo's database.
    pub(super) url: &'a DatabaseUrl,
    /// Everybody in the database.
    pub(super) people: &'a People,
    /// How the application checks a password.
    pub(super) login: &'a Column,
}

/// What came of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Login {
    Refused,
    Opened,
    Upgraded,
}

impl Logins<'_> {
    /// Shows the logins: the steps 5 to 8 of the demo.
    ///
    /// # Errors
    /// Where a login does not end as saltern promises. That is a bug.
    pub(super) fn show(&self) -> Result<(), Failure> {
        self.the_owner_and_a_thief()?;
        self.an_answer()
    }

    fn the_owner_and_a_thief(&self) -> Result<(), Failure> {
        let parent = &self.people.parent;
        let place = DemoPlace {
            table: "parent",
            column: "password",
            id: parent.id,
        };
        let leaked = digest(Scheme::MD5, parent.secret.as_bytes())
            .map(|hex| hex.to_string())
            .unwrap_or_default();

        let first = self.log_in(self.login, place, &parent.secret)?;
        first.must_be(Login::Upgraded, "the old password must open the new hash")?;
        step(
            5,
            &format!(
                "{} logs in with the old password: it opens, and what is stored becomes a plain Argon2id string.",
                safe(&parent.login)
            ),
            "done by: saltern::auth::Column::verify_and_upgrade, and a swap of the one row",
        );
        let again = self.log_in(self.login, place, &parent.secret)?;
        again.must_be(Login::Opened, "the old password must open the plain string")?;
        let wrong = self.log_in(self.login, place, "not the password")?;
        wrong.must_be(Login::Refused, "a wrong password must be refused")?;
        step(
            6,
            "Once more: it opens and nothing is left to change. A wrong password: refused.",
            "done by: saltern::auth::Column::verify_and_upgrade",
        );
        let other = DemoPlace {
            id: another(self.people, parent),
            ..place
        };
        for place in [place, other] {
            let thief = self.log_in(self.login, place, &leaked)?;
            thief.must_be(Login::Refused, "a leaked digest must open nothing")?;
        }
        step(
            7,
            "A thief types the MD5 from the stolen copy as the password: refused, before and after the owner's login.",
            "done by: saltern::auth::Column::verify_and_upgrade",
        );
        Ok(())
    }

    fn an_answer(&self) -> Result<(), Failure> {
        let answerer = &self.people.answerer;
        let answers = Column {
            normalize: Some(Normalize::Answer1),
            ..*self.login
        };
        let place = DemoPlace {
            table: "parent",
            column: "secret_answer",
            id: answerer.id,
        };
        let sloppy = format!("  {} ", answerer.secret.to_uppercase().replace(' ', "   "));
        let answered = self.log_in(&answers, place, &sloppy)?;
        answered.must_be(
            Login::Opened,
            "an answer must open whatever its case and spaces",
        )?;
        step(
            8,
            &format!(
                "{} answers the secret question in capitals and with too many spaces: it opens.",
                safe(&answerer.login)
            ),
            "done by: saltern::auth::Column::verify_and_upgrade, with normalize = \"answer1\"",
        );
        Ok(())
    }

    fn log_in(&self, column: &Column, place: DemoPlace, typed: &str) -> Result<Login, Failure> {
        let salt = environment::random_salt()?;
        setup::block_on(async {
            let mut conn = Conn::open(self.url, Role::Write).await?;
            let stored = store::read_demo(&mut conn, place).await?;
            let outcome = match &stored {
                Some(stored) => column
                    .verify_and_upgrade(stored, &Password::new(typed), &Context::default(), &salt)
                    .map_err(Failure::bug)?,
                None => Outcome::Mismatch,
            };
            let login = match (&outcome, &stored) {
                (Outcome::MatchNeedsRehash(better), Some(stored)) => {
                    match store::swap_demo(&mut conn, place, stored, better.as_str()).await? {
                        DemoSwap::Done => Login::Upgraded,
                        DemoSwap::Superseded => Login::Opened,
                    }
                }
                (Outcome::Mismatch, _) => Login::Refused,
                _ => Login::Opened,
            };
            conn.close().await;
            Ok(login)
        })?
    }
}

impl Login {
    /// A broken promise is a bug.
    fn must_be(self, promised: Login, promise: &str) -> Result<(), Failure> {
        if self == promised {
            Ok(())
        } else {
            Err(Failure::bug(anyhow::anyhow!("{promise}")))
        }
    }
}

/// Another parent with the same password, whose row is still wrapped. Without one it is the same
/// parent.
fn another(people: &People, known: &Person) -> i64 {
    let stored = |id: i64| {
        usize::try_from(id - 1)
            .ok()
            .and_then(|at| people.rows.parents.get(at)?.user.password.as_ref())
    };
    let same = (1..)
        .zip(&people.rows.parents)
        .find(|(id, p)| *id != known.id && p.user.password.as_ref() == stored(known.id));
    same.map_or(known.id, |(id, _)| id)
}
