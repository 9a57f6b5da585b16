//! A small package without faults, and one that an edit has spoilt.

use std::collections::BTreeMap;

use form_model::language::Language;
use form_model::package::{PackageFiles, load};

const SAMPLE: [(&str, &str); 5] = [
    ("form.toml", include_str!("sample/form.toml")),
    ("sections/stay.toml", include_str!("sample/sections/stay.toml")),
    ("layout/stay.toml", include_str!("sample/layout/stay.toml")),
    ("messages/zh-CN.toml", include_str!("sample/messages/zh-CN.toml")),
    ("messages/en.toml", include_str!("sample/messages/en.toml")),
];

/// The package without faults.
pub fn sample() -> PackageFiles {
    let files = SAMPLE.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    PackageFiles(BTreeMap::from(files))
}

/// The sample with edits.
pub struct Edited(PackageFiles);

impl Edited {
    pub fn new() -> Self {
        Self(sample())
    }

    pub fn files(&self) -> &PackageFiles {
        &self.0
    }

    /// Puts `to` where `from` stands, once.
    pub fn replace(mut self, file: &str, from: &str, to: &str) -> Self {
        let bytes = self.0.0.get_mut(file).unwrap_or_else(|| panic!("the sample has no {file}"));
        let text = String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text.matches(from).count(), 1, "{from} stands in {file} exactly once");
        *bytes = text.replacen(from, to, 1).into_bytes();
        self
    }

    /// [`Self::replace`] in the messages of every language.
    pub fn replace_message(self, from: &str, to: &str) -> Self {
        self.replace("messages/zh-CN.toml", from, to).replace("messages/en.toml", from, to)
    }

    pub fn remove(mut self, file: &str) -> Self {
        assert!(self.0.0.remove(file).is_some(), "the sample has {file}");
        self
    }

    pub fn write(mut self, file: &str, bytes: &[u8]) -> Self {
        self.0.0.insert(file.to_owned(), bytes.to_vec());
        self
    }

    /// Loading must fail with exactly these faults, said as expected: file and line, the Chinese and the
    /// English sentence behind them.
    #[track_caller]
    pub fn fails(&self, expected: &[(&str, u32, &str, &str)]) {
        let Err(error) = load(&self.0) else { panic!("the package is faulty") };
        let chinese: Vec<_> =
            expected.iter().map(|(file, line, text, _)| format!("{file} 第 {line} 行：{text}")).collect();
        let english: Vec<_> =
            expected.iter().map(|(file, line, _, text)| format!("{file}, line {line}: {text}")).collect();
        assert_eq!(error.sentence(Language::Chinese), chinese.join("\n"));
        assert_eq!(error.sentence(Language::English), english.join("\n"));
        assert_eq!(error.to_string(), error.sentence(Language::English));
    }
}
