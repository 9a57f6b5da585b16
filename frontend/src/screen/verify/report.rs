//! What a check has found: one verdict, what is wrong, and what was proven.

use std::rc::Rc;

use form_model::command::{Verification, VerifiedKind, VerifiedSubmission};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::{fault, file, statement};
use crate::text;
use crate::time;
use crate::widget::digest::digest;
use crate::widget::sign::sign;

#[derive(PartialEq, Properties)]
pub struct ReportProps {
    pub found: Rc<Verification>,
}

#[component]
pub fn Report(props: &ReportProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let found = &props.found;
    let node = use_node_ref();
    {
        // A person who has pressed the button is told first what came of it.
        let node = node.clone();
        use_effect_with(found.clone(), move |_| {
            if let Some(element) = node.cast::<web_sys::HtmlElement>() {
                element.focus().ok();
            }
        });
    }
    html! {
        <article class="verify-report" data-verified={found.good.to_string()}>
            { verdict(found, &node, language) }
            if !found.faults.is_empty() { { fault::list(found, language) } }
            if let Some(submission) = &found.submission {
                <section class="verify-card">
                    <h2>{ text::VERIFY_SUBMISSION.of(language) }</h2>
                    { facts(found, submission, language) }
                </section>
                <section class="verify-card">
                    <h2>{ text::VERIFY_SIGNED.of(language) }</h2>
                    { statement::table(found, submission, language) }
                </section>
                <section class="verify-card">
                    <h2>{ text::VERIFY_FILES.of(language) }</h2>
                    { file::table(found, language) }
                </section>
            }
        </article>
    }
}

fn verdict(found: &Verification, node: &NodeRef, language: Language) -> Html {
    let (class, icon, words) = if found.good {
        ("verify-verdict good", Icon::CheckCircle, &text::VERIFY_GOOD)
    } else {
        ("verify-verdict bad", Icon::ExclamationCircle, &text::VERIFY_BAD)
    };
    html! {
        <section {class} ref={node} tabindex="-1">
            <h2>{ sign(icon) }{ words.of(language) }</h2>
            <p>{ explained(found, language) }</p>
        </section>
    }
}

fn explained(found: &Verification, language: Language) -> String {
    let revision = found.submission.as_ref().map_or_else(String::new, |one| one.revision.to_string());
    let (words, count) = match (found.good, &found.submission, found.kind) {
        (true, _, VerifiedKind::Package) => (&text::VERIFY_GOOD_PACKAGE, found.files.len()),
        (true, _, VerifiedKind::Receipt) => (&text::VERIFY_GOOD_RECEIPT, 0),
        (false, Some(_), _) => (&text::VERIFY_BAD_PART, found.faults.len()),
        (false, None, _) => (&text::VERIFY_BAD_ALL, 0),
    };
    words.fill(language, &[("revision", &revision), ("count", &count.to_string())])
}

fn facts(found: &Verification, submission: &VerifiedSubmission, language: Language) -> Html {
    let VerifiedSubmission { lead, log, form, .. } = submission;
    let title = found.form.as_ref().map_or(form.id.as_str(), |words| words.title.of(language));
    let version = text::FORM_VERSION.fill(language, &[("version", &form.version)]);
    let entry = text::VERIFY_LOG_ENTRY.fill(
        language,
        &[("origin", &log.origin), ("entry", &log.index.to_string()), ("size", &log.size.to_string())],
    );
    let answers = text::VERIFY_ANSWERS_COUNT.fill(language, &[("count", &submission.answers.to_string())]);
    let number = text::REVISION.fill(language, &[("number", &submission.revision.to_string())]);
    html! {
        <dl class="facts">
            <dt>{ text::VERIFY_NAME.of(language) }</dt><dd>{ &submission.name }</dd>
            <dt>{ text::VERIFY_FORM.of(language) }</dt>
            <dd>{ title }<span class="muted">{ format!(" {version}") }</span></dd>
            <dt>{ text::VERIFY_REVISION.of(language) }</dt><dd>{ number }</dd>
            <dt>{ text::VERIFY_MADE.of(language) }</dt>
            <dd>{ format!("{}  {} {}", time::full(submission.made_ms), lead.agency_name, lead.person) }</dd>
            <dt>{ text::VERIFY_ANSWERS.of(language) }</dt><dd>{ answers }</dd>
            <dt>{ text::VERIFY_DIGEST.of(language) }</dt><dd>{ digest(&submission.digest) }</dd>
            <dt>{ text::VERIFY_LOG.of(language) }</dt><dd>{ entry }</dd>
            if found.kind == VerifiedKind::Package {
                <dt>{ text::VERIFY_FORM_FILE.of(language) }</dt>
                <dd>
                    if found.form_checked {
                        { text::VERIFY_FORM_CHECKED.of(language) }
                    } else {
                        { text::VERIFY_FORM_ABSENT.of(language) }
                    }
                </dd>
            }
            <dt>{ text::VERIFY_APPLICATION.of(language) }</dt><dd>{ digest(&submission.application.0) }</dd>
            { for submission.overrides.values().map(|reason| html! {
                <><dt>{ text::VERIFY_NOT_WAITED.of(language) }</dt><dd>{ reason }</dd></>
            }) }
        </dl>
    }
}
