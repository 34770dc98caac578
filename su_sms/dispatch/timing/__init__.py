"""When something may go: hours, paces, waits, gaps. Pure Python, no Odoo."""
