//! What the hub says of an offer beside its log. What it left without a verdict is handed over again as long as that
//! helps; a step of the team that it does not take is taken back; then the person is told.

use form_document::key::PublicKey;
use form_document::roster::{Act, EntryHash, Roster, SignedEntry};
use form_document::wire::{Left, Receipt, StepFault};
use form_model::command::Event;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::member::AgencyId;
use form_store::{Store, StoreError};

use super::{Workspace, not_saved};
use crate::cause::because;
use crate::proof;
use crate::session::Session;

/// The name of the setting that keeps why changes of an application stay with this desk: a later start tells it too.
fn setting(id: &ApplicationId) -> String {
    format!("left_by_hub.{id}")
}

/// Why changes stayed with this desk when the program ran last.
///
/// # Errors
/// When the database can't be read.
pub(crate) fn kept_trouble(store: &Store, id: &ApplicationId) -> Result<Option<UserError>, StoreError> {
    let kept = store.setting(&setting(id))?;
    Ok(kept.and_then(|json| serde_json::from_str(&json).ok()).flatten())
}

impl Workspace {
    /// The hub has answered the last offer, and what it decided has come in the log or comes with its next pages.
    ///
    /// # Errors
    /// [`ErrorCode::NotSaved`], or when the device's key is not at hand: the next connection hears the same again.
    pub fn receipt(&mut self, id: &ApplicationId, receipt: &Receipt) -> Result<Vec<Event>, UserError> {
        let mut events = Vec::new();
        for left in &receipt.left {
            // One that another came before is taken again when the log tells of that other.
            if let Left::Step { entry, why } = left
                && *why != StepFault::Overtaken
            {
                events.extend(self.take_back(id, &entry.0, *why)?);
            }
        }
        self.session(id)?.outbox.answered(receipt);
        if self.settle_offer(id)? {
            events.push(Event::Sync { sync: self.sync_state(id)? });
        }
        Ok(events)
    }

    /// The hub does not let this desk in any more. Kept until it does, so that `status` and a later start say so too.
    ///
    /// # Errors
    /// [`ErrorCode::NotSaved`].
    pub fn turned_away(&mut self, id: &ApplicationId, error: UserError) -> Result<Vec<Event>, UserError> {
        self.session(id)?;
        let told = self.keep_trouble(id, Some(error))?;
        Ok(if told { vec![Event::Sync { sync: self.sync_state(id)? }] } else { Vec::new() })
    }

    /// Looks at what the hub has left of what was handed over. Returns whether there is something else to tell.
    pub(super) fn settle_offer(&mut self, id: &ApplicationId) -> Result<bool, UserError> {
        let Some(session) = self.sessions.get_mut(id) else { return Ok(false) };
        let stuck = session.outbox.settle(&session.ledger);
        let was_let_in = session.trouble.as_ref().is_none_or(|trouble| trouble.code == ErrorCode::LeftByHub);
        let trouble = match stuck {
            Some(count) => Some(session.left_there(count)),
            None if session.waiting() > 0 && was_let_in => return Ok(false),
            None => None,
        };
        self.keep_trouble(id, trouble)
    }

    /// Returns whether it is another than before.
    fn keep_trouble(&mut self, id: &ApplicationId, trouble: Option<UserError>) -> Result<bool, UserError> {
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id).filter(|session| session.trouble != trouble) else {
            return Ok(false);
        };
        let json = serde_json::to_string(&trouble).map_err(|error| not_saved(&error))?;
        store
            .write(|write| write.put_setting(&setting(id), &json))
            .map_err(|error: StoreError| not_saved(&error))?;
        session.trouble = trouble;
        Ok(true)
    }

    /// Takes a step of the roster back that the hub will never take, and takes those after it again.
    fn take_back(
        &mut self,
        id: &ApplicationId,
        entry: &EntryHash,
        why: StepFault,
    ) -> Result<Vec<Event>, UserError> {
        let now = (self.surroundings.now_ms)();
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(Vec::new()) };
        let version = session.ledger.chain().version_of(entry);
        let Some(version) = version.filter(|version| *version > session.ledger.confirmed()) else {
            return Ok(Vec::new());
        };
        // What is not signed yet was written knowing of the step.
        session.outbox.sign(&session.ledger, &key);
        let before = version.saturating_sub(1);
        let steps = session.ledger.chain().entries_after(before).to_vec();
        let Some((refused, later)) = steps.split_first() else { return Ok(Vec::new()) };
        session.ledger.chain_mut().truncate(before);
        let mut errors: Vec<UserError> = session.step_refused(refused, why).into_iter().collect();
        errors.extend(session.step_again(&key, later, now));
        let rows: Vec<_> =
            session.ledger.chain().entries_after(before).iter().map(proof::roster_row).collect();
        let kept = store.write(|write| {
            session.keep_segments(write)?;
            write.put_roster(session.key, version, &rows)
        });
        if let Err(error) = kept {
            let error: StoreError = error;
            self.reload(id)?;
            return Err(not_saved(&error));
        }
        session.outbox.saved();
        session.outbox.roster_moved();
        let mut events = vec![Event::Team { team: session.team(now) }, Event::Signing];
        events.push(Event::Sync { sync: self.sync_state(id)? });
        events.extend(errors.into_iter().map(|error| Event::Failed { error }));
        Ok(events)
    }
}

