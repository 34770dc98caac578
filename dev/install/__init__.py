"""Get what is needed: Odoo, PostgreSQL, Python packages, libmagic and a browser."""
