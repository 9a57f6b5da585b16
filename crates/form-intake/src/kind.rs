//! What a file is by its content; its name has a say only where content cannot tell.

mod notice;
mod office;
mod polyglot;
mod refused;
mod signature;
mod text;

use std::io::{Read, Seek};

use form_model::language::Language;

use crate::bytes::{length, part};
use crate::name::{extension, safe_name, with_extension};

pub use notice::{Foreign, Notice};
pub use refused::{Program, Refused};
pub(crate) use signature::{is_program_name, kind as by_signature, program};
pub(crate) use text::{SEPARATORS, decoded as text_of, separator};

/// The largest file that is looked at: what the hub takes, too.
pub const FILE_BYTES: u64 = 4 << 30;
/// The head of a file, by which its kind is told; browsers look at less.
const HEAD_BYTES: u64 = 64 << 10;
/// The end of a file: the longest comment of a ZIP and the record before it.
const TAIL_BYTES: u64 = (64 << 10) + 22;

/// A kind of file that can be evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Jpeg,
    Png,
    Heic,
    WebP,
    Gif,
    Tiff,
    Pdf,
    /// The national format for fixed pages (GB/T 33190), in which invoices and official papers come.
    Ofd,
    Docx,
    Xlsx,
    Pptx,
    Doc,
    Xls,
    Ppt,
    Zip,
    Csv,
    Text,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::Jpeg,
        Self::Png,
        Self::Heic,
        Self::WebP,
        Self::Gif,
        Self::Tiff,
        Self::Pdf,
        Self::Ofd,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Doc,
        Self::Xls,
        Self::Ppt,
        Self::Zip,
        Self::Csv,
        Self::Text,
    ];

    /// The MIME type, as it stands in `EvidenceFile::kind`.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Zip => "application/zip",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
        }
    }

    /// The kind of a MIME type that [`Self::mime`] gave.
    pub fn from_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.mime() == mime)
    }

    /// The endings that name this kind, the usual one first. `wps`, `et` and `dps` are what WPS calls its files,
    /// which are of the old Office format.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::Heic => &["heic", "heif", "hif"],
            Self::WebP => &["webp"],
            Self::Gif => &["gif"],
            Self::Tiff => &["tif", "tiff"],
            Self::Pdf => &["pdf"],
            Self::Ofd => &["ofd"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx", "ppsx"],
            Self::Doc => &["doc", "dot", "wps"],
            Self::Xls => &["xls", "xlt", "et"],
            Self::Ppt => &["ppt", "pps", "dps"],
            Self::Zip => &["zip"],
            Self::Csv => &["csv", "tsv"],
            Self::Text => &["txt", "text", "log", "md"],
        }
    }

    /// Whether it is a picture, for [`crate::photo`].
    pub fn is_photo(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Heic | Self::WebP | Self::Gif | Self::Tiff)
    }

    /// What people call it.
    pub fn label(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Jpeg => ("JPEG 照片", "JPEG photo"),
            Self::Png => ("PNG 图片", "PNG picture"),
            Self::Heic => ("HEIC 照片", "HEIC photo"),
            Self::WebP => ("WebP 图片", "WebP picture"),
            Self::Gif => ("GIF 图片", "GIF picture"),
            Self::Tiff => ("TIFF 图片", "TIFF picture"),
            Self::Pdf => ("PDF 文件", "PDF"),
            Self::Ofd => ("OFD 版式文件", "OFD document"),
            Self::Docx | Self::Doc => ("Word 文档", "Word document"),
            Self::Xlsx | Self::Xls => ("Excel 工作簿", "Excel workbook"),
            Self::Pptx | Self::Ppt => ("PowerPoint 演示文稿", "PowerPoint presentation"),
            Self::Zip => ("ZIP 压缩包", "ZIP archive"),
            Self::Csv => ("CSV 表格", "CSV table"),
            Self::Text => ("文本文件", "text"),
        };
        language.pick(chinese, english)
    }
}

/// A file that can be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    pub kind: Kind,
    /// The safe name, with the ending that its content has.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// What the person should know; nothing of it forbids the file.
    pub notices: Vec<Notice>,
}

/// The pieces of a file by which its kind is told.
struct Sample<'a> {
    size: u64,
    head: &'a [u8],
    tail: &'a [u8],
    /// The ending of the given name, in lower case.
    extension: &'a str,
}

/// What a file is, under which name it can be kept, and what should be said about it.
///
/// # Errors
/// When it cannot be read, is empty or too large, is a program, a script or a web page, has macros or a password,
/// is an archive that bursts, or of no kind that is taken.
pub fn inspect(reader: &mut (impl Read + Seek), name: &str) -> Result<Inspected, Refused> {
    let size = length(reader).map_err(Refused::Unreadable)?;
    if size == 0 {
        return Err(Refused::Empty);
    }
    if size > FILE_BYTES {
        return Err(Refused::TooLarge);
    }
    let head = part(reader, 0, HEAD_BYTES).map_err(Refused::Unreadable)?;
    let tail = part(reader, size.saturating_sub(TAIL_BYTES), TAIL_BYTES).map_err(Refused::Unreadable)?;
    let safe = safe_name(name);
    let given = extension(&safe);
    let sample = Sample { size, head: &head, tail: &tail, extension: &given };
    let mut notices = Vec::new();
    let kind = tell(reader, &sample, &mut notices)?;
    notices.extend(polyglot::foreign(reader, kind, &sample).map_err(Refused::Unreadable)?);
    if safe != name {
        notices.push(Notice::Renamed);
    }
    let name = named(safe, &given, kind, &mut notices);
    Ok(Inspected { kind, name, size, notices })
}

/// The kind by content. What names itself at the first byte comes first; a text has no such mark.
fn tell(
    reader: &mut (impl Read + Seek),
    sample: &Sample<'_>,
    notices: &mut Vec<Notice>,
) -> Result<Kind, Refused> {
    let head = sample.head;
    if let Some(kind) = signature::kind(head) {
        return signature::unless_raw(kind, sample.extension);
    }
    if signature::is_zip(head) {
        return office::zipped(reader, notices);
    }
    if signature::is_compound(head) {
        return office::compound(reader, sample);
    }
    if let Some(text) = text::decoded(head, sample.size > HEAD_BYTES) {
        return text::kind(&text, sample.extension);
    }
    if let Some(program) = program(head) {
        return Err(Refused::Program(program));
    }
    if signature::holds_pdf(head) {
        return Ok(Kind::Pdf);
    }
    Err(signature::other(head).map_or(Refused::Unknown, |found| Refused::Unsupported { found }))
}

/// The name with the ending of the content.
fn named(safe: String, given: &str, kind: Kind, notices: &mut Vec<Notice>) -> String {
    if kind.extensions().contains(&given) {
        return safe;
    }
    let runs = is_program_name(&safe) || signature::is_page_name(&safe);
    let known = runs || Kind::ALL.iter().any(|kind| kind.extensions().contains(&given));
    notices.push(Notice::WrongExtension { found: given.to_owned(), kind });
    let right = kind.extensions().first().copied().unwrap_or_default();
    if known || given.is_empty() {
        with_extension(&safe, right)
    } else {
        // What follows the dot means nothing to anybody, so it is part of the name.
        safe_name(&format!("{safe}.{right}"))
    }
}
