//! Foreign decoders stay foreign: their panics end here.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a decoder over bytes from outside; `None` when it panicked.
///
/// What the decoder held is dropped with it: callers pass it readers and take values back, and use nothing that it
/// may have left half done.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(decode)).ok()
}
