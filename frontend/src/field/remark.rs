//! What stands under a control: what is wrong and what to do, several values to pick from, why nothing was stored.

use form_model::answer::AnswerValue;
use form_model::check::Problem;
use form_model::definition::FormDefinition;
use form_model::evidence::{Attribute, EvidenceFile, EvidenceKey};
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::rule::Severity;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::conflict::{self, Conflict};
use super::{Work, field_at, remark_id, value};
use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::sign::sign;

/// Whether there is anything to say under one of these answers.
pub fn is_due(sheet: &Sheet, answers: &[AnswerId]) -> bool {
    answers.iter().any(|answer| {
        !sheet.problems_of(answer).is_empty()
            || sheet.refusal(answer).is_some()
            || sheet.in_conflict(answer)
            || sheet.overtaken(answer).is_some()
            || sheet.reread.contains(answer)
            || sheet.returned(answer).next().is_some()
    })
}

/// The id of the remark about an answer, while there is one.
pub fn description(sheet: &Sheet, answer: &AnswerId) -> Option<AttrValue> {
    is_due(sheet, std::slice::from_ref(answer)).then(|| remark_id(answer).into())
}

/// How a cell is marked for what is said about its answers.
pub fn mark(sheet: &Sheet, answers: &[AnswerId]) -> Option<&'static str> {
    let problems = || answers.iter().flat_map(|answer| sheet.problems_of(answer));
    if answers.iter().any(|answer| sheet.in_conflict(answer)) {
        Some("in-conflict")
    } else if answers.iter().any(|answer| sheet.returned(answer).next().is_some()) {
        Some("returned")
    } else if answers.iter().any(|answer| sheet.refusal(answer).is_some()) || problems().any(Problem::blocks)
    {
        Some("has-problem")
    } else if problems().any(|problem| !problem.confirmed) {
        Some("has-caution")
    } else {
        None
    }
}

#[derive(PartialEq, Properties)]
pub struct RemarksProps {
    pub answers: Vec<AnswerId>,
    pub version: u32,
}

/// Everything that is to be said about some answers.
#[component]
pub fn Remarks(props: &RemarksProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let said = props.answers.iter().filter(|answer| is_due(&sheet, std::slice::from_ref(*answer)));
    let said = said.map(|answer| {
        let conflict = sheet.state(answer).map(|state| state.conflict.clone()).unwrap_or_default();
        html! {
            <div class="remarks" key={answer.0.clone()} id={remark_id(answer)} data-remark={answer.0.clone()}>
                { for sheet.returned(answer).map(|reason| html! {
                    <p class="remark returned">
                        { sign(Icon::Flag) }
                        <span>{ text::RETURNED_FIELD.fill(language, &[("reason", &reason.text)]) }</span>
                    </p>
                }) }
                if let Some(failure) = sheet.refusal(answer) {
                    <p class="remark problem">{ sign(Icon::ExclamationCircle) }<span>{ failure.sentence(language) }</span></p>
                }
                if !conflict.is_empty() { <Conflict answer={answer.clone()} values={conflict} /> }
                if let Some(theirs) = sheet.overtaken(answer) { { conflict::overtaken(&work, answer, theirs, language) } }
                if sheet.reread.contains(answer) { { conflict::reread(&work, answer, language) } }
                { for sheet.problems_of(answer).into_iter().map(|problem| remark(&work, &sheet, problem, language)) }
            </div>
        }
    });
    html! { { for said } }
}

/// One problem's sentence; a caution with its confirmation.
fn remark(work: &Work, sheet: &Sheet, problem: &Problem, language: Language) -> Html {
    let sentence = problem.sentence(&sheet.definition, language);
    let (class, icon) = match problem.severity {
        Severity::Blocking if problem.is_missing() => ("remark missing", Icon::ExclamationCircle),
        Severity::Blocking => ("remark problem", Icon::ExclamationCircle),
        Severity::Caution if problem.confirmed => ("remark confirmed", Icon::CheckCircle),
        Severity::Caution => ("remark caution", Icon::ExclamationTriangle),
    };
    html! {
        <p key={problem.rule.clone()} {class} data-rule={problem.rule.clone()}>
            { sign(icon) }
            <span>{ sentence }</span>
            if problem.severity == Severity::Caution { { confirmation(work, sheet, problem, language) } }
        </p>
    }
}

/// 确认 or, once confirmed, the way back.
pub fn confirmation(work: &Work, sheet: &Sheet, problem: &Problem, language: Language) -> Html {
    let (facet, value) = problem.confirmation(sheet.answers());
    let confirmed = problem.confirmed;
    if !sheet.may_write(&facet) {
        return html! { if confirmed { <em>{ text::CONFIRMED.of(language) }</em> } };
    }
    let onclick = {
        let desk = work.desk.clone();
        Callback::from(move |()| {
            let value = (!confirmed).then(|| value.clone());
            desk.set_one(facet.clone(), value);
        })
    };
    if confirmed {
        return html! {
            <>
                <em>{ text::CONFIRMED.of(language) }</em>
                <Action name="withdraw-confirmation" label={text::WITHDRAW.of(language)} weight={Weight::Link}
                    small=true {onclick} />
            </>
        };
    }
    html! { <Action name="confirm" label={text::CONFIRM.of(language)} small=true {onclick} /> }
}

/// What is stored about a file of evidence, where that is no word of a person's.
fn of_evidence(
    definition: &FormDefinition,
    answer: &AnswerId,
    value: Option<&AnswerValue>,
    language: Language,
) -> Option<String> {
    let key = EvidenceKey::read(answer)?;
    match (key.attribute, value) {
        (Attribute::Removed, Some(_)) => Some(text::REMOVED.of(language).to_owned()),
        (Attribute::Removed, None) => Some(text::NOT_REMOVED.of(language).to_owned()),
        (Attribute::Kind, Some(kind)) => {
            Some(definition.text(language, &format!("evidence_kind.{}", kind.as_text())).to_owned())
        }
        (Attribute::Facts, Some(facts)) => Some(EvidenceFile::read(facts.as_text())?.name),
        _ => None,
    }
}

/// A stored value in words.
pub fn spelled(
    definition: &FormDefinition,
    answer: &AnswerId,
    value: Option<&AnswerValue>,
    language: Language,
) -> String {
    let field = field_at(definition, answer);
    if let Some(words) = of_evidence(definition, answer, value, language) {
        return words;
    }
    match value {
        None => text::BLANK.of(language).to_owned(),
        Some(AnswerValue::Flag(true)) => text::TICKED.of(language).to_owned(),
        Some(AnswerValue::Flag(false)) => text::NOT_TICKED.of(language).to_owned(),
        Some(AnswerValue::Text(text)) if text.is_empty() => text::BLANK.of(language).to_owned(),
        Some(AnswerValue::Text(stored)) => match (field.map(|field| &field.kind), stored.as_str()) {
            (Some(form_model::definition::FieldKind::YesNo { .. }), form_model::input::YES) => {
                text::YES.of(language).to_owned()
            }
            (Some(form_model::definition::FieldKind::YesNo { .. }), form_model::input::NO) => {
                text::NO.of(language).to_owned()
            }
            (Some(form_model::definition::FieldKind::Choice { .. }), option) => {
                definition.text(language, &format!("{answer}.{option}.label")).to_owned()
            }
            (Some(_), stored) => {
                field.map_or_else(|| stored.to_owned(), |field| value::displayed(field, stored, language))
            }
            (None, stored) => stored.to_owned(),
        },
    }
}
