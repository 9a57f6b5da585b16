//! 催办: who owes what by when; to be pasted into a message or handed on as a spreadsheet.

use form_model::command::{Owed, Reminder};
use form_model::date;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::Work;
use crate::shell::Failure;
use crate::state::rights;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::agency;
use crate::widget::banner::{Banner, Tone};
use crate::widget::copy::TextToCopy;
use crate::widget::dialog::Dialog;
use wasm_bindgen_futures::spawn_local;

#[derive(PartialEq, Properties)]
pub struct ReminderListProps {
    pub onclose: Callback<()>,
}

#[component]
pub fn ReminderList(props: &ReminderListProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let read = use_state(|| None::<Result<Reminder, Failure>>);
    let work = use_context::<Work>();
    {
        let (read, work) = (read.clone(), work.clone());
        use_effect_with((), move |()| {
            spawn_local(async move {
                if let Some(work) = work {
                    read.set(Some(work.desk.reminder().await));
                }
            });
        });
    }
    let Some(work) = work else { return Html::default() };
    let owing = matches!(&*read, Some(Ok(reminder)) if !reminder.lines.is_empty());
    let export = {
        let (desk, onclose) = (work.desk.clone(), props.onclose.clone());
        Callback::from(move |()| {
            desk.export_reminder();
            // The message about the file stands in the page.
            onclose.emit(());
        })
    };
    let footer = html! {
        <>
            if owing {
                <Action name="export-reminder" label={text::REMINDER_EXPORT.of(language)} onclick={export} />
            }
            <Action name="close" label={text::CLOSE.of(language)} weight={Weight::Link} onclick={props.onclose.clone()} />
        </>
    };
    let body = match &*read {
        None => html! { <p class="muted" role="status">{ text::LOADING.of(language) }</p> },
        Some(Err(failure)) => html! { <Banner tone={Tone::Problem} message={failure.sentence(language)} /> },
        Some(Ok(reminder)) if reminder.lines.is_empty() => {
            html! { <p class="good-word">{ text::REMINDER_EMPTY.of(language) }</p> }
        }
        Some(Ok(reminder)) => html! {
            <>
                { listed(&work, reminder, language) }
                <TextToCopy label={text::REMINDER_TEXT.of(language)} text={reminder.text.clone()} rows=6 />
            </>
        },
    };
    html! {
        <Dialog name="reminder" title={text::REMINDER_TITLE.of(language)} wide=true onclose={props.onclose.clone()} {footer}>
            { body }
        </Dialog>
    }
}

fn listed(work: &Work, reminder: &Reminder, language: Language) -> Html {
    let sheet = work.desk.sheet();
    let line = |owed: &Owed| {
        let due = owed.due.as_ref().map(|due| date::display(due, language));
        let who = owed.agency.as_ref().and_then(|agency| rights::agency(&sheet.team, agency));
        html! {
            <tr class={classes!(owed.overdue.then_some("overdue"))}>
                <th scope="row">
                    if let Some(who) = who {
                        { agency::named(who) }
                    } else {
                        <span class="muted">{ &owed.agency_name }</span>
                    }
                </th>
                <td>{ &owed.part }</td>
                <td>
                    { format!("{}/{}", owed.answered, owed.required) }
                    if owed.problems > 0 {
                        <span class="problem-word">
                            { " · " }{ text::PROBLEMS.fill(language, &[("count", &owed.problems.to_string())]) }
                        </span>
                    }
                </td>
                <td class="due">
                    if let Some(due) = due { <div>{ due }</div> }
                    <div class={classes!(owed.overdue.then_some("problem-word"))}>{ &owed.time_left }</div>
                </td>
            </tr>
        }
    };
    html! {
        <table class="plain-table people">
            <caption class="pf-v6-screen-reader">{ text::REMINDER_TITLE.of(language) }</caption>
            <thead>
                <tr>
                    <th scope="col">{ text::AGENCY.of(language) }</th>
                    <th scope="col">{ text::REMINDER_PART.of(language) }</th>
                    <th scope="col">{ text::COLUMN_PROGRESS.of(language) }</th>
                    <th scope="col">{ text::COLUMN_DEADLINE.of(language) }</th>
                </tr>
            </thead>
            <tbody>{ for reminder.lines.iter().map(line) }</tbody>
        </table>
    }
}
