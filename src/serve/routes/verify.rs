//! Checks a password against a stored value that the application has read itself.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::password::{PasswordCheck, Value, admit, check};
use super::shared::{AppState, column, named_credential};
use crate::auth::{AuthError, FormatWords};
use crate::config::FormatPart;
use crate::scheme::{CompanionReadings, Declared, ExpressionError, Scheme, VerifyError, recognise};
use crate::serve::http::{
    ApiRefusal, Condition, SecretText, VerifyAnswer, VerifyRequest, json, read,
};
use crate::serve::work::{App, LoginCredential};

/// Check a password against a stored value
///
#[doc = " Reads no database and writes nothing: the application does both, under the condition \
         in the answer."]
#[utoipa::path(
    post,
    path = "/v1/verify",
    request_body = VerifyRequest,
    responses((status = 200, description = "The password was checked", body = VerifyAnswer), ApiRefusal)
)]
pub(in crate::serve) async fn verify(
    State(app): AppState,
    request: Request,
) -> Result<Response, ApiRefusal> {
    let request: VerifyRequest = read(app.body, request).await?;
    let named = request.credential.as_ref();
    let named = named.map(|name| named_credential(&app, name)).transpose()?;
    let part = part_of(&app, named, &request)?;
    let mut column = column(&app, part);
    if let Some(scheme) = &request.scheme {
        let known = Scheme::parse_requested(scheme.as_str()).map_err(|error| {
            ApiRefusal::Unprocessable(match error {
                ExpressionError::TooMany => {
                    "requests have named too many expressions; name it as `scheme` of a credential"
                }
                _ => "there is no scheme of that name",
            })
        })?;
        column.declared = Declared::Scheme(known);
    }
    let site = part.and_then(|part| part.site.clone());
    // A value that is not what its row's column says opens for nobody.
    let expected = (request.format.is_some() && request.scheme.is_none())
        .then(|| part.map(|part| part.expected))
        .flatten();
    let given = request.into_value()?;
    let recognised = recognise(Some(given.stored.as_bytes()), column.declared);
    let is_contradicted = expected.is_some_and(|expected| expected.is_contradicted(&recognised));
    // The application has read them from the columns that the credential names.
    let beside = match part {
        Some(part) => part.column.readings_of(&given.beside),
        None => CompanionReadings {
            read: given.beside,
            otherwise: None,
        },
    };
    let value = Value {
        stored: (!is_contradicted).then(|| given.stored.clone()),
        beside,
        site,
        charset: given.charset,
        work_max: app.work_max,
        pad: part.and_then(|part| Some(part.pad.as_ref()?.now())),
        spellings_min: 0,
    };
    let what = PasswordCheck {
        lists: None,
        column,
        value,
        password: given.password,
        name: None,
    };
    let ticket = admit(&app)?;
    let checked = check(&app, &ticket, what).await?;
    match checked.error {
        // The application left something out. It must see that before its users do.
        Some(AuthError::Verify(VerifyError::Missing { .. })) => {
            return Err(ApiRefusal::Unprocessable(
                "the scheme needs a salt, a username or a user_id that was not given",
            ));
        }
        Some(_) => app.metrics.unverifiable.add(),
        None => {}
    }
    let replacement = checked.replacement.as_ref();
    let answer = VerifyAnswer {
        outcome: checked.outcome,
        replacement: replacement.map(|better| better.as_str().to_owned()),
        replacement_format: replacement.and_then(|better| word_of(part?, better.as_str())),
        write_if: replacement.map(|_| Condition::StoredIsUnchanged),
    };
    Ok(json(StatusCode::OK, &answer))
}

/// The credential by which a value is read: of one that a column divides, the part that the request
/// names by the column's value.
///
/// Without it a value with a mark of its own is the same in every part. Of another one nobody knows
/// what it is, and under a wrong part another text would open it.
fn part_of<'a>(
    app: &'a App,
    named: Option<&'a Arc<LoginCredential>>,
    request: &VerifyRequest,
) -> Result<Option<&'a Arc<LoginCredential>>, ApiRefusal> {
    let divided = named.filter(|named| named.format.is_some());
    match (divided, &request.format) {
        (None, None) => Ok(named),
        (None, Some(_)) => Err(ApiRefusal::Unprocessable(
            "format goes with a credential that has [credential.format]",
        )),
        (Some(of), Some(value)) => {
            let value = value.as_ref().map(SecretText::as_str);
            let mut parts = app.parts(of);
            let has = |part: &FormatPart| part.values().iter().any(|one| one.as_deref() == value);
            let found = parts.find(|(_, part)| has(part)).map(|(part, _)| part);
            found.map(Some).ok_or(ApiRefusal::Unprocessable(
                "the credential lists no such format",
            ))
        }
        // A part by its own name, or a scheme that is said beside the value.
        (Some(of), None) if request.is_of(&of.name) || request.scheme.is_some() => Ok(named),
        (Some(of), None) => {
            let stored = Some(request.stored());
            let mut read = app
                .parts(of)
                .map(|(part, _)| recognise(stored, part.auth.declared));
            let first = read.next();
            match read.all(|other| Some(other) == first) {
                true => Ok(named),
                false => Err(ApiRefusal::Unprocessable(
                    "a column divides the credential: say what it holds in the row, as format",
                )),
            }
        }
    }
}

/// What the column of formats is set to beside a new value.
fn word_of(part: &LoginCredential, new: &str) -> Option<String> {
    let write = part.format.as_ref()?.write.as_ref()?;
    let words = FormatWords {
        wrapped: write.wrapped.clone(),
        native: write.native.clone(),
    };
    Some(words.of(new).to_owned())
}
