"""Small things that several rooms use; what only Odoo's side uses imports Odoo."""
