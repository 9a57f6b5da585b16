//! A person's desk: a screen, a data folder, and the app on it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use tempfile::TempDir;

use crate::place::built_program;
use crate::screen::Screen;
use crate::window::Window;

/// The desktop app's program.
pub const APP: &str = "huiqian-desktop";

/// A screen and a data folder; windows open and die on it, the data stays.
#[derive(Debug)]
pub struct Desk {
    /// Started when something is to be shown: many a test wants the folder alone.
    screen: Arc<OnceLock<Screen>>,
    folder: TempDir,
    /// Environment of the app beyond the screen: an input method, for example.
    environment: Vec<(OsString, OsString)>,
}

impl Desk {
    /// A screen of its own and an empty data folder.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new() -> anyhow::Result<Self> {
        Self::on(Arc::default())
    }

    /// Another person's desk, with a data folder of its own, whose windows stand on the same screen.
    ///
    /// # Errors
    /// When its folder cannot be made.
    pub fn beside(&self) -> anyhow::Result<Self> {
        Self::on(Arc::clone(&self.screen))
    }

    fn on(screen: Arc<OnceLock<Screen>>) -> anyhow::Result<Self> {
        Ok(Self {
            screen,
            folder: TempDir::with_prefix("huiqian-desk-").context("a folder for the test's data")?,
            environment: Vec::new(),
        })
    }

    /// The app's data folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A folder of this test's own, removed at its end.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The screen, for the app and what runs beside it.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn screen(&self) -> anyhow::Result<&Screen> {
        match self.screen.get() {
            Some(screen) => Ok(screen),
            None => {
                let started = Screen::start()?;
                Ok(self.screen.get_or_init(|| started))
            }
        }
    }

    /// Adds a variable to the environment of windows opened from now on.
    pub fn set_environment(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.environment.push((name.into(), value.into()));
    }

    /// Opens the app on this desk's data folder.
    ///
    /// # Errors
    /// When the app or the driver does not come up.
    pub async fn open(&self) -> anyhow::Result<Window> {
        self.open_with(&[]).await
    }

    /// Opens the app on this desk's data folder with files.
    ///
    /// # Errors
    /// When the app or the driver does not come up.
    pub async fn open_with(&self, files: &[&str]) -> anyhow::Result<Window> {
        let home = self.home().display().to_string();
        let arguments = [&["--home", home.as_str()], files].concat();
        self.open_program(&built_program(APP)?, &arguments).await
    }

    /// Opens another web view program (the blank window of the benchmark) on this screen.
    ///
    /// # Errors
    /// When the program or the driver does not come up.
    pub async fn open_program(&self, program: &Path, arguments: &[&str]) -> anyhow::Result<Window> {
        Window::open(self.screen()?, program, arguments, &self.environment, self.folder.path()).await
    }
}
