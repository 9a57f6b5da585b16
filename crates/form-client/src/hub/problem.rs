//! What a hub's refusals mean to a person: problem details (RFC 9457), told apart by their `code`.

use form_document::wire::BadMessage;
use form_model::error::{ErrorCode, UserError};
use reqwest::StatusCode;
use serde::Deserialize;

use crate::cause::because;

#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
}

/// The detail of a [`ErrorCode::HubRefused`] that holds the hub's code.
const CODE: &str = "code";

/// The codes that a person meets, in both languages.
const SENTENCES: &[(&str, &str, &str)] = &[
    ("not_a_member", "本机不是这份申报的成员", "this device is no member of the application"),
    ("device_revoked", "本机的权限已被撤销", "this device's rights were revoked"),
    ("not_found", "协同中心没有这份申报", "the hub does not have this application"),
    ("invite_unknown", "没有这份邀请", "there is no such invite"),
    ("invite_used", "这份邀请已经用过", "the invite has been used"),
    ("invite_expired", "这份邀请已过期", "the invite has expired"),
    ("invite_cancelled", "这份邀请已被收回", "the invite was taken back"),
    ("roster_moved", "成员名单刚刚有了变化，请重试", "the roster has just changed; try again"),
    (
        "admission_required",
        "需要填写接入码，请向协同中心的管理员索取",
        "an admission code is needed; ask whoever runs the hub",
    ),
    ("admission_unknown", "接入码不对或已经用过", "the admission code is wrong or has been used"),
    ("rate_limited", "请求太频繁，请稍后再试", "too many requests; wait a little"),
    ("too_large", "一次发送的内容太多", "too much was sent at once"),
    ("storage_failed", "协同中心暂时不能写入", "the hub cannot store anything at the moment"),
    (
        "hub_behind",
        "协同中心是从旧备份恢复的，正在补齐",
        "the hub was restored from an old backup and is being topped up",
    ),
    ("log_forked", "协同中心的记录与本机的不一致", "the hub's log differs from what is here"),
    ("token_stolen", "请求的签名不对", "the request's signature is wrong"),
];

/// The hub's code in an error, if it is a refusal.
pub(super) fn code(error: &UserError) -> Option<&str> {
    error.details.get(CODE).map(String::as_str)
}

/// The hub was not reached.
pub(super) fn unreachable(hub: &str, cause: &dyn std::error::Error) -> UserError {
    // The innermost cause names what went wrong; the outer ones only where.
    let mut inner = cause;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let error = UserError::new(ErrorCode::HubUnreachable).with("hub", hub);
    error.with_pair("cause", format!("网络报告 {inner}"), inner.to_string())
}

/// The hub answered what is no answer.
pub(super) fn bad_answer(hub: &str, cause: &BadMessage) -> UserError {
    because(UserError::new(ErrorCode::HubRefused).with("hub", hub), cause)
}

/// The hub says no, by a code.
pub(super) fn refused(hub: &str, code: &str, detail: String) -> UserError {
    let known = SENTENCES.iter().find(|(known, _, _)| *known == code);
    let error = UserError::new(ErrorCode::HubRefused).with("hub", hub).with(CODE, code);
    match known {
        Some((_, chinese, english)) => error.with_pair("cause", (*chinese).to_owned(), (*english).to_owned()),
        None if detail.is_empty() => error.with("cause", code),
        None => error.with("cause", detail),
    }
}

/// Reads the body of a refusal.
pub(super) fn read(hub: &str, status: StatusCode, body: &[u8]) -> UserError {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    if problem.code.is_empty() {
        // A proxy's answer, not the hub's.
        let error = UserError::new(ErrorCode::HubUnreachable).with("hub", hub);
        return error.with_pair("cause", format!("收到 {status}"), format!("the answer was {status}"));
    }
    refused(hub, &problem.code, problem.detail)
}

/// Whether a text is a code that the hub closes a stream with.
pub(super) fn is_code(text: &str) -> bool {
    SENTENCES.iter().any(|(code, _, _)| *code == text)
}
