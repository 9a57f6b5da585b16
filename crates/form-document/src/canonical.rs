//! JSON in one spelling (RFC 8785, JCS): what is signed is written so, and what is read must be so.
//!
//! Programs differ in what they make of a name that stands twice, of `1.0`, or of half a surrogate pair. Whoever
//! signs one reading must not have signed the other, so none of those is taken in, each for its own reason.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};

/// How deep values may stand within each other: twice what anything signed here needs.
const DEPTH_MAX: usize = 32;

/// Why bytes are not JSON in its one spelling.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    #[error("the text is not UTF-8")]
    NotUtf8,
    #[error("the text holds half of a surrogate pair")]
    LoneSurrogate,
    #[error("the name “{0}” stands twice in one object")]
    DuplicateName(String),
    #[error("a number is not a plain whole number")]
    Number,
    #[error("the text is no JSON: {0}")]
    NotJson(String),
    #[error("the JSON is not in the one spelling of RFC 8785")]
    Spelling,
    #[error("the JSON says what is not known here: {0}")]
    Content(String),
}

/// Writes a value in its one spelling.
///
/// # Errors
/// [`NotCanonical::Content`] for what JSON cannot say; none of the types here does.
pub fn to_vec<T: Serialize>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    serde_json_canonicalizer::to_vec(value).map_err(|error| NotCanonical::Content(error.to_string()))
}

/// Reads a value, if the bytes are its one spelling.
///
/// # Errors
/// [`NotCanonical`], the most telling one.
pub fn from_slice<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, NotCanonical> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotCanonical::NotUtf8)?;
    check(text)?;
    let value: T = serde_json::from_str(text).map_err(|error| NotCanonical::Content(error.to_string()))?;
    if to_vec(&value)? == bytes { Ok(value) } else { Err(NotCanonical::Spelling) }
}

/// That every JSON reader reads the same in it.
fn check(text: &str) -> Result<(), NotCanonical> {
    if has_lone_surrogate(text) {
        return Err(NotCanonical::LoneSurrogate);
    }
    let fault = std::cell::RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Look { fault: &fault, depth: 0 }.deserialize(&mut reader).and_then(|()| reader.end());
    match (fault.into_inner(), read) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(NotCanonical::NotJson(error.to_string())),
        (None, Ok(())) => Ok(()),
    }
}

/// Whether an escape names one half of a surrogate pair without the other.
fn has_lone_surrogate(text: &str) -> bool {
    // Where the second half must begin.
    let mut awaited: Option<usize> = None;
    let mut rest = text.char_indices();
    while let Some((at, char)) = rest.next() {
        if char != '\\' || !matches!(rest.next(), Some((_, 'u'))) {
            continue;
        }
        let digits = text.get(at + 2..at + 6).unwrap_or_default();
        match (u32::from_str_radix(digits, 16).unwrap_or_default(), awaited) {
            (0xd800..=0xdbff, None) => awaited = Some(at + 6),
            (0xdc00..=0xdfff, Some(place)) if place == at => awaited = None,
            (0xd800..=0xdfff, _) | (_, Some(_)) => return true,
            (_, None) => {}
        }
    }
    awaited.is_some()
}

/// Goes through a value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Look<'a> {
    fault: &'a std::cell::RefCell<Option<NotCanonical>>,
    depth: usize,
}

impl Look<'_> {
    fn fail<E: serde::de::Error>(self, fault: NotCanonical) -> E {
        let error = E::custom(&fault);
        *self.fault.borrow_mut() = Some(fault);
        error
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEPTH_MAX {
            return Err(self.fail(NotCanonical::NotJson("it is nested too deep".to_owned())));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    #[allow(clippy::disallowed_types, reason = "it is named to be turned away")]
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        Err(self.fail(NotCanonical::Number))
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let deeper = self.deeper()?;
        while items.next_element_seed(deeper)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let deeper = self.deeper()?;
        let mut names: BTreeSet<String> = BTreeSet::new();
        while let Some(name) = entries.next_key::<String>()? {
            if names.contains(&name) {
                return Err(self.fail(NotCanonical::DuplicateName(name)));
            }
            names.insert(name);
            entries.next_value_seed(deeper)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(text: &str) -> Result<BTreeMap<String, serde_json::Value>, NotCanonical> {
        from_slice(text.as_bytes())
    }

    #[test]
    fn one_spelling_is_read_and_each_other_is_refused_for_its_own_reason() {
        assert!(read(r#"{"a":1,"名":"值\n"}"#).is_ok());
        assert_eq!(read(r#"{"a":1,"a":1}"#), Err(NotCanonical::DuplicateName("a".to_owned())));
        assert_eq!(read(r#"{"a":{"b":1,"b":2}}"#), Err(NotCanonical::DuplicateName("b".to_owned())));
        for number in ["1.0", "1e3", "-0", "1E400"] {
            let found = read(&format!(r#"{{"a":{number}}}"#));
            assert!(matches!(found, Err(NotCanonical::Number | NotCanonical::NotJson(_))), "{number}");
        }
        for half in [r"\ud800", r"\udc00", r"\ud800\u0041", r"\udc00\ud800"] {
            assert_eq!(read(&format!(r#"{{"a":"{half}"}}"#)), Err(NotCanonical::LoneSurrogate), "{half}");
        }
        for spelling in
            [r#"{"b":1,"a":1}"#, r#"{"a": 1}"#, r#"{"a":"\u0041"}"#, "{\"a\":1}\n", r#"{"a":"\ud83d\ude00"}"#]
        {
            assert_eq!(read(spelling), Err(NotCanonical::Spelling), "{spelling}");
        }
        assert!(matches!(read(r#"{"a":01}"#), Err(NotCanonical::NotJson(_))));
        assert_eq!(from_slice::<BTreeMap<String, String>>(b"{\"a\":\"\xff\"}"), Err(NotCanonical::NotUtf8));
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(40), "]".repeat(40));
        assert!(matches!(read(&deep), Err(NotCanonical::NotJson(_))));
    }

    #[test]
    fn an_escaped_backslash_before_a_u_is_no_escape() {
        assert!(read(r#"{"a":"\\ud800"}"#).is_ok());
    }
}
