-- a copy of the database holds no key and sends nothing; the gateways stay, so that no
-- message goes to another provider instead (the gate refuses as well)
DELETE FROM ir_config_parameter
 WHERE key LIKE 'su\_sms.api\_key\_%'
    OR key LIKE 'su\_sms.proxy\_password\_%'
    OR key = 'su_sms.base_url'
    -- without it hashed numbers stay hashed, whoever has the copy
    OR key = 'su_sms.number_secret';

UPDATE sms_gateway_config
   SET hold_reason = 'paused',
       key_variable = NULL,
       environment = 'sandbox';
