from odoo import models


class SmsComposer(models.TransientModel):
    """Who may send SMS may do so wherever they may read.

    Odoo posts into the chatter and keeps a number that was corrected, and so asks for
    the right to write: the link would end in an error.
    """

    _inherit = "sms.composer"

    def _action_send_sms_comment_single(self, records=None):
        records = records if records is not None else self._get_records()
        typed = self.recipient_single_number_itf
        if self._only_reads(records) and typed != self.recipient_single_number:
            # To be sent to, and not to be kept.
            body = self._prepare_body_values(self._check_may_read(records))[records.id]
            return records.sudo()._message_sms(
                body,
                subtype_id=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
                sms_numbers=[records._phone_format(number=typed) or typed],
            )
        return super()._action_send_sms_comment_single(records)

    def _action_send_sms_comment(self, records=None):
        records = records if records is not None else self._get_records()
        if self._only_reads(records):
            records = self._check_may_read(records).sudo()
        return super()._action_send_sms_comment(records)

    def _action_send_sms_mass(self, records=None):
        records = records if records is not None else self._get_records()
        if not self.mailing_id and self._only_reads(records):
            records = self._check_may_read(records).sudo()
        return super()._action_send_sms_mass(records)

    def _only_reads(self, records):
        """Tell whether an SMS user sends where they may not write."""
        return (
            not self.env.su
            and bool(records)
            and self.env.user.has_group("su_sms.group_user")
            and not records.has_access("write")
        )

    def _check_may_read(self, records):
        """Return records whose numbers, wherever they stand, the user may read.

        :raises AccessError: if they may not
        """
        records.check_access("read")
        if name := self.number_field_name:
            records.fetch([name])
        records._sms_get_recipients_info(force_field=name)
        return records
