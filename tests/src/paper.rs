//! Papers of several pages, as a PDF printer writes them.

use std::fmt::Write as _;
use std::path::Path;

/// A4, in points.
const PAGE: (u32, u32) = (595, 842);

/// Writes a PDF with one page a title, each with a heading, lines of text and a small table.
///
/// # Errors
/// When the place cannot be written.
pub fn print(path: &Path, titles: &[&str]) -> anyhow::Result<()> {
    let pages = titles.len();
    // Catalogue, tree of pages and font come first; then a page and its content for each title.
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {pages} >>"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (page, title) in titles.iter().enumerate() {
        let content = content(title, page + 1);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Resources << /Font << /F 3 0 R >> >> /Contents {} 0 R >>",
            PAGE.0,
            PAGE.1,
            5 + 2 * page
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    Ok(std::fs::write(path, file(&objects)?)?)
}

fn content(title: &str, number: usize) -> String {
    let mut content = format!("BT /F 22 Tf 72 760 Td ({title}) Tj ET\n0.6 w 72 748 m 523 748 l S\n");
    for line in 0..14 {
        let width = 451 - (line * 37 + number * 53) % 90;
        content += &format!("0.82 g 72 {} {width} 7 re f\n", 715 - line * 20);
    }
    for row in 0..5 {
        content +=
            &format!("0.3 G 72 {} 451 24 re S 220 {0} m 220 {1} l S\n", 260 - row * 24, 284 - row * 24);
    }
    content.push_str(&format!("0 g BT /F 11 Tf 285 48 Td ({number}) Tj ET"));
    content
}

/// The objects with the table that says where each begins (ISO 32000-1, 7.5).
fn file(objects: &[String]) -> anyhow::Result<String> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = String::new();
    for (number, object) in objects.iter().enumerate() {
        writeln!(places, "{:010} 00000 n ", file.len())?;
        writeln!(file, "{} 0 obj\n{object}\nendobj", number + 1)?;
    }
    let (start, size) = (file.len(), objects.len() + 1);
    write!(file, "xref\n0 {size}\n0000000000 65535 f \n{places}")?;
    write!(file, "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n")?;
    Ok(file)
}
