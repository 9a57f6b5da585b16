//! The ground on which a hostile member attacks: a hub process, three desks, and answers of everybody's.

use std::io::{Read as _, Write as _};
use std::num::NonZeroU64;

use automerge::legacy::{self, Key, ObjectId, Op, OpType};
use automerge::{Automerge, Change, ExpandedChange, ScalarValue};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use form_client::hub::HubConnection;
use form_document::bundle::{Bundle, MAGIC};
use form_document::key::SigningKey;
use form_document::wire::{self, Exchange, Offer, Reply, WireChange, WireClaim};
use form_document::{ChangeHash, Claim, Segment};
use form_model::command::{ExportFormat, Imported};
use form_model::error::UserError;
use form_model::id::ApplicationId;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::loopback::LoopbackDesk;

/// The most that a file of this suite unpacks to, in bytes.
const FILE_MAX_BYTES: usize = 64 << 20;

pub struct Ground {
    pub hub: HubProcess,
    pub lead: LoopbackDesk,
    /// The hostile member: it may write `openness`.
    pub villain: LoopbackDesk,
    pub science: LoopbackDesk,
    pub connection: HubConnection,
    /// How many actors the villain has made up.
    actors: u8,
    honest: u32,
}

/// A change and what it takes to hand it over.
pub struct Forged {
    pub change: ExpandedChange,
    pub claim: Claim,
}

impl Ground {
    pub async fn new() -> Self {
        let hub = HubProcess::start().unwrap();
        let mut desks = LoopbackDesk::team_of(hub.url()).await.unwrap().into_iter();
        let mut next = || desks.next().unwrap();
        let (lead, villain, science) = (next(), next(), next());
        lead.set("cover.zone_name", "示例合作区");
        lead.append("plan.text", "目标");
        for desk in [&lead, &villain, &science] {
            desk.sync().await.unwrap();
        }
        let connection = villain.connection().unwrap();
        Self { hub, lead, villain, science, connection, actors: 0, honest: 0 }
    }

    pub fn id(&self) -> ApplicationId {
        self.lead.application.clone()
    }

    pub fn key(&self) -> std::sync::Arc<SigningKey> {
        self.villain.desk.with(|desk| desk.device_key()).unwrap()
    }

    /// All changes that the villain has; the genesis is the first.
    fn changes(&self) -> Vec<ExpandedChange> {
        let saved = self.villain.desk.with(|desk| desk.export(&self.id(), ExportFormat::Automerge)).unwrap();
        Automerge::load(&saved).unwrap().get_changes(&[]).iter().map(Change::decode).collect()
    }

    fn operations(&self) -> Vec<(legacy::OpId, Op)> {
        let numbered = self.changes().into_iter().flat_map(|change| {
            let (start, actor) = (change.start_op.get(), change.actor_id.clone());
            let ids = (start..).map(move |counter| legacy::OpId::new(counter, &actor));
            ids.zip(change.operations).collect::<Vec<_>>()
        });
        numbered.collect()
    }

    /// The object that a path names: a section, or a text in one.
    pub fn object(&self, path: &[&str]) -> legacy::OpId {
        let operations = self.operations();
        let mut object = ObjectId::Root;
        for name in path {
            let made = |(_, op): &&(legacy::OpId, Op)| {
                op.obj == object && op.key == Key::Map((*name).into()) && matches!(op.action, OpType::Make(_))
            };
            object = ObjectId::Id(operations.iter().find(made).unwrap().0.clone());
        }
        let ObjectId::Id(id) = object else { panic!("the root is no object's child") };
        id
    }

    /// The newest operation that wrote to an object.
    pub fn newest_in(&self, object: &legacy::OpId) -> legacy::OpId {
        let object = ObjectId::Id(object.clone());
        self.operations().into_iter().rev().find(|(_, op)| op.obj == object).unwrap().0
    }

    /// A value in a section; the plainest of changes.
    pub fn put(&self, section: &str, key: &str, value: &str, pred: Vec<legacy::OpId>) -> Op {
        Op {
            action: OpType::Put(ScalarValue::Str(value.into())),
            obj: ObjectId::Id(self.object(&[section])),
            key: Key::Map(key.into()),
            pred: pred.into(),
            insert: false,
        }
    }

