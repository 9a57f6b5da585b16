//! What a person reads about a problem: what, where, what to do, and the notice's clause.

use super::{Problem, rule_id, subject};
use crate::date;
use crate::definition::{Field, FieldKind, FormDefinition, Unit};
use crate::id::AnswerId;
use crate::language::Language;

pub(super) fn sentence(problem: &Problem, form: &FormDefinition, language: Language) -> String {
    let field = form
        .field_of(&problem.answer)
        .or_else(|| form.fields().find(|field| field.id.as_str() == problem.answer.as_str()));
    let package_key = format!("rule.{}", problem.rule);
    let template = match built_in(problem, field) {
        Some((chinese, english)) => language.pick(chinese, english),
        None => form.text(language, &package_key),
    };
    let mut sentence = fill(template, |key| word(key, problem, form, field, language));
    if let Some(clause) = &problem.clause {
        let bracketed = language.pick("（{}）", " ({})").replace("{}", clause);
        sentence.push_str(&bracketed);
    }
    sentence
}

/// What stands for a name in braces.
fn word(
    key: &str,
    problem: &Problem,
    form: &FormDefinition,
    field: Option<&Field>,
    language: Language,
) -> Option<String> {
    let detail = problem.details.get(key);
    match key {
        "subject" => Some(subject(form, language, &problem.answer)),
        "other" => detail.map(|other| subject(form, language, &AnswerId(other.clone()))),
        "places" | "scale" if language == Language::Chinese => detail.map(|count| chinese_count(count)),
        "none" => Some(none_hint(field, language).to_owned()),
        "unit" => Some(unit_hint(field, language).to_owned()),
        "evidence" => problem
            .details
            .get("slot")
            .map(|slot| form.text(language, &format!("evidence.{slot}.label")).to_owned()),
        "option" => detail.map(|option| {
            let key = format!("{option}.label");
            super::short_label(form.text(language, &key))
        }),
        "value" => detail.map(|value| yes_no(value, language).to_owned()),
        "date" => problem.details.get("text").map(|text| date::display(text, language)),
        _ => detail.cloned(),
    }
}

/// Replaces each `{name}` in one pass, so that braces in an answer stay what they are.
fn fill(template: &str, word: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let found = after.split_once('}').and_then(|(key, tail)| Some((word(key)?, tail)));
        match found {
            Some((word, tail)) => {
                filled.push_str(&word);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The sentences of the built-in rules, Chinese and English.
fn built_in(problem: &Problem, field: Option<&Field>) -> Option<(&'static str, &'static str)> {
    Some(match problem.rule.as_str() {
        rule_id::REQUIRED => required(problem, field),
        rule_id::NUMBER => number(problem),
        rule_id::DECIMAL_PLACES => (
            "{subject}有{places}位小数（{text}），请保留{scale}位，例如 {suggestion}。",
            "{subject}: {places} decimal places ({text}). Keep {scale}, for example {suggestion}.",
        ),
        rule_id::WHOLE_NUMBER => (
            "{subject}应为整数，现为 {text}，请核对后改为整数。",
            "{subject}: must be a whole number; it is {text}. Check it and enter a whole number.",
        ),
        rule_id::MINIMUM => (
            "{subject}不能小于 {bound}，现为 {text}，请核对后改正。",
            "{subject}: cannot be less than {bound}; it is {text}. Check and correct it.",
        ),
        rule_id::MAXIMUM => (
            "{subject}不能大于 {bound}，现为 {text}，请核对后改正。",
            "{subject}: cannot be more than {bound}; it is {text}. Check and correct it.",
        ),
        rule_id::TOO_LONG => (
            "{subject}超出 {over} 字（现有 {count} 字，限 {limit} 字），请删减。",
            "{subject}: over the limit by {over} ({count} of {limit} characters). Shorten it.",
        ),
        rule_id::DATE => (
            "{subject}填的“{text}”不是日历上的日期，请按“2026年4月13日”的样子填写。",
            "{subject}: “{text}” is not a date of the calendar. Write it like 2026-04-13.",
        ),
        rule_id::DATE_INCOMPLETE => (
            "{subject}只填到月份（{date}），请补上日。",
            "{subject}: gives only a month ({date}). Add the day.",
        ),
        rule_id::PHONE => (
            "{subject}填的“{text}”里没有完整的电话号码，请填区号和号码或 11 位手机号，例如 010-12345678。",
            "{subject}: “{text}” has no complete telephone number. Enter area code and number, or an 11-digit mobile number.",
        ),
        rule_id::OPTION => (
            "“{subject}”填的“{text}”不在选项之内，请从表中选项里选一项。",
            "“{subject}”: “{text}” is not one of the options. Choose one of those on the form.",
        ),
        rule_id::EVIDENCE => (
            "佐证材料 {number}“{evidence}”还没有文件，请添加。",
            "Evidence {number}, “{evidence}”, has no file yet. Add one.",
        ),
        rule_id::DIRECTORY => (
            "{subject}填的是 {text}，佐证材料 {number} 的名录（{file}）合计是 {total}。请核对后改正其中一处；属实的，请确认。",
            "{subject}: the form says {text}; the directory in evidence {number} ({file}) adds up to {total}. Correct one of them, or confirm that it is so.",
        ),
        rule_id::CONFIRM => (
            "“{subject}”尚未确认，请核实后勾选。",
            "“{subject}”: not confirmed yet. Verify it, then tick it.",
        ),
        rule_id::DISQUALIFYING => (
            "“{subject}”填的是“{value}”，可能不符合申报条件，请核实；属实的，请确认。",
            "“{subject}”: the answer “{value}” may disqualify the application. Verify it, and confirm it if it is so.",
        ),
        rule => return about_the_text(rule),
    })
}

/// The sentences of rules that hold for answers of any kind.
fn about_the_text(rule: &str) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        rule_id::OTHER_TEXT => (
            "{subject}已勾选，但没有写明内容，请补写，或取消勾选“{option}”。",
            "{subject} is ticked but says nothing. Write what it is, or untick “{option}”.",
        ),
        rule_id::UNREADABLE_CHARACTER => (
            "{subject}第 {position} 个字符无法辨认（显示为“�”），请删去后重新输入。",
            "{subject}: the character at position {position} is unreadable (shown as “�”). Delete it and type it again.",
        ),
        rule_id::WRONG_KIND => (
            "“{subject}”存入的内容类型不对，请清空后重新填写。",
            "“{subject}”: holds a value of the wrong kind. Clear it and fill it in again.",
        ),
        rule_id::DIRECTION_MARK => (
            "{subject}第 {position} 个字符是看不见的文字方向标记（{code}），打印出来可能与存入的不同，请删去，或确认需要保留。",
            "{subject}: an invisible text-direction mark ({code}) at position {position}, so that it may print otherwise than it is stored. Delete it, or confirm that it is meant.",
        ),
        rule_id::UNKNOWN_ANSWER => (
            "本表没有“{id}”这一栏，其中的内容不会打印，也不计入定稿，请移到对应的栏目。",
            "The form has no field “{id}”; what it holds is not printed and not part of the final text. Move it to the field where it belongs.",
        ),
        _ => return None,
    })
}

