//! The lead's own small application becomes final at the hub, whose public log was another for a moment.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use form_client::hub::{LogNews, LogRoot};
use form_document::key::{Purpose, SigningKey};
use form_document::transparency::{Origin, log_root};
use form_model::answer::AnswerValue;
use form_model::command::{CreateApplication, Signer, SigningAct, SigningRequest};
use form_model::error::ErrorCode;
use form_model::id::{AnswerId, ApplicationId};
use huiqian_tests::agencies::LoneHub;
use sync_server::seal::Seal;

use super::{Desk, again, publish, told};

/// A form without evidence.
const FORM: &str = "pocket";
const SECTIONS: [&str; 3] = ["a", "b", "c"];
const FIELDS: [&str; 3] = ["name", "note", "plan"];

/// Lays the form where the desk looks for forms of its own.
pub fn bring_form(home: &Path) -> anyhow::Result<()> {
    copy_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("forms").join(FORM), &home.join("forms").join(FORM))
}

fn copy_all(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// All of it, tried again where the disk fails it.
pub fn make(lead: &mut Desk, hub: &mut LoneHub) -> anyhow::Result<()> {
    again("give the hub its seal", || hub.core.set_seal(seal()?).map_err(told))?;
    let request = CreateApplication { form: FORM.into(), name: "small".into(), copy_from: None };
    let id = lead.step("start another", |desk| Ok(desk.create(&request)?))?;
    lead.step("publish another", |desk| publish(desk, &id, hub))?;
    lead.step("answer everything", |desk| desk.fill(&id, answers()).map(drop).map_err(Into::into))?;
    learn_log(lead, &id, hub)?;
    let signed =
        SECTIONS.map(|section| SigningAct::SignOff { section: section.to_owned(), signer: signer() });
    for act in signed.into_iter().chain([SigningAct::Declare { signer: signer() }]) {
        sign(lead, &id, act)?;
    }
    lead.sync(&id, hub)?;
    let submission = lead.step("submit", |desk| Ok(desk.submission(&id, &[])?))?;
    lead.step("keep the receipt", |desk| {
        let receipt = hub.core.finalise(&desk.device().public(), &id, &submission).map_err(told)?;
        desk.keep_receipt(&id, &receipt.to_vec()?).map(drop).map_err(Into::into)
    })?;
    lead.sync(&id, hub)
}

fn answers() -> Vec<(AnswerId, Option<AnswerValue>)> {
    let ids = SECTIONS.iter().flat_map(|section| FIELDS.map(|field| AnswerId(format!("{section}.{field}"))));
    ids.map(|id| (id, Some(AnswerValue::Text("said".to_owned())))).collect()
}

fn signer() -> Signer {
    Signer { person: "王".to_owned(), ..Signer::default() }
}

/// Signs once, also when the first try was stored and its answer lost.
fn sign(lead: &mut Desk, id: &ApplicationId, act: SigningAct) -> anyhow::Result<()> {
    let request = SigningRequest { application: id.clone(), act };
    lead.step("sign", |desk| match desk.signing(&request) {
        Err(error) if error.code != ErrorCode::NotSigned => Err(error.into()),
        Ok(_) | Err(_) => Ok(()),
    })
}

/// The log as it is; another, which is refused and kept as that; the log again.
fn learn_log(lead: &mut Desk, id: &ApplicationId, hub: &mut LoneHub) -> anyhow::Result<()> {
    let news = news(hub)?;
    lead.step("learn the log", |desk| desk.learn_log(id, &news).map(drop).map_err(Into::into))?;
    let mut other = news.clone();
    other.root.signature = hub.core.sign_as_hub(Purpose::LogRoot, b"another");
    lead.step("see another log", |desk| match desk.learn_log(id, &other) {
        Err(error) if error.code == ErrorCode::LogBroken => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => bail!("another log was taken for the hub's"),
    })?;
    lead.step("learn the log again", |desk| desk.learn_log(id, &news).map(drop).map_err(Into::into))
}

fn news(hub: &LoneHub) -> anyhow::Result<LogNews> {
    let seal = hub.core.seal().map_err(told)?;
    let (origin, root) = (seal.origin.clone(), seal.root);
    let checkpoint = hub.core.checkpoint().map_err(told)?;
    Ok(LogNews {
        root: LogRoot {
            signature: hub.core.sign_as_hub(Purpose::LogRoot, &log_root(&origin, &root)),
            origin: origin.to_string(),
            root,
        },
        keys: hub.core.key_events(checkpoint.size).map_err(told)?,
        checkpoint: checkpoint.note,
        proof: Vec::new(),
    })
}

fn seal() -> anyhow::Result<Seal> {
    let key = |number: u8| SigningKey::from_seed(&[number; 32]).ok().context("a seed is no key");
    let origin = Origin::try_from("hub.example/huiqian".to_owned())?;
    Ok(Seal { origin, root: key(240)?.public(), key: key(241)?, root_key: Some(key(240)?) })
}
