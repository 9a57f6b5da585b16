//! What the program can be told to do.

mod admin;
mod backup;
mod doctor;
mod keys;
mod log;
mod mirror;
mod restore;
mod serve;
mod signing;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The hub of Huiqian: merges what the agencies write, judges every change, and keeps one signed log an
/// application.
#[derive(Debug, Parser)]
#[command(name = "sync-server", version)]
pub(crate) struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Serves until it is told to stop (SIGTERM or Ctrl-C). Prints one line of JSON when it listens: address,
    /// url and the hub's public key.
    Serve(serve::Serve),
    /// Copies the database into one file, consistent, also while the hub serves, and the files of evidence that the hub
    /// keeps itself into a folder beside it (`NAME.files`; links where both lie on one disk). The keys (hub.key, seal.json)
    /// are not in it: copy those files, the latter after each change of keys, and keep them apart, under lock. Nor is the
    /// root key: that belongs on paper.
    Backup {
        #[arg(long)]
        data: PathBuf,
        /// A file that is not there yet.
        #[arg(long)]
        out: PathBuf,
    },
    /// Puts a backup, with the files beside it, into a data folder without a database. Put the hub's key files (hub.key,
    /// seal.json) there as well, and complete the public log (`log take`) before revisions become final again.
    Restore {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        from: PathBuf,
    },
    /// Checks the database, every log against its signed head, every document against its log, the public log against
    /// its checkpoint, and the key files' rights. Ends with 1 when something is wrong.
    Doctor {
        #[arg(long)]
        data: PathBuf,
        /// Also reads every file of evidence through: is it there, as long as it should be, and what its name says?
        #[arg(long)]
        blobs: bool,
        /// The hub's configuration, which says where files lie when not in the data folder.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Who may publish on a hub that is not open to all. Members are invited by an application's lead (`huiqian
    /// invite`), never by the hub.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// The hub's keys: shown, rotated, taken back.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// The public log of what the hub has signed.
    #[command(subcommand)]
    Log(log::Log),
}

impl Command {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Serve(serve) => serve.run()?,
            Action::Backup { data, out } => backup::run(&data, &out)?,
            Action::Restore { data, from } => restore::run(&data, &from)?,
            Action::Doctor { data, blobs, config } => return doctor::run(&data, blobs, config.as_deref()),
            Action::Admin(admin) => admin.run()?,
            Action::Keys(keys) => keys.run()?,
            Action::Log(log) => log.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
