//! What is told of sign-off and revisions when it happens.

use form_model::language::Language;

use super::titles;
use crate::paper::standing::returned_words;
use crate::state::sheet::Sheet;
use crate::state::signing::SigningNews;
use crate::text;
use crate::widget::banner::Tone;

/// News of sign-off as a message.
pub fn news(sheet: &Sheet, news: &SigningNews, language: Language) -> (Tone, String) {
    match news {
        SigningNews::Final(number) => {
            (Tone::Good, text::NEWS_FINAL.fill(language, &[("number", &number.to_string())]))
        }
        SigningNews::Returned(returned) => {
            let parts = titles(&sheet.definition, &returned.sections, language);
            let who = returned_words(returned, language);
            (Tone::Caution, text::NEWS_RETURNED.fill(language, &[("who", &who), ("parts", &parts)]))
        }
        SigningNews::Lapsed(sections) => {
            let ids: Vec<String> = sections.iter().map(|(section, _)| section.clone()).collect();
            let parts = titles(&sheet.definition, &ids, language);
            let author = match sections.as_slice() {
                [(_, Some(stamp))] if !stamp.own => Some(stamp.author.clone()),
                _ => None,
            };
            let told = match author {
                Some(author) => {
                    text::NEWS_LAPSED_BY.fill(language, &[("parts", &parts), ("author", &author)])
                }
                None => text::NEWS_LAPSED.fill(language, &[("parts", &parts)]),
            };
            (Tone::Caution, told)
        }
    }
}
