//! What can be wrong with a form package, and how it is said.

use std::fmt;

use crate::language::Language;

/// Where in a package something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's path within the package.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub place: Place,
    pub kind: FaultKind,
}

/// The kinds of fault. Lists are what would be right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A file that the package needs is not there.
    MissingFile { file: String },
    /// A file that nothing in the package names.
    UnexpectedFile,
    /// A file is not UTF-8 text.
    NotText,
    /// A file is not TOML; `detail` is the parser's own (English) words.
    Syntax { detail: String },
    /// A key that the format does not have at this place.
    UnknownKey { key: String, known: Vec<String> },
    /// A key without which the table says nothing.
    MissingKey { key: String },
    /// A value of the wrong TOML type or form; `expected` in both languages.
    WrongValue { key: String, expected: (&'static str, &'static str) },
    /// A word that is none of those the format or the form knows.
    UnknownWord { key: String, word: String, known: Vec<String> },
    /// An id that is not lower-case English words joined by `_`.
    BadId { id: String },
    /// An id that means something else already.
    ReservedId { id: String },
    /// An id for the second time.
    DuplicateId { id: String, first: Place },
    /// A reference to a field or answer that the form does not have.
    UnknownAnswer { answer: String, nearest: Option<String> },
    /// An answer that exists but can't be used so: `expected` in both languages.
    UnfitAnswer { answer: String, expected: (&'static str, &'static str) },
    /// A field whose relevance reads itself.
    ReadsItself { field: String },
    /// `min` above `max`.
    EmptyRange { min: String, max: String },
    /// An evidence slot and a field that do not name each other.
    EvidenceApart { slot: String, field: String },
    /// A text that a language lacks.
    MissingMessage { key: String, file: String },
    /// A rule's text with a name in braces that its test does not give.
    UnknownPlaceholder { key: String, placeholder: String, known: Vec<String> },
    /// A text that nothing uses.
    UnusedMessage { key: String, nearest: Option<String> },
    /// A field or column that no layout shows.
    NotShown { answer: String, supplement: bool },
    /// A table row whose cells do not fill the grid.
    UnevenRow { row: usize, covered: usize, columns: usize },
}

/// Why a package can't be used: all its faults, in the order of files and lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageError {
    pub faults: Vec<Fault>,
}

impl PackageError {
    /// One line a fault: file, line, what is wrong, what to do.
    pub fn sentence(&self, language: Language) -> String {
        let lines: Vec<_> = self.faults.iter().map(|fault| fault.sentence(language)).collect();
        lines.join("\n")
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Language::English))
    }
}

impl std::error::Error for PackageError {}

impl Fault {
    /// File and line, what is wrong, and what to do.
    pub fn sentence(&self, language: Language) -> String {
        let Place { file, line } = &self.place;
        match language {
            Language::Chinese => format!("{file} 第 {line} 行：{}", self.kind.chinese()),
            Language::English => format!("{file}, line {line}: {}", self.kind.english()),
        }
    }
}

impl FaultKind {
    fn chinese(&self) -> String {
        match self {
            Self::MissingFile { file } => {
                format!("缺少文件 {file}。请补上这个文件，或删去这里对它的引用。")
            }
            Self::UnexpectedFile => {
                "表单包中没有任何地方用到这个文件。请在 form.toml 中登记，或删去这个文件。".to_owned()
            }
            Self::NotText => "文件不是 UTF-8 文本。请另存为 UTF-8 编码。".to_owned(),
            Self::Syntax { detail } => {
                format!("不符合 TOML 语法：{detail}。请按 TOML 的写法改正。")
            }
            Self::UnknownKey { key, known } => {
                format!("这里没有“{key}”这一项。可用的有：{}。请改正或删去。", known.join("、"))
            }
            Self::MissingKey { key } => format!("缺少“{key}”。请补上。"),
            Self::WrongValue { key, expected } => {
                format!("“{key}”的值不对。请写成{}。", expected.0)
            }
            Self::UnknownWord { key, word, known } => {
                format!("“{key}”不能是“{word}”。可用的有：{}。", known.join("、"))
            }
            Self::BadId { id } => format!("编号“{id}”不合规则。请只用小写英文字母、数字和下划线。"),
            Self::ReservedId { id } => format!("编号“{id}”另有用途。请换一个编号。"),
            Self::DuplicateId { id, first } => {
                format!("编号“{id}”重复，{} 第 {} 行已经用过。请换一个编号。", first.file, first.line)
            }
            Self::UnknownAnswer { answer, nearest } => {
                format!("表单中没有“{answer}”这一栏。{}", suggestion_chinese(nearest.as_deref()))
            }
            Self::UnfitAnswer { answer, expected } => {
                format!("“{answer}”不能用在这里。请改用{}。", expected.0)
            }
            Self::ReadsItself { field } => {
                format!("“{field}”的出现条件引用了它自己。请改用其他栏目。")
            }
            Self::EmptyRange { min, max } => {
                format!("最小值 {min} 大于最大值 {max}。请改正其中之一。")
            }
            Self::EvidenceApart { slot, field } => format!(
                "佐证材料“{slot}”与“{field}”没有互相引用。请在该栏写上 evidence = \"{slot}\"，并在 form.toml 中写上 field。"
            ),
            Self::MissingMessage { key, file } => format!("缺少文字“{key}”。请在 {file} 中补上。"),
            Self::UnknownPlaceholder { key, placeholder, known } => format!(
                "文字“{key}”中的 {{{placeholder}}} 没有对应的内容。可用的有：{}。",
                braced(known, "、")
            ),
            Self::UnusedMessage { key, nearest } => {
                format!("没有任何地方用到文字“{key}”。{}", suggestion_chinese(nearest.as_deref()))
            }
            Self::NotShown { answer, supplement: false } => format!(
                "版式中没有印出“{answer}”。请在 layout 中放入 answer = \"{answer}\"，或写明 printed = false。"
            ),
            Self::NotShown { answer, supplement: true } => {
                format!("版式中没有地方填写“{answer}”。请把它写进 layout 的 supplement。")
            }
            Self::UnevenRow { row, covered, columns } => {
                format!("表格第 {row} 行占 {covered} 列，而表格有 {columns} 列。请核对 span 与 rows。")
            }
        }
    }

