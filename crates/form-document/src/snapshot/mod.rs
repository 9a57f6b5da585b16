//! The final submission (定稿内容): a manifest of exact bytes, and what has to be true before there may be one.

mod build;
mod manifest;
mod obstacle;

pub use build::{Facts, build};
pub use manifest::{
    BadManifest, MANIFEST_FORMAT, MANIFEST_MAX_BYTES, Manifest, ManifestAgency, ManifestDevice, ManifestForm,
    ManifestRoster, Override,
};
pub use obstacle::{Obstacle, obstacles};
