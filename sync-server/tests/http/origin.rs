//! Pages from elsewhere bring and fetch files, and reach nothing else.

use reqwest::{Method, Response};

use crate::TestHub;
use crate::client::path;
use crate::file::{TUS, asked, blob, said};

const ORIGIN: (&str, &str) = ("Origin", "https://page.example");

/// What a browser asks before it sends something.
async fn question(url: &str, place: &str, method: &str, headers: &str) -> Response {
    let request = reqwest::Client::new().request(Method::OPTIONS, format!("{url}{place}"));
    let request = request.header(ORIGIN.0, ORIGIN.1).header("Access-Control-Request-Method", method);
    request.header("Access-Control-Request-Headers", headers).send().await.unwrap()
}

fn lists(response: &Response, header: &str, wanted: &str) -> bool {
    let listed = said(response, header).to_lowercase();
    wanted.split(',').all(|one| listed.split(',').any(|other| other.trim() == one.to_lowercase()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_do_with_files_what_tus_clients_do_and_reads_what_the_hub_answers() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let url = &hub.hub.url;
    let of_client = "authorization,content-type,tus-resumable,upload-checksum,upload-length,upload-metadata,\
                     upload-offset,range";
    let upload = path(&lead, &format!("/uploads/{}", "0".repeat(32)));
    for (place, method) in [
        (path(&lead, "/uploads"), "POST"),
        (upload.clone(), "PATCH"),
        (upload.clone(), "HEAD"),
        (upload, "DELETE"),
        (blob(&lead, &"0".repeat(64)), "GET"),
    ] {
        let answer = question(url, &place, method, of_client).await;
        assert!(answer.status().is_success(), "{method} {place}: {}", answer.status());
        assert_eq!(said(&answer, "Access-Control-Allow-Origin"), "*");
        assert!(lists(&answer, "Access-Control-Allow-Methods", method));
        assert!(lists(&answer, "Access-Control-Allow-Headers", of_client));
        assert!(!answer.headers().contains_key("Access-Control-Allow-Credentials"));
    }
    let headers = [TUS, ORIGIN, ("Upload-Length", "5")];
    let begun = asked(&leads, Method::POST, &path(&lead, "/uploads"), &headers, Vec::new()).await.unwrap();
    assert_eq!(said(&begun, "Access-Control-Allow-Origin"), "*");
    let read = "location,upload-offset,upload-expires,tus-resumable,huiqian-sha256,etag,content-range";
    assert!(lists(&begun, "Access-Control-Expose-Headers", read));
    // A refusal is readable too: a page that may not know why can tell nobody.
    let refused = reqwest::Client::new().post(format!("{url}{}", path(&lead, "/uploads")));
    let refused = refused.header(ORIGIN.0, ORIGIN.1).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), said(&refused, "Access-Control-Allow-Origin")), (401, "*"));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reaches_nothing_but_files_and_tus_own_question_is_answered_by_tus() {
    let hub = TestHub::new().await;
    let (lead, _) = hub.lead(1).await;
    let url = &hub.hub.url;
    for (place, method) in [
        (path(&lead, "/exchange"), "POST"),
        (path(&lead, "/tickets"), "POST"),
        (path(&lead, "/blobs/known"), "POST"),
        ("/v1/challenges".to_owned(), "POST"),
        ("/v1/applications".to_owned(), "GET"),
    ] {
        let answer = question(url, &place, method, "content-type").await;
        assert!(!answer.headers().contains_key("Access-Control-Allow-Origin"), "{method} {place}");
    }
    let place = format!("{url}{}", path(&lead, "/uploads"));
    let own = reqwest::Client::new().request(Method::OPTIONS, place).send().await.unwrap();
    assert_eq!((own.status().as_u16(), said(&own, "Tus-Version")), (204, "1.0.0"));
    assert!(said(&own, "Tus-Extension").contains("creation"));
    hub.hub.shutdown().await;
}
