//! A message in the page: what happened and what to do.

use form_model::command::{BroughtFiles, Carried, Imported};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::sign::sign;
use crate::text::{self, Text};

/// How serious a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Caution,
    Problem,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "pf-m-success",
            Self::Caution => "pf-m-warning",
            Self::Problem => "pf-m-danger",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Good => Icon::CheckCircle,
            Self::Caution => Icon::ExclamationTriangle,
            Self::Problem => Icon::ExclamationCircle,
        }
    }
}

#[derive(PartialEq, Properties)]
pub struct BannerProps {
    pub tone: Tone,
    pub message: AttrValue,
    /// Buttons.
    #[prop_or_default]
    pub children: Html,
}

/// Read aloud when it appears: at once when it is a problem, else when the reader pauses.
#[component]
pub fn Banner(props: &BannerProps) -> Html {
    let role = if props.tone == Tone::Problem { "alert" } else { "status" };
    html! {
        <div class={classes!("pf-v6-c-alert", "pf-m-inline", props.tone.class())} {role}>
            <div class="pf-v6-c-alert__icon">{ sign(props.tone.icon()) }</div>
            <p class="pf-v6-c-alert__title">{ &props.message }</p>
            <div class="pf-v6-c-alert__action-group">{ props.children.clone() }</div>
        </div>
    }
}

/// What came of a courier's file.
fn carried(carried: Carried, language: Language) -> (Tone, String) {
    let counted = if carried.handed_in { &text::CARRIED_HANDED_IN } else { &text::CARRIED_RECEIPT };
    (Tone::Good, counted.fill(language, &[("revision", &carried.revision.to_string())]))
}

/// How many changes a file brought and how many were left out; a caution where some were, and where two people rewrote one place, so that somebody reads it.
pub fn imported(imported: &Imported, counted: &Text, language: Language) -> (Tone, String) {
    if let Some(carried) = imported.carried {
        return self::carried(carried, language);
    }
    let mut told = counted.fill(language, &[("count", &imported.changes.to_string())]);
    let mut tone = Tone::Good;
    if imported.refused > 0 {
        let refused = text::IMPORT_REFUSED.fill(language, &[("count", &imported.refused.to_string())]);
        let reasons = imported.reasons.join(language.pick("；", "; "));
        let reasons = if reasons.is_empty() {
            reasons
        } else {
            language.pick("（{}）", " ({})").replace("{}", &reasons)
        };
        told = format!("{told}{}{refused}{reasons}", language.pick("", " "));
        tone = Tone::Caution;
    }
    for (files, bad) in told_of_files(&imported.files, language) {
        told = format!("{told}{}{files}", language.pick("", " "));
        tone = if bad { Tone::Caution } else { tone };
    }
    if imported.overlaps.is_empty() {
        return (tone, told);
    }
    let names: Vec<_> = imported.overlaps.iter().map(|overlap| overlap.name.as_str()).collect();
    let names = names.join(language.pick("、", ", "));
    (Tone::Caution, format!("{told} {}", text::OVERLAPS.fill(language, &[("fields", &names)])))
}

/// What came of the files of evidence in an exchange file; whether somebody has to do something about it.
fn told_of_files(files: &BroughtFiles, language: Language) -> Vec<(String, bool)> {
    let counted = [
        (files.coming, &text::FILES_COMING, false),
        (files.kept, &text::FILES_KEPT, false),
        (files.unnamed, &text::FILES_UNNAMED, true),
        (files.restricted, &text::FILES_RESTRICTED, true),
    ];
    let counted = counted.into_iter().filter(|(count, ..)| *count > 0);
    let counted =
        counted.map(|(count, text, bad)| (text.fill(language, &[("count", &count.to_string())]), bad));
    counted.chain(files.trouble.iter().map(|trouble| (trouble.sentence(language), true))).collect()
}
