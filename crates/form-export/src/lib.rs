//! What leaves the house.
//!
//! [`package`]: a final submission with all of its files, as a folder or a ZIP, that anybody checks without a network and
//! without a desk. No database, no network, no clock.

pub mod package;
