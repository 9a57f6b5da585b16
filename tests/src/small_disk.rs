//! A disk that gets full: a small file system in memory that one program sees, mounted in a name space of its own
//! (which needs no rights on most machines).

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The command line that mounts a file system of so many KiB on a folder and starts a program, whose own command line
/// is to follow.
pub fn mounted(folder: &Path, kib: u32) -> Vec<OsString> {
    let script = format!("mkdir -p \"$0\" && mount -t tmpfs -o size={kib}k none \"$0\" && exec \"$@\"");
    let words = ["unshare", "--map-root-user", "--mount", "sh", "-c", &script];
    words.into_iter().map(OsString::from).chain([folder.as_os_str().to_owned()]).collect()
}

/// A folder as a program in another name space sees it.
pub fn seen_by(process: u32, folder: &Path) -> PathBuf {
    let below_root = folder.strip_prefix("/").unwrap_or(folder);
    Path::new("/proc").join(process.to_string()).join("root").join(below_root)
}

/// Something that takes all the room that is left on a disk; freed when dropped.
#[derive(Debug)]
pub struct Ballast(PathBuf);

impl Ballast {
    /// Fills a folder's disk.
    ///
    /// # Errors
    /// When the folder cannot be written to, or there is room for more than `most_kib`.
    pub fn fill(folder: &Path, most_kib: u32) -> anyhow::Result<Self> {
        let ballast = Self(folder.join("ballast"));
        let mut file = File::create(&ballast.0).with_context(|| ballast.0.display().to_string())?;
        // By pages, so that not one is left.
        for _ in 0..most_kib {
            if file.write_all(&[0; 1 << 10]).is_err() {
                return Ok(ballast);
            }
        }
        bail!("the disk does not get full")
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
