//! The quiet page for long text: the prescribed outline at the side, the text, its count.

use form_model::definition::{FieldKind, OutlineItem};
use form_model::delta::utf16_len;
use form_model::id::{AnswerId, FieldId};
use form_model::language::Language;
use gloo_timers::callback::Timeout;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::field::prose::Prose;
use crate::field::remark::Remarks;
use crate::field::{Work, page};
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::widget::action::{Action, Weight};

#[derive(PartialEq, Properties)]
pub struct WritingProps {
    pub work: Work,
    pub field: FieldId,
    pub onleave: Callback<()>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn Writing(props: &WritingProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let answer = props.field.answer();
    let own = answer.clone();
    use_changes(&props.work.desk, move |change| matches!(change, Change::Prose(changed) if *changed == own));
    let definition = props.work.desk.sheet().definition.clone();
    let field = definition.field(&props.field).cloned();
    let Some(field) = field else { return Html::default() };
    let outline = match &field.kind {
        FieldKind::Prose { outline, .. } => outline.clone(),
        _ => Vec::new(),
    };
    let headings: Vec<String> =
        outline.iter().map(|item| definition.text(language, &item.text).trim().to_owned()).collect();
    let text =
        props.work.desk.sheet().prose(&answer).map(|prose| prose.text().to_owned()).unwrap_or_default();
    let item = |(at, item): (usize, &OutlineItem)| {
        let go = {
            let (work, answer, headings) = (props.work.clone(), answer.clone(), headings.clone());
            Callback::from(move |_: MouseEvent| go_to(&work, &answer, &headings, at))
        };
        let present = heading_at(&text, &headings[at]).is_some();
        let hint = item.hint.as_ref().map(|hint| definition.text(language, hint).to_owned());
        html! {
            <li class={format!("level-{}", item.level)}>
                <button type="button" data-action="heading" class={classes!(present.then_some("present"))} onclick={go}>
                    { &headings[at] }
                    if present { <span class="pf-v6-screen-reader">{ text::OUTLINE_PRESENT.of(language) }</span> }
                </button>
                if let Some(hint) = hint { <p class="muted">{ hint }</p> }
            </li>
        }
    };
    let onkeydown = {
        let onleave = props.onleave.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !event.is_composing() {
                onleave.emit(());
            }
        })
    };
    html! {
        <div class="writing" {onkeydown}>
            <aside class="outline" aria-label={text::OUTLINE.of(language)}>
                <Action name="leave-focus-mode" label={text::LEAVE_FOCUS.of(language)} icon={Icon::AngleLeft}
                    weight={Weight::Link} onclick={props.onleave.clone()} />
                if !outline.is_empty() {
                    <h2>{ text::OUTLINE.of(language) }</h2>
                    <p class="muted">{ text::OUTLINE_WHY.of(language) }</p>
                    <ol>{ for outline.iter().enumerate().map(item) }</ol>
                }
            </aside>
            <main id="form" class="desk" tabindex="-1">
                <article class="sheet">
                    <div class="paper writing-paper">
                        <Prose {field} expanded=true version={props.version} />
                        <Remarks answers={vec![answer.clone()]} version={props.version} />
                    </div>
                </article>
            </main>
        </div>
    }
}

/// Goes to a heading, putting it into the text first where it lacks it.
fn go_to(work: &Work, answer: &AnswerId, headings: &[String], at: usize) {
    let text = work.desk.sheet().prose(answer).map(|prose| prose.text().to_owned()).unwrap_or_default();
    if heading_at(&text, &headings[at]).is_none() && !work.desk.sheet().may_write(answer) {
        return;
    }
    let (text, caret) = with_heading(&text, headings, at);
    work.desk.type_prose(answer, &text);
    let answer = answer.clone();
    // After the text box shows the text.
    Timeout::new(0, move || {
        page::enter(&answer);
        page::set_caret(caret);
    })
    .forget();
}

/// Where the line that is this heading begins, in bytes.
fn heading_at(text: &str, heading: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split('\n') {
        if line.trim() == heading {
            return Some(start);
        }
        start += line.len() + 1;
    }
    None
}

/// The text with that heading in its place among the others, and the caret (UTF-16) on the line under it.
fn with_heading(text: &str, headings: &[String], at: usize) -> (String, usize) {
    let heading = &headings[at];
    if let Some(start) = heading_at(text, heading) {
        let under = text[start..].find('\n').map_or(text.len(), |line_end| start + line_end + 1);
        return (text.to_owned(), utf16_len(&text[..under]));
    }
    let next = headings[at + 1..].iter().filter_map(|heading| heading_at(text, heading)).min();
    let place = next.unwrap_or(text.len());
    let (before, after) = text.split_at(place);
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let head = format!("{before}{gap}{heading}\n");
    let tail = if after.is_empty() { String::new() } else { format!("\n{after}") };
    (format!("{head}{tail}"), utf16_len(&head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings() -> Vec<String> {
        ["一、概况", "二、成效", "三、规划"].map(ToOwned::to_owned).to_vec()
    }

    #[test]
    fn a_heading_that_is_there_is_gone_to() {
        let text = "一、概况\n内容\n二、成效\n";
        assert_eq!(with_heading(text, &headings(), 1), (text.to_owned(), 13));
    }

    #[test]
    fn a_missing_heading_is_put_before_the_next_one() {
        let (text, caret) = with_heading("一、概况\n内容\n三、规划\n", &headings(), 1);
        assert_eq!(text, "一、概况\n内容\n二、成效\n\n三、规划\n");
        assert_eq!(caret, 13);
    }

    #[test]
    fn the_first_heading_of_an_empty_text_stands_on_the_first_line() {
        assert_eq!(with_heading("", &headings(), 0), ("一、概况\n".to_owned(), 5));
    }

    #[test]
    fn a_heading_after_unfinished_text_begins_a_line() {
        assert_eq!(with_heading("内容", &headings(), 2).0, "内容\n三、规划\n");
    }
}
