//! Installs what the build and the tests need from the system: on Debian and its kin through apt, elsewhere it names
//! the packages and stops.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::interop;
use crate::progress::{Progress, find_program, output_of, run};
use crate::wasm_toolchain::{DEBIAN_PACKAGES as WASM_PACKAGES, WasmToolchain};

/// What the machine is to be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Build the app and open it.
    Run,
    /// Also drive it on a screen of its own.
    Test,
}

/// Something that must be there, and the Debian package that brings it.
struct Need {
    package: &'static str,
    /// A program that shows that it is there from whatever source; else dpkg is asked for the package.
    program: Option<&'static str>,
}

const fn package(package: &'static str) -> Need {
    Need { package, program: None }
}

const fn program(program: &'static str, package: &'static str) -> Need {
    Need { package, program: Some(program) }
}

const RUN_NEEDS: &[Need] = &[
    program("cc", "build-essential"),
    program("pkg-config", "pkg-config"),
    program("node", "nodejs"),
    program("npm", "npm"),
    package("libwebkit2gtk-4.1-dev"),
    package("fonts-noto-cjk"),
];

const TEST_NEEDS: &[Need] = &[
    program("Xvfb", "xvfb"),
    program("openbox", "openbox"),
    program("WebKitWebDriver", "webkit2gtk-driver"),
    program("xdotool", "xdotool"),
    program("dbus-daemon", "dbus-daemon"),
    program("ibus-daemon", "ibus"),
    package("ibus-gtk3"),
    package("ibus-libpinyin"),
    program("curl", "curl"),
    program("strace", "strace"),
    program("gnome-keyring-daemon", "gnome-keyring"),
    program("python3", "python3"),
    program("pip3", "python3-pip"),
];

const MACOS_ADVICE: &str =
    "install the Xcode command line tools (`xcode-select --install`) and Node.js (`brew install node`)";
const WINDOWS_ADVICE: &str =
    "install the Visual Studio C++ build tools, Node.js LTS and the WebView2 runtime";

/// Installs what is missing for `purpose`.
///
/// # Errors
/// When something is missing that cannot be installed from here; names it.
pub fn install(progress: &mut Progress, purpose: Purpose) -> anyhow::Result<()> {
    progress.step("set-up: what is missing", || {
        if find_program("apt-get").is_some() && find_program("dpkg-query").is_some() {
            return install_on_debian(purpose);
        }
        name_what_is_missing(purpose)
    })?;
    if purpose == Purpose::Test {
        progress.step("set-up: foreign clients that upload", interop::install)?;
    }
    Ok(())
}

fn install_on_debian(purpose: Purpose) -> anyhow::Result<()> {
    let mut missing: Vec<&str> =
        needs(purpose).filter(|need| !is_there(need)).map(|need| need.package).collect();
    if !WasmToolchain::rustup_suffices()? {
        missing.extend(WASM_PACKAGES.iter().filter(|name| !dpkg_has(name)));
    }
    if missing.is_empty() {
        eprintln!("           nothing");
        return Ok(());
    }
    eprintln!("           installing {}", missing.join(" "));
    apt_get(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(&missing);
    apt_get(&arguments).with_context(|| format!("install {}", missing.join(" ")))
}

/// Runs apt-get as root, or through sudo.
fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let is_root = output_of(Command::new("id").arg("-u"))? == "0";
    let mut command = if is_root {
        Command::new("apt-get")
    } else if find_program("sudo").is_some() {
        eprintln!("           through sudo: apt-get {}", arguments.join(" "));
        let mut sudo = Command::new("sudo");
        sudo.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        sudo
    } else {
        bail!("neither root nor sudo: run as root `apt-get {}`", arguments.join(" "));
    };
    run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()))
}

/// Elsewhere the system's own package tool is the person's to use: say what is missing and stop.
fn name_what_is_missing(purpose: Purpose) -> anyhow::Result<()> {
    if cfg!(target_os = "linux") {
        let mut missing: Vec<&str> = needs(purpose)
            .filter(|need| need.program.is_some_and(|name| find_program(name).is_none()))
            .map(|need| need.package)
            .collect();
        if !pkg_config_has("webkit2gtk-4.1") {
            missing.push("webkit2gtk-4.1 (development files)");
        }
        if missing.is_empty() {
            return Ok(());
        }
        bail!(
            "this is no Debian: install these with your system's tool (Debian's names), then run again: {}",
            missing.join(", ")
        );
    }
    let advice = if cfg!(windows) { WINDOWS_ADVICE } else { MACOS_ADVICE };
    if find_program("node").is_none() && find_program("node.exe").is_none() {
        bail!("Node.js is missing: {advice}, then run again");
    }
    if purpose == Purpose::Test {
        bail!(
            "the tests in the real window run on Linux only; `cargo test --workspace` runs the others here"
        );
    }
    Ok(())
}

fn needs(purpose: Purpose) -> impl Iterator<Item = &'static Need> {
    let more = if purpose == Purpose::Test { TEST_NEEDS } else { &[] };
    RUN_NEEDS.iter().chain(more)
}

fn is_there(need: &Need) -> bool {
    need.program.is_some_and(|name| find_program(name).is_some()) || dpkg_has(need.package)
}

fn dpkg_has(package: &str) -> bool {
    output_of(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]))
        .is_ok_and(|status| status == "installed")
}

fn pkg_config_has(library: &str) -> bool {
    Command::new("pkg-config").args(["--exists", library]).status().is_ok_and(|status| status.success())
}
