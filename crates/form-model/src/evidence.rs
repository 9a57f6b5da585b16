//! Evidence (佐证材料): files that stand beside the answers that they prove.
//!
//! A file is a facet of the field that asks for it, so it is granted, merged, remembered and taken back like any
//! answer. Under `<field>?file.<entry>` stand its facts, written once; beside them what people say about it, each
//! an answer of its own: two people who caption and move one photo do not meet.

mod order;
mod slot;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answer::{AnswerValue, Answers};
use crate::count;
use crate::directory::DirectoryTotals;
use crate::hex;
use crate::id::{AnswerId, FieldId};

pub use order::placed;
pub use slot::{SlotState, is_asked, slots};

/// The start of every facet that speaks of a file. Rules have no dot in their names, so none is taken for one.
const FACET: &str = "file.";

/// How long an entry's own name is, in hexadecimal digits: 64 bits by chance, so that two desks never meet.
pub const ENTRY_DIGITS: usize = 16;

/// Longest name of a file, in characters: what file systems take, and a line on the screen.
pub const NAME_MAX_CHARS: usize = 200;

/// Longest caption, place or name of who took it, in characters: a few lines beside a picture.
pub const WORDS_MAX_CHARS: usize = 500;

/// Largest file, in bytes: what fits on the file systems of all memory sticks.
pub const FILE_MAX_BYTES: u64 = (4 << 30) - 1;

/// How many files one slot holds: ten memory cards' worth of a site visit, and still one screen to scroll.
pub const FILES_PER_SLOT_MAX: usize = 2_000;

/// Names a file within its slot; chosen by chance when it is added.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(String);

impl EntryId {
    /// The name made of eight bytes of chance.
    pub fn new(chance: [u8; ENTRY_DIGITS / 2]) -> Self {
        Self(hex::encode(&chance))
    }

    /// Reads a name as it stands in an answer's id or on a command line.
    pub fn read(text: &str) -> Option<Self> {
        hex::decode::<{ ENTRY_DIGITS / 2 }>(text).map(|_| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is said about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Which file it is: [`EvidenceFile`], never rewritten.
    Facts,
    /// Where it stands among the others; files at the same place stand by their entries' names.
    Order,
    /// What it shows.
    Caption,
    /// Who took or issued it.
    By,
    /// When: `2026-06-30 14:05`, or whatever a person wrote.
    Taken,
    /// Where: words, or degrees north and east.
    Place,
    /// That it was taken out; its bytes stay, so it can be put back.
    Removed,
    /// What a directory adds up to: [`DirectoryTotals`].
    Totals,
}

impl Attribute {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Facts,
        Self::Order,
        Self::Caption,
        Self::By,
        Self::Taken,
        Self::Place,
        Self::Removed,
        Self::Totals,
    ];

    /// How an answer's id ends that holds it; `None` for the facts, whose id is the entry's own.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Facts => None,
            Self::Order => Some("order"),
            Self::Caption => Some("caption"),
            Self::By => Some("by"),
            Self::Taken => Some("taken"),
            Self::Place => Some("place"),
            Self::Removed => Some("removed"),
            Self::Totals => Some("totals"),
        }
    }
}

/// The answer that holds one thing about one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EvidenceKey {
    /// The field that asks for the file.
    pub field: FieldId,
    pub entry: EntryId,
    pub attribute: Attribute,
}

impl EvidenceKey {
    /// Reads an answer's id; `None` when it speaks of no file.
    ///
    /// ```
    /// use form_model::evidence::{Attribute, EvidenceKey};
    /// use form_model::id::AnswerId;
    ///
    /// let answer = AnswerId("basics.revenue?file.00112233445566aa.caption".into());
    /// let key = EvidenceKey::read(&answer).expect("a caption");
    /// assert_eq!((key.attribute, key.answer()), (Attribute::Caption, answer));
    /// ```
    pub fn read(answer: &AnswerId) -> Option<Self> {
        let rest = answer.facet()?.strip_prefix(FACET)?;
        let (entry, name) = rest.split_once('.').map_or((rest, None), |(entry, name)| (entry, Some(name)));
        let attribute = Attribute::ALL.into_iter().find(|attribute| attribute.name() == name)?;
        Some(Self { field: FieldId(answer.base().0), entry: EntryId::read(entry)?, attribute })
    }

    /// The answer's id.
    pub fn answer(&self) -> AnswerId {
        let Self { field, entry, attribute } = self;
        let name = attribute.name().map(|name| format!(".{name}")).unwrap_or_default();
        field.answer().with_facet(&format!("{FACET}{entry}{name}"))
    }
}

