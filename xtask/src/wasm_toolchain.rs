//! Which compiler builds for wasm32-unknown-unknown: the installed target, one that rustup can add, or Debian's.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::progress::{cargo, find_program, output_of, root, run};

/// The target triple of the web view.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Set to `debian` to use Debian's compiler although rustup's target is there (to test that way).
const CHOICE_VARIABLE: &str = "HUIQIAN_WASM";

/// Debian's packages with a compiler and the standard library's source for wasm.
pub const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// A compiler that can build for wasm on this machine.
#[derive(Debug)]
pub enum WasmToolchain {
    /// The toolchain that runs this program has the target's standard library.
    Installed,
    /// Debian's second compiler, which builds the standard library from source.
    Debian(Debian),
}

/// Paths of Debian's compiler packages, and the linker that they lack.
#[derive(Debug)]
pub struct Debian {
    rustc: PathBuf,
    cargo: PathBuf,
    linker: PathBuf,
}

impl WasmToolchain {
    /// Finds a compiler: the installed target, else rustup's, else Debian's.
    ///
    /// # Errors
    /// When none of the three is to be had; says what to install.
    pub fn find() -> anyhow::Result<Self> {
        if Self::rustup_suffices()? {
            return Ok(Self::Installed);
        }
        Ok(Self::Debian(Debian::find()?))
    }

    /// Whether [`Self::find`] would succeed without Debian's packages; tries to install rustup's target.
    ///
    /// # Errors
    /// When the compiler cannot be asked for its folders.
    pub fn rustup_suffices() -> anyhow::Result<bool> {
        let forced = std::env::var(CHOICE_VARIABLE).is_ok_and(|choice| choice == "debian");
        Ok(!forced && (target_is_installed()? || rustup_adds_target()?))
    }

    /// A `cargo build` for the wasm target, without package and profile.
    pub fn build_command(&self) -> Command {
        match self {
            Self::Installed => {
                let mut command = cargo();
                command.args(["build", "--target", TARGET]);
                command
            }
            Self::Debian(debian) => debian.build_command(),
        }
    }

    /// The folder for results below cargo's target folder: two compilers do not share one.
    pub fn folder(&self) -> &'static str {
        match self {
            Self::Installed => "wasm",
            Self::Debian(_) => "wasm-debian",
        }
    }

    /// A name for progress lines.
    pub fn describe(&self) -> String {
        match self {
            Self::Installed => format!("{TARGET} of the installed toolchain"),
            Self::Debian(debian) => format!("Debian's {} with the std source", debian.rustc.display()),
        }
    }
}

impl Debian {
    fn find() -> anyhow::Result<Self> {
        let advice = || {
            format!(
                "no compiler for {TARGET}: run `rustup target add {TARGET}`, or on Debian `apt-get install {}`",
                DEBIAN_PACKAGES.join(" ")
            )
        };
        let rustc = packaged_binary("rustc-web", "rustc").with_context(advice)?;
        let cargo = packaged_binary("cargo-web", "cargo").with_context(advice)?;
        let linker = sysroot()?.join("lib/rustlib").join(host()?).join("bin/rust-lld");
        if !linker.is_file() {
            bail!("Debian's wasm compiler needs the linker {}, which this toolchain lacks", linker.display());
        }
        Ok(Self { rustc, cargo, linker })
    }

    fn build_command(&self) -> Command {
        let mut command = Command::new(&self.cargo);
        command
            .current_dir(root())
            .args(["build", "-Zbuild-std=std,panic_abort", "--target", TARGET])
            .env("RUSTC", &self.rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &self.linker)
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO");
        command
    }
}

/// A program that a Debian package installed under /usr, not whatever PATH finds first.
fn packaged_binary(package: &str, program: &str) -> anyhow::Result<PathBuf> {
    let listing = output_of(Command::new("dpkg").args(["-L", package]))?;
    listing
        .lines()
        .map(Path::new)
        .find(|path| path.file_name().is_some_and(|name| name == program) && path.is_file())
        .map(Path::to_path_buf)
        .with_context(|| format!("package {package} holds no program `{program}`"))
}

fn sysroot() -> anyhow::Result<PathBuf> {
    Ok(PathBuf::from(output_of(rustc().args(["--print", "sysroot"]))?))
}

/// The triple of this machine.
fn host() -> anyhow::Result<String> {
    let said = output_of(rustc().arg("-vV"))?;
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("`rustc -vV` names no host")
}

fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

fn target_is_installed() -> anyhow::Result<bool> {
    Ok(sysroot()?.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn rustup_adds_target() -> anyhow::Result<bool> {
    if find_program("rustup").is_none() {
        return Ok(false);
    }
    eprintln!("           rustup target add {TARGET}");
    Ok(run(Command::new("rustup").args(["target", "add", TARGET])).is_ok() && target_is_installed()?)
}
