//! What the directory adds up to, to be held against the form's figures.

use std::collections::BTreeMap;

use form_model::language::Language;
use form_model::number::{self, Number};
use rust_decimal::Decimal;

use super::{Column, Enterprise, YEARS};
use crate::sentence::{Sentence, both};

/// Places of the form's figures (填报说明 2).
const SCALE: u32 = 2;

/// A figure that both the form and the directory know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// What the directory adds up to; a figure for which it has no column is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    figures: BTreeMap<Figure, Decimal>,
}

/// A figure of the form that the directory does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub figure: Figure,
    /// As the form has it.
    pub form: String,
    /// As the directory gives it, rounded to the form's places.
    pub directory: String,
}

impl Totals {
    /// Adds up. `columns` says which figures the directory can know: those of the mapping.
    pub fn of<'a>(enterprises: &[Enterprise], columns: impl IntoIterator<Item = &'a Column>) -> Self {
        let mut totals = Self::default();
        totals.count(Figure::Enterprises, enterprises, |_| true);
        for column in columns {
            match column {
                Column::Size => totals.count(Figure::Smes, enterprises, is_sme),
                Column::Foreign => totals.count(Figure::Foreign, enterprises, |one| one.foreign),
                Column::Revenue(year) => totals.revenue(*year, enterprises),
                Column::Titles => TITLES.into_iter().for_each(|title| totals.title(title, enterprises)),
                Column::Name | Column::CreditCode => {}
                title => TITLES
                    .into_iter()
                    .filter(|(column, _)| column == title)
                    .for_each(|title| totals.title(title, enterprises)),
            }
        }
        // Without a size nobody knows whose revenue it is.
        if !totals.figures.contains_key(&Figure::Smes) {
            YEARS.into_iter().for_each(|year| {
                totals.figures.remove(&Figure::SmeShare(year));
            });
        }
        totals
    }

    fn count(&mut self, figure: Figure, of: &[Enterprise], counts: impl Fn(&Enterprise) -> bool) {
        self.figures.insert(figure, of.iter().filter(|one| counts(one)).count().into());
    }

    fn title(&mut self, (column, figure): (Column, Figure), of: &[Enterprise]) {
        self.count(figure, of, |one| one.titles.contains(&column));
    }

    /// A sum that no `Decimal` holds is of figures that nobody has, and missing.
    fn revenue(&mut self, year: u16, of: &[Enterprise]) {
        let sum = |counts: &dyn Fn(&Enterprise) -> bool| {
            let revenues = of.iter().filter(|one| counts(one)).filter_map(|one| one.revenue.get(&year));
            revenues.copied().try_fold(Decimal::ZERO, Decimal::checked_add)
        };
        let Some(total) = sum(&|_| true) else { return };
        self.figures.insert(Figure::Revenue(year), total);
        let part = sum(&is_sme).and_then(|part| part.checked_mul(Decimal::ONE_HUNDRED));
        if let Some(share) = part.and_then(|part| part.checked_div(total)) {
            self.figures.insert(Figure::SmeShare(year), share);
        }
    }

    /// Every figure that is known, as the form would have it.
    pub fn figures(&self) -> impl Iterator<Item = (Figure, String)> {
        self.figures.iter().map(|(figure, value)| (*figure, spelled(*value)))
    }

    /// How a figure of the form differs from the directory's, which is rounded to the form's places; `None` when it
    /// does not, when the directory has no such figure, or when the form's is no number.
    pub fn difference(&self, figure: Figure, form: &str) -> Option<Difference> {
        let directory = *self.figures.get(&figure)?;
        let Ok(Number::Value(value)) = number::parse(form) else { return None };
        let differs = number::round(directory, SCALE) != value;
        differs.then(|| Difference { figure, form: form.trim().to_owned(), directory: spelled(directory) })
    }
}

const TITLES: [(Column, Figure); 4] = [
    (Column::Champion, Figure::Champions),
    (Column::LittleGiant, Figure::LittleGiants),
    (Column::Specialised, Figure::Specialised),
    (Column::TechInnovative, Figure::TechInnovative),
];

fn is_sme(enterprise: &Enterprise) -> bool {
    enterprise.size.is_some_and(super::Size::is_sme)
}

fn spelled(value: Decimal) -> String {
    number::spell(number::round(value, SCALE), SCALE)
}

impl Figure {
    /// What the figure is called.
    pub fn label(self, language: Language) -> String {
        let (chinese, english) = match self {
            Self::Enterprises => ("企业数量".to_owned(), "enterprises".to_owned()),
            Self::Smes => ("中小企业数量".to_owned(), "SMEs".to_owned()),
            Self::Foreign => {
                ("外资、合资企业数量".to_owned(), "foreign enterprises and joint ventures".to_owned())
            }
            Self::Revenue(year) => {
                (format!("{year}年营业总收入（亿元）"), format!("revenue of {year} (100 million yuan)"))
            }
            Self::SmeShare(year) => {
                (format!("{year}年中小企业营业收入占比（%）"), format!("SMEs' share of {year} (%)"))
            }
            Self::Champions => ("制造业单项冠军企业".to_owned(), "manufacturing champions".to_owned()),
            Self::LittleGiants => ("专精特新“小巨人”企业".to_owned(), "“little giants”".to_owned()),
            Self::Specialised => ("专精特新中小企业".to_owned(), "specialised SMEs".to_owned()),
            Self::TechInnovative => {
                ("科技和创新型中小企业".to_owned(), "technological and innovative SMEs".to_owned())
            }
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

impl Sentence for Difference {
    fn pair(&self) -> (String, String) {
        let Self { figure, form, directory } = self;
        both(
            format!("{}：申报表填 {form}，名录合计 {directory}", figure.label(Language::Chinese)),
            format!(
                "{}: the form says {form}, the directory gives {directory}",
                figure.label(Language::English)
            ),
        )
    }
}
