//! Joining an application by an invite, and taking the lead again with the recovery code. Messages in, messages
//! out; who carries them is another's matter.

use form_document::key::{PublicKey, SigningKey};
use form_document::roster::{Act, Enrolment, Roster, RosterChain, SignedEntry};
use form_document::wire::{Invitation, PackageFile, Publish};
use form_document::{ActorId, UnverifiedGenesis};
use form_model::command::InvitePreview;
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::language::Language;
use form_model::member::{FormPart, Grant};
use form_model::package::{PackageFiles, load};
use form_store::StoreError;

use super::{Workspace, not_saved, unusable};
use crate::cause::{Cause, because};
use crate::code::{BadCode, Code, CodeKind};
use crate::device;
use crate::library::Package;
use crate::proof;

/// What an invite leads to, checked against its code.
#[derive(Debug)]
pub struct CheckedInvitation {
    pub application: ApplicationId,
    pub kind: CodeKind,
    genesis: Vec<u8>,
    package: Package,
    chain: RosterChain,
}

impl CheckedInvitation {
    /// The key of the hub that the roster names.
    pub fn hub(&self) -> Option<PublicKey> {
        self.chain.newest().hub.as_ref().map(|hub| hub.key)
    }
}

impl Workspace {
    /// Reads a code that a person pasted.
    ///
    /// # Errors
    /// [`ErrorCode::BadInvite`].
    pub fn read_code(text: &str) -> Result<Code, UserError> {
        Code::read(text).map_err(|error| bad_invite(&error))
    }

    /// Checks what the hub says an invite leads to: that it is the application that the code names, with a roster
    /// that holds together, and that the form is known or came along.
    ///
    /// # Errors
    /// [`ErrorCode::BadInvite`], [`ErrorCode::UnknownForm`].
    pub fn check_invitation(
        &self,
        code: &Code,
        kind: CodeKind,
        invitation: &Invitation,
    ) -> Result<CheckedInvitation, UserError> {
        let application =
            form_document::application_id(&invitation.genesis).map_err(|error| bad_invite(&error))?;
        if !code.is_about(&application) {
            return Err(bad_invite(&(
                "协同中心给出的是另一份申报".to_owned(),
                "the hub answered with another application".to_owned(),
            )));
        }
        let genesis = UnverifiedGenesis::read(&invitation.genesis).map_err(|error| bad_invite(&error))?;
        let root = genesis.lead();
        let package = self.package_or(&genesis, &invitation.package)?;
        genesis.verify(&package.definition).map_err(|error| bad_invite(&error))?;
        let chain =
            proof::chain(&application, root, &invitation.roster).map_err(|error| bad_invite(&error))?;
        Ok(CheckedInvitation { application, kind, genesis: invitation.genesis.clone(), package, chain })
    }

    /// What one would join.
    ///
    /// # Errors
    /// [`ErrorCode::BadInvite`] when the code is for something else.
    pub fn preview(&self, code: &Code, checked: &CheckedInvitation) -> Result<InvitePreview, UserError> {
        let key = code.key(CodeKind::Invite).map_err(|error| bad_invite(&error))?.public();
        let roster = checked.chain.newest();
        let unknown = || {
            bad_invite(&(
                "申报中没有这份邀请".to_owned(),
                "the application does not know this invite".to_owned(),
            ))
        };
        let invite = roster.invites.get(&key).ok_or_else(unknown)?;
        let agency = roster.agencies.get(&invite.agency).ok_or_else(unknown)?;
        let language = self.language();
        let definition = &checked.package.definition;
        Ok(InvitePreview {
            form_title: definition.text(language, "form.title").to_owned(),
            lead: lead_name(roster),
            agency: agency.name.clone(),
            grant: agency.grant.clone(),
            parts: part_names(definition, &agency.grant, language),
            expires_ms: invite.expires_ms,
        })
    }

    /// The entry that enrols this device; `None` when it is enrolled already (an earlier try was cut off).
    ///
    /// # Errors
    /// [`ErrorCode::BadInvite`] when the invite is not, or no longer, good.
    pub fn enrolment(
        &self,
        code: &Code,
        checked: &CheckedInvitation,
    ) -> Result<Option<SignedEntry>, UserError> {
        let device = self.device.public();
        if checked.chain.newest().active(&device).is_some() {
            return Ok(None);
        }
        let key = code.key(checked.kind).map_err(|error| bad_invite(&error))?;
        let act = self.enrolling_act(&key, checked)?;
        let mut chain = checked.chain.clone();
        chain.act(&key, act, (self.surroundings.now_ms)()).map(Some).map_err(|error| bad_invite(&error))
    }

    fn enrolling_act(&self, key: &SigningKey, checked: &CheckedInvitation) -> Result<Act, UserError> {
        let settings = self.settings();
        let invited = checked.chain.newest().invites.get(&key.public()).map(|invite| invite.person.clone());
        let person = Some(settings.person.trim().to_owned()).filter(|name| !name.is_empty());
        let person = person.or(invited).filter(|name| !name.is_empty());
        let person = person.unwrap_or_else(device::name);
        let enrolment = Enrolment::new(
            &checked.application,
            &key.public(),
            self.device.key()?.as_ref(),
            person,
            device::name(),
        );
        Ok(match checked.kind {
            CodeKind::Invite => Act::Enrol(enrolment),
            // The code is spent; the desk makes the next one.
            CodeKind::Recovery => {
                Act::Recover { enrolment, recovery: self.recovery_key(&checked.application)?.public() }
            }
        })
    }

