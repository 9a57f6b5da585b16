//! One section on paper.

use form_model::definition::Section;
use form_model::id::{AnswerId, FieldId};
use form_model::language::Language;
use form_model::layout::Block;
use yew::prelude::*;

use super::block;
use super::owner::owner_line;
use super::standing::standing_note;
use super::table::Table;
use crate::field::Work;
use crate::field::remark::Remarks;

#[derive(PartialEq, Properties)]
pub struct SectionSheetProps {
    /// The section's id.
    pub section: AttrValue,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

/// A section's printed body, to be filled in place; what is asked but not printed on a slip below it.
#[component]
pub fn SectionSheet(props: &SectionSheetProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let definition = work.desk.sheet().definition.clone();
    let Some(section) = definition.section(&props.section) else { return Html::default() };
    let titled = matches!(section.layout.blocks.first(), Some(Block::Title { .. }))
        || section.layout.blocks.iter().any(|block| matches!(block, Block::Title { .. }));
    let title = definition.text(language, &format!("{}.title", section.id)).to_owned();
    let (printed, slips) = split(section);
    let version = props.version;
    html! {
        <article class={classes!("sheet", titled.then_some("cover"))} data-section={section.id.clone()}
            aria-label={title.clone()}>
            { owner_line(&work.desk.sheet(), &section.id, language) }
            { standing_note(&work.desk.sheet(), &section.id, language) }
            if !printed.is_empty() {
                <div class="paper">
                    if !titled { <h2 class="paper-title">{ title.clone() }</h2> }
                    { for printed.into_iter().map(|block| draw(&work, block, language, version)) }
                </div>
            }
            { for slips.into_iter().map(|block| draw(&work, block, language, version)) }
        </article>
    }
}

/// What is printed, and what is only asked.
fn split(section: &Section) -> (Vec<&Block>, Vec<&Block>) {
    section.layout.blocks.iter().partition(|block| !matches!(block, Block::Supplement { .. }))
}

fn draw(work: &Work, block: &Block, language: Language, version: u32) -> Html {
    let definition = work.desk.sheet().definition.clone();
    match block {
        Block::Title { text } => html! { <h2 class="paper-head">{ definition.text(language, text) }</h2> },
        Block::Note { text } => html! { <p class="paper-note">{ definition.text(language, text) }</p> },
        Block::Line { parts } => html! { <block::Line parts={parts.clone()} {version} /> },
        Block::Prose { field } => {
            let answer = AnswerId(field.clone());
            html! {
                <div class="paper-prose">
                    <crate::field::Control answer={answer.clone()} {version} />
                    <Remarks answers={vec![answer]} {version} />
                </div>
            }
        }
        Block::Table { columns, rows } => {
            html! { <Table columns={columns.clone()} rows={rows.clone()} {version} /> }
        }
        Block::Supplement { fields } => {
            let fields: Vec<_> = fields.iter().cloned().map(FieldId).collect();
            html! { <block::Supplement {fields} {version} /> }
        }
    }
}
