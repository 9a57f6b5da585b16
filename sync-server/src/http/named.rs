//! The one name in an address: an application's id, an invite's key.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::error::{ErrorCode, HubError};

/// As it stands in the address. One that is no text is a failure like any other.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HubError> {
        let bad = |_| HubError::new(ErrorCode::BadMessage, "the address cannot be read: it is no UTF-8");
        Path::from_request_parts(parts, state).await.map(|Path(name)| Self(name)).map_err(bad)
    }
}
