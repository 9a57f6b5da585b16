//! When somebody sees what somebody else types: both pages note the time by the machine's one clock.

use std::time::Duration;

use anyhow::{Context, ensure};
use form_model::id::AnswerId;

use crate::person::control;
use crate::wait::{PATIENCE, until};
use crate::window::Window;

/// At the writer: notes when the box last changed under the person's hands. What another pasted in is no input event.
const NOTE_TYPING: &str = "((selector) => {
  window.typedAt = 0;
  document.querySelector(selector).addEventListener('input', () => { window.typedAt = Date.now(); });
})";

/// At the reader: notes when the box first holds the text.
const NOTE_SEEING: &str = "((selector, text) => {
  window.seenAt = 0;
  const look = setInterval(() => {
    if (document.querySelector(selector)?.value.includes(text)) {
      window.seenAt = Date.now();
      clearInterval(look);
    }
  }, 2);
})";

/// Types `text` at the end of `writer`'s control, which has the focus, and waits until `reader` sees it; returns the
/// time from the last key to the sight of it.
///
/// # Errors
/// When it is not seen in time.
pub async fn typed_and_seen(
    writer: &Window,
    reader: &Window,
    answer: &AnswerId,
    text: &str,
) -> anyhow::Result<Duration> {
    watch(writer, reader, answer, text).await?;
    writer.type_at_caret(&control(answer), text).await?;
    time_to_sight(writer, reader, answer, text).await
}

/// [`typed_and_seen`] with real keys, wherever the caret is: WebDriver's own go to the end. ASCII only.
///
/// # Errors
/// When it is not seen in time.
pub async fn keyed_and_seen(
    writer: &Window,
    reader: &Window,
    answer: &AnswerId,
    text: &str,
) -> anyhow::Result<Duration> {
    watch(writer, reader, answer, text).await?;
    writer.keyboard()?.type_keys(text)?;
    time_to_sight(writer, reader, answer, text).await
}

async fn watch(writer: &Window, reader: &Window, answer: &AnswerId, text: &str) -> anyhow::Result<()> {
    let control = control(answer);
    reader.evaluate(&format!("{NOTE_SEEING}({control:?}, {text:?})")).await?;
    writer.evaluate(&format!("{NOTE_TYPING}({control:?})")).await.map(drop)
}

async fn time_to_sight(
    writer: &Window,
    reader: &Window,
    answer: &AnswerId,
    text: &str,
) -> anyhow::Result<Duration> {
    let seen = until(&format!("{text:?} to be seen in {answer}"), PATIENCE, || async {
        let seen = reader.evaluate("window.seenAt").await?.as_u64().filter(|at| *at > 0);
        ensure!(seen.is_some(), "it reads {:?}", reader.text_of(answer).await?);
        Ok(seen)
    })
    .await?;
    let typed = writer.evaluate("window.typedAt").await?.as_u64().filter(|at| *at > 0);
    let typed = typed.with_context(|| format!("nothing was typed into {answer}"))?;
    Ok(Duration::from_millis(seen.saturating_sub(typed)))
}

/// Several times from a key to its sight.
#[derive(Clone, Debug, Default)]
pub struct Sights(Vec<Duration>);

impl Sights {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
        self.0.sort_unstable();
    }

    /// The one in the middle; zero of none.
    pub fn median(&self) -> Duration {
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }

    /// The longest; zero of none.
    pub fn longest(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }
}
