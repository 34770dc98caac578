-- a copy of the database holds no key and sends nothing; the gateways stay, so that no
-- message goes to another provider instead (the gate refuses as well)
DELETE FROM ir_config_parameter WHERE key LIKE 'su\_sms.%';

-- without the secret hashed numbers stay hashed, whoever has the copy; another one only
-- where it does not hide whom to leave alone
INSERT INTO ir_config_parameter (key, value)
SELECT 'su_sms.number_secret',
       replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
 WHERE NOT EXISTS (SELECT FROM sms_suppression);

-- the original's addresses take no post of who has the copy
UPDATE sms_gateway_config
   SET hold_reason = 'paused',
       key_variable = NULL,
       proxy_username = NULL,
       environment = 'sandbox',
       callback_token =
           replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
       callback_token_before = NULL,
       callback_token_until = NULL;

-- nor do its links opt anybody out or in: those of ours, and Odoo's of mailings
DELETE FROM sms_optout_link;
UPDATE mailing_trace SET sms_code = NULL WHERE sms_code IS NOT NULL;

-- files that people had made, with texts and numbers
DELETE FROM sms_person_wizard;
DELETE FROM sms_statement_wizard;

-- links stand in texts, in what came back quoting them, and in notes of what was sent
DO $$
DECLARE
    place record;
    link text := '(/o/)[[:alnum:]]{12}(?![[:alnum:]])|(/sms/[0-9]+/)[[:alnum:]]{3,16}'
                 '(?![[:alnum:]])';
BEGIN
    FOR place IN
        SELECT table_name, column_name, data_type
          FROM information_schema.columns
          JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_schema = 'public'
           AND table_type = 'BASE TABLE'
           AND data_type IN ('text', 'character varying', 'json', 'jsonb')
           AND (table_name IN ('mail_message', 'link_tracker', 'bus_bus')
                OR table_name LIKE 'sms\_%' OR table_name LIKE 'mailing\_%')
    LOOP
        EXECUTE format(
            'UPDATE %1$I SET %2$I = regexp_replace(%2$I::text, %3$L, %4$L, ''g'')::%5$s'
            ' WHERE %2$I::text ~ %3$L',
            place.table_name, place.column_name, link, '\1\2…', place.data_type);
    END LOOP;
END
$$;
