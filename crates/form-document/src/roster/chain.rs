//! The roster's history: every version, and the step from each to the next.

use std::sync::Arc;

use form_model::id::ApplicationId;
use form_model::member::{AgencyId, Grant, Role};

use super::act::{Act, Enrolment};
use super::entry::{BadEntry, Entry, EntryHash, SignedEntry, hash_text};
use super::revision::{self, Returned};
use super::state::{Agency, Device, Hub, Invite, InviteState, Recovery, Roster};
use crate::key::{PublicKey, Purpose, Signature, SigningKey};

/// The most entries of one application: a member change a day for ten years.
const VERSIONS_MAX: u64 = 4_000;
/// The most agencies that ever took part in one application; the notice asks about ten.
const AGENCIES_MAX: usize = 64;
/// The most devices ever enrolled: several a person, over years.
const DEVICES_MAX: usize = 512;
/// The most invites ever given.
const INVITES_MAX: usize = 1_024;
/// Longest name of an agency, person or device, in characters: the longest official name, twice.
const NAME_MAX_CHARS: usize = 100;
/// Longest mark, in characters.
const MARK_MAX_CHARS: usize = 2;
/// Longest address of a hub, in bytes.
const URL_MAX_BYTES: usize = 500;

/// Why an entry is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterFault {
    #[error(transparent)]
    Bad(#[from] BadEntry),
    #[error("the entry is of another application")]
    OtherApplication,
    #[error("the entry is version {found}; after those here comes {expected}")]
    Version { found: u64, expected: u64 },
    #[error("the entry does not build on version {version} as it is here")]
    OtherPast { version: u64 },
    #[error("the entry's signer may not do this")]
    NotAllowed,
    #[error("the invite is not known here")]
    UnknownInvite,
    #[error("the invite has been used")]
    InviteUsed,
    #[error("the invite was taken back")]
    InviteCancelled,
    #[error("the invite has expired")]
    InviteExpired,
    #[error("the device's own signature is missing or wrong")]
    NoPossession,
    #[error("the device is enrolled already")]
    DeviceKnown,
    #[error("there is no such device")]
    UnknownDevice,
    #[error("there is no such agency")]
    UnknownAgency,
    #[error("the application would be left without a lead that can act")]
    LastLead,
    #[error("a new epoch starts where the hub's log ends, and the entry names another place: ask again")]
    EpochPlace,
    #[error("the entry's content is not allowed: {0}")]
    Content(&'static str),
    #[error("the roster has more {0} than any application needs")]
    TooMany(&'static str),
}

/// All versions of one application's roster.
#[derive(Clone, Debug)]
pub struct RosterChain {
    application: ApplicationId,
    /// The key that the genesis names.
    root: PublicKey,
    /// By version; the first is the empty one.
    states: Vec<Arc<Roster>>,
    /// By version − 1.
    entries: Vec<SignedEntry>,
    /// By version − 1: until when what was written under the version before is still accepted.
    accept_until_ms: Vec<Option<i64>>,
}

impl RosterChain {
    /// The chain of an application before its first entry. `root` is the key that its genesis names.
    pub fn new(application: ApplicationId, root: PublicKey) -> Self {
        let states = vec![Arc::new(Roster::empty())];
        Self { application, root, states, entries: Vec::new(), accept_until_ms: Vec::new() }
    }

    /// The application that it is of.
    pub fn application(&self) -> &ApplicationId {
        &self.application
    }

    /// The newest roster.
    pub fn newest(&self) -> &Arc<Roster> {
        // The first one is there from the start.
        &self.states[self.states.len() - 1]
    }

    /// The roster at a version; `None` beyond the newest.
    pub fn at(&self, version: u64) -> Option<&Arc<Roster>> {
        self.states.get(usize::try_from(version).ok()?)
    }

    /// The newest version.
    pub fn version(&self) -> u64 {
        self.newest().version
    }

    /// The entries after a version.
    pub fn entries_after(&self, version: u64) -> &[SignedEntry] {
        let start = usize::try_from(version).unwrap_or(usize::MAX).min(self.entries.len());
        self.entries.get(start..).unwrap_or_default()
    }

    /// Until when what was written under the version before `version` is still accepted.
    pub fn accept_until_ms(&self, version: u64) -> Option<i64> {
        let index = usize::try_from(version.checked_sub(1)?).ok()?;
        self.accept_until_ms.get(index).copied().flatten()
    }

    /// Whether the chain has exactly this entry.
    pub fn has(&self, version: u64, hash: &EntryHash) -> bool {
        version > 0 && self.at(version).is_some_and(|roster| roster.hash == *hash)
    }

    /// Whether the chain has an entry with this hash, at whatever version. (A hash stands for all of the entry
    /// but its signature, which was checked when it was taken in.)
    pub fn knows(&self, hash: &EntryHash) -> bool {
        self.version_of(hash).is_some()
    }

    /// The version that the entry with this hash makes.
    pub fn version_of(&self, hash: &EntryHash) -> Option<u64> {
        self.states.iter().skip(1).find(|roster| roster.hash == *hash).map(|roster| roster.version)
    }

    /// The chain of these entries, from the first one on, of the same application.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn anew(&self, entries: &[SignedEntry]) -> Result<Self, RosterFault> {
        let mut chain = Self::new(self.application.clone(), self.root);
        entries.iter().try_for_each(|entry| chain.append(entry.clone(), None))?;
        Ok(chain)
    }

    /// Forgets all versions after that one.
    pub fn truncate(&mut self, version: u64) {
        let length = usize::try_from(version).unwrap_or(usize::MAX).min(self.entries.len());
        self.states.truncate(length.saturating_add(1));
        self.entries.truncate(length);
        self.accept_until_ms.truncate(length);
    }

    /// The entry that would do `act` next, to be signed.
    pub fn next(&self, act: Act, time_ms: i64) -> Entry {
        let newest = self.newest();
        Entry {
            application: self.application.clone(),
            version: newest.version.saturating_add(1),
            previous: hash_text(&newest.hash),
            time_ms,
            act,
        }
    }

    /// Signs and takes in the next step.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn act(&mut self, key: &SigningKey, act: Act, time_ms: i64) -> Result<SignedEntry, RosterFault> {
        let signed = self.next(act, time_ms).sign(key)?;
        self.append(signed.clone(), None)?;
        Ok(signed)
    }

    /// Takes the next entry in. `now_ms`, the hub's clock, decides whether an invite has expired; a replica,
    /// which follows what the hub decided, passes `None`.
    ///
    /// # Errors
    /// When the entry is not the next one, is not signed by who may do this, or would leave no lead. Nothing
    /// has changed then.
    pub fn append(&mut self, signed: SignedEntry, now_ms: Option<i64>) -> Result<(), RosterFault> {
        let entry = signed.read()?;
        let newest = self.newest();
        if entry.application != self.application {
            return Err(RosterFault::OtherApplication);
        }
        let expected = newest.version + 1;
        if entry.version != expected {
            return Err(RosterFault::Version { found: entry.version, expected });
        }
        if entry.previous != hash_text(&newest.hash) {
            return Err(RosterFault::OtherPast { version: newest.version });
        }
        if expected > VERSIONS_MAX {
            return Err(RosterFault::TooMany("entries"));
        }
        let accept_until_ms = match &entry.act {
            Act::Agency { accept_until_ms, .. } | Act::HandOver { accept_until_ms, .. } => *accept_until_ms,
            _ => None,
        };
        let mut next = Roster::clone(newest);
        next.version = expected;
        next.hash = signed.hash();
        let step = Step { chain: self, signer: signed.key, now_ms, time_ms: entry.time_ms };
        step.apply(entry.act, &mut next)?;
        if !next.has_lead() {
            return Err(RosterFault::LastLead);
        }
        self.states.push(Arc::new(next));
        self.entries.push(signed);
        self.accept_until_ms.push(accept_until_ms);
        Ok(())
    }
}

