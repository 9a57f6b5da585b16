//! Files that a person drags onto the window from outside, or copies to be pasted: real drags and a real clipboard of the
//! X screen, between two programs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;

use crate::place::built_program;
use crate::process::Group;
use crate::screen::Screen;
use crate::window::Window;

/// The middle of the file manager's window, which `bin/file_manager.rs` puts there.
const GRIP: (i32, i32) = (1_930, 1_150);
/// Between two moves of the pointer: the programs answer each other meanwhile.
const PAUSE: Duration = Duration::from_millis(60);
/// Before the button is let go: the window has told the file manager by then whether it takes the files.
const CONSIDERATION: Duration = Duration::from_millis(400);

/// A running file manager. Dropping it ends it, and what it had copied.
#[derive(Debug)]
pub struct FileManager {
    _program: Group,
}

impl FileManager {
    /// Starts it and waits until it is ready. `act` is `drag`, `copy` or `picture`.
    ///
    /// # Errors
    /// When it is not built, or the screen refuses it.
    pub fn start(screen: &Screen, act: &str, files: &[&Path]) -> anyhow::Result<Self> {
        let mut program = Group::start(
            Command::new(built_program("file_manager")?)
                .arg(act)
                .args(files)
                .env("DISPLAY", screen.display())
                .env("DBUS_SESSION_BUS_ADDRESS", screen.bus())
                .env("GDK_BACKEND", "x11")
                .env_remove("WAYLAND_DISPLAY")
                .stdout(Stdio::piped()),
        )?;
        let output = program.child().stdout.take().context("the file manager's output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(line.trim() == "ready", "the file manager said {line:?}");
        Ok(Self { _program: program })
    }
}

impl Window {
    /// Drags files onto the middle of an element, with the pointer.
    ///
    /// # Errors
    /// When the element is not in the page, or the file manager does not start.
    pub async fn drop_files(&self, screen: &Screen, files: &[&Path], selector: &str) -> anyhow::Result<()> {
        self.find(selector).await?;
        let place = self.middle_of(selector).await?;
        let _manager = FileManager::start(screen, "drag", files)?;
        let pointer = self.keyboard()?;
        pointer.focus_window(self.app())?;
        pointer.point(GRIP)?;
        pointer.run(&["mousedown", "1"])?;
        tokio::time::sleep(PAUSE).await;
        for step in 1..=4 {
            pointer.point((GRIP.0 - 20 * step, GRIP.1 - 10 * step))?;
            tokio::time::sleep(PAUSE).await;
        }
        for short in [24, 8, 0] {
            pointer.point_in_window(self.app(), (place.0 + short, place.1))?;
            tokio::time::sleep(PAUSE).await;
        }
        tokio::time::sleep(CONSIDERATION).await;
        pointer.run(&["mouseup", "1"])?;
        tokio::time::sleep(CONSIDERATION).await;
        Ok(())
    }

    /// The middle of an element, in the screen's pixels, after it was brought into view.
    async fn middle_of(&self, selector: &str) -> anyhow::Result<(i32, i32)> {
        let middle = format!(
            "((element) => {{ element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
              const {{ left, top, width, height }} = element.getBoundingClientRect();
              const screen = (along) => Math.round(along * devicePixelRatio);
              return [screen(left + width / 2), screen(top + height / 2)]; }})(document.querySelector({}))",
            json!(selector)
        );
        Ok(serde_json::from_value(self.evaluate(&middle).await?)?)
    }
}
