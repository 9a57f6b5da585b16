//! Sign-off, the declaration, and final revisions, as people do and see them.

mod difference;
mod log;
mod obstacle;
mod summary;

use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::{PublicKey, Purpose};
use form_document::roster::{Act, ReturnReason};
use form_document::sign_off::{MadeStatement, SectionStanding, Statement, StatementId, Word, withdrawal};
use form_document::snapshot::{Facts, Override, build};
use form_document::transparency::{Known, Receipt, VerifiedReceipt};
use form_document::wire::{self, Submission};
use form_export::package::receipt_cause;
use form_model::command::{Excuse, FinalSummary, Reason, Signer, Signing, SigningAct, SigningRequest};
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, Step};
use form_store::StoreError;

use super::{Workspace, not_saved, unusable};
use crate::cause::because;
use crate::session::Session;

impl Workspace {
    /// How sign-off and revisions stand, after doing something about them. Making a revision final needs the hub:
    /// [`crate::hub::finalise`], [`crate::hub::examine`].
    ///
    /// # Errors
    /// [`ErrorCode::NotSigned`] when it cannot be signed so, [`ErrorCode::NotLead`], [`ErrorCode::Closed`],
    /// [`ErrorCode::NotReturned`], or [`ErrorCode::NotSaved`]: nothing has changed then.
    pub fn signing(&mut self, request: &SigningRequest) -> Result<Signing, UserError> {
        let id = &request.application;
        match request.act.clone() {
            SigningAct::Read | SigningAct::Examine | SigningAct::Finalise { .. } => {}
            SigningAct::SignOff { section, signer } => self.sign_off(id, &section, &signer)?,
            SigningAct::Withdraw { statement, signer, reason } => {
                self.withdraw(id, &statement, &signer, reason)?;
            }
            SigningAct::Declare { signer } => self.declare(id, &signer)?,
            SigningAct::Return { sections, reasons } => self.give_back(id, sections, reasons)?,
        }
        self.read_signing(id)
    }

    /// Takes the agency's next step of a section's sign-off.
    fn sign_off(&mut self, id: &ApplicationId, section: &str, signer: &Signer) -> Result<(), UserError> {
        let session = self.session(id)?;
        let known = session.definition.section(section).is_some_and(|section| section.counted);
        if !known {
            return Err(not_signed(
                "表单没有这一部分，或这一部分不需要签认",
                "the form has no such section to sign",
            ));
        }
        self.put_statement(id, signer, |session| {
            let contents = session.document().contents(&session.definition);
            let roster = session.ledger.chain().newest();
            if roster.revision.frozen.contains(section) {
                return Err(not_signed(
                    "这一部分已经定稿，没有退回，签认仍然有效",
                    "this section is final and was not returned; its sign-offs stand",
                ));
            }
            let standing = SectionStanding::of(section, &session.document().statements(), &contents, roster);
            let standing = standing.map_err(|error| not_signed_because(&error.to_string()))?;
            let agency = session.own_agency()?;
            let (step, after) = next_step(&standing, &agency, roster.agencies.get(&agency))?;
            if after.is_some_and(|last| !standing.is_another(last, &session.device, &signer.person)) {
                return Err(not_signed(
                    "经办、审核、签认须由不同的人各在自己的电脑上进行；这一部分的前一步是您或本机做的",
                    "prepared, reviewed and signed off by different persons, each on their own computer; an earlier step of this section was yours or this computer's",
                ));
            }
            let content =
                contents.section_hash(section).map_err(|error| not_signed_because(&error.to_string()))?;
            Ok(Word::Confirm { section: section.to_owned(), step, content, after })
        })
    }

