//! The API's description (OpenAPI 3.1): what the routes say of themselves, and what holds for all of them. A client
//! in another language is written from it, so it says exactly what is signed and where each message has what.

use std::collections::BTreeMap;

use form_document::key::Purpose;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::problem::Problem;
use crate::error::ErrorCode;

/// The messages in CBOR: their layouts stand in the crate form-document, module `wire`; a test holds these against them.
const MESSAGES: &str = include_str!("messages.json");

/// What every request with a body may meet.
const BODY: &[ErrorCode] = &[ErrorCode::BadMessage, ErrorCode::TooLarge, ErrorCode::UnsupportedMedia];
/// What every request that a device signs may meet.
const SIGNED: &[ErrorCode] = &[
    ErrorCode::TokenMissing,
    ErrorCode::TokenUnknown,
    ErrorCode::TokenStolen,
    ErrorCode::ProofReplayed,
    ErrorCode::TooMany,
    ErrorCode::Busy,
    ErrorCode::StorageFailed,
];
/// What every request about an application may meet.
const MEMBER: &[ErrorCode] =
    &[ErrorCode::ApplicationUnknown, ErrorCode::NotAMember, ErrorCode::DeviceRevoked];
/// What every step of the roster may meet.
const ROSTER: &[ErrorCode] = &[ErrorCode::RosterMoved, ErrorCode::RosterRefused, ErrorCode::Recovering];
/// What everybody who brings files may meet.
const BRINGS: &[ErrorCode] = &[ErrorCode::NotAWriter, ErrorCode::TicketUnknown, ErrorCode::TusVersion];
/// What becomes of an upload.
const UPLOAD: &[ErrorCode] = &[ErrorCode::UploadUnknown, ErrorCode::UploadExpired, ErrorCode::UploadLocked];
/// What becomes of a piece of a file, and of the file with its last one.
const PIECE: &[ErrorCode] = &[
    ErrorCode::OffsetWrong,
    ErrorCode::ChecksumMismatch,
    ErrorCode::HashMismatch,
    ErrorCode::UploadLocked,
    ErrorCode::DiskFull,
];
/// What becomes of an invite.
const INVITE: &[ErrorCode] =
    &[ErrorCode::InviteUnknown, ErrorCode::InviteUsed, ErrorCode::InviteExpired, ErrorCode::InviteCancelled];
/// What any request may meet.
const ANY: &[ErrorCode] = &[ErrorCode::Timeout, ErrorCode::Internal];

/// The failures of an operation, by its id; `None` for one that is not known here.
fn failures(operation: &str) -> Option<Vec<&'static [ErrorCode]>> {
    use ErrorCode::{
        AdmissionNeeded, AdmissionUnknown, BadMessage, BlobUnknown, Busy, ChallengeUnknown, DiskFull,
        EmptyFile, HashMismatch, HubBehind, LogForked, LogIncomplete, LogRefused, NotALead, NotFinal,
        NotFound, PublicationRefused, QuotaExceeded, RangeWrong, Recovering, SignatureWrong, StorageFailed,
        SubmissionRefused, TicketUnknown, TooMany, Unsealed,
    };
    Some(match operation {
        "challenge" => vec![BODY, &[TooMany]],
        "token" => vec![BODY, &[TooMany, ChallengeUnknown, SignatureWrong]],
        "list" => vec![SIGNED, BODY],
        "publish" => {
            let own = &[AdmissionNeeded, AdmissionUnknown, PublicationRefused, NotALead];
            vec![SIGNED, BODY, MEMBER, ROSTER, INVITE, own]
        }
        "exchange" => vec![SIGNED, BODY, MEMBER, &[HubBehind, LogForked, Recovering]],
        "start" | "standing" | "held" => vec![SIGNED, BODY, MEMBER],
        "adopt" => vec![SIGNED, BODY, MEMBER, &[HubBehind, LogRefused]],
        "open_epoch" => vec![SIGNED, BODY, MEMBER, ROSTER],
        "obstacles" => vec![SIGNED, BODY, MEMBER],
        "finalise" => {
            let own = &[NotFinal, SubmissionRefused, NotALead, Unsealed, LogIncomplete, Recovering];
            vec![SIGNED, BODY, MEMBER, ROSTER, own]
        }
        "receipt" => vec![SIGNED, BODY, MEMBER, &[NotFound, Unsealed]],
        "root" => vec![&[Unsealed, Busy, TooMany, StorageFailed]],
        "checkpoint" => vec![&[Unsealed, LogIncomplete, Busy, TooMany, StorageFailed]],
        "consistency" | "keys" => vec![&[BadMessage, NotFound, Unsealed, Busy, TooMany, StorageFailed]],
        "known_digest" => vec![&[BadMessage, Busy, TooMany, StorageFailed]],
        "live" => vec![SIGNED, MEMBER, &[BadMessage]],
        "upload_options" => vec![],
        "begin_upload" => vec![SIGNED, BODY, MEMBER, BRINGS, PIECE, &[EmptyFile, QuotaExceeded, DiskFull]],
        "upload_state" | "end_upload" => vec![SIGNED, MEMBER, BRINGS, UPLOAD, &[BadMessage, HashMismatch]],
        "append" => vec![SIGNED, BODY, MEMBER, BRINGS, UPLOAD, PIECE],
        "ticket" => vec![SIGNED, MEMBER, &[BadMessage]],
        "blob" => vec![SIGNED, MEMBER, &[TicketUnknown, BadMessage, BlobUnknown, RangeWrong]],
        "blob_head" => vec![SIGNED, MEMBER, &[TicketUnknown, BadMessage, BlobUnknown]],
        "known" => vec![SIGNED, BODY, MEMBER],
        "show" => vec![INVITE, &[BadMessage, TooMany, Busy, StorageFailed]],
        "enrol" => vec![INVITE, BODY, ROSTER, &[TooMany, Busy, StorageFailed]],
        "health" => vec![&[TooMany, Busy, StorageFailed]],
        "metrics" | "description" => vec![],
        _ => return None,
    })
}

