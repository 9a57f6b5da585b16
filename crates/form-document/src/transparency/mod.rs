//! The hub's public log of what it has signed (存证日志): a Merkle tree (RFC 6962) whose root the hub signs as a
//! checkpoint (C2SP tlog-checkpoint), laid out in tiles (C2SP tlog-tiles) that any such client reads.
//!
//! Every final manifest and every change of the hub's keys is a leaf. The hub signs nothing before the leaf is on the
//! disk, so a signature without a leaf, or a leaf that later is gone, shows a hub that breaks its word.

mod checkpoint;
mod key_history;
mod leaf;
mod origin;
mod receipt;
mod tree;

pub use checkpoint::{BadCheckpoint, SignedCheckpoint, verifier_key};
pub use key_history::{BadKeys, KeyAct, KeyEvent, KeyHistory};
pub use leaf::{LEAF_BYTES, Leaf};
pub use origin::{BadOrigin, Origin, log_root};
pub use receipt::{BadReceipt, Known, LoggedKeyEvent, RECEIPT_FORMAT, Receipt, VerifiedReceipt};
pub use tlog_tiles::{Error as TreeError, Hash as NodeHash, HashReader, stored_hash_index};
pub use tree::{
    BadProof, Tree, TreeHashes, check_consistency, check_inclusion, hashes_for, prove_consistency,
    prove_inclusion, root,
};