    fn english(&self) -> String {
        match self {
            Self::MissingFile { file } => {
                format!("the file {file} is missing. Add it, or remove what names it here.")
            }
            Self::UnexpectedFile => {
                "nothing in the package names this file. Name it in form.toml, or remove it.".to_owned()
            }
            Self::NotText => "the file is not UTF-8 text. Save it as UTF-8.".to_owned(),
            Self::Syntax { detail } => format!("not TOML: {detail}. Correct the notation."),
            Self::UnknownKey { key, known } => format!(
                "there is no key \"{key}\" here. Known keys: {}. Correct or remove it.",
                known.join(", ")
            ),
            Self::MissingKey { key } => format!("the key \"{key}\" is missing. Add it."),
            Self::WrongValue { key, expected } => {
                format!("the value of \"{key}\" is wrong. Write {}.", expected.1)
            }
            Self::UnknownWord { key, word, known } => {
                format!("\"{key}\" cannot be \"{word}\". Known: {}.", known.join(", "))
            }
            Self::BadId { id } => {
                format!("the id \"{id}\" is malformed. Use lower-case letters, digits and underscores only.")
            }
            Self::ReservedId { id } => {
                format!("the id \"{id}\" means something else already. Choose another.")
            }
            Self::DuplicateId { id, first } => format!(
                "the id \"{id}\" is used already in {}, line {}. Choose another.",
                first.file, first.line
            ),
            Self::UnknownAnswer { answer, nearest } => format!(
                "the form has no field or answer \"{answer}\". {}",
                suggestion_english(nearest.as_deref())
            ),
            Self::UnfitAnswer { answer, expected } => {
                format!("\"{answer}\" does not fit here. Name {}.", expected.1)
            }
            Self::ReadsItself { field } => {
                format!("the relevance of \"{field}\" reads the field itself. Name another field.")
            }
            Self::EmptyRange { min, max } => {
                format!("min {min} is above max {max}. Correct one of them.")
            }
            Self::EvidenceApart { slot, field } => format!(
                "the evidence slot \"{slot}\" and \"{field}\" do not name each other. Give the field evidence = \"{slot}\" and the slot in form.toml its field."
            ),
            Self::MissingMessage { key, file } => {
                format!("the text \"{key}\" is missing. Add it to {file}.")
            }
            Self::UnknownPlaceholder { key, placeholder, known } => format!(
                "nothing fills {{{placeholder}}} in the text \"{key}\". Known: {}.",
                braced(known, ", ")
            ),
            Self::UnusedMessage { key, nearest } => {
                format!("nothing uses the text \"{key}\". {}", suggestion_english(nearest.as_deref()))
            }
            Self::NotShown { answer, supplement: false } => format!(
                "no layout prints \"{answer}\". Put answer = \"{answer}\" into a layout, or set printed = false."
            ),
            Self::NotShown { answer, supplement: true } => {
                format!("no layout lets \"{answer}\" be filled. Add it to a supplement block of the layout.")
            }
            Self::UnevenRow { row, covered, columns } => {
                format!("row {row} of the table covers {covered} columns of {columns}. Check span and rows.")
            }
        }
    }
}

fn braced(names: &[String], separator: &str) -> String {
    let braced: Vec<_> = names.iter().map(|name| format!("{{{name}}}")).collect();
    braced.join(separator)
}

fn suggestion_chinese(nearest: Option<&str>) -> String {
    nearest
        .map_or_else(|| "请改正或删去。".to_owned(), |nearest| format!("是否指“{nearest}”？请改正或删去。"))
}

fn suggestion_english(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "Correct or remove it.".to_owned(),
        |nearest| format!("Did you mean \"{nearest}\"? Correct or remove it."),
    )
}
