//! Pages of a PDF: how many, and a picture of one.
//!
//! A renderer cannot be stopped, and a crafted file may ask for any memory and any depth of the stack. So programs draw
//! in a process of their own, which can be ended ([`apart`]); [`count`] and [`preview`] are what that process does.

pub mod apart;
mod fault;
mod font;

use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

use crate::guard::guarded;
pub use fault::PageFault;

/// The largest PDF that is rendered: a scanned annex of 100 pages has about 50 MB; it is held in memory.
pub const PDF_BYTES: usize = 64 << 20;
/// The longest edge of a preview, in pixels: A4 at 100 dots an inch.
pub const PREVIEW_PIXELS: u16 = 1_170;

/// The number of pages, found out in this process.
///
/// # Errors
/// When it is too large, no PDF, or has a password.
pub fn count(bytes: Vec<u8>) -> Result<usize, PageFault> {
    with_pdf(bytes, |pdf| Ok(pdf.pages().len()))
}

/// A picture of one page, the first being 0, as PNG on white, its longest edge [`PREVIEW_PIXELS`]; drawn in this process.
///
/// # Errors
/// When it is too large, no PDF, or has no such page or a password.
pub fn preview(bytes: Vec<u8>, page: usize) -> Result<Vec<u8>, PageFault> {
    with_pdf(bytes, |pdf| picture(pdf, page))
}

fn with_pdf<T>(bytes: Vec<u8>, work: impl FnOnce(&Pdf) -> Result<T, PageFault>) -> Result<T, PageFault> {
    if bytes.len() > PDF_BYTES {
        return Err(PageFault::TooLarge);
    }
    guarded(|| work(&Pdf::new(bytes)?)).unwrap_or(Err(PageFault::NoPage))
}

fn picture(pdf: &Pdf, page: usize) -> Result<Vec<u8>, PageFault> {
    let page = pdf.pages().get(page).ok_or(PageFault::NoPage)?;
    let (width, height) = page.render_dimensions();
    let longest = width.max(height);
    if !(longest.is_finite() && width >= 1.0 && height >= 1.0) {
        return Err(PageFault::NoPage);
    }
    let scale = f32::from(PREVIEW_PIXELS) / longest;
    // A page a thousand times longer than wide would have no pixel across.
    if width.min(height) * scale < 1.0 {
        return Err(PageFault::NoPage);
    }
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let cache = RenderCache::new();
    let pixels = render(page, &cache, &font::settings(), &RenderSettings::default(), &settings);
    pixels.into_png().map_err(|_| PageFault::NoPage)
}
