//! An operation's identity within a document.

use std::fmt;
use std::str::FromStr;

use automerge::legacy;
use automerge::{ActorId, ObjId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Automerge's operation id: a Lamport counter, unique together with the actor. Its order (counter, then
/// actor's bytes) extends the causal order, and among concurrent values the greatest one stands.
/// As text `counter@actor`, the actor in hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// 1 for a document's first operation.
    pub counter: u64,
    /// Who made it.
    pub actor: ActorId,
}

/// A text that is no operation id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no operation id; expected counter@actor with the actor in hex")]
pub struct BadOpId(String);

impl OpId {
    /// The operation as Automerge names objects and values. `None` for the root.
    pub(crate) fn from_automerge(id: &ObjId) -> Option<Self> {
        match id {
            ObjId::Root => None,
            ObjId::Id(counter, actor, _) => Some(Self { counter: *counter, actor: actor.clone() }),
        }
    }

    /// The name by which Automerge finds the object or value that this operation made. The index is a
    /// hint that Automerge checks, so any will do.
    pub(crate) fn to_automerge(&self) -> ObjId {
        ObjId::Id(self.counter, self.actor.clone(), 0)
    }

    /// Whether `next` is the operation right after this one.
    pub(crate) fn precedes(&self, next: &Self) -> bool {
        self.actor == next.actor && self.counter.checked_add(1) == Some(next.counter)
    }
}

impl From<&legacy::OpId> for OpId {
    fn from(id: &legacy::OpId) -> Self {
        Self { counter: id.counter(), actor: id.actor().clone() }
    }
}

impl From<OpId> for legacy::OpId {
    fn from(id: OpId) -> Self {
        Self(id.counter, id.actor)
    }
}

impl fmt::Display for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.counter, self.actor)
    }
}

impl FromStr for OpId {
    type Err = BadOpId;

    fn from_str(text: &str) -> Result<Self, BadOpId> {
        let parse = || {
            let (counter, actor) = text.split_once('@')?;
            Some(Self { counter: counter.parse().ok()?, actor: actor.parse().ok()? })
        };
        parse().ok_or_else(|| BadOpId(text.to_owned()))
    }
}

impl Serialize for OpId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OpId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = OpId { counter: 12, actor: ActorId::from([7; 16]) };
        assert_eq!(id.to_string(), format!("12@{}", "07".repeat(16)));
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "12", "x@07", "12@xyz"] {
            assert!(bad.parse::<OpId>().is_err(), "{bad}");
        }
    }
}