    /// Takes a statement of this agency back.
    fn withdraw(
        &mut self,
        id: &ApplicationId,
        statement: &str,
        signer: &Signer,
        reason: String,
    ) -> Result<(), UserError> {
        let none = || not_signed("没有这份签认", "there is no such statement");
        let statement = StatementId(statement.parse().map_err(|_| none())?);
        if reason.trim().is_empty() {
            return Err(not_signed("撤回须写明理由", "a statement is taken back with a reason"));
        }
        self.put_statement(id, signer, |session| {
            let all = session.document().statements();
            let signs = |made: &&MadeStatement| !matches!(made.statement.word, Word::Withdraw { .. });
            let made = all.iter().filter(signs).find(|made| made.id == statement).ok_or_else(none)?;
            if made.statement.agency != session.own_agency()? {
                return Err(not_signed(
                    "这是其他单位的签认，只能由该单位撤回",
                    "it is another agency's, which alone may take it back",
                ));
            }
            if withdrawal(made, &all).is_some() {
                return Err(not_signed("这份签认已经撤回", "it was taken back before"));
            }
            Ok(Word::Withdraw { statement, reason })
        })
    }

    fn declare(&mut self, id: &ApplicationId, signer: &Signer) -> Result<(), UserError> {
        self.check_lead(id)?;
        self.put_statement(id, signer, |session| {
            let contents = session.document().contents(&session.definition);
            let content = contents.hash().map_err(|error| not_signed_because(&error.to_string()))?;
            Ok(Word::Declare { content })
        })
    }

    /// Signs a statement with this device's key and puts it into the document.
    fn put_statement(
        &mut self,
        id: &ApplicationId,
        signer: &Signer,
        word: impl FnOnce(&Session) -> Result<Word, UserError>,
    ) -> Result<(), UserError> {
        let now = (self.surroundings.now_ms)();
        self.session(id)?;
        let key = self.device.key()?;
        let session = self.session(id)?;
        if session.ledger.chain().newest().revision.is_closed() {
            return Err(UserError::new(ErrorCode::Closed));
        }
        let statement = Statement {
            application: id.clone(),
            agency: session.own_agency()?,
            person: signer.person.trim().to_owned(),
            title: signer.title.trim().to_owned(),
            time_ms: now,
            remark: signer.remark.trim().to_owned(),
            word: word(session)?,
        };
        let envelope = statement.sign(&key).map_err(|_| {
            not_signed(
                "姓名不能为空，姓名、职务和说明不能过长",
                "a name is needed, and name, title and remark must not be overlong",
            )
        })?;
        let made = session.document_mut().state(&envelope, now)?;
        self.keep(id, made.as_ref().map(|(_, committed)| committed), now)
    }

    fn give_back(
        &mut self,
        id: &ApplicationId,
        sections: Vec<String>,
        reasons: Vec<Reason>,
    ) -> Result<(), UserError> {
        let session = self.session(id)?;
        let revision = session.returnable(&sections, &reasons)?;
        let reasons = reasons.into_iter().map(|Reason { on, text }| ReturnReason { on, text });
        let act =
            Act::Return { revision, sections: sections.into_iter().collect(), reasons: reasons.collect() };
        self.step(id, act)
    }

    /// The lead's wish to make the revision final as it stands here: for the hub, or for a courier's file.
    ///
    /// # Errors
    /// [`ErrorCode::NotLead`]; [`ErrorCode::NotFinal`] while something stands in the way; [`ErrorCode::LogBroken`] while
    /// the hub's public log is not what it was.
    pub fn submission(&mut self, id: &ApplicationId, excuses: &[Excuse]) -> Result<Submission, UserError> {
        self.check_lead(id)?;
        if let Some(fault) = self.log_fault(id)? {
            return Err(fault);
        }
        let now = (self.surroundings.now_ms)();
        self.session(id)?;
        let key = self.device.key()?;
        let session = self.session(id)?;
        let obstacles = session.obstacles()?;
        if !obstacles.is_empty() {
            return Err(obstacle::not_final(&obstacles));
        }
        let facts = Facts { made_ms: now, overrides: excuses.iter().map(excuse).collect::<Result<_, _>>()? };
        let document = session.document();
        let contents = document.contents(&session.definition);
        let chain = session.ledger.chain();
        let failed = |error: form_document::canonical::NotCanonical| not_signed_because(&error.to_string());
        let manifest =
            build(document, &session.definition, &contents, chain.newest(), facts).map_err(failed)?;
        let payload = manifest.to_vec().map_err(failed)?;
        let act = Act::Finalise {
            revision: manifest.revision,
            manifest: Sha256::of(&payload),
            sections: session.definition.counted_sections(),
        };
        let step = chain.next(act, now).sign(&key).map_err(|bad| not_signed_because(&bad.to_string()))?;
        let envelope = Envelope::sign(Purpose::Manifest, payload, &key).to_vec().map_err(failed)?;
        Ok(Submission { envelope, step })
    }

