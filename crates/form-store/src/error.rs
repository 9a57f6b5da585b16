//! What a database can meet.

use rusqlite::ErrorCode;

/// A failed read or write.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer program made the file; it was left untouched.
    #[error("the database has format {found}; this program knows up to {known}")]
    Newer { found: u32, known: u32 },
    /// The file is not a sound database; it was left untouched.
    #[error("the database is damaged: {cause}")]
    Damaged { cause: String },
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// Another program holds the database.
    #[error("another program is using the database")]
    Busy,
    /// A missing right, or a disk that can't be written.
    #[error("the database cannot be read or written for lack of permission")]
    Forbidden,
    /// Anything else that SQLite says.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// A stored value is not what this program writes.
    #[error("a stored {what} cannot be read: {cause}")]
    Unreadable { what: &'static str, cause: String },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::Forbidden
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { cause: error.to_string() }
            }
            _ => Self::Sqlite(error),
        }
    }
}
