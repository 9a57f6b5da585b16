//! The first change of an application, which every replica starts from: the same bytes everywhere.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding};
use form_model::definition::FormDefinition;
use form_model::id::ApplicationId;
use ring::digest::{Context, SHA256};

use crate::actor::ACTOR_BYTES;
use crate::key::PublicKey;
use crate::object::{DISCUSSION_KEY, GENESIS_KEY, STATEMENTS_KEY};
use crate::raw::{BadChunk, RawChange};
use crate::schema::Schema;
use form_model::hex;

/// How the document is laid out: a map of comments, one of signed statements and one for each section under the root,
/// prose as text objects, all else scalars.
pub const DOCUMENT_FORMAT: u64 = 3;

/// Texts are counted in UTF-16 code units, as the web view counts.
pub(crate) const ENCODING: TextEncoding = TextEncoding::Utf16CodeUnit;

const DOMAIN: &[u8] = b"huiqian genesis 1\0";

mod key {
    pub(super) const FORMAT: &str = "format";
    pub(super) const FORM: &str = "form";
    pub(super) const VERSION: &str = "version";
    pub(super) const PACKAGE: &str = "package";
    pub(super) const NONCE: &str = "nonce";
    pub(super) const LEAD: &str = "lead";
}

/// What an application starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The form package's id.
    pub form: String,
    /// The form package's version.
    pub version: String,
    /// SHA-256 over the form package's files.
    pub package: [u8; 32],
    /// Makes two applications by one lead from one form different.
    pub nonce: [u8; 16],
    /// The lead agency's root public key.
    pub lead: [u8; 32],
}

/// Why a genesis can't be made or taken in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    #[error("the genesis cannot be read: {0}")]
    Chunk(#[from] BadChunk),
    #[error("these bytes are no genesis: {0}")]
    NotAGenesis(String),
    #[error(
        "the genesis has format {found}, this program knows {DOCUMENT_FORMAT}; install the newer version"
    )]
    Newer { found: u64 },
    #[error(
        "the genesis belongs to form {found}, not to {given}; \
         put the form package {found} into the forms folder"
    )]
    OtherForm { found: String, given: String },
    #[error(
        "the genesis differs from what form {form} makes of it; it was altered or comes from another program"
    )]
    Altered { form: String },
    #[error("the form cannot be made into a document: {0}")]
    Form(String),
}

/// The application's id: the SHA-256 of its genesis chunk (type, length and content, as Automerge hashes a
/// change), in hex.
///
/// # Errors
/// When the bytes are no raw change.
pub fn application_id(genesis: &[u8]) -> Result<ApplicationId, GenesisError> {
    Ok(ApplicationId(RawChange::read(genesis)?.hash.to_string()))
}

impl Genesis {
    /// The genesis of a new application of a form.
    ///
    /// # Errors
    /// When the definition's package hash is not 64 hex digits.
    pub fn new(definition: &FormDefinition, nonce: [u8; 16], lead: [u8; 32]) -> Result<Self, GenesisError> {
        let package = hex::decode(&definition.hash).ok_or_else(|| {
            GenesisError::Form(format!(
                "its package hash “{}” is not 64 lower-case hex digits",
                definition.hash
            ))
        })?;
        Ok(Self { form: definition.id.clone(), version: definition.version.clone(), package, nonce, lead })
    }

    /// The raw change chunk: the same for the same form and facts, on every machine. Makes the map of its
    /// own facts, one for comments, one for statements, one for each section, and a text for each prose answer, so that no two
    /// replicas ever make one of them twice.
    ///
    /// # Errors
    /// When the definition is another form than this genesis is of, or has a section named `genesis`,
    /// `discussion` or `statements`.
    pub fn build(&self, definition: &FormDefinition) -> Result<Vec<u8>, GenesisError> {
        if Self::new(definition, self.nonce, self.lead)? != *self {
            return Err(GenesisError::OtherForm {
                found: format!("{} {}", self.form, self.version),
                given: format!("{} {}", definition.id, definition.version),
            });
        }
        for taken in [GENESIS_KEY, DISCUSSION_KEY, STATEMENTS_KEY] {
            if definition.section(taken).is_some() {
                return Err(GenesisError::Form(format!("no section may be named “{taken}”")));
            }
        }
        self.chunk(definition).map_err(|error| GenesisError::Form(error.to_string()))
    }

