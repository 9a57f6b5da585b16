//! The enterprises, row by row, and what is wrong with a row.

use std::collections::{BTreeMap, BTreeSet};

use form_model::input::half_width;
use form_model::language::Language;
use form_model::number::{self, Number};
use rust_decimal::Decimal;

use super::column::title;
use super::credit_code::is_sound;
use super::{Column, Mapping, Sheet, Unit};
use crate::sentence::{Sentence, both};

/// So many errors are told; a column that was mapped wrongly would give one for every row.
pub const ERRORS: usize = 1_000;
/// How a row begins that is no enterprise.
const SUMS: [&str; 5] = ["合计", "总计", "小计", "共计", "注"];
/// How people write yes in a cell.
const YES: [&str; 9] = ["是", "√", "✓", "✔", "有", "1", "Y", "YES", "TRUE"];
/// How people write no.
const NO: [&str; 9] = ["否", "×", "无", "0", "-", "—", "/", "N", "NO"];

/// The size of an enterprise (工信部联企业〔2011〕300号).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    Large,
    Medium,
    Small,
    Micro,
    /// It says only that it is one of the smaller ones.
    SmallOrMedium,
}

impl Size {
    /// Whether it counts as 中小企业.
    pub fn is_sme(self) -> bool {
        self != Self::Large
    }
}

/// One enterprise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enterprise {
    /// Its row in the sheet, from 0.
    pub row: usize,
    pub name: String,
    pub credit_code: String,
    pub size: Option<Size>,
    /// In 亿元, exact.
    pub revenue: BTreeMap<u16, Decimal>,
    pub foreign: bool,
    /// Of [`Column::Champion`], [`Column::LittleGiant`], [`Column::Specialised`], [`Column::TechInnovative`].
    pub titles: BTreeSet<Column>,
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowProblem {
    /// The row has figures and no name.
    NoName,
    /// The name or code stands in that row already (from 0).
    Twice { row: usize },
    /// The code is not of 18 characters, or its check character is wrong.
    BadCode,
    /// No number.
    NotANumber { found: String },
    /// Less than nothing.
    Negative,
    /// Neither a size nor yes or no.
    UnknownSize { found: String },
    /// Neither yes nor no.
    NotYesNo { found: String },
}

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// From 0; the sentence counts from 1, as Excel does.
    pub row: usize,
    pub column: Column,
    pub problem: RowProblem,
}

/// What a sheet gives under a mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub enterprises: Vec<Enterprise>,
    /// In the order of the rows, at most [`ERRORS`].
    pub errors: Vec<RowError>,
    /// All errors, the untold ones too.
    pub error_count: usize,
}

impl Report {
    fn note(&mut self, row: usize, column: Column, problem: RowProblem) {
        self.error_count += 1;
        if self.errors.len() < ERRORS {
            self.errors.push(RowError { row, column, problem });
        }
    }
}

/// Reads the enterprises. A faulty cell is told and left out, its enterprise stays.
pub fn read_rows(sheet: &Sheet, mapping: &Mapping) -> Report {
    let mut report = Report::default();
    let mut seen = BTreeMap::new();
    for row in mapping.first_row..sheet.rows.len() {
        let cells = Cells { sheet, mapping, row };
        if cells.is_blank() || cells.is_sum() {
            continue;
        }
        let enterprise = cells.enterprise(&mut report);
        for (column, key) in [(Column::Name, &enterprise.name), (Column::CreditCode, &enterprise.credit_code)]
        {
            if key.is_empty() {
                continue;
            }
            match seen.get(&(column, key.clone())) {
                Some(first) => report.note(row, column, RowProblem::Twice { row: *first }),
                None => {
                    seen.insert((column, key.clone()), row);
                }
            }
        }
        report.enterprises.push(enterprise);
    }
    report
}

/// One row under a mapping.
struct Cells<'a> {
    sheet: &'a Sheet,
    mapping: &'a Mapping,
    row: usize,
}

