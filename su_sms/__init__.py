from . import controllers, models, tools, wizard
from .hooks import post_load, pre_init_hook, uninstall_hook
