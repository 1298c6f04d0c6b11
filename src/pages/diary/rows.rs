//! The log: a table where there is room, and else a card for each cramp, with the name of what it says before each.

use maud::{Markup, html};

use crate::reports::sheet::Table;

/// Writes it. As a table is what it looks like no more on a narrow screen, it says so itself.
pub fn rows(table: &Table) -> Markup {
    html! {
        table.rows role="table" {
            caption.unseen { (table.caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for column in &table.columns {
                        th role="columnheader" scope="col" class=[column.numeric.then_some("number")] { (column.name) }
                    }
                }
            }
            tbody role="rowgroup" { @for row in &table.rows { (cramp(table, row)) } }
        }
    }
}

fn cramp(table: &Table, row: &[String]) -> Markup {
    let below = row.get(table.columns.len()).filter(|below| !below.is_empty());
    html! {
        tr.goes-on[below.is_some()] role="row" {
            @for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                @if index == 0 {
                    th role="rowheader" scope="row" dir="auto" { (cell) }
                } @else {
                    td.nothing[cell.is_empty()] role="cell" class=[column.numeric.then_some("number")]
                        data-label=(column.name) dir="auto" { (cell) }
                }
            }
        }
        @if let Some(below) = below {
            tr role="row" { td.below role="cell" colspan=(table.columns.len()) dir="auto" { (below) } }
        }
    }
}
