from datetime import timedelta

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY
from odoo.addons.credit_management.tests.guessing_common import GuessingCommon
from odoo.addons.credit_management.tests.portal_common import PortalCommon

from ..engine import segments
from ..models import credit_reminder_link
from ..models.credit_reminder_link import ALPHABET, from_base62, to_base62


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestShortLink(GuessingCommon, PortalCommon):
    def follow(self, token):
        return self.url_open(f"/c/{token}", allow_redirects=False)

    def test_leads_to_the_account(self):
        token = self.reminder._short_token()
        self.assertLessEqual(len(token), 20)
        response = self.follow(token)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(self.path))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", response.headers["Cache-Control"])
        # Nothing is written by following it.
        self.assertFalse(self.reminder.date_opened)
        page = self.url_open(f"/c/{token}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.old.name, page.text)

    def test_link_fits_a_telephone(self):
        url = self.reminder.sms_url
        self.assertTrue(url.endswith(f"/c/{self.reminder._short_token()}"))
        self.assertEqual(segments.measure(url).units, len(url))

    def test_forged(self):
        token = self.reminder._short_token()
        other = self.remind(self.foreign, self.step_1).sudo()._short_token()
        forged = [
            "",
            "x",
            token[:-1],
            token + "0",
            # Another reminder's number below this signature.
            token[:14] + other[14:],
            *(
                token[:place]
                + ALPHABET[(ALPHABET.index(token[place]) + 1) % 62]
                + token[place + 1 :]
                for place in range(len(token))
            ),
            token[:14] + "0" + token[14:],
            token[:14] + "zzzzzzz",
            token[:14] + "é",
            token[:14] + "-1",
            "0" * 15,
            self.path.removeprefix("/credit/"),
        ]
        for text in forged:
            with self.subTest(text):
                self.assertFalse(
                    self.env["credit.reminder"].sudo()._from_short_token(text)
                )
        answers = [self.follow(text) for text in forged[1:6]]
        self.assertEqual({answer.status_code for answer in answers}, {404})

    def test_guesses_take_the_same_work(self):
        token = self.reminder._short_token()
        other = self.remind(self.foreign, self.step_1).sudo()._short_token()
        self.assertSameWork(
            credit_reminder_link,
            self.env["credit.reminder"].sudo()._from_short_token,
            (
                "0" * 14 + token[14:],
                token[:14] + other[14:],
                token[:14] + "zzzzz",
                token[:14] + "zzzzzzz",
                token[:14] + "-1",
                token[:14],
                "x",
                "",
            ),
        )

    def test_expires_and_is_revoked_as_the_long_one(self):
        token = self.reminder._short_token()
        days = self.company.credit_link_days
        for ahead, status in ((days, 303), (days + 1, 404)):
            with freeze_time(f"{TODAY + timedelta(days=ahead)} 12:00:00"):
                self.assertEqual(self.follow(token).status_code, status)
        self.reminder.action_revoke_link()
        self.assertEqual(self.follow(token).status_code, 404)
        self.assertNotEqual(self.reminder._short_token(), token)
        self.assertEqual(self.follow(self.reminder._short_token()).status_code, 303)

    def test_numbers(self):
        for number in (0, 1, 61, 62, 3843, 3844, 2**31 - 1):
            self.assertEqual(from_base62(to_base62(number)), number)
        # One way to write each: no second address of the same page.
        for text in ("", "01", "a-b", "é", "١"):
            self.assertIsNone(from_base62(text))
