"""Africa's Talking (AT) over HTTP. Pure Python: nothing here imports Odoo."""
