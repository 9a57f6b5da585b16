//! Why something of an exchange file was left out, as sentences.

use std::collections::BTreeSet;

use form_document::ledger::{Fault, Taken};
use form_document::log::Reason;
use form_document::wire::WireChange;
use form_document::{Refusal, change_hash};
use form_model::language::Language;

use super::set_aside::sentence;
use crate::cause::Cause as _;

/// Each reason once.
pub(super) fn reasons(taken: &Taken, language: Language) -> Vec<String> {
    let refused = taken.merged.refused.iter().map(|refused| of_refusal(&refused.reason, language));
    let faults = taken.faults.iter().map(|fault| of_fault(fault, language));
    let kept: BTreeSet<_> =
        taken.early.changes.iter().filter_map(|WireChange(bytes)| change_hash(bytes)).collect();
    let waiting = taken.merged.waiting.iter().map(|change| match kept.contains(&change.hash) {
        true => language.pick(
            "它之前的修改还没有带来；已先留存，到齐后自动并入",
            "the changes before it have not been brought yet; it is kept and taken in when they come",
        ),
        false => language.pick("它之前的修改还没有带来", "the changes before it have not been brought yet"),
    });
    let waiting = waiting.map(str::to_owned);
    refused.chain(faults).chain(waiting).collect::<BTreeSet<_>>().into_iter().collect()
}

fn of_refusal(refusal: &Refusal, language: Language) -> String {
    let reason = match refusal {
        Refusal::Chunk(_) => return damaged(language),
        Refusal::Malformed(_) | Refusal::Trial => Reason::Malformed,
        Refusal::Forbidden(reason) => *reason,
        Refusal::BuildsOnRefused(_) => Reason::BuildsOnRefused,
    };
    sentence(reason, language).to_owned()
}

fn of_fault(fault: &Fault, language: Language) -> String {
    let pick = |chinese: &str, english: &str| language.pick(chinese, english).to_owned();
    match fault {
        Fault::Roster { fault, .. } => match language {
            Language::Chinese => fault.chinese(),
            Language::English => fault.english(),
        },
        Fault::UnknownDevice { .. } => {
            pick("作者的设备不在成员名单中", "its author's device is not in the roster")
        }
        Fault::TooManyActors { .. } => {
            pick("作者的设备用了过多的身份", "its author's device writes as too many others")
        }
        Fault::TooMuch { .. } => pick(
            "一次带来的修改过多，请再导入一次",
            "there are too many changes at once; import the file again",
        ),
        Fault::Change { .. } => damaged(language),
        Fault::Seal { .. } => pick("签名与修改对不上", "a signature does not fit its changes"),
        Fault::Unproven(_) => pick("没有作者的签名", "its author has not signed it"),
    }
}

fn damaged(language: Language) -> String {
    language
        .pick("修改已损坏，或不是会签写成的", "it is damaged, or no change that Huiqian writes")
        .to_owned()
}
