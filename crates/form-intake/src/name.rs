//! One safe name for a file, whatever it was called where it came from.

use unicode_segmentation::UnicodeSegmentation;

/// The most bytes of a name in UTF-8: file systems end at 255, and a copy gets ` (2)` or `.part` behind it.
pub const NAME_BYTES: usize = 200;
/// An ending that is longer than this is part of the name.
const EXTENSION_BYTES: usize = 16;
/// What a file is called when nothing of its name can be kept.
const NAMELESS: &str = "文件";
/// Names that Windows keeps for devices, with any ending.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// Devices that are numbered: a digit follows, also a raised one.
const NUMBERED: [&str; 2] = ["com", "lpt"];

/// A name that is safe to show, to store and to hand to any system: no folders, no control or direction characters,
/// none that Windows forbids, no reserved device, not too long. Doing it twice changes nothing.
///
/// ```
/// use form_intake::name::safe_name;
///
/// assert_eq!(safe_name("../../etc/passwd"), "passwd");
/// assert_eq!(safe_name("C:\\Users\\li\\现场 照片.jpg"), "现场 照片.jpg");
/// assert_eq!(safe_name("report\u{202e}gpj.exe"), "reportgpj.exe");
/// assert_eq!(safe_name("con.txt"), "_con.txt");
/// ```
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim_matches(edge).is_empty()).unwrap_or("");
    let shown: String = last.chars().filter(|char| !is_hidden(*char)).map(allowed).collect();
    let trimmed = shown.trim_matches(edge);
    if trimmed.is_empty() {
        return NAMELESS.to_owned();
    }
    let named = if is_reserved(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() };
    shortened(&named)
}

/// The ending of a name in lower case, without the dot; empty when it has none.
pub fn extension(name: &str) -> String {
    split(name).1.to_lowercase()
}

/// The name with another ending.
pub fn with_extension(name: &str, extension: &str) -> String {
    shortened(&format!("{}.{extension}", split(name).0))
}

/// The name before its ending, and the ending.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if is_extension(stem, extension) => (stem, extension),
        _ => (name, ""),
    }
}

fn is_extension(stem: &str, extension: &str) -> bool {
    let plain = extension.chars().all(|char| char.is_ascii_alphanumeric());
    !stem.is_empty() && !extension.is_empty() && extension.len() <= EXTENSION_BYTES && plain
}

/// Cut between two characters as a person sees them; the ending stays.
fn shortened(name: &str) -> String {
    if name.len() <= NAME_BYTES {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let room = NAME_BYTES - if extension.is_empty() { 0 } else { extension.len() + 1 };
    let mut end = 0;
    for (start, cluster) in stem.grapheme_indices(true) {
        if start + cluster.len() > room {
            break;
        }
        end = start + cluster.len();
    }
    let kept = stem[..end].trim_matches(edge);
    let kept = if kept.is_empty() { NAMELESS } else { kept };
    if extension.is_empty() { kept.to_owned() } else { format!("{kept}.{extension}") }
}

/// What may stand inside a name, yet neither begin nor end it: Windows drops it at the end, others hide a file
/// that begins with a dot.
fn edge(char: char) -> bool {
    char == '.' || char.is_whitespace() || is_hidden(char)
}

/// Characters that show nothing, or turn the direction of what stands after them.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn allowed(char: char) -> char {
    match char {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
        char if char.is_whitespace() => ' ',
        char => char,
    }
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let numbered = NUMBERED.iter().any(|device| {
        let mut rest = stem.strip_prefix(device).unwrap_or("").chars();
        matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    numbered || RESERVED.contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leaves_only_its_last_part() {
        for (given, safe) in [
            ("/etc/passwd", "passwd"),
            ("..\\..\\windows\\system32\\a.dll", "a.dll"),
            ("照片/第一组/1.jpg", "1.jpg"),
            ("folder/", "folder"),
            ("a/..", "a"),
            ("C:evil.txt", "C_evil.txt"),
            ("..", NAMELESS),
            ("", NAMELESS),
            (" . ", NAMELESS),
        ] {
            assert_eq!(safe_name(given), safe, "{given:?}");
        }
    }

    #[test]
    fn nothing_hidden_stays_in_a_name() {
        assert_eq!(safe_name("发票\u{202e}fdp.exe"), "发票fdp.exe");
        assert_eq!(safe_name("a\0b\r\n\tc\u{200b}.txt"), "abc.txt");
        assert_eq!(safe_name(".htaccess"), "htaccess");
        assert_eq!(safe_name("name. . ."), "name");
        assert_eq!(safe_name("a<b>:\"|?*.pdf"), "a_b______.pdf");
    }

    #[test]
    fn devices_of_windows_are_no_names() {
        for device in ["CON", "nul.txt", "Com1.jpg", "lpt³", "aux .pdf", "CONIN$"] {
            assert!(safe_name(device).starts_with('_'), "{device}");
        }
        for name in ["console.txt", "com10.txt", "communication", "lpt.txt"] {
            assert_eq!(safe_name(name), name);
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_whole_characters() {
        let long = format!("{}👨‍👩‍👧.jpeg", "企业名录".repeat(60));
        let safe = safe_name(&long);
        assert!(safe.len() <= NAME_BYTES, "{}", safe.len());
        assert!(safe.ends_with("企业.jpeg") || safe.ends_with(".jpeg"), "{safe}");
        assert_eq!(safe_name(&safe), safe, "twice is once");
        assert!(safe_name(&"x".repeat(5_000)).len() <= NAME_BYTES);
    }

    #[test]
    fn an_ending_is_what_a_program_looks_at() {
        assert_eq!(extension("a.JPG"), "jpg");
        assert_eq!(extension("2026.年度报告"), "");
        assert_eq!(with_extension("照片.png", "jpg"), "照片.jpg");
        assert_eq!(with_extension("照片", "jpg"), "照片.jpg");
    }
}
