//! An X screen that nobody sees, with a window manager (without one, screenshots of the web view hang).

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::place::system_program;
use crate::process::Group;
use crate::wait::{PATIENCE, until_blocking};

/// Room for a 1920×1080 page and its window's frame.
const SIZE: &str = "2000x1200x24";

/// Xvfb with openbox on a free display number, and a session bus of its own.
#[derive(Debug)]
pub struct Screen {
    display: String,
    bus: String,
    // In this order: what shows windows goes before the screen.
    _bus: Group,
    _manager: Group,
    _server: Group,
}

impl Screen {
    /// Starts both and waits until the window manager manages.
    ///
    /// # Errors
    /// When a program is missing (names its package) or does not come up.
    pub fn start() -> anyhow::Result<Self> {
        let mut server = Group::start(
            Command::new(system_program("Xvfb", "xvfb")?)
                .args(["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let display = format!(":{}", first_line(&mut server, "Xvfb's display number")?);
        let manager = Group::start(
            Command::new(system_program("openbox", "openbox")?)
                .env("DISPLAY", &display)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        wait_for_manager(&display)?;
        // Without a bus GTK starts one that outlives the test; what this one starts dies with its group.
        let mut bus_daemon = Group::start(
            Command::new(system_program("dbus-daemon", "dbus-daemon")?)
                .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
                .env("DISPLAY", &display)
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let bus = first_line(&mut bus_daemon, "the session bus's address")?;
        Ok(Self { display, bus, _bus: bus_daemon, _manager: manager, _server: server })
    }

    /// The value for `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The value for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn bus(&self) -> &str {
        &self.bus
    }
}

/// What a server says about itself once it is ready.
fn first_line(server: &mut Group, what: &str) -> anyhow::Result<String> {
    let output = server.child().stdout.take().context("the server's output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    if line.trim().is_empty() {
        bail!("a server ended without saying {what}");
    }
    Ok(line.trim().to_owned())
}

/// A window manager that is ready answers xdotool's question for the current desktop.
fn wait_for_manager(display: &str) -> anyhow::Result<()> {
    let xdotool = system_program("xdotool", "xdotool")?;
    until_blocking("openbox to manage the screen", PATIENCE, || {
        Command::new(&xdotool)
            .arg("get_desktop")
            .env("DISPLAY", display)
            .output()
            .is_ok_and(|output| output.status.success())
            .then_some(())
    })
}
