//! A value that is typed: words, a figure, a date, a telephone number. Stored when it is left, on Enter, and after
//! a short pause.

use form_model::answer::AnswerValue;
use form_model::calculate;
use form_model::definition::{Field, FieldKind};
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::{date, input, number};
use yew::prelude::*;

use super::access::read_only;
use super::keys::{Press, Reaction, react};
use super::text_box::{TextBox, Writing};
use super::text_element::{caret, pasted_text};
use super::{Work, page, remark, spoken_name};
use crate::panel::convert;
use crate::paper::grid::Move;

#[derive(PartialEq, Properties)]
pub struct ValueProps {
    pub field: Field,
    pub answer: AnswerId,
    pub version: u32,
}

/// What stands in the box while it is in focus.
#[derive(Clone, PartialEq)]
struct Editing {
    /// What was stored when it was entered.
    base: String,
    text: String,
}

#[component]
pub fn Value(props: &ValueProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let editing = use_state(|| None::<Editing>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let answer = props.answer.clone();
    let sheet = work.desk.sheet();
    let stored = sheet.shown(&answer).to_owned();
    let text = match &*editing {
        Some(editing) if editing.text != editing.base => editing.text.clone(),
        Some(_) => stored.clone(),
        None if answer.facet().is_some() => stored.clone(),
        None => displayed(&props.field, &stored, language),
    };
    let name = spoken_name(&sheet.definition, language, &answer);
    let described_by = remark::description(&sheet, &answer);
    let placeholder = sheet.definition.message(language, &format!("{}.placeholder", props.field.id));
    let placeholder = placeholder.filter(|_| answer.facet().is_none());
    let placeholder = placeholder.map(|text| AttrValue::from(text.to_owned()));
    let read_only = read_only(&sheet, &answer, language);
    let taken_away = read_only.is_some() && !sheet.is_entered(&answer);
    let foreign = sheet.state(&answer).and_then(|state| state.changed.clone()).filter(|stamp| !stamp.own);
    drop(sheet);
    {
        // What a colleague stores flows into the box in focus, unless something is typed there: that stays.
        let (editing, work, answer, stored) = (editing.clone(), work.clone(), answer.clone(), stored.clone());
        use_effect_with(foreign, move |foreign| {
            let typed = work.desk.sheet().is_draft(&answer);
            if foreign.is_some() && editing.is_some() && !typed {
                editing.set(Some(Editing { text: stored.clone(), base: stored }));
            }
        });
    }

    {
        // What was typed when the right was taken is kept elsewhere; the box shows what the document has.
        let editing = editing.clone();
        use_effect_with(taken_away, move |taken_away| {
            if *taken_away {
                editing.set(None);
            }
        });
    }

    let onfocus = {
        let (editing, work, answer) = (editing.clone(), work.clone(), answer.clone());
        Callback::from(move |()| {
            let base = work.desk.sheet().shown(&answer).to_owned();
            editing.set(Some(Editing { text: base.clone(), base }));
            work.onenter.emit(answer.clone());
        })
    };
    let onblur = {
        let (editing, work, answer) = (editing.clone(), work.clone(), answer.clone());
        Callback::from(move |()| {
            editing.set(None);
            work.desk.leave(&answer);
        })
    };
    let ontext = {
        let (editing, work, answer, stored) = (editing.clone(), work.clone(), answer.clone(), stored.clone());
        Callback::from(move |text: String| {
            let base = (*editing).as_ref().map_or_else(|| stored.clone(), |editing| editing.base.clone());
            if (*editing).as_ref().is_some_and(|editing| editing.text == text) {
                return;
            }
            editing.set(Some(Editing { base, text: text.clone() }));
            work.desk.draft(&answer, text);
        })
    };
    let onkeydown = {
        let (editing, work, answer) = (editing.clone(), work.clone(), answer.clone());
        Callback::from(move |event: KeyboardEvent| match pressed(&event) {
            Reaction::Revert => {
                if let Some(Editing { base, .. }) = (*editing).clone() {
                    let base = arrived(&work, &answer).unwrap_or(base);
                    work.desk.draft(&answer, base.clone());
                    work.desk.leave(&answer);
                    editing.set(Some(Editing { text: base.clone(), base }));
                }
            }
            reaction => carry_out(reaction, &work, &answer, &event),
        })
    };
    let onpaste = {
        let (work, answer, field) = (work.clone(), answer.clone(), props.field.clone());
        Callback::from(move |event: Event| pasted(&work, &answer, &field, &event))
    };
    let onexcess = {
        let (work, name) = (work.clone(), name.clone());
        Callback::from(move |length| work.desk.refuse_length(&name, length, input::VALUE_MAX_CHARS))
    };
    let oncompose = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |begins| work.desk.compose(&answer, begins))
    };
    let writing = match &props.field.kind {
        _ if props.answer.facet().is_some() => Writing::Words,
        FieldKind::Number { .. } => Writing::Figure,
        FieldKind::Date { .. } | FieldKind::Phone => Writing::Line,
        _ => Writing::Words,
    };
    html! {
        <TextBox {answer} {writing} {text} {name} {described_by} {read_only} required={props.field.required} {placeholder}
            most={input::VALUE_MAX_CHARS} {ontext} {oncompose} {onexcess} {onfocus} {onblur} {onkeydown} {onpaste} />
    }
}

