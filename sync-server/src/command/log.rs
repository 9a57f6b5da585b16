//! `log`: the public log of what the hub has signed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use form_document::digest::Sha256;
use form_document::key::{PublicKey, SigningKey};
use form_document::transparency::{Origin, Receipt, SignedCheckpoint};
use sync_server::arbiter::Completed;
use sync_server::log_copy::LogCopy;

use super::keys::{Opened, root_key};
use super::mirror;
use super::signing::{reading, signing, unsealed};

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
    /// Keeps a copy of a hub's public log in a folder, on any machine, and adds to it each time: verified against the
    /// hub's root key, and against what the folder had before. A restored hub is completed from it (`log take`).
    Mirror {
        /// The hub's address.
        hub: String,
        #[arg(long)]
        out: PathBuf,
        /// The root key of the hub's log, 64 lower-case hex digits; what the hub itself says at the first time when
        /// absent.
        #[arg(long)]
        root: Option<PublicKey>,
    },
    /// Gives a restored hub back what its public log has lost, from a copy (`log mirror`), and from receipts in its
    /// folder `receipts` (`huiqian receipt`), which say what entries are about. Take the newest copy that there is:
    /// afterwards the hub signs again. The hub must be stopped.
    Take {
        /// The copy's folder.
        copy: PathBuf,
        #[arg(long)]
        data: PathBuf,
    },
    /// Has a restored hub's public log go on under another name from what the backup holds, when there is no copy to
    /// complete it from. Whoever has seen more of the log is told so. Needs the root key: from the data folder, else
    /// from standard input, as it stands on paper. The hub must be stopped.
    BeginAnew {
        #[arg(long)]
        data: PathBuf,
        /// The new name; the old one with a number when absent.
        #[arg(long)]
        name: Option<String>,
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
            Self::Mirror { hub, out, root } => mirror::run(&hub, &out, root)?,
            Self::Take { copy, data } => take(&copy, &data)?,
            Self::BeginAnew { data, name } => begin_anew(&data, name)?,
            Self::Keep { checkpoint, opened } => {
                let (mut core, _lock) = signing(&opened.data, &opened.settings())?;
                core.cosign(&read(&checkpoint)?)?;
            }
        }
        Ok(())
    }
}

fn take(copy: &Path, data: &Path) -> anyhow::Result<()> {
    let (mut core, _lock) = unsealed(data)?;
    let receipts = receipts(&copy.join("receipts"))?;
    let Completed { size, added, unknown } = core.complete(&LogCopy::read(copy)?, &receipts)?;
    println!("{size} entries, {added} of them new");
    if unknown > 0 {
        println!(
            "Of {unknown} new ones nobody has said what they are about: the hub gives no receipt for them until their \
             receipts are taken in as well, or their leads finalise again."
        );
    }
    Ok(())
}

/// The receipts in a folder, if there is one.
fn receipts(folder: &Path) -> anyhow::Result<Vec<Receipt>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut receipts = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let at = || path.display().to_string();
        let bytes = std::fs::read(&path).with_context(at)?;
        receipts.push(Receipt::read(&bytes).with_context(at)?);
    }
    Ok(receipts)
}

fn begin_anew(data: &Path, name: Option<String>) -> anyhow::Result<()> {
    let (mut core, _lock) = unsealed(data)?;
    let public = core.log_root()?.context("the signature log is empty; start the hub")?;
    let root = root_key(data, public)?;
    let name = name.map(Origin::try_from).transpose()?;
    println!("{}", core.begin_anew(&root, name)?);
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<SignedCheckpoint> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(SignedCheckpoint(text))
}

fn cosign(note: &SignedCheckpoint, origin: &Origin, key: &SigningKey) -> anyhow::Result<SignedCheckpoint> {
    Ok(note.cosign(origin, key)?)
}

fn prove(data: &Path, entry: &str) -> anyhow::Result<()> {
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
