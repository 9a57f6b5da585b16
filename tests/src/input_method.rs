//! A real input method: ibus with libpinyin, on a desk of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::desk::Desk;
use crate::place::system_program;
use crate::process::Group;
use crate::screen::Screen;
use crate::wait::{PATIENCE, until_blocking};

const ENGINE: &str = "libpinyin";

/// ibus in pinyin mode for every window opened on the desk from now on. Dropping it ends ibus.
#[derive(Debug)]
pub struct InputMethod {
    _daemon: Group,
}

impl InputMethod {
    /// Starts ibus on the desk's screen and switches it to pinyin.
    ///
    /// # Errors
    /// When a program is missing (names its package) or ibus does not come up.
    pub fn start(desk: &mut Desk) -> anyhow::Result<Self> {
        require_gtk_module()?;
        let environment = environment(desk, desk.screen()?);
        for (name, value) in &environment {
            desk.set_environment(*name, value);
        }
        desk.set_environment("GTK_IM_MODULE", "ibus");
        desk.set_environment("XMODIFIERS", "@im=ibus");
        // No panel: the candidates need not be seen, and the panel would want a desktop.
        let daemon = Group::start(
            Command::new(system_program("ibus-daemon", "ibus")?)
                .args(["--panel", "disable", "--xim", "--replace"])
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let ibus = system_program("ibus", "ibus")?;
        // `ibus engine NAME` may answer before the engine runs; what counts is the engine that it then names.
        until_blocking("ibus to switch to pinyin (package ibus-libpinyin)", PATIENCE, || {
            let ask = |arguments: &[&str]| {
                Command::new(&ibus)
                    .args(arguments)
                    .envs(environment.iter().map(|(name, value)| (name, value)))
                    .output()
                    .ok()
            };
            ask(&["engine", ENGINE])?;
            let named = ask(&["engine"])?;
            (String::from_utf8_lossy(&named.stdout).trim() == ENGINE).then_some(())
        })?;
        Ok(Self { _daemon: daemon })
    }
}

/// What ibus and the app must agree on to find each other, apart from the ibus of the person who runs the tests.
fn environment(desk: &Desk, screen: &Screen) -> Vec<(&'static str, String)> {
    let folder = |name: &str| desk.folder().join(name).display().to_string();
    vec![
        ("DISPLAY", screen.display().to_owned()),
        ("DBUS_SESSION_BUS_ADDRESS", screen.bus().to_owned()),
        ("HOME", folder("ibus-home")),
        ("XDG_CONFIG_HOME", folder("xdg-config")),
        ("XDG_CACHE_HOME", folder("xdg-cache")),
        ("XDG_DATA_HOME", folder("xdg-data")),
        ("GSETTINGS_BACKEND", "memory".to_owned()),
    ]
}

/// Without ibus' module GTK ignores GTK_IM_MODULE silently, and the test would type Latin letters.
fn require_gtk_module() -> anyhow::Result<()> {
    let found = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"]
        .iter()
        .map(|folder| PathBuf::from(folder).join("gtk-3.0/3.0.0/immodules/im-ibus.so"))
        .any(|module| module.is_file());
    anyhow::ensure!(
        found,
        "GTK has no module for ibus: run `cargo xtask set-up`, or `apt-get install ibus-gtk3`"
    );
    Ok(())
}
