"""The debtor's page for collectors: to look at, no more."""

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import NOW
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalPreview(PortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("collector")
        cls.preview = cls.reminder.action_open_page()["url"]

    def look(self, login="collector", preview=None):
        self.authenticate(login, login)
        return self.url_open(preview or self.preview, allow_redirects=False)

    def test_shows_what_the_debtor_sees(self):
        response = self.look()
        self.assertEqual(response.status_code, 200)
        for text in (self.old.name, self.mid.name, "Preview: what the debtor sees"):
            self.assertIn(text, response.text)
        self.assertNotIn(self.foreign.name, response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_nothing_can_be_done(self):
        text = self.look().text
        page = html.document_fromstring(text)
        [wrap] = page.xpath("//div[@id='wrap']")
        self.assertTrue(wrap.xpath(".//button"))
        self.assertFalse(wrap.xpath(".//button[not(@disabled)]"))
        self.assertFalse(wrap.xpath(".//input[not(@disabled)]"))
        self.assertFalse(wrap.xpath(".//*[@action or @formaction or @data-seen]"))
        self.assertNotIn(self.reminder._portal_token(), text)
        self.assertNotIn('name="csrf_token"', text)
        for suffix in ("/seen", "/promise", "/pay"):
            response = self.url_open(f"{self.preview}{suffix}", data={"item": "1"})
            self.assertEqual(response.status_code, 404, suffix)

    def test_is_no_opening(self):
        self.look()
        self.env.invalidate_all()
        self.assertFalse(self.reminder.date_opened)
        self.assertNotEqual(self.reminder.delivery_state, "opened")

    def test_revoked_link_is_shown_as_it_is(self):
        self.reminder.access_version += 1
        self.assertEqual(self.look().status_code, 200)
        self.reminder.date_done = "2020-01-01"
        self.env.flush_all()
        response = self.look()
        self.assertEqual(response.status_code, 404)
        self.assertIn("does not work any more", response.text)

    def test_collectors_of_the_company_only(self):
        self.make_user("a_viewer", "group_viewer")
        self.make_user("foreigner", companies=self.other_company)
        for login in ("a_viewer", "foreigner"):
            response = self.look(login)
            self.assertEqual(response.status_code, 404, login)
            self.assertNotIn(self.old.name, response.text)
        response = self.look(preview="/credit/preview/99999999")
        self.assertEqual(response.status_code, 404)
        self.authenticate(None, None)
        response = self.url_open(self.preview, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
