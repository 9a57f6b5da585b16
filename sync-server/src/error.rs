//! Why a request is not answered as asked.

use form_document::log::Position;
use form_document::snapshot::Obstacle;

use crate::storage::StorageError;

/// What kind of failure it is: the last part of a problem's `type`, and what a client acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorCode {
    /// The message cannot be read.
    BadMessage,
    /// The challenge is unknown, used, or expired: ask for another.
    ChallengeUnknown,
    /// The device did not sign the challenge.
    SignatureWrong,
    /// The request names no token, or proves nothing.
    TokenMissing,
    /// The token is unknown or expired, as after a restart of the hub: get another.
    TokenUnknown,
    /// Whoever sent the request has the token and not the device's key.
    TokenStolen,
    /// The request has come before, or so many later ones have that nobody can tell.
    ProofReplayed,
    /// The device is not in the application's roster.
    NotAMember,
    /// The device, or its agency, was taken out.
    DeviceRevoked,
    /// Only a lead may do this.
    NotALead,
    /// This hub takes new applications only with an admission code.
    AdmissionNeeded,
    /// The admission code is unknown or used.
    AdmissionUnknown,
    /// The hub has no such application.
    ApplicationUnknown,
    /// No application here names such an invite.
    InviteUnknown,
    /// The invite has enrolled a device.
    InviteUsed,
    /// The invite's time is over.
    InviteExpired,
    /// The lead took the invite back.
    InviteCancelled,
    /// Another entry came first: fetch the roster and sign again.
    RosterMoved,
    /// The roster entry breaks a rule.
    RosterRefused,
    /// Genesis, form package or roster do not make an application for this hub.
    PublicationRefused,
    /// The client knows more of the log than the hub, which was restored from a backup: hand it over.
    HubBehind,
    /// The client followed another log than the hub's.
    LogForked,
    /// The stretch of log that was handed over breaks a rule.
    LogRefused,
    /// The body is of another kind, or packed otherwise, than the address takes.
    UnsupportedMedia,
    /// Too many bytes.
    TooLarge,
    /// Too many requests, changes, streams or applications.
    TooMany,
    /// The device's agency writes nothing in the application, so it brings no files.
    NotAWriter,
    /// The ticket is unknown, expired, or for another application.
    TicketUnknown,
    /// A file of no bytes.
    EmptyFile,
    /// There is no such upload of this device: it never was, was ended, or was given up as broken.
    UploadUnknown,
    /// The upload was not finished in time.
    UploadExpired,
    /// Another request has the upload and does not let go.
    UploadLocked,
    /// The piece does not start where the hub's part of the file ends: ask how far it is.
    OffsetWrong,
    /// The piece is not what its checksum says; nothing of it was kept.
    ChecksumMismatch,
    /// The whole file is not what was announced; the upload is gone.
    HashMismatch,
    /// The client speaks another version of tus.
    TusVersion,
    /// The hub has no such file, or the device may not have it.
    BlobUnknown,
    /// The file has no such part.
    RangeWrong,
    /// The application's files come to as much as the hub keeps for one.
    QuotaExceeded,
    /// The hub's disk has no room for the file.
    DiskFull,
    /// Something stands in the way of making the revision final.
    NotFinal,
    /// The submission is not signed as it has to be, or says what the hub does not find.
    SubmissionRefused,
    /// The hub has no seal, or its signature log is not sound.
    Unsealed,
    /// The hub was restored from a backup, and its signature log may lack what it has signed since.
    LogIncomplete,
    /// The store failed; nothing was acknowledged. Try again.
    StorageFailed,
    /// The hub was restored from a backup and waits for what its clients know. Try again.
    Recovering,
    /// The hub is stopping, or has more to do than it takes in. Try again.
    Busy,
    /// No such address.
    NotFound,
    /// The address takes other methods.
    MethodNotAllowed,
    /// The request was not there in time.
    Timeout,
    /// The hub has a fault.
    Internal,
}

