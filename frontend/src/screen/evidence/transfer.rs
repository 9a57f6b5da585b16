//! Where a file is, in a word or two.

use form_model::command::{BlobState, Transfer};
use form_model::language::Language;
use yew::prelude::*;

use crate::text;

/// The words and the colour of a file's state.
fn words(state: Option<&BlobState>, size: u64, language: Language) -> (&'static str, String) {
    let percent = |bytes: u64| (bytes.saturating_mul(100) / size.max(1)).min(99).to_string();
    let of = |text: &text::Text| text.of(language).to_owned();
    let Some(state) = state else { return ("untouched", String::new()) };
    match (&state.transfer, state.here) {
        (Transfer::Unshared, _) => ("good", of(&text::BLOB_HERE)),
        (Transfer::Waiting, true) => ("under-way", of(&text::BLOB_WAITING)),
        (Transfer::Waiting, false) => ("untouched", of(&text::BLOB_AWAITED)),
        (Transfer::Sending { sent }, _) => {
            ("under-way", text::BLOB_SENDING.fill(language, &[("percent", &percent(*sent))]))
        }
        (Transfer::OnHub, true) => ("good", of(&text::BLOB_ON_HUB)),
        (Transfer::OnHub, false) => ("untouched", of(&text::BLOB_ELSEWHERE)),
        (Transfer::Fetching { got }, _) => {
            ("under-way", text::BLOB_FETCHING.fill(language, &[("percent", &percent(*got))]))
        }
        (Transfer::Held, _) => ("untouched", of(&text::BLOB_HELD)),
        (Transfer::Lost, _) => ("problem", of(&text::BLOB_LOST)),
        (Transfer::Damaged, _) => ("problem", of(&text::BLOB_DAMAGED)),
        (Transfer::Restricted, _) => ("untouched", of(&text::BLOB_RESTRICTED)),
        (Transfer::Failed { error }, _) => {
            ("problem", text::BLOB_FAILED.fill(language, &[("cause", &error.sentence(language))]))
        }
    }
}

/// A line that says where a file is.
pub fn line(state: Option<&BlobState>, size: u64, language: Language) -> Html {
    let (class, words) = words(state, size, language);
    html! {
        <p class={classes!("blob-state", class)} data-blob={class}>
            <span class="dot" aria-hidden="true" />{ words }
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(here: bool, transfer: Transfer) -> BlobState {
        BlobState { sha256: String::new(), here, transfer }
    }

    #[test]
    fn a_file_is_on_the_hub_only_once_the_hub_has_said_so() {
        let chinese = |here, transfer| words(Some(&state(here, transfer)), 200, Language::Chinese).1;
        assert_eq!(chinese(true, Transfer::Waiting), "已存本机，待上传");
        assert_eq!(chinese(true, Transfer::Sending { sent: 200 }), "正在上传 99%");
        assert_eq!(chinese(true, Transfer::OnHub), "已在协同中心");
        assert_eq!(chinese(false, Transfer::OnHub), "在协同中心，未传到本机");
    }
}
