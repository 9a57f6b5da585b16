//! What a device and its hub sign to each other before the device hands anything over, and with each request.

use ring::digest::{SHA256, digest};

use crate::key::{Nonce, PublicKey};

/// What a hub signs to show that it has its key ([`crate::key::Purpose::HubAnswer`]): what the device drew, the
/// device's key, and the challenge that it gives, 32 bytes each. An answer to one question is of no use to another.
pub fn answer_content(nonce: &Nonce, device: &PublicKey, challenge: &Nonce) -> Vec<u8> {
    [nonce.0, device.0, challenge.0].concat()
}

/// What a device signs to get a token ([`crate::key::Purpose::Challenge`]): the hub's key and the challenge, 32 bytes
/// each. A challenge of one hub is of no use at another.
pub fn challenge_content(hub: &PublicKey, challenge: &Nonce) -> Vec<u8> {
    [hub.0, challenge.0].concat()
}

/// What a device signs of each request ([`crate::key::Purpose::Request`]): the token's text, the request's number
/// under that token, the method, path and query, and the SHA-256 of the body, with a line feed between the parts.
pub fn request_content(token: &str, number: u64, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{token}\n{number}\n{method}\n{path}\n").into_bytes();
    content.extend_from_slice(digest(&SHA256, body).as_ref());
    content
}
