//! Secrets that are kept on paper or typed from it: Crockford's base 32, in groups that a person can type.

use data_encoding::{Encoding, Specification};

use crate::digest::Sha256;

/// How many characters stand together.
const GROUP: usize = 5;

/// How many characters of a checksum follow: a wrong character is noticed before the code is believed.
const CHECK_CHARACTERS: usize = 4;

/// The text that goes on paper for a key's 32 secret bytes; `None` never.
pub fn write(seed: &[u8; 32]) -> Option<String> {
    let text = alphabet()?.encode(seed) + &checksum(seed)?;
    let groups = (0..text.len()).step_by(GROUP);
    let groups: Vec<&str> = groups.filter_map(|at| text.get(at..text.len().min(at + GROUP))).collect();
    Some(groups.join("-"))
}

/// Reads what stands on paper, however it was spaced; `None` when it was mistyped.
pub fn read(text: &str) -> Option<[u8; 32]> {
    let typed: String = text.chars().filter(|char| char.is_alphanumeric()).collect();
    let (code, check) = typed.split_at_checked(typed.len().checked_sub(CHECK_CHARACTERS)?)?;
    let alphabet = alphabet()?;
    let seed: [u8; 32] = alphabet.decode(code.as_bytes()).ok()?.try_into().ok()?;
    // Both go through the alphabet, which reads letters as what they were meant to be.
    let meant = |text: &str| alphabet.decode(text.as_bytes()).ok();
    (meant(check)? == meant(&checksum(&seed)?)?).then_some(seed)
}

fn checksum(seed: &[u8; 32]) -> Option<String> {
    let text = alphabet()?.encode(&Sha256::of(seed).0);
    text.get(..CHECK_CHARACTERS).map(str::to_owned)
}

/// Crockford's base 32 (<https://www.crockford.com/base32.html>): no letter that is taken for another or for a digit;
/// such letters are read as what they were meant to be. `None` never: the specification is fixed.
pub fn alphabet() -> Option<Encoding> {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.from.push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    specification.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_key_comes_back_from_paper_and_a_slip_of_the_pen_is_noticed() {
        let seed = [7; 32];
        let paper = write(&seed).unwrap();
        assert_eq!(read(&paper), Some(seed));
        assert_eq!(read(&paper.to_lowercase().replace('-', " ")), Some(seed));
        assert_eq!(read(&paper.replace('0', "o")), Some(seed));
        let slip = paper.replacen(&paper[..1], if paper.starts_with('A') { "B" } else { "A" }, 1);
        assert_eq!(read(&slip), None);
        assert_eq!(read(""), None);
    }
}
