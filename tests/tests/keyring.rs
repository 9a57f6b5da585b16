//! The device's key in a real keyring: GNOME's, on a message bus of this test's own, with the real program. The
//! developer's own keyring and bus are never asked.

#![allow(clippy::unwrap_used)] // The file is nothing but checks.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use huiqian_tests::place::{built_program, system_program};
use huiqian_tests::process::Group;
use huiqian_tests::wait::{PATIENCE, until_blocking};
use serde_json::Value;
use tempfile::TempDir;

const FORM: &str = "zone-application-2026";
const PASSWORD: &str = "示例";
/// A bus that starts nothing by itself: whether a keyring answers is this test's to say.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"#;

/// A person's session: a bus, folders, and at times a keyring.
struct Session {
    folder: TempDir,
    address: String,
    _bus: Group,
}

impl Session {
    fn start() -> Self {
        let folder = TempDir::with_prefix("huiqian-keyring-").unwrap();
        let config = folder.path().join("bus.xml");
        fs::write(&config, BUS.replace("FOLDER", &folder.path().display().to_string())).unwrap();
        let mut command = Command::new(system_program("dbus-daemon", "dbus-daemon").unwrap());
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
        let mut bus = Group::start(command.stdout(Stdio::piped())).unwrap();
        let mut address = String::new();
        BufReader::new(bus.child().stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { folder, address: address.trim().to_owned(), _bus: bus }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let folder = self.folder.path();
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .envs(["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"].map(|name| (name, folder)))
            .env_remove("HUIQIAN_KEYRING")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// GNOME's keyring, unlocked by its password, or locked.
    fn keyring(&self, unlocked: bool) -> Group {
        let program = system_program("gnome-keyring-daemon", "gnome-keyring").unwrap();
        let mut command = self.command(&program);
        command.args(["--foreground", "--components=secrets"]);
        if unlocked {
            command.arg("--unlock");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut keyring = Group::start(&mut command).unwrap();
        keyring.child().stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        keyring
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("desk")
    }

    /// `huiqian ARGUMENTS` at the desk: exit code and what it says as JSON.
    fn huiqian(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let mut command = self.command(&built_program("huiqian").unwrap());
        let output = command.args(["--json", "--home"]).arg(self.home()).args(arguments).output().unwrap();
        (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default())
    }

    fn export(&self, id: &str) -> (Option<i32>, Value) {
        let out = self.folder.path().join("out.hqb").display().to_string();
        self.huiqian(&["bundle", "export", id, "--out", &out])
    }

    fn device(&self) -> (Value, Value) {
        let (_, said) = self.huiqian(&["device"]);
        (said["device"].clone(), said["key_place"].clone())
    }

    /// Waits until the keyring answers.
    fn move_to_keyring(&self) {
        let moved = || (self.huiqian(&["device", "--keep-in", "keyring"]).0 == Some(0)).then_some(());
        until_blocking("the keyring to take the key", PATIENCE, moved).unwrap();
    }
}

#[test]
fn the_key_lies_in_a_keyring_that_answers_and_a_silent_one_loses_nothing() {
    let session = Session::start();
    let (code, new) = session.huiqian(&["app", "new", "--form", FORM, "--name", "示例"]);
    assert_eq!(code, Some(0), "{new}");
    let id = new["id"].as_str().unwrap().to_owned();
    let (device, place) = session.device();
    assert_eq!(place, "file", "no keyring answers");
    let file = session.home().join("device.key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let keyring = session.keyring(true);
    session.move_to_keyring();
    assert!(!file.exists());
    assert_eq!(session.device(), (device.clone(), "keyring".into()));
    assert_eq!(session.export(&id).0, Some(0), "it signs with what the keyring gives");

    // The session ends; somebody logs in over ssh.
    drop(keyring);
    assert_eq!(session.huiqian(&["set", &id, "cover.city", "示例"]).0, Some(0), "filling in goes on");
    let (code, said) = session.export(&id);
    assert_eq!((code, &said["error"]["code"]), (Some(2), &"keyring_silent".into()), "{said}");
    let keyring = session.keyring(false);
    let (code, said) = session.export(&id);
    assert_eq!((code, &said["error"]["code"]), (Some(2), &"keyring_silent".into()), "{said}");
    assert_eq!(session.device(), (device.clone(), "keyring".into()), "it is the same device");
    drop(keyring);

    let _keyring = session.keyring(true);
    let signs = || (session.export(&id).0 == Some(0)).then_some(());
    until_blocking("the keyring to give the key", PATIENCE, signs).unwrap();
    assert_eq!(session.device(), (device, "keyring".into()));
    assert_eq!(session.huiqian(&["get", &id, "cover.city"]).1["value"], "示例");
}

#[test]
fn a_new_desk_beside_an_open_keyring_keeps_its_key_there_from_the_start() {
    let session = Session::start();
    let keyring = session.keyring(true);
    session.move_to_keyring();
    fs::remove_dir_all(session.home()).unwrap();
    assert_eq!(session.huiqian(&["app", "new", "--form", FORM, "--name", "示例"]).0, Some(0));
    assert_eq!(session.device().1, "keyring");
    assert!(!session.home().join("device.key").exists());
    drop(keyring);
}
