//! Statements in the document: a map of their own, to which entries are only ever added.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use automerge::transaction::Transactable;
use automerge::{ActorId, ReadDoc, ScalarValueRef, ValueRef};
use form_model::id::ApplicationId;
use serde::{Deserialize, Serialize};

use super::statement::{BadStatement, Statement};
use crate::actor::change_name;
use crate::digest::Sha256;
use crate::document::Document;
use crate::edit::Committed;
use crate::envelope::Envelope;
use crate::error::EditError;
use crate::key::{PublicKey, Purpose};
use crate::op::OpId;
use crate::reader::Shown;

/// Largest statement as stored, in bytes: its longest texts in base 64, and twice that.
const STORED_MAX_BYTES: usize = 16 << 10;

/// Names a statement: the SHA-256 of its signed bytes. Its place in the document changes when a device writes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatementId(pub Sha256);

impl StatementId {
    /// The name of a signed statement.
    pub fn of(envelope: &Envelope) -> Self {
        Self(Sha256::of(&envelope.payload))
    }
}

/// A key of the map of statements.
pub(crate) struct StatementKey;

impl StatementKey {
    /// The key under which a change puts its statement.
    pub(crate) fn of(actor: &ActorId, seq: u64) -> String {
        change_name(actor, seq)
    }

    /// What is stored; the same on every replica, whoever wrote it.
    pub(crate) fn read(
        stored: &str,
        application: &ApplicationId,
    ) -> Result<(PublicKey, Statement, Envelope), BadStatement> {
        if stored.len() > STORED_MAX_BYTES {
            return Err(BadStatement::Words);
        }
        let envelope = Envelope::read(stored.as_bytes(), Purpose::SignOff)?;
        let (device, statement) = Statement::read(&envelope, application)?;
        Ok((device, statement, envelope))
    }
}

/// The statements that were read, by the operations that put them there, which put nothing else ever. Checking a
/// signature takes longer than all else that is done with it, and a desk asks at every pause in typing.
#[derive(Debug, Default)]
pub(crate) struct ReadStatements(Mutex<BTreeMap<OpId, Option<MadeStatement>>>);

/// A statement of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeStatement {
    pub id: StatementId,
    /// The device that signed it.
    pub device: PublicKey,
    pub statement: Statement,
    /// The signed bytes.
    pub envelope: Envelope,
}

impl Document {
    /// Puts a signed statement into the document.
    ///
    /// # Errors
    /// When it is none of this application, or the document cannot be written.
    pub fn state(
        &mut self,
        envelope: &Envelope,
        time_ms: i64,
    ) -> Result<Option<(StatementId, Committed)>, EditError> {
        let failed = |cause: &dyn std::fmt::Display| EditError::Document { cause: cause.to_string() };
        let bytes = envelope.to_vec().map_err(|error| failed(&error))?;
        let stored = String::from_utf8(bytes).map_err(|error| failed(&error))?;
        StatementKey::read(&stored, self.application()).map_err(|error| failed(&error))?;
        let seq = self.causality().last_seq(self.actor()).saturating_add(1);
        let key = StatementKey::of(self.actor(), seq);
        let map = self.objects.statements().cloned().ok_or_else(|| failed(&"no map of statements"))?;
        let committed = self
            .commit(time_ms, Shown::default(), |transaction| transaction.put(&map, key.as_str(), stored))?;
        Ok(committed.map(|committed| (StatementId::of(envelope), committed)))
    }

    /// All statements, in the order of their operations, which is that of knowledge: whoever makes a statement has
    /// seen those that it names.
    pub fn statements(&self) -> Vec<MadeStatement> {
        let Some(map) = self.objects.statements() else { return Vec::new() };
        let mut read = self.read.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut made: BTreeMap<OpId, MadeStatement> = BTreeMap::new();
        for item in self.automerge.map_range(map, ..) {
            let (ValueRef::Scalar(ScalarValueRef::Str(text)), Some(op)) =
                (&item.value, OpId::from_automerge(&item.id()))
            else {
                continue;
            };
            let statement = read.entry(op.clone()).or_insert_with(|| self.read_statement(text));
            if let Some(statement) = statement {
                made.insert(op, statement.clone());
            }
        }
        made.into_values().collect()
    }

    fn read_statement(&self, stored: &str) -> Option<MadeStatement> {
        let (device, statement, envelope) = StatementKey::read(stored, self.application()).ok()?;
        Some(MadeStatement { id: StatementId::of(&envelope), device, statement, envelope })
    }
}
