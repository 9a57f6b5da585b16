//! Whose a change is: what a message's seals prove.

use std::collections::BTreeMap;

use automerge::{ActorId, ChangeHash};

use crate::by_hash::ByHash;
use crate::document::Document;
use crate::key::{BadSignature, PublicKey};
use crate::raw::RawChange;
use crate::segment::{Claim, SEGMENT_MAX_CHANGES, Segment};
use crate::wire::Seal;

/// How many seals an offer may have beyond one for each of its changes: consolidations, one for each actor of
/// a device that was away for months. Each costs the hub 70 µs.
pub const SEALS_EXTRA_MAX: usize = 256;

/// How many changes all seals of an offer together may be about beyond those that it carries: sixteen of the
/// longest segments. Each costs the hub a look-up.
pub const SEALED_EXTRA_MAX: usize = 16 * SEGMENT_MAX_CHANGES;

/// A change and who made it.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    /// Its place in the message.
    pub(crate) index: usize,
    pub(crate) raw: RawChange,
    pub(crate) device: PublicKey,
    /// The roster that its author says it knew; of several, the oldest.
    pub(crate) roster: u64,
}

/// What came of a message's changes and seals.
#[derive(Debug, Default)]
pub(crate) struct Authorship {
    /// In the message's order.
    pub(crate) proven: Vec<Proven>,
    /// Changes that are their devices' own by seals which hold but may not stand, in the message's order.
    pub(crate) contested: Vec<Proven>,
    /// Changes that nobody has signed, as far as the message shows.
    pub(crate) unproven: Vec<ChangeHash>,
    /// The seals that hold, with all their hashes.
    pub(crate) segments: Vec<Segment>,
    pub(crate) bad_seals: Vec<(usize, BadSeal)>,
}

/// Why a seal proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    #[error("the seal is about an actor that no device has claimed")]
    UnknownActor,
    #[error("the seal is about no changes, or about more than {SEGMENT_MAX_CHANGES}")]
    Length,
    #[error("the seal is about changes that are neither here nor named")]
    MissingChanges,
    #[error(transparent)]
    Signature(#[from] BadSignature),
    #[error("the seal names another roster than one given before for the same changes")]
    OtherRoster,
    #[error("the seal is about a part only of what a segment given before is about")]
    CutsThrough,
    #[error("the message has more seals, or seals about more changes, than one of its size needs")]
    TooMany,
}

/// Devices by the actors that they claim: those known before and those that a message names.
pub(crate) struct Claims<'a> {
    pub(crate) known: &'a BTreeMap<ActorId, Claim>,
    pub(crate) new: BTreeMap<ActorId, Claim>,
}

impl Claims<'_> {
    fn device(&self, actor: &ActorId) -> Option<PublicKey> {
        self.known.get(actor).or_else(|| self.new.get(actor)).map(|claim| claim.device)
    }

    /// The new claims, of these segments' actors alone: anybody can claim anything in another's name, but only
    /// a device that signs with it makes an actor worth keeping.
    pub(crate) fn used_by<'s>(mut self, segments: impl IntoIterator<Item = &'s Segment>) -> Vec<Claim> {
        segments.into_iter().filter_map(|segment| self.new.remove(&segment.actor)).collect()
    }
}

/// A message's changes and what else its seals may be about.
pub(crate) struct Prover<'a> {
    pub(crate) document: &'a Document,
    /// How far each actor's changes in the document are beyond doubt.
    pub(crate) accepted: &'a BTreeMap<ActorId, u64>,
    pub(crate) claims: &'a Claims<'a>,
    /// Whose change, and which, comes first in the message: what a seal without a start is about.
    pub(crate) first: Option<(ActorId, u64)>,
    /// Whether seals are limited in number and length.
    pub(crate) limited: bool,
}

/// The changes of a message in one place: honest devices make one.
struct Given {
    first: ChangeHash,
    last: ChangeHash,
}

