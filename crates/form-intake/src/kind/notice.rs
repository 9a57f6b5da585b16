//! What a person should know about a file that is taken in.

use form_model::language::Language;

use super::Kind;
use crate::sentence::{Sentence, both};

/// What a person should know about a file; it is taken in all the same and stays inert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The name had characters or folders that no system should see.
    Renamed,
    /// The ending says something else than the content; the right one is proposed. `found` may be empty.
    WrongExtension { found: String, kind: Kind },
    /// It is something else, too, to a program that looks elsewhere in it.
    Holds(Foreign),
    /// Opening it needs a password, or it may not be copied or printed.
    Restricted,
    /// A PDF that would run scripts, start programs, or carries files.
    Active,
    /// Archives inside it were not looked into.
    Unread { count: usize },
}

/// What hides in a file of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Foreign {
    Pdf,
    /// A web page or a script of one.
    Html,
    Zip,
}

impl Foreign {
    fn label(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Pdf => ("PDF 文件", "a PDF"),
            Self::Html => ("网页或脚本", "a web page or script"),
            Self::Zip => ("ZIP 压缩包", "a ZIP archive"),
        };
        language.pick(chinese, english)
    }
}

impl Sentence for Notice {
    fn pair(&self) -> (String, String) {
        match self {
            Self::Renamed => both(
                "文件名中有不能使用的字符，已去掉",
                "the name had characters that cannot be used; they were taken out",
            ),
            Self::WrongExtension { found, kind } => both(
                format!(
                    "文件名{}，内容却是{}，已改用正确的扩展名",
                    if found.is_empty() {
                        "没有扩展名".to_owned()
                    } else {
                        format!("以 .{found} 结尾")
                    },
                    kind.label(Language::Chinese)
                ),
                format!(
                    "the name {}, yet the content is that of a {}; it got the right ending",
                    if found.is_empty() { "has no ending".to_owned() } else { format!("ends in .{found}") },
                    kind.label(Language::English)
                ),
            ),
            Self::Holds(foreign) => both(
                format!("文件里还夹带着{}。请确认来源可靠", foreign.label(Language::Chinese)),
                format!(
                    "the file also holds {}; make sure where it comes from",
                    foreign.label(Language::English)
                ),
            ),
            Self::Restricted => both(
                "这个 PDF 有密码或使用限制，审核人员可能打不开",
                "this PDF has a password or restrictions; reviewers may be unable to open it",
            ),
            Self::Active => both(
                "这个 PDF 带有脚本、启动命令或附件，会签不会运行它们",
                "this PDF has scripts, launch commands or attachments; Huiqian runs none of them",
            ),
            Self::Unread { count } => both(
                format!("里面有 {count} 个压缩包没有检查"),
                format!("{count} archives inside it were not looked into"),
            ),
        }
    }
}
