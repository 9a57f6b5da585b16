//! Invites that are no good, over the network.

use form_document::key::SigningKey;
use form_document::roster::Act;
use form_document::wire::{Invitation, encode};
use form_model::member::AgencyId;
use reqwest::Method;

use crate::TestHub;
use crate::client::{Client, Failure};
use crate::support::desk::Desk;
use crate::support::{NOW, key};

async fn look(client: &Client, invite: &SigningKey) -> Result<(), Failure> {
    client.plain(Method::GET, &format!("/v1/invites/{}", invite.public()), Vec::new()).await.map(drop)
}

async fn enrol(client: &Client, invite: &SigningKey, entry: Vec<u8>) -> Result<(), Failure> {
    client.plain(Method::POST, &format!("/v1/invites/{}", invite.public()), entry).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_an_expired_a_cancelled_and_an_unknown_invite_each_say_so() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (used, expired, cancelled, unknown) = (key(102), key(103), key(104), key(105));
    lead.invite_acts("safety", "safety", &used);
    let agency = AgencyId("safety".to_owned());
    lead.act(Act::Invite {
        key: expired.public(),
        agency: agency.clone(),
        person: String::new(),
        expires_ms: NOW - 1,
    });
    lead.invite_acts("safety", "safety", &cancelled);
    leads.sync(&mut lead).await.unwrap();
    // Everybody looked at their invite while it was good, or at another's.
    let stranger = hub.client(9).await;
    let invitation = stranger.invitation(&used).await.unwrap();
    let entry = |number: u8, invite: &SigningKey| encode(&Desk::accept(number, invite, &invitation).1);
    let late = entry(3, &expired);
    assert_eq!(enrol(&stranger, &expired, late).await, Err((410, "invite_expired".to_owned())));
    let good = entry(2, &used);
    assert_eq!(enrol(&stranger, &used, good).await, Ok(()));
    leads.sync(&mut lead).await.unwrap();
    lead.act(Act::Cancel { invite: cancelled.public() });
    leads.sync(&mut lead).await.unwrap();

    let newest = Desk::accept(7, &used, &now(&lead, &invitation)).1;
    assert_eq!(enrol(&stranger, &used, encode(&newest)).await, Err((410, "invite_used".to_owned())));
    let newest = Desk::accept(7, &cancelled, &now(&lead, &invitation)).1;
    assert_eq!(
        enrol(&stranger, &cancelled, encode(&newest)).await,
        Err((410, "invite_cancelled".to_owned()))
    );
    assert_eq!(look(&stranger, &used).await, Err((410, "invite_used".to_owned())));
    assert_eq!(look(&stranger, &expired).await, Err((410, "invite_expired".to_owned())));
    assert_eq!(look(&stranger, &cancelled).await, Err((410, "invite_cancelled".to_owned())));
    assert_eq!(look(&stranger, &unknown).await, Err((404, "invite_unknown".to_owned())));
    assert_eq!(enrol(&stranger, &unknown, entry(7, &unknown)).await, Err((404, "invite_unknown".to_owned())));
    // Nobody but the invite's own key enrols with it.
    let forged = entry(7, &key(106));
    assert_eq!(enrol(&stranger, &used, forged).await, Err((422, "roster_refused".to_owned())));
    assert_eq!(enrol(&stranger, &used, vec![1; 200 << 10]).await, Err((413, "too_large".to_owned())));
    lead.set("station.name", "南极站");
    leads.sync(&mut lead).await.unwrap();
    hub.hub.shutdown().await;
}

/// The invitation as it would be now.
fn now(lead: &Desk, invitation: &Invitation) -> Invitation {
    let roster = lead.ledger.chain().entries_after(0).to_vec();
    Invitation { roster, ..invitation.clone() }
}
