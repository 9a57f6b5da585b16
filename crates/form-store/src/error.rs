//! What a database can meet.

/// A failed read or write.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer program made the file; it was left untouched.
    #[error("the database has format {found}; this program knows up to {known}")]
    Newer { found: u32, known: u32 },
    /// The file is not a sound database; it was left untouched.
    #[error("the database is damaged: {cause}")]
    Damaged { cause: String },
    /// SQLite said no: a full disk, a lock, a missing right.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value is not what this program writes.
    #[error("a stored {what} cannot be read: {cause}")]
    Unreadable { what: &'static str, cause: String },
    /// The disk refused a file operation beside the database.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
