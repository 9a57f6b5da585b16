//! Why a receipt proves nothing, as people read it. Programs get a code for each reason.

use form_document::envelope::BadEnvelope;
use form_document::sign_off::BadStatement;
use form_document::snapshot::BadManifest;
use form_document::transparency::{BadCheckpoint, BadKeys, BadProof, BadReceipt};
use form_model::command::Fault;

use super::part::Part;

/// A code and what it means in Chinese; the English is the error's own.
type Reason = (&'static str, String);

/// What is wrong, for programs and people.
pub(super) fn told(bad: &BadReceipt) -> Fault {
    let (code, chinese) = receipt(bad);
    let (english, advice) = (bad.to_string(), advice(bad));
    Fault {
        code: code.to_owned(),
        place: Some(Part::Receipt.to_string()),
        chinese: format!("回执不能证明定稿内容：{chinese}。{}", advice.0),
        english: format!("The receipt does not prove the submission: {english}. {}", advice.1),
    }
}

/// What to do, in Chinese and in English.
fn advice(bad: &BadReceipt) -> (&'static str, &'static str) {
    match bad {
        BadReceipt::Format { .. } | BadReceipt::Manifest(BadManifest::Format { .. }) => {
            ("请换用新版本的会签再核验。", "Verify it with a newer Huiqian.")
        }
        BadReceipt::Keys(BadKeys::NotByRoot | BadKeys::OtherLog { .. })
        | BadReceipt::Checkpoint(BadCheckpoint::OtherLog { .. }) => (
            "请先核对根密钥是不是这个协同中心的；如果是，请不要采用这份材料。",
            "See first whether the root key is this hub's; if it is, do not use what was handed to you.",
        ),
        BadReceipt::OtherApplication { .. } | BadReceipt::OtherRevision { .. } => {
            ("请核对是否拿错了文件。", "See whether it is the right file.")
        }
        _ => (
            "请不要采用这份材料，向提供方重新索取，并告诉协同中心的管理单位。",
            "Do not use it; ask for it once more, and tell whoever runs the hub.",
        ),
    }
}

/// Why a receipt proves nothing, in Chinese and in English: a part of a sentence.
pub fn cause(bad: &BadReceipt) -> (String, String) {
    (receipt(bad).1, bad.to_string())
}

fn receipt(bad: &BadReceipt) -> Reason {
    match bad {
        BadReceipt::Unreadable(why) => ("receipt_unreadable", format!("文件无法识别，可能被改动过（{why}）")),
        BadReceipt::Format { found } => {
            ("receipt_format", format!("它的格式是 {found}，本程序不认识，请换用新版本"))
        }
        BadReceipt::Checkpoint(bad) => checkpoint(bad),
        BadReceipt::Keys(bad) => keys(bad),
        BadReceipt::KeyProof { index, bad } => {
            ("key_proof", format!("协同中心第 {index} 条密钥变更不在存证日志中（{}）", proof(bad)))
        }
        BadReceipt::NoKey { index } => {
            ("no_key", format!("存证日志第 {index} 条没有有效的密钥：密钥已被吊销，或从未登记"))
        }
        BadReceipt::Hub(bad) => ("hub_signature", format!("协同中心的签名不对（{}）", envelope(bad))),
        BadReceipt::Lead(bad) => ("lead_signature", format!("牵头单位的签名不对（{}）", envelope(bad))),
        BadReceipt::NoLead => ("no_lead", "没有牵头单位的签名".to_owned()),
        BadReceipt::Proof(bad) => ("inclusion_proof", format!("定稿不在存证日志中（{}）", proof(bad))),
        BadReceipt::Manifest(bad) => manifest(bad),
        BadReceipt::OtherApplication { found } => {
            ("other_application", format!("它是另一份申报（{found}）的回执"))
        }
        BadReceipt::OtherRevision { found } => ("other_revision", format!("它是第 {found} 稿的回执")),
    }
}

fn checkpoint(bad: &BadCheckpoint) -> Reason {
    match bad {
        BadCheckpoint::Unreadable => ("checkpoint_unreadable", "存证日志的校验点无法识别".to_owned()),
        BadCheckpoint::OtherLog { found, expected } => {
            ("other_log", format!("校验点属于存证日志“{found}”，不是“{expected}”"))
        }
        BadCheckpoint::NotSigned { key } => {
            ("checkpoint_signature", format!("校验点没有当时有效的密钥 {key} 的签名"))
        }
    }
}

fn keys(bad: &BadKeys) -> Reason {
    match bad {
        BadKeys::Envelope(bad) => ("key_signature", format!("密钥变更的签名不对（{}）", envelope(bad))),
        BadKeys::Unreadable(why) => ("key_unreadable", format!("密钥变更无法识别（{why}）")),
        BadKeys::OtherLog { found, expected } => {
            ("other_log", format!("密钥变更属于存证日志“{found}”，不是“{expected}”"))
        }
        BadKeys::NotByRoot => ("not_by_root", "协同中心的密钥不是由给定的根密钥确认的".to_owned()),
        BadKeys::NotCurrent => ("key_not_current", "更换的密钥在当时不是有效的密钥".to_owned()),
        BadKeys::HasKey => ("key_introduced_twice", "存证日志已有密钥，却又登记了新的密钥".to_owned()),
        BadKeys::KnownKey => ("key_reused", "密钥变更启用了已经用过的密钥".to_owned()),
        BadKeys::NotAnew => ("log_not_anew", "存证日志另起的位置或名称不对".to_owned()),
        BadKeys::OutOfOrder => ("keys_out_of_order", "密钥变更的次序与存证日志不符".to_owned()),
        BadKeys::TooMany => ("too_many_keys", "密钥变更多得不合情理".to_owned()),
    }
}

fn manifest(bad: &BadManifest) -> Reason {
    match bad {
        BadManifest::TooLarge { length } => ("manifest_too_large", format!("定稿内容过大（{length} 字节）")),
        BadManifest::Unreadable(why) => ("manifest_unreadable", format!("定稿内容无法识别（{why}）")),
        BadManifest::Format { found } => {
            ("manifest_format", format!("定稿内容的格式是 {found}，本程序不认识，请换用新版本"))
        }
        BadManifest::Statement { index, bad } => {
            ("bad_sign_off", format!("第 {index} 份签认不成立（{}）", statement(bad)))
        }
        BadManifest::Stranger { index } => {
            ("sign_off_by_stranger", format!("第 {index} 份签认出自没有参加申报的设备"))
        }
        BadManifest::OtherContent { index } => {
            ("sign_off_of_other_content", format!("第 {index} 份签认针对的不是这份内容"))
        }
        BadManifest::NotDeclared => ("not_declared", "缺少牵头单位的真实性声明".to_owned()),
        BadManifest::Envelope(bad) => ("bad_sign_off", format!("签认的签名不对（{}）", envelope(bad))),
    }
}

fn statement(bad: &BadStatement) -> String {
    match bad {
        BadStatement::Envelope(bad) => envelope(bad),
        BadStatement::Unreadable(why) => format!("无法识别：{why}"),
        BadStatement::OtherApplication => "它属于另一份申报".to_owned(),
        BadStatement::Signers => "没有签名，或签名不止一个".to_owned(),
        BadStatement::Words => "姓名或说明为空、过长或有控制字符".to_owned(),
    }
}

fn envelope(bad: &BadEnvelope) -> String {
    match bad {
        BadEnvelope::Unreadable(why) => format!("无法识别：{why}"),
        BadEnvelope::OtherType { found, .. } => format!("签名的用途是“{found}”"),
        BadEnvelope::NotSigned(key) => format!("没有密钥 {key} 的签名"),
        BadEnvelope::SignedTwice(key) => format!("密钥 {key} 签了两次"),
        BadEnvelope::TooManySignatures => "签名过多".to_owned(),
        BadEnvelope::Signature { key, .. } => format!("密钥 {key} 的签名与内容不符"),
    }
}

fn proof(bad: &BadProof) -> String {
    match bad {
        BadProof::TooLong => "证明过长".to_owned(),
        BadProof::Beyond { index, size } => format!("日志只有 {size} 条，没有第 {index} 条"),
        BadProof::Shrunk { old, new } => format!("日志从 {old} 条变为 {new} 条"),
        BadProof::Mismatch => "证明与日志的根不符".to_owned(),
    }
}
