//! What is wrong with a package beside its receipt, each with its own sentence.

use form_model::command::Fault;
use form_model::evidence::FILES_PER_SLOT_MAX;

use super::part::Part;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PackageFault {
    /// It is neither a folder, nor a ZIP, nor a receipt.
    NotAPackage,
    /// A ZIP in another layout.
    Layout {
        at: u64,
    },
    /// More parts than any package has.
    TooMany,
    /// A name that could lead out of the package.
    Trick {
        name: String,
    },
    /// A link, a device, a socket.
    NoFile {
        name: String,
    },
    /// What no package has, or what the manifest does not name.
    Extra {
        name: String,
    },
    Twice {
        part: Part,
    },
    Missing {
        part: Part,
    },
    TooLarge {
        part: Part,
        size: u64,
        limit: u64,
    },
    Size {
        part: Part,
        size: u64,
        signed: u64,
    },
    /// Its bytes are not those that were signed for.
    Altered {
        part: Part,
    },
    /// `manifest.json` is not what the receipt's envelope holds.
    ManifestDiffers,
    /// The form's files are not those of the package that was filled.
    FormDiffers {
        found: String,
        signed: String,
    },
    /// A file that makes the form too large for any.
    FormTooLarge,
}

impl PackageFault {
    /// For programs and people.
    pub(super) fn told(&self) -> Fault {
        let (code, chinese, english) = self.words();
        Fault { code: code.to_owned(), place: self.place(), chinese, english }
    }

    fn place(&self) -> Option<String> {
        match self {
            Self::NotAPackage | Self::Layout { .. } | Self::TooMany => None,
            Self::Trick { name } | Self::NoFile { name } | Self::Extra { name } => Some(shown(name)),
            Self::Twice { part }
            | Self::Missing { part }
            | Self::TooLarge { part, .. }
            | Self::Size { part, .. }
            | Self::Altered { part } => Some(part.to_string()),
            Self::ManifestDiffers => Some(Part::Manifest.to_string()),
            Self::FormDiffers { .. } | Self::FormTooLarge => Some("form".to_owned()),
        }
    }

    fn words(&self) -> (&'static str, String, String) {
        let place = self.place().unwrap_or_default();
        let pair = |chinese: &str, english: &str| (chinese.to_owned(), english.to_owned());
        let (code, (chinese, english)) = match self {
            Self::NotAPackage => (
                "not_a_package",
                pair(
                    "它不是提交包，也不是回执。请选择提交包的文件夹、ZIP 文件，或其中的 receipt.json。",
                    "It is neither a submission package nor a receipt. Choose the package's folder, its ZIP, or the receipt.json in it.",
                ),
            ),
            Self::Layout { at } => (
                "archive_layout",
                (
                    format!(
                        "ZIP 文件从第 {at} 字节起不是会签写成的样子：被改动、截断过，或由其他程序重新打包。如是重新打包的，请解压后核验文件夹；否则请向提供方重新索取。"
                    ),
                    format!(
                        "From byte {at} on the ZIP is not as Huiqian writes it: it was altered or cut short, or packed again by another program. If it was packed again, unpack it and verify the folder; if not, ask for it once more."
                    ),
                ),
            ),
            Self::TooMany => {
                let slots = FILES_PER_SLOT_MAX;
                (
                    "too_many_parts",
                    (
                        format!(
                            "其中的文件比任何提交包都多（每项佐证材料最多 {slots} 个），没有核验。请核对是否选错了文件夹。"
                        ),
                        format!(
                            "It holds more files than any package (at most {slots} a slot of evidence) and was not verified. Look whether it is the right folder."
                        ),
                    ),
                )
            }
            Self::Trick { .. } => (
                "bad_name",
                (
                    format!("文件名“{place}”可能指向提交包以外的位置，没有打开。请不要使用这个提交包。"),
                    format!(
                        "The name “{place}” could lead out of the package and was not opened. Do not use this package."
                    ),
                ),
            ),
            Self::NoFile { .. } => (
                "not_a_file",
                (
                    format!("“{place}”不是普通文件（是链接或设备），没有打开。请移走它，再核验一次。"),
                    format!(
                        "“{place}” is a link or a device, not a file, and was not opened. Take it away and verify again."
                    ),
                ),
            ),
            Self::Extra { .. } => (
                "extra_file",
                (
                    format!("“{place}”不属于这份定稿内容，没有人为它签过名。请移走它，再核验一次。"),
                    format!(
                        "“{place}” is no part of this submission; nobody has signed for it. Take it away and verify again."
                    ),
                ),
            ),
            Self::Twice { .. } => (
                "duplicate_file",
                (
                    format!(
                        "“{place}”出现了两次，不能确定以哪个为准。请不要使用这个提交包，向提供方重新索取。"
                    ),
                    format!(
                        "“{place}” stands there twice; which of them counts cannot be told. Do not use this package; ask for it once more."
                    ),
                ),
            ),
            Self::Missing { .. } => (
                "missing_file",
                (
                    format!("缺少“{place}”。请向提供方索取完整的提交包。"),
                    format!("“{place}” is missing. Ask for the whole package."),
                ),
            ),
            Self::TooLarge { size, limit, .. } => (
                "too_large",
                (
                    format!(
                        "“{place}”有 {size} 字节，超过上限 {limit}，没有读取。它不是会签写成的文件，请不要使用。"
                    ),
                    format!(
                        "“{place}” has {size} bytes; at most {limit} are read. Huiqian has not written it; do not use it."
                    ),
                ),
            ),
            Self::Size { size, signed, .. } => (
                "wrong_size",
                (
                    format!(
                        "“{place}”有 {size} 字节，定稿时签名的文件有 {signed} 字节：它不是定稿时的文件。请不要采用，向提供方重新索取。"
                    ),
                    format!(
                        "“{place}” has {size} bytes; the file that was signed for has {signed}. Do not use it; ask for the package once more."
                    ),
                ),
            ),
            Self::Altered { .. } => (
                "altered_file",
                (
                    format!(
                        "“{place}”的内容与定稿时签名的不一致：换成了别的文件，或已损坏。请不要采用，向提供方重新索取。"
                    ),
                    format!(
                        "The content of “{place}” is not what was signed for: it is another file, or damaged. Do not use it; ask for the package once more."
                    ),
                ),
            ),
            Self::ManifestDiffers => (
                "manifest_differs",
                (
                    format!(
                        "“{place}”与回执中签过名的内容不一致。应以 receipt.json 为准，请不要使用这个文件。"
                    ),
                    format!(
                        "“{place}” is not what was signed in receipt.json. The receipt counts; do not use this file."
                    ),
                ),
            ),
            Self::FormDiffers { found, signed } => (
                "form_differs",
                (
                    format!(
                        "form 文件夹中的表单（{found}）不是定稿时所填的表单（{signed}）。请以回执为准，向提供方重新索取。"
                    ),
                    format!(
                        "The form in the folder form ({found}) is not the one that was filled ({signed}). The receipt counts; ask for the package once more."
                    ),
                ),
            ),
            Self::FormTooLarge => (
                "form_too_large",
                pair(
                    "form 文件夹中的文件比任何表单都大，没有读取。请不要使用这个提交包。",
                    "The files in the folder form are larger than any form and were not read. Do not use this package.",
                ),
            ),
        };
        (code, chinese, english)
    }
}

/// A foreign name, fit for a line of a report.
fn shown(name: &str) -> String {
    name.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}
