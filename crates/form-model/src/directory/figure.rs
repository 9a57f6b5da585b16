//! What a directory adds up to.

use serde::{Deserialize, Serialize};

use super::column::{named_year, read_year};
use crate::language::Language;

/// A sum over a directory. In form packages, files and commands it goes by its name ([`Figure::name`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Figure {
    /// How many enterprises.
    Enterprises,
    /// 中小企业数量.
    Smes,
    /// 外资、合资企业数量.
    Foreign,
    /// 营业总收入 of a year, in 亿元.
    Revenue(u16),
    /// 中小企业营业收入占比 of a year, in per cent.
    SmeShare(u16),
    /// 制造业单项冠军企业.
    Champions,
    /// 专精特新“小巨人”企业.
    LittleGiants,
    /// 专精特新中小企业.
    Specialised,
    /// 科技和创新型中小企业.
    TechInnovative,
}

const REVENUE: &str = "revenue";
const SME_SHARE: &str = "sme_share";
const FIXED: [(Figure, &str); 7] = [
    (Figure::Enterprises, "enterprises"),
    (Figure::Smes, "smes"),
    (Figure::Foreign, "foreign"),
    (Figure::Champions, "champions"),
    (Figure::LittleGiants, "little_giants"),
    (Figure::Specialised, "specialised"),
    (Figure::TechInnovative, "tech_innovative"),
];

impl Figure {
    /// The name: `smes`, `revenue.2025`.
    pub fn name(self) -> String {
        match self {
            Self::Revenue(year) => named_year(REVENUE, year),
            Self::SmeShare(year) => named_year(SME_SHARE, year),
            _ => FIXED.iter().find(|(figure, _)| *figure == self).map_or("", |(_, name)| name).to_owned(),
        }
    }

    /// Reads a name.
    pub fn read(name: &str) -> Option<Self> {
        let fixed = FIXED.iter().find(|(_, known)| *known == name).map(|(figure, _)| *figure);
        let of_year = || {
            read_year(name, REVENUE)
                .map(Self::Revenue)
                .or_else(|| read_year(name, SME_SHARE).map(Self::SmeShare))
        };
        fixed.or_else(of_year)
    }

    /// What may stand in a form package, years by an example.
    pub fn known_names() -> Vec<String> {
        let years = [REVENUE, SME_SHARE].map(|word| format!("{word}.2025"));
        FIXED.iter().map(|(_, name)| (*name).to_owned()).chain(years).collect()
    }

    /// The year that it is of, if it is of one.
    pub fn year(self) -> Option<u16> {
        match self {
            Self::Revenue(year) | Self::SmeShare(year) => Some(year),
            _ => None,
        }
    }

    /// What it is called.
    pub fn label(self, language: Language) -> String {
        let (chinese, english) = match self {
            Self::Enterprises => ("企业数量", "enterprises"),
            Self::Smes => ("中小企业数量", "SMEs"),
            Self::Foreign => ("外资、合资企业数量", "foreign enterprises and joint ventures"),
            Self::Revenue(_) => ("{}年营业总收入（亿元）", "revenue of {} (100 million yuan)"),
            Self::SmeShare(_) => ("{}年中小企业营业收入占比（%）", "SMEs' share of revenue of {} (%)"),
            Self::Champions => ("制造业单项冠军企业", "manufacturing champions"),
            Self::LittleGiants => ("专精特新“小巨人”企业", "“little giants”"),
            Self::Specialised => ("专精特新中小企业", "specialised SMEs"),
            Self::TechInnovative => ("科技和创新型中小企业", "technological and innovative SMEs"),
        };
        let year = self.year().map(|year| year.to_string()).unwrap_or_default();
        language.pick(chinese, english).replace("{}", &year)
    }
}

impl TryFrom<String> for Figure {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::read(&name).ok_or_else(|| format!("a directory has no sum {name}"))
    }
}

impl From<Figure> for String {
    fn from(figure: Figure) -> Self {
        figure.name()
    }
}
