//! Comments, and what of them was read here.

use std::collections::BTreeSet;

use form_document::comment::{Comment, CommentId, StandingComment};
use form_model::command::{CommentSummary, DiscussAct, DiscussRequest, Discussion};
use form_model::error::{ErrorCode, UserError};
use form_model::hex;
use form_model::id::ApplicationId;
use form_store::StoreError;
use ring::digest::{Context, SHA256};

use super::{Workspace, not_saved, rights, unusable};
use crate::session::Session;

impl Workspace {
    /// The comments, after saying something.
    ///
    /// # Errors
    /// [`ErrorCode::LooksOn`] for those who only look on, and as [`Workspace::edit`].
    pub fn discuss(&mut self, request: &DiscussRequest) -> Result<Discussion, UserError> {
        let id = &request.application;
        let now = (self.surroundings.now_ms)();
        match request.act.clone() {
            DiscussAct::Read => {}
            DiscussAct::Say { text, .. } if text.trim().is_empty() => {
                return Err(UserError::new(ErrorCode::EmptyComment));
            }
            DiscussAct::Say { on, to, text, reply_to } => {
                let comment = Comment { on, to, text, reply_to: reply_to.map(CommentId) };
                self.say(id, &comment)?;
            }
            DiscussAct::Settle { comment, settled } => {
                let session = self.session(id)?;
                rights::check_comment(session)?;
                let committed = session.document_mut().settle(&CommentId(comment), settled, now)?;
                self.keep(id, committed.as_ref(), now)?;
            }
            DiscussAct::MarkRead => self.mark_read(id)?,
        }
        let read = self.read_marks(id)?;
        let session = self.session(id)?;
        let comments = session.document().comments();
        Ok(Discussion { comments: comments.iter().map(|comment| session.summary(comment, &read)).collect() })
    }

    pub(super) fn say(&mut self, id: &ApplicationId, comment: &Comment) -> Result<(), UserError> {
        let now = (self.surroundings.now_ms)();
        let session = self.session(id)?;
        rights::check_comment(session)?;
        let said = session.document_mut().comment(comment, now)?;
        self.keep(id, said.as_ref().map(|(_, committed)| committed), now)
    }

    /// How many comments by others were not read here.
    pub(super) fn unread(&mut self, id: &ApplicationId) -> Result<u32, UserError> {
        let read = self.read_marks(id)?;
        let session = self.session(id)?;
        let comments = session.document().comments();
        let unread = comments.iter().filter(|comment| session.is_unread(comment, &read)).count();
        Ok(u32::try_from(unread).unwrap_or(u32::MAX))
    }

    fn mark_read(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        // A comment that is not here now may come again: its change was refused with another's, for one.
        let mut read = self.read_marks(id)?;
        let session = self.session(id)?;
        read.extend(session.document().comments().iter().map(|comment| session.mark(comment)));
        let json = serde_json::to_string(&read).map_err(|error| not_saved(&error))?;
        self.store
            .write(|write| write.put_setting(&setting(id), &json))
            .map_err(|error: StoreError| not_saved(&error))
    }

    fn read_marks(&self, id: &ApplicationId) -> Result<Marks, UserError> {
        let kept = self.store.setting(&setting(id)).map_err(|error| unusable(&self.home, &error))?;
        Ok(kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }
}

/// The comments that were read here, each by its [`Session::mark`].
type Marks = BTreeSet<String>;

/// How much of a hash tells comments of one application apart, in bytes.
const MARK_BYTES: usize = 8;

fn setting(id: &ApplicationId) -> String {
    format!("read/{id}")
}

impl Session {
    fn is_unread(&self, comment: &StandingComment, read: &Marks) -> bool {
        !self.is_own(&comment.author) && !read.contains(&self.mark(comment))
    }

    /// What a comment and the one that takes its place have in common: its device, when it was said, and what. When a
    /// device writes a comment again, actor and number are others.
    fn mark(&self, comment: &StandingComment) -> String {
        let mut hash = Context::new(&SHA256);
        match self.ledger.claim(&comment.author) {
            Some(claim) => hash.update(&claim.device.0),
            None => hash.update(comment.author.to_bytes()),
        }
        hash.update(&comment.time_ms.to_be_bytes());
        hash.update(comment.comment.text.as_bytes());
        let digest = hash.finish();
        hex::encode(digest.as_ref().get(..MARK_BYTES).unwrap_or_default())
    }

    fn summary(&self, standing: &StandingComment, read: &Marks) -> CommentSummary {
        let StandingComment { id, comment, author, time_ms, settled } = standing;
        let roster = self.ledger.chain().newest();
        let me = roster.devices.get(&self.device).map(|device| &device.agency);
        CommentSummary {
            id: id.0.clone(),
            on: comment.on.clone(),
            to: comment.to.clone(),
            text: comment.text.clone(),
            reply_to: comment.reply_to.as_ref().map(|id| id.0.clone()),
            stamp: self.stamp(author, *time_ms),
            settled: *settled,
            unread: self.is_unread(standing, read),
            for_me: me.is_some_and(|me| comment.to.contains(me)),
        }
    }
}
