//! What SQLite says, in the storage's words.

use rusqlite::ErrorCode;

use crate::storage::StorageError;

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::Forbidden
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

/// A stored value that is not what this program writes.
pub(super) fn unreadable(what: &str) -> StorageError {
    StorageError::Damaged(format!("a stored {what} cannot be read"))
}

/// A stored value of a fixed length.
pub(super) fn exact<const N: usize>(bytes: &[u8], what: &str) -> Result<[u8; N], StorageError> {
    bytes.try_into().map_err(|_| unreadable(what))
}
