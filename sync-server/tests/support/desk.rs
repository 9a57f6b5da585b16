//! A desk: what a client does with its ledger, without a disk.

use std::collections::{BTreeMap, BTreeSet};

use form_document::genesis::Genesis;
use form_document::key::{PublicKey, SigningKey};
use form_document::ledger::{Followed, Ledger, LedgerParts, LogFault, verify_all};
use form_document::log::LogState;
use form_document::roster::{Act, Enrolment, SignedEntry};
use form_document::wire::{
    Exchange, Have, Hello, Invitation, Offer, Page, Publish, Reply, Seal, Start, WireActor, WireChange,
    WireClaim,
};
use form_document::{ActorId, Claim, Document, SEGMENT_MAX_CHANGES, Segment, application_id};
use form_model::answer::AnswerValue;
use form_model::delta::{Delta, utf16_len};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, FormPart, Grant, Role};
use sync_server::arbiter::{CheckedPublication, Core, Published};
use sync_server::error::HubError;

use super::{HUB, NOW, form, key, package};

#[derive(Debug)]
pub struct Desk {
    pub key: SigningKey,
    pub ledger: Ledger,
    pub application: ApplicationId,
    pub genesis: Vec<u8>,
    pub claim: Claim,
    pub segments: Vec<Segment>,
    own: BTreeSet<ActorId>,
    signed: u64,
    time_ms: i64,
}

impl Desk {
    /// The lead's desk with a new application; the hub is in its roster.
    pub fn lead(number: u8) -> Self {
        Self::lead_at(number, [number; 16], key(HUB).public())
    }

    pub fn lead_at(number: u8, nonce: [u8; 16], hub: PublicKey) -> Self {
        let form = form();
        let lead = key(number);
        let genesis = Genesis::new(&form, nonce, lead.public().0).unwrap().build(&form).unwrap();
        let mut desk = Self::over(number, &genesis, lead.public());
        desk.act(Act::Found {
            agency: AgencyId("lead".to_owned()),
            name: "牵头单位".to_owned(),
            mark: "牵".to_owned(),
            person: "王".to_owned(),
            device_name: "desk".to_owned(),
            recovery: key(255).public(),
        });
        desk.act(Act::Hub { url: "http://127.0.0.1".to_owned(), key: hub });
        desk
    }

    fn over(number: u8, genesis: &[u8], root: PublicKey) -> Self {
        let key = key(number);
        let application = application_id(genesis).unwrap();
        let claim = Claim::new(&application, key.public(), [number; 16]);
        let document = Document::from_genesis(genesis, &form(), claim.actor.clone()).unwrap();
        let mut ledger = Ledger::new(document, LedgerParts::new(&application, root));
        ledger.add_claim(claim.clone());
        Self {
            key,
            ledger,
            application,
            genesis: genesis.to_vec(),
            own: BTreeSet::from([claim.actor.clone()]),
            claim,
            segments: Vec::new(),
            signed: 0,
            time_ms: NOW,
        }
    }

    /// A desk that was enrolled with an invite of the lead's.
    pub fn join(number: u8, agency: &str, part: &str, lead: &mut Self, core: &mut Core) -> Self {
        let invite = lead.invite(agency, part, number, core);
        let invitation = core.invitation(&invite.public(), None).unwrap();
        let (desk, entry) = Self::accept(number, &invite, &invitation);
        core.enrol(&invite.public(), &entry).unwrap();
        desk
    }

    /// Takes an agency in and invites it; the hub knows it when this returns.
    pub fn invite(&mut self, agency: &str, part: &str, number: u8, core: &mut Core) -> SigningKey {
        let invite = key(number.wrapping_add(100));
        self.invite_acts(agency, part, &invite);
        self.sync(core).unwrap();
        invite
    }

    pub fn invite_acts(&mut self, agency: &str, part: &str, invite: &SigningKey) {
        let parts = BTreeMap::from([(FormPart(part.to_owned()), None)]);
        let agency = AgencyId(agency.to_owned());
        if !self.ledger.chain().newest().agencies.contains_key(&agency) {
            self.act(Act::Agency {
                id: agency.clone(),
                name: "协同单位".to_owned(),
                mark: "协".to_owned(),
                grant: Grant { role: Role::Contributor, parts, ..Grant::default() },
                accept_until_ms: None,
            });
        }
        let expires_ms = NOW + 86_400_000;
        self.act(Act::Invite { key: invite.public(), agency, person: String::new(), expires_ms });
    }

    /// A new desk from an invitation, and the entry that enrols it.
    pub fn accept(number: u8, invite: &SigningKey, invitation: &Invitation) -> (Self, SignedEntry) {
        let files = invitation.package.iter().map(|file| (file.path.clone(), file.content.clone())).collect();
        let form = form_model::package::load(&form_model::package::PackageFiles(files)).unwrap();
        let genesis = form_document::UnverifiedGenesis::read(&invitation.genesis).unwrap();
        let lead = PublicKey(genesis.verify(&form).unwrap().lead);
        let mut desk = Self::over(number, &invitation.genesis, lead);
        for entry in &invitation.roster {
            desk.ledger.chain_mut().append(entry.clone(), None).unwrap();
        }
        let enrolment = Enrolment::new(
            &desk.application,
            &invite.public(),
            &desk.key,
            "李".to_owned(),
            "laptop".to_owned(),
        );
        let entry = desk.ledger.chain().next(Act::Enrol(enrolment), NOW).sign(invite).unwrap();
        (desk, entry)
    }