impl ErrorCode {
    /// The code as it travels, the HTTP status, and a title that says the same to a person.
    fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::BadMessage => ("bad_message", 400, "The message cannot be read"),
            Self::ChallengeUnknown => ("challenge_unknown", 401, "The challenge is unknown, used or expired"),
            Self::SignatureWrong => ("signature_wrong", 401, "The signature does not fit"),
            Self::TokenMissing => ("token_missing", 401, "The request names no token"),
            Self::TokenUnknown => ("token_unknown", 401, "The token is unknown or expired"),
            Self::TokenStolen => ("token_stolen", 401, "The request is not signed by the token's device"),
            Self::ProofReplayed => ("proof_replayed", 401, "The request has come before"),
            Self::NotAMember => ("not_a_member", 403, "The device takes no part in the application"),
            Self::DeviceRevoked => ("device_revoked", 403, "The device was taken out"),
            Self::NotALead => ("not_a_lead", 403, "Only a lead may do this"),
            Self::AdmissionNeeded => ("admission_needed", 403, "An admission code is needed"),
            Self::AdmissionUnknown => ("admission_unknown", 403, "The admission code is unknown or used"),
            Self::ApplicationUnknown => ("application_unknown", 404, "No such application"),
            Self::InviteUnknown => ("invite_unknown", 404, "No such invite"),
            Self::InviteUsed => ("invite_used", 410, "The invite was used"),
            Self::InviteExpired => ("invite_expired", 410, "The invite has expired"),
            Self::InviteCancelled => ("invite_cancelled", 410, "The invite was taken back"),
            Self::RosterMoved => ("roster_moved", 409, "Another roster entry came first"),
            Self::RosterRefused => ("roster_refused", 422, "The roster does not take the entry"),
            Self::PublicationRefused => ("publication_refused", 422, "This makes no application here"),
            Self::HubBehind => ("hub_behind", 409, "The hub knows less of the log than the client"),
            Self::LogForked => ("log_forked", 409, "The client followed another log"),
            Self::LogRefused => ("log_refused", 422, "This is no stretch of the hub's log"),
            Self::UnsupportedMedia => ("unsupported_media", 415, "The body is of another kind"),
            Self::TooLarge => ("too_large", 413, "Too many bytes"),
            Self::TooMany => ("too_many", 429, "Too many at once"),
            Self::NotAWriter => ("not_a_writer", 403, "The device brings no files to the application"),
            Self::TicketUnknown => ("ticket_unknown", 401, "The ticket is unknown or expired"),
            Self::EmptyFile => ("empty_file", 400, "The file is empty"),
            Self::UploadUnknown => ("upload_unknown", 404, "No such upload"),
            Self::UploadExpired => ("upload_expired", 410, "The upload was not finished in time"),
            Self::UploadLocked => ("upload_locked", 423, "Another request has the upload"),
            Self::OffsetWrong => ("offset_wrong", 409, "The piece does not start where the hub's part ends"),
            Self::ChecksumMismatch => ("checksum_mismatch", 460, "The piece is not what its checksum says"),
            Self::HashMismatch => ("hash_mismatch", 460, "The file is not what was announced"),
            Self::TusVersion => ("tus_version", 412, "The hub speaks tus 1.0.0"),
            Self::BlobUnknown => ("blob_unknown", 404, "No such file"),
            Self::RangeWrong => ("range_wrong", 416, "The file has no such part"),
            Self::QuotaExceeded => {
                ("quota_exceeded", 507, "The application's files are as many as the hub keeps")
            }
            Self::DiskFull => ("disk_full", 507, "The hub's disk has no room for the file"),
            Self::NotFinal => ("not_final", 409, "The revision cannot be final yet"),
            Self::SubmissionRefused => ("submission_refused", 422, "The submission is not taken in"),
            Self::Unsealed => ("unsealed", 503, "The hub does not sign"),
            Self::LogIncomplete => ("log_incomplete", 503, "The hub's public log must be completed first"),
            Self::StorageFailed => ("storage_failed", 503, "The hub could not store or read"),
            Self::Recovering => ("recovering", 503, "The hub waits for what its clients know"),
            Self::Busy => ("busy", 503, "The hub cannot answer now"),
            Self::NotFound => ("not_found", 404, "No such address"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "The address takes other methods"),
            Self::Timeout => ("timeout", 408, "The request took too long"),
            Self::Internal => ("internal", 500, "The hub has a fault"),
        }
    }

    /// The code as it travels.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// What it is, for a person.
    pub fn title(self) -> &'static str {
        self.row().2
    }
}

/// A failure as the client is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct HubError {
    pub code: ErrorCode,
    pub detail: String,
    /// Of [`ErrorCode::HubBehind`]: where the hub's log ends.
    pub position: Option<Position>,
    /// Of [`ErrorCode::NotFinal`]: what stands in the way.
    pub obstacles: Vec<Obstacle>,
    /// In seconds: when to try again.
    pub retry_after_s: Option<u64>,
    /// What exactly the store said, for whoever runs the hub; clients are not told.
    pub cause: Option<String>,
}

/// After how many seconds a client tries again when the store failed: a full disk or a lock takes a person, or
/// a moment.
const RETRY_AFTER_S: u64 = 2;

impl HubError {
    /// A failure with a sentence for a log file.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            position: None,
            obstacles: Vec::new(),
            retry_after_s: None,
            cause: None,
        }
    }

    /// The same, to be tried again later.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same, with what stands in the way.
    #[must_use]
    pub fn with_obstacles(self, obstacles: Vec<Obstacle>) -> Self {
        Self { obstacles, ..self }
    }

    /// The log of the hub ends before what the client knows.
    pub fn behind(position: Position) -> Self {
        let detail = format!("the hub's log ends at {position}; hand over the later places that you know");
        Self { position: Some(position), ..Self::new(ErrorCode::HubBehind, detail) }
    }
}

impl From<StorageError> for HubError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Admission => Self::new(ErrorCode::AdmissionUnknown, error.to_string()),
            other => {
                tracing::error!(error = %other, "the store failed");
                let detail = match other {
                    StorageError::Full => {
                        "the hub's disk is full; nothing is acknowledged until there is room"
                    }
                    StorageError::Damaged(_) => "what the hub has stored is damaged; it wants its doctor",
                    _ => "the hub could not store or read; nothing is acknowledged",
                };
                let cause = Some(other.to_string());
                Self { cause, ..Self::new(ErrorCode::StorageFailed, detail).retry_after(RETRY_AFTER_S) }
            }
        }
    }
}
