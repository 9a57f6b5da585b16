//! The final revisions: each with its receipt and package to take along, and what it changed.

use std::collections::BTreeMap;

use form_model::command::{
    FieldDifference, FileName, FinalSummary, PackageShape, RevisionAct, RevisionDifference, SavedPackage,
};
use form_model::definition::{Field, FormDefinition};
use form_model::evidence::size;
use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::remark::spelled;
use crate::field::{Work, spoken_name};
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::copy::Copy;
use crate::widget::digest::digest;
use crate::widget::task::{Task, use_task};

#[derive(PartialEq, Properties)]
pub struct RevisionsProps {
    pub work: Work,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

/// What was asked for last: the revision, and what came of it.
#[derive(Clone, Default, PartialEq)]
struct Shown {
    packed: Option<SavedPackage>,
    /// The later revision, the earlier one, and how they differ.
    compared: Option<(u64, u64, RevisionDifference)>,
}

/// All final revisions, the newest first.
#[component]
pub fn Revisions(props: &RevisionsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let (shown, comparing, packing) = (use_state(Shown::default), use_task(), use_task());
    let (signing, definition) = {
        let sheet = props.work.desk.sheet();
        (sheet.signing.clone(), sheet.definition.clone())
    };
    let list = List { work: &props.work, shown: &shown, comparing: &comparing, packing: &packing, language };
    html! {
        <section class="finals" data-finals={signing.finals.len().to_string()}>
            <h2>{ text::FINALS.of(language) }</h2>
            if signing.finals.is_empty() {
                <p class="muted">{ text::FINALS_NONE.of(language) }</p>
            }
            if packing.is_busy() { <p class="muted" role="status">{ text::FINAL_SAVING.of(language) }</p> }
            { packing.failure(language) }
            if let Some(packed) = &shown.packed { { saved(packed, language) } }
            <ol reversed=true>
                { for signing.finals.iter().rev().map(|one| list.entry(one, &signing.finals, &definition)) }
            </ol>
        </section>
    }
}

/// What every entry needs.
struct List<'a> {
    work: &'a Work,
    shown: &'a UseStateHandle<Shown>,
    comparing: &'a Task,
    packing: &'a Task,
    language: Language,
}

impl List<'_> {
    fn entry(&self, one: &FinalSummary, all: &[FinalSummary], definition: &FormDefinition) -> Html {
        let language = self.language;
        let number = text::REVISION.fill(language, &[("number", &one.number.to_string())]);
        let compared = self.shown.compared.as_ref().filter(|(later, ..)| *later == one.number);
        html! {
            <li key={one.number} data-final={one.number.to_string()}>
                <h3>{ number }</h3>
                if let Some(fault) = &one.fault {
                    <Banner tone={Tone::Problem} message={fault.sentence(language)} />
                } else {
                    { facts(one, language) }
                    { self.actions(one, all, compared.is_some()) }
                    if let Some((_, earlier, difference)) = compared {
                        { differences(definition, one.number, *earlier, difference, language) }
                    }
                }
            </li>
        }
    }

    fn actions(&self, one: &FinalSummary, all: &[FinalSummary], open: bool) -> Html {
        let (language, number) = (self.language, one.number);
        let receipt = {
            let desk = self.work.desk.clone();
            Callback::from(move |()| desk.save_receipt(number))
        };
        let (archive, folder) =
            (self.packing(number, PackageShape::Archive), self.packing(number, PackageShape::Folder));
        let busy = self.packing.is_busy();
        let earlier = all.iter().rev().find(|other| other.number < number && other.fault.is_none());
        html! {
            <div class="actions">
                <Action name="save-receipt" label={text::FINAL_SAVE_RECEIPT.of(language)} small=true onclick={receipt} />
                <Action name="save-archive" label={text::FINAL_SAVE_ARCHIVE.of(language)} small=true disabled={busy}
                    onclick={archive} />
                <Action name="save-folder" label={text::FINAL_SAVE_FOLDER.of(language)} small=true disabled={busy}
                    onclick={folder} />
                if open {
                    <Action name="close-comparison" label={text::FINAL_COMPARE_CLOSE.of(language)} weight={Weight::Link}
                        small=true onclick={self.closing()} />
                } else if let Some(earlier) = earlier {
                    <Action name="compare" label={text::FINAL_COMPARE.fill(language, &[("number", &earlier.number.to_string())])}
                        weight={Weight::Link} small=true disabled={self.comparing.is_busy()}
                        onclick={self.comparing(earlier.number, number)} />
                }
                { self.comparing.failure(language) }
            </div>
        }
    }

    fn packing(&self, revision: u64, shape: PackageShape) -> Callback<()> {
        let (desk, task, shown) = (self.work.desk.clone(), self.packing.clone(), self.shown.clone());
        Callback::from(move |()| {
            let (desk, shown) = (desk.clone(), shown.clone());
            let asked = async move { desk.revision(RevisionAct::SavePackage { revision, shape }).await };
            task.run(asked, move |answer| {
                // Nothing was saved when the person chose no place.
                if answer.package.is_some() {
                    shown.set(Shown { packed: answer.package, ..(*shown).clone() });
                }
            });
        })
    }

    fn comparing(&self, earlier: u64, later: u64) -> Callback<()> {
        let (desk, task, shown) = (self.work.desk.clone(), self.comparing.clone(), self.shown.clone());
        Callback::from(move |()| {
            let (desk, shown) = (desk.clone(), shown.clone());
            let asked = async move { desk.revision(RevisionAct::Compare { earlier, later }).await };
            task.run(asked, move |answer| {
                let compared = answer.difference.map(|difference| (later, earlier, difference));
                shown.set(Shown { compared, ..(*shown).clone() });
            });
        })
    }

    fn closing(&self) -> Callback<()> {
        let shown = self.shown.clone();
        Callback::from(move |()| shown.set(Shown { compared: None, ..(*shown).clone() }))
    }
}

