//! Hashes a new password for an application that writes the hash itself.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::password::admit;
use super::shared::{AppState, column, lists_for, named_credential};
use crate::auth::AuthError;
use crate::serve::event::SidecarEvent;
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
    let lists = lists_for(&app, &column);
    let made = app
        .hashers
        .compute(&ticket, HashNeeds::least(&column), move || {
            // The hash is made in either case, so the time doesn't tell what a list has.
            let made = column.hash(&password, &salt);
            (made, lists.map_or(Ok(false), |lists| lists.has(&password)))
        })
        .await
        .map_err(|_| ApiRefusal::Broken)?;
    let (made, is_known) = made;
    match is_known {
        Ok(true) => {
            app.metrics.known_password.add();
            return Err(ApiRefusal::Unprocessable(
                "the password stands in a list of known passwords",
            ));
        }
        Ok(false) => {}
        // As for `/v1/reset/finish`, a list that can't be read stops nobody.
        Err(error) if app.notices.list.is_due() => {
            let why = error.to_string();
            app.observer.on(&SidecarEvent::ListUnreadable { why });
        }
        Err(_) => {}
    }
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
