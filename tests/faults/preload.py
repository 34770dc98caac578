"""What a worker begins with: Odoo and the modules of a database, in memory.

multiprocessing's fork server imports this, once; no connection may be open when it
forks.
"""

import os

from odoo import sql_db

from . import worker
from .workers import LIKE

worker.registry(os.environ[LIKE])
sql_db.close_all()
