"""Africa's Talking's SMS API, played by a process of our own.

``python -m tests.simulator`` serves AT's endpoints, an admin API under ``/admin/``
and a page that shows the phones at ``/``. Tests start one with
``tests.simulator.process.Simulator``. Statuses, bodies and their spelling follow
recorded exchanges; what nobody has recorded is marked inferred where it is written.
"""
