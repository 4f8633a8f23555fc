"""Reads report.xlsx as another program would: headings, frozen first row, filter, numbers as numbers.

Usage: workbook.py FILE
"""

import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
for sheet in book.worksheets[1:]:
    heads = [cell.value for cell in sheet[1]]
    assert all(heads), f"{sheet.title}: a heading is missing"
    assert sheet.freeze_panes == "B2", f"{sheet.title}: the first row is not frozen"
    assert sheet.auto_filter.ref, f"{sheet.title}: no filter"
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            number = isinstance(cell.value, str) and cell.value.replace(".", "", 1).isdigit() and len(cell.value) > 1
            named = any(word in heads[cell.column - 1] for word in ("编号", "条款", "要求", "现状", "发现", "字段"))
            assert not number or named, f"{sheet.title} {cell.coordinate}: {cell.value!r} is text"
print(f"openpyxl {openpyxl.__version__} reads {len(book.worksheets)} sheets")
