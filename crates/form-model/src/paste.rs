//! What a person pastes from a spreadsheet, a word processor or a web page: taken apart into cells, mapped
//! onto the form's cells, and money in another unit recognised. Nothing is stored here: the plan is shown
//! first.

mod grid;
mod money;
mod plan;
mod table;

pub use money::{Amount, Conversion, ConvertProblem, Currency, convert, money, unit_of};
pub use plan::{Plan, Planned, Unfit, plan};
pub use table::table;
