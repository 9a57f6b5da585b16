//! The open application as the view has it: what is stored, what is typed and not stored yet, what is wrong.
//! Plain data and transitions; [`super::desk`] moves it.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use form_model::answer::{AnswerValue, Answers};
use form_model::check::{self, Problem};
use form_model::command::{
    Acknowledged, AnswerState, BlobState, CommentSummary, Discussion, Edit, OpenedApplication, Present,
    Reason, SectionSigning, Signing, Stamp, SyncState, Team, UndoState, Watch,
};
use form_model::definition::{AnswerKind, Field, FormDefinition};
use form_model::id::{AnswerId, ApplicationId};
use form_model::input;
use form_model::progress::{self, SectionProgress};

use super::evidence::Told;
use super::prose::Prose;
use super::rights;
use crate::shell::Failure;

/// Values that stand or fall together; a `None` clears.
pub type Values = Vec<(AnswerId, Option<AnswerValue>)>;

/// What the state line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveState {
    /// Something is typed or on its way and not acknowledged.
    Saving,
    /// Everything is on the disk since that time, milliseconds since 1970-01-01 UTC.
    Saved(i64),
    /// So many answers could not be stored.
    Failed(usize),
}

/// What a colleague put into an answer while it was being typed into here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overtaken {
    pub stamp: Stamp,
    pub value: Option<AnswerValue>,
}

/// What is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Typed {
    /// In mid-composition.
    Unknown,
    Text(Option<AnswerValue>),
}

/// The open application.
#[derive(Debug)]
pub struct Sheet {
    pub application: ApplicationId,
    /// The name it was started with.
    started_as: String,
    pub definition: Rc<FormDefinition>,
    pub undo: UndoState,
    /// Blocking problems and cautions, in printed order.
    pub problems: Rc<Vec<Problem>>,
    /// One a section.
    pub progress: Rc<Vec<SectionProgress>>,
    /// Whether blank required answers are shown as problems: from the first time a person asks for a check.
    pub blanks_shown: bool,
    /// The answer being typed into since it was entered: nobody is scolded while typing.
    pub typing: Option<AnswerId>,
    /// The answer in which an input method composes: what is typed there is not known yet.
    pub composing: Option<AnswerId>,
    /// Set when view and document can no longer be kept in step: the application must be opened again.
    pub out_of_step: Option<Failure>,
    /// Who takes part.
    pub team: Rc<Team>,
    /// How sign-off and revisions stand, as the shell last told it.
    pub signing: Rc<Signing>,
    /// How far what is here has come to the hub.
    pub sync: SyncState,
    /// Colleagues who are in the form now.
    pub present: Vec<Present>,
    /// What was said.
    pub discussion: Rc<Discussion>,
    /// Comments by others that were not read here yet.
    pub unread: u32,
    /// Long texts that two people rewrote at one place, to be read through.
    pub reread: Vec<AnswerId>,
    /// Where the files of evidence are, by their hashes.
    pub blobs: Rc<BTreeMap<String, BlobState>>,
    /// Whether the line to the hub costs money.
    pub metered: bool,
    /// Whether no files are carried.
    pub paused: bool,
    /// What came of the last adding to each slot, by its id, until something else is added there.
    pub told: Rc<BTreeMap<String, Told>>,
    /// The folder that is watched for this application.
    pub watch: Option<Watch>,
    /// Whether large photos are made smaller when they are added.
    pub smaller: bool,
    /// When the disk last took a change of this desk in this opening.
    pub last_own_ms: Option<i64>,
    /// Values of colleagues that came while the answer was being typed into, until a person has seen them.
    overtaken: BTreeMap<AnswerId, Overtaken>,
    /// The answers as shown: stored, and over them what is on its way.
    answers: Answers,
    /// What is entered wrongly in sections that completeness does not cover.
    uncounted: Vec<Problem>,
    states: BTreeMap<AnswerId, AnswerState>,
    drafts: BTreeMap<AnswerId, String>,
    outbox: VecDeque<Values>,
    in_flight: bool,
    refused: BTreeMap<AnswerId, (Option<AnswerValue>, Failure)>,
    prose: BTreeMap<AnswerId, Prose>,
    saved_ms: i64,
}

