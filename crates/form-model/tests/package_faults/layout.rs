//! Faults of layouts.

use crate::edit::Edited;

const FILE: &str = "layout/stay.toml";

fn with(from: &str, to: &str) -> Edited {
    Edited::new().replace(FILE, from, to)
}

#[test]
fn a_layout_that_shows_an_unknown_answer_is_refused_and_so_is_what_it_fails_to_show() {
    with("{ answer = \"stay.guests.spring\" }", "{ answer = \"stay.guests.winter\" }").fails(&[
        (
            FILE,
            8,
            "表单中没有“stay.guests.winter”这一栏。是否指“stay.guests.autumn”？请改正或删去。",
            "the form has no field or answer \"stay.guests.winter\". Did you mean \"stay.guests.autumn\"? Correct or remove it.",
        ),
        (
            "sections/stay.toml",
            19,
            "版式中没有印出“stay.guests.spring”。请在 layout 中放入 answer = \"stay.guests.spring\"，或写明 printed = false。",
            "no layout prints \"stay.guests.spring\". Put answer = \"stay.guests.spring\" into a layout, or set printed = false.",
        ),
    ]);
}

#[test]
fn a_printed_field_that_no_layout_shows_is_reported() {
    with("{ answer = \"stay.topics\" }", "{ answer = \"stay.host\" }").fails(&[(
        "sections/stay.toml",
        30,
        "版式中没有印出“stay.topics”。请在 layout 中放入 answer = \"stay.topics\"，或写明 printed = false。",
        "no layout prints \"stay.topics\". Put answer = \"stay.topics\" into a layout, or set printed = false.",
    )]);
}

#[test]
fn an_unprinted_field_that_nobody_could_fill_is_reported() {
    with("fields = [\"stay.total\"]", "fields = []").fails(&[(
        "sections/stay.toml",
        36,
        "版式中没有地方填写“stay.total”。请把它写进 layout 的 supplement。",
        "no layout lets \"stay.total\" be filled. Add it to a supplement block of the layout.",
    )]);
}

#[test]
fn a_row_that_does_not_fill_the_grid_is_reported() {
    with("{ span = 2, answer = \"stay.host\" }", "{ answer = \"stay.host\" }").fails(&[(
        FILE,
        5,
        "表格第 1 行占 2 列，而表格有 3 列。请核对 span 与 rows。",
        "row 1 of the table covers 2 columns of 3. Check span and rows.",
    )]);
}

#[test]
fn a_cell_that_reaches_too_far_down_spoils_the_next_row() {
    with("rows = 2, label = \"stay.guests\"", "rows = 3, label = \"stay.guests\"").fails(&[(
        FILE,
        9,
        "表格第 5 行占 4 列，而表格有 3 列。请核对 span 与 rows。",
        "row 5 of the table covers 4 columns of 3. Check span and rows.",
    )]);
}

#[test]
fn a_whole_row_in_one_cell_is_refused() {
    with("{ span = 2, answer = \"stay.host\" }", "{ answer = \"stay.host\" }, { answer = \"stay.guests\" }")
        .fails(&[(
            FILE,
            5,
            "“stay.guests”不能用在这里。请改用一个不分列的栏目，或某一列。",
            "\"stay.guests\" does not fit here. Name a field without columns, or one column of it.",
        )]);
}

#[test]
fn a_part_of_no_known_form_is_refused() {
    with("\"break\"", "\"newline\"").fails(&[(
        FILE,
        9,
        "“parts”的值不对。请写成{ text = \"…\" }、{ label = \"…\" }、{ answer = \"…\" }、{ evidence = \"…\" } 或 \"break\"。",
        "the value of \"parts\" is wrong. Write { text = \"…\" }, { label = \"…\" }, { answer = \"…\" }, { evidence = \"…\" } or \"break\".",
    )]);
}

#[test]
fn an_unknown_block_is_refused() {
    with("type = \"supplement\"", "type = \"appendix\"").fails(&[
        (
            FILE,
            13,
            "“type”不能是“appendix”。可用的有：title、note、line、prose、table、supplement。",
            "\"type\" cannot be \"appendix\". Known: title, note, line, prose, table, supplement.",
        ),
        (
            "sections/stay.toml",
            36,
            "版式中没有地方填写“stay.total”。请把它写进 layout 的 supplement。",
            "no layout lets \"stay.total\" be filled. Add it to a supplement block of the layout.",
        ),
    ]);
}
