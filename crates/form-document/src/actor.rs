//! Who makes changes: one actor a replica.

use automerge::ActorId;
use form_model::id::ApplicationId;
use ring::digest::{Context, SHA256};

/// Keeps these hashes apart from every other use of SHA-256.
const DOMAIN: &[u8] = b"huiqian actor 1\0";

/// The length of every actor id, in bytes: what Automerge keeps inline, and enough (128 bits) that two
/// replicas never share one by chance.
pub const ACTOR_BYTES: usize = 16;

/// The actor of a replica: the first 16 bytes of SHA-256 over a domain text, the application's id, the
/// device's public key and a nonce. A restored or copied replica takes a fresh nonce, since re-using an
/// actor would re-use its operation ids.
pub fn actor_id(application: &ApplicationId, device_key: &[u8; 32], nonce: &[u8; 16]) -> ActorId {
    let mut context = Context::new(&SHA256);
    context.update(DOMAIN);
    // The id is always 64 hex digits; key and nonce have fixed lengths: no two inputs run together.
    context.update(application.0.as_bytes());
    context.update(device_key);
    context.update(nonce);
    ActorId::from(&context.finish().as_ref()[..ACTOR_BYTES])
}

/// Names a change by its actor and number: what one change puts once into a map is called so.
pub(crate) fn change_name(actor: &ActorId, seq: u64) -> String {
    format!("{actor}-{seq}")
}

/// Reads such a name; one spelling only: no leading zeros, no capitals.
pub(crate) fn read_change_name(name: &str) -> Option<(ActorId, u64)> {
    let (actor, seq) = name.split_once('-')?;
    let (actor, seq) = (actor.parse().ok()?, seq.parse().ok()?);
    (change_name(&actor, seq) == name).then_some((actor, seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn application_device_and_nonce_each_change_the_actor() {
        let application = ApplicationId("0".repeat(64));
        let actor = actor_id(&application, &[1; 32], &[2; 16]);
        assert_eq!(actor.to_bytes().len(), ACTOR_BYTES);
        assert_eq!(actor, actor_id(&application, &[1; 32], &[2; 16]));
        assert_ne!(actor, actor_id(&ApplicationId("1".repeat(64)), &[1; 32], &[2; 16]));
        assert_ne!(actor, actor_id(&application, &[3; 32], &[2; 16]));
        assert_ne!(actor, actor_id(&application, &[1; 32], &[3; 16]));
    }
}