/// The bytes by which a device shows that it holds its key: see [`Enrolment::possession`].
pub fn possession(application: &ApplicationId, enrolling: &PublicKey) -> Vec<u8> {
    [application.0.as_bytes(), &enrolling.0].concat()
}

impl Enrolment {
    /// A device's own enrolment with an invite's or the recovery key.
    pub fn new(
        application: &ApplicationId,
        enrolling: &PublicKey,
        device: &SigningKey,
        person: String,
        device_name: String,
    ) -> Self {
        let possession: Signature = device.sign(Purpose::Enrolment, &possession(application, enrolling));
        Self { device: device.public(), person, device_name, possession }
    }
}

/// One step under check.
struct Step<'a> {
    chain: &'a RosterChain,
    signer: PublicKey,
    now_ms: Option<i64>,
    /// By the signer's clock.
    time_ms: i64,
}

impl Step<'_> {
    fn apply(&self, act: Act, next: &mut Roster) -> Result<(), RosterFault> {
        match act {
            Act::Found { .. } | Act::Enrol(_) | Act::Recover { .. } => {}
            Act::Return { .. } if next.may_return(&self.signer) => {}
            _ if next.may_lead(&self.signer) => {}
            _ => return Err(RosterFault::NotAllowed),
        }
        match act {
            Act::Found { agency, name, mark, person, device_name, recovery } => {
                self.found(next, agency, named(name, mark)?, &person, &device_name, recovery)
            }
            Act::Hub { url, key } => hub(next, url, key),
            Act::Agency { grant, .. } | Act::HandOver { grant, .. } if !grant.is_valid() => {
                Err(RosterFault::Content("the grant is too large, or a day in it is none"))
            }
            Act::Agency { id, name, mark, grant, .. } => agency(next, id, named(name, mark)?, grant),
            Act::Remove { agency } => remove(next, &agency),
            Act::Invite { key, agency, person, expires_ms } => invite(next, key, agency, person, expires_ms),
            Act::Cancel { invite } => cancel(next, &invite),
            Act::Enrol(enrolment) => self.enrol_invited(next, &enrolment),
            Act::Revoke { device } => revoke(next, &device),
            Act::HandOver { to, grant, .. } => self.hand_over(next, &to, grant),
            Act::Recovery { key } => recovery(next, key, self.signer),
            Act::Recover { enrolment, recovery } => self.recover(next, &enrolment, recovery),
            Act::Epoch { number, .. } if number == next.epoch + 1 => {
                next.epoch = number;
                Ok(())
            }
            Act::Epoch { .. } => Err(RosterFault::Content("epochs count by one")),
            Act::Finalise { revision, manifest, sections } => {
                revision::finalise(next, revision, manifest, sections)
            }
            Act::Return { revision, sections, reasons } => revision::give_back(
                next,
                revision,
                Returned { by: self.signer, time_ms: self.time_ms, sections, reasons },
            ),
        }
    }

    fn found(
        &self,
        next: &mut Roster,
        id: AgencyId,
        named: Named,
        person: &str,
        device_name: &str,
        recovery: PublicKey,
    ) -> Result<(), RosterFault> {
        if next.version != 1 || self.signer != self.chain.root {
            return Err(RosterFault::NotAllowed);
        }
        let grant = Grant { role: Role::Lead, ..Grant::default() };
        agency(next, id.clone(), named, grant)?;
        next.recovery = Some(Recovery { key: recovery, keeper: self.signer });
        add_device(next, self.signer, id, person, device_name)
    }

    fn enrol_invited(&self, next: &mut Roster, enrolment: &Enrolment) -> Result<(), RosterFault> {
        let invite =
            Arc::make_mut(&mut next.invites).get_mut(&self.signer).ok_or(RosterFault::UnknownInvite)?;
        match invite.state {
            InviteState::Open => {}
            InviteState::UsedBy(_) => return Err(RosterFault::InviteUsed),
            InviteState::Cancelled => return Err(RosterFault::InviteCancelled),
        }
        if self.now_ms.is_some_and(|now| now > invite.expires_ms) {
            return Err(RosterFault::InviteExpired);
        }
        invite.state = InviteState::UsedBy(enrolment.device);
        let agency = invite.agency.clone();
        self.enrol(next, agency, enrolment)
    }

    fn enrol(&self, next: &mut Roster, agency: AgencyId, enrolment: &Enrolment) -> Result<(), RosterFault> {
        let content = possession(&self.chain.application, &self.signer);
        enrolment
            .device
            .verify(Purpose::Enrolment, &content, &enrolment.possession)
            .map_err(|_| RosterFault::NoPossession)?;
        if next.agencies.get(&agency).is_none_or(|agency| agency.removed) {
            return Err(RosterFault::UnknownAgency);
        }
        add_device(next, enrolment.device, agency, &enrolment.person, &enrolment.device_name)
    }

    fn recover(
        &self,
        next: &mut Roster,
        enrolment: &Enrolment,
        recovery: PublicKey,
    ) -> Result<(), RosterFault> {
        let kept = next.recovery.filter(|kept| kept.key == self.signer).ok_or(RosterFault::NotAllowed)?;
        if recovery == self.signer {
            return Err(RosterFault::Content("the recovery key is spent, so the next one is another"));
        }
        // The agency whose device printed the code, as long as it leads.
        let keeper = next.devices.get(&kept.keeper).map(|device| &device.agency);
        let leads = || next.leads().map(|(id, _)| id);
        let agency = leads().find(|id| Some(*id) == keeper).or_else(|| leads().next()).cloned();
        next.recovery = Some(Recovery { key: recovery, keeper: enrolment.device });
        self.enrol(next, agency.ok_or(RosterFault::UnknownAgency)?, enrolment)
    }

    fn hand_over(&self, next: &mut Roster, to: &AgencyId, grant: Grant) -> Result<(), RosterFault> {
        if grant.may_lead() {
            return Err(RosterFault::Content("the former lead cannot stay one"));
        }
        let from = next.devices.get(&self.signer).map(|device| device.agency.clone());
        let from = from.filter(|from| from != to).ok_or(RosterFault::UnknownAgency)?;
        let heir = Arc::make_mut(&mut next.agencies).get_mut(to).filter(|agency| !agency.removed);
        heir.ok_or(RosterFault::UnknownAgency)?.grant = Grant { role: Role::Lead, ..Grant::default() };
        Arc::make_mut(&mut next.agencies).get_mut(&from).ok_or(RosterFault::UnknownAgency)?.grant = grant;
        Ok(())
    }
}

