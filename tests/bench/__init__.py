"""How fast messages leave, side by side with Odoo's own ways: `python -m tests.bench`.

Needs Odoo on the path and two databases of the same content, alike but for su_sms:
`python3 -m dev bench` prepares them.
"""
