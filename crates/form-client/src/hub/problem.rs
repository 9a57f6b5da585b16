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
    #[serde(default)]
    position: Option<u64>,
}

/// The hub knows less of its log than this desk.
const HUB_BEHIND: &str = "hub_behind";
/// The hub's log is another than the one followed here.
pub(super) const LOG_FORKED: &str = "log_forked";
/// Somebody else's step came first.
pub(super) const ROSTER_MOVED: &str = "roster_moved";
/// The hub was restored and judges nothing yet.
pub(super) const RECOVERING: &str = "recovering";
/// Whoever answers at the hub's address is not the hub. No hub says so: this desk finds it out.
pub(super) const ANOTHER_HUB: &str = "another_hub";
/// Something stands in the way of a final revision.
pub(super) const NOT_FINAL: &str = "not_final";
/// The hub was restored, and its public log is not complete yet.
pub(super) const LOG_INCOMPLETE: &str = "log_incomplete";
/// What was uploaded is another file than it was said to be.
pub(super) const WRONG_HASH: &str = "hash_mismatch";
/// The detail that says where the hub's log ends.
const POSITION: &str = "position";
/// The detail of a [`ErrorCode::HubRefused`] that holds the hub's code.
const CODE: &str = "code";

/// The codes that a person meets, in both languages.
const SENTENCES: &[(&str, &str, &str)] = &[
    ("not_a_member", "本机不是这份申报的成员", "this device is no member of the application"),
    (
        "device_revoked",
        "本机的权限已被撤销，没有交出的修改仍存在本机，可以复制或导出；请与牵头单位联系",
        "this device's rights were revoked; what was not handed over stays on this machine, to be copied or \
         exported; contact the lead",
    ),
    ("not_a_lead", "只有牵头单位可以这样做", "only a lead may do this"),
    ("application_unknown", "协同中心没有这份申报", "the hub does not have this application"),
    (
        "invite_unknown",
        "没有这份邀请或恢复码，可能已用过，或发出它的电脑还没有与协同中心同步",
        "there is no such invite or recovery code; it may have been used, or the computer that made it has not \
         synced with the hub yet",
    ),
    ("invite_used", "这份邀请已经用过", "the invite has been used"),
    ("invite_expired", "这份邀请已过期", "the invite has expired"),
    ("invite_cancelled", "这份邀请已被收回", "the invite was taken back"),
    (ROSTER_MOVED, "成员名单刚刚有了变化，请重试", "the roster has just changed; try again"),
    (
        "admission_needed",
        "需要填写接入码，请向协同中心的管理员索取",
        "an admission code is needed; ask whoever runs the hub",
    ),
    ("admission_unknown", "接入码不对或已经用过", "the admission code is wrong or has been used"),
    ("publication_refused", "这份申报不符合协同中心的要求", "the hub cannot take this application in"),
    (NOT_FINAL, "还有事项没有完成，不能定稿", "something stands in the way of a final revision"),
    ("submission_refused", "提交的定稿内容与协同中心的不一致", "the submission is not what the hub finds"),
    ("unsealed", "协同中心现在不能签名", "the hub cannot sign at the moment"),
    (
        LOG_INCOMPLETE,
        "协同中心是从备份恢复的，它的存证日志还没有补齐，现在不能定稿；请通知它的管理员",
        "the hub was restored from a backup, and its public log is not complete yet, so nothing becomes final; tell whoever \
         runs it",
    ),
    ("too_many", "请求太频繁，请稍后再试", "too many requests; wait a little"),
    ("too_large", "一次发送的内容太多", "too much was sent at once"),
    ("storage_failed", "协同中心暂时不能写入", "the hub cannot store anything at the moment"),
    (
        RECOVERING,
        "协同中心刚从备份恢复，正在等各单位补齐",
        "the hub was restored from a backup and waits for what its members know",
    ),
    ("busy", "协同中心正忙，请稍后再试", "the hub is busy; wait a little"),
    (HUB_BEHIND, "协同中心是从旧备份恢复的，正在补齐", "the hub was restored from an old backup"),
    (LOG_FORKED, "协同中心的记录与本机的不一致", "the hub's log differs from what is here"),
    (
        ANOTHER_HUB,
        "这个地址上的不是名单所载的协同中心，修改没有交给它；请向牵头单位核实地址",
        "what answers at this address is not the hub that the roster names, and nothing was handed to it; check \
         the address with the lead",
    ),
    ("proof_replayed", "同一个请求收到了两次", "the same request has come twice"),
    ("token_stolen", "请求的签名不对", "the request's signature is wrong"),
];

