"""What tests of personal data requests start from."""

import io
import zipfile

from .retention_case import NUMBER, RetentionCase


class PersonCase(RetentionCase):
    """A manager who is asked what is held of a number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("sms_manager", "su_sms.group_manager")
        cls.employee = cls.user("sms_user", "su_sms.group_user")

    def wizard(self, number=NUMBER, user=None):
        wizards = self.env["sms.person.wizard"].with_user(user or self.manager)
        return wizards.create({"number": number})

    def text_of(self, wizard):
        """Return all the text of the spreadsheet."""
        with zipfile.ZipFile(io.BytesIO(wizard._xlsx())) as book:
            return "".join(
                book.read(name).decode() for name in book.namelist() if "xml" in name
            )
