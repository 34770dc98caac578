"""The addon for older series of Odoo, written from the code for Odoo 19.

Rules say what to replace where, and a rule that finds nothing is an error: what it was
for has moved. What Odoo 19 has and an older series lacks is in `overlay`.
docs/odoo-series.md tells the series apart.
"""
