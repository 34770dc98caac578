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
    "uninstall_hook": "uninstall_hook",
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/mail_activity_type.xml",
        "data/ir_cron.xml",
        "views/sms_gateway_config_views.xml",
        "views/sms_gateway_config_watch_views.xml",
        "views/sms_gateway_event_views.xml",
        "views/sms_gateway_config_callback_views.xml",
        "views/sms_incoming_views.xml",
        "views/sms_sms_views.xml",
        "views/sms_sms_unknown_views.xml",
        "wizard/sms_test_wizard_views.xml",
    ],
}
