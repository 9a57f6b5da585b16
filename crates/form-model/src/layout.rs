//! How a section is printed: the official table's rows, columns and merged cells, as data.

use serde::{Deserialize, Serialize};

/// The printed body of a section, from top to bottom. The section's title stands above it, unless the
/// first block is a [`Block::Title`] (the cover's).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    #[serde(default, rename = "block")]
    pub blocks: Vec<Block>,
}

/// One piece of a printed section. Texts are message keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// A title in the middle of the page (the cover's).
    Title { text: String },
    /// A centred or left-aligned line of small print.
    Note { text: String },
    /// A line of the cover: text and answers in one row.
    Line { parts: Vec<Part> },
    /// Running text of one prose field over the paper's width.
    Prose { field: String },
    /// The official table.
    Table {
        /// Relative widths of the grid's columns.
        columns: Vec<u16>,
        rows: Vec<Row>,
    },
    /// Fields that are asked here but not printed here, as label and answer pairs under the paper:
    /// supplementary fields, or fields that the layout of another section prints.
    Supplement { fields: Vec<String> },
}

/// A table row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub cells: Vec<Cell>,
}

/// A table cell; cells that a cell of an earlier row covers are left out, as in HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Grid columns covered.
    #[serde(default = "one")]
    pub span: u16,
    /// Rows covered.
    #[serde(default = "one")]
    pub rows: u16,
    /// A heading or label cell (centred), not one that is filled.
    #[serde(default)]
    pub head: bool,
    pub parts: Vec<Part>,
}

/// What stands in a cell or line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    /// A message by its key.
    Text(String),
    /// A field's label by the field's id.
    Label(String),
    /// The control of a field or of one stored answer (a year cell).
    Answer(String),
    /// The remark that asks for a slot's evidence, by the slot's id: `（提供相关佐证材料 3）`. Its text is the
    /// message `evidence.<slot>.remark`.
    Evidence(String),
    /// What follows stands on a new line. In TOML the bare text `"break"`.
    Break,
}

fn one() -> u16 {
    1
}