fn required(problem: &Problem, field: Option<&Field>) -> (&'static str, &'static str) {
    if problem.details.contains_key("text") {
        return (
            "{subject}不能填“{text}”，请如实填写。",
            "{subject}: cannot be “{text}”. Fill in what is the case.",
        );
    }
    match field.map(|field| &field.kind) {
        Some(FieldKind::Choices { .. }) => (
            "{subject}还没有勾选，请至少勾选一项。",
            "{subject}: nothing is ticked yet. Tick at least one option.",
        ),
        Some(FieldKind::YesNo { .. } | FieldKind::Choice { .. }) => {
            ("“{subject}”还没有选择，请选一项。", "“{subject}”: nothing is chosen yet. Choose one.")
        }
        Some(FieldKind::Prose { attachable: true, .. }) => (
            "{subject}还没有填写，请填写，或注明另附纸。",
            "{subject}: not filled in yet. Fill it in, or state that it is on attached paper.",
        ),
        _ => ("{subject}还没有填写，请填写{none}。", "{subject}: not filled in yet. Fill it in{none}."),
    }
}

fn number(problem: &Problem) -> (&'static str, &'static str) {
    if problem.details.contains_key("digits") {
        return (
            "{subject}填的“{text}”位数太多，最多 {digits} 位，请核对后改正。",
            "{subject}: “{text}” has too many digits; {digits} at the most. Check and correct it.",
        );
    }
    if problem.details.contains_key("converted") {
        return (
            "{subject}填的“{text}”带有其他单位，请换算后只填数字{unit}，例如 {converted}。",
            "{subject}: “{text}” is in another unit. Convert it and enter digits only{unit}, for example {converted}.",
        );
    }
    (
        "{subject}填的“{text}”不是数字，请只填数字{unit}{none}。",
        "{subject}: “{text}” is not a number. Enter digits only{unit}{none}.",
    )
}

fn none_hint(field: Option<&Field>, language: Language) -> &'static str {
    if field.is_some_and(|field| field.none_allowed) {
        language.pick("；无相关情况时填“无”", "; where nothing applies, enter 无")
    } else {
        ""
    }
}

fn unit_hint(field: Option<&Field>, language: Language) -> &'static str {
    let unit = field.and_then(|field| match field.kind {
        FieldKind::Number { unit, .. } => unit,
        _ => None,
    });
    match unit {
        Some(Unit::HundredMillionYuan) => language.pick("，单位为亿元", ", in 亿元 (CNY 100 million)"),
        Some(Unit::TenThousandYuan) => language.pick("，单位为万元", ", in 万元 (CNY 10,000)"),
        Some(Unit::Percent) => language.pick("，单位为 %", ", in percent"),
        None => "",
    }
}

fn yes_no(value: &str, language: Language) -> &str {
    match value {
        crate::input::YES => language.pick("是", "yes"),
        crate::input::NO => language.pick("否", "no"),
        _ => value,
    }
}

/// A count as it is written in a sentence: `三`; larger ones in digits.
fn chinese_count(digits: &str) -> String {
    const WORDS: [&str; 10] = ["零", "一", "两", "三", "四", "五", "六", "七", "八", "九"];
    let word = digits.parse().ok().and_then(|index: usize| WORDS.get(index));
    word.map_or_else(|| format!(" {digits} "), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_an_answer_are_not_filled_again() {
        let filled = fill("“{text}”在{subject}", |key| match key {
            "text" => Some("{subject}".to_owned()),
            "subject" => Some("甲".to_owned()),
            _ => None,
        });
        assert_eq!(filled, "“{subject}”在甲");
        assert_eq!(fill("{unknown} {open", |_| None), "{unknown} {open");
    }

    #[test]
    fn small_counts_are_words() {
        assert_eq!(chinese_count("3"), "三");
        assert_eq!(chinese_count("12"), " 12 ");
    }
}
