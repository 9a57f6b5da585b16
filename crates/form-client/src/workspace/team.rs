//! Who takes part: founding an application, agencies, invites, devices, the lead.

use form_document::ActorId;
use form_document::key::{PublicKey, SigningKey};
use form_document::roster::{Act, InviteState as RosterInviteState, RosterChain, SignedEntry};
use form_model::command::{
    AGENCY_COLOURS, AgencySummary, DeviceSummary, Invite, InviteRequest, InviteState, InviteSummary,
    RecoveryCode, Team, TeamAct, TeamRequest,
};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, suggested_mark};
use form_store::StoreError;

use super::{Workspace, not_saved};
use crate::cause::{Cause, because};
use crate::clock;
use crate::code::{Code, CodeKind, SECRET_BYTES};
use crate::device;
use crate::proof;
use crate::qr;
use crate::secret_file;
use crate::session::Session;

/// The lead agency's id in every application.
const LEAD: &str = "lead";
/// What the lead is called until a person says otherwise.
const UNNAMED_LEAD: &str = "牵头单位";
const UNNAMED_PERSON: &str = "经办人";
/// The longest that an invite is good, in days: an application's season.
pub const INVITE_MAX_DAYS: u32 = 90;
const MS_A_DAY: i64 = 24 * 60 * 60 * 1_000;

impl Workspace {
    /// Makes this desk the lead of an application that it has just started.
    pub(super) fn found(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let recovery = self.recovery_key(id)?.public();
        let settings = self.settings();
        let or =
            |text: &str, other: &str| if text.trim().is_empty() { other } else { text.trim() }.to_owned();
        let name = or(&settings.agency, UNNAMED_LEAD);
        let act = Act::Found {
            agency: AgencyId(LEAD.to_owned()),
            mark: suggested_mark(&name, &[]),
            name,
            person: or(&settings.person, UNNAMED_PERSON),
            device_name: device::name(),
            recovery,
        };
        self.step(id, act)
    }

    /// The team, after doing something to it.
    ///
    /// # Errors
    /// [`ErrorCode::NotLead`], [`ErrorCode::TeamRefused`], or [`ErrorCode::NotSaved`]: nothing has changed then.
    pub fn team(&mut self, request: &TeamRequest) -> Result<Team, UserError> {
        let id = &request.application;
        if let TeamAct::SaveAgency { grant, .. } | TeamAct::HandOver { grant, .. } = &request.act {
            grant.parts.values().flatten().try_for_each(|day| last_moment(day).map(drop))?;
        }
        let act = match request.act.clone() {
            TeamAct::Read => return self.read_team(id),
            TeamAct::SaveAgency { id, name, mark, grant, accept_until } => {
                let accept_until_ms = accept_until.as_deref().map(last_moment).transpose()?;
                Act::Agency {
                    id,
                    name: name.trim().to_owned(),
                    mark: mark.trim().to_owned(),
                    grant,
                    accept_until_ms,
                }
            }
            TeamAct::RemoveAgency { agency } => Act::Remove { agency },
            TeamAct::CancelInvite { key } => Act::Cancel { invite: public_key(&key)? },
            TeamAct::RevokeDevice { key } => Act::Revoke { device: public_key(&key)? },
            TeamAct::HandOver { to, grant, accept_until } => {
                let accept_until_ms = accept_until.as_deref().map(last_moment).transpose()?;
                Act::HandOver { to, grant, accept_until_ms }
            }
        };
        self.lead_step(id, act)?;
        self.read_team(id)
    }

    /// Makes an invite for one device of an agency.
    ///
    /// # Errors
    /// As [`Self::team`]; [`ErrorCode::NoHub`] where there is nothing to enrol with.
    pub fn invite(&mut self, request: &InviteRequest) -> Result<Invite, UserError> {
        let now = (self.surroundings.now_ms)();
        let session = self.session(&request.application)?;
        let hub = session.ledger.chain().newest().hub.clone();
        let hub = hub.ok_or_else(|| UserError::new(ErrorCode::NoHub))?;
        let code = Code::new(&hub.url, self.surroundings.random::<SECRET_BYTES>()?, &request.application);
        let key = code.key(CodeKind::Invite).map_err(|error| refused(&error))?.public();
        let days = i64::from(request.days.clamp(1, INVITE_MAX_DAYS));
        let expires_ms = now.saturating_add(days.saturating_mul(MS_A_DAY));
        let (agency, person) = (request.agency.clone(), request.person.trim().to_owned());
        self.lead_step(&request.application, Act::Invite { key, agency, person, expires_ms })?;
        let roster = self.session(&request.application)?.ledger.chain().newest();
        let agency = roster.agencies.get(&request.agency).map(|agency| agency.name.clone());
        let text = code.text();
        Ok(Invite { qr: qr::rows(&text), text, agency: agency.unwrap_or_default(), expires_ms })
    }

