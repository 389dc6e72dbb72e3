//! Hashes a new password for an application that writes the hash itself.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::password::admit;
use super::shared::{AppState, column, named_credential};
use crate::auth::AuthError;
use crate::serve::http::{ApiRefusal, HashAnswer, HashRequest, json, read};
use crate::serve::work::HashNeeds;

/// Hash a new password
#[utoipa::path(
    post,
    path = "/v1/hash",
    request_body = HashRequest,
    responses((status = 200, description = "What to store", body = HashAnswer), ApiRefusal)
)]
pub(in crate::serve) async fn hash(
    State(app): AppState,
    request: Request,
) -> Result<Response, ApiRefusal> {
    let request: HashRequest = read(app.body, request).await?;
    let named = request.credential.as_ref();
    let named = named.map(|name| named_credential(&app, name)).transpose()?;
    let column = column(&app, named);
    let password = request.into_password()?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| ApiRefusal::Broken)?;
    let ticket = admit(&app)?;
    let made = app
        .hashers
        .compute(&ticket, HashNeeds::least(&column), move || {
            column.hash(&password, &salt)
        })
        .await
        .map_err(|_| ApiRefusal::Broken)?;
    match made {
        Ok(made) => Ok(json(
            StatusCode::OK,
            &HashAnswer {
                stored: made.as_str().to_owned(),
            },
        )),
        Err(AuthError::AnswerBlank | AuthError::AnswerUndecodable) => Err(
            ApiRefusal::Unprocessable("nothing is left of the answer when it is normalised"),
        ),
        Err(_) => Err(ApiRefusal::Broken),
    }
}
