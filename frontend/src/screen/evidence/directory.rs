//! A directory of enterprises before it goes into its slot: what its columns hold, what is wrong in it row by row, and
//! its sums beside the form's figures.

mod columns;
mod faults;
mod figures;

use form_model::command::{Choice, DirectoryAct, DirectoryTable};
use form_model::definition::EvidenceSlot;
use form_model::directory::{Agreement, DirectoryTotals, Figure, compare};
use form_model::error::UserError;
use form_model::evidence::Entry;
use form_model::language::Language;
use form_model::number;
use patternfly_yew::prelude::Icon;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::field::{Work, page};
use crate::shell::Failure;
use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};

/// How the names of tables end.
const TABLE_NAMES: [&str; 4] = [".xlsx", ".xls", ".csv", ".tsv"];

/// Whether what was dropped is to be read as a directory: one table, on a slot that asks for one.
pub fn is_directory(slot: &EvidenceSlot, names: &[String]) -> bool {
    let table = |name: &String| {
        let name = name.to_lowercase();
        TABLE_NAMES.iter().any(|end| name.ends_with(end))
    };
    !slot.directory.is_empty() && matches!(names, [name] if table(name))
}

/// The table that is looked at, and what came of the last act.
#[derive(Clone, Default, PartialEq)]
pub struct Looking {
    pub table: Option<DirectoryTable>,
    pub busy: bool,
    failure: Option<Failure>,
    notices: Vec<UserError>,
    saved: Option<String>,
}

/// A table to be looked at, and the way to do something with it.
#[hook]
pub fn use_directory(work: &Work) -> (UseStateHandle<Looking>, Callback<DirectoryAct>) {
    let looking = use_state(Looking::default);
    // Two acts may be under way: each changes what the last one has left.
    let last = use_mut_ref(Looking::default);
    let act = {
        let (desk, looking) = (work.desk.clone(), looking.clone());
        Callback::from(move |act: DirectoryAct| {
            let (desk, last, looking) = (desk.clone(), last.clone(), looking.clone());
            let now = Looking { busy: true, failure: None, saved: None, ..last.borrow().clone() };
            last.replace(now.clone());
            looking.set(now);
            spawn_local(async move {
                let keeps = matches!(act, DirectoryAct::Save { .. });
                let before = last.borrow().clone();
                let now = match desk.directory(act).await {
                    Ok(answer) if keeps => Looking { busy: false, saved: answer.saved, ..before },
                    Ok(answer) => Looking {
                        table: answer.table,
                        notices: if answer.notices.is_empty() { before.notices } else { answer.notices },
                        ..Looking::default()
                    },
                    Err(failure) => Looking { busy: false, failure: Some(failure), ..before },
                };
                let left = last.borrow().table.is_some() && now.table.is_none();
                last.replace(now.clone());
                looking.set(now);
                if left {
                    page::focus_first("#form");
                }
            });
        })
    };
    (looking, act)
}

/// What is said while no table is shown: that one is read, or why it was not.
pub fn told(looking: &Looking, language: Language) -> Html {
    html! {
        <>
            if looking.busy { <p class="muted" role="status">{ text::DIRECTORY_READING.of(language) }</p> }
            if let Some(failure) = &looking.failure {
                <Banner tone={Tone::Problem} message={failure.sentence(language)} />
            }
        </>
    }
}

/// A line about a file that is a directory: how many enterprises, how much is wrong, what differs now.
pub fn line(sheet: &Sheet, slot: &EvidenceSlot, entry: &Entry, language: Language) -> Html {
    let Some(totals) = &entry.totals else { return Html::default() };
    let enterprises = totals.figures.get(&Figure::Enterprises).map_or("0", String::as_str);
    let differ = differing(sheet, slot, totals);
    let faults = usize::try_from(totals.errors).unwrap_or(usize::MAX);
    let words = text::DIRECTORY_OF.fill(
        language,
        &[
            ("count", &number::display(enterprises)),
            ("faults", &counted(faults, &text::DIRECTORY_FAULTS, &text::DIRECTORY_NO_FAULTS, language)),
            ("differ", &counted(differ, &text::DIRECTORY_DIFFER, &text::DIRECTORY_NO_DIFFER, language)),
        ],
    );
    let class = if differ > 0 { "caution-word" } else { "muted" };
    html! { <p {class} data-differ={differ.to_string()}>{ words }</p> }
}

fn differing(sheet: &Sheet, slot: &EvidenceSlot, totals: &DirectoryTotals) -> usize {
    let compared = compare(&sheet.definition, slot, sheet.answers(), totals);
    compared.iter().filter(|one| one.agreement == Agreement::Differs).count()
}

fn counted(count: usize, some: &text::Text, none: &text::Text, language: Language) -> String {
    match count {
        0 => none.of(language).to_owned(),
        count => some.fill(language, &[("count", &number::display(&count.to_string()))]),
    }
}

