//! A person at the window: clicks and types by the marks that the page carries (`data-action`, `data-answer`, …).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, ensure};
use form_model::answer::AnswerValue;
use form_model::id::AnswerId;
use serde::Deserialize;
use thirtyfour::{Key, WebElement};

use crate::place::repository;
use crate::wait::{PATIENCE, until};
use crate::window::Window;

/// The form that the sample fills.
pub const FORM: &str = "zone-application-2026";
/// The sections of the task list, in its order.
pub const SECTIONS: [&str; 8] =
    ["cover", "basics", "plan", "openness", "innovation", "cultivation", "services", "declaration"];

/// Brings an element to the middle of the view, where no bar covers it.
const TO_THE_MIDDLE: &str = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' });";

#[derive(Deserialize)]
struct Sample {
    answers: BTreeMap<AnswerId, AnswerValue>,
}

/// The answers of the fictional 示例市.
///
/// # Errors
/// When the sample file is missing or damaged.
pub fn sample_answers() -> anyhow::Result<BTreeMap<AnswerId, AnswerValue>> {
    let path = repository().join("forms").join(FORM).join("sample/answers.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let sample: Sample = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(sample.answers)
}

/// The control of an answer.
pub fn control(answer: &AnswerId) -> String {
    format!("#form [data-answer=\"{answer}\"]")
}

/// The events of a composition as WebKit sends them: without `text` its letters one by one, with `text` its end.
const COMPOSE: &str = "(selector, letters, text) => {
  const box = document.querySelector(selector);
  const say = (type, data) => box.dispatchEvent(new CompositionEvent(type, { bubbles: true, data }));
  const put = (start, end, data) => {
    box.setRangeText(data, start, end, 'end');
    say('compositionupdate', data);
    const kind = { bubbles: true, data, inputType: 'insertCompositionText', isComposing: true };
    box.dispatchEvent(new InputEvent('input', kind));
  };
  if (text === null) {
    const start = box.selectionStart;
    say('compositionstart', '');
    for (let typed = 1; typed <= letters.length; typed += 1) {
      put(start, start + typed - 1, letters.slice(0, typed));
    }
  } else {
    put(box.selectionStart - letters.length, box.selectionStart, text);
    say('compositionend', text);
  }
}";

/// The page stores what is typed after a pause; a composition must outlast it.
const LONGER_THAN_A_PAUSE: Duration = Duration::from_millis(1_200);

