//! The bodies of requests: JSON, read strictly and within limits, each secret in a type that wipes
//! it.
//!
//! The comments on the types of bodies are the descriptions in the OpenAPI document.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::form::form_fields;
use super::refusal::ApiRefusal;
use crate::scheme::CompanionTexts;
use crate::secret::{InnerSalt, Password, StoredHash, Token};
use crate::store::OLD_BYTES_MAX;
use crate::text;

/// The longest password that is hashed, in bytes. NIST SP 800-63B asks for at least 64 characters.
const PASSWORD_BYTES_MAX: usize = 4096;
/// The longest login that is looked up, in bytes. An e-mail address has at most 254.
const LOGIN_BYTES_MAX: usize = 1024;
/// The longest text for a client's address, in bytes. One of IPv6 with its zone has fewer.
const CLIENT_BYTES_MAX: usize = 256;

/// A text that is wiped when it is dropped.
pub(in crate::serve) struct SecretText(Zeroizing<String>);

/// A login to check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct LoginRequest {
    /// The credential's name in `saltern.toml`.
    #[schema(value_type = String, example = "parents")]
    pub(in crate::serve) credential: SecretText,
    /// What was typed as the user's name; at most 1,024 bytes.
    #[schema(value_type = String, example = "anna@example.org")]
    login: SecretText,
    /// The password; at most 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: SecretText,
    #[doc = " Whether this user has logged in before from the device that asks, as the application \
             knows from a cookie of its own. Such logins have a limit of their own."]
    #[serde(default)]
    pub(in crate::serve) seen_before: bool,
    #[doc = " The address of the client that asks, for the limit by address; at most 256 bytes."]
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub(in crate::serve) client: Option<SecretText>,
}

/// A stored value and a password to check against it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct VerifyRequest {
    /// The stored value, as it stands in the column; at most 4,096 bytes.
    #[schema(value_type = String)]
    stored: SecretText,
    /// The password; at most 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: SecretText,
    /// A credential of `saltern.toml`, from which `scheme` and the form of answers are taken.
    #[schema(value_type = Option<String>)]
    pub(in crate::serve) credential: Option<SecretText>,
    #[doc = " What the value is, if it carries no mark of its own: a name, or an expression such \
             as `md5(md5(pass).salt)`."]
    #[schema(value_type = Option<String>, example = "md5")]
    pub(in crate::serve) scheme: Option<SecretText>,
    #[doc = " What the column of `[credential.format]` holds in the row; null is NULL. Of a credential \
             that such a column divides, a value without a mark of its own can't be checked without it."]
    #[schema(value_type = Option<String>, example = "2")]
    #[serde(default, deserialize_with = "given")]
    pub(in crate::serve) format: Option<Option<SecretText>>,
    /// The salt, where it stands in another column.
    #[schema(value_type = Option<String>)]
    salt: Option<SecretText>,
    /// The same in hex, where it is no text.
    #[schema(value_type = Option<String>)]
    salt_hex: Option<SecretText>,
    /// The second salt.
    #[schema(value_type = Option<String>)]
    salt2: Option<SecretText>,
    /// The same in hex.
    #[schema(value_type = Option<String>)]
    salt2_hex: Option<SecretText>,
    /// The user's name, where the scheme takes it.
    #[schema(value_type = Option<String>)]
    username: Option<SecretText>,
    /// The user's id, where the scheme takes it.
    #[schema(value_type = Option<String>)]
    user_id: Option<SecretText>,
    #[doc = " The charset in which old passwords were hashed, tried after UTF-8: `latin1`, \
             `windows-1251`, …"]
    #[schema(value_type = Option<String>, example = "latin1")]
    charset: Option<SecretText>,
}

/// A field that is there, be it null.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<SecretText>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// A password to hash.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct HashRequest {
    /// The password; at most 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: SecretText,
    /// A credential of `saltern.toml`; one of secret answers has its answers normalised.
    #[schema(value_type = Option<String>)]
    pub(in crate::serve) credential: Option<SecretText>,
}

/// A user who wants a new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StartRequest)]
pub(in crate::serve) struct ResetStartRequest {
    /// The credential's name in `saltern.toml`.
    #[schema(value_type = String, example = "parents")]
    pub(in crate::serve) credential: SecretText,
    /// What was typed as the user's name; at most 1,024 bytes.
    #[schema(value_type = String, example = "anna@example.org")]
    login: SecretText,
    #[doc = " The address of the client that asks, for the limit by address; at most 256 bytes."]
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub(in crate::serve) client: Option<SecretText>,
}

