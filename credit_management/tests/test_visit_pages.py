"""The visitor's pages: by a link and by a login, once, late, and never for others."""

import io
import re
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import NOW, TODAY
from .visit_common import VisitCommon

JPEG = b"\xff\xd8\xff\xe0 a door"
HTML = "<img src=x onerror=alert(1)><script>alert('owned')</script>"
#: What must never change when somebody is refused.
WRITTEN = (
    "account.payment",
    "credit.answer",
    "credit.form",
    "credit.promise",
    "ir.attachment",
    "mail.message",
)


@freeze_time(NOW)
class VisitPages(VisitCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder = cls.waiting(cls.move)
        cls.visit = cls.plan_visit(cls.reminder, note="Ring twice")
        cls.round = cls.visit.round_id
        cls.path = f"/visits/{cls.round._token()}"
        # Another visitor on the same day, and the same visitor for another company.
        cls.own = cls.plan_visit(cls.waiting(cls.foreign), visitor=cls.visitor)
        cls.there = cls.plan_visit(cls.waiting(cls.abroad))
        cls.there_path = f"/visits/{cls.there.round_id._token()}"

    def get(self, suffix="", path=None):
        return self.url_open(f"{path or self.path}{suffix}", allow_redirects=False)

    def key(self, visit=None, path=None):
        """The key of a page as the visitor's browser gets it."""
        text = self.get(f"/{(visit or self.visit).id}", path).text
        return re.search(r'name="form_key" value="([\w-]+)"', text)[1]

    def send(self, visit=None, path=None, key=None, files=None, **form):
        visit = visit or self.visit
        form.setdefault("outcome", "met")
        form.setdefault("met_role", "debtor" if form["outcome"] == "met" else "")
        data = {"form_key": self.key(visit, path) if key is None else key, **form}
        return self.url_open(
            f"{path or self.path}/{visit.id}",
            data=data,
            files=files,
            allow_redirects=False,
        )

    def photo(self, content=JPEG, name="door.jpg", kind="image/jpeg"):
        return ("photo", (name, io.BytesIO(content), kind))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitPages(VisitPages):
    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def test_the_round_shows_its_visits_and_no_other(self):
        text = self.get().text
        for part in ("Porte-à-porte SA", self.company.name, "Dupont SARL", "100.00"):
            self.assertIn(part, text)
        self.assertNotIn("Martin SA", text)
        self.assertNotIn(self.other_company.name, text)

    def test_the_visit_says_what_the_visitor_needs(self):
        self.debtor.phone = "+33 1 23 45 67 89"
        text = " ".join(self.get(f"/{self.visit.id}").text.split())
        for part in (
            "Porte-à-porte SA",
            self.company.name,
            "1 rue de la Paix",
            "tel:+33123456789",
            "geo:0,0?q=1%20rue",
            "https://www.openstreetmap.org/search?query=1%20rue",
            self.move.name,
            "Ring twice",
            "Tell nobody",
            "may end the visit at any time",
            'capture="environment"',
        ):
            self.assertIn(part, text)
        # A map is asked for when somebody opens it, not before.
        self.assertNotIn("<iframe", text)
        self.assertNotIn('src="https', text)

    def test_paper_speaks_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        text = self.get(f"/{self.visit.id}/paper").text
        self.assertIn(self.visit.receipt_number, text)
        self.assertIn(self.move.name, text)
        self.assertIn('lang="fr-FR"', text)

    def test_pages_stay_in_the_visitors_browser_only(self):
        response = self.get(f"/{self.visit.id}")
        self.assertIn("private", response.headers["Cache-Control"])
        self.assertIn("max-age", response.headers["Cache-Control"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertIn("default-src 'self'", response.headers["Content-Security-Policy"])
        self.assertIn('rel="prefetch"', self.get().text)

    def test_reading_writes_nothing(self):
        self.env.flush_all()
        for suffix in ("", f"/{self.visit.id}", f"/{self.visit.id}/paper"):
            with patch.object(
                type(self.env["credit.visit"]), "write", side_effect=AssertionError
            ):
                self.assertEqual(self.get(suffix).status_code, 200)

    def test_who_must_not_be_visited(self):
        self.pay(self.move)
        text = self.get().text
        self.assertIn("Do not go there", text)
        self.assertIn("Nothing is owed any more", text)
        self.assertNotIn('rel="prefetch"', text)
        text = self.get(f"/{self.visit.id}").text
        self.assertIn("Do not go there", text)

    def test_who_has_refused(self):
        refusals = self.debtor._credit_visit_refusals
        self.debtor.credit_visit_refused_on = TODAY
        self.assertIn(
            self.env.user.name, refusals(self.company)[self.company, self.debtor]
        )
        self.assertIn("refused visits", self.get().text)

    def test_the_list_asks_for_what_the_visit_does(self):
        """Less what is in the debtor's favour, in the round and at the door."""
        self.make_credit_note(amount=30)
        self.assertIn("70.00", self.get().text)
        text = self.get(f"/{self.visit.id}").text
        self.assertIn("70.00", text)
        self.assertIn("In the debtor's favour", text.replace("&#39;", "'"))
        self.make_credit_note(amount=70)
        self.assertIn("Nothing is owed any more", self.get().text)

    def test_what_falls_due_later_is_told_apart(self):
        self.make_invoice(overdue=-20, amount=40)
        text = self.get(f"/{self.visit.id}").text
        self.assertEqual(text.count("Not due yet"), 1)
        self.assertIn("100.00", text)

    def test_held_and_promised(self):
        self.env["credit.hold"].create(
            {"partner_id": self.debtor.id, "date_end": TODAY, "reason": "Talking"}
        )
        self.assertIn("On hold", self.get().text)

    def test_list_costs_no_query_per_visit(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.round._speaking()._page_values()
            return self.env.cr.sql_log_count - before

        def add(count, start):
            for i in range(count):
                debtor = self.make_debtor(f"D{start + i}")
                self.plan_visit(self.waiting(self.make_invoice(debtor)))

        add(2, 0)
        few = queries()
        add(8, 10)
        self.assertLessEqual(queries(), few)

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    def test_report(self):
        day = str(TODAY + timedelta(days=7))
        response = self.send(
            met_name="Ms Dupont",
            paper_given="1",
            visited_time="10:15",
            said=f"Will pay. {HTML}",
            activity="active",
            ability="able",
            promised_date=day,
            promised_amount="60,00",
            paid_amount="40",
            paid_method="cash",
            files=[self.photo(), self.photo(name="../../letter box.jpg")],
        )
        self.assertEqual(response.status_code, 303)
        visit = self.visit
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.reporter, "Porte-à-porte SA")
        self.assertEqual(visit.visited_at, datetime(2026, 6, 17, 8, 15))
        self.assertEqual(visit.met_name, "Ms Dupont")
        self.assertTrue(visit.paper_given)
        self.assertEqual(visit.score, 100)
        self.assertEqual(visit.promise_id.amount, 60)
        self.assertEqual(visit.payment_id.amount, 40)
        self.assertEqual(self.reminder.state, "sent")
        self.assertEqual(len(visit.photo_ids), 2)
        self.assertEqual(visit.photo_ids.mapped("res_id"), [visit.id] * 2)
        self.assertIn("letter box.jpg", visit.photo_ids.mapped("name"))
        page = self.get(f"/{visit.id}/sent").text
        self.assertIn(visit.receipt_number, page)
        self.assertNotIn("Dupont", page)
        self.assertIn("40.00", self.get(f"/{visit.id}/receipt").text)
        again = self.get(f"/{visit.id}").text
        self.assertNotIn("<form", again)
        # By the company's clock, whatever that of the telephone.
        for text in (page, again):
            self.assertIn("17 Jun 2026, 14:00", text)

    def test_what_was_typed_comes_back_with_a_refusal(self):
        response = self.send(outcome="met", met_role="", said=HTML, paid_amount="12")
        self.assertEqual(response.status_code, 400)
        self.assertIn("Please say whom you met", response.text)
        self.assertIn("&lt;script&gt;", response.text)
        self.assertNotIn("<script>alert", response.text)
        self.assertIn('value="12"', response.text)
        self.assertEqual(self.visit.state, "planned")
        # The page that was refused can be sent again.
        key = re.search(r'name="form_key" value="([\w-]+)"', response.text)[1]
        self.assertEqual(self.send(key=key).status_code, 303)
        self.assertEqual(self.visit.state, "done")

    def test_sent_twice_acts_once(self):
        key = self.key()
        form = {"key": key, "paid_amount": "40", "paid_method": "cash"}
        for _time in range(3):
            self.assertEqual(self.send(**form).status_code, 303)
        # Another page of the same visit, and other content from the same page.
        other = self.round._form_key(self.visit)
        self.assertEqual(self.send(**{**form, "key": other}).status_code, 303)
        self.assertEqual(self.send(key=key, outcome="absent").status_code, 303)
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(self.visit.payment_id.amount, 40)
        payments = self.env["account.payment"].search(
            [("memo", "=", self.visit.receipt_number)]
        )
        self.assertEqual(len(payments), 1)

    def test_sent_when_there_is_a_network_again(self):
        """A page opened on the day is taken within the week, without a session."""
        key = self.key()
        with freeze_time(f"{TODAY + timedelta(days=5)} 18:00:00"):
            self.opener.cookies.clear()
            # The list shows debtors no more, the report is taken all the same.
            self.assertEqual(self.get().status_code, 404)
            response = self.send(key=key, visited_time="11:00")
            self.assertEqual(response.status_code, 303)
            sent = self.get(f"/{self.visit.id}/sent")
            self.assertEqual(sent.status_code, 200)
            self.assertNotIn("Dupont", sent.text)
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(self.visit.visited_at, datetime(2026, 6, 17, 9, 0))

    def test_a_late_refusal_shows_no_debtor(self):
        key = self.key()
        with freeze_time(f"{TODAY + timedelta(days=5)} 18:00:00"):
            response = self.send(key=key, outcome="met", met_role="")
        self.assertEqual(response.status_code, 400)
        self.assertNotIn("Dupont", response.text)
        self.assertIn("Please say whom you met", response.text)

    def test_cancelled_while_the_visitor_was_at_the_door(self):
        key = self.key()
        self.visit.action_cancel()
        self.assertEqual(self.send(key=key).status_code, 303)
        self.assertEqual(self.visit.state, "done")

    # ------------------------------------------------------------------
    # By a login
    # ------------------------------------------------------------------

    def login(self, login, group="base.group_user", companies=None):
        companies = companies or self.company
        return new_test_user(
            self.env,
            login,
            groups=group,
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    def test_own_visitor_needs_no_rights(self):
        visitor = self.login("visitor")
        self.own.user_id = visitor
        self.authenticate("visitor", "visitor")
        path = f"/my/visits/{self.own.round_id.id}"
        response = self.url_open("/my/visits", allow_redirects=False)
        self.assertEqual(
            response.headers["Location"].split("//")[-1].split("/", 1)[1], path[1:]
        )
        self.assertIn("Martin SA", self.get(path=path).text)
        response = self.send(self.own, path, paid_amount="8", paid_method="cash")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.own.reporter, visitor.name)
        self.assertEqual(self.own.payment_id.currency_id, self.dollar)
        # Nothing but the own rounds.
        self.assertEqual(self.get(path=f"/my/visits/{self.round.id}").status_code, 404)

    def test_collector_reports_for_the_visitor(self):
        self.login("collects", "base.group_user,credit_management.group_collector")
        self.authenticate("collects", "collects")
        path = f"/my/visits/{self.round.id}"
        self.assertEqual(self.send(path=path, outcome="absent").status_code, 303)
        self.assertEqual(self.visit.state, "missed")
        there = f"/my/visits/{self.there.round_id.id}"
        self.assertEqual(self.get(path=there).status_code, 404)

    def test_login_of_others(self):
        self.login("portal", "base.group_portal")
        self.login("clerk")
        self.login("viewer", "base.group_user,credit_management.group_viewer")
        path = f"/my/visits/{self.own.round_id.id}"
        response = self.get(path=path)
        self.assertIn("/web/login", response.headers["Location"])
        for login in ("portal", "clerk", "viewer"):
            with self.subTest(login):
                self.authenticate(login, login)
                self.assertEqual(self.get(path=path).status_code, 404)
                response = self.send(self.own, path, key="x")
                self.assertEqual(response.status_code, 404)
        self.assertEqual(self.own.state, "planned")
