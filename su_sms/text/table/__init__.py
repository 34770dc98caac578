"""Read a CSV or XLSX file that somebody uploads as a table of texts; write CSV."""
