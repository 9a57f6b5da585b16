//! `log`: the public log of what the hub has signed.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use form_document::digest::Sha256;
use form_document::key::SigningKey;
use form_document::transparency::{Origin, SignedCheckpoint};

use super::keys::Opened;
use super::signing::{reading, signing};

#[derive(Debug, Subcommand)]
pub(super) enum Log {
    /// Prints the newest checkpoint: a signed note (C2SP tlog-checkpoint).
    Checkpoint {
        #[arg(long)]
        data: PathBuf,
    },
    /// Prints as JSON the proof that something is in the log, or that the log goes on from a smaller one.
    Prove {
        #[arg(long)]
        data: PathBuf,
        /// SHA-256 of a manifest, or the number of an entry.
        #[arg(long, required_unless_present = "from")]
        entry: Option<String>,
        /// How many entries the smaller log had.
        #[arg(long, conflicts_with = "entry")]
        from: Option<u64>,
    },
    /// Adds a witness' signature to a checkpoint: to another hub's, say, which one has seen only ever grow. Reads and
    /// writes files; the log itself is not touched.
    Cosign {
        /// The checkpoint, as the other hub gives it.
        #[arg(long)]
        checkpoint: PathBuf,
        /// This hub's data folder, whose key witnesses.
        #[command(flatten)]
        opened: Opened,
    },
    /// Keeps a checkpoint that came back from a witness. The hub must be stopped.
    Keep {
        #[arg(long)]
        checkpoint: PathBuf,
        #[command(flatten)]
        opened: Opened,
    },
}

impl Log {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Checkpoint { data } => print!("{}", reading(&data)?.checkpoint()?.note),
            Self::Prove { data, entry: Some(entry), .. } => prove(&data, &entry)?,
            Self::Prove { data, from: Some(from), .. } => {
                let core = reading(&data)?;
                let to = core.checkpoint()?.size;
                let proof = core.consistency(from, to)?;
                println!("{}", serde_json::json!({ "from": from, "to": to, "proof": proof }));
            }
            Self::Prove { .. } => bail!("name an entry, or a smaller size"),
            Self::Cosign { checkpoint, opened } => {
                let note = read(&checkpoint)?;
                let (core, _lock) = signing(&opened.data, &opened.settings())?;
                let seal = core.seal()?;
                print!("{}", cosign(&note, &seal.origin, &seal.key)?.0);
            }
            Self::Keep { checkpoint, opened } => {
                let (mut core, _lock) = signing(&opened.data, &opened.settings())?;
                core.cosign(&read(&checkpoint)?)?;
            }
        }
        Ok(())
    }
}

fn read(file: &std::path::Path) -> anyhow::Result<SignedCheckpoint> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(SignedCheckpoint(text))
}

fn cosign(note: &SignedCheckpoint, origin: &Origin, key: &SigningKey) -> anyhow::Result<SignedCheckpoint> {
    Ok(note.cosign(origin, key)?)
}

fn prove(data: &std::path::Path, entry: &str) -> anyhow::Result<()> {
    let core = reading(data)?;
    // A digest first: one may consist of zeros, and then read as a number too.
    let index = match (entry.parse::<Sha256>(), entry.parse::<u64>()) {
        (Ok(digest), _) => {
            core.revision_by_digest(&digest)?.context("the log has no entry about that digest")?.index
        }
        (_, Ok(index)) => index,
        _ => bail!("“{entry}” is neither the number of an entry nor a SHA-256 in 64 lower-case hex digits"),
    };
    let checkpoint = core.checkpoint()?;
    let entry = core.storage().seal_entry(index)?.context("the log has no such entry")?;
    let proof = core.inclusion(checkpoint.size, index)?;
    let shown = serde_json::json!({
        "index": index,
        "leaf_hash": Sha256(entry.leaf.hash().0),
        "proof": proof,
        "checkpoint": checkpoint.note,
    });
    println!("{shown}");
    Ok(())
}