/// An agency's name and mark, checked.
struct Named {
    name: String,
    mark: String,
}

fn named(name: String, mark: String) -> Result<Named, RosterFault> {
    check_name(&name)?;
    if mark.chars().count() > MARK_MAX_CHARS || mark.chars().any(char::is_control) {
        return Err(RosterFault::Content("the mark is too long"));
    }
    Ok(Named { name, mark })
}

fn check_name(name: &str) -> Result<(), RosterFault> {
    if name.trim().is_empty() {
        return Err(RosterFault::Content("a name is empty"));
    }
    check_short(name)
}

fn check_short(text: &str) -> Result<(), RosterFault> {
    if text.chars().count() > NAME_MAX_CHARS || text.chars().any(char::is_control) {
        return Err(RosterFault::Content("a name is too long or has control characters"));
    }
    Ok(())
}

fn hub(next: &mut Roster, url: String, key: PublicKey) -> Result<(), RosterFault> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if !web || url.len() > URL_MAX_BYTES || url.chars().any(|char| char.is_control() || char == ' ') {
        return Err(RosterFault::Content("the hub's address is no web address"));
    }
    next.hub = Some(Hub { url, key });
    Ok(())
}

fn recovery(next: &mut Roster, key: PublicKey, keeper: PublicKey) -> Result<(), RosterFault> {
    let in_use = next.invites.contains_key(&key) || next.devices.contains_key(&key);
    if in_use || next.recovery.is_some_and(|recovery| recovery.key == key) {
        return Err(RosterFault::Content("the recovery key is in use"));
    }
    next.recovery = Some(Recovery { key, keeper });
    Ok(())
}