    fn chunk(&self, definition: &FormDefinition) -> Result<Vec<u8>, automerge::AutomergeError> {
        let mut document = Automerge::new_with_encoding(ENCODING).with_actor(self.actor());
        let mut transaction = document.transaction();
        let facts = transaction.put_object(ROOT, GENESIS_KEY, ObjType::Map)?;
        transaction.put(&facts, key::FORMAT, ScalarValue::Uint(DOCUMENT_FORMAT))?;
        transaction.put(&facts, key::FORM, self.form.as_str())?;
        transaction.put(&facts, key::VERSION, self.version.as_str())?;
        transaction.put(&facts, key::PACKAGE, self.package.to_vec())?;
        transaction.put(&facts, key::NONCE, self.nonce.to_vec())?;
        transaction.put(&facts, key::LEAD, self.lead.to_vec())?;
        transaction.put_object(ROOT, DISCUSSION_KEY, ObjType::Map)?;
        transaction.put_object(ROOT, STATEMENTS_KEY, ObjType::Map)?;
        let schema = Schema::new(definition);
        for section in &definition.sections {
            let map = transaction.put_object(ROOT, section.id.as_str(), ObjType::Map)?;
            for answer in schema.prose().filter(|answer| answer.section() == section.id) {
                transaction.put_object(&map, answer.key(), ObjType::Text)?;
            }
        }
        transaction.commit_with(CommitOptions::default().with_time(0));
        let change = document.get_last_local_change();
        Ok(change.map(|change| change.raw_bytes().to_vec()).unwrap_or_default())
    }

    /// The actor of the genesis change alone; derived from the nonce and used by nobody else.
    fn actor(&self) -> ActorId {
        let mut context = Context::new(&SHA256);
        context.update(DOMAIN);
        context.update(&self.nonce);
        ActorId::from(&context.finish().as_ref()[..ACTOR_BYTES])
    }
}

/// A genesis as received: says which form it is of, proves nothing.
#[derive(Clone, Debug)]
pub struct UnverifiedGenesis {
    bytes: Vec<u8>,
    claims: Genesis,
}

impl UnverifiedGenesis {
    /// Reads a raw genesis chunk.
    ///
    /// # Errors
    /// When the bytes are no genesis, or of a newer format.
    pub fn read(bytes: &[u8]) -> Result<Self, GenesisError> {
        let raw = RawChange::read(bytes)?;
        if raw.change.seq() != 1 || !raw.change.deps().is_empty() {
            return Err(GenesisError::NotAGenesis("the change builds on others".to_owned()));
        }
        let mut document = Automerge::new_with_encoding(ENCODING);
        crate::raw::guarded(|| document.apply_changes([raw.into_change()]))
            .and_then(Result::ok)
            .ok_or_else(|| GenesisError::NotAGenesis("the change does not apply".to_owned()))?;
        let facts = Facts::of(&document)?;
        let format = facts.number(key::FORMAT)?;
        if format != DOCUMENT_FORMAT {
            return Err(GenesisError::Newer { found: format });
        }
        let claims = Genesis {
            form: facts.text(key::FORM)?,
            version: facts.text(key::VERSION)?,
            package: facts.bytes(key::PACKAGE)?,
            nonce: facts.bytes(key::NONCE)?,
            lead: facts.bytes(key::LEAD)?,
        };
        Ok(Self { bytes: bytes.to_vec(), claims })
    }

    /// The id of the form that it says it is of.
    pub fn form(&self) -> &str {
        &self.claims.form
    }

    /// The version of the form that it says it is of.
    pub fn version(&self) -> &str {
        &self.claims.version
    }

    /// The package hash that it says it was made with, lower-case hex.
    pub fn package(&self) -> String {
        hex::encode(&self.claims.package)
    }

    /// The lead agency's root key that it names.
    pub fn lead(&self) -> PublicKey {
        PublicKey(self.claims.lead)
    }

    /// Checks that the form makes exactly these bytes.
    ///
    /// # Errors
    /// When the definition is another form or version, or the bytes hold anything else than it makes.
    pub fn verify(self, definition: &FormDefinition) -> Result<Genesis, GenesisError> {
        if self.claims.build(definition)? != self.bytes {
            return Err(GenesisError::Altered { form: self.claims.form });
        }
        Ok(self.claims)
    }
}

/// The map under [`GENESIS_KEY`].
struct Facts<'a> {
    document: &'a Automerge,
    map: automerge::ObjId,
}

impl<'a> Facts<'a> {
    fn of(document: &'a Automerge) -> Result<Self, GenesisError> {
        match document.get(ROOT, GENESIS_KEY) {
            Ok(Some((value, map))) if value.is_object() => Ok(Self { document, map }),
            _ => Err(missing(GENESIS_KEY)),
        }
    }

    fn scalar(&self, key: &str) -> Result<ScalarValue, GenesisError> {
        let found = self.document.get(&self.map, key).ok().flatten();
        found.and_then(|(value, _)| value.as_scalar().cloned()).ok_or_else(|| missing(key))
    }

    fn number(&self, key: &str) -> Result<u64, GenesisError> {
        self.scalar(key)?.as_u64().ok_or_else(|| missing(key))
    }

    fn text(&self, key: &str) -> Result<String, GenesisError> {
        self.scalar(key)?.as_str().map(str::to_owned).ok_or_else(|| missing(key))
    }

    fn bytes<const N: usize>(&self, key: &str) -> Result<[u8; N], GenesisError> {
        match self.scalar(key)? {
            ScalarValue::Bytes(bytes) => bytes.try_into().map_err(|_| missing(key)),
            _ => Err(missing(key)),
        }
    }
}

fn missing(key: &str) -> GenesisError {
    GenesisError::NotAGenesis(format!("“{key}” is missing or not of its type"))
}