impl Sheet {
    /// The application as the shell opened it.
    pub fn new(opened: OpenedApplication) -> Self {
        let definition = Rc::new(opened.definition);
        let mut sheet = Self {
            application: opened.id,
            started_as: opened.name,
            definition: definition.clone(),
            undo: opened.undo,
            problems: Rc::default(),
            progress: Rc::default(),
            blanks_shown: false,
            typing: None,
            composing: None,
            out_of_step: None,
            team: Rc::new(opened.team),
            signing: Rc::default(),
            sync: opened.sync,
            present: opened.present,
            discussion: Rc::default(),
            unread: opened.unread,
            reread: opened.reread,
            blobs: Rc::default(),
            metered: false,
            paused: false,
            told: Rc::default(),
            watch: None,
            smaller: false,
            last_own_ms: None,
            overtaken: BTreeMap::new(),
            answers: Answers::default(),
            uncounted: Vec::new(),
            states: BTreeMap::new(),
            drafts: BTreeMap::new(),
            outbox: VecDeque::new(),
            in_flight: false,
            refused: BTreeMap::new(),
            prose: BTreeMap::new(),
            saved_ms: opened.saved_ms,
        };
        let empty_prose = definition.fields().flat_map(Field::answers);
        for answer in empty_prose.filter(|id| definition.answer_kind(id) == Some(AnswerKind::Prose)) {
            sheet.prose.insert(answer, Prose::new(String::new(), 0));
        }
        for state in opened.answers {
            if let Some(prose) = sheet.prose.get_mut(&state.answer) {
                let text = state.value.as_ref().map_or("", AnswerValue::as_text);
                *prose = Prose::new(text.to_owned(), state.revision);
            }
            sheet.store(state);
        }
        sheet.check();
        sheet
    }

    /// What the application is called: by the form's name answer, while that is blank as it was started.
    pub fn name(&self) -> &str {
        match self.answers.text(&self.definition.name_answer).trim() {
            "" => self.started_as.trim(),
            name => name,
        }
    }

    /// The answers as shown, for checks and conditions.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The answer's text as shown: as typed, else on its way, else stored.
    pub fn shown(&self, answer: &AnswerId) -> &str {
        self.drafts.get(answer).map_or_else(|| self.answers.text(answer), String::as_str)
    }

    /// Whether text was typed that has not been committed yet.
    pub fn is_draft(&self, answer: &AnswerId) -> bool {
        self.drafts.contains_key(answer)
    }

    /// Whether something typed into an answer is not on the disk yet.
    pub fn is_entered(&self, answer: &AnswerId) -> bool {
        self.drafts.contains_key(answer)
            || self.refused.contains_key(answer)
            || self.outbox.iter().flatten().any(|(waiting, _)| waiting == answer)
    }

    /// What the shell says about an answer, if anything is stored.
    pub fn state(&self, answer: &AnswerId) -> Option<&AnswerState> {
        self.states.get(answer)
    }

    /// Whether this desk may write the answer.
    pub fn may_write(&self, answer: &AnswerId) -> bool {
        rights::may_write(&self.team, answer)
    }

    /// How the sign-off of a section stands; nothing before the shell has told it, and of sections that nobody signs.
    pub fn section_signing(&self, section: &str) -> Option<&SectionSigning> {
        self.signing.sections.iter().find(|signing| signing.section == section)
    }

    /// Why an answer was returned for correction, while its section is open for it.
    pub fn returned(&self, answer: &AnswerId) -> impl Iterator<Item = &Reason> {
        let answer = answer.clone();
        let revision = &self.team.revision;
        let open = !revision.frozen.iter().any(|section| section == answer.section());
        let returned = revision.returned.as_ref().filter(|_| open);
        let reasons = returned.map(|returned| returned.reasons.as_slice()).unwrap_or_default();
        reasons.iter().filter(move |reason| reason.on.as_ref() == Some(&answer))
    }

    /// The newest change of a section that is told by its stamp.
    pub fn newest_change(&self, section: &str) -> Option<&Stamp> {
        let here = self.states.values().filter(|state| state.answer.section() == section);
        here.filter_map(|state| state.changed.as_ref()).max_by_key(|stamp| stamp.time_ms)
    }

    /// What a colleague put into the answer while it was being typed into here and what was typed has replaced.
    /// Nobody is told while they type.
    pub fn overtaken(&self, answer: &AnswerId) -> Option<&Overtaken> {
        let typing = self.typing.as_ref() == Some(answer) || self.drafts.contains_key(answer);
        let replaced = |theirs: &&Overtaken| self.answers.get(answer) != theirs.value.as_ref();
        self.overtaken.get(answer).filter(replaced).filter(|_| !typing && !self.in_conflict(answer))
    }

    /// What a colleague has put into the answer since it is being typed into.
    pub fn arrived(&self, answer: &AnswerId) -> Option<&Overtaken> {
        self.overtaken.get(answer)
    }

    /// The person has seen what a colleague had put there.
    pub fn forget_overtaken(&mut self, answer: &AnswerId) {
        self.overtaken.remove(answer);
    }

