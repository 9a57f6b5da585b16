//! What the directory adds up to, to be held against the form's figures.

use std::collections::BTreeMap;

use form_model::directory::{DirectoryTotals, TOTAL_PLACES};
use form_model::number;
use rust_decimal::Decimal;

use super::{Column, Enterprise, Figure, Mapping, Report, Size};

const TITLES: [(Column, Figure); 4] = [
    (Column::Champion, Figure::Champions),
    (Column::LittleGiant, Figure::LittleGiants),
    (Column::Specialised, Figure::Specialised),
    (Column::TechInnovative, Figure::TechInnovative),
];

/// Adds up what was read under a mapping. Only figures for which it names a column are there, and shares of revenue
/// only where it says whose revenue is an SME's.
pub fn totals(report: &Report, mapping: &Mapping) -> DirectoryTotals {
    let sums = Sums { of: &report.enterprises, sized: mapping.columns.contains_key(&Column::Size) };
    let mut figures = BTreeMap::from([(Figure::Enterprises, sums.count(|_| true))]);
    for column in mapping.columns.keys() {
        match *column {
            Column::Size => drop(figures.insert(Figure::Smes, sums.count(is_sme))),
            Column::Foreign => drop(figures.insert(Figure::Foreign, sums.count(|one| one.foreign))),
            Column::Revenue(year) => figures.extend(sums.revenue(year)),
            Column::Titles => figures.extend(TITLES.map(|title| sums.titled(title))),
            Column::Name | Column::CreditCode => {}
            title => {
                let known = TITLES.into_iter().filter(|(column, _)| *column == title);
                figures.extend(known.map(|title| sums.titled(title)));
            }
        }
    }
    let spelled = |value: Decimal| {
        let text = number::round(value, TOTAL_PLACES).normalize().to_string();
        number::canonical(&text, 0).ok()
    };
    // A sum with more digits than any number of the form is of figures that nobody has.
    let figures = figures.into_iter().filter_map(|(figure, value)| Some((figure, spelled(value)?)));
    DirectoryTotals {
        errors: u32::try_from(report.error_count).unwrap_or(u32::MAX),
        figures: figures.collect(),
    }
}

struct Sums<'a> {
    of: &'a [Enterprise],
    /// Whether the sizes are known.
    sized: bool,
}

impl Sums<'_> {
    fn count(&self, counts: impl Fn(&Enterprise) -> bool) -> Decimal {
        self.of.iter().filter(|one| counts(one)).count().into()
    }

    fn titled(&self, (column, figure): (Column, Figure)) -> (Figure, Decimal) {
        (figure, self.count(|one| one.titles.contains(&column)))
    }

    /// The revenue of a year, and how much of it is the SMEs'.
    fn revenue(&self, year: u16) -> Vec<(Figure, Decimal)> {
        let sum = |counts: &dyn Fn(&Enterprise) -> bool| {
            let revenues = self.of.iter().filter(|one| counts(one)).filter_map(|one| one.revenue.get(&year));
            revenues.copied().try_fold(Decimal::ZERO, Decimal::checked_add)
        };
        let Some(total) = sum(&|_| true) else { return Vec::new() };
        let part = self.sized.then(|| sum(&is_sme)).flatten();
        let share = part
            .and_then(|part| part.checked_mul(Decimal::ONE_HUNDRED))
            .and_then(|part| part.checked_div(total))
            .map(|share| (Figure::SmeShare(year), share));
        [(Figure::Revenue(year), total)].into_iter().chain(share).collect()
    }
}

fn is_sme(enterprise: &Enterprise) -> bool {
    enterprise.size.is_some_and(Size::is_sme)
}
