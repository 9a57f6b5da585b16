//! Tickets: clients that sign nothing do with files what the device may that asked, and nothing else.

use form_document::roster::Act;
use form_model::member::EvidenceAccess;
use reqwest::{Method, RequestBuilder};

use crate::TestHub;
use crate::client::{Client, good, path};
use crate::download::{contributor, member, observer};
use crate::file::{PIECE, TUS, asked, blob, bring, bytes, name, offset, said, sha256};
use crate::support::NOW;
use crate::support::desk::Desk;

/// A client without a key.
struct Bearer {
    url: String,
    authorization: String,
    http: reqwest::Client,
}

impl Bearer {
    async fn of(client: &Client, desk: &Desk) -> Self {
        let given = asked(client, Method::POST, &path(desk, "/tickets"), &[], Vec::new()).await.unwrap();
        let given: serde_json::Value = given.json().await.unwrap();
        assert!(given["expires"].as_i64().unwrap() > NOW);
        let authorization = format!("Huiqian-Ticket {}", given["ticket"].as_str().unwrap());
        Self { url: client.url.clone(), authorization, http: reqwest::Client::new() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.header("Authorization", &self.authorization)
    }

    async fn status(&self, method: Method, path: &str) -> u16 {
        let request = self.request(method, path).header(TUS.0, TUS.1).header("Upload-Length", "1");
        request.send().await.unwrap().status().as_u16()
    }

    /// The code with which something is refused.
    async fn refused(&self, method: Method, path: &str) -> (u16, String) {
        let request = self.request(method.clone(), path).header(TUS.0, TUS.1).header("Upload-Length", "1");
        good(&method, request.send().await.unwrap()).await.unwrap_err()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_brings_and_fetches_files_of_its_application_and_does_nothing_else() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let (other, others) = hub.lead(2).await;
    let bearer = Bearer::of(&leads, &lead).await;
    let file = bytes(50_000, 6);
    let hash = sha256(&file);
    let begun = bearer.request(Method::POST, &path(&lead, "/uploads")).header(TUS.0, TUS.1);
    let begun = begun.header("Upload-Length", "50000").send().await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    let piece = bearer.request(Method::PATCH, &upload).header(TUS.0, TUS.1).header(PIECE.0, PIECE.1);
    let done = piece.header("Upload-Offset", "0").body(file.clone()).send().await.unwrap();
    assert_eq!(said(&done, "Huiqian-Sha256"), hash);
    let known = bearer.request(Method::HEAD, &upload).header(TUS.0, TUS.1).send().await.unwrap();
    assert_eq!(offset(&known), 50_000);
    let place = blob(&lead, &hash);
    let part = bearer.request(Method::GET, &place).header("Range", "bytes=100-199").send().await.unwrap();
    assert_eq!((part.status().as_u16(), said(&part, "Content-Range")), (206, "bytes 100-199/50000"));
    assert_eq!(part.bytes().await.unwrap(), file[100..200]);
    assert_eq!(bearer.status(Method::HEAD, &place).await, 200);
    let whole = bearer.request(Method::GET, &place).send().await.unwrap();
    assert_eq!(whole.bytes().await.unwrap(), file);
    // A file that the ticket's application lacks, also when another one has it.
    bring(&others, &other, &file).await;
    let elsewhere = blob(&other, &hash);
    for (method, place) in [
        (Method::POST, path(&other, "/uploads")),
        (Method::GET, elsewhere.clone()),
        (Method::HEAD, elsewhere),
        (Method::GET, path(&lead, "/start")),
        (Method::POST, path(&lead, "/tickets")),
        (Method::POST, path(&lead, "/blobs/known")),
        (Method::GET, "/v1/applications".to_owned()),
    ] {
        assert_eq!(bearer.status(method.clone(), &place).await, 401, "{method} {place}");
    }
    let bad = Bearer { authorization: format!("Huiqian-Ticket {}", "0".repeat(64)), ..bearer };
    assert_eq!(bad.refused(Method::GET, &place).await, (401, "ticket_unknown".to_owned()));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_worth_what_its_device_may_when_it_is_used() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (_, observers) = member(&hub, &mut lead, &leads, 3, observer()).await;
    let all = contributor("station", EvidenceAccess::All);
    let (desk, members) = member(&hub, &mut lead, &leads, 4, all).await;
    let (seeing, blind) = (Bearer::of(&members, &lead).await, Bearer::of(&observers, &lead).await);
    let file = bytes(5_000, 7);
    bring(&leads, &lead, &file).await;
    let place = blob(&lead, &sha256(&file));
    assert_eq!(seeing.status(Method::GET, &place).await, 404, "no slot names it yet");
    name(&mut lead, "safety.waste", 1, &file);
    leads.sync(&mut lead).await.unwrap();
    assert_eq!(seeing.status(Method::GET, &place).await, 200);
    assert_eq!(blind.refused(Method::GET, &place).await, (404, "blob_unknown".to_owned()));
    let uploads = path(&lead, "/uploads");
    assert_eq!(blind.refused(Method::POST, &uploads).await, (403, "not_a_writer".to_owned()));
    assert_eq!(seeing.status(Method::POST, &uploads).await, 201);
    lead.act(Act::Revoke { device: desk.device() });
    leads.sync(&mut lead).await.unwrap();
    assert_eq!(seeing.refused(Method::GET, &place).await, (403, "device_revoked".to_owned()));
    assert_eq!(seeing.refused(Method::POST, &uploads).await, (403, "device_revoked".to_owned()));
    hub.hub.shutdown().await;
}
