//! What comes in: bodies in JSON, read strictly and within limits, with every secret in a type that wipes it.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::refusal::Refusal;
use crate::secret::{InnerSalt, Password, StoredHash, Token};
use crate::store::OLD_BYTES_MAX;
use crate::text;

/// The longest password that is hashed, in bytes; NIST SP 800-63B asks for 64 characters at least.
const PASSWORD_BYTES_MAX: usize = 4096;
/// The longest login that is looked up, in bytes: an address of e-mail has 254.
const LOGIN_BYTES_MAX: usize = 1024;

/// A text that is wiped.
pub(in crate::serve) struct Secret(Zeroizing<String>);

/// A login to check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct LoginRequest {
    /// The credential's name in `saltern.toml`.
    #[schema(value_type = String, example = "parents")]
    pub(in crate::serve) credential: Secret,
    /// What was typed as the user's name; at most 1,024 bytes.
    #[schema(value_type = String, example = "anna@example.org")]
    login: Secret,
    /// The password; at most 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// A stored value and a password to check against it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct VerifyRequest {
    /// The stored value, as it stands in the column; at most 4,096 bytes.
    #[schema(value_type = String)]
    stored: Secret,
    /// The password; at most 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// A credential of `saltern.toml`, from which `scheme` and the form of answers are taken.
    #[schema(value_type = Option<String>)]
    pub(in crate::serve) credential: Option<Secret>,
    /// What the value is, if it carries no mark of its own: a name, or an expression such as `md5(md5(pass).salt)`.
    #[schema(value_type = Option<String>, example = "md5")]
    pub(in crate::serve) scheme: Option<Secret>,
    /// The salt, where it stands in another column.
    #[schema(value_type = Option<String>)]
    salt: Option<Secret>,
    /// The same in hex, where it is no text.
    #[schema(value_type = Option<String>)]
    salt_hex: Option<Secret>,
    /// The second salt.
    #[schema(value_type = Option<String>)]
    salt2: Option<Secret>,
    /// The same in hex.
    #[schema(value_type = Option<String>)]
    salt2_hex: Option<Secret>,
    /// The user's name, where the scheme takes it.
    #[schema(value_type = Option<String>)]
    username: Option<Secret>,
    /// The user's id, where the scheme takes it.
    #[schema(value_type = Option<String>)]
    user_id: Option<Secret>,
    /// The charset in which old passwords were hashed, tried after UTF-8: `latin1`, `windows-1251`, …
    #[schema(value_type = Option<String>, example = "latin1")]
    charset: Option<Secret>,
}

/// A password to hash.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct HashRequest {
    /// The password; at most 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// A credential of `saltern.toml`; one of secret answers has its answers normalised.
    #[schema(value_type = Option<String>)]
    pub(in crate::serve) credential: Option<Secret>,
}

/// A user who wants a new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct StartRequest {
    /// The credential's name in `saltern.toml`.
    #[schema(value_type = String, example = "parents")]
    pub(in crate::serve) credential: Secret,
    /// What was typed as the user's name; at most 1,024 bytes.
    #[schema(value_type = String, example = "anna@example.org")]
    login: Secret,
}

/// A new password, with the token that allows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct FinishRequest {
    /// The credential's name in `saltern.toml`.
    #[schema(value_type = String, example = "parents")]
    pub(in crate::serve) credential: Secret,
    /// The token that the user was sent.
    #[schema(value_type = String, format = Password)]
    token: Secret,
    /// The new password; 1 to 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// The user's name, where the application asks for it again: the token has to be theirs. At most 1,024 bytes.
    #[schema(value_type = Option<String>, example = "anna@example.org")]
    login: Option<Secret>,
}