impl Cells<'_> {
    fn text(&self, column: Column) -> String {
        let index = self.mapping.columns.get(&column);
        let cell = index.map_or("", |index| self.sheet.cell(self.row, *index));
        cell.chars().map(half_width).collect::<String>().trim().to_owned()
    }

    fn is_blank(&self) -> bool {
        self.mapping.columns.keys().all(|column| self.text(*column).is_empty())
    }

    /// A sum below the table, or a note. It stands in the first cell, or where the names do.
    fn is_sum(&self) -> bool {
        let first = self.sheet.rows[self.row].iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty());
        let compact = |text: &str| text.split_whitespace().collect::<String>();
        let first = compact(first.unwrap_or_default());
        let name = compact(&self.text(Column::Name));
        let sum =
            |text: &str| SUMS.iter().any(|word| text == *word || text.starts_with(&format!("{word}：")));
        let note = |text: &str| text.starts_with("注:") || text.starts_with("注：");
        sum(&first)
            || sum(&name)
            || note(&first)
            || SUMS.iter().any(|word| name.starts_with(&format!("{word}(")))
    }

    fn enterprise(&self, report: &mut Report) -> Enterprise {
        let mut enterprise =
            Enterprise { row: self.row, name: self.text(Column::Name), ..Enterprise::default() };
        if enterprise.name.is_empty() {
            report.note(self.row, Column::Name, RowProblem::NoName);
        }
        enterprise.credit_code = self.text(Column::CreditCode).to_uppercase();
        if !enterprise.credit_code.is_empty() && !is_sound(&enterprise.credit_code) {
            report.note(self.row, Column::CreditCode, RowProblem::BadCode);
        }
        enterprise.size = self.size(report);
        enterprise.foreign = self.foreign();
        for column in self.mapping.columns.keys() {
            if let Column::Revenue(year) = *column
                && let Some(revenue) = self.revenue(year, report)
            {
                enterprise.revenue.insert(year, revenue);
            }
        }
        enterprise.titles = self.titles(report);
        enterprise
    }

    fn size(&self, report: &mut Report) -> Option<Size> {
        let text = self.text(Column::Size);
        let size = match text.as_str() {
            "" => return None,
            // 不详 says nothing.
            text if ["非", "不是", "不属"].iter().any(|no| text.starts_with(no)) => Size::Large,
            text if text.contains('微') => Size::Micro,
            text if text.contains("中小") || says(text, &YES) => Size::SmallOrMedium,
            text if text.contains('小') => Size::Small,
            text if text.contains('中') => Size::Medium,
            text if text.contains('大') || says(text, &NO) => Size::Large,
            _ => {
                report.note(self.row, Column::Size, RowProblem::UnknownSize { found: text });
                return None;
            }
        };
        Some(size)
    }

    /// Whether the kind of enterprise is a foreign one, or the cell says yes.
    fn foreign(&self) -> bool {
        let text = self.text(Column::Foreign);
        let kinds = ["外资", "合资", "外商", "港澳台", "合作经营"];
        says(&text, &YES) || kinds.iter().any(|kind| text.contains(kind)) && !text.starts_with(['非', '否'])
    }

    fn revenue(&self, year: u16, report: &mut Report) -> Option<Decimal> {
        let column = Column::Revenue(year);
        let text = self.text(column);
        if text.is_empty() || says(&text, &["-", "—", "/"]) {
            return None;
        }
        match number::parse(&text) {
            Ok(Number::None) => None,
            Ok(Number::Value(value)) if value.is_sign_negative() && !value.is_zero() => {
                report.note(self.row, column, RowProblem::Negative);
                None
            }
            Ok(Number::Value(value)) => {
                let unit: Unit = self.mapping.units.get(&column).copied().unwrap_or_default();
                value.checked_mul(Decimal::new(1, unit.places()))
            }
            Err(_) => {
                report.note(self.row, column, RowProblem::NotANumber { found: text });
                None
            }
        }
    }

    fn titles(&self, report: &mut Report) -> BTreeSet<Column> {
        let mut titles = BTreeSet::new();
        for column in [Column::Champion, Column::LittleGiant, Column::Specialised, Column::TechInnovative] {
            let text = self.text(column);
            // A year or a title in such a cell says when or as what it was named.
            let year = text.chars().take(4).filter(char::is_ascii_digit).count() == 4;
            if says(&text, &YES) || year || title(&text) == Some(column) {
                titles.insert(column);
            } else if !text.is_empty() && !says(&text, &NO) {
                report.note(self.row, column, RowProblem::NotYesNo { found: text });
            }
        }
        let all = self.text(Column::Titles);
        titles.extend(all.split(['、', ',', '，', ';', '；', '\n', ' ']).filter_map(title));
        titles
    }
}

fn says(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

impl RowError {
    /// What is wrong with the cell.
    pub fn what(&self) -> (String, String) {
        match &self.problem {
            RowProblem::NoName => both("没有企业名称", "there is no name"),
            RowProblem::Twice { row } => {
                both(format!("与第 {} 行重复", row + 1), format!("it stands in row {} already", row + 1))
            }
            RowProblem::BadCode => both("不是正确的统一社会信用代码", "this is no sound code"),
            RowProblem::NotANumber { found } => {
                both(format!("“{found}”不是数字"), format!("“{found}” is no number"))
            }
            RowProblem::Negative => both("不能是负数", "it cannot be negative"),
            RowProblem::UnknownSize { found } => {
                both(format!("“{found}”不是企业规模"), format!("“{found}” is no size"))
            }
            RowProblem::NotYesNo { found } => {
                both(format!("“{found}”既不是“是”也不是“否”"), format!("“{found}” is neither yes nor no"))
            }
        }
    }

    /// What a person does about it in the table.
    pub fn remedy(&self) -> (String, String) {
        match &self.problem {
            RowProblem::NoName => both("请补上名称，或删去这一行", "add it, or delete the row"),
            RowProblem::Twice { .. } => both("请删去重复的一行", "delete one of the two rows"),
            RowProblem::BadCode => both("请核对 18 位字符", "check its 18 characters"),
            RowProblem::NotANumber { .. } => {
                both("请只填数字，没有的留空", "write digits only; leave it blank when there is none")
            }
            RowProblem::Negative => both("请核对金额", "check the amount"),
            RowProblem::UnknownSize { .. } => both(
                "请填大型、中型、小型或微型",
                "write large (大型), medium (中型), small (小型) or micro (微型)",
            ),
            RowProblem::NotYesNo { .. } => both("请填“是”或“否”", "write yes (是) or no (否)"),
        }
    }
}

impl Sentence for RowError {
    fn pair(&self) -> (String, String) {
        let (row, column) = (self.row + 1, |language| self.column.label(language));
        let ((chinese, english), (remedy, english_remedy)) = (self.what(), self.remedy());
        both(
            format!("第 {row} 行“{}”：{chinese}，{remedy}", column(Language::Chinese)),
            format!("row {row}, {}: {english}; {english_remedy}", column(Language::English)),
        )
    }
}
