def uninstall_hook(env):
    """Let nothing that waits for a gateway leave another way, and take the keys along.

    Odoo would send what is still queued through its own paid service.
    """
    env.cr.execute(
        """
        UPDATE sms_sms
           -- what is on the wire may have left: that is not called off
           SET state = CASE state WHEN 'process' THEN 'error' ELSE 'canceled' END
         WHERE gateway_id IS NOT NULL AND state IN ('outgoing', 'process')
        """
    )
    env["ir.config_parameter"].sudo().search([("key", "=like", "su_sms.%")]).unlink()
    # Odoo's own page of blacklisted numbers, which ours stands in for.
    menu = env.ref("mass_mailing_sms.phone_blacklist_menu", raise_if_not_found=False)
    if menu:
        menu.active = True
