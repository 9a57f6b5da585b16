//! What this desk knows of the hub's public log. A log that is shorter or another than it was is told, whatever the hub
//! says.

use form_document::key::{PublicKey, Purpose};
use form_document::snapshot::Obstacle;
use form_document::transparency::{
    BadKeys, BadProof, BadReceipt, KeyHistory, Leaf, Origin, SignedCheckpoint, Tree, check_consistency,
    check_inclusion, log_root,
};
use form_export::package::receipt_cause;
use form_model::command::{LogSummary, ObstacleSummary};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_store::StoreError;
use form_store::revision::{SignatureLogFaultRow, SignatureLogRow};

use super::super::{Workspace, not_saved, unusable};
use super::obstacle::not_final;
use crate::cause::{Cause, because};
use crate::clock;
use crate::hub::LogNews;

impl Workspace {
    /// How many entries the newest checkpoint is about that is known of the hub's log; 0 when none is.
    ///
    /// # Errors
    /// When the application is on no hub, or the database can't be read.
    pub fn log_known(&mut self, id: &ApplicationId) -> Result<u64, UserError> {
        Ok(self.log_row(id)?.map_or(0, |row| row.size))
    }

    /// Checks what the hub says of its public log against what is known, and keeps it; whether a person has something
    /// new to see of it. A log that is broken is kept as that until the hub shows one again that goes on from what was
    /// known.
    ///
    /// # Errors
    /// [`ErrorCode::LogBroken`], [`ErrorCode::NotSaved`].
    pub fn learn_log(&mut self, id: &ApplicationId, news: &LogNews) -> Result<bool, UserError> {
        let hub = self.hub(id)?.key;
        let known = self.log_row(id)?;
        let row = match looked_through(&hub, known.as_ref(), news) {
            Ok(row) => row,
            Err(broken) => return Err(self.keep_log_fault(&hub, &broken)?),
        };
        let name = hub.to_string();
        let ended = self.store.write(|write| {
            write.put_signature_log(&name, &row)?;
            write.end_signature_log_fault(&name)
        });
        Ok(ended.map_err(|error: StoreError| not_saved(&error))? || known != Some(row))
    }

    /// What is wrong with the public log of the application's hub, since it was first seen.
    ///
    /// # Errors
    /// When the application is on no hub, or the database can't be read.
    pub fn log_fault(&mut self, id: &ApplicationId) -> Result<Option<UserError>, UserError> {
        let hub = self.hub(id)?.key;
        self.kept_log_fault(&hub).map(|kept| kept.map(|(_, error)| error))
    }

    fn kept_log_fault(&self, hub: &PublicKey) -> Result<Option<(i64, UserError)>, UserError> {
        let row = self.store.signature_log_fault(&hub.to_string());
        let row = row.map_err(|error| unusable(&self.home, &error))?;
        Ok(row.map(|row| {
            let error = serde_json::from_str(&row.error);
            (row.since_ms, error.unwrap_or_else(|_| UserError::new(ErrorCode::LogBroken)))
        }))
    }

    /// Keeps what is wrong with a hub's log, as of when it was first seen.
    fn keep_log_fault(&mut self, hub: &PublicKey, broken: &Broken) -> Result<UserError, UserError> {
        let now = (self.surroundings.now_ms)();
        let since_ms = self.kept_log_fault(hub)?.map_or(now, |(since_ms, _)| since_ms);
        let error = UserError::new(ErrorCode::LogBroken).with("since", clock::local_time(since_ms));
        let error = because(error, broken);
        let json = serde_json::to_string(&error).map_err(|error| not_saved(&error))?;
        let row = SignatureLogFaultRow { since_ms, error: json };
        self.store
            .write(|write| write.put_signature_log_fault(&hub.to_string(), &row))
            .map_err(|error: StoreError| not_saved(&error))?;
        Ok(error)
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

    /// What the hub sees to stand in the way, as a person reads it.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn obstacle_summaries(
        &mut self,
        id: &ApplicationId,
        obstacles: &[Obstacle],
    ) -> Result<Vec<ObstacleSummary>, UserError> {
        let session = self.session(id)?;
        Ok(obstacles.iter().map(|obstacle| session.obstacle(obstacle)).collect())
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
        let told: Vec<_> = obstacles.iter().map(|obstacle| session.obstacle(obstacle)).collect();
        Ok(if told.is_empty() { otherwise } else { not_final(&told) })
    }

    /// What is known of the hub's public log; nothing where the application is on no hub.
    pub(super) fn log_summary(&mut self, id: &ApplicationId) -> Option<LogSummary> {
        let (row, fault) = (self.log_row(id).ok()?, self.log_fault(id).ok()?);
        if row.is_none() && fault.is_none() {
            return None;
        }
        let row = row.unwrap_or_default();
        Some(LogSummary { origin: row.origin, root: row.root, size: row.size, fault })
    }

