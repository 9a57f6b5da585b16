//! Where the pictures go.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use huiqian_tests::place::results_folder;
use huiqian_tests::window::Window;

type Size = (u32, u32);

/// What most desks have, and a large one.
const DESKS: [Size; 2] = [(1280, 800), (1920, 1080)];
/// The same small desk, and half a screen beside a document.
const NARROW: [Size; 2] = [(1280, 800), (820, 900)];

/// A folder of pictures.
pub struct Album {
    folder: PathBuf,
}

impl Album {
    /// The folder as it is.
    pub fn open() -> anyhow::Result<Self> {
        Ok(Self { folder: results_folder("screenshots")? })
    }

    /// The folder, without the pictures of the last time.
    pub fn empty() -> anyhow::Result<Self> {
        let album = Self::open()?;
        for entry in fs::read_dir(&album.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "png") {
                fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
        }
        Ok(album)
    }

    /// Takes the picture on desks of both sizes: `<name>-1280x800.png`.
    pub async fn take(&self, window: &Window, name: &str) -> anyhow::Result<()> {
        self.take_in(window, name, DESKS).await
    }

    /// Takes the picture on a desk and in a narrow window.
    pub async fn take_narrow(&self, window: &Window, name: &str) -> anyhow::Result<()> {
        self.take_in(window, name, NARROW).await
    }

    async fn take_in(&self, window: &Window, name: &str, sizes: [Size; 2]) -> anyhow::Result<()> {
        for (width, height) in sizes {
            window.resize(width, height).await?;
            let file = self.folder.join(format!("{name}-{width}x{height}.png"));
            window.save_screenshot(&file).await?;
        }
        // What comes next is done on the usual desk.
        let (width, height) = sizes[0];
        window.resize(width, height).await?;
        println!("{name}");
        Ok(())
    }
}
