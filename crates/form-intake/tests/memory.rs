//! What a thumbnail of a very large photo takes of the machine's memory. Each photo is shrunk in a process of its own.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::{self, File};
use std::io::BufWriter;
use std::process::Command;

use form_intake::photo::thumbnail;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

/// The photo for the process that shrinks it.
const PHOTO: &str = "HUIQIAN_INTAKE_PHOTO";
/// 50.3 megapixels, as large sensors have them; 151 MB as pixels.
const EDGES: (u32, u32) = (8_192, 6_144);
/// What shrinking it may take beside the process itself.
const LIMIT_KIB: u64 = 24 << 10;

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_photo_of_50_megapixels_is_shrunk_in_little_memory() {
    let path = std::env::temp_dir().join(format!("huiqian-intake-{}.jpg", std::process::id()));
    let mut random = fastrand::Rng::with_seed(1);
    let mut pixels = vec![0; usize::try_from(EDGES.0 * EDGES.1 * 3).unwrap()];
    // Soft noise, so that the file is as large as a photo's.
    let noise: Vec<u8> = (0..1 << 20).map(|_| random.u8(90..140)).collect();
    pixels.chunks_mut(noise.len()).for_each(|piece| piece.copy_from_slice(&noise[..piece.len()]));
    let picture = RgbImage::from_raw(EDGES.0, EDGES.1, pixels).unwrap();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(BufWriter::new(File::create(&path).unwrap()), 85))
        .unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "shrinks_the_photo_that_it_is_given", "--ignored", "--nocapture"])
        .env(PHOTO, &path)
        .output()
        .unwrap();
    let size = fs::metadata(&path).unwrap().len();
    fs::remove_file(&path).unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    let taken: u64 = printed.lines().find_map(|line| line.split("taken ").nth(1)?.parse().ok()).unwrap();
    println!("a JPEG of {} MiB: {} MiB for its thumbnail", size >> 20, taken >> 10);
    assert!(taken < LIMIT_KIB, "{taken} KiB");
}

#[test]
#[ignore = "a process of its own for the test above"]
fn shrinks_the_photo_that_it_is_given() {
    let mut photo = File::open(std::env::var_os(PHOTO).unwrap()).unwrap();
    let before = peak_kib();
    let small = thumbnail(&mut photo).unwrap();
    println!("\ntaken {}", peak_kib() - before);
    assert!(small.starts_with(&[0xff, 0xd8]));
}
