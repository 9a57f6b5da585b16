//! What a column of a directory can hold.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What a column holds. In files and commands it goes by its name ([`Column::name`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Column {
    /// 企业名称, the only one that must be there.
    Name,
    /// 统一社会信用代码.
    CreditCode,
    /// 企业规模: 大型, 中型, 小型, 微型; or whether it is an SME.
    Size,
    /// 营业收入 of a year.
    Revenue(u16),
    /// 外资、合资企业: yes or no, or the kind of enterprise.
    Foreign,
    /// 制造业单项冠军企业.
    Champion,
    /// 专精特新“小巨人”企业.
    LittleGiant,
    /// 专精特新中小企业.
    Specialised,
    /// 科技和创新型中小企业.
    TechInnovative,
    /// One column that names the titles of all four kinds (企业资质、荣誉称号).
    Titles,
}

const REVENUE: &str = "revenue";
const FIXED: [(Column, &str, (&str, &str)); 9] = [
    (Column::Name, "name", ("企业名称", "name of the enterprise")),
    (Column::CreditCode, "credit_code", ("统一社会信用代码", "unified social credit code")),
    (Column::Size, "size", ("企业规模", "size of the enterprise")),
    (Column::Foreign, "foreign", ("是否外资、合资企业", "foreign or joint venture")),
    (Column::Champion, "champion", ("制造业单项冠军", "manufacturing champion")),
    (Column::LittleGiant, "little_giant", ("专精特新“小巨人”", "“little giant”")),
    (Column::Specialised, "specialised", ("专精特新中小企业", "specialised SME")),
    (Column::TechInnovative, "tech_innovative", ("科技和创新型中小企业", "technological or innovative SME")),
    (Column::Titles, "titles", ("资质称号", "titles")),
];

impl Column {
    /// Every column that a directory over these years can have.
    pub fn all(years: &[u16]) -> Vec<Self> {
        let revenues = years.iter().copied().map(Self::Revenue);
        FIXED.iter().map(|(column, ..)| *column).chain(revenues).collect()
    }

    /// The name: `name`, `revenue.2025`.
    pub fn name(self) -> String {
        match self {
            Self::Revenue(year) => named_year(REVENUE, year),
            _ => FIXED.iter().find(|(column, ..)| *column == self).map_or("", |(_, name, _)| name).to_owned(),
        }
    }

    /// Reads a name.
    pub fn read(name: &str) -> Option<Self> {
        let fixed = FIXED.iter().find(|(_, known, _)| *known == name).map(|(column, ..)| *column);
        fixed.or_else(|| read_year(name, REVENUE).map(Self::Revenue))
    }

    /// What the column is called in a sentence or a list to choose from.
    pub fn label(self, language: Language) -> String {
        if let Self::Revenue(year) = self {
            return language.pick("{}年营业收入", "revenue of {}").replace("{}", &year.to_string());
        }
        let words = FIXED.iter().find(|(column, ..)| *column == self).map(|(.., words)| *words);
        let (chinese, english) = words.unwrap_or_default();
        language.pick(chinese, english).to_owned()
    }
}

impl TryFrom<String> for Column {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::read(&name).ok_or_else(|| format!("a directory has no column {name}"))
    }
}

impl From<Column> for String {
    fn from(column: Column) -> Self {
        column.name()
    }
}

/// A word and a year: `revenue.2025`.
pub(super) fn named_year(word: &str, year: u16) -> String {
    format!("{word}.{year}")
}

/// The year of such a name: four digits.
pub(super) fn read_year(name: &str, word: &str) -> Option<u16> {
    let digits = name.strip_prefix(word)?.strip_prefix('.')?;
    let four =
        digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    four.then(|| digits.parse().ok()).flatten()
}

/// The unit of a revenue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 元.
    Yuan,
    /// 万元, the usual one in tables of enterprises.
    #[default]
    TenThousandYuan,
    /// 亿元, the form's own.
    HundredMillionYuan,
}

impl Unit {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Yuan, Self::TenThousandYuan, Self::HundredMillionYuan];

    /// Decimal places between this unit and 亿元.
    pub fn places(self) -> u32 {
        match self {
            Self::Yuan => 8,
            Self::TenThousandYuan => 4,
            Self::HundredMillionYuan => 0,
        }
    }

    /// The name in commands: `ten_thousand_yuan`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yuan => "yuan",
            Self::TenThousandYuan => "ten_thousand_yuan",
            Self::HundredMillionYuan => "hundred_million_yuan",
        }
    }

    /// Reads a name, or the unit as a heading writes it.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == text || unit.label(Language::Chinese) == text)
    }

    /// What it is called.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Self::Yuan => language.pick("元", "yuan"),
            Self::TenThousandYuan => language.pick("万元", "10,000 yuan"),
            Self::HundredMillionYuan => language.pick("亿元", "100 million yuan"),
        }
    }
}

const LETTERS: usize = 26;

/// A column's letters, as table programs show them: 0 is `A`, 26 is `AA`.
pub fn column_letters(mut index: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(u8::try_from(index % LETTERS).map_or('A', |letter| char::from(b'A' + letter)));
        if index < LETTERS {
            return letters.into_iter().rev().collect();
        }
        index = index / LETTERS - 1;
    }
}

/// The column of these letters, small ones too; `None` when they are none, or beyond what table programs have.
pub fn column_of_letters(letters: &str) -> Option<usize> {
    const LETTERS_MAX: usize = 3;
    if letters.is_empty()
        || letters.len() > LETTERS_MAX
        || !letters.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return None;
    }
    let number = letters
        .bytes()
        .fold(0, |number, byte| number * LETTERS + usize::from(byte.to_ascii_uppercase() - b'A') + 1);
    Some(number - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_table_programs() {
        for (index, letters) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (255, "IV"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(column_letters(index), letters);
            assert_eq!(column_of_letters(&letters.to_lowercase()), Some(index));
        }
        for none in ["", "1", "A1", "ABCD", "列"] {
            assert_eq!(column_of_letters(none), None, "{none}");
        }
    }

    #[test]
    fn every_name_reads_back() {
        for column in Column::all(&[2023, 2025]) {
            assert_eq!(Column::read(&column.name()), Some(column));
        }
        assert_eq!(Column::read("revenue.25"), None);
        assert_eq!(Column::read("revenue.0025"), None);
        for unit in Unit::ALL {
            assert_eq!(Unit::read(unit.name()), Some(unit));
            assert_eq!(Unit::read(unit.label(Language::Chinese)), Some(unit));
        }
    }
}
