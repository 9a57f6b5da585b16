//! A person among colleagues: connects an application to a hub, takes agencies in, joins, looks at the state line.

use std::time::Duration;

use anyhow::{Context, ensure};
use thirtyfour::By;

use crate::wait::{PATIENCE, until};
use crate::window::Window;

/// How long a desk may take to notice that its hub is gone or back: the longest pause between two of its tries, and
/// some.
const LINE_PATIENCE: Duration = Duration::from_secs(90);

/// Gives a text box its content as a paste does: at once, with one input event.
const PASTE: &str = "((selector, text) => {
  const box = document.querySelector(selector);
  box.focus();
  box.setRangeText(text, 0, box.value.length, 'end');
  box.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste', data: text }));
})";

impl Window {
    /// Makes this the window that a person works in.
    ///
    /// # Errors
    /// When it is not on the screen.
    pub fn turn_to(&self) -> anyhow::Result<()> {
        self.keyboard()?.focus_window(self.app())
    }

    /// Opens the page of members.
    ///
    /// # Errors
    /// When it does not open in time.
    pub async fn open_members(&self) -> anyhow::Result<()> {
        self.press("members").await?;
        self.find("[data-screen=members]").await.map(drop)
    }

    /// Goes from the page of members back to the form.
    ///
    /// # Errors
    /// When it does not close in time.
    pub async fn leave_members(&self) -> anyhow::Result<()> {
        self.press("members").await?;
        self.find("[data-screen=application]").await.map(drop)
    }

    /// Connects the open application to a hub, on the page of members.
    ///
    /// # Errors
    /// When the hub does not take it in time.
    pub async fn connect(&self, url: &str) -> anyhow::Result<()> {
        self.press("connect").await?;
        self.find("[data-field=hub-address]").await?.send_keys(url).await?;
        self.press("confirm-connect").await?;
        self.wait_until_gone("[data-dialog=connect]").await
    }

    /// Takes in an agency of a kind that the form suggests, named as it calls itself, with the sections that such
    /// an agency usually fills.
    ///
    /// # Errors
    /// When the form has no such kind, or the team does not take it.
    pub async fn take_in(&self, kind: &str, name: &str) -> anyhow::Result<()> {
        self.press("add-agency").await?;
        self.find("[data-dialog=agency]").await?;
        let kinds = self.page()?.find_all(By::Css("[data-action=kind]")).await?;
        let mut chosen = None;
        for offered in kinds {
            if offered.text().await? == kind {
                chosen = Some(offered);
            }
        }
        chosen.with_context(|| format!("no kind of agency is called {kind}"))?.click().await?;
        self.paste("[data-field=agency-name]", name).await?;
        self.press("save-agency").await?;
        self.wait_until_gone("[data-dialog=agency]").await
    }

    /// Makes an invite for an agency; returns the text to be sent.
    ///
    /// # Errors
    /// When none is made in time.
    pub async fn invite(&self, agency: &str) -> anyhow::Result<String> {
        self.click(&format!("tr[data-agency=\"{agency}\"] [data-action=invite]")).await?;
        self.press("make-invite").await?;
        let text = self.find("[data-dialog=invite] .to-copy textarea").await?.prop("value").await?;
        text.context("the invite has no text")
    }

    /// Pastes an invite on the home screen and joins; ends when the application is open and everything that the
    /// hub has is here.
    ///
    /// # Errors
    /// When a step does not succeed in time.
    pub async fn join(&self, invite: &str) -> anyhow::Result<()> {
        self.preview(invite).await?;
        self.press("join").await?;
        self.find("[data-screen=application]").await?;
        self.wait_until_synced().await
    }

    /// Pastes an invite on the home screen and has it read; returns what is then said.
    ///
    /// # Errors
    /// When a step does not succeed in time.
    pub async fn preview(&self, invite: &str) -> anyhow::Result<String> {
        self.press("join-by-invite").await?;
        self.find("[data-field=invite]").await?;
        self.paste("[data-field=invite]", invite).await?;
        self.press("read-invite").await?;
        self.text_when("[data-preview]", |text| !text.is_empty()).await
    }

    /// Puts text in place of what a box holds.
    ///
    /// # Errors
    /// When the page has no such box.
    pub async fn paste(&self, selector: &str, text: &str) -> anyhow::Result<()> {
        self.find(selector).await?;
        self.evaluate(&format!("{PASTE}({selector:?}, {text:?})")).await.map(drop)
    }

    /// Waits until the state line says 已同步.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn wait_until_synced(&self) -> anyhow::Result<()> {
        self.wait_for_state("已同步").await
    }

    /// Waits until the state line says 离线.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn wait_until_offline(&self) -> anyhow::Result<()> {
        self.wait_for_state("离线").await
    }

    /// Waits until the state line says that the hub was restored from a backup, and opens what it has to tell of it.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn look_at_restored_hub(&self) -> anyhow::Result<()> {
        self.wait_for_state("从备份恢复").await?;
        self.press("sync").await?;
        self.find("[data-action=go-on]").await.map(drop)
    }

    async fn wait_for_state(&self, words: &str) -> anyhow::Result<()> {
        until(&format!("the state line to say {words}"), LINE_PATIENCE, || async {
            let said = self.find(".state-button").await?.text().await?;
            ensure!(said.contains(words), "it says {said:?}");
            Ok(Some(()))
        })
        .await
    }

    /// Waits until the page has no such element.
    ///
    /// # Errors
    /// When it still has one after a person's patience; says what it reads.
    pub async fn wait_until_gone(&self, selector: &str) -> anyhow::Result<()> {
        until(&format!("`{selector}` to go"), PATIENCE, || async {
            let found = self.page()?.find_all(By::Css(selector)).await?;
            let Some(still) = found.into_iter().next() else { return Ok(Some(())) };
            let reads = still.text().await?;
            anyhow::bail!("it is there and reads {reads:?}")
        })
        .await
    }
}
