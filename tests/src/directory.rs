//! A directory of enterprises as an office keeps it, with figures that are known.

use std::path::Path;

use anyhow::Context as _;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// The years of the form.
const YEARS: [u32; 3] = [2023, 2024, 2025];
/// Above the enterprises: a title, the unit, a heading over two rows.
const HEAD_ROWS: u32 = 4;
/// 万元 in a hundredth of 亿元, the form's last place.
const HUNDREDTH: u64 = 100;

/// So many enterprises, each by its number alone.
#[derive(Clone, Copy, Debug)]
pub struct Directory {
    pub count: u32,
}

impl Directory {
    fn numbers(self) -> impl Iterator<Item = u32> {
        1..=self.count
    }

    /// What a person would see: the texts of the cells, by row.
    pub fn rows(self) -> Vec<Vec<String>> {
        let text = |text: &str| text.to_owned();
        let mut heads = vec![text("序号"), text("企业名称"), text("企业规模")];
        heads.push(text("营业收入"));
        heads.extend(["", "", "优质企业称号", "是否外资、合资"].map(text));
        let years = YEARS.map(|year| format!("{year}年"));
        let below: Vec<_> =
            vec![String::new(); 3].into_iter().chain(years).chain(vec![String::new(); 2]).collect();
        let mut rows = vec![vec![text("示例合作区入驻企业名录")], vec![text("单位：万元")], heads, below];
        rows.extend(self.numbers().map(enterprise));
        rows
    }

    /// The same as Excel keeps it: merged headings, numbers as numbers, sums as formulas below.
    ///
    /// # Errors
    /// When the library refuses something.
    pub fn workbook(self) -> anyhow::Result<Vec<u8>> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("填表说明")?.write(0, 0, "请逐行填写，金额以万元为单位。")?;
        let sheet = workbook.add_worksheet().set_name("名录")?;
        for (row, cells) in (0_u32..).zip(self.rows()) {
            for (column, cell) in (0_u16..).zip(&cells) {
                match cell.parse::<u32>() {
                    Ok(number) => sheet.write(row, column, number)?,
                    Err(_) => sheet.write(row, column, cell.as_str())?,
                };
            }
        }
        self.finish(sheet)?;
        Ok(workbook.save_to_buffer()?)
    }

    fn finish(self, sheet: &mut Worksheet) -> anyhow::Result<()> {
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 7, "示例合作区入驻企业名录", &plain)?;
        sheet.merge_range(2, 3, 2, 5, "营业收入", &plain)?;
        let row = HEAD_ROWS + self.count;
        sheet.write(row, 0, "合计")?;
        for (column, letter) in (3_u16..).zip(["D", "E", "F"]) {
            let formula = format!("=SUM({letter}{}:{letter}{row})", HEAD_ROWS + 1);
            sheet.write_formula(row, column, formula.as_str())?;
        }
        Ok(())
    }

    /// The same as a text with commas.
    pub fn csv(self) -> String {
        self.rows().into_iter().map(|row| row.join(",") + "\r\n").collect()
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// When the place cannot be written.
    pub fn write(self, path: &Path) -> anyhow::Result<()> {
        std::fs::write(path, self.workbook()?).with_context(|| path.display().to_string())
    }

    /// The form's figures that agree with it.
    pub fn answers(self) -> Vec<(String, String)> {
        let mut answers = Vec::new();
        for (at, year) in YEARS.into_iter().enumerate() {
            let sum = |counts: &dyn Fn(u32) -> bool| -> u64 {
                self.numbers().filter(|number| counts(*number)).map(|number| revenue(number, at)).sum()
            };
            let (all, smes) = (sum(&|_| true), sum(&is_sme));
            answers.push((format!("basics.revenue.{year}"), hundredths((all + HUNDREDTH / 2) / HUNDREDTH)));
            let share = (smes * 20_000 + all) / (2 * all);
            answers.push((format!("basics.sme_share.{year}"), hundredths(share)));
        }
        let counted: [(&str, &dyn Fn(u32) -> bool); 6] = [
            ("basics.sme_count", &is_sme),
            ("openness.foreign_funded_enterprises.2025", &is_foreign),
            ("cultivation.single_champions", &|number| titles(number).contains("单项冠军")),
            ("cultivation.little_giants", &|number| titles(number).contains("小巨人")),
            ("cultivation.specialised", &|number| titles(number).contains("专精特新中小企业")),
            ("cultivation.tech_innovative", &|number| titles(number).contains("科技型")),
        ];
        for (answer, counts) in counted {
            let count = self.numbers().filter(|number| counts(*number)).count();
            answers.push((answer.to_owned(), count.to_string()));
        }
        answers
    }
}

fn enterprise(number: u32) -> Vec<String> {
    let name = match number % 7 {
        0 => format!("示例国际精密传动部件与智能装备研发制造（{number}号园区）股份有限公司"),
        _ => format!("示例{number}号精密制造有限公司"),
    };
    let size = if is_sme(number) { ["中型", "小型", "微型"][number as usize % 3] } else { "大型" };
    let foreign = if is_foreign(number) { "是" } else { "否" };
    let mut cells = vec![number.to_string(), name, size.to_owned()];
    cells.extend((0..YEARS.len()).map(|year| revenue(number, year).to_string()));
    cells.extend([titles(number), foreign.to_owned()]);
    cells
}

fn is_sme(number: u32) -> bool {
    !number.is_multiple_of(10)
}

fn is_foreign(number: u32) -> bool {
    number.is_multiple_of(12)
}

/// In 万元.
fn revenue(number: u32, year: usize) -> u64 {
    u64::from(number * 7 % 5_000) + 1_000 + 100 * year as u64
}

fn titles(number: u32) -> String {
    let titles = [
        (number % 50 == 1, "专精特新“小巨人”企业"),
        (number % 9 == 2, "专精特新中小企业"),
        (number % 200 == 3, "制造业单项冠军企业"),
        (number % 4 == 1, "科技型中小企业"),
    ];
    let titles: Vec<_> = titles.into_iter().filter(|(has, _)| *has).map(|(_, title)| title).collect();
    titles.join("、")
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}