    /// A change of these operations, by an actor that the villain makes up for it.
    pub fn change(&mut self, operations: Vec<Op>) -> Forged {
        self.actors += 1;
        let claim = Claim::new(&self.id(), self.key().public(), [self.actors; 16]);
        let saved = self.villain.desk.with(|desk| desk.export(&self.id(), ExportFormat::Automerge)).unwrap();
        let changes = self.changes();
        let last = |change: &ExpandedChange| change.start_op.get() + change.operations.len() as u64;
        let change = ExpandedChange {
            operations,
            actor_id: claim.actor.clone(),
            hash: None,
            seq: 1,
            start_op: NonZeroU64::new(changes.iter().map(last).max().unwrap()).unwrap(),
            time: 3,
            message: None,
            deps: Automerge::load(&saved).unwrap().get_heads(),
            extra_bytes: Vec::new(),
            author: None,
        };
        Forged { change, claim }
    }

    /// The offer of a change, signed by the villain's device.
    pub fn offer(&self, forged: &Forged) -> (Offer, ChangeHash) {
        let change = Change::from(forged.change.clone());
        let offer = self.offer_of(change.raw_bytes().to_vec(), change.seq(), change.hash(), &forged.claim);
        (offer, change.hash())
    }

    /// The offer of bytes that are said to be a change.
    pub fn offer_of(&self, bytes: Vec<u8>, seq: u64, hash: ChangeHash, claim: &Claim) -> Offer {
        let roster = self.villain.desk.with(|desk| {
            let bundle = unpack(&desk.export_bundle(&self.id(), false)?);
            Ok(bundle.offer.roster.map_or(0, |roster| roster.len() as u64))
        });
        let (id, actor) = (self.id(), claim.actor.clone());
        let segment = Segment::sign(&self.key(), &id, actor, seq, vec![hash], roster.unwrap());
        Offer {
            changes: vec![WireChange(bytes)],
            seals: vec![segment.seal(seq)],
            claims: Some(vec![WireClaim::from(claim)]),
            roster: None,
        }
    }

    /// Hands an offer to the hub. The villain's own desk hears nothing of it.
    pub async fn hand_over(&self, offer: Offer) -> Result<Reply, UserError> {
        let exchange = Exchange { hello: self.villain.hello(), offer };
        self.connection.exchange(&self.id(), &exchange).await
    }

    /// Puts an offer into an exchange file, and the file into a colleague's desk.
    pub fn by_file(&self, to: &LoopbackDesk, offer: &Offer) -> Imported {
        let file = self.villain.desk.with(|desk| desk.export_bundle(&self.id(), false)).unwrap();
        let mut bundle = unpack(&file);
        // A seal may be about the first change of its message.
        bundle.offer.changes.clone_from(&offer.changes);
        bundle.offer.seals.clone_from(&offer.seals);
        bundle.offer.claims.get_or_insert_default().extend(offer.claims.iter().flatten().copied());
        to.desk.with(|desk| desk.import(&pack(&bundle), "交换包.hqb")).unwrap().0
    }

    /// The hub lives, and an honest edit goes through it to everybody. Their answers are nothing but honest ones.
    pub async fn goes_on(&mut self) {
        self.honest += 1;
        let number = self.honest.to_string();
        self.science.set("innovation.national_platform_count", &number);
        self.science.sync().await.unwrap();
        self.lead.sync().await.unwrap();
        self.villain.sync().await.unwrap();
        for desk in [&self.lead, &self.science, &self.villain] {
            assert_eq!(desk.text("innovation.national_platform_count"), number);
            assert_eq!(desk.text("cover.zone_name"), "示例合作区");
            assert_eq!(desk.text("plan.text"), "目标");
            assert_eq!(desk.answers(), self.lead.answers(), "the desks differ");
        }
    }
}

pub fn unpack(bytes: &[u8]) -> Bundle {
    let mut content = Vec::new();
    DeflateDecoder::new(&bytes[MAGIC.len()..]).read_to_end(&mut content).unwrap();
    wire::decode_up_to(&content, FILE_MAX_BYTES).unwrap()
}

pub fn pack(bundle: &Bundle) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(MAGIC.to_vec(), Compression::fast());
    encoder.write_all(&wire::encode(bundle)).unwrap();
    encoder.finish().unwrap()
}

/// The code of a hub's refusal.
pub fn code<T: std::fmt::Debug>(answer: Result<T, UserError>) -> String {
    answer.unwrap_err().details.remove("code").unwrap_or_default()
}