    /// The lead's recovery code, to be printed.
    ///
    /// # Errors
    /// [`ErrorCode::NotLead`], [`ErrorCode::NoHub`].
    pub fn recovery_code(&mut self, id: &ApplicationId) -> Result<RecoveryCode, UserError> {
        self.check_lead(id)?;
        let secret = self.recovery_secret(id)?;
        let roster = self.session(id)?.ledger.chain().newest().clone();
        let hub = roster.hub.as_ref().ok_or_else(|| UserError::new(ErrorCode::NoHub))?;
        let code = Code::new(&hub.url, secret, id);
        let key = code.key(CodeKind::Recovery).map_err(|error| refused(&error))?.public();
        if roster.recovery.is_none_or(|recovery| recovery.key != key) {
            // Another desk of the lead made the code that is good.
            return Err(refused(&(
                "恢复码由牵头单位的另一台电脑保管".to_owned(),
                "the recovery code is kept by another device of the lead".to_owned(),
            )));
        }
        let text = code.text();
        Ok(RecoveryCode { qr: qr::rows(&text), text })
    }

    /// The key that this desk's recovery code for an application stands for.
    pub(super) fn recovery_key(&self, id: &ApplicationId) -> Result<SigningKey, UserError> {
        let code = Code::new("", self.recovery_secret(id)?, id);
        code.key(CodeKind::Recovery).map_err(|error| refused(&error))
    }

    /// Made once, and kept beside the device's key.
    fn recovery_secret(&self, id: &ApplicationId) -> Result<[u8; SECRET_BYTES], UserError> {
        let file = self.home.recovery_file(id);
        let failed = |error: std::io::Error| {
            because(UserError::new(ErrorCode::FileUnusable).with("file", file.display()), &error)
        };
        if let Ok(kept) = std::fs::read(&file)
            && let Ok(secret) = <[u8; SECRET_BYTES]>::try_from(kept)
        {
            return Ok(secret);
        }
        let secret = self.surroundings.random::<SECRET_BYTES>()?;
        secret_file::write(&file, &secret).map_err(failed)?;
        Ok(secret)
    }

    /// A lead's desk takes the recovery code over when whoever keeps it leads no more: a laptop that was stolen, or
    /// a former lead. The new code is there to be printed.
    pub(super) fn renew_recovery(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let device = self.device.public();
        let ledger = &self.session(id)?.ledger;
        let roster = ledger.chain().newest();
        if !roster.may_lead(&device) || !roster.recovery_is_stale() {
            return Ok(());
        }
        let mut key = self.recovery_key(id)?.public();
        // The disk was copied: who had the copy has that code as well.
        if self.session(id)?.ledger.chain().newest().recovery.is_some_and(|known| known.key == key) {
            std::fs::remove_file(self.home.recovery_file(id)).map_err(|error| not_saved(&error))?;
            key = self.recovery_key(id)?.public();
        }
        self.step(id, Act::Recovery { key })
    }

    /// A lead's step.
    pub(super) fn lead_step(&mut self, id: &ApplicationId, act: Act) -> Result<(), UserError> {
        self.check_lead(id)?;
        self.step(id, act)
    }

    pub(super) fn check_lead(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let device = self.device.public();
        let roster = self.session(id)?.ledger.chain().newest();
        if roster.may_lead(&device) { Ok(()) } else { Err(UserError::new(ErrorCode::NotLead)) }
    }

    /// Signs the next step of the roster with this device's key and keeps it, together with the signatures on
    /// what was written under the roster before.
    pub(super) fn step(&mut self, id: &ApplicationId, act: Act) -> Result<(), UserError> {
        let now = (self.surroundings.now_ms)();
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(()) };
        session.outbox.sign(&session.ledger, &key);
        let entry = session.ledger.chain_mut().act(&key, act, now).map_err(|error| refused(&error))?;
        let version = session.ledger.chain().version();
        let kept = store.write(|write| {
            session.keep_segments(write)?;
            write.put_roster(session.key, version, &[proof::roster_row(&entry)])
        });
        if let Err(error) = kept {
            let error: StoreError = error;
            self.reload(id)?;
            return Err(not_saved(&error));
        }
        session.outbox.saved();
        if let Some(wake) = self.wakes.get(id) {
            wake.changed.notify_one();
        }
        Ok(())
    }

    fn read_team(&mut self, id: &ApplicationId) -> Result<Team, UserError> {
        let now = (self.surroundings.now_ms)();
        Ok(self.session(id)?.team(now))
    }
}

