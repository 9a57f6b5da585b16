//! Faults of fields, conditions and rules.

use crate::edit::Edited;

const FILE: &str = "sections/stay.toml";

fn with(from: &str, to: &str) -> Edited {
    Edited::new().replace(FILE, from, to)
}

#[test]
fn an_owner_that_is_no_agency_is_refused() {
    with("owner = \"office\"", "owner = \"ministry\"").fails(&[(
        FILE,
        1,
        "“owner”不能是“ministry”。可用的有：office、guest。",
        "\"owner\" cannot be \"ministry\". Known: office, guest.",
    )]);
}

#[test]
fn a_key_that_the_format_does_not_have_is_refused() {
    with("id = \"names\"", "id = \"names\"\nrequird = false").fails(&[(
        FILE,
        28,
        "这里没有“requird”这一项。可用的有：clause、columns、evidence、id、kind、limit、none_allowed、printed、relevant、required。请改正或删去。",
        "there is no key \"requird\" here. Known keys: clause, columns, evidence, id, kind, limit, none_allowed, printed, relevant, required. Correct or remove it.",
    )]);
}

#[test]
fn a_key_of_another_kind_is_refused() {
    with("kind = \"yes_no\"", "kind = \"yes_no\"\nscale = 2").fails(&[(
        FILE,
        12,
        "这里没有“scale”这一项。可用的有：clause、columns、disqualifying、evidence、id、kind、printed、relevant、required。请改正或删去。",
        "there is no key \"scale\" here. Known keys: clause, columns, disqualifying, evidence, id, kind, printed, relevant, required. Correct or remove it.",
    )]);
}

#[test]
fn an_unknown_kind_is_refused_and_what_refers_to_the_field_is_not() {
    with("kind = \"calculated\"\ncalculation = { type = \"sum\", of = [\"stay.guests.spring\", \"stay.guests.autumn\"] }", "kind = \"sum\"").fails(&[(
        FILE,
        38,
        "“kind”不能是“sum”。可用的有：text、phone、prose、number、date、yes_no、choice、choices、confirm、calculated。",
        "\"kind\" cannot be \"sum\". Known: text, phone, prose, number, date, yes_no, choice, choices, confirm, calculated.",
    )]);
}

#[test]
fn a_field_without_kind_is_refused() {
    with("kind = \"yes_no\"\n", "").fails(&[(
        FILE,
        9,
        "缺少“kind”。请补上。",
        "the key \"kind\" is missing. Add it.",
    )]);
}

#[test]
fn a_field_id_used_twice_is_reported_at_the_second() {
    with(
        "id = \"names\"\nkind = \"text\"",
        "id = \"names\"\nkind = \"text\"\n\n[[field]]\nid = \"names\"\nkind = \"text\"",
    )
    .fails(&[(
        FILE,
        31,
        "编号“stay.names”重复，sections/stay.toml 第 26 行已经用过。请换一个编号。",
        "the id \"stay.names\" is used already in sections/stay.toml, line 26. Choose another.",
    )]);
}

#[test]
fn an_option_given_twice_is_reported() {
    with("[\"france\", \"japan\"]", "[\"france\", \"japan\", \"france\"]").fails(&[(
        FILE,
        16,
        "编号“france”重复，sections/stay.toml 第 16 行已经用过。请换一个编号。",
        "the id \"france\" is used already in sections/stay.toml, line 16. Choose another.",
    )]);
}

#[test]
fn an_id_with_capitals_is_refused() {
    Edited::new()
        .replace(FILE, "id = \"names_match\"", "id = \"namesMatch\"")
        .replace_message("names_match", "namesMatch")
        .fails(&[(
            FILE,
            48,
            "编号“namesMatch”不合规则。请只用小写英文字母、数字和下划线。",
            "the id \"namesMatch\" is malformed. Use lower-case letters, digits and underscores only.",
        )]);
}

#[test]
fn a_condition_on_a_field_that_does_not_exist_is_refused() {
    with("answer = \"stay.abroad\"", "answer = \"stay.aboard\"").fails(&[(
        FILE,
        17,
        "表单中没有“stay.aboard”这一栏。是否指“stay.abroad”？请改正或删去。",
        "the form has no field or answer \"stay.aboard\". Did you mean \"stay.abroad\"? Correct or remove it.",
    )]);
}