    /// Comments on some answers, oldest first.
    pub fn comments_on<'a>(
        &'a self,
        answers: &'a [AnswerId],
    ) -> impl Iterator<Item = &'a CommentSummary> + 'a {
        let about =
            |comment: &&CommentSummary| comment.on.as_ref().is_some_and(|on| answers.contains(&on.base()));
        self.discussion.comments.iter().filter(about)
    }

    /// Whether a person has to pick one of several values.
    pub fn in_conflict(&self, answer: &AnswerId) -> bool {
        self.states.get(answer).is_some_and(|state| !state.conflict.is_empty())
    }

    /// The answers for which a person has to pick one of several values.
    pub fn conflicts(&self) -> impl Iterator<Item = &AnswerId> {
        self.states.values().filter(|state| !state.conflict.is_empty()).map(|state| &state.answer)
    }

    /// Why the answer as shown could not be stored.
    pub fn refusal(&self, answer: &AnswerId) -> Option<&Failure> {
        let prose = || self.prose.get(answer).and_then(|prose| prose.refused.as_ref());
        self.refused.get(answer).map(|(_, failure)| failure).or_else(prose)
    }

    /// The first refusal there is, with its answer.
    pub fn first_refusal(&self) -> Option<(&AnswerId, &Failure)> {
        let values = self.refused.iter().map(|(answer, (_, failure))| (answer, failure));
        let prose = self.prose.iter().filter_map(|(answer, prose)| Some((answer, prose.refused.as_ref()?)));
        values.chain(prose).next()
    }

    /// The prose text of that answer.
    pub fn prose(&self, answer: &AnswerId) -> Option<&Prose> {
        self.prose.get(answer)
    }

    /// The prose text of that answer, to be moved.
    pub fn prose_mut(&mut self, answer: &AnswerId) -> Option<&mut Prose> {
        self.prose.get_mut(answer)
    }

    /// Takes over a prose text as it stands now, for checks and counts.
    pub fn settle_prose(&mut self, answer: &AnswerId) {
        if let Some(prose) = self.prose.get(answer) {
            self.answers.set(answer.clone(), Some(AnswerValue::Text(prose.text().to_owned())));
        }
    }

    /// What the state line says.
    pub fn save_state(&self) -> SaveState {
        let prose_refused = self.prose.values().filter(|prose| prose.refused.is_some()).count();
        let prose_saving = self.prose.values().any(|prose| !prose.is_saved() && prose.refused.is_none());
        if !self.drafts.is_empty() || !self.outbox.is_empty() || prose_saving {
            return SaveState::Saving;
        }
        match self.refused.len() + prose_refused {
            0 => SaveState::Saved(self.saved_ms),
            count => SaveState::Failed(count),
        }
    }

    /// Remembers what is being typed into a value. It is not stored before [`Self::commit`].
    pub fn draft(&mut self, answer: &AnswerId, text: String) {
        self.typing = Some(answer.clone());
        if self.answers.text(answer) == text && !self.refused.contains_key(answer) {
            self.drafts.remove(answer);
        } else {
            self.drafts.insert(answer.clone(), text);
        }
    }

    /// Queues what was typed into a value, in the spelling that is stored.
    pub fn commit(&mut self, answer: &AnswerId) {
        let Some(text) = self.drafts.remove(answer) else { return };
        let field = self.definition.field_of(answer);
        let text = field.map_or_else(|| input::clean(&text), |field| input::normalise(field, answer, &text));
        if text == self.answers.text(answer) && !self.refused.contains_key(answer) {
            return;
        }
        let value = Some(text).filter(|text| !text.is_empty()).map(AnswerValue::Text);
        self.set(vec![(answer.clone(), value)]);
    }

    /// Every answer with typed text that waits for [`Self::commit`].
    pub fn drafted(&self) -> Vec<AnswerId> {
        self.drafts.keys().cloned().collect()
    }

    /// Queues values and shows them at once.
    pub fn set(&mut self, values: Values) {
        for (answer, value) in &values {
            self.drafts.remove(answer);
            self.refused.remove(answer);
            self.answers.set(answer.clone(), value.clone());
        }
        self.outbox.push_back(values);
        self.check();
    }

    /// The step to send now. One is on its way at a time, so that they arrive in order.
    pub fn next_set(&mut self) -> Option<Edit> {
        if self.in_flight {
            return None;
        }
        let values = self.outbox.front()?.clone();
        self.in_flight = true;
        Some(Edit::Set { values })
    }

    /// The step on its way is on the disk.
    pub fn set_acknowledged(&mut self, acknowledged: Acknowledged) {
        self.in_flight = false;
        self.outbox.pop_front();
        self.own_saved_at(acknowledged.saved_ms);
        self.undo = acknowledged.undo;
        self.take(acknowledged.answers);
    }

    /// The step on its way was not kept: what was entered stays on the screen, marked.
    pub fn set_refused(&mut self, failure: &Failure) {
        self.in_flight = false;
        for (answer, value) in self.outbox.pop_front().unwrap_or_default() {
            self.refused.insert(answer, (value, failure.clone()));
        }
    }

    /// Queues what was refused once more.
    pub fn retry(&mut self) {
        for (answer, (value, _)) in std::mem::take(&mut self.refused) {
            self.outbox.push_back(vec![(answer, value)]);
        }
    }

    /// Something was committed at that time.
    pub fn saved_at(&mut self, saved_ms: i64) {
        self.saved_ms = self.saved_ms.max(saved_ms);
    }

    /// A change of this desk was committed at that time.
    pub fn own_saved_at(&mut self, saved_ms: i64) {
        self.last_own_ms = self.last_own_ms.max(Some(saved_ms));
        self.saved_at(saved_ms);
    }

    /// Takes in answers as they stand after changes by other hands.
    pub fn take_foreign(&mut self, states: Vec<AnswerState>) {
        for state in &states {
            if let Some(overtaken) = self.overtaking(state) {
                self.overtaken.insert(state.answer.clone(), overtaken);
            }
        }
        self.take(states);
    }

    /// The newest value of a colleague that has just come under a person's typing, so that what is typed will
    /// replace it: the person is told.
    fn overtaking(&self, state: &AnswerState) -> Option<Overtaken> {
        let typed = self.being_typed(&state.answer)?;
        let foreign: Vec<Overtaken> = if state.conflict.is_empty() {
            let changed = state.changed.iter();
            changed.map(|stamp| Overtaken { stamp: stamp.clone(), value: state.value.clone() }).collect()
        } else {
            let sides = state.conflict.iter();
            sides.map(|side| Overtaken { stamp: side.stamp.clone(), value: side.value.clone() }).collect()
        };
        let news = foreign
            .into_iter()
            .filter(|theirs| !theirs.stamp.own && typed != Typed::Text(theirs.value.clone()));
        news.max_by_key(|theirs| theirs.stamp.time_ms)
    }

    /// What is typed into an answer and not on the disk yet.
    fn being_typed(&self, answer: &AnswerId) -> Option<Typed> {
        if self.composing.as_ref() == Some(answer) {
            return Some(Typed::Unknown);
        }
        if let Some(text) = self.drafts.get(answer) {
            let field = self.definition.field_of(answer);
            let text =
                field.map_or_else(|| input::clean(text), |field| input::normalise(field, answer, text));
            return Some(Typed::Text(Some(text).filter(|text| !text.is_empty()).map(AnswerValue::Text)));
        }
        let mut values = self.outbox.iter().flatten().filter(|(waiting, _)| waiting == answer);
        values.next_back().map(|(_, value)| Typed::Text(value.clone()))
    }

    /// Takes in answers as they stand in the document.
    pub fn take(&mut self, states: Vec<AnswerState>) {
        for state in states {
            self.store(state);
        }
        self.check();
    }

    /// Looks for problems and counts what is answered.
    pub fn check(&mut self) {
        self.problems = Rc::new(check::check(&self.definition, &self.answers));
        let uncounted = self.definition.sections.iter().filter(|section| !section.counted);
        self.uncounted = uncounted
            .flat_map(|section| check::check_section(&self.definition, &section.id, &self.answers))
            .filter(|problem| !problem.is_missing())
            .collect();
        self.progress = Rc::new(progress::progress(&self.definition, &self.answers));
    }

    /// The problems of one answer that are to be shown beside it, cautions included.
    pub fn problems_of(&self, answer: &AnswerId) -> Vec<&Problem> {
        if self.typing.as_ref() == Some(answer) {
            return Vec::new();
        }
        let shown =
            |problem: &&Problem| problem.answer == *answer && (self.blanks_shown || !problem.is_missing());
        self.problems.iter().chain(self.uncounted.iter()).filter(shown).collect()
    }

    fn store(&mut self, state: AnswerState) {
        let answer = state.answer.clone();
        let entered = self.refused.contains_key(&answer)
            || self.outbox.iter().flatten().any(|(waiting, _)| *waiting == answer);
        if let Some(prose) = self.prose.get(&answer) {
            self.answers.set(answer.clone(), Some(AnswerValue::Text(prose.text().to_owned())));
        } else if !entered {
            self.answers.set(answer.clone(), state.value.clone());
        }
        self.states.insert(answer, state);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "sheet_test.rs"]
mod tests;
