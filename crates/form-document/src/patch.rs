//! From Automerge's patches to deltas, for the view alone: what a change may touch is never read from
//! patches, which hide writes that lose.

use std::ops::Range;

use automerge::{Automerge, ObjId, Patch, PatchAction, ReadDoc, ScalarValueRef, ValueRef};
use form_model::delta::Delta;

use crate::op::OpId;

/// How a text changed. Patches tell each place of a change apart; should they not lead from the one text
/// to the other, the smallest single splice that does takes their place.
pub(crate) fn delta(object: &ObjId, patches: &[Patch], before: &str, after: &str) -> Delta {
    let mut delta = Delta::default();
    for patch in patches.iter().filter(|patch| patch.obj == *object) {
        let step = match &patch.action {
            PatchAction::SpliceText { index, value, .. } => Delta::splice(*index, 0, &value.make_string()),
            PatchAction::DeleteSeq { index, length } => Delta::splice(*index, *length, ""),
            _ => return Delta::between(before, after),
        };
        delta = delta.compose(&step);
    }
    if delta.apply(before).is_ok_and(|text| text == after) { delta } else { Delta::between(before, after) }
}

/// The characters of a text in order, each with the operation that put it in. (Automerge numbers these
/// items by elements, not by the text encoding's units, so their own index is of no use here.)
pub(crate) fn chars<'a>(
    document: &'a Automerge,
    object: &ObjId,
) -> impl Iterator<Item = (OpId, char)> + use<'a> {
    chars_in(document, object, 0..usize::MAX)
}

/// [`chars`] within a range of elements.
pub(crate) fn chars_in<'a>(
    document: &'a Automerge,
    object: &ObjId,
    range: Range<usize>,
) -> impl Iterator<Item = (OpId, char)> + use<'a> {
    document.list_range(object, range).filter_map(|item| match &item.value {
        ValueRef::Scalar(ScalarValueRef::Str(text)) => {
            Some((OpId::from_automerge(&item.id())?, text.chars().next()?))
        }
        _ => None,
    })
}
