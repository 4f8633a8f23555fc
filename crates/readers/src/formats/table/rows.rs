//! Rows that are no records: sums, notes, headings once more, numbers of columns.
//!
//! In: a row below the headings. Out: what it is.

use super::GridRow;
use super::headings::texts;
use serde_json::Value;

/// What a row below the headings is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    Record,
    /// 合计, 小计, total.
    Sums,
    /// A note, a source, a signature.
    Note,
    /// The headings once more, as on a new page.
    Headings,
    /// 1, 2, 3 ... or (1), (2), (3) ... under the headings.
    ColumnNumbers,
}

/// Words that name a row of sums or means.
const SUMS: &[&str] = &[
    "合计",
    "小计",
    "总计",
    "共计",
    "累计",
    "汇总",
    "总和",
    "平均",
    "平均值",
    "全市合计",
    "全区合计",
    "全县合计",
    "sum",
    "total",
    "totals",
    "subtotal",
    "subtotals",
    "grandtotal",
    "mean",
    "average",
];
/// Words at the start of a note.
const NOTES: &[&str] = &[
    "注",
    "备注",
    "说明",
    "来源",
    "资料来源",
    "数据来源",
    "填表",
    "制表",
    "审核",
    "单位负责人",
    "统计",
    "截至",
    "以上",
    "note",
    "source",
    "remark",
    "*",
];

/// What a row is; `first` if it stands right below the headings.
pub(super) fn kind(row: &GridRow, headings: &[String], first: bool) -> RowKind {
    let filled: Vec<&Value> = row.cells.iter().filter(|cell| !cell.is_null()).collect();
    if is_sums(row) {
        return RowKind::Sums;
    }
    if first && filled.len() > 1 && is_column_numbers(row, headings.len()) {
        return RowKind::ColumnNumbers;
    }
    if filled.len() > 1 && texts(row).iter().zip(headings).all(|(cell, name)| cell == name || cell.is_empty()) {
        return RowKind::Headings;
    }
    match filled.as_slice() {
        [Value::String(text)] if headings.len() > 2 && is_note(text) => RowKind::Note,
        _ => RowKind::Record,
    }
}

/// Whether one of the first words of a row names it as one of sums.
fn is_sums(row: &GridRow) -> bool {
    let words = row.cells.iter().filter_map(Value::as_str).filter(|text| text.parse::<f64>().is_err());
    words.take(3).any(is_sums_label)
}

/// Whether a name is that of a row of sums.
pub(crate) fn is_sums_label(name: &str) -> bool {
    let folded = crate::measures::fold(name);
    let word = folded.trim_matches(['：', ':', '(', ')', '（', '）', '、', '一', '二', '三', '.']);
    // 梅岭街道小计
    let ends = || word.chars().count() <= 10 && ["合计", "小计", "总计"].iter().any(|sum| word.ends_with(sum));
    SUMS.contains(&word) || ends()
}

fn is_note(text: &str) -> bool {
    let text = text.trim_start_matches(['(', '（', '※', ' ']).to_lowercase();
    let starts = NOTES.iter().any(|word| {
        text.strip_prefix(word).is_some_and(|rest| {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            rest.starts_with(['：', ':', '.', '、', ' ', '，']) || *word == "*" || text.chars().count() > 12
        })
    });
    starts || (text.chars().count() > 20 && text.contains(['。', '；', '：']))
}

/// Whether a row numbers every column from 1 on.
fn is_column_numbers(row: &GridRow, columns: usize) -> bool {
    let number = |cell: &Value| match cell {
        Value::Number(n) => n.as_u64(),
        Value::String(text) => text.trim_matches(['(', ')', '（', '）', ' ']).parse().ok(),
        _ => None,
    };
    columns > 2
        && row.cells.len() == columns
        && row.cells.iter().zip(1..).all(|(cell, wanted)| number(cell) == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(cells: &Value) -> GridRow {
        GridRow { number: 1, cells: cells.as_array().unwrap().clone() }
    }

    #[test]
    fn rows_that_are_no_records() {
        let headings: Vec<String> = ["名称", "经度", "纬度"].map(str::to_owned).to_vec();
        for (cells, wanted) in [
            (json!(["甲站", 118.5, 24.7]), RowKind::Record),
            (json!(["合 计", 118.5, 24.7]), RowKind::Sums),
            (json!([null, "小计：", null]), RowKind::Sums),
            (json!(["梅岭街道小计", null, 3]), RowKind::Sums),
            (json!(["Total", null, 3]), RowKind::Sums),
            (json!(["合计站", 118.5, 24.7]), RowKind::Record),
            (json!(["注：数据截至2023年底", null, null]), RowKind::Note),
            (json!(["数据来源：市卫健委", null, null]), RowKind::Note),
            (json!(["注册护士站", null, null]), RowKind::Record),
            (json!(["乙站", null, null]), RowKind::Record),
            (json!(["名称", "经度", "纬度"]), RowKind::Headings),
            (json!([1, 2, 3]), RowKind::ColumnNumbers),
            (json!(["(1)", "(2)", "(3)"]), RowKind::ColumnNumbers),
            (json!([1, 118.5, 24.7]), RowKind::Record),
        ] {
            assert_eq!(kind(&row(&cells), &headings, true), wanted, "{cells}");
        }
    }
}
