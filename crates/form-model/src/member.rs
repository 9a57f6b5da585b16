//! Who takes part in an application, and what each may write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::date;
use crate::id::{AnswerId, FieldId};

/// Longest agency id, in bytes: it is typed by hand and shown in lists.
const AGENCY_ID_MAX_BYTES: usize = 32;

/// The most parts of the form that are handed to one agency: every field of a large form, one by one.
const GRANT_MAX_PARTS: usize = 512;

/// Longest name of a part of the form or of an evidence slot, in bytes: two ids that a form designer writes by
/// hand.
const PART_MAX_BYTES: usize = 130;

/// What places end with, in names such as 示例市商务局.
const PLACE_ENDS: [char; 7] = ['省', '市', '区', '县', '州', '盟', '旗'];

/// Names an agency within one application: a short lower-case word such as `commerce` or `customs-2`. The lead
/// chooses it; the form package suggests some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgencyId(pub String);

impl AgencyId {
    /// Whether the text is 1 to 32 of `a`–`z`, `0`–`9`, `_` and `-`.
    ///
    /// ```
    /// use form_model::member::AgencyId;
    ///
    /// assert!(AgencyId("customs-2".to_owned()).is_valid());
    /// assert!(!AgencyId("海关".to_owned()).is_valid());
    /// ```
    pub fn is_valid(&self) -> bool {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        (1..=AGENCY_ID_MAX_BYTES).contains(&self.0.len()) && self.0.bytes().all(allowed)
    }
}

impl fmt::Display for AgencyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an agency does in an application.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    #[default]
    Observer,
    /// Reads and comments.
    Reviewer,
    /// Reads, comments, and writes its own sections and fields.
    Contributor,
    /// Does all of that everywhere, and says who takes part.
    Lead,
}

/// A part of the form that is handed out: a section (`openness`) or one field (`basics.revenue`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormPart(pub String);

impl FormPart {
    /// Whether the answer, or what it is a facet of, lies in the part.
    pub fn holds(&self, answer: &AnswerId) -> bool {
        let base = answer.as_str().split('?').next().unwrap_or_default();
        match base.strip_prefix(&self.0) {
            Some(rest) => rest.is_empty() || rest.starts_with('.'),
            None => false,
        }
    }

    /// The section that the part is, or lies in.
    pub fn section(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for FormPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which evidence files an agency may read. Answers are read by every member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceAccess {
    /// All of them.
    #[default]
    All,
    /// Those of the named slots, and those that it added itself.
    Only(Vec<String>),
}

/// What an agency may do, and by when it is to have done it.
///
/// A field that this program does not know would restrict what it goes on to allow, so it is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub role: Role,
    /// The parts that a contributor writes, each with the day by which they are due (`YYYY-MM-DD`), if any.
    #[serde(default)]
    pub parts: BTreeMap<FormPart, Option<String>>,
    #[serde(default)]
    pub evidence: EvidenceAccess,
    /// The steps that come before 签认 when the agency signs a section off; none unless the lead says so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub steps: BTreeSet<Step>,
}

/// A step of an agency's sign-off; each is another person's, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 经办.
    Prepare,
    /// 审核.
    Review,
    /// 签认: the agency's word.
    Sign,
}

impl Grant {
    /// The steps of the agency's sign-off, in order.
    pub fn all_steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = self.steps.iter().copied().filter(|step| *step != Step::Sign).collect();
        steps.push(Step::Sign);
        steps
    }

    /// The step that comes before one; `None` before the first.
    pub fn step_before(&self, step: Step) -> Option<Step> {
        self.all_steps().into_iter().rev().find(|other| *other < step)
    }

    /// Whether the agency has a say on a section.
    pub fn may_sign(&self, section: &str) -> bool {
        match self.role {
            Role::Lead => true,
            Role::Contributor => self.parts.keys().any(|part| part.section() == section),
            Role::Reviewer | Role::Observer => false,
        }
    }

    /// Whether the agency may write the answer.
    pub fn may_write(&self, answer: &AnswerId) -> bool {
        match self.role {
            Role::Lead => true,
            Role::Contributor => self.parts.keys().any(|part| part.holds(answer)),
            Role::Reviewer | Role::Observer => false,
        }
    }

    /// Whether the agency may read files of evidence that stand at a field, in one of the slots that it has there.
    pub fn may_read(&self, field: &FieldId, slots: &[String]) -> bool {
        let by_slot = match &self.evidence {
            EvidenceAccess::All => true,
            EvidenceAccess::Only(given) => slots.iter().any(|slot| given.contains(slot)),
        };
        by_slot || self.may_write(&field.answer())
    }

    /// Whether the agency writes at all.
    pub fn writes(&self) -> bool {
        self.role >= Role::Contributor
    }

    /// Whether the agency may comment.
    pub fn may_comment(&self) -> bool {
        self.role >= Role::Reviewer
    }

    /// Whether it is of a size that a roster holds, and its due days are days.
    pub fn is_valid(&self) -> bool {
        let slots: &[String] = match &self.evidence {
            EvidenceAccess::All => &[],
            EvidenceAccess::Only(slots) => slots,
        };
        let short = |name: &str| (1..=PART_MAX_BYTES).contains(&name.len());
        self.parts.len() <= GRANT_MAX_PARTS
            && slots.len() <= GRANT_MAX_PARTS
            && self.parts.keys().all(|part| short(&part.0))
            && slots.iter().all(|slot| short(slot))
            && self.parts.values().flatten().all(|day| is_day(day))
    }

    /// Whether the agency says who takes part.
    pub fn may_lead(&self) -> bool {
        self.role == Role::Lead
    }
}

