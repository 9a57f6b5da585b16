//! Photos by the hundred: large, real and each different, in the time that the disk takes.
//!
//! A photo of a telephone takes a processor a tenth of a second to encode. JPEG lets a picture be cut into strips that
//! are decoded without each other (ITU-T T.81, E.1.4: restart intervals), so some strips are encoded once, and each
//! photo is another row of them.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, ensure};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

use crate::random::Random;

/// A strip is a row of whole blocks at any subsampling, in points.
const STRIP_HEIGHT: u16 = 16;
const WIDTH: u16 = 2_912;
/// How many strips a photo has: 2,912 × 2,592 points, about 3 MB.
const STRIPS: u16 = 162;
/// How many different ones there are. Photos differ in their order: there are more orders than photos.
const POOL: usize = 32;

/// A camera, loaded with strips.
#[derive(Debug)]
pub struct Camera {
    /// All that stands before the first strip's bytes.
    head: Vec<u8>,
    /// The entropy-coded bytes of each strip.
    strips: Vec<Vec<u8>>,
    seed: u64,
}

impl Camera {
    /// A camera. The same seed takes the same photos.
    ///
    /// # Errors
    /// When the encoder makes what is no baseline JPEG.
    pub fn new(seed: u64) -> anyhow::Result<Self> {
        let mut random = Random::new(seed);
        let mut strips = Vec::new();
        let mut head = Vec::new();
        for number in 0..POOL {
            let encoded = encode(number, &mut random)?;
            let scan = scan_start(&encoded)?;
            let coded = encoded.get(scan.coded..encoded.len().saturating_sub(2)).context("no end")?;
            strips.push(coded.to_vec());
            head = for_photo(&encoded, &scan)?;
        }
        Ok(Self { head, strips, seed })
    }

    /// Writes a photo, durable; returns how many bytes it has.
    ///
    /// # Errors
    /// When the place cannot be written.
    pub fn take(&self, path: &Path, number: u64) -> anyhow::Result<u64> {
        let mut random = Random::new(self.seed.wrapping_add(number).wrapping_mul(0x9E37_79B9));
        let mut photo = self.head.clone();
        for strip in 0..STRIPS {
            if strip > 0 {
                let [mark, _] = ((strip - 1) % 8).to_le_bytes();
                photo.extend([0xFF, 0xD0 | mark]);
            }
            photo.extend(random.pick(&self.strips));
        }
        photo.extend([0xFF, 0xD9]);
        fs::write(path, &photo).with_context(|| path.display().to_string())?;
        File::open(path)?.sync_all()?;
        Ok(photo.len() as u64)
    }
}

/// A strip as a picture of its own: a colour under grain that packs badly, as a real photo's.
fn encode(number: usize, random: &mut Random) -> anyhow::Result<Vec<u8>> {
    let [tint, ..] = (number * 5).to_le_bytes();
    let picture = RgbImage::from_fn(u32::from(WIDTH), u32::from(STRIP_HEIGHT), |_, _| {
        let [red, green, blue, ..] = random.next_u64().to_le_bytes();
        Rgb([60 + tint / 2 + red % 24, 120 + green % 24, 50 + tint / 4 + blue % 24])
    });
    let mut encoded = Vec::new();
    JpegEncoder::new_with_quality(&mut encoded, 90).encode_image(&picture)?;
    Ok(encoded)
}

/// Where things stand in an encoded strip.
struct Scan {
    /// The height's two bytes.
    height: usize,
    /// The marker that starts the scan.
    marker: usize,
    /// The first coded byte.
    coded: usize,
    /// How many blocks the strip has, of all components together.
    blocks: u16,
}

/// Walks the segments of a baseline JPEG (T.81, B.1.1.4).
fn scan_start(jpeg: &[u8]) -> anyhow::Result<Scan> {
    let at = |place: usize| jpeg.get(place).copied().context("the JPEG breaks off");
    let (mut place, mut frame) = (2, None);
    loop {
        ensure!(at(place)? == 0xFF, "no marker at {place}");
        let length = usize::from(u16::from_be_bytes([at(place + 2)?, at(place + 3)?]));
        match at(place + 1)? {
            0xC0 => {
                // The first component's sampling factors say how large a block of all components is.
                let (across, down) = (u16::from(at(place + 11)? >> 4), u16::from(at(place + 11)? & 15));
                let blocks = WIDTH.div_ceil(8 * across) * STRIP_HEIGHT.div_ceil(8 * down);
                frame = Some((place + 5, blocks));
            }
            0xDA => {
                let (height, blocks) = frame.context("no baseline frame before the scan")?;
                return Ok(Scan { height, marker: place, coded: place + 2 + length, blocks });
            }
            _ => {}
        }
        place += 2 + length;
    }
}

/// The head of a photo: a strip's, for all strips, each an interval.
fn for_photo(strip: &[u8], scan: &Scan) -> anyhow::Result<Vec<u8>> {
    let mut head = strip.get(..scan.coded).context("no scan")?.to_vec();
    let height = (STRIP_HEIGHT * STRIPS).to_be_bytes();
    head.get_mut(scan.height..scan.height + 2).context("no height")?.copy_from_slice(&height);
    let [high, low] = scan.blocks.to_be_bytes();
    head.splice(scan.marker..scan.marker, [0xFF, 0xDD, 0, 4, high, low]);
    Ok(head)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A camera that cannot be set up has failed.

    use super::*;

    #[test]
    fn each_photo_is_another_and_every_decoder_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let camera = Camera::new(1).unwrap();
        let paths = [1, 2].map(|number| folder.path().join(format!("{number}.jpg")));
        let sizes = [1, 2]
            .map(|number: u64| camera.take(&paths[usize::try_from(number - 1).unwrap()], number).unwrap());
        assert!(sizes.iter().all(|size| (2_500_000..3_500_000).contains(size)), "{sizes:?}");
        let [first, second] = paths.map(|path| image::open(path).unwrap().into_rgb8());
        assert_eq!(first.dimensions(), (2_912, 2_592));
        assert_ne!(first, second);
        // A strip that began in the middle of another would be shifted in its colours.
        assert!(first.pixels().all(|Rgb([_, green, _])| (90..180).contains(green)));
    }
}
