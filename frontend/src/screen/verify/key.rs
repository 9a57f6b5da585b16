//! Whom a check trusts: a hub's root key, out of a person's hand or from what this desk knows; never out of a package.

use form_model::command::{KnownHub, VerifyAct};
use form_model::hex;
use form_model::id::ApplicationId;
use form_model::language::Language;
use yew::prelude::*;

use crate::text;
use crate::widget::line::Line;
use crate::widget::pick::Pick;

/// How many bytes a root key has.
const KEY_BYTES: usize = 32;

/// What a person gives, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    pub root: String,
    pub application: String,
    pub revision: String,
}

/// A text without what a copy from paper or a message brings along.
fn tidied(typed: &str) -> String {
    typed.split_whitespace().collect::<String>().to_lowercase()
}

impl Trusted {
    /// The check by it; `None` while the key is none, or a number is none.
    pub fn act(&self) -> Option<VerifyAct> {
        let root = tidied(&self.root);
        hex::decode::<KEY_BYTES>(&root)?;
        let application = Some(tidied(&self.application)).filter(|id| !id.is_empty()).map(ApplicationId);
        let revision = match self.revision.trim() {
            "" => None,
            number => Some(number.parse().ok()?),
        };
        Some(VerifyAct::Check { root, application, revision })
    }

    /// What is wrong with the key, once one is there.
    fn fault(&self, language: Language) -> Option<String> {
        let root = tidied(&self.root);
        let bad = !root.is_empty() && hex::decode::<KEY_BYTES>(&root).is_none();
        bad.then(|| text::VERIFY_KEY_BAD.fill(language, &[("count", &root.chars().count().to_string())]))
    }
}

#[derive(PartialEq, Properties)]
pub struct KeyProps {
    pub hubs: Vec<KnownHub>,
    pub trusted: Trusted,
    pub onchange: Callback<Trusted>,
}

#[component]
pub fn KeyCard(props: &KeyProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let trusted = &props.trusted;
    let change = |put: fn(&mut Trusted, String)| {
        let (trusted, onchange) = (trusted.clone(), props.onchange.clone());
        Callback::from(move |typed: String| {
            let mut trusted = trusted.clone();
            put(&mut trusted, typed);
            onchange.emit(trusted);
        })
    };
    let root = change(|trusted, typed| trusted.root = typed);
    let known = props.hubs.iter().find(|hub| hub.root == tidied(&trusted.root));
    html! {
        <section class="verify-card">
            <h2>{ text::VERIFY_KEY.of(language) }</h2>
            if props.hubs.len() > 1 { { hubs(&props.hubs, known, root.clone(), language) } }
            <div class="verify-key">
                <Line name="root" label={text::VERIFY_KEY_FIELD.of(language)}
                    example={text::VERIFY_KEY_EXAMPLE.of(language)} value={trusted.root.clone()} onchange={root} />
                if let Some(fault) = trusted.fault(language) { <p class="problem-word" role="status">{ fault }</p> }
                if let Some(hub) = known {
                    <p class="muted" data-known-hub="">
                        { text::VERIFY_KEY_KNOWN.fill(language, &[("origin", &hub.origin)]) }
                    </p>
                }
            </div>
            <p class="muted">{ text::VERIFY_KEY_WHY.of(language) }</p>
            <details>
                <summary>{ text::VERIFY_EXPECTED.of(language) }</summary>
                <div class="verify-expected">
                    <Line name="application" label={text::VERIFY_APPLICATION.of(language)}
                        value={trusted.application.clone()}
                        onchange={change(|trusted, typed| trusted.application = typed)} />
                    <Line name="revision" label={text::VERIFY_REVISION.of(language)} value={trusted.revision.clone()}
                        onchange={change(|trusted, typed| trusted.revision = typed)} />
                </div>
            </details>
        </section>
    }
}

/// The hubs that this desk knows, to pick one. The only one is filled in already.
fn hubs(
    hubs: &[KnownHub],
    picked: Option<&KnownHub>,
    onchange: Callback<String>,
    language: Language,
) -> Html {
    let mut options = vec![(String::new(), text::VERIFY_KEY_OTHER.of(language).to_owned())];
    options.extend(hubs.iter().map(|hub| (hub.root.clone(), hub.origin.clone())));
    let value = picked.map_or_else(String::new, |hub| hub.root.clone());
    html! { <Pick name="hub" label={text::HUB.of(language)} {value} {options} {onchange} /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_as_it_comes_from_paper_and_nothing_else_is() {
        let key = "0f".repeat(32);
        let (front, back) = key.split_at(20);
        let typed = Trusted { root: format!(" {} {back}\n", front.to_uppercase()), ..Trusted::default() };
        assert_eq!(
            typed.act(),
            Some(VerifyAct::Check { root: key.clone(), application: None, revision: None })
        );
        assert_eq!(typed.fault(Language::English), None);
        let short = Trusted { root: front.to_owned(), ..Trusted::default() };
        assert!(
            short.act().is_none() && short.fault(Language::English).is_some_and(|told| told.contains("20"))
        );
        assert_eq!(Trusted::default().fault(Language::English), None, "nobody is scolded before they type");
        let odd = Trusted { root: key, revision: "two".to_owned(), ..Trusted::default() };
        assert_eq!(odd.act(), None);
    }
}