    fn log_row(&mut self, id: &ApplicationId) -> Result<Option<SignatureLogRow>, UserError> {
        let hub = self.hub(id)?.key.to_string();
        self.store.signature_log(&hub).map_err(|error| unusable(&self.home, &error))
    }
}

/// What is wrong with a hub's public log.
enum Broken {
    /// It has no name, or the hub's members' key does not vouch for its root key.
    Root,
    /// It has another name or root key than before.
    OtherLog,
    /// A checkpoint or a change of keys proves nothing.
    Receipt(BadReceipt),
    /// It does not go on from what was known.
    Known(BadProof),
}

impl From<BadReceipt> for Broken {
    fn from(bad: BadReceipt) -> Self {
        Self::Receipt(bad)
    }
}

impl Cause for Broken {
    fn chinese(&self) -> String {
        match self {
            Self::Root => "日志的根密钥没有协同中心的签名".to_owned(),
            Self::OtherLog => "日志的名称或根密钥与以前不同".to_owned(),
            Self::Receipt(bad) => receipt_cause(bad).0,
            Self::Known(BadProof::Shrunk { old, new }) => {
                format!("日志只有 {new} 条，本机见过 {old} 条，协同中心可能是从旧备份恢复的")
            }
            Self::Known(_) => "它不是本机见过的日志的延续，协同中心可能给不同的人看不同的日志".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Root => "the hub has not signed the log's root key".to_owned(),
            Self::OtherLog => "the log's name or root key is another than before".to_owned(),
            Self::Receipt(bad) => receipt_cause(bad).1,
            Self::Known(BadProof::Shrunk { old, new }) => format!(
                "the log has {new} entries, and {old} were seen here; the hub may have been restored from an old backup"
            ),
            Self::Known(_) => {
                "it does not go on from what was seen here; the hub may show different people different logs"
                    .to_owned()
            }
        }
    }
}

/// What is then known of a log.
fn looked_through(
    hub: &PublicKey,
    known: Option<&SignatureLogRow>,
    news: &LogNews,
) -> Result<SignatureLogRow, Broken> {
    let (origin, root) = (news.root.origin.clone(), news.root.root.to_string());
    let name = Origin::try_from(origin.clone()).map_err(|_| Broken::Root)?;
    let vouched = log_root(&name, &news.root.root);
    hub.verify(Purpose::LogRoot, &vouched, &news.root.signature).map_err(|_| Broken::Root)?;
    let (tree, keys) = verified(news, &name)?;
    if let Some(row) = known {
        goes_on(row, tree, &keys, news)?;
    }
    Ok(SignatureLogRow { origin, root, size: tree.size, checkpoint: news.checkpoint.clone() })
}

/// That the log goes on from what was known of it; or that the root key has it begin anew before the end of what was
/// known, under another name.
fn goes_on(known: &SignatureLogRow, tree: Tree, keys: &KeyHistory, news: &LogNews) -> Result<(), Broken> {
    let name = Origin::try_from(known.origin.clone()).map_err(|_| Broken::OtherLog)?;
    let left = keys.left(&name);
    let renamed = name.as_str() != news.root.origin;
    if known.root != news.root.root.to_string() || (renamed && left.is_none()) {
        return Err(Broken::OtherLog);
    }
    if known.size == 0 {
        return Ok(());
    }
    let (_, old) = SignedCheckpoint(known.checkpoint.clone()).read().map_err(BadReceipt::from)?;
    match left {
        Some(kept) if old.size > kept.size => Ok(()),
        _ => check_consistency(old, tree, &news.proof).map_err(Broken::Known),
    }
}

/// The log that a checkpoint is about and its keys, if the key signed it that the root key and the log itself name.
fn verified(news: &LogNews, origin: &Origin) -> Result<(Tree, KeyHistory), BadReceipt> {
    let checkpoint = SignedCheckpoint(news.checkpoint.clone());
    let (_, tree) = checkpoint.read()?;
    let mut keys = KeyHistory::default();
    for event in &news.keys {
        keys.push(event.index, &event.envelope, &news.root.root)?;
        let author = event.envelope.author().ok_or(BadKeys::NotByRoot)?;
        let leaf = Leaf::of(&event.envelope, Purpose::HubKey, &author).ok_or(BadKeys::NotByRoot)?;
        check_inclusion(tree, event.index, leaf.hash(), &event.proof)
            .map_err(|bad| BadReceipt::KeyProof { index: event.index, bad })?;
    }
    let none = BadReceipt::NoKey { index: tree.size.saturating_sub(1) };
    let signer = keys.signer(origin, tree.size)?.ok_or(none)?;
    Ok((checkpoint.verify(origin, &signer)?, keys))
}
