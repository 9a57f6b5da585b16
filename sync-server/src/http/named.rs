//! The names in an address: an application's id, an invite's key, an upload or a file within an application.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::{ErrorCode, HubError};

/// As it stands in the address. One that is no text is a failure like any other.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HubError> {
        Path::from_request_parts(parts, state).await.map(|Path(name)| Self(name)).map_err(|_| bad())
    }
}

/// An application's id and a name within it, as they stand in the address.
pub(super) struct Within(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Within {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HubError> {
        let names = Path::from_request_parts(parts, state).await;
        names.map(|Path((application, name))| Self(application, name)).map_err(|_| bad())
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HubError> {
        let asked = Query::from_request_parts(parts, state).await;
        let bad = |error: QueryRejection| HubError::new(ErrorCode::BadMessage, error.body_text());
        asked.map(|Query(asked)| Self(asked)).map_err(bad)
    }
}

fn bad() -> HubError {
    HubError::new(ErrorCode::BadMessage, "the address cannot be read: it is no UTF-8")
}
