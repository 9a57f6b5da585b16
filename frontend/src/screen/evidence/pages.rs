//! The pages of a PDF in the light-box: how many there are, and which is shown.

use form_model::command::EvidenceAct;
use form_model::evidence::EvidenceFile;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::field::Work;
use crate::text;
use crate::widget::action::{Action, Weight};

/// What has pages.
const PDF: &str = "application/pdf";

/// The pages of the file in view; counted from 1.
pub struct Pages {
    pub shown: u32,
    /// 1 as long as no more are known of.
    count: u32,
    onturn: Callback<u32>,
}

/// Asks how many pages a file has, and begins at its first.
#[hook]
pub fn use_pages(work: Option<&Work>, file: Option<&EvidenceFile>) -> Pages {
    // Of which file, which page, of how many: what was told of another file counts no more.
    let state = use_state(|| (String::new(), 1_u32, 1_u32));
    let sha256 = file.filter(|file| file.kind == PDF).map(|file| file.sha256.clone()).unwrap_or_default();
    {
        let state = state.clone();
        use_effect_with((work.map(|work| work.desk.clone()), sha256.clone()), move |(desk, sha256)| {
            let (desk, sha256) = (desk.clone(), sha256.clone());
            let Some(desk) = desk.filter(|_| !sha256.is_empty()) else { return };
            spawn_local(async move {
                let told = desk.evidence(EvidenceAct::Pages { sha256: sha256.clone() }).await;
                // What cannot be counted has its first page to show, or none.
                let count = told.ok().and_then(|told| told.pages).unwrap_or(1);
                state.set((sha256, 1, count));
            });
        });
    }
    let (of, shown, count) = &*state;
    let (shown, count) = if *of == sha256 { (*shown, *count) } else { (1, 1) };
    let onturn = Callback::from(move |page| state.set((sha256.clone(), page, count)));
    Pages { shown, count, onturn }
}

/// The ways to the pages before and behind, and which of how many it is.
pub fn turn(pages: &Pages, language: Language) -> Html {
    let Pages { shown, count, onturn } = pages;
    if *count < 2 {
        return Html::default();
    }
    let to = |page: u32| onturn.reform(move |()| page);
    let words = [("page", &*shown.to_string()), ("count", &*count.to_string())];
    html! {
        <div class="light-box-pages" data-page={shown.to_string()} data-pages={count.to_string()}>
            <Action name="earlier-page" label={text::PAGE_BEFORE.of(language)} icon={Icon::AngleLeft} weight={Weight::Plain}
                disabled={*shown <= 1} onclick={to(shown.saturating_sub(1))} />
            <span role="status">{ text::PAGE_OF.fill(language, &words) }</span>
            <Action name="later-page" label={text::PAGE_BEHIND.of(language)} icon={Icon::AngleRight} weight={Weight::Plain}
                disabled={shown >= count} onclick={to(shown.saturating_add(1))} />
        </div>
    }
}