fn agency(next: &mut Roster, id: AgencyId, named: Named, grant: Grant) -> Result<(), RosterFault> {
    if !id.is_valid() {
        return Err(RosterFault::Content("an agency's id is a short lower-case word"));
    }
    if !next.agencies.contains_key(&id) && next.agencies.len() >= AGENCIES_MAX {
        return Err(RosterFault::TooMany("agencies"));
    }
    let Named { name, mark } = named;
    Arc::make_mut(&mut next.agencies).insert(id, Agency { name, mark, grant, removed: false });
    Ok(())
}

fn remove(next: &mut Roster, id: &AgencyId) -> Result<(), RosterFault> {
    Arc::make_mut(&mut next.agencies).get_mut(id).ok_or(RosterFault::UnknownAgency)?.removed = true;
    let version = next.version;
    let devices = Arc::make_mut(&mut next.devices).values_mut().filter(|device| device.agency == *id);
    devices.for_each(|device| device.revoked = device.revoked.or(Some(version)));
    let open = Arc::make_mut(&mut next.invites).values_mut().filter(|invite| invite.agency == *id);
    open.filter(|invite| invite.state == InviteState::Open)
        .for_each(|invite| invite.state = InviteState::Cancelled);
    Ok(())
}

fn invite(
    next: &mut Roster,
    key: PublicKey,
    agency: AgencyId,
    person: String,
    expires_ms: i64,
) -> Result<(), RosterFault> {
    check_short(&person)?;
    if next.agencies.get(&agency).is_none_or(|agency| agency.removed) {
        return Err(RosterFault::UnknownAgency);
    }
    if next.invites.contains_key(&key) || next.devices.contains_key(&key) {
        return Err(RosterFault::Content("the invite's key is in use"));
    }
    if next.invites.len() >= INVITES_MAX {
        return Err(RosterFault::TooMany("invites"));
    }
    Arc::make_mut(&mut next.invites)
        .insert(key, Invite { agency, person, expires_ms, state: InviteState::Open });
    Ok(())
}

