from . import (
    mailing_sms_test,
    sms_campaign_launch,
    sms_campaign_test,
    sms_composer,
    sms_optout_wizard,
    sms_person_wizard,
    sms_person_wizard_export,
    sms_statement_wizard,
    sms_test_wizard,
)
