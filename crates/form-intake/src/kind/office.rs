//! Documents that are archives: the new Office and OFD are ZIP archives, the old Office is a compound file.

use std::io::{Read, Seek};

use cfb::CompoundFile;

use super::{Kind, Notice, Program, Refused, Sample};
use crate::archive::{self, Contents, Limits};
use crate::guard::guarded;

/// An old Office file; its allocation table is held in memory, less than a hundredth of this.
const COMPOUND_BYTES: u64 = 512 << 20;
/// Where the new Office says what its parts are.
const CONTENT_TYPES: &str = "[Content_Types].xml";
/// The main part of a document by its content type (ECMA-376 part 1, section 11.3, 12.3, 13.3), and its kind.
const MAIN_PARTS: [(&str, Kind); 5] = [
    ("wordprocessingml.document.main+xml", Kind::Docx),
    ("wordprocessingml.template.main+xml", Kind::Docx),
    ("spreadsheetml.sheet.main+xml", Kind::Xlsx),
    ("presentationml.presentation.main+xml", Kind::Pptx),
    ("presentationml.slideshow.main+xml", Kind::Pptx),
];
/// The class of an installer's compound file (`{000C1084-0000-0000-C000-000000000046}`).
const INSTALLER_CLASS: &str = "000c1084-0000-0000-c000-000000000046";
/// Streams of the old Office by which its kind is told.
const STREAMS: [(&str, Kind); 4] = [
    ("/WordDocument", Kind::Doc),
    ("/Workbook", Kind::Xls),
    ("/Book", Kind::Xls),
    ("/PowerPoint Document", Kind::Ppt),
];
/// What a new Office file with a password is: a compound file around it (MS-OFFCRYPTO 2.3).
const ENCRYPTED: &str = "/EncryptedPackage";
/// Storages in which the old Office keeps macros.
const MACROS: [&str; 4] = ["macros", "vba", "_vba_project", "_vba_project_cur"];

/// The kind of a ZIP archive.
///
/// # Errors
/// When it bursts, has macros, is a program's package or a document that is not taken.
pub(super) fn zipped(reader: &mut (impl Read + Seek), notices: &mut Vec<Notice>) -> Result<Kind, Refused> {
    let contents = archive::weigh(reader, Limits::FILE).map_err(Refused::Archive)?;
    let kind = zip_kind(&contents)?;
    if contents.unread > 0 {
        notices.push(Notice::Unread { count: contents.unread });
    }
    Ok(kind)
}

fn zip_kind(contents: &Contents) -> Result<Kind, Refused> {
    let has = |wanted: &str| contents.names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    if let Some(types) = contents.part(CONTENT_TYPES) {
        return office_kind(types, contents);
    }
    if has("OFD.xml") {
        return Ok(Kind::Ofd);
    }
    if has("META-INF/MANIFEST.MF") || has("AndroidManifest.xml") {
        return Err(Refused::Program(Program::Bytecode));
    }
    match contents.part("mimetype") {
        Some(found) => Err(Refused::Unsupported { found: found.trim().chars().take(80).collect() }),
        None => Ok(Kind::Zip),
    }
}

fn office_kind(types: &str, contents: &Contents) -> Result<Kind, Refused> {
    let macros = |name: &String| {
        let name = name.to_lowercase();
        name.ends_with(archive::MACROS) || name.contains("macrosheets/")
    };
    if types.contains("macroEnabled") || types.contains("vbaProject") || contents.names.iter().any(macros) {
        return Err(Refused::Macros);
    }
    let kind = MAIN_PARTS.iter().find(|(part, _)| types.contains(part)).map(|(_, kind)| *kind);
    kind.ok_or_else(|| Refused::Unsupported { found: "Open Packaging Conventions".to_owned() })
}

/// The kind of a compound file.
///
/// # Errors
/// When it is broken, has macros or a password, is an installer or something that is not taken.
pub(super) fn compound(reader: &mut (impl Read + Seek), sample: &Sample<'_>) -> Result<Kind, Refused> {
    if sample.size > COMPOUND_BYTES {
        return Err(Refused::TooLarge);
    }
    guarded(|| compound_kind(reader)).unwrap_or(Err(Refused::Damaged))
}

fn compound_kind(reader: &mut (impl Read + Seek)) -> Result<Kind, Refused> {
    let file = CompoundFile::open(reader).map_err(|_| Refused::Damaged)?;
    if file.root_entry().clsid().to_string() == INSTALLER_CLASS {
        return Err(Refused::Program(Program::Installer));
    }
    if file.exists(ENCRYPTED) {
        return Err(Refused::Locked);
    }
    let macros = file.walk().any(|entry| MACROS.contains(&entry.name().to_lowercase().as_str()));
    if macros {
        return Err(Refused::Macros);
    }
    let kind = STREAMS.iter().find(|(stream, _)| file.exists(stream)).map(|(_, kind)| *kind);
    kind.ok_or_else(|| Refused::Unsupported { found: "OLE".to_owned() })
}
