//! The tree over the log's entries (RFC 6962, section 2.1).

use tlog_tiles::{
    Error as TreeError, Hash, HashReader, check_record, check_tree, prove_record, prove_tree,
    stored_hashes_for_record_hash, tree_hash,
};

use crate::digest::Sha256;
use crate::raw::guarded;

/// The most hashes of a proof: one for each level of a tree of 2⁶³ entries.
const PROOF_MAX: usize = 64;

/// A log up to some size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    /// How many entries it has.
    pub size: u64,
    /// The root's hash.
    pub root: Sha256,
}

/// The hashes that are stored of a tree, in memory: as they follow from its entries.
#[derive(Clone, Debug, Default)]
pub struct TreeHashes(Vec<Hash>);

impl HashReader for TreeHashes {
    fn read_hashes(&self, places: &[u64]) -> Result<Vec<Hash>, TreeError> {
        let at = |place: &u64| usize::try_from(*place).ok().and_then(|place| self.0.get(place)).copied();
        places.iter().map(|place| at(place).ok_or(TreeError::IndexesNotInTree)).collect()
    }
}

impl TreeHashes {
    /// Adds the next entry. Returns the hashes that it completes, the first of which lies at the end of those before.
    ///
    /// # Errors
    /// Never, as long as entries are added in their order.
    pub fn add(&mut self, index: u64, leaf: Hash) -> Result<Vec<Hash>, TreeError> {
        let hashes = hashes_for(index, leaf, self)?;
        self.0.extend_from_slice(&hashes);
        Ok(hashes)
    }

    /// All of them, by place.
    pub fn all(&self) -> &[Hash] {
        &self.0
    }
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    #[error("the proof is longer than any tree is high")]
    TooLong,
    #[error("entry {index} lies beyond the log, which has {size} entries")]
    Beyond { index: u64, size: u64 },
    #[error("the log is shorter ({new}) than it was ({old})")]
    Shrunk { old: u64, new: u64 },
    #[error("the proof does not lead to the log's root")]
    Mismatch,
}

/// The hashes to be stored when an entry is added, from place [`tlog_tiles::stored_hash_index`] of level 0 on.
///
/// # Errors
/// When earlier ones cannot be read.
pub fn hashes_for<R: HashReader>(index: u64, leaf: Hash, stored: &R) -> Result<Vec<Hash>, TreeError> {
    stored_hashes_for_record_hash(index, leaf, stored)
}

/// The root of the first so many entries.
///
/// # Errors
/// When hashes cannot be read.
pub fn root<R: HashReader>(size: u64, stored: &R) -> Result<Tree, TreeError> {
    Ok(Tree { size, root: Sha256(tree_hash(size, stored)?.0) })
}

/// The proof that an entry is in the log of some size.
///
/// # Errors
/// When it is not, or hashes cannot be read.
pub fn prove_inclusion<R: HashReader>(size: u64, index: u64, stored: &R) -> Result<Vec<Sha256>, TreeError> {
    Ok(prove_record(size, index, stored)?.into_iter().map(|hash| Sha256(hash.0)).collect())
}

/// The proof that the log of some size goes on from the smaller one.
///
/// # Errors
/// When it does not, or hashes cannot be read.
pub fn prove_consistency<R: HashReader>(old: u64, new: u64, stored: &R) -> Result<Vec<Sha256>, TreeError> {
    if old == 0 {
        return Ok(Vec::new());
    }
    Ok(prove_tree(new, old, stored)?.into_iter().map(|hash| Sha256(hash.0)).collect())
}

/// Checks that an entry is in a log.
///
/// # Errors
/// [`BadProof`].
pub fn check_inclusion(tree: Tree, index: u64, leaf: Hash, proof: &[Sha256]) -> Result<(), BadProof> {
    if index >= tree.size {
        return Err(BadProof::Beyond { index, size: tree.size });
    }
    let proof = nodes(proof)?;
    let checked = guarded(|| check_record(&proof, tree.size, Hash(tree.root.0), index, leaf).is_ok());
    if checked == Some(true) { Ok(()) } else { Err(BadProof::Mismatch) }
}

/// Checks that a log goes on from what it was. Every log goes on from the empty one.
///
/// # Errors
/// [`BadProof`]: it was rolled back, or forked.
pub fn check_consistency(old: Tree, new: Tree, proof: &[Sha256]) -> Result<(), BadProof> {
    if new.size < old.size {
        return Err(BadProof::Shrunk { old: old.size, new: new.size });
    }
    if old.size == 0 || new.size == old.size {
        let same = old.size == 0 || new.root == old.root;
        return if same && proof.is_empty() { Ok(()) } else { Err(BadProof::Mismatch) };
    }
    let proof = nodes(proof)?;
    let checked =
        guarded(|| check_tree(&proof, new.size, Hash(new.root.0), old.size, Hash(old.root.0)).is_ok());
    if checked == Some(true) { Ok(()) } else { Err(BadProof::Mismatch) }
}

fn nodes(proof: &[Sha256]) -> Result<Vec<Hash>, BadProof> {
    if proof.len() > PROOF_MAX {
        return Err(BadProof::TooLong);
    }
    Ok(proof.iter().map(|hash| Hash(hash.0)).collect())
}
