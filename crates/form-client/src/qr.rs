//! QR codes as rows of modules: the view and the printer draw them.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of light around a code (ISO/IEC 18004, 9.1).
const QUIET: usize = 4;

/// A code's rows as text, two rows a line, for a terminal of light letters on dark ground.
pub fn drawn(rows: &[String]) -> String {
    let width = rows.len() + 2 * QUIET;
    let light = |row: usize, column: usize| {
        let at = |index: usize| index.checked_sub(QUIET);
        let module = at(row).zip(at(column)).and_then(|(row, column)| rows.get(row)?.as_bytes().get(column));
        module != Some(&b'1')
    };
    let line = |row: usize| {
        let cell = |column: usize| match (light(row, column), light(row + 1, column)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..width).map(cell).collect::<String>()
    };
    (0..width).step_by(2).map(line).collect::<Vec<_>>().join("\n")
}

/// The rows of a QR code for a text, dark modules as `1`; none when the text is too long for one.
pub fn rows(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return Vec::new() };
    let modules = code.to_colors();
    let module = |color: &Color| if *color == Color::Dark { '1' } else { '0' };
    modules.chunks(code.width()).map(|row| row.iter().map(module).collect()).collect()
}