/// The whole description, from what the routes say.
pub(super) fn complete(routes: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(routes).unwrap_or_default();
    document["info"]["description"] = json!(authentication());
    document["components"]["securitySchemes"]["device"] = json!({
        "type": "http", "scheme": "bearer",
        "description": "A token of POST /v1/tokens as `Authorization: Bearer <token>`, and with each request the header \
                        `Huiqian-Proof`, as said at the head of this document.",
    });
    document["components"]["securitySchemes"]["ticket"] = json!({
        "type": "apiKey", "in": "header", "name": "Authorization",
        "description": "A ticket of POST /v1/applications/{id}/tickets as `Huiqian-Ticket <ticket>`.",
    });
    let messages: Map<String, Value> = serde_json::from_str(MESSAGES).unwrap_or_default();
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(messages);
    }
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for operation in
        paths.filter_map(|(_, item)| item.as_object_mut()).flatten().map(|(_, operation)| operation)
    {
        let Some(id) = operation["operationId"].as_str() else { continue };
        for (status, response) in problems(&failures(id).unwrap_or_default()) {
            operation["responses"][status.to_string()] = response;
        }
    }
    document
}

/// The responses that tell of failures, by status.
fn problems(failures: &[&[ErrorCode]]) -> BTreeMap<u16, Value> {
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in failures.iter().copied().chain([ANY]).flatten() {
        by_status.entry(code.status()).or_default().push(*code);
    }
    let response = |status: u16, mut codes: Vec<ErrorCode>| {
        codes.sort_unstable();
        codes.dedup();
        let lines: Vec<String> =
            codes.iter().map(|code| format!("`{}`: {}", code.name(), code.title())).collect();
        let mut response = json!({
            "description": lines.join("\n\n"),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        let header = match status {
            401 => Some(("WWW-Authenticate", "How to authenticate", "string")),
            429 | 503 => Some(("Retry-After", "After how many seconds to try again", "integer")),
            _ => None,
        };
        if let Some((name, description, kind)) = header {
            response["headers"] = json!({name: {"description": description, "schema": {"type": kind}}});
        }
        response
    };
    by_status.into_iter().map(|(status, codes)| (status, response(status, codes))).collect()
}

/// How a device authenticates, to the byte.
fn authentication() -> String {
    let (challenge, request, answer) =
        (Purpose::Challenge.name(), Purpose::Request.name(), Purpose::HubAnswer.name());
    format!(
        "How a device authenticates. All keys and signatures are Ed25519 (RFC 8032); as text they are lower-case hex \
         digits. What is signed is never the content alone but DSSE's pre-authentication encoding of a purpose's name \
         and the content: the ASCII text `DSSEv1`, a space, the length of the name in bytes as a decimal number, a \
         space, the name, a space, the length of the content in bytes as a decimal number, a space, and the content.\n\n\
         1. `POST /v1/challenges` with `device` (the device's public key) and `nonce` (32 bytes drawn by chance). The \
         answer's `proof` is the hub's signature for the purpose `{answer}`; its content is nonce, device and challenge, \
         32 raw bytes each. Whoever knows the hub's key checks it before going on.\n\n\
         2. `POST /v1/tokens` with `device`, `challenge` as it was given, and `signature`: the device's for the purpose \
         `{challenge}`; its content is the hub's public key and the challenge, 32 raw bytes each. The answer's `token` is \
         of use to this device alone.\n\n\
         3. Each request with the security scheme `device` bears two headers: `Authorization: Bearer <token>` and \
         `Huiqian-Proof: <number> <signature>`, with one space between. The number is decimal, without a sign or \
         leading zeros, from 1 on, and counts up with each request under the token; a number counts once, and may be \
         overtaken by 127 later ones at most. The signature is the device's for the purpose `{request}`; its content is \
         the token as text, a line feed, the number as it stands in the header, a line feed, the method in capitals, a \
         line feed, path and query as they stand in the request line, a line feed, and the SHA-256 of the body as it goes \
         over the line (after packing), 32 raw bytes; of no body, that of the empty text. For PATCH and POST of uploads, whose bodies \
         are as long as files, it is that of the empty text too: `Upload-Checksum` and the file's own hash cover them.\n\n\
         Other headers: `Huiqian-Admission` (a code, when publishing on a hub that is not open), `Huiqian-Device` (the \
         asking device's key, when looking at an invite), `Content-Encoding: gzip` (large bodies of signed requests may \
         be packed so), `X-Request-Id` (taken over from a proxy when short and plain, else made here; in each answer).\n\n\
         Messages are CBOR (RFC 8949): arrays whose places have a meaning each. Their schemas show a CBOR byte string \
         as a string of format `binary`. Failures are `application/problem+json` (RFC 9457); a client acts on `code`."
    )
}

/// What stands at the head of the API's description.
#[derive(OpenApi)]
#[openapi(info(title = "Huiqian hub"), components(schemas(Problem)))]
pub(super) struct Description;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::route::table;

    #[test]
    fn every_operation_tells_its_failures_and_every_reference_leads_somewhere() {
        let document = complete(&table().into_openapi());
        let mut operations = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(failures(id).is_some(), "{method} {path}: {id}");
                assert!(operation["responses"]["500"].is_object(), "{method} {path}");
                operations += 1;
            }
        }
        assert_eq!(operations, 33);
        assert!(document["paths"]["/openapi.json"]["get"].is_object());
        let text = document.to_string();
        for named in text.split("#/components/schemas/").skip(1) {
            let name = named.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