#[derive(PartialEq, Properties)]
pub struct DirectoryDeskProps {
    pub slot: EvidenceSlot,
    pub looking: Looking,
    pub table: DirectoryTable,
    pub act: Callback<DirectoryAct>,
    /// Whether this desk may put it into the slot.
    pub own: bool,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn DirectoryDesk(props: &DirectoryDeskProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    use_effect_with(props.table.table, |_| page::focus_first(".directory"));
    let sheet = work.desk.sheet();
    let table = &props.table;
    let number = props.slot.number.to_string();
    let choose = {
        let (act, number) = (props.act.clone(), table.table);
        Callback::from(move |choice: Choice| act.emit(DirectoryAct::Map { table: number, choice }))
    };
    let years = props.slot.years();
    html! {
        <section class="directory" tabindex="-1" aria-labelledby="directory-title" data-directory="">
            <header class="slot-head">
                <div>
                    <p class="muted">{ text::DIRECTORY_TITLE.fill(language, &[("number", &number)]) }</p>
                    <h2 id="directory-title">{ &table.file }</h2>
                </div>
                { acts(props, &number, language) }
            </header>
            { said(props, language) }
            { summary(props, &sheet, language) }
            { columns::draw(table, &years, &choose, &props.act, language) }
            { figures::draw(&sheet, &props.slot, &table.look.totals, language) }
            { faults::draw(&table.look, language) }
        </section>
    }
}

fn acts(props: &DirectoryDeskProps, number: &str, language: Language) -> Html {
    let DirectoryDeskProps { table, act, .. } = props;
    let (number_of_table, choice) = (table.table, table.look.choice.clone());
    let put = {
        let choice = choice.clone();
        act.reform(move |()| DirectoryAct::Put { table: number_of_table, choice: choice.clone() })
    };
    let save = act.reform(move |()| DirectoryAct::Save { table: number_of_table, choice: choice.clone() });
    let leave = act.reform(move |()| DirectoryAct::Leave { table: number_of_table });
    let ready = table.look.is_named() && table.look.enterprises > 0 && !props.looking.busy;
    html! {
        <div class="directory-acts">
            <Action name="leave-directory" label={text::DIRECTORY_LEAVE.of(language)} icon={Icon::AngleLeft}
                weight={Weight::Link} onclick={leave} />
            <Action name="save-directory" label={text::DIRECTORY_SAVE.of(language)} disabled={!ready} onclick={save} />
            if props.own {
                <Action name="put-directory" label={text::DIRECTORY_PUT.fill(language, &[("number", number)])}
                    weight={Weight::Primary} disabled={!ready} onclick={put} />
            }
        </div>
    }
}

fn said(props: &DirectoryDeskProps, language: Language) -> Html {
    let (looking, look) = (&props.looking, &props.table.look);
    let hint = if !look.is_named() {
        Some(text::DIRECTORY_NO_NAME.of(language))
    } else if look.enterprises == 0 {
        Some(text::DIRECTORY_NONE_READ.of(language))
    } else {
        None
    };
    html! {
        <div class="slot-told">
            if let Some(failure) = &looking.failure {
                <Banner tone={Tone::Problem} message={failure.sentence(language)} />
            }
            { for looking.notices.iter().map(|notice| html! {
                <Banner tone={Tone::Caution} message={notice.sentence(language)} />
            }) }
            if let Some(file) = &looking.saved {
                <Banner tone={Tone::Good} message={text::DIRECTORY_SAVED.fill(language, &[("file", file)])} />
            }
            if let Some(hint) = hint { <Banner tone={Tone::Caution} message={hint} /> }
        </div>
    }
}

/// How many enterprises, how much is wrong, how much differs; and what it takes the place of.
fn summary(props: &DirectoryDeskProps, sheet: &Sheet, language: Language) -> Html {
    let look = &props.table.look;
    if !look.is_named() {
        return Html::default();
    }
    let differ = differing(sheet, &props.slot, &look.totals);
    let count = number::display(&look.enterprises.to_string());
    let parts = [
        text::DIRECTORY_COUNT.fill(language, &[("count", &count)]),
        counted(look.fault_count, &text::DIRECTORY_FAULTS, &text::DIRECTORY_NO_FAULTS, language),
        counted(differ, &text::DIRECTORY_DIFFER, &text::DIRECTORY_NO_DIFFER, language),
    ];
    let replaces = look.replaces.as_ref().filter(|_| props.own);
    html! {
        <div class="directory-summary">
            <p role="status" data-enterprises={look.enterprises.to_string()} data-faults={look.fault_count.to_string()}
                data-differ={differ.to_string()}>
                { parts.join(language.pick("；", "; ")) }
            </p>
            if let Some(file) = replaces {
                <p class="muted">{ text::DIRECTORY_REPLACES.fill(language, &[("file", file)]) }</p>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use form_model::directory::Comparison;
    use form_model::id::{AnswerId, FieldId};

    use super::*;

    #[test]
    fn one_table_dropped_on_the_slot_of_a_directory_is_read_as_one() {
        let comparison = Comparison { answer: AnswerId("a.b".to_owned()), total: Figure::Smes };
        let slot = EvidenceSlot {
            id: "evidence_01".to_owned(),
            number: 1,
            field: FieldId::new("a", "b"),
            kinds: Vec::new(),
            directory: vec![comparison],
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_directory(&slot, &names(&["名录.XLSX"])));
        assert!(!is_directory(&slot, &names(&["照片.jpg"])));
        assert!(!is_directory(&slot, &names(&["a.csv", "b.csv"])), "several are files");
        let other = EvidenceSlot { directory: Vec::new(), ..slot };
        assert!(!is_directory(&other, &names(&["名录.xlsx"])));
    }
}
