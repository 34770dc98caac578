"""Numbers and texts of SMS: pure Python, no Odoo."""
