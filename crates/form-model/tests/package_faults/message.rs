//! Faults of texts.

use crate::edit::Edited;

const ENGLISH: &str = "messages/en.toml";
const CHINESE: &str = "messages/zh-CN.toml";

#[test]
fn a_missing_label_is_reported_at_its_field() {
    Edited::new().replace(ENGLISH, "abroad.label = \"Abroad\"\n", "").fails(&[(
        "sections/stay.toml",
        9,
        "缺少文字“stay.abroad.label”。请在 messages/en.toml 中补上。",
        "the text \"stay.abroad.label\" is missing. Add it to messages/en.toml.",
    )]);
}

#[test]
fn a_missing_option_label_is_reported_at_the_option() {
    Edited::new().replace(CHINESE, "teaching.label = \"Teaching\"\n", "").fails(&[(
        "sections/stay.toml",
        33,
        "缺少文字“stay.topics.teaching.label”。请在 messages/zh-CN.toml 中补上。",
        "the text \"stay.topics.teaching.label\" is missing. Add it to messages/zh-CN.toml.",
    )]);
}

#[test]
fn a_missing_sentence_of_a_rule_is_reported_at_the_rule() {
    Edited::new().replace_message("names_match = \"{count} guests, {names} names.\"\n", "").fails(&[
        (
            "sections/stay.toml",
            47,
            "缺少文字“rule.names_match”。请在 messages/en.toml 中补上。",
            "the text \"rule.names_match\" is missing. Add it to messages/en.toml.",
        ),
        (
            "sections/stay.toml",
            47,
            "缺少文字“rule.names_match”。请在 messages/zh-CN.toml 中补上。",
            "the text \"rule.names_match\" is missing. Add it to messages/zh-CN.toml.",
        ),
    ]);
}

#[test]
fn a_missing_text_of_the_layout_is_reported_at_the_cell() {
    Edited::new().replace("layout/stay.toml", "text = \"column.autumn\"", "text = \"stay.season\"").fails(&[
        (
            "layout/stay.toml",
            7,
            "缺少文字“stay.season”。请在 messages/en.toml 中补上。",
            "the text \"stay.season\" is missing. Add it to messages/en.toml.",
        ),
        (
            "layout/stay.toml",
            7,
            "缺少文字“stay.season”。请在 messages/zh-CN.toml 中补上。",
            "the text \"stay.season\" is missing. Add it to messages/zh-CN.toml.",
        ),
    ]);
}

#[test]
fn help_in_one_language_only_is_reported() {
    Edited::new().replace(ENGLISH, "host.help = \"Full name.\"\n", "").fails(&[(
        CHINESE,
        25,
        "缺少文字“stay.host.help”。请在 messages/en.toml 中补上。",
        "the text \"stay.host.help\" is missing. Add it to messages/en.toml.",
    )]);
}

#[test]
fn a_text_that_nothing_uses_is_reported_with_the_nearest() {
    Edited::new().replace(CHINESE, "host.help", "host.hlep").replace(ENGLISH, "host.help", "host.hlep").fails(&[
        (
            ENGLISH,
            25,
            "没有任何地方用到文字“stay.host.hlep”。是否指“stay.host.help”？请改正或删去。",
            "nothing uses the text \"stay.host.hlep\". Did you mean \"stay.host.help\"? Correct or remove it.",
        ),
        (
            CHINESE,
            25,
            "没有任何地方用到文字“stay.host.hlep”。是否指“stay.host.help”？请改正或删去。",
            "nothing uses the text \"stay.host.hlep\". Did you mean \"stay.host.help\"? Correct or remove it.",
        ),
    ]);
}

#[test]
fn a_text_that_is_a_number_is_refused() {
    Edited::new().replace(ENGLISH, "spring = \"Spring\"", "spring = 1").fails(&[
        (
            ENGLISH,
            12,
            "“column.spring”的值不对。请写成带引号的文字，例如 \"abc\"。",
            "the value of \"column.spring\" is wrong. Write a text in quotes, such as \"abc\".",
        ),
        (
            "sections/stay.toml",
            22,
            "缺少文字“column.spring”。请在 messages/en.toml 中补上。",
            "the text \"column.spring\" is missing. Add it to messages/en.toml.",
        ),
    ]);
}

#[test]
fn a_name_in_braces_that_the_rule_does_not_give_is_refused() {
    Edited::new().replace(ENGLISH, "from {before}", "from {earlier}").fails(&[(
        ENGLISH,
        43,
        "文字“rule.guests_jump”中的 {earlier} 没有对应的内容。可用的有：{subject}、{before}、{after}、{before_column}、{column}、{factor}。",
        "nothing fills {earlier} in the text \"rule.guests_jump\". Known: {subject}, {before}, {after}, {before_column}, {column}, {factor}.",
    )]);
}
