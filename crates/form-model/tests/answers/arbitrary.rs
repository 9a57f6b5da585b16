//! Arbitrary text in every field: nothing panics, what is stored is stored the same a second time, and
//! time grows with the text only.

use std::fmt::Write as _;

use form_model::answer::AnswerValue;
use form_model::check::check;
use form_model::definition::Field;
use form_model::id::AnswerId;
use form_model::input::normalise;
use form_model::language::Language;
use form_model::paste::{money, plan, table, unit_of};
use form_model::{date, number};

use crate::support::{form, id, sample};

/// How many texts are tried. Set `SEED` to replay one run.
const ROUNDS: u64 = 3_000;

/// A small generator of numbers (xorshift64*, Vigna 2016): the same seed gives the same texts anywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(12) {
            if self.below(4) == 0 {
                let code = u32::try_from(self.next() & 0x1F_FFFF).unwrap();
                text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            } else {
                text.push_str(PIECES[self.below(PIECES.len())]);
            }
        }
        text
    }
}

/// Pieces that forms, numbers, dates and pastes are made of, and some that break naive programs.
const PIECES: [&str; 48] = [
    "无",
    "1",
    "0",
    "12",
    "2026",
    "９",
    "．",
    ".",
    ",",
    "，",
    "-",
    "－",
    "+",
    "%",
    "％",
    "万",
    "亿",
    "元",
    "美元",
    "$",
    "年",
    "月",
    "日",
    "二〇二六",
    "十",
    "/",
    "yes",
    "否",
    "\t",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    " ",
    "\u{3000}",
    "\0",
    "\u{feff}",
    "\u{200d}",
    "\u{202e}",
    "\u{fffd}",
    "\u{301}",
    "👨‍👩‍👧",
    "（",
    "）",
    "、",
    "{subject}",
    "million",
    "甲",
];

fn seed() -> u64 {
    std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260_413)
}

#[test]
fn storing_twice_stores_the_same_and_no_check_panics() {
    let seed = seed();
    println!("SEED={seed}");
    let mut random = Random(seed | 1);
    let ids: Vec<AnswerId> = form().fields().flat_map(Field::answers).collect();
    let mut answers = sample();
    for round in 0..ROUNDS {
        let answer = &ids[random.below(ids.len())];
        let field = form().field_of(answer).unwrap();
        let typed = random.text();
        let once = normalise(field, answer, &typed);
        assert_eq!(normalise(field, answer, &once), once, "round {round}, {answer}: {typed:?}");
        answers.set(answer.clone(), Some(AnswerValue::Text(once)));
        if round % 10 == 0 {
            for problem in check(form(), &answers) {
                for language in Language::ALL {
                    assert!(!problem.sentence(form(), language).is_empty());
                }
            }
        }
    }
}

#[test]
fn a_number_or_date_is_shown_and_read_again_as_itself() {
    let seed = seed();
    println!("SEED={seed}");
    let mut random = Random(seed | 1);
    for _ in 0..ROUNDS {
        let mut typed = random.text();
        let _ = write!(typed, "{}", random.below(1_000_000));
        if let Ok(stored) = number::canonical(&typed, 2) {
            let shown = number::display(&stored);
            assert_eq!(number::canonical(&shown, 2).as_ref(), Ok(&stored), "{typed:?}");
            assert_eq!(number::parse(&shown), number::parse(&typed), "{typed:?}");
        }
        if let Ok(date) = date::parse(&typed) {
            assert_eq!(date::parse(&date.to_string()), Ok(date), "{typed:?}");
            assert_eq!(date::parse(&date.display(Language::Chinese)), Ok(date), "{typed:?}");
        }
    }
}

#[test]
fn arbitrary_pastes_are_planned_without_panic() {
    let seed = seed();
    println!("SEED={seed}");
    let mut random = Random(seed | 1);
    let ids: Vec<AnswerId> = form().fields().flat_map(Field::answers).collect();
    for _ in 0..ROUNDS {
        let text: String = (0..random.below(6)).map(|_| random.text()).collect();
        let block = table(&text);
        let filled = block.iter().flatten().filter(|cell| !cell.is_empty()).count();
        let plan = plan(form(), &ids[random.below(ids.len())], &block);
        assert!(plan.cells.len() + plan.unfit.len() <= filled, "{text:?}");
        let _ = (money(&text), unit_of(&text));
    }
}

#[test]
fn ten_megabytes_in_a_field_are_checked_in_passing() {
    const SIZE: usize = 10 << 20;
    // Finding the clusters of combining marks is slow in a build without optimisation.
    const MARKS: usize = 1 << 20;
    for (path, text) in [
        ("cover.zone_name", "字".repeat(SIZE / 3)),
        ("basics.contact_phone", "9".repeat(SIZE)),
        ("basics.revenue.2025", "９".repeat(SIZE / 3)),
        ("declaration.date", "甲（".repeat(SIZE / 6)),
        ("innovation.national_platform_names", "甲、".repeat(SIZE / 6)),
        ("basics.accidents", "是".repeat(SIZE / 3)),
        ("plan.text", "e\u{301}".repeat(MARKS / 3)),
        ("innovation.measures", "\u{202e}\u{fffd}".repeat(MARKS / 6)),
    ] {
        let mut answers = sample();
        let answer = id(path);
        let field = form().field_of(&answer).unwrap();
        answers.set(answer.clone(), Some(AnswerValue::Text(normalise(field, &answer, &text))));
        let problems = check(form(), &answers);
        assert!(problems.iter().any(|problem| problem.answer == answer), "{answer}");
        for problem in problems {
            let sentence = problem.sentence(form(), Language::Chinese);
            assert!(sentence.len() < 1_000, "a sentence stays short");
        }
    }
    assert!(table(&"1 ".repeat(SIZE / 2)).len() < 2);
}
