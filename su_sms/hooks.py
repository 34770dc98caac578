from odoo.service.server import CommonServer

from .dispatch.process import running


def post_load():
    """Let a server that is told to stop record what becomes of what is on the wire.

    Odoo's workers do so by themselves; its threads, used where there are no workers,
    are given one second.
    """
    CommonServer.on_stop(running.end)


def pre_init_hook(env):
    """Let Odoo make an index of its own anew, which we have leave out what is empty."""
    env.cr.execute("DROP INDEX IF EXISTS sms_sms__mail_message_id_index")


def uninstall_hook(env):
    """Let nothing that waits for a gateway leave another way, and take the keys along.

    Odoo would send what is still queued through its own paid service.
    """
    # Messages stay, and what counts them goes.
    env.cr.execute("DROP FUNCTION IF EXISTS su_sms_tally() CASCADE")
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
    # Odoo's own report, behind a menu that has held ours as well.
    menu, report = (
        env.ref(f"mass_mailing_sms.{name}", raise_if_not_found=False)
        for name in (
            "mass_mailing_sms_menu_reporting",
            "mailing_trace_report_action_sms",
        )
    )
    if menu and report:
        menu.action = report
