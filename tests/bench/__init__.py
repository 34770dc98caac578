"""How fast messages leave and reports are taken in: `python -m tests.bench`.

Beside Odoo's own ways, where it has one.

Needs Odoo on the path and two databases of the same content, alike but for su_sms:
`python3 -m dev bench` prepares them.
"""
