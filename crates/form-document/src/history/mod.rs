//! Who changed which answer when, from what to what. Rows are written with the change that they tell of and
//! need nothing else to be read: no look at the document's past is taken for them.

mod entry;
mod row;

pub use entry::{COALESCE_MS, Entry, entries, replayed};
pub(crate) use row::rows;
pub use row::{Deletion, HistoryRow, Insertion, RowStep};
