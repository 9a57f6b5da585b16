//! Tokens, proofs and those who have neither.

use form_document::key::Purpose;
use reqwest::Method;

use crate::TestHub;
use crate::client::path;

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_token_is_of_no_use() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let mut thief = hub.client(9).await;
    thief.token.clone_from(&leads.token);
    let refused = |code: &str| Err((401, code.to_owned()));
    let send = async |client: &crate::client::Client, proof: &str| {
        let path = path(&lead, "/start");
        client.send_with(Method::GET, &path, Vec::new(), proof, &[]).await.map(|_| ())
    };
    let theirs = thief.proof(&Method::GET, &path(&lead, "/start"), b"");
    assert_eq!(send(&thief, &theirs).await, refused("token_stolen"));
    let of_another_path = leads.proof(&Method::GET, "/v1/applications", b"");
    assert_eq!(send(&thief, &of_another_path).await, refused("token_stolen"));
    assert_eq!(send(&thief, "not hex").await, refused("token_stolen"));
    let good = leads.proof(&Method::GET, &path(&lead, "/start"), b"");
    assert_eq!(send(&leads, &good).await, Ok(()));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_sent_again_is_refused_and_those_that_overtake_each_other_are_not() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let path = path(&lead, "/start");
    let send =
        async |proof: &str| leads.send_with(Method::GET, &path, Vec::new(), proof, &[]).await.map(|_| ());
    let first = leads.proof(&Method::GET, &path, b"");
    let second = leads.proof(&Method::GET, &path, b"");
    assert_eq!(send(&second).await, Ok(()));
    assert_eq!(send(&first).await, Ok(()), "overtaken on the way");
    for come in [&first, &second] {
        assert_eq!(send(come).await, Err((401, "proof_replayed".to_owned())));
    }
    let number = second.split_once(' ').unwrap().0.parse::<u64>().unwrap();
    let renumbered = format!("{} {}", number + 1, second.split_once(' ').unwrap().1);
    assert_eq!(send(&renumbered).await, Err((401, "token_stolen".to_owned())), "the number is signed");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_token_or_with_one_from_before_a_restart_says_which() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let bare = leads.plain(Method::GET, &path(&lead, "/start"), Vec::new()).await;
    assert_eq!(bare.unwrap_err(), (401, "token_missing".to_owned()));
    let hub = hub.restarted().await;
    let mut again = hub.client(1).await;
    again.token.clone_from(&leads.token);
    let old = again.send(Method::GET, &path(&lead, "/start"), Vec::new()).await;
    assert_eq!(old.unwrap_err(), (401, "token_unknown".to_owned()));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_was_altered_on_the_way_is_noticed() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let body = form_document::wire::encode(&lead.exchange());
    let proof = leads.proof(&Method::POST, &path(&lead, "/exchange"), &body);
    let mut altered = body;
    altered.push(0);
    let refused = leads.send_with(Method::POST, &path(&lead, "/exchange"), altered, &proof, &[]).await;
    assert_eq!(refused.unwrap_err(), (401, "token_stolen".to_owned()));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let few = std::num::NonZeroU32::new(3).unwrap();
    let hub = TestHub::with(|config| config.rates.requests_per_minute = few).await;
    let (lead, leads) = hub.lead(1).await;
    let mut refused = None;
    for _ in 0..4 {
        let sent = leads.send(Method::GET, &path(&lead, "/start"), Vec::new()).await;
        refused = refused.or(sent.err());
    }
    assert_eq!(refused, Some((429, "too_many".to_owned())));
    let others = hub.client(2).await.send(Method::GET, "/v1/applications", Vec::new()).await;
    assert!(others.is_ok(), "others are unaffected");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_signed_for_another_purpose_gives_no_token() {
    let hub = TestHub::new().await;
    let client = hub.client(1).await;
    let device = client.key.public().to_string();
    let http = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", hub.hub.url);
    let body = serde_json::json!({ "device": device, "nonce": "5".repeat(64) });
    let answer: serde_json::Value =
        http.post(url("/v1/challenges")).json(&body).send().await.unwrap().json().await.unwrap();
    let signature = client.key.sign(Purpose::Request, answer["challenge"].as_str().unwrap().as_bytes());
    let body = serde_json::json!({
        "device": device, "challenge": answer["challenge"], "signature": signature.to_string(),
    });
    let response = http.post(url("/v1/tokens")).json(&body).send().await.unwrap();
    assert_eq!(response.status(), 401);
    hub.hub.shutdown().await;
}