/// Which file it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// What it was called, made safe to be a name anywhere.
    pub name: String,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// What its content says that it is: a media type such as `image/jpeg`.
    pub kind: String,
}

impl EvidenceFile {
    /// As it is stored.
    pub fn stored(&self) -> AnswerValue {
        // Strings and a number: serde_json has nothing to refuse.
        AnswerValue::Text(serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads what is stored: one spelling only.
    pub fn read(stored: &str) -> Option<Self> {
        let file: Self = serde_json::from_str(stored).ok()?;
        (file.is_sound() && file.stored().as_text() == stored).then_some(file)
    }

    fn is_sound(&self) -> bool {
        let kind = |text: &str| {
            text.len() <= NAME_MAX_CHARS
                && text.split('/').count() == 2
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/.+-".contains(&byte))
        };
        hex::decode::<32>(&self.sha256).is_some()
            && (1..=FILE_MAX_BYTES).contains(&self.size)
            && is_name(&self.name)
            && kind(&self.kind)
    }
}

/// A length in bytes as people say it, a tenth of a megabyte exactly.
pub fn size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KB", bytes.div_ceil(KIB)),
        _ => format!("{}.{} MB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

/// Whether a name can stand in a folder on every system, and hides nothing.
fn is_name(name: &str) -> bool {
    let forbidden =
        |char: char| char.is_control() || count::is_invisible(char) || r#"/\:*?"<>|"#.contains(char);
    !name.trim().is_empty()
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && name.chars().count() <= NAME_MAX_CHARS
        && !name.chars().any(forbidden)
}

/// What no replica stores about a file, the same on every replica; `None` when the text is well.
pub fn fault(attribute: Attribute, text: &str) -> Option<&'static str> {
    match attribute {
        Attribute::Facts => EvidenceFile::read(text).is_none().then_some("its facts cannot be read"),
        Attribute::Order => (!order::is_place(text)).then_some("its place among others cannot be read"),
        Attribute::Totals => DirectoryTotals::read(text).is_none().then_some("its sums cannot be read"),
        Attribute::Removed => (text != REMOVED).then_some("it is neither there nor removed"),
        Attribute::Caption | Attribute::By | Attribute::Taken | Attribute::Place => {
            (text.chars().count() > WORDS_MAX_CHARS).then_some("it is overlong")
        }
    }
}

/// Stored at [`Attribute::Removed`].
pub const REMOVED: &str = "yes";

/// A file in its slot, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub field: FieldId,
    pub id: EntryId,
    pub file: EvidenceFile,
    pub order: String,
    pub caption: String,
    pub by: String,
    pub taken: String,
    pub place: String,
    pub removed: bool,
    /// What it adds up to, if it is a directory that somebody has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<DirectoryTotals>,
}

impl Entry {
    /// The answer that holds one thing about it.
    pub fn answer(&self, attribute: Attribute) -> AnswerId {
        EvidenceKey { field: self.field.clone(), entry: self.id.clone(), attribute }.answer()
    }
}

/// The files beside a field, removed ones among them, as people put them in order.
pub fn entries(answers: &Answers, field: &FieldId) -> Vec<Entry> {
    let first = field.answer().with_facet(FACET);
    let beside = answers.0.range(first.clone()..).take_while(|(id, _)| id.0.starts_with(&first.0));
    let mut entries: Vec<Entry> = Vec::new();
    for (answer, value) in beside {
        let Some(key) = EvidenceKey::read(answer) else { continue };
        let text = value.as_text();
        // An entry's facts stand before all that is said about it: their id is the start of the others'.
        if key.attribute == Attribute::Facts {
            entries.extend(EvidenceFile::read(text).map(|file| key.entry(file)));
            continue;
        }
        let Some(entry) = entries.last_mut().filter(|entry| entry.id == key.entry) else { continue };
        match key.attribute {
            Attribute::Facts => {}
            Attribute::Order => text.clone_into(&mut entry.order),
            Attribute::Caption => text.clone_into(&mut entry.caption),
            Attribute::By => text.clone_into(&mut entry.by),
            Attribute::Taken => text.clone_into(&mut entry.taken),
            Attribute::Place => text.clone_into(&mut entry.place),
            Attribute::Removed => entry.removed = !text.is_empty(),
            Attribute::Totals => entry.totals = DirectoryTotals::read(text),
        }
    }
    entries.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
    entries
}

impl EvidenceKey {
    fn entry(self, file: EvidenceFile) -> Entry {
        Entry {
            field: self.field,
            id: self.entry,
            file,
            order: String::new(),
            caption: String::new(),
            by: String::new(),
            taken: String::new(),
            place: String::new(),
            removed: false,
            totals: None,
        }
    }
}
