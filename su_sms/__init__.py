from . import controllers, models, wizard
from .hooks import post_load, pre_init_hook, uninstall_hook
from .tools import call_log, sql_log