/// Whose something is, of agencies that take part: theirs to whom it was handed, else the leads'. `handed` says whether a
/// contributor's grant has it.
pub fn owners<'a, A>(
    taking_part: impl IntoIterator<Item = (A, &'a Grant)>,
    handed: impl Fn(&Grant) -> bool,
) -> Vec<A> {
    let (mut owners, mut leads) = (Vec::new(), Vec::new());
    for (agency, grant) in taking_part {
        match grant.role {
            Role::Lead => leads.push(agency),
            Role::Contributor if handed(grant) => owners.push(agency),
            Role::Contributor | Role::Reviewer | Role::Observer => {}
        }
    }
    if owners.is_empty() { leads } else { owners }
}

/// The mark that an agency gets unless a person chooses another: the first character behind the place's name that
/// is not taken; of a Latin name its first letter. Empty for a name without letters.
///
/// ```
/// use form_model::member::suggested_mark;
///
/// assert_eq!(suggested_mark("示例市商务局", &[]), "商");
/// ```
pub fn suggested_mark(name: &str, taken: &[&str]) -> String {
    let name = name.trim();
    let characters: Vec<char> = name.chars().filter(|character| character.is_alphanumeric()).collect();
    let end = characters.iter().enumerate().skip(1).find(|(_, character)| PLACE_ENDS.contains(character));
    let own = end.map_or(&characters[..], |(at, _)| &characters[at + 1..]);
    let own = own.strip_prefix(&['级']).unwrap_or(own);
    let own = if own.len() < 2 { &characters[..] } else { own };
    let marks: Vec<String> = own.iter().map(|character| character.to_uppercase().collect()).collect();
    let free = marks.iter().find(|mark| !taken.contains(&mark.as_str()));
    free.or_else(|| marks.first()).cloned().unwrap_or_default()
}

/// Whether the text is a day of the calendar, written `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    date::parse(text).is_ok_and(|day| day.has_day() && day.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(path: &str) -> AnswerId {
        AnswerId(path.to_owned())
    }

    #[test]
    fn a_part_holds_its_answers_columns_and_facets_and_nothing_else() {
        let field = FormPart("basics.revenue".to_owned());
        for inside in ["basics.revenue", "basics.revenue.2025", "basics.revenue.2025?note"] {
            assert!(field.holds(&answer(inside)), "{inside}");
        }
        for outside in ["basics", "basics.revenue_growth", "plan.revenue", "basics.name"] {
            assert!(!field.holds(&answer(outside)), "{outside}");
        }
        let section = FormPart("basics".to_owned());
        assert!(section.holds(&answer("basics.revenue.2025?note")));
        assert!(!section.holds(&answer("basics2.revenue")));
    }

    #[test]
    fn only_contributors_with_the_part_and_leads_write() {
        let parts: BTreeMap<_, _> = [(FormPart("basics.revenue".to_owned()), None)].into();
        let grant = |role| Grant { role, parts: parts.clone(), ..Grant::default() };
        let cell = answer("basics.revenue.2025");
        assert!(grant(Role::Lead).may_write(&answer("plan.goals")));
        assert!(grant(Role::Contributor).may_write(&cell));
        assert!(!grant(Role::Contributor).may_write(&answer("basics.name")));
        assert!(!grant(Role::Reviewer).may_write(&cell));
        assert!(grant(Role::Reviewer).may_comment() && !grant(Role::Observer).may_comment());
    }

    #[test]
    fn what_was_handed_to_nobody_is_the_leads() {
        let grant = |role, part: &str| {
            let parts = [(FormPart(part.to_owned()), None)].into();
            Grant { role, parts, ..Grant::default() }
        };
        let team = [
            ("lead", Grant { role: Role::Lead, ..Grant::default() }),
            ("commerce", grant(Role::Contributor, "openness")),
            ("science", grant(Role::Contributor, "openness.exchanges")),
            ("eyes", grant(Role::Reviewer, "openness")),
        ];
        let of = |path: &str| {
            let answer = answer(path);
            owners(team.iter().map(|(name, grant)| (*name, grant)), |grant| grant.may_write(&answer))
        };
        assert_eq!(of("openness.exchanges.2025"), ["commerce", "science"]);
        assert_eq!(of("openness.growth"), ["commerce"]);
        assert_eq!(of("plan.text"), ["lead"]);
    }

    #[test]
    fn a_due_date_is_a_day_of_the_calendar() {
        for day in ["2026-08-15", "2028-02-29"] {
            assert!(is_day(day), "{day}");
        }
        for other in ["2026-99-99", "2026-02-29", "2026-8-15", "2026-08", "２０２６-08-15", " 2026-08-15", ""]
        {
            assert!(!is_day(other), "{other}");
        }
    }

    #[test]
    fn a_mark_is_taken_from_behind_the_place() {
        assert_eq!(suggested_mark("示例市商务局", &[]), "商");
        assert_eq!(suggested_mark("示例市市场监督管理局", &[]), "市");
        assert_eq!(suggested_mark("市场监管部门", &[]), "市");
        assert_eq!(suggested_mark("海关", &[]), "海");
        assert_eq!(suggested_mark("合作区运营管理机构", &[]), "运");
        assert_eq!(suggested_mark("customs office", &[]), "C");
        assert_eq!(suggested_mark("", &[]), "");
    }

    #[test]
    fn a_mark_that_is_taken_gives_way_to_the_next() {
        assert_eq!(suggested_mark("示例市商务局", &["商"]), "务");
    }
}
