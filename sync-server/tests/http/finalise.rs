//! Final revisions and the public log over the network, as a member and as anybody reads them.

use form_document::digest::Sha256;
use form_document::key::{PublicKey, Purpose, Signature};
use form_document::snapshot::Obstacle;
use form_document::transparency::{
    Known, LEAF_BYTES, LoggedKeyEvent, Origin, Receipt, SignedCheckpoint, check_consistency, log_root,
};
use form_document::wire::encode;
use reqwest::Method;
use serde_json::Value;

use crate::TestHub;
use crate::client::{Client, Failure, path};
use crate::file::bring;
use crate::support::desk::Desk;
use crate::support::signing::FILES;

/// An application of a lead alone that nothing stands in the way of.
async fn signed(hub: &TestHub) -> (Desk, Client) {
    let (mut lead, client) = hub.lead(1).await;
    lead.fill();
    client.sync(&mut lead).await.unwrap();
    for (_, file) in FILES {
        bring(&client, &lead, file).await;
    }
    for section in ["station", "operation", "safety"] {
        lead.sign_off("lead", section);
    }
    lead.declare();
    client.sync(&mut lead).await.unwrap();
    (lead, client)
}

async fn finalise(client: &Client, desk: &Desk, body: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let response = client.send(Method::POST, &path(desk, "/revisions"), body).await?;
    Ok(response.bytes().await.unwrap().to_vec())
}

async fn asked(client: &Client, path: &str) -> Result<Vec<u8>, Failure> {
    Ok(client.plain(Method::GET, path, Vec::new()).await?.bytes().await.unwrap().to_vec())
}

async fn json(client: &Client, path: &str) -> Value {
    serde_json::from_slice(&asked(client, path).await.unwrap()).unwrap()
}

async fn checkpoint(client: &Client) -> SignedCheckpoint {
    SignedCheckpoint(String::from_utf8(asked(client, "/v1/log/checkpoint").await.unwrap()).unwrap())
}

/// The log's name and root key, by the word of the hub that members know.
async fn root(hub: &TestHub, client: &Client) -> (Origin, PublicKey) {
    let said = json(client, "/v1/log/root").await;
    let text = |name: &str| said[name].as_str().unwrap().to_owned();
    let (origin, root) = (Origin::try_from(text("origin")).unwrap(), text("root").parse().unwrap());
    let signature: Signature = text("signature").parse().unwrap();
    hub.hub.key.verify(Purpose::LogRoot, &log_root(&origin, &root), &signature).unwrap();
    (origin, root)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_is_made_final_and_anybody_sees_that_the_log_only_grew() {
    let hub = TestHub::new().await;
    let (lead, client) = signed(&hub).await;
    let (origin, root) = root(&hub, &client).await;
    let before = checkpoint(&client).await;
    let signed = asked_signed(&client, &path(&lead, "/obstacles")).await.unwrap();
    assert_eq!(signed, b"[]");
    let submission = encode(&lead.submission());
    let bytes = finalise(&client, &lead, submission.clone()).await.unwrap();
    let receipt = Receipt::read(&bytes).unwrap();
    let known = Known { application: Some(lead.application.clone()), ..Known::default() };
    let proven = receipt.verify(&root, &known).unwrap();
    assert_eq!((proven.lead, proven.origin), (lead.device(), origin.clone()));
    assert_eq!(finalise(&client, &lead, submission).await.unwrap(), bytes, "asking again");
    assert_eq!(asked_signed(&client, &path(&lead, "/revisions/1")).await.unwrap(), bytes);

    let after = checkpoint(&client).await;
    let proof = json(&client, "/v1/log/consistency?from=1&to=2").await["proof"].clone();
    let proof: Vec<Sha256> = serde_json::from_value(proof).unwrap();
    let key = json(&client, "/v1/log/keys?size=2").await;
    let events: Vec<LoggedKeyEvent> = serde_json::from_value(key).unwrap();
    assert_eq!(events, receipt.keys);
    check_consistency(before.verify(&origin, &proven.hub).unwrap(), after.read().unwrap().1, &proof).unwrap();
    after.verify(&origin, &proven.hub).unwrap();
    assert_eq!(asked(&client, "/v1/log/tile/entries/000.p/2").await.unwrap().len(), 2 * (2 + LEAF_BYTES));
    assert_eq!(asked(&client, "/v1/log/tile/0/000.p/2").await.unwrap().len(), 2 * 32);
    let digest = json(&client, &format!("/v1/log/digests/{}", proven.digest)).await;
    assert_eq!((&digest["known"], &digest["index"]), (&Value::from(true), &Value::from(1)));
    let unknown = json(&client, &format!("/v1/log/digests/{}", Sha256::of(b"other"))).await;
    assert_eq!(unknown, serde_json::json!({ "known": false }), "and nothing more");
    hub.hub.shutdown().await;
}

async fn asked_signed(client: &Client, path: &str) -> Result<Vec<u8>, Failure> {
    Ok(client.send(Method::GET, path, Vec::new()).await?.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_or_too_early_is_told_so() {
    let hub = TestHub::new().await;
    let (mut lead, client) = signed(&hub).await;
    let failed = |result: Result<Vec<u8>, Failure>| result.unwrap_err();
    let not_found = (404, "not_found".to_owned());
    assert_eq!(failed(asked_signed(&client, &path(&lead, "/revisions/1")).await), not_found);
    for place in ["consistency?from=1&to=9", "keys?size=9", "tile/0/000", "tile/0/0", "tile/entries/000.p/9"]
    {
        assert_eq!(failed(asked(&client, &format!("/v1/log/{place}")).await), not_found, "{place}");
    }
    let bad = (400, "bad_message".to_owned());
    for place in ["consistency?from=1", "consistency?from=2&to=1", "keys", "keys?size=x", "digests/XY"] {
        assert_eq!(failed(asked(&client, &format!("/v1/log/{place}")).await), bad, "{place}");
    }
    assert_eq!(failed(asked_signed(&client, &path(&lead, "/revisions/one")).await), bad);
    assert_eq!(failed(finalise(&client, &lead, vec![0x80]).await), bad);
    let mut altered = lead.manifest(Vec::new());
    altered.name.push('！');
    let refused = failed(finalise(&client, &lead, encode(&lead.submission_of(&altered))).await);
    assert_eq!(refused.1, "submission_refused");
    lead.set("station.name", "另一站");
    client.sync(&mut lead).await.unwrap();
    let early = failed(finalise(&client, &lead, encode(&lead.submission())).await);
    assert_eq!(early.1, "not_final");
    let obstacles = asked_signed(&client, &path(&lead, "/obstacles")).await.unwrap();
    let obstacles: Vec<Obstacle> = serde_json::from_slice(&obstacles).unwrap();
    assert!(obstacles.contains(&Obstacle::Undeclared), "{obstacles:?}");
    hub.hub.shutdown().await;
}
