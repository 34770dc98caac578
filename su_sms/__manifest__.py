{
    "name": "SMS through Africa's Talking",
    "summary": "Send every SMS of Odoo through Africa's Talking instead of IAP",
    "version": "1.0.0",
    "category": "Marketing/SMS Marketing",
    "license": "LGPL-3",
    "author": "su_sms contributors",
    "depends": ["mass_mailing_sms"],
    "external_dependencies": {
        "python": ["requests", "urllib3", "phonenumbers", "openpyxl", "lxml"]
    },
    "post_load": "post_load",
    "uninstall_hook": "uninstall_hook",
    "assets": {"web.assets_backend": ["su_sms/static/src/**/*"]},
}