    /// Keeps the application that this device was enrolled in; its content comes by following the hub.
    ///
    /// # Errors
    /// [`ErrorCode::NotSaved`].
    pub fn joined(&mut self, checked: &CheckedInvitation) -> Result<(), UserError> {
        let id = &checked.application;
        let known = self.store.application(id).map_err(|error| unusable(&self.home, &error))?;
        if known.is_some() {
            return Ok(());
        }
        let package = &checked.package;
        // What the lead called it does not travel. Lists show the form's title beside the name, and the name that
        // the form asks for once it is filled in; until then the lead's tells one application from another.
        let name = lead_name(checked.chain.newest());
        self.add_application(id, &checked.genesis, &package.definition, &package.files, &name)?;
        // Enough to find the hub again if this is cut off; the log confirms it.
        let rows: Vec<_> = checked.chain.entries_after(0).iter().map(proof::roster_row).collect();
        let key = self.row(id)?.key;
        self.store
            .write(|write| write.put_roster(key, 1, &rows))
            .map_err(|error: StoreError| not_saved(&error))?;
        self.sessions.remove(id);
        Ok(())
    }

    /// Names the hub in the roster, and hands over what the hub needs to take the application in. Changes that
    /// came in files without signatures are taken over by this device: the hub accepts nobody's word for others.
    ///
    /// # Errors
    /// [`ErrorCode::NotLead`], [`ErrorCode::TeamRefused`], [`ErrorCode::NotSaved`].
    pub fn publish(&mut self, id: &ApplicationId, url: &str, hub: PublicKey) -> Result<Publish, UserError> {
        let roster = self.session(id)?.ledger.chain().newest().clone();
        let named = roster.hub.as_ref().is_some_and(|named| named.url == url && named.key == hub);
        if !named {
            self.lead_step(id, Act::Hub { url: url.to_owned(), key: hub })?;
        }
        self.take_over_unsigned(id)?;
        let row = self.row(id)?;
        let files = self
            .store
            .package_files(&row.package)
            .map_err(|error| unusable(&self.home, &error))?
            .ok_or_else(|| UserError::new(ErrorCode::UnknownForm).with("form", &row.package))?;
        let package = files.into_iter().map(|(path, content)| PackageFile { path, content }).collect();
        let roster = self.session(id)?.ledger.chain().entries_after(0).to_vec();
        Ok(Publish { genesis: row.genesis, package, roster })
    }

    fn take_over_unsigned(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let now = (self.surroundings.now_ms)();
        let replica = self.fresh_replica(id, now)?;
        self.session(id)?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(()) };
        let fresh = ActorId::from(replica.actor.as_slice());
        let Some(recovery) = session.ledger.take_over(&fresh) else { return Ok(()) };
        let kept = store.write(|write| session.keep_recovery(write, &recovery, &replica, now));
        self.sessions.remove(id);
        kept.map(|_| ()).map_err(|error: StoreError| not_saved(&error))
    }

    /// The form package of a genesis: one that is here, else the one that came along.
    fn package_or(&self, genesis: &UnverifiedGenesis, files: &[PackageFile]) -> Result<Package, UserError> {
        if let Ok(package) = self.package_of(genesis) {
            return Ok(package);
        }
        let files = files.iter().map(|file| (file.path.clone(), file.content.clone()));
        let files = PackageFiles(files.collect());
        let definition: FormDefinition = load(&files).map_err(|error| bad_invite(&error))?;
        if definition.hash != genesis.package() {
            return Err(UserError::new(ErrorCode::UnknownForm).with("form", genesis.form()));
        }
        Ok(Package { definition, files })
    }
}

fn lead_name(roster: &Roster) -> String {
    roster.leads().map(|(_, agency)| agency.name.as_str()).collect::<Vec<_>>().join("、")
}

/// What a grant gives, in the form's order.
fn part_names(definition: &FormDefinition, grant: &Grant, language: Language) -> Vec<String> {
    let parts = definition.sections.iter().flat_map(|section| {
        let fields = section.fields.iter().map(|field| FormPart(field.id.0.clone()));
        std::iter::once(FormPart(section.id.clone())).chain(fields)
    });
    let given = parts.filter(|part| grant.parts.contains_key(part));
    given.map(|part| definition.part_name(language, &part)).collect()
}

fn bad_invite(cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::BadInvite), cause)
}

impl Cause for BadCode {
    fn chinese(&self) -> String {
        match self {
            Self::NoHub => "缺少协同中心的地址，请把整段邀请一起粘贴".to_owned(),
            Self::NotACode => "邀请码的长度或字符不对".to_owned(),
            Self::Mistyped => "邀请码有一处输错或漏了".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::NoHub => "the hub's address is missing; paste the whole invite".to_owned(),
            Self::NotACode => "the code has a wrong length or character".to_owned(),
            Self::Mistyped => "a character of the code was mistyped or left out".to_owned(),
        }
    }
}