#[test]
fn a_condition_on_an_option_that_does_not_exist_is_refused() {
    with("is = \"yes\"", "is = \"maybe\"").fails(&[(
        FILE,
        17,
        "“stay.abroad = maybe”不能用在这里。请改用“是”或“否”，即 \"yes\" 或 \"no\"。",
        "\"stay.abroad = maybe\" does not fit here. Name \"yes\" or \"no\".",
    )]);
}

#[test]
fn a_condition_on_another_choices_option_is_refused() {
    let relevant = "kind = \"text\"\nrelevant = { any = [{ answer = \"stay.country\", is = \"italy\" }, { not = { ticked = \"stay.topics.other\" } }] }";
    with("id = \"names\"\nkind = \"text\"", &format!("id = \"names\"\n{relevant}")).fails(&[(
        FILE,
        29,
        "“stay.country = italy”不能用在这里。请改用该单选题的一个选项。",
        "\"stay.country = italy\" does not fit here. Name an option of that choice.",
    )]);
}

#[test]
fn a_condition_that_ticks_what_is_no_flag_is_refused() {
    with("{ answer = \"stay.abroad\", is = \"yes\" }", "{ ticked = \"stay.abroad\" }").fails(&[(
        FILE,
        17,
        "“stay.abroad”不能用在这里。请改用多选题的一个选项，或一项确认。",
        "\"stay.abroad\" does not fit here. Name an option of a multiple choice, or a confirmation.",
    )]);
}

#[test]
fn a_condition_of_no_known_form_is_refused() {
    with("{ answer = \"stay.abroad\", is = \"yes\" }", "{ equals = \"stay.abroad\" }").fails(&[(
        FILE,
        17,
        "“relevant”的值不对。请写成一个条件，例如 { answer = \"…\", is = \"yes\" }、{ ticked = \"…\" }、{ answered = \"…\" }、{ all = […] }、{ any = […] } 或 { not = {…} }。",
        "the value of \"relevant\" is wrong. Write one condition, such as { answer = \"…\", is = \"yes\" }, { ticked = \"…\" }, { answered = \"…\" }, { all = […] }, { any = […] } or { not = {…} }.",
    )]);
}

#[test]
fn a_field_whose_relevance_reads_itself_is_refused() {
    with("answer = \"stay.abroad\", is = \"yes\"", "answered = \"stay.country\"").fails(&[(
        FILE,
        13,
        "“stay.country”的出现条件引用了它自己。请改用其他栏目。",
        "the relevance of \"stay.country\" reads the field itself. Name another field.",
    )]);
}

#[test]
fn a_minimum_above_the_maximum_is_refused() {
    with("min = 0", "min = 501").fails(&[(
        FILE,
        23,
        "最小值 501 大于最大值 500。请改正其中之一。",
        "min 501 is above max 500. Correct one of them.",
    )]);
}

#[test]
fn a_binary_fraction_is_refused_as_a_bound() {
    with("max = 500", "max = 500.5").fails(&[(
        FILE,
        24,
        "“max”的值不对。请写成整数，或带引号的小数，例如 \"0.5\"。",
        "the value of \"max\" is wrong. Write a whole number, or a decimal in quotes, such as \"0.5\".",
    )]);
}

#[test]
fn a_limit_of_nothing_is_refused() {
    with("id = \"names\"\nkind = \"text\"", "id = \"names\"\nkind = \"text\"\nlimit = 0").fails(&[(
        FILE,
        29,
        "“limit”的值不对。请写成1 以上的整数。",
        "the value of \"limit\" is wrong. Write a whole number of 1 or more.",
    )]);
}

#[test]
fn an_other_that_is_no_option_is_refused() {
    with("other = \"other\"", "other = \"else\"").fails(&[(
        FILE,
        34,
        "“else”不能用在这里。请改用本栏的一个选项。",
        "\"else\" does not fit here. Name an option of this field.",
    )]);
}

