//! How this crate speaks to a person.

use form_model::language::Language;

/// Something that a person is told, in both languages.
pub trait Sentence {
    /// In Chinese, and in English.
    fn pair(&self) -> (String, String);

    /// In one language.
    fn sentence(&self, language: Language) -> String {
        let (chinese, english) = self.pair();
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

/// The two halves of a sentence.
pub(crate) fn both(chinese: impl Into<String>, english: impl Into<String>) -> (String, String) {
    (chinese.into(), english.into())
}

/// A size as a person reads it: whole MiB, at least one.
pub(crate) fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}
