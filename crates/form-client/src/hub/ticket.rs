//! Tickets: what lets a program that has no key of ours bring and fetch an application's files for this device.

use form_model::error::UserError;
use form_model::id::ApplicationId;
use reqwest::Method;
use serde::Deserialize;

use super::connection::HubConnection;
use super::problem;

/// A ticket, and where it is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTicket {
    /// Where uploads begin, by tus 1.0.
    pub uploads: String,
    /// Where files are fetched, with `/` and a file's SHA-256 behind it.
    pub blobs: String,
    /// The value of the header `Authorization`.
    pub authorization: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub expires_ms: i64,
}

#[derive(Deserialize)]
struct Given {
    ticket: String,
    expires: i64,
}

impl HubConnection {
    /// Asks for a ticket: whoever has it may do with the application's files what this device may, until it expires.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::HubUnreachable`], [`form_model::error::ErrorCode::HubRefused`].
    pub async fn file_ticket(&self, id: &ApplicationId) -> Result<FileTicket, UserError> {
        let place = format!("/v1/applications/{id}");
        let response = self.send(Method::POST, &format!("{place}/tickets"), Vec::new(), None).await?;
        let given: Given = response.json().await.map_err(|error| problem::unreachable(self.url(), &error))?;
        Ok(FileTicket {
            uploads: format!("{}{place}/uploads", self.url()),
            blobs: format!("{}{place}/blobs", self.url()),
            authorization: format!("Huiqian-Ticket {}", given.ticket),
            expires_ms: given.expires,
        })
    }
}
