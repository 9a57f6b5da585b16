//! The directory of enterprises (佐证材料 1：合作区入驻企业名录): a table of people's own making, read as far as it can be.
//!
//! The notice fixes no columns. They are found by what people call them; a person looks at the proposal, changes it
//! where it is wrong, and sees what every row gives before anything is compared with the form.

pub mod apart;
mod column;
mod credit_code;
mod fault;
mod heading;
mod row;
mod sheet;
mod total;
mod workbook;

pub use fault::DirectoryFault;
pub use form_model::directory::{Column, Figure, Mapping, Unit};
pub use heading::propose;
pub use row::{Enterprise, Report, RowError, RowProblem, Size, read_rows};
pub use sheet::{COLUMNS, Sheet, read};
pub use total::totals;