/// What Ory Kratos sends.
#[derive(Deserialize, ToSchema)]
pub(in crate::serve) struct KratosRequest {
    /// What was typed as the user's name.
    #[schema(value_type = String)]
    identifier: Secret,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// A new password.
pub(in crate::serve) struct Chosen {
    pub(in crate::serve) token: Token,
    pub(in crate::serve) password: Password,
    pub(in crate::serve) login: Option<Zeroizing<String>>,
}

/// What stands beside a stored value.
pub(in crate::serve) struct Given {
    pub(in crate::serve) stored: StoredHash,
    pub(in crate::serve) password: Password,
    pub(in crate::serve) salt: Option<InnerSalt>,
    pub(in crate::serve) salt2: Option<InnerSalt>,
    pub(in crate::serve) username: Option<Zeroizing<String>>,
    pub(in crate::serve) user_id: Option<Zeroizing<String>>,
    pub(in crate::serve) charset: Option<text::Charset>,
}

/// How much of a body is read, and for how long.
#[derive(Clone, Copy, Debug)]
pub(in crate::serve) struct BodyLimits {
    pub(in crate::serve) bytes_max: usize,
    pub(in crate::serve) time: Duration,
}

/// Reads a body.
pub(in crate::serve) async fn read<T: DeserializeOwned>(
    limits: BodyLimits,
    request: axum::extract::Request,
) -> Result<T, Refusal> {
    let (head, body) = request.into_parts();
    // Before anything of it is read: whoever waits for `100 Continue` never sends it.
    let announced = head
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.bytes_max) {
        return Err(Refusal::TooLarge);
    }
    let bytes = tokio::time::timeout(limits.time, bytes(body, limits.bytes_max))
        .await
        .map_err(|_| Refusal::TooSlow)??;
    // Serde would take a list of the fields' values too, which nobody documents.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Refusal::BadRequest(
            "the body is no JSON object with the fields of this route",
        ));
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        // The error itself may quote what was sent.
        Refusal::BadRequest(match error.classify() {
            serde_json::error::Category::Data => {
                "the body is no JSON object with the fields of this route"
            }
            _ => "the body is no JSON in UTF-8",
        })
    })
}

async fn bytes(body: Body, max: usize) -> Result<axum::body::Bytes, Refusal> {
    to_bytes(body, max).await.map_err(|error| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            if error.is::<hyper::Error>() {
                return Refusal::BadRequest("the body was cut off");
            }
            cause = error.source();
        }
        Refusal::TooLarge
    })
}

impl LoginRequest {
    pub(in crate::serve) fn login(self) -> Result<(Zeroizing<String>, Password), Refusal> {
        Ok((login(self.login)?, password(self.password)?))
    }
}

impl StartRequest {
    pub(in crate::serve) fn login(self) -> Result<Zeroizing<String>, Refusal> {
        login(self.login)
    }
}

impl FinishRequest {
    pub(in crate::serve) fn chosen(self) -> Result<Chosen, Refusal> {
        if self.password.0.is_empty() {
            return Err(Refusal::Unprocessable("the password is empty"));
        }
        Ok(Chosen {
            token: Token::new(self.token.0.as_bytes()),
            password: password(self.password)?,
            login: self.login.map(login).transpose()?,
        })
    }
}

impl KratosRequest {
    pub(in crate::serve) fn login(self) -> Result<(Zeroizing<String>, Password), Refusal> {
        Ok((login(self.identifier)?, password(self.password)?))
    }
}

impl HashRequest {
    pub(in crate::serve) fn password(self) -> Result<Password, Refusal> {
        password(self.password)
    }
}

impl VerifyRequest {
    pub(in crate::serve) fn given(self) -> Result<Given, Refusal> {
        if self.stored.0.len() > OLD_BYTES_MAX {
            return Err(Refusal::Unprocessable("the stored value is too long"));
        }
        let charset = match self.charset {
            None => None,
            Some(name) => Some(
                text::Charset::by_name(&name.0)
                    .ok_or(Refusal::Unprocessable("the charset is not known"))?,
            ),
        };
        Ok(Given {
            stored: StoredHash::new(self.stored.0.as_bytes()),
            password: password(self.password)?,
            salt: salt(self.salt, self.salt_hex)?,
            salt2: salt(self.salt2, self.salt2_hex)?,
            username: self.username.map(|name| name.0),
            user_id: self.user_id.map(|id| id.0),
            charset,
        })
    }
}

impl Secret {
    pub(in crate::serve) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

fn password(typed: Secret) -> Result<Password, Refusal> {
    if typed.0.len() > PASSWORD_BYTES_MAX {
        return Err(Refusal::Unprocessable(
            "the password is longer than 4,096 bytes",
        ));
    }
    Ok(Password::new(typed.0.as_bytes()))
}

fn login(typed: Secret) -> Result<Zeroizing<String>, Refusal> {
    if typed.0.len() > LOGIN_BYTES_MAX {
        return Err(Refusal::Unprocessable(
            "the login is longer than 1,024 bytes",
        ));
    }
    Ok(typed.0)
}

fn salt(text: Option<Secret>, hex: Option<Secret>) -> Result<Option<InnerSalt>, Refusal> {
    match (text, hex) {
        (None, None) => Ok(None),
        (Some(text), None) => Ok(Some(InnerSalt::new(text.0.as_bytes()))),
        (None, Some(hex)) => text::unhex(hex.0.as_bytes())
            .map(|bytes| Some(InnerSalt::new(bytes.as_slice())))
            .ok_or(Refusal::Unprocessable("a salt in hex is no hex")),
        (Some(_), Some(_)) => Err(Refusal::Unprocessable("a salt stands there twice")),
    }
}
