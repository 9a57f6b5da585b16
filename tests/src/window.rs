//! A running app, driven through WebKit's own WebDriver: the same clicks and keys as a person's.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;
use thirtyfour::{By, Capabilities, WebDriver, WebElement};

use crate::keyboard::Keyboard;
use crate::place::{results_folder, system_program};
use crate::process::{Group, is_running, kill_9, running};
use crate::screen::Screen;
use crate::wait::{PATIENCE, until};

/// How long one WebDriver request may take: a cold start of the app on a busy machine.
const REQUEST_LIMIT: Duration = Duration::from_secs(60);

/// After this a person presses a key again that did nothing.
const KEY_PATIENCE: Duration = Duration::from_secs(10);

/// Ends when fonts are loaded and two frames were drawn: a picture taken earlier may be blank.
const AFTER_PAINTING: &str = "const done = arguments[arguments.length - 1];
document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())));";

/// One run of the app and its driver. Dropping it kills both.
#[derive(Debug)]
pub struct Window {
    page: Option<WebDriver>,
    app: u32,
    started: Instant,
    display: String,
    // Last: the app lives in the driver's process group.
    _driver: Group,
}

impl Window {
    /// Starts `program` under a driver of its own and waits for its page.
    ///
    /// # Errors
    /// When a program is missing or the page does not come up.
    pub async fn open(
        screen: &Screen,
        program: &Path,
        arguments: &[&str],
        environment: &[(OsString, OsString)],
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let display = screen.display();
        let mut command = Command::new(system_program("WebKitWebDriver", "webkit2gtk-driver")?);
        command
            .arg(format!("--port={port}"))
            .env("DISPLAY", display)
            .env("DBUS_SESSION_BUS_ADDRESS", screen.bus())
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // Web view caches and desktop settings of the person who runs the tests stay out of it.
            .env("XDG_DATA_HOME", folder.join("xdg-data"))
            .env("XDG_CACHE_HOME", folder.join("xdg-cache"))
            .env("XDG_CONFIG_HOME", folder.join("xdg-config"))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if std::env::var_os("HUIQIAN_SHOW_LOG").is_none() {
            command.stderr(Stdio::null());
        }
        let driver = Group::start(&mut command)?;
        wait_for_port(port).await?;
        let started = Instant::now();
        let page = connect(port, program, arguments).await?;
        let app = until("the app's process", PATIENCE, || async {
            // The newest, for a second window on one screen.
            Ok(running(program, "DISPLAY", display).into_iter().max())
        })
        .await?;
        Ok(Self { page: Some(page), app, started, display: display.to_owned(), _driver: driver })
    }

    /// The page, for everything that WebDriver can do.
    ///
    /// # Errors
    /// After the app was killed.
    pub fn page(&self) -> anyhow::Result<&WebDriver> {
        self.page.as_ref().context("this window was closed")
    }

    /// The app's process id.
    pub fn app(&self) -> u32 {
        self.app
    }

    /// When the app was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// A keyboard on the window's screen, below any input method.
    ///
    /// # Errors
    /// When xdotool is missing.
    pub fn keyboard(&self) -> anyhow::Result<Keyboard> {
        Keyboard::new(&self.display)
    }

    /// Waits for an element by CSS selector.
    ///
    /// # Errors
    /// When it does not appear in time.
    pub async fn find(&self, selector: &str) -> anyhow::Result<WebElement> {
        let page = self.page()?;
        until(&format!("the element `{selector}`"), PATIENCE, || async {
            Ok(page.find_all(By::Css(selector)).await?.into_iter().next())
        })
        .await
    }

    /// Waits until an element's text satisfies `wanted`; returns it.
    ///
    /// # Errors
    /// When that does not happen in time; says what the text was.
    pub async fn text_when(&self, selector: &str, wanted: impl Fn(&str) -> bool) -> anyhow::Result<String> {
        let page = self.page()?;
        until(&format!("the text of `{selector}`"), PATIENCE, || async {
            let Some(element) = page.find_all(By::Css(selector)).await?.into_iter().next() else {
                bail!("there is no `{selector}`");
            };
            let text = element.text().await?;
            if wanted(&text) {
                return Ok(Some(text));
            }
            bail!("it reads {text:?}")
        })
        .await
    }

