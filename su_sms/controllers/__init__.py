from . import access_log, callbacks, campaign, optout
