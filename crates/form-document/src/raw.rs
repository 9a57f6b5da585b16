//! Changes as they travel: one raw Automerge change chunk each.

use std::num::NonZero;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;

use automerge::{ActorId, Change, ChangeHash, ExpandedChange};
use ring::digest::{SHA256, digest};

use crate::bulk::{CHANGE_MAX_OPS, is_small};

/// The largest change taken in, in bytes. The largest honest one puts a whole prose text of 100,000
/// characters in at once (3 bytes of text and about 2 of columns each).
pub const CHANGE_MAX_BYTES: usize = 2 << 20;

/// The fewest changes that a thread of its own is started for: reading one takes 5 µs, starting a thread some ten
/// times that.
const SHARE_MIN: usize = 128;

/// Start of every Automerge chunk.
pub(crate) const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// A chunk: 4 bytes of magic, 4 of checksum, then its type.
const CHECKSUM_AT: usize = 4;
const TYPE_AT: usize = 8;
/// The type of an uncompressed change.
const RAW_CHANGE: u8 = 1;

/// Why bytes are no raw change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadChunk {
    #[error("the change has {length} bytes; at most {CHANGE_MAX_BYTES} are taken in")]
    TooLarge { length: usize },
    #[error("the change has more operations than any edit makes ({CHANGE_MAX_OPS})")]
    TooManyOps,
    #[error("these bytes are no raw Automerge change chunk")]
    NotARawChange,
    #[error("the change's checksum does not match its content; it was damaged on the way")]
    Checksum,
    #[error("the change cannot be read: {0}")]
    Unreadable(String),
    #[error("the change names an actor or action that it does not define")]
    UnknownNames,
    #[error("the change is not in the one encoding that saving reproduces")]
    NotCanonical,
}

/// A change that can be read; whether it fits a document is not yet known. A clone is another handle on the
/// same: a batch passes its changes through many hands, and each takes half a kilobyte and more.
#[derive(Clone, Debug)]
pub(crate) struct RawChange(Arc<ReadChange>);

/// What was read of a change.
#[derive(Debug)]
pub(crate) struct ReadChange {
    pub(crate) change: Change,
    pub(crate) ops: ExpandedChange,
    pub(crate) hash: ChangeHash,
}

impl Deref for RawChange {
    type Target = ReadChange;

    fn deref(&self) -> &ReadChange {
        &self.0
    }
}

impl RawChange {
    /// Reads one raw change chunk, also one that was made to do harm.
    ///
    /// Compressed chunks are refused, since they inflate without bound. Only the encoding that Automerge
    /// itself writes is taken: saving a document rebuilds each chunk from its operations, and a rebuilt
    /// chunk with another hash would make the saved document unreadable.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BadChunk> {
        if bytes.len() > CHANGE_MAX_BYTES {
            return Err(BadChunk::TooLarge { length: bytes.len() });
        }
        if !is_small(bytes) {
            return Err(BadChunk::TooManyOps);
        }
        let change = read_stored(bytes)?;
        // Automerge's decoder unwraps on unknown actions and actors.
        let ops = guarded(|| change.decode()).ok_or(BadChunk::UnknownNames)?;
        // Nor does its encoder expect what an honest decoder never gave it.
        let again = guarded(|| Change::from(ops.clone()));
        if again.is_none_or(|again| again.raw_bytes() != bytes) {
            return Err(BadChunk::NotCanonical);
        }
        Ok(Self(Arc::new(ReadChange { hash: change.hash(), change, ops })))
    }

    /// A change that Automerge made or reproduced here.
    pub(crate) fn own(change: Change) -> Self {
        let ops = change.decode();
        let hash = change.hash();
        Self(Arc::new(ReadChange { change, ops, hash }))
    }

    /// The change itself, which nobody else needs any longer.
    pub(crate) fn into_change(self) -> Change {
        Arc::try_unwrap(self.0).map_or_else(|shared| shared.change.clone(), |read| read.change)
    }
}

/// Does the same with each of many things, on all cores where they are many; the results stand in the order of
/// the things.
pub(crate) fn each<T: Send, R: Send>(things: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    // How many cores there are is read from files, which takes longer than a change does.
    let cores =
        if things.len() > SHARE_MIN { thread::available_parallelism().map_or(1, NonZero::get) } else { 1 };
    let share = things.len().div_ceil(cores).max(SHARE_MIN);
    if things.len() <= share {
        return things.into_iter().map(work).collect();
    }
    let mut shares = Vec::with_capacity(cores);
    let mut things = things.into_iter();
    while things.len() > 0 {
        shares.push(things.by_ref().take(share).collect::<Vec<T>>());
    }
    let work = &work;
    thread::scope(|scope| {
        let run = |share: Vec<T>| scope.spawn(move || share.into_iter().map(work).collect::<Vec<R>>());
        let running: Vec<_> = shares.into_iter().map(run).collect();
        let done = running.into_iter().map(|share| share.join().unwrap_or_else(|cause| resume_unwind(cause)));
        done.flatten().collect()
    })
}

/// The hash that the change has if the bytes are a raw change chunk: SHA-256 of all after the checksum. Says
/// nothing of whether they are.
pub(crate) fn chunk_hash(bytes: &[u8]) -> Option<ChangeHash> {
    let hashed = bytes.get(TYPE_AT..).filter(|hashed| hashed.first() == Some(&RAW_CHANGE))?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, hashed).as_ref());
    Some(ChangeHash(hash))
}

/// Reads one raw change chunk that was checked when it was stored: finds damage, not malice.
pub(crate) fn read_stored(bytes: &[u8]) -> Result<Change, BadChunk> {
    if !bytes.starts_with(&MAGIC) || bytes.get(TYPE_AT) != Some(&RAW_CHANGE) {
        return Err(BadChunk::NotARawChange);
    }
    let change = guarded(|| Change::try_from(bytes).map_err(|error| error.to_string()))
        .unwrap_or_else(|| Err("its columns contradict each other".to_owned()))
        .map_err(BadChunk::Unreadable)?;
    // Automerge hashes what it read and compares with nothing.
    if bytes.get(CHECKSUM_AT..TYPE_AT) != change.hash().0.get(..TYPE_AT - CHECKSUM_AT) {
        return Err(BadChunk::Checksum);
    }
    Ok(change)
}

/// A change's hash; `None` when the bytes are no raw change chunk.
pub fn change_hash(bytes: &[u8]) -> Option<ChangeHash> {
    read_stored(bytes).ok().map(|change| change.hash())
}

/// Whose change a chunk is, and its number among that actor's; `None` when the bytes are no raw change chunk.
pub fn change_place(bytes: &[u8]) -> Option<(ActorId, u64)> {
    read_stored(bytes).ok().map(|change| (change.actor_id().clone(), change.seq()))
}

/// Runs code of Automerge that is known to panic on input it does not expect; `None` when it did.
/// Whatever the code borrowed mutably must not be used afterwards.
pub(crate) fn guarded<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}
