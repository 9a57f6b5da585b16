//! What is asked over the page of an open application.

use form_model::command::ExportFormat;
use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use super::search::Search;
use super::sync_panel::SyncPanel;
use crate::field::Work;
use crate::panel::block::PastedBlock;
use crate::panel::convert::Convert;
use crate::state::desk::Desk;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;

/// A question over the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Asking {
    Search,
    Export,
    Sync,
    Block(AnswerId, String),
    Amount(AnswerId, String),
}

/// The dialog that asks, if anything is asked.
pub fn question(
    asking: &UseStateHandle<Option<Asking>>,
    work: &Work,
    show: &Callback<AnswerId>,
    language: Language,
) -> Html {
    let onclose = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(None))
    };
    match (**asking).clone() {
        None => Html::default(),
        Some(Asking::Search) => html! { <Search onchoose={show.clone()} {onclose} /> },
        Some(Asking::Block(anchor, pasted)) => html! { <PastedBlock {anchor} {pasted} {onclose} /> },
        Some(Asking::Amount(answer, pasted)) => html! { <Convert {answer} {pasted} {onclose} /> },
        Some(Asking::Sync) => html! { <SyncPanel work={work.clone()} onshow={show.clone()} {onclose} /> },
        Some(Asking::Export) => export(&work.desk, &onclose, language),
    }
}

/// Which kind of file to write.
fn export(desk: &Desk, onclose: &Callback<()>, language: Language) -> Html {
    let write = |format: ExportFormat| {
        let (desk, onclose) = (desk.clone(), onclose.clone());
        Callback::from(move |()| {
            desk.export(format);
            onclose.emit(());
        })
    };
    let footer = html! {
        <Action name="cancel" label={text::CANCEL.of(language)} weight={Weight::Link} onclick={onclose.clone()} />
    };
    html! {
        <Dialog name="export" title={text::EXPORT_WHAT.of(language)} onclose={onclose.clone()} {footer}>
            <div class="stack">
                <Action name="export-automerge" label={text::EXPORT_AUTOMERGE.of(language)}
                    onclick={write(ExportFormat::Automerge)} />
                <Action name="export-json" label={text::EXPORT_JSON.of(language)}
                    onclick={write(ExportFormat::Json)} />
            </div>
        </Dialog>
    }
}
