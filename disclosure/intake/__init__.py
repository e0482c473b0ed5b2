"""Intake 名单导入: a spreadsheet becomes checked rows (reader, headings, validation)."""
