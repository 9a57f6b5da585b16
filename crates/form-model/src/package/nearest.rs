//! The known word that a mistyped one most likely meant.

/// Two ids further apart than a third of their length are no typing mistake of each other.
const LETTERS_PER_MISTAKE: usize = 3;

/// The nearest candidate by edit distance, if it is near enough to be meant.
pub(super) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    candidates
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| distance * LETTERS_PER_MISTAKE <= word.len().max(candidate.len()))
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// Levenshtein's distance in bytes; ids are ASCII.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(right.bytes()) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            last = replaced.min(diagonal + 1).min(last + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_insertions_deletions_and_replacements() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_far_word_is_no_suggestion() {
        let known = ["basics.revenue", "basics.sme_share"];
        assert_eq!(nearest("basics.revenu", known.into_iter()).as_deref(), Some("basics.revenue"));
        assert_eq!(nearest("x.y", known.into_iter()), None);
    }
}