    /// Checks a receipt against what is known of the hub's public log, and keeps it.
    ///
    /// # Errors
    /// [`ErrorCode::ReceiptBroken`], [`ErrorCode::NotSaved`].
    pub fn keep_receipt(&mut self, id: &ApplicationId, bytes: &[u8]) -> Result<FinalSummary, UserError> {
        let verified = self.check_receipt(id, bytes)?;
        let key = self.session(id)?.key;
        self.store
            .write(|write| write.put_receipt(key, verified.manifest.revision, bytes))
            .map_err(|error: StoreError| not_saved(&error))?;
        Ok(summary::revision(verified.manifest.revision, Ok(verified)))
    }

    /// A submission as a courier carries it: exact bytes.
    ///
    /// # Errors
    /// As [`Self::submission`].
    pub fn courier(&mut self, id: &ApplicationId, excuses: &[Excuse]) -> Result<Vec<u8>, UserError> {
        Ok(wire::encode(&self.submission(id, excuses)?))
    }

    /// The receipt of a final revision that is kept here, as exact bytes; the newest when none is named.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchRevision`].
    pub fn final_receipt(&mut self, id: &ApplicationId, revision: Option<u64>) -> Result<Vec<u8>, UserError> {
        let key = self.session(id)?.key;
        let receipts = self.store.receipts(key).map_err(|error| unusable(&self.home, &error))?;
        let wanted = |(number, _): &&(u64, Vec<u8>)| revision.is_none_or(|wanted| wanted == *number);
        let found = receipts.iter().rev().find(wanted).map(|(_, bytes)| bytes.clone());
        found.ok_or_else(|| {
            let revision = revision.map_or_else(|| "1".to_owned(), |revision| revision.to_string());
            UserError::new(ErrorCode::NoSuchRevision).with("revision", revision)
        })
    }

    /// The newest revision, if it is final.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchRevision`] when its receipt is not here.
    pub fn final_already(&mut self, id: &ApplicationId) -> Result<Option<FinalSummary>, UserError> {
        let revision = &self.session(id)?.ledger.chain().newest().revision;
        if !revision.is_closed() {
            return Ok(None);
        }
        let number = revision.number;
        let bytes = self.final_receipt(id, Some(number))?;
        Ok(Some(summary::revision(number, self.check_receipt(id, &bytes))))
    }

    pub(super) fn check_receipt(
        &mut self,
        id: &ApplicationId,
        bytes: &[u8],
    ) -> Result<VerifiedReceipt, UserError> {
        let root = self.log_root(id)?;
        let known = Known { application: Some(id.clone()), ..Known::default() };
        Receipt::read(bytes)
            .and_then(|receipt| receipt.verify(&root, &known))
            .map_err(|bad| because(UserError::new(ErrorCode::ReceiptBroken), &receipt_cause(&bad)))
    }

    /// The root key of the public log of the application's hub, as this desk came to know it.
    pub(super) fn log_root(&mut self, id: &ApplicationId) -> Result<PublicKey, UserError> {
        let hub = self.hub(id)?.key.to_string();
        let row = self.store.signature_log(&hub).map_err(|error| unusable(&self.home, &error))?;
        let none = || UserError::new(ErrorCode::NoHub);
        row.ok_or_else(none)?.root.parse().map_err(|_| none())
    }

