//! A damaged database: left as it was, what can be read of it exported beside it.

use std::fs;
use std::path::{Path, PathBuf};

use form_model::error::{ErrorCode, UserError};
use form_store::StoreError;
use form_store::salvage::{SalvagedApplication, salvage};

use crate::cause::because;
use crate::file;
use crate::home::Home;

/// What SQLite keeps beside a database and needs to read it.
const COMPANIONS: [&str; 2] = ["", "-wal"];

/// Turns a failed opening into what a person needs to know; exports what is readable of a damaged file.
pub(crate) fn opening_failed(home: &Home, error: StoreError, today: &str) -> UserError {
    let database = home.database();
    match error {
        StoreError::Newer { found, known } => UserError::new(ErrorCode::DatabaseNewer)
            .with("file", database.display())
            .with("found", found)
            .with("known", known),
        StoreError::Damaged { .. } => match export(home, today) {
            Ok(folder) => UserError::new(ErrorCode::DatabaseDamaged)
                .with("file", database.display())
                .with("salvage", folder.display()),
            Err(error) => error,
        },
        other => {
            because(UserError::new(ErrorCode::FolderUnusable).with("folder", home.folder().display()), &other)
        }
    }
}

/// Copies the database and writes each readable application beside the copy as an `.automerge` file.
fn export(home: &Home, today: &str) -> Result<PathBuf, UserError> {
    let folder = home.folder().join(format!("salvage-{today}"));
    let failed = |error: std::io::Error| {
        because(UserError::new(ErrorCode::FileUnusable).with("file", folder.display()), &error)
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    let copy = folder.join("huiqian.db");
    for companion in COMPANIONS {
        let from = with_suffix(&home.database(), companion);
        if from.exists() {
            fs::copy(&from, with_suffix(&copy, companion)).map_err(failed)?;
        }
    }
    // A copy that no longer opens as a database yields nothing; it still lies there for an expert.
    for application in salvage(&copy).unwrap_or_default() {
        let name = format!("{}.automerge", application.id);
        file::write_whole(&folder.join(name), &automerge_file(&application))?;
    }
    Ok(folder)
}

/// An Automerge file is a row of chunks: the document or, without one, the genesis, then the changes.
fn automerge_file(application: &SalvagedApplication) -> Vec<u8> {
    let start = application.document.as_ref().unwrap_or(&application.genesis);
    [start].into_iter().chain(&application.changes).flatten().copied().collect()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