impl Prover<'_> {
    /// Finds out whose the changes are. `admit` says of each seal that holds whether it may stand.
    pub(crate) fn prove(
        &self,
        changes: Vec<(usize, RawChange)>,
        seals: &[Seal],
        mut admit: impl FnMut(&Segment) -> Result<(), BadSeal>,
    ) -> Authorship {
        let mut authorship = Authorship::default();
        let mut given: BTreeMap<(&ActorId, u64), Given> = BTreeMap::new();
        for (_, raw) in &changes {
            let place = given.entry((&raw.ops.actor_id, raw.ops.seq));
            place.or_insert(Given { first: raw.hash, last: raw.hash }).last = raw.hash;
        }
        let places: ByHash<(&ActorId, u64)> =
            changes.iter().map(|(_, raw)| (raw.hash, (&raw.ops.actor_id, raw.ops.seq))).collect();
        let mut by_hash: ByHash<(PublicKey, u64)> = ByHash::default();
        let mut contested: ByHash<(PublicKey, u64)> = ByHash::default();
        let most_seals = changes.len().saturating_add(SEALS_EXTRA_MAX);
        let mut most_sealed = changes.len().saturating_add(SEALED_EXTRA_MAX);
        for (index, seal) in seals.iter().enumerate() {
            // One that is too long is refused for it, and takes nothing from the others.
            let length = usize::try_from(seal.count).ok().filter(|length| *length <= SEGMENT_MAX_CHANGES);
            most_sealed = most_sealed.saturating_sub(length.unwrap_or(0));
            let opened = if self.limited && (index >= most_seals || most_sealed == 0) {
                Err(BadSeal::TooMany)
            } else {
                self.open(seal, &given)
            };
            let (segment, device) = match opened {
                Ok(opened) => opened,
                Err(bad) => {
                    authorship.bad_seals.push((index, bad));
                    continue;
                }
            };
            let admitted = admit(&segment);
            let by_hash = if admitted.is_ok() { &mut by_hash } else { &mut contested };
            for (seq, hash) in segment.places() {
                // A device can sign any hash; it speaks for those of its own actor in their places.
                if places.get(hash) == Some(&(&segment.actor, seq)) {
                    let (_, roster) = by_hash.entry(*hash).or_insert((device, segment.roster));
                    *roster = segment.roster.min(*roster);
                }
            }
            match admitted {
                Ok(()) => authorship.segments.push(segment),
                Err(bad) => authorship.bad_seals.push((index, bad)),
            }
        }
        for (index, raw) in changes {
            match (by_hash.get(&raw.hash), contested.get(&raw.hash)) {
                (Some((device, roster)), _) => {
                    authorship.proven.push(Proven { index, raw, device: *device, roster: *roster });
                }
                (None, Some((device, roster))) => {
                    authorship.contested.push(Proven { index, raw, device: *device, roster: *roster });
                }
                (None, None) => authorship.unproven.push(raw.hash),
            }
        }
        authorship
    }

    fn open(
        &self,
        seal: &Seal,
        given: &BTreeMap<(&ActorId, u64), Given>,
    ) -> Result<(Segment, PublicKey), BadSeal> {
        let start = seal.start.map(|(actor, seq)| (ActorId::from(actor), seq));
        let (actor, first_seq) = start.or_else(|| self.first.clone()).ok_or(BadSeal::MissingChanges)?;
        let device = self.claims.device(&actor).ok_or(BadSeal::UnknownActor)?;
        let count = usize::try_from(seal.count).unwrap_or(usize::MAX);
        if count == 0 || count > SEGMENT_MAX_CHANGES || first_seq == 0 {
            return Err(BadSeal::Length);
        }
        let rest = seal.rest.as_deref().unwrap_or_default();
        let here = count.checked_sub(rest.len()).ok_or(BadSeal::Length)?;
        let mut hashes = Vec::with_capacity(count);
        let mut others = Vec::new();
        for at in 0..here {
            let seq = first_seq.checked_add(at as u64).ok_or(BadSeal::Length)?;
            let (hash, other) = self.hash(&actor, seq, given).ok_or(BadSeal::MissingChanges)?;
            if other != hash {
                others.push((at, other));
            }
            hashes.push(hash);
        }
        hashes.extend(rest.iter().map(|hash| ChangeHash(hash.0)));
        let mut segment =
            Segment { actor, first_seq, hashes, roster: seal.roster, signature: seal.signature };
        let application = self.document.application();
        if let Err(bad) = segment.verify(application, &device) {
            // Whoever passed the message on may have put an altered copy in front of the change itself.
            if others.is_empty() {
                return Err(bad.into());
            }
            for (at, other) in others {
                segment.hashes.splice(at..=at, [other]);
            }
            segment.verify(application, &device)?;
        }
        Ok((segment, device))
    }

    /// An actor's change; of two in the message that say they are it, the first and the last.
    fn hash(
        &self,
        actor: &ActorId,
        seq: u64,
        given: &BTreeMap<(&ActorId, u64), Given>,
    ) -> Option<(ChangeHash, ChangeHash)> {
        let here = || self.document.hash_at(actor, seq).map(|hash| (hash, hash));
        if self.accepted.get(actor).is_some_and(|accepted| seq <= *accepted) {
            return here();
        }
        given.get(&(actor, seq)).map(|given| (given.first, given.last)).or_else(here)
    }
}