/// What a colleague has stored since the box was typed into: going back goes back to that.
fn arrived(work: &Work, answer: &AnswerId) -> Option<String> {
    let sheet = work.desk.sheet();
    let theirs = sheet.arrived(answer)?;
    Some(theirs.value.as_ref().map(|value| value.as_text().to_owned()).unwrap_or_default())
}

/// A value computed from other answers: to be read, not written.
#[component]
pub fn Calculated(props: &ValueProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let column =
        props.answer.as_str().strip_prefix(props.field.id.as_str()).and_then(|rest| rest.strip_prefix('.'));
    let value = calculate::value(&sheet.definition, &props.field, column, sheet.answers());
    let name = spoken_name(&sheet.definition, language, &props.answer);
    let shown = value.map_or_else(|| "—".to_owned(), |value| number::display(&value));
    html! { <output class="calculated" aria-label={name}>{ shown }</output> }
}

/// How a stored value reads while nobody edits it.
pub fn displayed(field: &Field, stored: &str, language: Language) -> String {
    match field.kind {
        FieldKind::Number { .. } => number::display(stored),
        FieldKind::Date { .. } => date::display(stored, language),
        _ => stored.to_owned(),
    }
}

fn pressed(event: &KeyboardEvent) -> Reaction {
    let press = Press {
        key: &event.key(),
        shift: event.shift_key(),
        control: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        composing: event.is_composing(),
    };
    caret().map_or(Reaction::Leave, |caret| react(press, caret))
}

fn carry_out(reaction: Reaction, work: &Work, answer: &AnswerId, event: &KeyboardEvent) {
    match reaction {
        Reaction::Leave | Reaction::Revert => {}
        Reaction::Go(to) => {
            if let Some(next) = work.grid.neighbour(answer, to) {
                event.prevent_default();
                page::enter(next);
            }
        }
        Reaction::Enter => {
            event.prevent_default();
            work.desk.commit(answer);
            match work.grid.neighbour(answer, Move::Down) {
                Some(next) => {
                    page::enter(next);
                }
                None => page::enter_next(),
            }
        }
        Reaction::FillFrom(from) => {
            event.prevent_default();
            if let Some(source) = work.grid.neighbour(answer, from) {
                let text = work.desk.sheet().shown(source).to_owned();
                let value = Some(text).filter(|text| !text.is_empty()).map(AnswerValue::Text);
                work.desk.set_one(answer.clone(), value);
            }
        }
    }
}

/// A pasted block of cells or an amount in another unit goes to the person first; other text is simply put in.
fn pasted(work: &Work, answer: &AnswerId, field: &Field, event: &Event) {
    let Some(text) = pasted_text(event) else { return };
    if !work.desk.sheet().may_write(answer) {
        return;
    }
    let rows = form_model::paste::table(&text);
    let several = rows.len() > 1 || rows.iter().any(|row| row.len() > 1);
    let cell =
        matches!(field.kind, FieldKind::Number { .. } | FieldKind::Date { .. }) || !field.columns.is_empty();
    if several && (cell || text.contains('\t')) {
        event.prevent_default();
        work.onblock.emit((answer.clone(), text));
    } else if convert::is_foreign(field, &text) {
        event.prevent_default();
        work.onamount.emit((answer.clone(), text));
    }
}