fn cancel(next: &mut Roster, key: &PublicKey) -> Result<(), RosterFault> {
    let invite = Arc::make_mut(&mut next.invites).get_mut(key).ok_or(RosterFault::UnknownInvite)?;
    match invite.state {
        InviteState::UsedBy(_) => Err(RosterFault::InviteUsed),
        InviteState::Open | InviteState::Cancelled => {
            invite.state = InviteState::Cancelled;
            Ok(())
        }
    }
}

fn revoke(next: &mut Roster, key: &PublicKey) -> Result<(), RosterFault> {
    let version = next.version;
    let device = Arc::make_mut(&mut next.devices).get_mut(key).ok_or(RosterFault::UnknownDevice)?;
    device.revoked = device.revoked.or(Some(version));
    Ok(())
}

fn add_device(
    next: &mut Roster,
    key: PublicKey,
    agency: AgencyId,
    person: &str,
    name: &str,
) -> Result<(), RosterFault> {
    check_name(person)?;
    check_short(name)?;
    // A lead who invites a revoked device means it to come back.
    let known = next.devices.get(&key);
    if known.is_some_and(|device| device.revoked.is_none()) {
        return Err(RosterFault::DeviceKnown);
    }
    if known.is_none() && next.devices.len() >= DEVICES_MAX {
        return Err(RosterFault::TooMany("devices"));
    }
    let (person, name) = (person.to_owned(), name.to_owned());
    Arc::make_mut(&mut next.devices)
        .insert(key, Device { agency, person, name, since: next.version, revoked: None });
    Ok(())
}