    /// Evaluates a JavaScript expression in the page.
    ///
    /// # Errors
    /// When it throws.
    pub async fn evaluate(&self, expression: &str) -> anyhow::Result<serde_json::Value> {
        let result = self
            .page()?
            .execute(format!("return ({expression});"), Vec::new())
            .await
            .with_context(|| format!("evaluate {expression}"))?;
        Ok(result.json().clone())
    }

    /// Makes the page `width` × `height` CSS pixels.
    ///
    /// # Errors
    /// When the window manager does not comply in time.
    pub async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.keyboard()?.resize_window(self.app, width, height)?;
        until(&format!("a page of {width}×{height}"), PATIENCE, || async {
            let size = self.evaluate("[innerWidth, innerHeight]").await?;
            Ok((size == json!([width, height])).then_some(()))
        })
        .await
    }

    /// Saves what the page shows as PNG.
    ///
    /// # Errors
    /// When the driver cannot take it or the file cannot be written.
    pub async fn save_screenshot(&self, file: &Path) -> anyhow::Result<()> {
        let page = self.page()?;
        page.execute_async(AFTER_PAINTING, Vec::new()).await.context("wait for the page to be painted")?;
        let png = page.screenshot_as_png().await?;
        std::fs::write(file, png).with_context(|| file.display().to_string())
    }

    /// Keeps a picture of a failure below `target/e2e/` and passes the result on.
    ///
    /// # Errors
    /// The given one, with the picture's path.
    pub async fn picture_of_failure<T>(&self, name: &str, result: anyhow::Result<T>) -> anyhow::Result<T> {
        let Err(error) = result else { return result };
        let file: PathBuf = results_folder("e2e")?.join(format!("{name}.png"));
        match self.save_screenshot(&file).await {
            Ok(()) => Err(error.context(format!("a picture is at {}", file.display()))),
            Err(problem) => Err(error.context(format!("no picture could be taken: {problem:#}"))),
        }
    }

    /// Kills the app with SIGKILL, as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// When it was gone already.
    pub async fn kill_9(mut self) -> anyhow::Result<()> {
        kill_9(self.app)?;
        self.forget_page()?;
        let app = self.app;
        until("the killed app to be gone", PATIENCE, || async { Ok((!is_running(app)).then_some(())) }).await
    }

    /// Closes the window as a person does, and waits until the app has ended by itself.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn close(mut self) -> anyhow::Result<()> {
        let app = self.app;
        let ended = |limit| {
            until("the app to end", limit, move || async move { Ok((!is_running(app)).then_some(())) })
        };
        self.keyboard()?.close_window(app)?;
        if ended(KEY_PATIENCE).await.is_err() {
            // A key that comes while the window manager is at something else is lost.
            self.keyboard()?.close_window(app)?;
            ended(PATIENCE).await?;
        }
        self.forget_page()
    }

    /// The session died with the app: there is nobody left to tell.
    fn forget_page(&mut self) -> anyhow::Result<()> {
        if let Some(page) = self.page.take() {
            page.leak()?;
        }
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.forget_page();
        let _ = kill_9(self.app);
    }
}

async fn connect(port: u16, program: &Path, arguments: &[&str]) -> anyhow::Result<WebDriver> {
    let mut capabilities = Capabilities::new();
    capabilities.set("webkitgtk:browserOptions", json!({ "binary": program, "args": arguments }))?;
    // The driver is spoken to over plain HTTP, but no client of this build is made without it.
    form_client::hub::prepare_tls();
    WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
        .request_timeout(REQUEST_LIMIT)
        .connect()
        .await
        .with_context(|| {
            format!(
                "open {} under WebKitWebDriver (HUIQIAN_SHOW_LOG=1 shows what they print)",
                program.display()
            )
        })
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).context("a free port for WebKitWebDriver")?.local_addr()?.port())
}

async fn wait_for_port(port: u16) -> anyhow::Result<()> {
    until("WebKitWebDriver to listen", PATIENCE, || async {
        Ok(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok())
    })
    .await
    .map(drop)
}
