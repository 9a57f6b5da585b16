//! An application with its lead and members, founded in memory: their keys are real, and so are the roster's
//! signatures. (Enrolling 256 people one by one over the network is not what is measured.)

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use form_client::clock;
use form_document::key::{PublicKey, SigningKey};
use form_document::roster::{Act, Enrolment, RosterChain};
use form_document::wire::{PackageFile, Publish};
use form_document::{Genesis, application_id};
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, FormPart, Grant, Role};

use super::work::Form;

/// How many agencies there are at most: the roster takes no more than 64.
const AGENCIES: usize = 32;
/// An invite's life.
const DAY_MS: i64 = 86_400_000;

/// Counts what has to differ: keys and nonces.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A number that nothing else of this run has.
pub fn fresh_number() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A device's key that no other device of this run has.
///
/// # Errors
/// Never, for a seed of this length.
pub fn fresh_key() -> anyhow::Result<Arc<SigningKey>> {
    let mut seed = [0x51; 32];
    seed[..8].copy_from_slice(&fresh_number().to_be_bytes());
    Ok(Arc::new(SigningKey::from_seed(&seed)?))
}

/// An application that is ready to be published.
#[derive(Debug)]
pub struct Company {
    pub application: ApplicationId,
    pub genesis: Vec<u8>,
    pub lead: Arc<SigningKey>,
    /// Each with a section.
    pub members: Vec<Arc<SigningKey>>,
    pub chain: RosterChain,
}

impl Company {
    /// Founds an application on a hub. Each member writes the section that `part` names for its number.
    ///
    /// # Errors
    /// When the roster takes no so many members.
    pub fn found(
        form: &Form,
        hub: (&str, PublicKey),
        lead: Arc<SigningKey>,
        members: usize,
        part: impl Fn(usize) -> &'static str,
    ) -> anyhow::Result<Self> {
        let mut nonce = [7; 16];
        nonce[..8].copy_from_slice(&fresh_number().to_be_bytes());
        let definition = &form.package.definition;
        let genesis = Genesis::new(definition, nonce, lead.public().0)?.build(definition)?;
        let application = application_id(&genesis)?;
        let chain = RosterChain::new(application.clone(), lead.public());
        let mut company = Self { application, genesis, lead, members: Vec::new(), chain };
        company.act(Act::Found {
            agency: AgencyId("lead".to_owned()),
            name: "示例市中小企业发展局".to_owned(),
            mark: "牵".to_owned(),
            person: "王示例".to_owned(),
            device_name: "办公室".to_owned(),
            recovery: fresh_key()?.public(),
        })?;
        company.act(Act::Hub { url: hub.0.to_owned(), key: hub.1 })?;
        for member in 0..members {
            company.enrol(member, part(member))?;
        }
        Ok(company)
    }

    fn enrol(&mut self, member: usize, part: &str) -> anyhow::Result<()> {
        let (device, invite) = (fresh_key()?, fresh_key()?);
        let agency = AgencyId(format!("agency-{}", member % AGENCIES));
        if member < AGENCIES {
            let parts = BTreeMap::from([(FormPart(part.to_owned()), None)]);
            let grant = Grant { role: Role::Contributor, parts, ..Grant::default() };
            let name = format!("协同单位{member}");
            let (id, mark) = (agency.clone(), "协".to_owned());
            self.act(Act::Agency { id, name, mark, grant, accept_until_ms: None })?;
        }
        let expires_ms = clock::system() + DAY_MS;
        self.act(Act::Invite { key: invite.public(), agency, person: String::new(), expires_ms })?;
        let person = "李示例".to_owned();
        let enrolment =
            Enrolment::new(&self.application, &invite.public(), &device, person, "笔记本".to_owned());
        self.chain.act(&invite, Act::Enrol(enrolment), clock::system())?;
        self.members.push(device);
        Ok(())
    }

    fn act(&mut self, act: Act) -> anyhow::Result<()> {
        self.chain.act(&self.lead, act, clock::system())?;
        Ok(())
    }

    /// What brings it to the hub.
    pub fn publication(&self, form: &Form) -> Publish {
        let files = form.package.files.0.iter();
        let package =
            files.map(|(path, content)| PackageFile { path: path.clone(), content: content.clone() });
        let roster = self.chain.entries_after(0).to_vec();
        Publish { genesis: self.genesis.clone(), package: package.collect(), roster }
    }
}
