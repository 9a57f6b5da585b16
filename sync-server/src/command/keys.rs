//! `keys`: the hub's keys, and above all those with which it signs final revisions.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use form_document::key::{PublicKey, SigningKey};
use form_document::transparency::verifier_key;
use sync_server::arbiter::Core;
use sync_server::config::SealSettings;
use sync_server::data::DataFolder;
use sync_server::seal::SealFolder;

use super::signing::{reading, signing, unsealed};

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Prints the hub's public key, by which its members know it, and the keys of its signature log.
    Show {
        #[arg(long)]
        data: PathBuf,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Prints the root key's text for the paper, as long as it lies in the data folder.
    Root {
        #[arg(long)]
        data: PathBuf,
        /// Takes it out of the data folder afterwards: it is on paper now.
        #[arg(long)]
        take_away: bool,
    },
    /// Has a new key sign from now on; the old one names it in the log. The hub must be stopped.
    Rotate(Opened),
    /// Takes a key back: what it signed from a place of the log on counts for nothing, and a new key signs from now on.
    /// Needs the root key: from the data folder, else from standard input, as it stands on paper. The hub must be
    /// stopped.
    Revoke {
        #[command(flatten)]
        opened: Opened,
        /// The key, 64 lower-case hex digits; the one that signs now when absent.
        #[arg(long)]
        key: Option<PublicKey>,
        /// The first entry of the log on which its signature does not count; the next one when absent.
        #[arg(long)]
        position: Option<u64>,
    },
    /// Has a new key sign from now on when the one that signed, or its passphrase, is lost; what the lost one has signed
    /// stays good. Needs the root key, as `revoke` does, and the hub stopped.
    Replace(Opened),
}

/// How the signing key is opened.
#[derive(Debug, Args)]
pub(super) struct Opened {
    #[arg(long)]
    pub(super) data: PathBuf,
    /// A file with the passphrase that opens the signing key; the variable HUIQIAN_HUB_PASSPHRASE does the same.
    #[arg(long)]
    pub(super) passphrase_file: Option<PathBuf>,
}

impl Opened {
    pub(super) fn settings(&self) -> SealSettings {
        SealSettings { passphrase_file: self.passphrase_file.clone(), ..SealSettings::default() }
    }
}

impl Keys {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show { data, json } => show(&data, json),
            Self::Root { data, take_away } => root(&data, take_away),
            Self::Rotate(opened) => rotate(&opened),
            Self::Revoke { opened, key, position } => revoke(&opened, key, position),
            Self::Replace(opened) => replace(&opened),
        }
    }
}

fn show(data: &Path, json: bool) -> anyhow::Result<()> {
    let folder = DataFolder::at(data);
    let hub = folder.key()?.public();
    let root = if folder.database().exists() { reading(data)?.log_root()? } else { None };
    let Some(root) = root else {
        println!("{hub}");
        return Ok(());
    };
    let history = reading(data)?.key_history(&root)?;
    let origin = history.name().context("the signature log has no name")?;
    let keys: Vec<_> = history
        .keys()
        .map(|(from, key, until)| {
            serde_json::json!({
                "key": key.to_string(), "from": from, "revoked_from": until,
                "verifier_key": verifier_key(origin, &key),
            })
        })
        .collect();
    if json {
        let all = serde_json::json!({
            "hub": hub.to_string(), "origin": origin.to_string(), "root": root.to_string(), "keys": keys,
        });
        println!("{all}");
        return Ok(());
    }
    println!("{hub}");
    println!("log     {origin}\nroot    {root}");
    for (from, key, until) in history.keys() {
        let until = until.map(|until| format!(", taken back from entry {until} on")).unwrap_or_default();
        println!("signs   {key} from entry {from} on{until}");
    }
    Ok(())
}

fn root(data: &Path, take_away: bool) -> anyhow::Result<()> {
    let folder = SealFolder::at(data);
    let Some(text) = folder.root_text()? else {
        bail!("the root key is not in {}: it was taken away, and is where its paper is", data.display());
    };
    println!("{text}");
    if take_away {
        folder.take_root_away()?;
    }
    Ok(())
}

fn rotate(opened: &Opened) -> anyhow::Result<()> {
    let (mut core, _lock) = signing(&opened.data, &opened.settings())?;
    change(opened, &mut core, |core, next| Ok(core.rotate(next)?))
}

fn revoke(opened: &Opened, key: Option<PublicKey>, position: Option<u64>) -> anyhow::Result<()> {
    let (mut core, _lock) = signing(&opened.data, &opened.settings())?;
    let root = root_key(&opened.data, core.seal()?.root)?;
    let key = key.map_or_else(|| Ok(core.seal()?.key.public()), anyhow::Ok)?;
    let position = position.map_or_else(|| Ok(core.tree()?.size), anyhow::Ok)?;
    change(opened, &mut core, |core, next| Ok(core.revoke(&root, key, position, next)?))
}

fn replace(opened: &Opened) -> anyhow::Result<()> {
    let (mut core, _lock) = unsealed(&opened.data)?;
    core.check_complete()?;
    let folder = SealFolder::at(&opened.data);
    let passphrase = opened.settings().passphrase()?;
    let public = core.log_root()?.context("the signature log is empty; start the hub")?;
    let here = folder.open(passphrase.as_deref()).ok().map(|seal| seal.key.public());
    if here.is_some() && here == core.log_key(&public)? {
        bail!(
            "{} holds the key that signs, so it is not lost; rotate it, or revoke it",
            folder.file().display()
        );
    }
    let root = root_key(&opened.data, public)?;
    let history = core.key_history(&public)?;
    let size = core.tree()?.size;
    let lost = history.at(size).context("no key signs the log: every one was taken back")?;
    let origin = history.name().context("the signature log has no name")?.clone();
    let next = folder.prepare(origin, public, passphrase.as_deref())?;
    let named = next.public();
    core.revoke(&root, lost, size, next)?;
    folder.promote_next()?;
    // What was logged and not signed yet, and the log itself.
    core.set_seal(folder.open(passphrase.as_deref())?)?;
    println!("{named}");
    Ok(())
}

/// Makes the next key, has the log name it, and puts it in the other's place. Ended in between, the next start of the
/// hub finds in the log which of the two signs.
fn change(
    opened: &Opened,
    core: &mut Core,
    name: impl FnOnce(&mut Core, SigningKey) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let folder = SealFolder::at(&opened.data);
    let next = folder.prepare_next(opened.settings().passphrase()?.as_deref())?;
    let public = next.public();
    name(core, next)?;
    folder.promote_next()?;
    println!("{public}");
    Ok(())
}

/// The root key of that public half: from the data folder, else as it is typed from paper.
pub(super) fn root_key(data: &Path, expected: PublicKey) -> anyhow::Result<SigningKey> {
    let folder = SealFolder::at(data);
    if let Some(key) = folder.root(None, expected)? {
        return Ok(key);
    }
    let mut typed = String::new();
    std::io::stdin().read_to_string(&mut typed).context("read the root key from standard input")?;
    folder.root(Some(&typed), expected)?.context("type the root key as it stands on paper")
}