/// A new password, with the token that allows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct FinishRequest {
    /// The credential's name in `saltern.toml`.
    #[schema(value_type = String, example = "parents")]
    pub(in crate::serve) credential: SecretText,
    /// The token that the user was sent.
    #[schema(value_type = String, format = Password)]
    token: SecretText,
    /// The new password; 1 to 4,096 bytes.
    #[schema(value_type = String, format = Password)]
    password: SecretText,
    #[doc = " The user's name, where the application asks for it again: the token has to be \
             theirs. At most 1,024 bytes."]
    #[schema(value_type = Option<String>, example = "anna@example.org")]
    login: Option<SecretText>,
    #[doc = " The address of the client that asks, for the limit by address; at most 256 bytes."]
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub(in crate::serve) client: Option<SecretText>,
}

/// What Ory Kratos sends.
#[derive(Deserialize, ToSchema)]
pub(in crate::serve) struct KratosRequest {
    /// What was typed as the user's name.
    #[schema(value_type = String)]
    identifier: SecretText,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: SecretText,
}

/// A new password with the token that allows it.
pub(in crate::serve) struct NewPassword {
    pub(in crate::serve) token: Token,
    pub(in crate::serve) password: Password,
    pub(in crate::serve) login: Option<Zeroizing<String>>,
}

/// A stored value with all that the request gives beside it.
pub(in crate::serve) struct GivenValue {
    pub(in crate::serve) stored: StoredHash,
    pub(in crate::serve) password: Password,
    pub(in crate::serve) beside: CompanionTexts,
    pub(in crate::serve) charset: Option<text::Charset>,
}

/// How much of a body is read, in bytes, and for how long.
#[derive(Clone, Copy, Debug)]
pub(in crate::serve) struct BodyLimits {
    pub(in crate::serve) bytes_max: usize,
    pub(in crate::serve) time: Duration,
}

/// Reads a body.
pub(in crate::serve) async fn read<T: DeserializeOwned>(
    limits: BodyLimits,
    request: axum::extract::Request,
) -> Result<T, ApiRefusal> {
    let bytes = body_of(limits, request).await?;
    object(&bytes)
}

/// Reads a body that is a JSON object or a form.
///
/// The first byte tells which: `curl` calls everything a form.
pub(in crate::serve) async fn read_form<T: DeserializeOwned>(
    limits: BodyLimits,
    request: axum::extract::Request,
) -> Result<T, ApiRefusal> {
    let bytes = body_of(limits, request).await?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        return object(&bytes);
    }
    let fields = form_fields(&bytes).ok_or(ApiRefusal::BadRequest(
        "the body is neither a JSON object nor a form in UTF-8",
    ))?;
    serde_json::from_value(fields).map_err(|_| {
        // The error itself may quote what was sent.
        ApiRefusal::BadRequest("the form has not the fields of this route")
    })
}

async fn body_of(limits: BodyLimits, request: axum::extract::Request) -> Result<Bytes, ApiRefusal> {
    let (head, body) = request.into_parts();
    // This comes before the first read: a client that waits for `100 Continue` never sends the
    // body.
    let announced = head
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.bytes_max) {
        return Err(ApiRefusal::TooLarge);
    }
    tokio::time::timeout(limits.time, bytes(body, limits.bytes_max))
        .await
        .map_err(|_| ApiRefusal::TooSlow)?
}

fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiRefusal> {
    // Serde would also accept an array of the fields' values, which no document allows.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(ApiRefusal::BadRequest(
            "the body is no JSON object with the fields of this route",
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        // The error itself may quote what was sent.
        ApiRefusal::BadRequest(match error.classify() {
            serde_json::error::Category::Data => {
                "the body is no JSON object with the fields of this route"
            }
            _ => "the body is no JSON in UTF-8",
        })
    })
}

async fn bytes(body: Body, max: usize) -> Result<Bytes, ApiRefusal> {
    to_bytes(body, max).await.map_err(|error| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            if error.is::<hyper::Error>() {
                return ApiRefusal::BadRequest("the body was cut off");
            }
            cause = error.source();
        }
        ApiRefusal::TooLarge
    })
}

