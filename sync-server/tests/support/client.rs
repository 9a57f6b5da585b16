//! A desk's requests over the network, as any client makes them.

use std::sync::atomic::{AtomicU64, Ordering};

use form_document::key::{Purpose, SigningKey};
use form_document::session::{challenge_content, request_content};
use form_document::wire::{self, Exchange, Invitation, Reply, Start};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::desk::Desk;

#[derive(Debug)]
pub struct Client {
    pub url: String,
    pub key: SigningKey,
    pub token: String,
    http: reqwest::Client,
    sent: AtomicU64,
}

/// A failure's status and code.
pub type Failure = (u16, String);

impl Client {
    /// A client that has a token.
    pub async fn new(url: &str, key: SigningKey) -> Self {
        // The workspace's reqwest leaves the choice of a crypto library open.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (http, sent) = (reqwest::Client::new(), AtomicU64::default());
        let mut client = Self { url: url.to_owned(), key, token: String::new(), http, sent };
        client.token = client.session().await.unwrap();
        client
    }

    pub async fn session(&self) -> Result<String, Failure> {
        let device = self.key.public().to_string();
        let answer =
            self.post_json("/v1/challenges", &json!({ "device": device, "nonce": "5".repeat(64) })).await?;
        let challenge = answer["challenge"].as_str().unwrap().parse().unwrap();
        let hub = answer["hub"].as_str().unwrap().parse().unwrap();
        let signature = self.key.sign(Purpose::Challenge, &challenge_content(&hub, &challenge));
        let answer = json!({
            "device": device, "challenge": answer["challenge"], "signature": signature.to_string(),
        });
        let answer = self.post_json("/v1/tokens", &answer).await?;
        Ok(answer["token"].as_str().unwrap().to_owned())
    }

    async fn post_json(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.url);
        let response = self.http.post(url).json(body).send().await.unwrap();
        let response = good(&Method::POST, response).await?;
        Ok(response.json().await.unwrap())
    }

    /// The proof of the next request.
    pub fn proof(&self, method: &Method, path: &str, body: &[u8]) -> String {
        self.proof_of(self.sent.fetch_add(1, Ordering::Relaxed) + 1, method, path, body)
    }

    /// The proof of a request by its number.
    pub fn proof_of(&self, number: u64, method: &Method, path: &str, body: &[u8]) -> String {
        let content = request_content(&self.token, number, method.as_str(), path, body);
        format!("{number} {}", self.key.sign(Purpose::Request, &content))
    }

    pub async fn send(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Response, Failure> {
        let proof = self.proof(&method, path, &body);
        self.send_with(method, path, body, &proof, &[]).await
    }

    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        proof: &str,
        headers: &[(&str, &str)],
    ) -> Result<Response, Failure> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.bearer_auth(&self.token).header("Huiqian-Proof", proof).body(body);
        good(&method, request.send().await.unwrap()).await
    }

    /// A request whose proof is over its head alone, as those are that bring or fetch files; whatever is answered.
    pub async fn head_signed(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Response> {
        let proof = self.proof(&method, path, b"");
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.bearer_auth(&self.token).header("Huiqian-Proof", proof).body(body).send().await
    }

    pub async fn plain(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Response, Failure> {
        let url = format!("{}{path}", self.url);
        good(&method, self.http.request(method.clone(), url).body(body).send().await.unwrap()).await
    }

    pub async fn publish(&self, desk: &Desk, admission: Option<&str>) -> Result<StatusCode, Failure> {
        let (path, body) = (path(desk, ""), wire::encode(&desk.publication()));
        let proof = self.proof(&Method::PUT, &path, &body);
        let headers: Vec<_> = admission.map(|code| ("Huiqian-Admission", code)).into_iter().collect();
        Ok(self.send_with(Method::PUT, &path, body, &proof, &headers).await?.status())
    }

    pub async fn exchange(&self, desk: &Desk, exchange: &Exchange) -> Result<Reply, Failure> {
        let body = wire::encode(exchange);
        let response = self.send(Method::POST, &path(desk, "/exchange"), body).await?;
        Ok(wire::decode(&response.bytes().await.unwrap()).unwrap())
    }

    /// Exchanges until nothing is new.
    pub async fn sync(&self, desk: &mut Desk) -> Result<Reply, Failure> {
        loop {
            let exchange = desk.exchange();
            let reply = self.exchange(desk, &exchange).await?;
            desk.follow(&reply.page).unwrap();
            if !reply.more {
                return Ok(reply);
            }
        }
    }

    pub async fn start(&self, desk: &Desk) -> Result<Start, Failure> {
        let response = self.send(Method::GET, &path(desk, "/start"), Vec::new()).await?;
        Ok(wire::decode_up_to(&response.bytes().await.unwrap(), wire::START_MAX_BYTES).unwrap())
    }

    pub async fn invitation(&self, invite: &SigningKey) -> Result<Invitation, Failure> {
        let path = format!("/v1/invites/{}", invite.public());
        let response = self.plain(Method::GET, &path, Vec::new()).await?;
        Ok(wire::decode_up_to(&response.bytes().await.unwrap(), wire::START_MAX_BYTES).unwrap())
    }

    /// A handshake for the live stream.
    pub fn live(&self, desk: &Desk) -> tokio_tungstenite::tungstenite::handshake::client::Request {
        let path = path(desk, "/live");
        let url = format!("{}{path}", self.url.replace("http", "ws"));
        let mut request = url.into_client_request().unwrap();
        let proof = self.proof(&Method::GET, &path, b"");
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {}", self.token).parse().unwrap());
        headers.insert("huiqian-proof", proof.parse().unwrap());
        request
    }
}

pub fn path(desk: &Desk, rest: &str) -> String {
    format!("/v1/applications/{}{rest}", desk.application)
}

/// A response that is no failure.
pub async fn good(method: &Method, response: Response) -> Result<Response, Failure> {
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, url) = (response.status().as_u16(), response.url().clone());
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = response.json().await.unwrap();
    let code = problem["code"].as_str().unwrap().to_owned();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("/problems/{code}"));
    check_described(method, &url, status, &code).await;
    Err((status, code))
}

/// Every failure that a test meets stands in the API's description of what was asked.
async fn check_described(method: &Method, url: &reqwest::Url, status: u16, code: &str) {
    let mut place = url.clone();
    place.set_path("/openapi.json");
    let document: Value = reqwest::get(place).await.unwrap().json().await.unwrap();
    let asked: Vec<&str> = url.path().split('/').collect();
    let fits = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('/').collect();
        let same = |(part, asked): (&&str, &&str)| part.starts_with('{') || part == asked;
        parts.len() == asked.len() && parts.iter().zip(&asked).all(same)
    };
    let paths = document["paths"].as_object().unwrap();
    let Some((_, item)) = paths.iter().find(|(pattern, _)| fits(pattern)) else { return };
    let operation = &item[method.as_str().to_lowercase()];
    if operation.is_object() {
        let said = operation["responses"][status.to_string()]["description"].as_str().unwrap_or_default();
        assert!(
            said.contains(&format!("`{code}`")),
            "{method} {}: {status} {code} is not described",
            url.path()
        );
    }
}
