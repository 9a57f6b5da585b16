//! Why a page is not shown. The file itself may be kept all the same.

use hayro::hayro_syntax::LoadPdfError;

use super::PDF_BYTES;
use crate::sentence::{Sentence, both};

/// Why a page is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.pair().1)]
pub enum PageFault {
    /// More than [`PDF_BYTES`].
    TooLarge,
    /// It cannot be read as a PDF.
    NoPdf,
    /// It opens with a password only.
    Locked,
    /// It has no such page, or the page cannot be drawn.
    NoPage,
    /// Drawing took too long.
    Slow,
    /// Drawing took more memory than it may, or brought its process down.
    Crashed,
}

impl PageFault {
    /// Every fault, each with its place as its number between processes.
    pub(super) const ALL: [Self; 6] =
        [Self::TooLarge, Self::NoPdf, Self::Locked, Self::NoPage, Self::Slow, Self::Crashed];
}

impl From<LoadPdfError> for PageFault {
    fn from(error: LoadPdfError) -> Self {
        match error {
            LoadPdfError::Decryption(_) => Self::Locked,
            LoadPdfError::Invalid => Self::NoPdf,
        }
    }
}

impl Sentence for PageFault {
    fn pair(&self) -> (String, String) {
        match self {
            Self::TooLarge => both(
                format!("PDF 超过 {} MB，不生成预览", PDF_BYTES >> 20),
                format!("the PDF has more than {} MiB; there is no preview", PDF_BYTES >> 20),
            ),
            Self::NoPdf => both("PDF 无法解读，没有预览", "the PDF cannot be read; there is no preview"),
            Self::Locked => both("PDF 有密码，没有预览", "the PDF has a password; there is no preview"),
            Self::NoPage => both("这一页无法显示", "this page cannot be shown"),
            Self::Slow => {
                both("这一页画得太久，没有预览", "this page takes too long to draw; there is no preview")
            }
            Self::Crashed => both(
                "这一页无法安全地显示，没有预览",
                "this page cannot be shown safely; there is no preview",
            ),
        }
    }
}