#[test]
fn an_unknown_evidence_slot_is_refused() {
    with("evidence = \"letter\"", "evidence = \"lettre\"").fails(&[
        (
            "form.toml",
            14,
            "佐证材料“letter”与“stay.host”没有互相引用。请在该栏写上 evidence = \"letter\"，并在 form.toml 中写上 field。",
            "the evidence slot \"letter\" and \"stay.host\" do not name each other. Give the field evidence = \"letter\" and the slot in form.toml its field.",
        ),
        (
            FILE,
            6,
            "“evidence”不能是“lettre”。可用的有：letter。",
            "\"evidence\" cannot be \"lettre\". Known: letter.",
        ),
    ]);
}

#[test]
fn a_clause_that_the_form_does_not_list_is_refused() {
    with("clause = \"第 3 条\"", "clause = \"第 4 条\"").fails(&[(
        FILE,
        7,
        "“clause”不能是“第 4 条”。可用的有：第 3 条。",
        "\"clause\" cannot be \"第 4 条\". Known: 第 3 条.",
    )]);
}

#[test]
fn a_rule_on_a_field_without_columns_is_refused() {
    with("field = \"stay.guests\", factor", "field = \"stay.names\", factor").fails(&[(
        FILE,
        45,
        "“stay.names”不能用在这里。请改用一个分列的数字栏目（不带列名）。",
        "\"stay.names\" does not fit here. Name a number field in columns (without a column's name).",
    )]);
}

#[test]
fn a_rule_that_counts_a_whole_row_is_refused() {
    with("count = \"stay.guests.spring\"", "count = \"stay.guests\"").fails(&[(
        FILE,
        50,
        "“stay.guests”不能用在这里。请改用一个数字（分列的栏目要写明列，例如 .2025）。",
        "\"stay.guests\" does not fit here. Name a number (of a field in columns, name the column, such as .2025).",
    )]);
}

#[test]
fn a_jump_by_a_factor_of_one_is_refused() {
    with("factor = 5", "factor = 1").fails(&[(
        FILE,
        45,
        "“factor”的值不对。请写成大于 1 的数。",
        "the value of \"factor\" is wrong. Write a number above 1.",
    )]);
}

#[test]
fn a_sum_over_what_is_no_number_is_refused() {
    with("[\"stay.guests.spring\", \"stay.guests.autumn\"]", "[\"stay.guests.spring\", \"stay.names\"]").fails(&[(
        FILE,
        39,
        "“stay.names”不能用在这里。请改用一个数字（分列的栏目要写明列，例如 .2025）。",
        "\"stay.names\" does not fit here. Name a number (of a field in columns, name the column, such as .2025).",
    )]);
}

#[test]
fn a_rule_id_used_twice_is_reported_at_the_second() {
    with("id = \"names_match\"", "id = \"guests_jump\"")
        .replace_message("names_match = \"{count} guests, {names} names.\"\n", "")
        .fails(&[(
            FILE,
            48,
            "编号“guests_jump”重复，sections/stay.toml 第 42 行已经用过。请换一个编号。",
            "the id \"guests_jump\" is used already in sections/stay.toml, line 42. Choose another.",
        )]);
}

#[test]
fn a_rule_with_the_name_of_a_built_in_one_is_refused() {
    with("id = \"names_match\"", "id = \"required\"").replace_message("names_match", "required").fails(&[(
        FILE,
        48,
        "编号“required”另有用途。请换一个编号。",
        "the id \"required\" means something else already. Choose another.",
    )]);
}

#[test]
fn a_field_with_the_name_of_its_sections_title_is_refused() {
    with(
        "kind = \"yes_no\"",
        "kind = \"yes_no\"\n\n[[field]]\nid = \"help\"\nkind = \"confirm\"\nprinted = false",
    )
    .replace("layout/stay.toml", "fields = [\"stay.total\"]", "fields = [\"stay.total\", \"stay.help\"]")
    .replace_message("names.label", "help.label = \"Help\"\nnames.label")
    .fails(&[(
        FILE,
        14,
        "编号“help”另有用途。请换一个编号。",
        "the id \"help\" means something else already. Choose another.",
    )]);
}
