//! What a column of the directory can hold, and what people call it.

use form_model::language::Language;

use super::YEARS;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// The unit of a revenue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// 元.
    Yuan,
    /// 万元, the usual one in tables of enterprises.
    #[default]
    TenThousand,
    /// 亿元, the form's own.
    HundredMillion,
}

impl Unit {
    /// Decimal places between this unit and 亿元.
    pub(super) fn places(self) -> u32 {
        match self {
            Self::Yuan => 8,
            Self::TenThousand => 4,
            Self::HundredMillion => 0,
        }
    }

    /// The unit that a heading names.
    pub(super) fn named(heading: &str) -> Option<Self> {
        if heading.contains("亿") {
            Some(Self::HundredMillion)
        } else if heading.contains('万') {
            Some(Self::TenThousand)
        } else {
            heading.contains('元').then_some(Self::Yuan)
        }
    }
}

impl Column {
    /// Every column there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let fixed = [
            Self::Name,
            Self::CreditCode,
            Self::Size,
            Self::Foreign,
            Self::Champion,
            Self::LittleGiant,
            Self::Specialised,
            Self::TechInnovative,
            Self::Titles,
        ];
        fixed.into_iter().chain(YEARS.map(Self::Revenue))
    }

    /// What the column is called in a sentence or a list to choose from.
    pub fn label(self, language: Language) -> String {
        let (chinese, english) = match self {
            Self::Name => ("企业名称", "name of the enterprise"),
            Self::CreditCode => ("统一社会信用代码", "unified social credit code"),
            Self::Size => ("企业规模", "size of the enterprise"),
            Self::Revenue(year) => {
                return match language {
                    Language::Chinese => format!("{year}年营业收入"),
                    Language::English => format!("revenue of {year}"),
                };
            }
            Self::Foreign => ("是否外资、合资企业", "foreign or joint venture"),
            Self::Champion => ("制造业单项冠军", "manufacturing champion"),
            Self::LittleGiant => ("专精特新“小巨人”", "“little giant”"),
            Self::Specialised => ("专精特新中小企业", "specialised SME"),
            Self::TechInnovative => ("科技和创新型中小企业", "technological or innovative SME"),
            Self::Titles => ("资质称号", "titles"),
        };
        language.pick(chinese, english).to_owned()
    }

    /// What a heading means; `None` when it means nothing here. Longer names come before those that they contain.
    pub(super) fn named(heading: &str) -> Option<Self> {
        let heading: String = heading.chars().filter(|char| !char.is_whitespace()).collect();
        let has = |words: &[&str]| words.iter().any(|word| heading.contains(word));
        if has(&["信用代码", "机构代码", "税号", "纳税人识别号"]) {
            return Some(Self::CreditCode);
        }
        if has(&["营业收入", "营业总收入", "主营业务收入", "营收", "销售收入"]) {
            return year(&heading).map(Self::Revenue);
        }
        if has(&["单项冠军"]) {
            return Some(Self::Champion);
        }
        if has(&["小巨人"]) {
            return Some(Self::LittleGiant);
        }
        if has(&["专精特新"]) {
            return Some(Self::Specialised);
        }
        if has(&["科技型", "创新型", "科技和创新", "科技中小"]) {
            return Some(Self::TechInnovative);
        }
        if has(&["资质", "荣誉", "称号", "培育类别", "优质企业"]) {
            return Some(Self::Titles);
        }
        if has(&["规模", "划型", "是否中小", "是否为中小", "大中小微"]) {
            return Some(Self::Size);
        }
        if has(&["外资", "合资", "注册类型", "登记类型", "企业性质"]) {
            return Some(Self::Foreign);
        }
        let name = has(&["企业名称", "单位名称", "公司名称", "企业全称", "机构名称"]);
        (name || matches!(heading.as_str(), "名称" | "企业" | "公司" | "入驻企业")).then_some(Self::Name)
    }
}

/// The year that a heading names, if the form asks for it.
pub(super) fn year(heading: &str) -> Option<u16> {
    YEARS.into_iter().find(|year| heading.contains(&year.to_string()))
}
