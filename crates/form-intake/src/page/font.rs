//! A Chinese font of this system, for papers that name one without bringing it: certificates of public systems are often
//! set in STSong-Light, which a reader is expected to have. Without it their words would be blanks.

use std::fs;
use std::sync::{Arc, OnceLock};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::font::{FallbackFontQuery, FontData, FontQuery};
use hayro::hayro_interpret::hayro_cmap::CidFamily;

/// Where Windows, macOS and Linux distributions keep a font with simplified characters, and its place in the file.
/// A fixed list: nothing of the drawn file chooses what is read.
const PLACES: [(&str, u32); 8] = [
    ("C:\\Windows\\Fonts\\simsun.ttc", 0),
    ("C:\\Windows\\Fonts\\msyh.ttc", 0),
    ("/System/Library/Fonts/STHeiti Light.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
];

/// Settings under which Chinese fonts that are not in the file are taken from the system.
pub(super) fn settings() -> InterpreterSettings {
    InterpreterSettings { font_resolver: Arc::new(resolve), ..InterpreterSettings::default() }
}

fn resolve(query: &FontQuery) -> Option<(FontData, u32)> {
    match query {
        FontQuery::Standard(font) => Some(font.get_font_data()),
        FontQuery::Fallback(font) if is_chinese(font) => {
            chinese().cloned().or_else(|| Some(font.pick_standard_font().get_font_data()))
        }
        FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
    }
}

fn is_chinese(font: &FallbackFontQuery) -> bool {
    let family = font.character_collection.as_ref().map(|collection| &collection.family);
    matches!(family, Some(CidFamily::AdobeGB1 | CidFamily::AdobeCNS1))
}

/// Read once, when a page first needs it.
fn chinese() -> Option<&'static (FontData, u32)> {
    static FONT: OnceLock<Option<(FontData, u32)>> = OnceLock::new();
    let read = |(path, index)| Some((Arc::new(fs::read(path).ok()?) as FontData, index));
    FONT.get_or_init(|| PLACES.into_iter().find_map(read)).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::preview;

    #[test]
    fn words_in_a_font_that_the_file_does_not_bring_are_drawn() {
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R \
            /Resources << /Font << /F 5 0 R >> >> >>";
        let contents = "BT /F 100 Tf 50 60 Td <4F1A7B7E> Tj ET";
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            page.to_owned(),
            format!("<< /Length {} >>\nstream\n{contents}\nendstream", contents.len()),
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H \
             /DescendantFonts [6 0 R] >>"
                .to_owned(),
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo \
             << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
                .to_owned(),
        ];
        let mut pdf = "%PDF-1.7\n".to_owned();
        for (index, object) in objects.iter().enumerate() {
            pdf += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
        }
        pdf += "trailer\n<< /Root 1 0 R >>\n%%EOF\n";
        let png = preview(pdf.into_bytes(), 0).unwrap();
        let dark = image::load_from_memory(&png)
            .unwrap()
            .into_luma8()
            .pixels()
            .filter(|pixel| pixel.0[0] < 99)
            .count();
        // Two characters of 100 points cover a good part of the page; a missing one is a thin box or nothing.
        assert_eq!(dark > 20_000, chinese().is_some(), "{dark} dark pixels");
    }
}
