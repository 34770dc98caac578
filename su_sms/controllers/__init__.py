from . import access_log, callbacks, optout