/// What is wrong with a hub's certificate: a part of what the TLS library says of it, and what a person is told.
const CERTIFICATES: &[(&str, &str, &str)] = &[
    (
        "CaUsedAsEndEntity",
        "协同中心出示的是签发机构的证书，不能当服务器证书用；请它的管理员用这张证书另签一张服务器证书",
        "the hub shows an authority's certificate, which is no server's; whoever runs it must issue a server \
         certificate with it",
    ),
    (
        "UnknownIssuer",
        "协同中心的证书不是本机信任的机构签发的；如由本单位签发，请把签发机构的证书文件写入 HUIQIAN_CA_FILE",
        "the hub's certificate comes from no authority that this machine trusts; for one of your own, name its \
         certificate file in HUIQIAN_CA_FILE",
    ),
    (
        "not valid for name",
        "协同中心的证书不是签给这个地址的，请核对地址",
        "the hub's certificate is for another address; check the address",
    ),
    (
        "certificate expired",
        "协同中心的证书已过期，或本机的日期不对",
        "the hub's certificate has expired, or this machine's date is wrong",
    ),
    (
        "certificate not valid yet",
        "协同中心的证书还没有生效，或本机的日期不对",
        "the hub's certificate is not valid yet, or this machine's date is wrong",
    ),
];

/// The hub's code in an error, if it is a refusal.
pub(super) fn code(error: &UserError) -> Option<&str> {
    error.details.get(CODE).map(String::as_str)
}

/// Where the hub's log ends, when the hub says that this desk knows more of it.
pub(super) fn behind(error: &UserError) -> Option<u64> {
    let position = error.details.get(POSITION)?.parse().ok()?;
    (code(error) == Some(HUB_BEHIND)).then_some(position)
}

/// The hub was not reached.
pub(super) fn unreachable(hub: &str, cause: &dyn std::error::Error) -> UserError {
    // The innermost cause names what went wrong; the outer ones only where.
    let mut inner = cause;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let error = UserError::new(ErrorCode::HubUnreachable).with("hub", hub);
    let said = inner.to_string();
    match CERTIFICATES.iter().find(|(part, _, _)| said.contains(part)) {
        Some((_, chinese, english)) => error.with_pair("cause", (*chinese).to_owned(), (*english).to_owned()),
        None => error.with_pair("cause", format!("网络报告 {said}"), said),
    }
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

/// What a hub's refusal, the JSON text of its problem details, means to a person. `None` when it is none: a proxy's
/// answer.
pub fn refusal(hub: &str, body: &[u8]) -> Option<UserError> {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    if problem.code.is_empty() {
        return None;
    }
    let error = refused(hub, &problem.code, problem.detail);
    Some(match problem.position {
        Some(position) => error.with(POSITION, position),
        None => error,
    })
}

/// Reads the body of an answer that is no success.
pub(super) fn read(hub: &str, status: StatusCode, body: &[u8]) -> UserError {
    refusal(hub, body).unwrap_or_else(|| {
        let error = UserError::new(ErrorCode::HubUnreachable).with("hub", hub);
        error.with_pair("cause", format!("收到 {status}"), format!("the answer was {status}"))
    })
}

/// Whether a text is a code that the hub closes a stream with.
pub(super) fn is_code(text: &str) -> bool {
    SENTENCES.iter().any(|(code, _, _)| *code == text)
}
