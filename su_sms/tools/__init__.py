from . import call_log, sql_log