impl Session {
    /// Signs again what a lead of this desk had decided and the hub put something else before: kept with the page
    /// that told of it, or else a crash in between would lose it. Answers what can no longer be decided so.
    pub(super) fn step_again(
        &mut self,
        device: &SigningKey,
        displaced: &[SignedEntry],
        now_ms: i64,
    ) -> Vec<UserError> {
        let own = displaced.iter().filter(|entry| entry.key == self.device);
        let acts = own.filter_map(|entry| entry.read().ok()).map(|entry| entry.act);
        // Where the log goes on after a restore is said for one place only.
        // Who keeps the recovery code is found out anew.
        let again = acts.filter(|act| !matches!(act, Act::Epoch { .. } | Act::Recovery { .. }));
        let chain = self.ledger.chain_mut();
        again.filter_map(|act| chain.act(device, act, now_ms).err()).map(|fault| refused(&fault)).collect()
    }

    /// Who takes part, for the view.
    pub(crate) fn team(&self, now_ms: i64) -> Team {
        let chain = self.ledger.chain();
        let roster = chain.newest();
        let order = joining_order(chain);
        let agencies = order.iter().enumerate().filter_map(|(index, id)| {
            let agency = roster.agencies.get(id)?;
            Some(AgencySummary {
                id: id.clone(),
                name: agency.name.clone(),
                mark: agency.mark.clone(),
                colour: u8::try_from(index % usize::from(AGENCY_COLOURS)).unwrap_or_default(),
                grant: agency.grant.clone(),
                removed: agency.removed,
            })
        });
        let devices = roster.devices.iter().map(|(key, device)| DeviceSummary {
            key: key.to_string(),
            agency: device.agency.clone(),
            person: device.person.clone(),
            name: device.name.clone(),
            own: *key == self.device,
            revoked: device.revoked.is_some(),
        });
        let invites = roster.invites.iter().map(|(key, invite)| InviteSummary {
            key: key.to_string(),
            agency: invite.agency.clone(),
            person: invite.person.clone(),
            expires_ms: invite.expires_ms,
            state: match invite.state {
                RosterInviteState::UsedBy(_) => InviteState::Used,
                RosterInviteState::Cancelled => InviteState::Cancelled,
                RosterInviteState::Open if now_ms > invite.expires_ms => InviteState::Expired,
                RosterInviteState::Open => InviteState::Open,
            },
        });
        let unconfirmed = roster.version.saturating_sub(self.ledger.confirmed());
        Team {
            me: roster.devices.get(&self.device).map(|device| device.agency.clone()),
            active: roster.version == 0 || roster.active(&self.device).is_some(),
            agencies: agencies.collect(),
            devices: devices.collect(),
            invites: invites.collect(),
            hub: roster.hub.as_ref().map(|hub| hub.url.clone()),
            unconfirmed: u32::try_from(unconfirmed).unwrap_or(u32::MAX),
            version: roster.version,
            revision: self.revision_state(),
        }
    }

    /// The actors that this device has written as.
    pub(crate) fn own_actors(&self) -> impl Iterator<Item = &ActorId> {
        self.ledger.claims().filter(|claim| claim.device == self.device).map(|claim| &claim.actor)
    }
}

/// The agencies in the order in which they were taken in.
fn joining_order(chain: &RosterChain) -> Vec<AgencyId> {
    let mut order: Vec<AgencyId> = Vec::new();
    for version in 1..=chain.version() {
        let Some(roster) = chain.at(version) else { continue };
        if roster.agencies.len() > order.len() {
            order
                .extend(roster.agencies.keys().filter(|id| !order.contains(id)).cloned().collect::<Vec<_>>());
        }
    }
    order
}

pub(super) fn refused(cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::TeamRefused), cause)
}

fn public_key(text: &str) -> Result<PublicKey, UserError> {
    text.parse().map_err(|_| {
        refused(&("没有这个设备或邀请".to_owned(), format!("there is no device or invite “{text}”")))
    })
}

/// The end of a day where this machine stands.
fn last_moment(day: &str) -> Result<i64, UserError> {
    clock::end_of_day(day).ok_or_else(|| {
        refused(&(
            format!("“{day}”不是日期，请写成 2026-08-15 的样子"),
            format!("“{day}” is no date; write it like 2026-08-15"),
        ))
    })
}
