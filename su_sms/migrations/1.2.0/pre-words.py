from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column, table_exists

# (model, field, its name from now on)
FIELDS = (
    ("sms.sms", "hold_reason", "waits_for"),
    ("sms.sms", "no_report", "report_overdue"),
    ("sms.sms", "settlement", "handled"),
    ("sms.sms", "settled_by_id", "handled_by_id"),
    ("sms.sms", "settled_at", "handled_at"),
    ("sms.campaign", "people_count", "recipient_count"),
    ("sms.campaign", "agreed_people_count", "agreed_recipient_count"),
    ("sms.campaign", "exclusion_ids", "left_out_ids"),
    ("sms.campaign", "check_state", "count_state"),
    ("sms.campaign", "check_problem", "count_problem"),
    ("sms.campaign", "checked_at", "counted_at"),
    ("sms.campaign.network", "people_count", "recipient_count"),
    ("sms.gateway.config", "approval_people", "approval_recipients"),
)


def migrate(cr, _version):
    """Rename what has another name, in tables, views and filters that people keep."""
    for model, old, new in FIELDS:
        table = model.replace(".", "_")
        if column_exists(cr, table, old):
            rename_column(cr, table, old, new)
        _rename_field(cr, model, old, new)
    if table_exists(cr, "sms_campaign_exclusion"):
        cr.execute("ALTER TABLE sms_campaign_exclusion RENAME TO sms_campaign_left_out")
    if table_exists(cr, "sms_run"):
        cr.execute("UPDATE sms_run SET job = 'interrupted' WHERE job = 'lost'")


def _rename_field(cr, model, old, new):
    """Rename it where Odoo knows it: a view that is not loaded anew yet may have it."""
    values = {
        "model": model,
        "old": old,
        "new": new,
        "word": rf"\m{old}\M",
        "data_old": f"field_{model.replace('.', '_')}__{old}",
        "data_new": f"field_{model.replace('.', '_')}__{new}",
    }
    for statement in (
        """
        UPDATE ir_model_fields SET name = %(new)s
         WHERE model = %(model)s AND name = %(old)s
        """,
        """
        UPDATE ir_model_data SET name = %(data_new)s
         WHERE module = 'su_sms' AND name = %(data_old)s
        """,
        """
        UPDATE ir_ui_view
           SET arch_db = regexp_replace(arch_db::text, %(word)s, %(new)s, 'g')::jsonb
         WHERE model = %(model)s AND arch_db::text ~ %(word)s
        """,
        """
        UPDATE ir_filters
           SET domain = regexp_replace(domain, %(word)s, %(new)s, 'g'),
               context = regexp_replace(context, %(word)s, %(new)s, 'g'),
               sort = regexp_replace(sort, %(word)s, %(new)s, 'g')
         WHERE model_id = %(model)s
        """,
    ):
        cr.execute(SQL(statement, **values))
