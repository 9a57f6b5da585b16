//! Over a control: who else is in it, in their agency's colour and with their name, and that something was said
//! about it. In long text also where their carets stand.

use form_model::command::{AgencySummary, Present};
use form_model::id::AnswerId;
use gloo_events::EventListener;
use web_sys::Element;
use yew::prelude::*;

use super::{Work, answers_at};
use crate::state::presence::{before_caret, is_in};
use crate::state::rights;
use crate::state::sheet::Sheet;
use crate::state::watch::{Change, use_changes};
use crate::widget::agency::hue;
use crate::widget::sign::comment_sign;

#[derive(PartialEq, Properties)]
pub struct MarksProps {
    pub answer: AnswerId,
}

/// Colleagues in the control and comments about it. Drawn anew by itself: others' coming and going draws no
/// control anew.
#[component]
pub fn Marks(props: &MarksProps) -> Html {
    match use_context::<Work>() {
        Some(work) => html! { <MarksOf {work} answer={props.answer.clone()} /> },
        None => Html::default(),
    }
}

#[derive(PartialEq, Properties)]
struct MarksOfProps {
    work: Work,
    answer: AnswerId,
}

#[component]
fn MarksOf(props: &MarksOfProps) -> Html {
    let own = props.answer.clone();
    use_changes(&props.work.desk, move |change| match change {
        Change::Presence(touched) => touched.iter().any(|answer| is_in(answer, &own)),
        Change::Discussion => true,
        _ => false,
    });
    let sheet = props.work.desk.sheet();
    let here = colleagues(&sheet, &props.answer);
    let open = open_comments(&sheet, &props.answer);
    let Some((first, _)) = here.first() else {
        return html! { if open > 0 { { comment_mark(open) } } };
    };
    let tag = |(agency, person): &(&AgencySummary, &Present)| {
        html! {
            <span class={classes!("colleague-tag", hue(agency.colour))} key={person.device.clone()}>
                <b>{ &agency.mark }</b>{ &person.person }
            </span>
        }
    };
    html! {
        <>
            <span class={classes!("colleagues", hue(first.colour))} aria-hidden="true"
                data-colleagues={here.len().to_string()}>
                <span class="colleague-tags">{ for here.iter().map(tag) }</span>
            </span>
            if open > 0 { { comment_mark(open) } }
        </>
    }
}

fn comment_mark(open: usize) -> Html {
    html! { <span class="comment-mark" aria-hidden="true" data-comments={open.to_string()}>{ comment_sign() }{ open }</span> }
}

/// Who is in the control, each with their agency.
fn colleagues<'a>(sheet: &'a Sheet, answer: &AnswerId) -> Vec<(&'a AgencySummary, &'a Present)> {
    let here =
        sheet.present.iter().filter(|person| person.answer.as_ref().is_some_and(|at| is_in(at, answer)));
    here.filter_map(|person| Some((rights::agency(&sheet.team, &person.agency)?, person))).collect()
}

/// How many comments about the control wait for an answer.
fn open_comments(sheet: &Sheet, answer: &AnswerId) -> usize {
    if sheet.discussion.comments.is_empty() {
        return 0;
    }
    let answers = answers_at(&sheet.definition, answer);
    let open =
        |comment: &&form_model::command::CommentSummary| !comment.settled && comment.reply_to.is_none();
    sheet.comments_on(&answers).filter(open).count()
}

/// Colleagues' carets in a long text: a copy of the text up to the last of them, unseen, in which they stand.
#[component]
pub fn Carets(props: &MarksProps) -> Html {
    match use_context::<Work>() {
        Some(work) => html! { <CaretsOf {work} answer={props.answer.clone()} /> },
        None => Html::default(),
    }
}

#[component]
fn CaretsOf(props: &MarksOfProps) -> Html {
    let (own, desk) = (props.answer.clone(), props.work.desk.clone());
    use_changes(&props.work.desk, move |change| match change {
        Change::Presence(touched) => touched.contains(&own),
        Change::Prose(changed) => *changed == own && !carets(&desk.sheet(), &own).is_empty(),
        _ => false,
    });
    let node = use_node_ref();
    let sheet = props.work.desk.sheet();
    let carets = carets(&sheet, &props.answer);
    use_same_scroll(&node, !carets.is_empty());
    if carets.is_empty() {
        return Html::default();
    }
    let text = sheet.prose(&props.answer).map_or("", |prose| prose.text());
    let mut from = 0;
    let pieces: Vec<Html> = carets
        .iter()
        .map(|(caret, agency, person)| {
            let end = before_caret(text, *caret).len().max(from);
            let piece = &text[from..end];
            from = end;
            html! {
                <>
                    { piece }
                    <span class={classes!("caret", hue(agency.colour))} data-device={person.device.clone()}>
                        <b>{ &agency.mark }</b>
                    </span>
                </>
            }
        })
        .collect();
    html! { <span ref={node} class="carets" aria-hidden="true">{ for pieces }</span> }
}

/// The carets in the text, from its start on.
fn carets<'a>(sheet: &'a Sheet, answer: &AnswerId) -> Vec<(u64, &'a AgencySummary, &'a Present)> {
    let here = colleagues(sheet, answer).into_iter();
    let mut carets: Vec<_> =
        here.filter_map(|(agency, person)| Some((person.caret?, agency, person))).collect();
    carets.sort_by_key(|(caret, _, person)| (*caret, person.device.as_str()));
    carets
}

/// Keeps the copy scrolled as the text box beside it is.
#[hook]
fn use_same_scroll(node: &NodeRef, shown: bool) {
    let node = node.clone();
    use_effect_with(shown, move |_| {
        let copy = node.cast::<Element>();
        let text_box = copy
            .as_ref()
            .and_then(|copy| copy.parent_element())
            .and_then(|parent| parent.query_selector("textarea").ok().flatten());
        let listener = copy.zip(text_box).map(|(copy, text_box)| {
            copy.set_scroll_top(text_box.scroll_top());
            let scrolled = text_box.clone();
            EventListener::new(&text_box, "scroll", move |_| copy.set_scroll_top(scrolled.scroll_top()))
        });
        move || drop(listener)
    });
}
