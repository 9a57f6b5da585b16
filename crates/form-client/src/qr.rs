//! QR codes as rows of modules: the view and the printer draw them.

use qrcode::{Color, EcLevel, QrCode};

/// The rows of a QR code for a text, dark modules as `1`; none when the text is too long for one.
pub fn rows(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return Vec::new() };
    let modules = code.to_colors();
    let module = |color: &Color| if *color == Color::Dark { '1' } else { '0' };
    modules.chunks(code.width()).map(|row| row.iter().map(module).collect()).collect()
}
