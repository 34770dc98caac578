"""Get Odoo 19 and PostgreSQL, run su_sms on them, test it: `python3 -m dev --help`.

Only the standard library is used here, so that a bare Python 3.10 can start; what needs
more runs in the virtual environment that `venv` makes.
"""
