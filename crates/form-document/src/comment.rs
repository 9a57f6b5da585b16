//! What people say to each other about the answers. Comments are part of the document, so they travel, merge and
//! are signed like everything else; they are no answers, and no sign-off covers them.

use automerge::transaction::Transactable;
use automerge::{ActorId, ReadDoc, ScalarValueRef, ValueRef};
use form_model::id::AnswerId;
use form_model::member::AgencyId;
use serde::{Deserialize, Serialize};

use crate::actor::{change_name, read_change_name};
use crate::document::Document;
use crate::edit::Committed;
use crate::error::EditError;
use crate::op::OpId;
use crate::reader::Shown;
use crate::schema::{Schema, has_bad_character};

/// Longest comment, in characters: an A4 page.
pub const COMMENT_MAX_CHARS: usize = 2_000;

/// Longest comment as stored, in characters: the text, its quoting, and whom and what it is about.
pub(crate) const STORED_MAX_CHARS: usize = 2 * COMMENT_MAX_CHARS + 2_000;

/// The most agencies that one comment names.
const MENTIONS_MAX: usize = 32;

/// Marks the key that tells whether a comment is settled.
const SETTLED: &str = "?settled";

/// Names a comment: its change's actor and number. One change makes one comment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommentId(pub String);

impl CommentId {
    pub(crate) fn new(actor: &ActorId, seq: u64) -> Self {
        Self(change_name(actor, seq))
    }
}

/// A key of the map of comments.
pub(crate) struct CommentKey {
    pub(crate) id: CommentId,
    /// Not the comment itself, but whether it is settled.
    pub(crate) settled: bool,
}

impl CommentKey {
    /// The key that tells whether a comment is settled.
    pub(crate) fn settled(id: &str) -> String {
        format!("{id}{SETTLED}")
    }

    /// The change that makes the comment: its actor and number.
    pub(crate) fn change(&self) -> Option<(ActorId, u64)> {
        read_change_name(&self.id.0)
    }

    pub(crate) fn read(key: &str) -> Option<Self> {
        let (id, settled) = key.strip_suffix(SETTLED).map_or((key, false), |id| (id, true));
        read_change_name(id)?;
        Some(Self { id: CommentId(id.to_owned()), settled })
    }
}

/// What is wrong with a comment as stored: the same on every replica, whoever wrote it.
pub(crate) fn fault(stored: &str, schema: &Schema) -> Option<&'static str> {
    if stored.chars().count() > STORED_MAX_CHARS {
        return Some("it is overlong");
    }
    let Ok(comment) = serde_json::from_str::<Comment>(stored) else {
        return Some("it cannot be read");
    };
    let words = comment.text.chars().count() > COMMENT_MAX_CHARS || comment.to.len() > MENTIONS_MAX;
    let names = comment.to.iter().any(|agency| !agency.is_valid());
    let reply =
        comment.reply_to.as_ref().is_some_and(|id| CommentKey::read(&id.0).is_none_or(|key| key.settled));
    let about = comment.on.as_ref().is_some_and(|answer| schema.kind(answer).is_none());
    // Quoting hides control characters from a look at the stored text.
    let text = comment.text.trim().is_empty() || has_bad_character(&comment.text);
    (words || names || reply || about || text).then_some("no replica writes what it says")
}

/// What a comment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The answer that it is about; `None` for the application as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<AnswerId>,
    /// The agencies that it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<AgencyId>,
    pub text: String,
    /// The comment that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<CommentId>,
}

/// A comment as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingComment {
    pub id: CommentId,
    pub comment: Comment,
    pub author: ActorId,
    /// By the author's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    pub settled: bool,
}

impl Document {
    /// Says something.
    ///
    /// # Errors
    /// When the text is empty, too long or has control characters, when it names too many agencies or what is
    /// none, or when the answer is unknown.
    pub fn comment(
        &mut self,
        comment: &Comment,
        time_ms: i64,
    ) -> Result<Option<(CommentId, Committed)>, EditError> {
        let answer = comment.on.clone().unwrap_or_else(|| AnswerId(String::new()));
        if comment.on.as_ref().is_some_and(|answer| self.schema.kind(answer).is_none()) {
            return Err(EditError::UnknownAnswer { answer });
        }
        let length = comment.text.chars().count();
        if length > COMMENT_MAX_CHARS || comment.to.len() > MENTIONS_MAX {
            return Err(EditError::TooLong { answer, length, limit: COMMENT_MAX_CHARS });
        }
        if comment.text.trim().is_empty() || has_bad_character(&comment.text) {
            return Err(EditError::BadCharacter { answer });
        }
        let failed = |cause: &dyn std::fmt::Display| EditError::Document { cause: cause.to_string() };
        let stored = serde_json::to_string(comment).map_err(|error| failed(&error))?;
        if let Some(fault) = fault(&stored, &self.schema) {
            return Err(failed(&fault));
        }
        let id = CommentId::new(self.actor(), self.causality().last_seq(self.actor()).saturating_add(1));
        let map = self.objects.discussion().cloned().ok_or_else(|| failed(&"no map of comments"))?;
        let committed = self
            .commit(time_ms, Shown::default(), |transaction| transaction.put(&map, id.0.as_str(), stored))?;
        Ok(committed.map(|committed| (id, committed)))
    }

    /// Says that a comment is settled, or no longer.
    ///
    /// # Errors
    /// When the document cannot be written.
    pub fn settle(
        &mut self,
        id: &CommentId,
        settled: bool,
        time_ms: i64,
    ) -> Result<Option<Committed>, EditError> {
        let found = self.comments().into_iter().find(|comment| comment.id == *id);
        let missing = || EditError::Document { cause: format!("there is no comment {}", id.0) };
        if found.ok_or_else(missing)?.settled == settled {
            return Ok(None);
        }
        let map = self.objects.discussion().cloned().ok_or_else(missing)?;
        self.commit(time_ms, Shown::default(), |transaction| {
            transaction.put(&map, CommentKey::settled(&id.0), settled)
        })
    }

    /// All comments, oldest first by their authors' clocks.
    pub fn comments(&self) -> Vec<StandingComment> {
        let Some(map) = self.objects.discussion() else { return Vec::new() };
        let mut comments = Vec::new();
        for item in self.automerge.map_range(map, ..) {
            let (ValueRef::Scalar(ScalarValueRef::Str(text)), Some(op)) =
                (&item.value, OpId::from_automerge(&item.id()))
            else {
                continue;
            };
            let Ok(comment) = serde_json::from_str::<Comment>(text) else { continue };
            let settled = self.automerge.get(map, CommentKey::settled(&item.key)).ok().flatten();
            let settled = settled.and_then(|(value, _)| value.as_bool()).unwrap_or(false);
            let (id, time_ms) = (CommentId(item.key.to_string()), self.time_of(&op));
            comments.push(StandingComment { id, comment, author: op.actor, time_ms, settled });
        }
        comments.sort_by(|a, b| (a.time_ms, &a.id).cmp(&(b.time_ms, &b.id)));
        comments
    }
}
