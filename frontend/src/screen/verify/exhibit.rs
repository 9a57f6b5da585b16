//! What is to be checked: dropped, or chosen in a dialog.

use form_model::command::{Exhibit, VerifyAct};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::check::Check;
use crate::text;
use crate::widget::action::Action;
use crate::widget::sign::sign;

#[derive(PartialEq, Properties)]
pub struct ExhibitProps {
    pub check: Check,
}

#[component]
pub fn ExhibitCard(props: &ExhibitProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let choose = |act: VerifyAct| {
        let check = props.check.clone();
        Callback::from(move |()| check.act(act.clone()))
    };
    html! {
        <section class="verify-card">
            <h2>{ text::VERIFY_WHAT.of(language) }</h2>
            <div class="verify-drop">
                <p class="muted">{ text::VERIFY_DROP.of(language) }</p>
                <div class="actions">
                    <Action name="choose-file" label={text::VERIFY_CHOOSE_FILE.of(language)} icon={Icon::FolderOpen}
                        onclick={choose(VerifyAct::ChooseFile)} />
                    <Action name="choose-folder" label={text::VERIFY_CHOOSE_FOLDER.of(language)}
                        onclick={choose(VerifyAct::ChooseFolder)} />
                </div>
            </div>
            <p role="status">
                if let Some(exhibit) = &props.check.told().exhibit { { at_hand(exhibit, language) } }
            </p>
        </section>
    }
}

fn at_hand(exhibit: &Exhibit, language: Language) -> Html {
    let icon = if exhibit.folder { Icon::Folder } else { Icon::File };
    let name = text::VERIFY_AT_HAND.fill(language, &[("name", &exhibit.name)]);
    html! { <span class="verify-at-hand" data-exhibit={exhibit.name.clone()}>{ sign(icon) }{ name }</span> }
}
