//! A copy of a hub's public log, as anybody may keep it: `checkpoint`, `keys.json` and the entries' tiles (C2SP
//! tlog-tiles), in a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use form_document::envelope::Envelope;
use form_document::key::{PublicKey, Purpose};
use form_document::transparency::{
    BadCheckpoint, BadKeys, KeyHistory, LEAF_BYTES, Leaf, LoggedKeyEvent, SignedCheckpoint, Tree, TreeHashes,
    root,
};

use crate::arbiter::TilePath;
use crate::data::sync_folder;

/// The checkpoint's name in a copy's folder; it is written last.
const CHECKPOINT: &str = "checkpoint";
/// The changes of keys, as `/v1/log/keys` gives them.
const KEYS: &str = "keys.json";
/// Below it, tiles lie as they are addressed.
const TILES: &str = "tile";
/// Length of an entry in a tile: two bytes say how long it is.
const ENTRY_BYTES: usize = 2 + LEAF_BYTES;

/// A copy of a log. Nothing of it is trusted before [`LogCopy::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCopy {
    pub checkpoint: SignedCheckpoint,
    /// All changes of keys, with their places, in order.
    pub keys: Vec<(u64, Envelope)>,
    /// All entries.
    pub leaves: Vec<Leaf>,
}

/// A copy that is what the hub has signed.
#[derive(Debug)]
pub struct CheckedCopy {
    pub tree: Tree,
    pub history: KeyHistory,
    pub hashes: TreeHashes,
}

/// Why a copy is none.
#[derive(Debug, thiserror::Error)]
pub enum BadCopy {
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0} holds no part of a log")]
    Unreadable(PathBuf),
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    #[error(transparent)]
    Keys(#[from] BadKeys),
    #[error("change {0} of keys is not the entry that the copy has there")]
    OtherEntry(u64),
    #[error("no key counts for a checkpoint over {0} entries")]
    NoKey(u64),
    #[error("the entries are not those that the checkpoint is about")]
    OtherEntries,
}

impl LogCopy {
    /// Reads a copy's folder.
    ///
    /// # Errors
    /// When a file of it is missing or cannot be read.
    pub fn read(folder: &Path) -> Result<Self, BadCopy> {
        let note = file(&folder.join(CHECKPOINT))?;
        let note = String::from_utf8(note).map_err(|_| BadCopy::Unreadable(folder.join(CHECKPOINT)))?;
        let checkpoint = SignedCheckpoint(note);
        let size = checkpoint.read()?.1.size;
        let mut leaves = Vec::new();
        for tile in TilePath::of_entries(size) {
            let path = folder.join(TILES).join(tile.to_string());
            leaves.extend(entries(&file(&path)?).ok_or(BadCopy::Unreadable(path))?);
        }
        let path = folder.join(KEYS);
        let keys = read_keys(&file(&path)?).ok_or(BadCopy::Unreadable(path))?;
        Ok(Self { checkpoint, keys, leaves })
    }

    /// That the hub has signed it, by the keys that this root key and the log itself name.
    ///
    /// # Errors
    /// [`BadCopy`].
    pub fn check(&self, root_key: &PublicKey) -> Result<CheckedCopy, BadCopy> {
        let (origin, tree) = self.checkpoint.read()?;
        let mut history = KeyHistory::default();
        for (index, envelope) in &self.keys {
            history.push(*index, envelope, root_key)?;
            let author = envelope.author().ok_or(BadCopy::OtherEntry(*index))?;
            let there = usize::try_from(*index).ok().and_then(|index| self.leaves.get(index)).copied();
            if there.is_none() || Leaf::of(envelope, Purpose::HubKey, &author) != there {
                return Err(BadCopy::OtherEntry(*index));
            }
        }
        let signer = history.signer(&origin, tree.size)?.ok_or(BadCopy::NoKey(tree.size))?;
        self.checkpoint.verify(&origin, &signer)?;
        let mut hashes = TreeHashes::default();
        for (index, leaf) in (0..).zip(&self.leaves) {
            hashes.add(index, leaf.hash()).map_err(|_| BadCopy::OtherEntries)?;
        }
        let counted = root(self.leaves.len() as u64, &hashes).map_err(|_| BadCopy::OtherEntries)?;
        if counted != tree {
            return Err(BadCopy::OtherEntries);
        }
        Ok(CheckedCopy { tree, history, hashes })
    }

    /// Writes it into a folder, the checkpoint last: cut off in between, the folder holds the copy that it held.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path, keys: &[u8]) -> Result<(), BadCopy> {
        let size = self.leaves.len() as u64;
        let mut rest = self.leaves.as_slice();
        for tile in TilePath::of_entries(size) {
            let (now, later) = rest.split_at(rest.len().min(tile.len()));
            rest = later;
            let path = folder.join(TILES).join(tile.to_string());
            if !path.exists() {
                put(&path, &tile_of(now))?;
            }
        }
        put(&folder.join(KEYS), keys)?;
        put(&folder.join(CHECKPOINT), self.checkpoint.0.as_bytes())
    }
}

/// The entries of a tile; `None` when it is none of this log's.
pub fn entries(tile: &[u8]) -> Option<Vec<Leaf>> {
    let (chunks, rest) = tile.as_chunks::<ENTRY_BYTES>();
    let leaves = chunks.iter().map(|chunk| {
        let (length, leaf) = chunk.split_first_chunk()?;
        (usize::from(u16::from_be_bytes(*length)) == LEAF_BYTES).then_some(())?;
        leaf.try_into().ok().map(Leaf)
    });
    if rest.is_empty() { leaves.collect() } else { None }
}

/// Entries as they stand in a tile.
pub fn tile_of(leaves: &[Leaf]) -> Vec<u8> {
    let length = u16::try_from(LEAF_BYTES).unwrap_or(u16::MAX).to_be_bytes();
    leaves.iter().flat_map(|leaf| length.into_iter().chain(leaf.0)).collect()
}

/// The changes of keys as `/v1/log/keys` gives them; their proofs are not needed beside all entries.
pub fn read_keys(json: &[u8]) -> Option<Vec<(u64, Envelope)>> {
    let events: Vec<LoggedKeyEvent> = serde_json::from_slice(json).ok()?;
    Some(events.into_iter().map(|event| (event.index, event.envelope)).collect())
}

fn file(path: &Path) -> Result<Vec<u8>, BadCopy> {
    fs::read(path).map_err(|error| BadCopy::File(path.to_owned(), error))
}

/// Writes a file: it is whole, or what it was.
fn put(path: &Path, content: &[u8]) -> Result<(), BadCopy> {
    let failed = |error| BadCopy::File(path.to_owned(), error);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let partial = path.with_extension("partial");
    fs::write(&partial, content).map_err(failed)?;
    fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&partial, path).map_err(failed)?;
    sync_folder(path).map_err(failed)
}
