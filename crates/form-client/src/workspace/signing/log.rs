//! What this desk knows of the hub's public log. A log that is shorter or another than it was is told, whatever the hub
//! says.

use form_document::key::Purpose;
use form_document::snapshot::Obstacle;
use form_document::transparency::{
    KeyHistory, Leaf, Origin, SignedCheckpoint, Tree, check_consistency, check_inclusion, log_root,
};
use form_model::command::LogSummary;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::language::Language;
use form_store::StoreError;
use form_store::revision::SignatureLogRow;

use super::super::{Workspace, not_saved, unusable};
use crate::hub::LogNews;

impl Workspace {
    /// How many entries the newest checkpoint is about that is known of the hub's log; 0 when none is.
    ///
    /// # Errors
    /// When the application is on no hub, or the database can't be read.
    pub fn log_known(&mut self, id: &ApplicationId) -> Result<u64, UserError> {
        Ok(self.log_row(id)?.map_or(0, |row| row.size))
    }

    /// Checks what the hub says of its public log against what is known, and keeps it.
    ///
    /// # Errors
    /// [`ErrorCode::LogBroken`], [`ErrorCode::NotSaved`].
    pub fn learn_log(&mut self, id: &ApplicationId, news: &LogNews) -> Result<(), UserError> {
        let hub = self.hub(id)?.key;
        let known = self.log_row(id)?;
        let origin = Origin::try_from(news.root.origin.clone()).map_err(|bad| broken(&bad))?;
        let vouched = log_root(&origin, &news.root.root);
        hub.verify(Purpose::LogRoot, &vouched, &news.root.signature).map_err(|bad| broken(&bad))?;
        let (tree, keys) = verified(news, &origin)?;
        if let Some(row) = known {
            check_goes_on(row, news, tree, &keys)?;
        }
        let row = SignatureLogRow {
            origin: news.root.origin.clone(),
            root: news.root.root.to_string(),
            size: tree.size,
            checkpoint: news.checkpoint.clone(),
        };
        self.store
            .write(|write| write.put_signature_log(&hub.to_string(), &row))
            .map_err(|error: StoreError| not_saved(&error))
    }

    /// The final revisions of which no receipt is here.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn missing_receipts(&mut self, id: &ApplicationId) -> Result<Vec<u64>, UserError> {
        let session = self.session(id)?;
        // Only what the hub has taken in is final.
        let roster = session.ledger.chain().at(session.ledger.confirmed());
        let (key, newest) = (session.key, roster.map_or(0, |roster| roster.revision.number));
        let here = self.store.receipts(key).map_err(|error| unusable(&self.home, &error))?;
        Ok((1..=newest).filter(|number| here.iter().all(|(known, _)| known != number)).collect())
    }

    /// What the hub sees to stand in the way, as the error that a person reads.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn not_final(
        &mut self,
        id: &ApplicationId,
        obstacles: &[Obstacle],
        otherwise: UserError,
    ) -> Result<UserError, UserError> {
        let session = self.session(id)?;
        let Some(first) = obstacles.first().map(|first| session.obstacle(first).sentence) else {
            return Ok(otherwise);
        };
        let (chinese, english) = (first.sentence(Language::Chinese), first.sentence(Language::English));
        Ok(UserError::new(ErrorCode::NotFinal).with_pair("cause", chinese, english))
    }

    /// What is known of the hub's public log; nothing where the application is on no hub.
    pub(super) fn log_summary(&mut self, id: &ApplicationId) -> Option<LogSummary> {
        let row = self.log_row(id).ok()??;
        Some(LogSummary { origin: row.origin, root: row.root, size: row.size, fault: None })
    }

    fn log_row(&mut self, id: &ApplicationId) -> Result<Option<SignatureLogRow>, UserError> {
        let hub = self.hub(id)?.key.to_string();
        self.store.signature_log(&hub).map_err(|error| unusable(&self.home, &error))
    }
}

/// That the log goes on from what was known of it; or that the root key has it begin anew before the end of what was
/// known, under another name.
fn check_goes_on(
    known: SignatureLogRow,
    news: &LogNews,
    tree: Tree,
    keys: &KeyHistory,
) -> Result<(), UserError> {
    let name = Origin::try_from(known.origin).map_err(|bad| broken(&bad))?;
    let left = keys.left(&name);
    let renamed = name.as_str() != news.root.origin;
    if known.root != news.root.root.to_string() || (renamed && left.is_none()) {
        return Err(broken(&"its name or its root key is another than before"));
    }
    if known.size == 0 {
        return Ok(());
    }
    let (_, old) = SignedCheckpoint(known.checkpoint).read().map_err(|bad| broken(&bad))?;
    match left {
        Some(kept) if old.size > kept.size => Ok(()),
        _ => check_consistency(old, tree, &news.proof).map_err(|bad| broken(&bad)),
    }
}

/// The log that a checkpoint is about and its keys, if the key signed it that the root key and the log itself name.
fn verified(news: &LogNews, origin: &Origin) -> Result<(Tree, KeyHistory), UserError> {
    let checkpoint = SignedCheckpoint(news.checkpoint.clone());
    let (_, tree) = checkpoint.read().map_err(|bad| broken(&bad))?;
    let mut keys = KeyHistory::default();
    for event in &news.keys {
        keys.push(event.index, &event.envelope, &news.root.root).map_err(|bad| broken(&bad))?;
        let leaf =
            event.envelope.author().and_then(|author| Leaf::of(&event.envelope, Purpose::HubKey, &author));
        let leaf = leaf.ok_or_else(|| broken(&"a change of its keys is signed by nobody"))?;
        check_inclusion(tree, event.index, leaf.hash(), &event.proof).map_err(|bad| broken(&bad))?;
    }
    let signer = keys.signer(origin, tree.size).map_err(|bad| broken(&bad))?;
    let signer = signer.ok_or_else(|| broken(&"it names no key that counts"))?;
    Ok((checkpoint.verify(origin, &signer).map_err(|bad| broken(&bad))?, keys))
}

fn broken(cause: &dyn std::fmt::Display) -> UserError {
    UserError::new(ErrorCode::LogBroken).with("cause", cause)
}