impl Session {
    /// Why so many changes stay here.
    fn left_there(&self, count: u64) -> UserError {
        let (chinese, english) = match self.outbox.why() {
            Some(Left::TooManyActors(device)) => {
                let (chinese, english) = self.whose(device);
                (
                    format!("{chinese}在这份申报里换过太多次书写身份；请牵头单位重新邀请，用新的数据文件夹加入"),
                    format!("{english} has written as too many replicas; ask the lead for a new invite and join with a new data folder"),
                )
            }
            Some(Left::UnknownDevice(device)) => {
                let (chinese, english) = self.whose(device);
                (
                    format!("协同中心的成员名单里没有{chinese}；请牵头单位重新邀请"),
                    format!("the hub's roster does not have {english}; ask the lead for a new invite"),
                )
            }
            Some(Left::Unproven) => (
                "其中有修改没有作者的签名，协同中心无法核实；请作者的电脑连上协同中心".to_owned(),
                "their authors' signatures are missing; let the authors' computers connect to the hub".to_owned(),
            ),
            Some(Left::TooMuch) => (
                "一处修改太大，协同中心处理不了；请与协同中心的管理员联系".to_owned(),
                "one change is more than the hub can handle; tell whoever runs the hub".to_owned(),
            ),
            Some(Left::Step { .. }) | None => (
                "它们接在协同中心还没有的修改之后；请有那些修改的电脑连上协同中心".to_owned(),
                "they build on changes that the hub does not have; let the computers that have those connect to it"
                    .to_owned(),
            ),
        };
        because(UserError::new(ErrorCode::LeftByHub).with("count", count), &(chinese, english))
    }

    /// Whose a device is, in both languages.
    fn whose(&self, device: &PublicKey) -> (String, String) {
        if *device == self.device {
            return ("本机".to_owned(), "this device".to_owned());
        }
        let roster = self.ledger.chain().newest();
        let name = roster.devices.get(device).map(|member| {
            let agency = roster.agencies.get(&member.agency).map_or("", |agency| agency.name.as_str());
            format!("{agency} {}", member.person)
        });
        let name = name.unwrap_or_else(|| device.to_string());
        (format!("“{name}”的设备"), format!("the device of {name}"))
    }

    /// What a lead is told of a step of its own; of another's that one is told.
    fn step_refused(&self, refused: &SignedEntry, why: StepFault) -> Option<UserError> {
        let act = refused.read().ok()?.act;
        let (chinese, english) = named(&act, self.ledger.chain().newest());
        let error = UserError::new(ErrorCode::StepRefused).with_pair("step", chinese, english);
        (refused.key == self.device).then(|| because(error, &cause(why)))
    }
}

fn cause(why: StepFault) -> (String, String) {
    let (chinese, english) = match why {
        StepFault::NotAllowed => ("没有这项权限", "there is no right to it"),
        StepFault::OtherHub => (
            "它指向另一个协同中心，现在的协同中心不能接着签名",
            "it names another hub, for which this one cannot sign",
        ),
        StepFault::TooMany => {
            ("成员、设备或邀请的数目超过上限", "there are too many agencies, devices or invites")
        }
        StepFault::Overtaken | StepFault::Unfit => {
            ("它与协同中心的成员名单对不上", "it does not fit the hub's list of members")
        }
    };
    (chinese.to_owned(), english.to_owned())
}

/// What a step does, in both languages.
fn named(act: &Act, roster: &Roster) -> (String, String) {
    let agency = |id: &AgencyId| {
        let agency = roster.agencies.get(id);
        agency.map_or_else(|| id.0.clone(), |agency| agency.name.clone())
    };
    let pair = |chinese: &str, english: &str| (chinese.to_owned(), english.to_owned());
    match act {
        Act::Found { .. } => pair("建立申报", "starting the application"),
        Act::Hub { url, .. } => (format!("改用协同中心 {url}"), format!("moving to the hub {url}")),
        Act::Agency { name, .. } => (format!("设定“{name}”的分工"), format!("the part of {name}")),
        Act::Remove { agency: id } => {
            let name = agency(id);
            (format!("移出“{name}”"), format!("taking {name} out"))
        }
        Act::Invite { agency: id, .. } => {
            let name = agency(id);
            (format!("给“{name}”的邀请"), format!("an invite for {name}"))
        }
        Act::Cancel { .. } => pair("收回一份邀请", "taking an invite back"),
        Act::Enrol(_) | Act::Recover { .. } => pair("加入一台设备", "enrolling a device"),
        Act::Revoke { device } => {
            let member = roster.devices.get(device);
            let person = member.map_or_else(|| device.to_string(), |member| member.person.clone());
            (format!("撤销“{person}”的设备"), format!("revoking the device of {person}"))
        }
        Act::HandOver { to, .. } => {
            let name = agency(to);
            (format!("把牵头移交给“{name}”"), format!("handing the lead over to {name}"))
        }
        Act::Recovery { .. } => pair("更换恢复码", "changing the recovery code"),
        Act::Finalise { revision, .. } => {
            (format!("第 {revision} 稿定稿"), format!("making revision {revision} final"))
        }
        Act::Return { revision, .. } => {
            (format!("退回第 {revision} 稿"), format!("returning revision {revision}"))
        }
        Act::Epoch { .. } => {
            pair("让协同中心接着现有的记录工作", "letting the hub go on from its present log")
        }
    }
}
