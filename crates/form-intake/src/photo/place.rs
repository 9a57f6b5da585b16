//! Where a photo was taken, from its GPS tags (Exif 2.3, 4.6.6).

use exif::{Exif, In, Rational, Tag, Value};

/// Parts of a degree that are reckoned with: a billionth is a tenth of a millimetre.
const NANO: u128 = 1_000_000_000;
/// Decimal places that are told: a millionth of a degree is 11 cm, less than any receiver's error.
const PLACES: u128 = 1_000_000;

/// `31.2304,121.4737`; `None` where the tags are missing or make no sense.
pub(super) fn place(exif: &Exif) -> Option<String> {
    let latitude = coordinate(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, ["N", "S"], 90)?;
    let longitude = coordinate(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, ["E", "W"], 180)?;
    Some(format!("{latitude},{longitude}"))
}

fn coordinate(exif: &Exif, tag: Tag, side: Tag, sides: [&str; 2], most: u128) -> Option<String> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let degrees = degrees(parts)?;
    let Value::Ascii(letters) = &exif.get_field(side, In::PRIMARY)?.value else { return None };
    let letter = letters.first().and_then(|letter| std::str::from_utf8(letter).ok())?.trim().to_uppercase();
    let negative = letter == sides[1];
    if degrees > most * NANO || !(negative || letter == sides[0]) {
        return None;
    }
    Some(spelled(degrees, negative))
}

/// Degrees, minutes and seconds in billionths of a degree. Exact numbers, since 1/3 of a second is no float.
fn degrees(parts: &[Rational]) -> Option<u128> {
    let mut sum = 0;
    for (part, unit) in parts.iter().zip([1, 60, 3_600]) {
        let denominator = u128::from(part.denom).checked_mul(unit).filter(|denominator| *denominator > 0)?;
        sum += u128::from(part.num) * NANO / denominator;
    }
    (!parts.is_empty()).then_some(sum)
}

/// Rounded, without zeros at the end.
fn spelled(degrees: u128, negative: bool) -> String {
    let millionths = (degrees + NANO / PLACES / 2) / (NANO / PLACES);
    let text = format!("{}.{:06}", millionths / PLACES, millionths % PLACES);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if negative && millionths > 0 { format!("-{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rational(num: u32, denom: u32) -> Rational {
        Rational { num, denom }
    }

    #[test]
    fn degrees_minutes_and_seconds_become_decimal_degrees() {
        let shanghai = [rational(31, 1), rational(13, 1), rational(4944, 100)];
        assert_eq!(spelled(degrees(&shanghai).unwrap(), false), "31.2304");
        let decimal_minutes = [rational(121, 1), rational(284_220, 10_000), rational(0, 1)];
        assert_eq!(spelled(degrees(&decimal_minutes).unwrap(), true), "-121.4737");
        assert_eq!(spelled(degrees(&[rational(0, 1)]).unwrap(), true), "0");
    }

    #[test]
    fn parts_over_nothing_are_no_place() {
        assert_eq!(degrees(&[rational(31, 0)]), None);
        assert_eq!(degrees(&[]), None);
        let most = [rational(u32::MAX, 1); 3];
        assert!(degrees(&most).unwrap() > 180 * NANO, "no overflow");
    }
}
