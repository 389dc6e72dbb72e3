//! The bodies of answers, in JSON.
//!
//! The comments here are the descriptions in the OpenAPI document. A long one is a `doc` attribute,
//! because a line break in it would stand in the document too.

use serde::Serialize;
use utoipa::ToSchema;

/// How a password was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Outcome)]
pub(in crate::serve) enum PasswordOutcome {
    /// It is the password.
    Match,
    /// It is not, or nobody has this login, or nobody can log in by it: nothing tells these apart.
    Mismatch,
    /// The password was reset and its user has to choose another. Only with `reveal_reset = true`.
    ResetRequired,
}

/// A login's answer.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct LoginAnswer {
    pub(in crate::serve) outcome: PasswordOutcome,
    #[doc = " Whether the row holds a better hash now. False also where somebody else wrote the row \
             meanwhile: theirs stands."]
    pub(in crate::serve) upgraded: bool,
    #[doc = " Whether the password stands in a list of known passwords. Only with \
             `reveal_known = true`, and only beside a right password."]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::serve) known_password: Option<bool>,
}

/// The answer for a stored value.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct VerifyAnswer {
    pub(in crate::serve) outcome: PasswordOutcome,
    #[doc = " What to store instead, where the value is weaker than the target or wrapped. It is \
             plain ASCII."]
    pub(in crate::serve) replacement: Option<String>,
    #[doc = " What the column of `[credential.format]` is set to in the same statement. It is there \
             only where the column is to be set."]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::serve) replacement_format: Option<String>,
    /// The condition under which the application may write it.
    pub(in crate::serve) write_if: Option<Condition>,
}

/// A condition for a write.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::serve) enum Condition {
    #[doc = " Only where the column still holds the value that was checked, byte for byte, in \
             one statement:"]
    #[doc = " `UPDATE … SET password = :replacement WHERE id = :id AND password = :stored`. If \
             that hits no row, leave it: somebody changed"]
    /// the password meanwhile, and theirs must win.
    StoredIsUnchanged,
}

/// A new hash.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct HashAnswer {
    /// What to store. It is plain ASCII.
    pub(in crate::serve) stored: String,
}

/// A token for whoever has the login, if anybody does.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct StartAnswer {
    #[doc = " What to put into the link. It is to be sent to the address that stands in the \
             user's row and nowhere else; where nobody has the"]
    /// login it opens nothing.
    #[schema(example = "3p3Nqk0-nCg7Ls2zX4d8vT0rY1uW6bHfJ5mKaQeSoDc")]
    pub(in crate::serve) token: String,
    /// How long it is good.
    pub(in crate::serve) expires_in_seconds: u64,
}

/// What became of a new password.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::serve) enum FinishOutcome {
    /// It is the password now.
    Changed,
    #[doc = " The token was used, is too old, is another user's, was followed by a later one, or \
             the password was changed since: nothing tells"]
    /// these apart.
    VoidToken,
    /// It is the password that the user has already. The token is still good.
    OldPassword,
    /// It stands in a list of passwords that everybody has who guesses. The token is still good.
    KnownPassword,
}

/// The answer to a new password.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct FinishAnswer {
    pub(in crate::serve) outcome: FinishOutcome,
}

/// What Ory Kratos wants to hear of a right password.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct KratosAnswer {
    /// Always `password_match`.
    #[schema(example = "password_match")]
    pub(in crate::serve) status: &'static str,
}

/// Whether it can serve.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub(in crate::serve) status: &'static str,
}

/// Why it can't serve now.
#[derive(Serialize, ToSchema)]
pub(in crate::serve) struct Unready {
    /// Always `database`.
    #[schema(example = "database")]
    pub(in crate::serve) error: &'static str,
    /// A sentence for people.
    pub(in crate::serve) message: &'static str,
    #[doc = " A word for programs: `gone`, `slow`, or another class of the page on errors of the \
             servers."]
    #[schema(example = "gone")]
    pub(in crate::serve) reason: &'static str,
    /// For how long the database has not answered, in seconds. The sidecar waits without an end.
    pub(in crate::serve) waited_seconds: u64,
}
