//! Kinds that name themselves by their first bytes.

use infer::MatcherType;
use memchr::memmem::find;

use super::{Kind, Program, Refused};
use crate::name::extension;

/// Within so many bytes readers of PDF look for its mark (Adobe's implementation note 13 on ISO 32000-1).
const PDF_WITHIN: usize = 1024;
/// The mark of a PDF.
const PDF: &[u8] = b"%PDF-";
/// Brands of HEIF with HEVC (ISO/IEC 23008-12, annex B).
const HEIC_BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];
/// Brands of HEIF with any codec; AVIF has them too, and names itself as well.
const HEIF_BRANDS: [&[u8]; 2] = [b"mif1", b"msf1"];
/// Cameras' raw files are TIFF by structure, and no viewer of an office opens them.
const RAW: [&str; 7] = ["dng", "nef", "cr2", "arw", "rw2", "orf", "pef"];
/// Endings by which a system runs a file.
const PROGRAMS: [&str; 62] = [
    "apk", "app", "appx", "bash", "bat", "bin", "cmd", "com", "command", "cpl", "csh", "deb", "desktop",
    "dll", "dmg", "docm", "dotm", "exe", "gadget", "hta", "inf", "ins", "iso", "jar", "js", "jse", "lnk",
    "mjs", "msc", "msi", "msix", "msp", "mst", "pif", "pkg", "php", "pl", "potm", "ppam", "ppsm", "pptm",
    "ps1", "psm1", "py", "rb", "reg", "rpm", "scf", "scpt", "scr", "sct", "sh", "swf", "url", "vb", "vbe",
    "vbs", "wsf", "wsh", "xlam", "xlsm", "xltm",
];
/// Endings by which a browser opens a file. Inside of a document or an archive they are pictures and pages that nobody
/// opens by themselves.
const PAGES: [&str; 6] = ["htm", "html", "mht", "mhtml", "svg", "xhtml"];
/// `bin` is also what Office calls the parts of its own documents.
const OFFICE_PART: &str = "bin";
/// A shell link (MS-SHLLINK 2.1): header size and class.
const SHORTCUT: &[u8] = b"L\0\0\0\x01\x14\x02\0";

/// The kind, if the first bytes tell it.
pub(crate) fn kind(head: &[u8]) -> Option<Kind> {
    match head {
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Kind::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Kind::Tiff),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::WebP),
        _ if head.starts_with(PDF) => Some(Kind::Pdf),
        _ if is_heic(head) => Some(Kind::Heic),
        _ => None,
    }
}

/// # Errors
/// When it is a camera's raw file.
pub(super) fn unless_raw(kind: Kind, extension: &str) -> Result<Kind, Refused> {
    if kind == Kind::Tiff && RAW.contains(&extension) {
        return Err(Refused::Unsupported { found: format!("RAW, {}", extension.to_uppercase()) });
    }
    Ok(kind)
}

fn is_heic(head: &[u8]) -> bool {
    let Some((length, rest)) = head.split_at_checked(4) else { return false };
    let length = length.iter().fold(0, |length: usize, byte| length << 8 | usize::from(*byte));
    let Some(brands) = rest.strip_prefix(b"ftyp") else { return false };
    let brands = &brands[..brands.len().min(length.saturating_sub(8))];
    let named = |wanted: &[&[u8]]| brands.chunks_exact(4).any(|brand| wanted.contains(&brand));
    named(&HEIC_BRANDS) || (named(&HEIF_BRANDS) && !named(&[b"avif", b"avis"]))
}

pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// A compound file, in which old Office, Outlook and installers keep their things (MS-CFB 2.2).
pub(super) fn is_compound(head: &[u8]) -> bool {
    head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// A PDF that has something before its mark.
pub(super) fn holds_pdf(head: &[u8]) -> bool {
    find(&head[..head.len().min(PDF_WITHIN)], PDF).is_some()
}

/// What of it a system would run. Texts are none by their bytes; see [`super::text`].
pub(crate) fn program(head: &[u8]) -> Option<Program> {
    match head {
        [b'#', b'!', ..] => Some(Program::Script),
        // Two letters may also begin a text; a program's header has zeros.
        [b'M', b'Z', rest @ ..] if rest.iter().take(64).any(|byte| *byte == 0) => Some(Program::Windows),
        [0x7f, b'E', b'L', b'F', ..] => Some(Program::Linux),
        [0xca, 0xfe, 0xba, 0xbe, ..] | [0, b'a', b's', b'm', ..] | [b'd', b'e', b'x', b'\n', ..] => {
            Some(Program::Bytecode)
        }
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Some(Program::Mac),
        _ if head.starts_with(SHORTCUT) => Some(Program::Shortcut),
        _ => None,
    }
}

/// Whether a system would run a file of that name.
pub(crate) fn is_program_name(name: &str) -> bool {
    let extension = extension(name);
    extension != OFFICE_PART && PROGRAMS.contains(&extension.as_str())
}

/// Whether a browser would open a file of that name.
pub(super) fn is_page_name(name: &str) -> bool {
    PAGES.contains(&extension(name).as_str())
}

/// What else it is, for the sentence that says so.
pub(super) fn other(head: &[u8]) -> Option<String> {
    let found = infer::get(head)?;
    let ours = matches!(found.matcher_type(), MatcherType::Custom);
    (!ours).then(|| found.mime_type().to_owned())
}