    pub fn act(&mut self, act: Act) -> SignedEntry {
        self.sign();
        self.ledger.chain_mut().act(&self.key, act, NOW).unwrap()
    }

    pub fn publication(&self) -> Publish {
        let roster = self.ledger.chain().entries_after(0).to_vec();
        Publish { genesis: self.genesis.clone(), package: package(), roster }
    }

    pub fn publish(&self, core: &mut Core) -> Result<Published, HubError> {
        let publication = CheckedPublication::check(&self.application, self.publication())?;
        core.publish(&self.key.public(), publication, None)
    }

    pub fn device(&self) -> PublicKey {
        self.key.public()
    }

    pub fn set(&mut self, answer: &str, value: &str) {
        self.time_ms += 1_000;
        let value = Some(AnswerValue::Text(value.to_owned()));
        let committed = self.ledger.document.set(&[(AnswerId(answer.to_owned()), value)], self.time_ms);
        assert!(committed.unwrap().is_some(), "{answer} changed");
    }

    /// Writes at the end of a text.
    pub fn append(&mut self, answer: &str, insert: &str) {
        self.time_ms += 1_000;
        let answer = AnswerId(answer.to_owned());
        let end = utf16_len(self.ledger.document.text(&answer).unwrap());
        let committed = self.ledger.document.splice(&answer, &Delta::splice(end, 0, insert), self.time_ms);
        assert!(committed.unwrap().is_some(), "{answer} changed");
    }

    pub fn text(&self, answer: &str) -> String {
        self.ledger.document.answers().text(&AnswerId(answer.to_owned())).to_owned()
    }

    fn actor(&self) -> ActorId {
        self.ledger.document.actor().clone()
    }

    /// Signs what is not signed yet.
    pub fn sign(&mut self) {
        let (actor, last) = (self.actor(), self.ledger.document.last_seq(&self.actor()));
        while self.signed < last {
            let end = last.min(self.signed + SEGMENT_MAX_CHANGES as u64);
            let hash = |seq| self.ledger.document.hash_at(&actor, seq).unwrap();
            let hashes = (self.signed + 1..=end).map(hash).collect();
            let roster = self.ledger.chain().version();
            let first = self.signed + 1;
            let segment = Segment::sign(&self.key, &self.application, actor.clone(), first, hashes, roster);
            self.segments.push(segment);
            self.signed = end;
        }
    }

    /// One segment over all accepted changes, in the place of several.
    pub fn consolidate(&self) -> Seal {
        let actor = self.actor();
        let hash = |seq| self.ledger.document.hash_at(&actor, seq).unwrap();
        let hashes = (1..=self.ledger.accepted(&actor)).map(hash).collect();
        let roster = self.segments[0].roster;
        let segment = Segment::sign(&self.key, &self.application, actor, 1, hashes, roster);
        segment.seal(segment.end_seq())
    }

    pub fn hello(&self) -> Hello {
        let LogState { position, hash } = *self.ledger.log();
        let document = &self.ledger.document;
        let have = document
            .actors()
            .map(|actor| Have { actor: WireActor::from(actor), seq: document.last_seq(actor) })
            .collect();
        Hello { after: position, log: hash, have }
    }

    /// What the hub has no verdict on yet.
    pub fn offer(&mut self) -> Offer {
        self.sign();
        let actor = self.actor();
        let accepted = self.ledger.accepted(&actor);
        let document = &self.ledger.document;
        let last = document.last_seq(&actor);
        let change = |seq| document.change(&document.hash_at(&actor, seq).unwrap()).unwrap();
        let changes = (accepted + 1..=last).map(|seq| WireChange(change(seq))).collect();
        let wanted = self.segments.iter().filter(|segment| segment.end_seq() > accepted + 1);
        let roster = self.ledger.chain().entries_after(self.ledger.confirmed()).to_vec();
        Offer {
            changes,
            seals: wanted.map(|segment| segment.seal(last + 1)).collect(),
            claims: Some(vec![WireClaim::from(&self.claim)]),
            roster: (!roster.is_empty()).then_some(roster),
        }
    }

    pub fn exchange(&mut self) -> Exchange {
        let offer = self.offer();
        Exchange { hello: self.hello(), offer }
    }

    pub fn follow(&mut self, page: &Page) -> Result<Followed, LogFault> {
        let number = u8::try_from(self.own.len()).unwrap();
        let fresh = Claim::new(&self.application, self.key.public(), [100 + number; 16]);
        let followed = self.ledger.follow(page, &fresh.actor, &self.own)?;
        if followed.recovery.is_some() {
            self.own.insert(fresh.actor.clone());
            self.ledger.add_claim(fresh.clone());
            self.claim = fresh;
            self.segments.clear();
            self.signed = 0;
        }
        Ok(followed)
    }

    /// Exchanges until nothing is new.
    pub fn sync(&mut self, core: &mut Core) -> Result<Reply, HubError> {
        loop {
            let exchange = self.exchange();
            let reply = core.exchange(&self.key.public(), &self.application, exchange)?;
            self.follow(&reply.page).unwrap();
            if !reply.more {
                return Ok(reply);
            }
        }
    }

    /// What a joining replica makes of a compact start, once it has looked at all of it.
    pub fn started(&self, number: u8, start: &Start) -> Ledger {
        let actor = Claim::new(&self.application, key(number).public(), [77; 16]).actor;
        let form = form();
        let (mut ledger, _) = Ledger::start(start, &self.genesis, &form, actor).unwrap();
        let verified = verify_all(start, &self.genesis, &form).unwrap();
        ledger.set_verified(&verified);
        ledger
    }
}
