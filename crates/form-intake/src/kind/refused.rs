//! Why a file is not taken in.

use std::io;

use form_model::language::Language;

use super::FILE_BYTES;
use crate::archive::ArchiveFault;
use crate::sentence::{Sentence, both, mebibytes};

/// Something that a system would run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// PE: `exe`, `dll`, `scr`.
    Windows,
    /// MSI.
    Installer,
    /// LNK or an internet shortcut.
    Shortcut,
    /// ELF.
    Linux,
    /// Mach-O.
    Mac,
    /// Class files and archives of them, WebAssembly, Android packages.
    Bytecode,
    /// A script for a shell or an interpreter.
    Script,
    /// HTML, HTA, SVG, PHP.
    WebPage,
}

impl Program {
    fn label(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Windows => ("Windows 程序", "a Windows program"),
            Self::Installer => ("安装程序", "an installer"),
            Self::Shortcut => ("快捷方式", "a shortcut"),
            Self::Linux => ("Linux 程序", "a Linux program"),
            Self::Mac => ("macOS 程序", "a macOS program"),
            Self::Bytecode => ("可运行的程序包", "a package of programs"),
            Self::Script => ("脚本", "a script"),
            Self::WebPage => ("网页", "a web page"),
        };
        language.pick(chinese, english)
    }
}

/// Why a file is not taken in.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.pair().1)]
pub enum Refused {
    /// It could not be read.
    Unreadable(#[source] io::Error),
    /// It has no byte.
    Empty,
    /// It has more than [`FILE_BYTES`].
    TooLarge,
    /// A system would run it, whatever its name says.
    Program(Program),
    /// An Office file with macros.
    Macros,
    /// Nobody can open it without its password, so it was not looked at.
    Locked,
    /// It begins as a known kind and is broken.
    Damaged,
    /// An archive, or a document that is one.
    Archive(#[source] ArchiveFault),
    /// A kind that is known and not taken; its MIME type or name.
    Unsupported { found: String },
    /// Nobody knows what it is.
    Unknown,
}

/// What can be added, at the end of a sentence.
const TAKEN: (&str, &str) = (
    "可以添加照片（JPEG、PNG、HEIC、WebP、GIF、TIFF）、PDF、OFD、Word、Excel、PowerPoint、CSV、文本和 ZIP",
    "taken are photos (JPEG, PNG, HEIC, WebP, GIF, TIFF), PDF, OFD, Word, Excel, PowerPoint, CSV, text and ZIP",
);

impl Sentence for Refused {
    fn pair(&self) -> (String, String) {
        let (taken, taken_english) = TAKEN;
        match self {
            Self::Unreadable(error) => {
                both(format!("文件读不出来（{error}）"), format!("the file cannot be read ({error})"))
            }
            Self::Empty => both(
                "文件是空的（0 字节）。请检查它是否复制完整",
                "the file is empty (0 bytes); see whether it was copied completely",
            ),
            Self::TooLarge => both(
                format!("文件超过 {} MB，不能添加", mebibytes(FILE_BYTES)),
                format!("the file has more than {} MiB", mebibytes(FILE_BYTES)),
            ),
            Self::Program(program) => both(
                format!("它其实是{}，不能作为佐证材料", program.label(Language::Chinese)),
                format!("it is in fact {}, which is no evidence", program.label(Language::English)),
            ),
            Self::Macros => both(
                "文件带有宏（会自动运行的程序）。请另存为不带宏的 docx、xlsx 或 pptx 后再添加",
                "the file has macros; save it as docx, xlsx or pptx without macros first",
            ),
            Self::Locked => both(
                "文件有密码，审核人员无法查看。请去掉密码后再添加",
                "the file has a password, so no reviewer can look at it; take the password off first",
            ),
            Self::Damaged => both(
                "文件已损坏，或者不完整。请检查它能否打开，再重新添加",
                "the file is damaged or incomplete; see whether it opens, then add it again",
            ),
            Self::Archive(fault) => fault.pair(),
            Self::Unsupported { found } => both(
                format!("不能添加这种文件（{found}）。{taken}"),
                format!("{found} is not taken; {taken_english}"),
            ),
            Self::Unknown => both(
                format!("认不出这是什么文件。{taken}"),
                format!("nobody can tell what this file is; {taken_english}"),
            ),
        }
    }
}
