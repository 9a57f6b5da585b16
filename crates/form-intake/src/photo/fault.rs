//! Why nothing can be made of a photo. The file itself may be kept all the same.

use std::io;

use super::PHOTO_BYTES;
use crate::sentence::{Sentence, both, mebibytes};

/// Why nothing can be made of a photo.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.pair().1)]
pub enum PhotoFault {
    /// It could not be read, or the copy could not be written.
    Unreadable(#[source] io::Error),
    /// More bytes than [`PHOTO_BYTES`].
    TooLarge,
    /// More pixels than fit into the memory that a decoder may have.
    TooManyPixels,
    /// Its size or pixels cannot be made out.
    NoPhoto,
    /// The place stands somewhere in it from where it cannot be taken.
    Stubborn,
}

impl Sentence for PhotoFault {
    fn pair(&self) -> (String, String) {
        match self {
            Self::Unreadable(error) => both(
                format!("照片读写失败（{error}）"),
                format!("the photo cannot be read or written ({error})"),
            ),
            Self::TooLarge => both(
                format!("照片超过 {} MB，不生成预览", mebibytes(PHOTO_BYTES)),
                format!("the photo has more than {} MiB; there is no preview", mebibytes(PHOTO_BYTES)),
            ),
            Self::TooManyPixels => {
                both("照片的像素太多，不生成预览", "the photo has too many pixels for a preview")
            }
            Self::NoPhoto => {
                both("照片无法解读，没有预览", "the photo cannot be decoded; there is no preview")
            }
            Self::Stubborn => both(
                "照片里的位置信息无法去除。请用手机或电脑的相册另存一份不带位置的照片",
                "the place cannot be taken out of this photo; save a copy without it in a photo program",
            ),
        }
    }
}