impl Window {
    /// Presses the button of that name once it can be pressed.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn press(&self, action: &str) -> anyhow::Result<()> {
        self.click(&format!("[data-action=\"{action}\"]:not([disabled])")).await
    }

    /// Clicks the first element of that selector, in the middle of the view.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn click(&self, selector: &str) -> anyhow::Result<()> {
        // The page may draw anew between finding and clicking.
        until(&format!("a click on `{selector}`"), PATIENCE, || async {
            let element = self.find(selector).await?;
            self.to_the_middle(&element).await?;
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    async fn to_the_middle(&self, element: &WebElement) -> anyhow::Result<()> {
        self.page()?.execute(TO_THE_MIDDLE, vec![element.to_json()?]).await?;
        Ok(())
    }

    /// Fills in the first screen of a new desk.
    ///
    /// # Errors
    /// When a step does not succeed in time.
    pub async fn introduce(&self, agency: &str, person: &str) -> anyhow::Result<()> {
        self.find("[data-field=agency]").await?.send_keys(agency).await?;
        self.find("[data-field=person]").await?.send_keys(person).await?;
        self.press("begin").await?;
        self.find("[data-screen=home]").await.map(drop)
    }

    /// Starts an application from the sample's form and waits until it is open.
    ///
    /// # Errors
    /// When a step does not succeed in time.
    pub async fn start_application(&self, name: &str) -> anyhow::Result<()> {
        self.press("new").await?;
        self.click(&format!("[data-field=form][value=\"{FORM}\"]")).await?;
        self.find("[data-field=name]").await?.send_keys(name).await?;
        self.press("create").await?;
        self.find("[data-screen=application]").await.map(drop)
    }

    /// Opens the first application of the home screen.
    ///
    /// # Errors
    /// When a step does not succeed in time.
    pub async fn open_application(&self) -> anyhow::Result<()> {
        self.press("open").await?;
        self.find("[data-screen=application]").await.map(drop)
    }

    /// Goes to a section by the task list.
    ///
    /// # Errors
    /// When it is not shown in time.
    pub async fn go_to_section(&self, section: &str) -> anyhow::Result<()> {
        self.click(&format!("[data-action=section][data-section=\"{section}\"]")).await?;
        self.find(&format!("article[data-section=\"{section}\"]")).await.map(drop)
    }

    /// Gives one answer in the section that is shown: ticks, chooses or types.
    ///
    /// # Errors
    /// When its control does not take it.
    pub async fn answer(&self, answer: &AnswerId, value: &AnswerValue) -> anyhow::Result<()> {
        let control = control(answer);
        match value {
            AnswerValue::Flag(_) => self.tick(&format!("{control}[type=checkbox]")).await,
            AnswerValue::Text(text) => {
                if self.evaluate(&format!("document.querySelector({control:?}).type")).await? == "radio" {
                    return self.tick(&format!("{control}[value=\"{text}\"]")).await;
                }
                self.click(&control).await?;
                self.type_at_caret(&control, text).await?;
                // As a person leaves a field: what was typed is stored, and the page is at rest before the next click.
                self.find(&control).await?.send_keys(Key::Tab + "").await?;
                Ok(())
            }
        }
        .with_context(|| format!("answer {answer}"))
    }

    /// Ticks a box or chooses an option, and makes sure that it took.
    async fn tick(&self, selector: &str) -> anyhow::Result<()> {
        self.click(selector).await?;
        until(&format!("`{selector}` to be ticked"), PATIENCE, || async {
            let ticked = self.evaluate(&format!("document.querySelector({selector:?}).checked")).await?;
            Ok((ticked == true).then_some(()))
        })
        .await
    }

    /// Types text into a control that has the focus, line by line.
    ///
    /// # Errors
    /// When the window does not take it.
    pub async fn type_at_caret(&self, control: &str, text: &str) -> anyhow::Result<()> {
        let element = self.find(control).await?;
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                element.send_keys(Key::Enter + "").await?;
            }
            if !line.is_empty() {
                element.send_keys(line).await?;
            }
        }
        Ok(())
    }

    /// Writes `text` at the caret as an input method does: letters stand in the box first and give way to the
    /// text. Makes sure that the page keeps the letters to itself.
    ///
    /// # Errors
    /// When the page has something to store in mid-composition.
    pub async fn compose(&self, control: &str, letters: &str, text: &str) -> anyhow::Result<()> {
        self.click(control).await?;
        self.wait_until_saved().await?;
        self.evaluate(&format!("({COMPOSE})({control:?}, {letters:?}, null)")).await?;
        tokio::time::sleep(LONGER_THAN_A_PAUSE).await;
        let state = self.evaluate("document.querySelector('[data-state]').dataset.state").await?;
        ensure!(state == "saved", "letters of a composition are no answer, but the page is {state}");
        self.evaluate(&format!("({COMPOSE})({control:?}, {letters:?}, {text:?})")).await.map(drop)
    }

    /// The answers whose controls the shown section has, in the order of the paper.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn shown_answers(&self) -> anyhow::Result<Vec<AnswerId>> {
        let found = self
            .evaluate("[...document.querySelectorAll('#form [data-answer]')].map(control => control.dataset.answer)")
            .await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Fills the shown section from `answers`, also what appears on the way; returns what it filled.
    ///
    /// # Errors
    /// When a control does not take its answer.
    pub async fn fill_section(
        &self,
        answers: &BTreeMap<AnswerId, AnswerValue>,
        filled: &mut BTreeSet<AnswerId>,
    ) -> anyhow::Result<()> {
        loop {
            let shown = self.shown_answers().await?;
            let next =
                shown.into_iter().find(|answer| answers.contains_key(answer) && !filled.contains(answer));
            let Some(answer) = next else { return Ok(()) };
            self.answer(&answer, &answers[&answer]).await?;
            filled.insert(answer);
        }
    }

    /// Waits until the state line says that everything is on the disk.
    ///
    /// # Errors
    /// When it does not say so in time.
    pub async fn wait_until_saved(&self) -> anyhow::Result<()> {
        self.find("[data-state=saved]").await.map(drop)
    }

    /// The text in an answer's control.
    ///
    /// # Errors
    /// When it is not shown.
    pub async fn text_of(&self, answer: &AnswerId) -> anyhow::Result<String> {
        let value = self.find(&control(answer)).await?.prop("value").await?;
        value.with_context(|| format!("{answer} has no text"))
    }
}