impl LoginRequest {
    pub(in crate::serve) fn into_login(self) -> Result<(Zeroizing<String>, Password), ApiRefusal> {
        Ok((login(self.login)?, password(self.password)?))
    }
}

impl ResetStartRequest {
    pub(in crate::serve) fn into_login(self) -> Result<Zeroizing<String>, ApiRefusal> {
        login(self.login)
    }
}

impl FinishRequest {
    pub(in crate::serve) fn into_new_password(self) -> Result<NewPassword, ApiRefusal> {
        if self.password.0.is_empty() {
            return Err(ApiRefusal::Unprocessable("the password is empty"));
        }
        Ok(NewPassword {
            token: Token::new(self.token.0.as_bytes()),
            password: password(self.password)?,
            login: self.login.map(login).transpose()?,
        })
    }
}

impl KratosRequest {
    pub(in crate::serve) fn into_login(self) -> Result<(Zeroizing<String>, Password), ApiRefusal> {
        Ok((login(self.identifier)?, password(self.password)?))
    }
}

impl HashRequest {
    pub(in crate::serve) fn into_password(self) -> Result<Password, ApiRefusal> {
        if self.password.0.is_empty() {
            return Err(ApiRefusal::Unprocessable("the password is empty"));
        }
        password(self.password)
    }
}

impl VerifyRequest {
    /// The stored value.
    pub(in crate::serve) fn stored(&self) -> &[u8] {
        self.stored.0.as_bytes()
    }

    /// Whether it names this credential.
    pub(in crate::serve) fn is_of(&self, credential: &str) -> bool {
        self.credential
            .as_ref()
            .is_some_and(|name| name.0.as_str() == credential)
    }

    pub(in crate::serve) fn into_value(self) -> Result<GivenValue, ApiRefusal> {
        if self.stored.0.len() > OLD_BYTES_MAX {
            return Err(ApiRefusal::Unprocessable("the stored value is too long"));
        }
        let charset = match self.charset {
            None => None,
            Some(name) => Some(
                text::Charset::by_name(&name.0)
                    .ok_or(ApiRefusal::Unprocessable("the charset is not known"))?,
            ),
        };
        Ok(GivenValue {
            stored: StoredHash::new(self.stored.0.as_bytes()),
            password: password(self.password)?,
            beside: CompanionTexts {
                salt: salt(self.salt, self.salt_hex)?,
                salt2: salt(self.salt2, self.salt2_hex)?,
                username: self.username.map(|name| name.0),
                user_id: self.user_id.map(|id| id.0),
            },
            charset,
        })
    }
}

impl SecretText {
    pub(in crate::serve) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

fn password(typed: SecretText) -> Result<Password, ApiRefusal> {
    if typed.0.len() > PASSWORD_BYTES_MAX {
        return Err(ApiRefusal::Unprocessable(
            "the password is longer than 4,096 bytes",
        ));
    }
    Ok(Password::new(typed.0.as_bytes()))
}

fn login(typed: SecretText) -> Result<Zeroizing<String>, ApiRefusal> {
    if typed.0.len() > LOGIN_BYTES_MAX {
        return Err(ApiRefusal::Unprocessable(
            "the login is longer than 1,024 bytes",
        ));
    }
    Ok(typed.0)
}

/// The address of a client, within its limit.
pub(in crate::serve) fn client(typed: Option<&SecretText>) -> Result<Option<&str>, ApiRefusal> {
    let Some(client) = typed.map(SecretText::as_str) else {
        return Ok(None);
    };
    if client.len() > CLIENT_BYTES_MAX {
        return Err(ApiRefusal::Unprocessable(
            "the client's address is longer than 256 bytes",
        ));
    }
    Ok(Some(client))
}

fn salt(
    text: Option<SecretText>,
    hex: Option<SecretText>,
) -> Result<Option<InnerSalt>, ApiRefusal> {
    match (text, hex) {
        (None, None) => Ok(None),
        (Some(text), None) => Ok(Some(InnerSalt::new(text.0.as_bytes()))),
        (None, Some(hex)) => text::unhex(hex.0.as_bytes())
            .map(|bytes| Some(InnerSalt::new(bytes.as_slice())))
            .ok_or(ApiRefusal::Unprocessable("a salt in hex is no hex")),
        (Some(_), Some(_)) => Err(ApiRefusal::Unprocessable("a salt stands there twice")),
    }
}
