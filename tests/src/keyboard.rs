//! Real key events through the X server, so that input methods see them, and what only a window manager can do.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

use crate::place::system_program;
use crate::wait::{PATIENCE, until_blocking};

/// Between two keys: a fast typist, slow enough for an input method on a busy machine.
const KEY_DELAY_MS: &str = "40";

/// xdotool on one display.
#[derive(Clone, Debug)]
pub struct Keyboard {
    xdotool: PathBuf,
    display: String,
}

impl Keyboard {
    /// A keyboard on `display`.
    ///
    /// # Errors
    /// When xdotool is missing.
    pub fn new(display: &str) -> anyhow::Result<Self> {
        Ok(Self { xdotool: system_program("xdotool", "xdotool")?, display: display.to_owned() })
    }

    /// Types ASCII text key by key into the window that has the focus.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn type_keys(&self, text: &str) -> anyhow::Result<()> {
        self.run(&["type", "--delay", KEY_DELAY_MS, text]).map(drop)
    }

    /// Presses one key or chord by its X name: `space`, `Return`, `ctrl+z`.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn press(&self, key: &str) -> anyhow::Result<()> {
        self.run(&["key", key]).map(drop)
    }

    /// Gives the app's window the keyboard focus.
    ///
    /// # Errors
    /// When it has no window.
    pub fn focus_window(&self, app: u32) -> anyhow::Result<()> {
        let window = self.window_of(app)?;
        self.run(&["windowactivate", "--sync", &window]).map(drop)
    }

    /// Resizes the app's window to `width` × `height` pixels, frame not counted.
    ///
    /// # Errors
    /// When it has no window.
    pub fn resize_window(&self, app: u32, width: u32, height: u32) -> anyhow::Result<()> {
        let window = self.window_of(app)?;
        self.run(&["windowsize", &window, &width.to_string(), &height.to_string()]).map(drop)
    }

    /// Asks the app's window to close, by the window manager's key (Debian 12's xdotool cannot ask politely itself).
    ///
    /// # Errors
    /// When it has no window.
    pub fn close_window(&self, app: u32) -> anyhow::Result<()> {
        self.focus_window(app)?;
        self.press("alt+F4")
    }

    /// Moves the pointer to a place on the screen.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn point(&self, (x, y): (i32, i32)) -> anyhow::Result<()> {
        self.run(&["mousemove", &x.to_string(), &y.to_string()]).map(drop)
    }

    /// Moves the pointer to a place in the app's window.
    ///
    /// # Errors
    /// When it has no window.
    pub fn point_in_window(&self, app: u32, (x, y): (i32, i32)) -> anyhow::Result<()> {
        let window = self.window_of(app)?;
        self.run(&["mousemove", "--window", &window, &x.to_string(), &y.to_string()]).map(drop)
    }

    /// Waits until a dialog of the app stands before its window.
    ///
    /// # Errors
    /// When none appears in time.
    pub fn wait_for_dialog(&self, app: u32) -> anyhow::Result<()> {
        let app = app.to_string();
        let dialog = until_blocking("a dialog of the app", PATIENCE, || {
            let found = self.run(&["search", "--onlyvisible", "--pid", &app]).ok()?;
            let mut windows = found.lines().map(str::to_owned);
            windows.next().and(windows.next_back())
        })?;
        self.run(&["windowfocus", "--sync", &dialog]).map(drop)
    }

    /// The X id of the app's visible window, waiting for it to appear.
    fn window_of(&self, app: u32) -> anyhow::Result<String> {
        let app = app.to_string();
        until_blocking("the app's window on the screen", PATIENCE, || {
            let found = self.run(&["search", "--onlyvisible", "--pid", &app]).ok()?;
            found.lines().next_back().map(str::to_owned)
        })
    }

    /// xdotool with these words.
    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(&self.xdotool)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .context("start xdotool")?;
        if !output.status.success() {
            bail!("xdotool {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
