"""Reads report.xlsx as another program would: headings, frozen first row, filter, colours, numbers as numbers.

Usage: workbook.py FILE
"""

import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
assert len(book.worksheets) >= 8, book.sheetnames
coloured = 0
for sheet in book.worksheets[1:]:
    heads = [cell.value for cell in sheet[1]]
    assert all(heads) and len(set(heads)) == len(heads), f"{sheet.title}: a heading is missing or twice there: {heads}"
    assert sheet.freeze_panes == "B2", f"{sheet.title}: the first row and column are not frozen"
    assert sheet.auto_filter.ref, f"{sheet.title}: no filter"
    assert sheet.page_setup.paperSize == 9 and sheet.print_title_rows, f"{sheet.title}: not made for A4"
    coloured += len(sheet.conditional_formatting)
    for column in sheet.iter_cols(min_row=2):
        kinds = {type(cell.value) for cell in column if cell.value is not None}
        numbers = kinds <= {int, float}
        # A column holds numbers or text, never both; years, shares and counts are numbers.
        assert numbers or kinds <= {str}, f"{sheet.title}, {heads[column[0].column - 1]}: {kinds}"
        for cell in column:
            if isinstance(cell.value, str):
                assert cell.value == cell.value.strip() and not cell.value.startswith("="), f"{sheet.title} {cell.coordinate}"
assert coloured >= 4, "verdicts are not coloured"
print(f"openpyxl {openpyxl.__version__} reads {len(book.worksheets)} sheets")
