//! Photos as a camera makes them: large, and each different.

use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// Writes a photo of that size, a landscape under a sky of its own. The same number gives the same bytes.
///
/// # Errors
/// When the place cannot be written.
pub fn take(path: &Path, number: u32, (width, height): (u32, u32)) -> anyhow::Result<()> {
    let mut noise = number.wrapping_mul(0x9e37_79b9) | 1;
    let horizon = height * 3 / 5;
    let picture = RgbImage::from_fn(width, height, |x, y| {
        // xorshift: grain, so that no two photos are alike and none packs well.
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let grain = u8::try_from(noise % 24).unwrap_or_default();
        let far = u8::try_from(y * 90 / height.max(1)).unwrap_or_default();
        let hill = horizon + (x.wrapping_add(number * 97) % 400).abs_diff(200) / 4;
        let tint = u8::try_from(number * 37 % 60).unwrap_or_default();
        if y < hill {
            Rgb([110 + far + grain, 150 + far + grain, 215 + grain])
        } else {
            Rgb([60 + tint + grain, 120 + grain, 50 + far + grain])
        }
    });
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    JpegEncoder::new_with_quality(&mut file, 90).encode_image(&picture)?;
    Ok(())
}
