//! Unified social credit codes (GB 32100-2015): 18 characters, the last one checks the others.

/// The characters of a code in the order of their values; I, O, S, V and Z are left out.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the first 17 places: powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether a code can be one.
pub(super) fn is_sound(code: &str) -> bool {
    let values: Option<Vec<_>> = code.chars().map(|char| ALPHABET.find(char)).collect();
    let Some(values) = values.filter(|values| values.len() == WEIGHTS.len() + 1) else { return false };
    let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    values.last() == Some(&((31 - sum % 31) % 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_with_one_wrong_character_is_noticed() {
        // An example in common use.
        let sound = "91350100M000100Y43";
        assert!(is_sound(sound));
        for at in 0..18 {
            let mut wrong: Vec<char> = sound.chars().collect();
            wrong[at] = if wrong[at] == '7' { '8' } else { '7' };
            assert!(!is_sound(&wrong.iter().collect::<String>()), "{at}");
        }
        assert!(!is_sound("91350100M000100Y4"));
        assert!(!is_sound("9135O100M000100Y43"), "no letter O");
    }
}
