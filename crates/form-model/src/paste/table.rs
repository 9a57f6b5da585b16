//! Cells out of pasted text.

use crate::input;
use crate::number;

/// Most cells that are taken from the clipboard: a form's largest table has some dozens. What is beyond
/// is left out, so that a pasted file of millions of cells stays harmless.
const MAX_CELLS: usize = 10_000;

/// The cells of pasted text, row by row, trimmed. Spreadsheets and word processors put tabs between the
/// cells and quote cells that hold tabs, line ends or quotes; without any tab, commas separate (unless
/// they separate thousands), else runs of spaces between numbers. Empty rows at the end are dropped.
pub fn table(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let tabs = text.contains('\t');
    let mut rows = if tabs || text.trim_start().starts_with('"') {
        quoted_rows(&text, if tabs { '\t' } else { ',' })
    } else {
        let commas = is_comma_separated(&text);
        text.lines().take(MAX_CELLS).map(|line| loose_cells(line, commas)).collect()
    };
    for cell in rows.iter_mut().flatten() {
        // Only now, as it makes line ends of a word processor's manual line breaks within a cell.
        *cell = input::clean(cell).trim().to_owned();
    }
    while rows.last().is_some_and(|row| row.iter().all(String::is_empty)) {
        rows.pop();
    }
    rows
}

/// Reads quoted cells as spreadsheets write them: a cell that starts with `"` runs to the next lone `"`,
/// a doubled one stands for itself. A quote within an unquoted cell is text.
fn quoted_rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut cells = 1;
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let Some(row) = rows.last_mut() else { break };
        let Some(cell) = row.last_mut() else { break };
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            _ if quoted => cell.push(char),
            '\n' | '\t' | ',' if char == '\n' || char == separator => {
                cells += 1;
                if cells > MAX_CELLS {
                    break;
                }
                if char == '\n' {
                    rows.push(vec![String::new()]);
                } else {
                    row.push(String::new());
                }
            }
            _ => cell.push(char),
        }
    }
    rows
}

/// Whether commas separate cells: each line has as many, and not every line is itself a number with
/// thousands separated.
fn is_comma_separated(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let Some(first) = lines.first() else {
        return false;
    };
    let commas = first.matches(',').count();
    commas > 0
        && lines.iter().all(|line| line.matches(',').count() == commas)
        && !lines.iter().all(|line| number::parse(line).is_ok())
        && lines.iter().all(|line| line.split(',').all(is_short))
}

/// Running text with commas is one cell, not many.
fn is_short(cell: &str) -> bool {
    const MAX_CELL_CHARS: usize = 40;
    cell.chars().nth(MAX_CELL_CHARS).is_none()
}

fn loose_cells(line: &str, commas: bool) -> Vec<String> {
    if commas {
        return line.split(',').map(str::to_owned).collect();
    }
    let words: Vec<&str> = line.split_whitespace().take(MAX_CELLS + 1).collect();
    if (2..=MAX_CELLS).contains(&words.len()) && words.iter().all(|word| is_figure(word)) {
        return words.into_iter().map(str::to_owned).collect();
    }
    vec![line.to_owned()]
}

fn is_figure(word: &str) -> bool {
    number::parse(word.trim_end_matches(['%', '％'])).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        table(text)
    }

    #[test]
    fn a_spreadsheets_cells_are_read_with_quotes_and_line_ends() {
        assert_eq!(cells("128.5\t130\t140\r\n1\t2\t3\r\n"), [["128.5", "130", "140"], ["1", "2", "3"]]);
        assert_eq!(cells("\"国家级\n平台\"\t\"他说\"\"好\"\"\"\t5\n"), [["国家级\n平台", "他说\"好\"", "5"]]);
        assert_eq!(cells("长 5\" 管\t2"), [["长 5\" 管", "2"]]);
        assert_eq!(cells("\"没有结束\t1\n2"), [["没有结束\t1\n2"]]);
    }

    #[test]
    fn a_word_processors_line_breaks_stay_within_the_cell() {
        assert_eq!(cells("甲\u{b}乙\t2\r\n丙\t1\r\n"), [["甲\n乙", "2"], ["丙", "1"]]);
        assert_eq!(cells("1\t2\r3\t4"), [["1", "2"], ["3", "4"]]);
    }

    #[test]
    fn empty_cells_stay_and_empty_rows_at_the_end_go() {
        assert_eq!(cells("1\t\t3\n\t\t\n\n"), [["1", "", "3"]]);
        assert_eq!(cells("\t2\n1\t"), [["", "2"], ["1", ""]]);
        assert!(cells("").is_empty());
        assert!(cells(" \n ").is_empty());
    }

    #[test]
    fn commas_separate_cells_but_not_thousands() {
        assert_eq!(cells("128.5,130.2,140"), [["128.5", "130.2", "140"]]);
        assert_eq!(cells("1,234,567"), [["1,234,567"]]);
        assert_eq!(cells("1,234\n5,678"), [["1,234"], ["5,678"]]);
        assert_eq!(cells("\"1,234\",\"5,678\""), [["1,234", "5,678"]]);
    }

    #[test]
    fn numbers_with_spaces_between_are_cells_and_sentences_are_one() {
        assert_eq!(cells("128.5  130.2 140%"), [["128.5", "130.2", "140%"]]);
        assert_eq!(cells("no more than 3"), [["no more than 3"]]);
        assert_eq!(cells("合作区 128"), [["合作区 128"]]);
    }

    #[test]
    fn a_huge_paste_is_cut_to_what_a_form_may_hold() {
        let text = "1\t2\n".repeat(1_000_000);
        assert!(cells(&text).iter().flatten().count() <= MAX_CELLS + 1);
    }
}
