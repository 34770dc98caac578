from . import sms_test_step, sms_test_wizard
