//! Reading a receipt and checking it.

use form_document::key::PublicKey;
use form_document::snapshot::MANIFEST_MAX_BYTES;
use form_document::transparency::{BadReceipt, Known, Receipt, VerifiedReceipt};

/// Largest receipt, in bytes: the largest manifest in base 64, and a quarter of that for keys and proofs.
pub const RECEIPT_MAX_BYTES: u64 = (MANIFEST_MAX_BYTES as u64 / 3 * 4) / 4 * 5;

/// A receipt that was checked, with the exact bytes that were signed.
#[derive(Debug)]
pub(super) struct Proof {
    pub verified: VerifiedReceipt,
    pub payload: Vec<u8>,
}

/// Checks a receipt's bytes.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check(bytes: &[u8], root: &PublicKey, known: &Known) -> Result<Proof, BadReceipt> {
    let receipt = Receipt::read(bytes)?;
    let verified = receipt.verify(root, known)?;
    Ok(Proof { verified, payload: receipt.envelope.payload })
}