    fn read_signing(&mut self, id: &ApplicationId) -> Result<Signing, UserError> {
        let key = self.session(id)?.key;
        let receipts = self.store.receipts(key).map_err(|error| unusable(&self.home, &error))?;
        let mut finals = Vec::with_capacity(receipts.len());
        for (number, bytes) in receipts {
            finals.push(summary::revision(number, self.check_receipt(id, &bytes)));
        }
        let log = self.log_summary(id);
        let session = self.session(id)?;
        let mut returns = session.returns();
        for revision in &mut finals {
            revision.returned = returns.remove(&revision.number);
        }
        let mut obstacles = session.obstacles()?;
        let fault = log.as_ref().and_then(|log| log.fault.clone());
        obstacles.extend(fault.map(obstacle::of_log));
        Ok(Signing { finals, log, obstacles, ..session.signing()? })
    }
}

impl Session {
    /// The revision that this desk may give back so.
    ///
    /// # Errors
    /// [`ErrorCode::NotReturned`].
    fn returnable(&self, sections: &[String], reasons: &[Reason]) -> Result<u64, UserError> {
        let roster = self.ledger.chain().newest();
        let not = |chinese: String, english: String| {
            Err(UserError::new(ErrorCode::NotReturned).with_pair("cause", chinese, english))
        };
        if !roster.may_return(&self.device) {
            return not(
                "只有牵头单位或省级单位可以退回".to_owned(),
                "only the lead or the province may return it".to_owned(),
            );
        }
        if !roster.revision.is_closed() {
            return not("这一稿还没有定稿".to_owned(), "this revision is not final yet".to_owned());
        }
        if let Some(other) = sections.iter().find(|section| !roster.revision.frozen.contains(*section)) {
            return not(
                format!("定稿中没有“{other}”这一部分"),
                format!("the final revision has no section “{other}”"),
            );
        }
        let strange = |answer: &&AnswerId| {
            let is_returned = sections.iter().any(|section| section == answer.section());
            !is_returned || self.definition.field_of(answer).is_none()
        };
        if let Some(answer) = reasons.iter().filter_map(|reason| reason.on.as_ref()).find(strange) {
            return not(
                format!("退回的部分里没有“{answer}”这一栏"),
                format!("the sections that are returned have no field “{answer}”"),
            );
        }
        let sound = |reason: &Reason| !reason.text.trim().is_empty();
        if reasons.is_empty() || !reasons.iter().all(sound) {
            return not("请写明理由".to_owned(), "a reason is needed".to_owned());
        }
        Ok(roster.revision.number)
    }

    /// This desk's agency.
    ///
    /// # Errors
    /// [`ErrorCode::NotMember`].
    fn own_agency(&self) -> Result<AgencyId, UserError> {
        let roster = self.ledger.chain().newest();
        let found = roster.active(&self.device).map(|(device, _)| device.agency.clone());
        found.ok_or_else(|| UserError::new(ErrorCode::NotMember))
    }
}

/// The step that an agency takes next, and the statement that it builds on.
fn next_step(
    standing: &SectionStanding,
    agency: &AgencyId,
    member: Option<&form_document::roster::Agency>,
) -> Result<(Step, Option<StatementId>), UserError> {
    let Some(next) = standing.agencies.get(agency) else {
        return Err(not_signed("您的单位不负责这一部分", "this section is not your agency's to sign"));
    };
    let Some(step) = *next else {
        return Err(not_signed(
            "您的单位已经签认，内容没有变化",
            "your agency has signed it, and nothing has changed",
        ));
    };
    let before = member.and_then(|member| member.grant.step_before(step));
    Ok((step, before.and_then(|before| standing.holding(agency, before))))
}

fn excuse(excuse: &Excuse) -> Result<Override, UserError> {
    let none =
        || not_signed("没有这台设备，或没有写明理由", "there is no such device, or no reason is given");
    let device = excuse.device.parse().map_err(|_| none())?;
    if excuse.reason.trim().is_empty() {
        return Err(none());
    }
    Ok(Override { device, reason: excuse.reason.trim().to_owned() })
}

fn not_signed(chinese: &str, english: &str) -> UserError {
    UserError::new(ErrorCode::NotSigned).with_pair("cause", chinese.to_owned(), english.to_owned())
}

fn not_signed_because(cause: &str) -> UserError {
    not_signed(cause, cause)
}