fn facts(one: &FinalSummary, language: Language) -> Html {
    let (made, entry) = (time::full(one.made_ms), one.index.to_string());
    html! {
        <ul class="final-facts">
            <li>{ text::FINAL_MADE.fill(language, &[("time", &made), ("person", &one.person)]) }</li>
            <li>{ text::VERIFY_DIGEST.of(language) }{ " " }{ digest(&one.digest) }</li>
            <li>{ text::FINAL_LOG.fill(language, &[("origin", &one.origin), ("entry", &entry)]) }</li>
        </ul>
    }
}

fn saved(packed: &SavedPackage, language: Language) -> Html {
    let (count, bytes) = (packed.files.to_string(), size(packed.bytes));
    let told =
        text::FINAL_SAVED.fill(language, &[("name", &packed.name), ("count", &count), ("size", &bytes)]);
    html! {
        <div class="final-saved" data-saved={packed.name.clone()}>
            <Banner tone={Tone::Good} message={told} />
            <p><code>{ &packed.root }</code><Copy text={packed.root.clone()} /></p>
        </div>
    }
}

/// How two revisions differ, in the form's order and words.
fn differences(
    definition: &FormDefinition,
    later: u64,
    earlier: u64,
    difference: &RevisionDifference,
    language: Language,
) -> Html {
    let fields = &difference.fields;
    let files = [
        (&difference.files_gone, &text::FINAL_FILE_GONE),
        (&difference.files_new, &text::FINAL_FILE_NEW),
        (&difference.files_changed, &text::FINAL_FILE_CHANGED),
    ];
    let moved = &difference.slots_reordered;
    let files_differ = !moved.is_empty() || files.iter().any(|(files, _)| !files.is_empty());
    if fields.is_empty() && !files_differ {
        return html! { <p class="muted" role="status">{ text::FINAL_SAME.of(language) }</p> };
    }
    let number = |number: u64| text::REVISION.fill(language, &[("number", &number.to_string())]);
    html! {
        <div class="final-differences" data-differences={fields.len().to_string()}>
            if !fields.is_empty() {
                <table class="verify-table">
                    <thead>
                        <tr>
                            <th scope="col">{ text::FINAL_FIELD.of(language) }</th>
                            <th scope="col">{ number(earlier) }</th>
                            <th scope="col">{ number(later) }</th>
                        </tr>
                    </thead>
                    <tbody>
                        { for in_printed_order(definition, fields).into_iter().map(|one| field(definition, one, language)) }
                    </tbody>
                </table>
            }
            if files_differ {
                <h4>{ text::FINAL_FILES.of(language) }</h4>
                <ul>
                    { for files.into_iter().flat_map(|(files, what)| {
                        files.iter().map(move |one| file(definition, one, what, language))
                    }) }
                    { for moved.iter().map(|slot| html! {
                        <li>{ text::FINAL_ORDER_CHANGED.of(language) }{ " " }{ slot_name(definition, slot, language) }</li>
                    }) }
                </ul>
            }
        </div>
    }
}

/// The fields as the form asks for them; what is said about an answer follows it.
fn in_printed_order<'a>(
    definition: &FormDefinition,
    fields: &'a [FieldDifference],
) -> Vec<&'a FieldDifference> {
    let answers = definition.fields().flat_map(Field::answers);
    let places: BTreeMap<AnswerId, usize> =
        answers.enumerate().map(|(place, answer)| (answer, place)).collect();
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by_key(|one| {
        let about = one.answer.base();
        (places.get(&about).copied().unwrap_or(usize::MAX), one.answer.clone())
    });
    fields
}

fn field(definition: &FormDefinition, one: &FieldDifference, language: Language) -> Html {
    let value = |value: &Option<_>| spelled(definition, &one.answer, value.as_ref(), language);
    html! {
        <tr data-difference={one.answer.as_str().to_owned()}>
            <th scope="row">{ spoken_name(definition, language, &one.answer) }</th>
            <td class="before">{ value(&one.before) }</td>
            <td class="after">{ value(&one.after) }</td>
        </tr>
    }
}

fn file(definition: &FormDefinition, one: &FileName, what: &text::Text, language: Language) -> Html {
    let slot = slot_name(definition, &one.slot, language);
    let name = text::VERIFY_FAULT_FILE.fill(language, &[("slot", &slot), ("name", &one.name)]);
    html! { <li>{ what.of(language) }{ " " }{ name }</li> }
}

/// A slot by its number and label.
fn slot_name(definition: &FormDefinition, id: &str, language: Language) -> String {
    let label =
        |number: u32| format!("{number}. {}", definition.text(language, &format!("evidence.{id}.label")));
    definition.slot(id).map_or_else(|| id.to_owned(), |slot| label(slot.number))
}
