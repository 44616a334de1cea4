"""What is owed now, and what is not: every part of the page says the same."""

import dataclasses
import re
from datetime import timedelta

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import NOW, TODAY
from .owed_common import OwedCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalOwed(OwedCommon):
    # ------------------------------------------------------------------
    # What is said of each invoice
    # ------------------------------------------------------------------

    def test_money_that_waits_at_the_bank(self):
        """It is in the debtor's favour before anybody has matched it."""
        self.assertSame(300)
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": TODAY,
                "payment_ref": self.mid.name,
                "amount": 120,
            }
        )
        _main, text = self.assertSame(180)
        self.assertIn("Payment received, not assigned yet", text)
        [row] = [row for row in self._sheet().values if "received" in str(row[0])]
        self.assertIn(-120, row)

    def test_each_promise_with_its_invoice(self):
        self._promise(self.old | self.mid, (5, 100.0), (15, 200.0))
        main = self._page()
        first, second = ("Promised for 22 Jun 2026", "Promised for 2 Jul 2026")
        _box, text = self._row(main, self.old)
        self.assertIn(first, text)
        self.assertNotIn(second, text)
        _box, text = self._row(main, self.mid)
        self.assertIn(second, text)
        self.assertNotIn(first, text)

    def test_the_undisputed_rest_stays_ticked(self):
        reason = self.env.ref("credit_management.dispute_reason_price")
        self.env["credit.dispute"]._make(self.old, reason, amount=30)
        self.env["credit.dispute"]._make(self.mid, reason)
        main = self._page()
        self.assertTrue(self._row(main, self.old)[0].get("checked"))
        self.assertFalse(self._row(main, self.mid)[0].get("checked"))

    def test_what_was_asked_for_is_not_agreed_on(self):
        self._promise(self.mid, (5, 200.0))
        self.policy.plan_auto = False
        plan = self._plan(self.old)
        self.assertEqual(plan.state, "requested")
        main = self._page()
        agreed, asked = (
            self._text(main.xpath(f"//section[@aria-labelledby='{id_}']")[0])
            for id_ in ("credit_agreed", "credit_asked")
        )
        self.assertNotIn(plan.name, agreed)
        self.assertIn("What you asked for", asked)
        self.assertIn(plan.name, asked)

    def test_what_was_asked_for_stands_after_the_invoices(self):
        """On paper too: an instalment that nobody has agreed to is not what is owed."""
        self.policy.plan_auto = False
        self._plan(self.old, number=3)
        self.policy.plan_auto = True
        self._plan(self.mid)
        sections = self._page().xpath("//section/@aria-labelledby")
        wanted = ["credit_agreed", "credit_items", "credit_asked"]
        self.assertEqual([id_ for id_ in sections if id_ in wanted], wanted)

    def test_due_today(self):
        """It is to be paid today, and not overdue: on the page, the statement and in
        the reminder that goes with it."""
        move = self.make_invoice(overdue=0, amount=80)
        main, _text = self.assertSame(380, overdue=300, due_today=80, due_later=50)
        box, row = self._row(main, move)
        self.assertIn("17 Jun 2026 today", row)
        self.assertNotIn("overdue", row)
        self.assertTrue(box.get("checked"))
        self.finish(self.begin(f"o.{self.euro.id}", 380))
        self.assertFalse(move.amount_residual)

    def test_nothing_but_due_today(self):
        self.pay(self.old | self.mid)
        self.make_invoice(overdue=0, amount=80)
        cards = self._cards()
        self.assertEqual(list(cards), ["Due today", "Due later"])

    # ------------------------------------------------------------------
    # What there is at all
    # ------------------------------------------------------------------

    def _present(self):
        portal, account = self.env["credit.account"], self.account
        return portal._present(account, portal._open_items(account))

    def test_only_what_there_is_is_asked_for(self):
        """A debtor that never answered costs fewer queries, and none is forgotten."""
        self.assertEqual(self._present(), frozenset())
        self._promise(self.old, (5, 100))
        self.assertEqual(self._present(), {"promise"})
        self._plan(self.mid)
        reason = self.env["credit.dispute.reason"].search([], limit=1)
        dispute = self.env["credit.dispute"].create(
            {"move_id": self.later.id, "reason_id": reason.id}
        )
        self.assertEqual(self._present(), {"promise", "plan", "dispute"})
        self.env["credit.answer"]._tell(
            self.debtor, self.company, "paid", items=self.items(self.old)
        )
        self.assertEqual(self._present(), {"promise", "plan", "dispute", "answer"})
        # Those of another company, or of another debtor, are none of these.
        other = self.env["credit.reminder"].browse()
        for move in (self.foreign, self.there):
            account = dataclasses.replace(
                self.account,
                debtor=move.commercial_partner_id,
                company=move.company_id,
                reminder=other,
            )
            portal = self.env["credit.account"]
            items = portal._open_items(account)
            self.assertTrue(items)
            self.assertEqual(portal._present(account, items), frozenset())
        # What stands on an invoice counts, whosever it was when it was said.
        dispute.sudo().partner_id = self.debtor_b
        self.assertIn("dispute", self._present())

    # ------------------------------------------------------------------
    # Other reasons
    # ------------------------------------------------------------------

    def test_contested(self):
        reason = self.env.ref("credit_management.dispute_reason_price")
        disputes = self.env["credit.dispute"]
        disputes._make(self.old, reason)
        disputes._make(self.mid, reason, amount=50)
        _main, text = self.assertSame(150, disputed=150)
        self.assertNotIn("30 days overdue", text)
        disputes._make(self.later, reason)
        disputes.search([("move_id", "=", self.mid.id)]).amount = 200
        # Where to pay is told all the same, but no amount that nobody asks for.
        _main, text = self.assertSame(0, disputed=350)
        self.assertIn("By bank transfer", text)
        self.assertNotIn("Amount 350.00", text)

    def test_payment_of_a_part_under_way(self):
        self.finish(self.begin(f"p.15000.{self.euro.id}", 150), "pending")
        _main, text = self.assertSame(150, payment_under_way=150)
        self.assertIn("Payment of 50.00 € under way", text)
        # The rest is paid meanwhile, and nothing twice.
        self.finish(self.begin(f"o.{self.euro.id}", 150))
        self.assertEqual(self.moves.mapped("amount_residual"), [100, 50, 50])
        [pending] = self.transactions().filtered(lambda tx: tx.state == "pending")
        self.finish({"result": {"reference": pending.reference}})
        self.assertEqual(self.moves.mapped("amount_residual"), [0, 0, 50])

    def test_two_companies_and_currencies(self):
        """Another company's plan, and another currency's promise, change nothing."""
        dollars = self.make_invoice(currency=self.dollar, amount=70)
        self._promise(dollars, (5, 70))
        self.env["credit.plan"]._request(
            self.items(self.there), 2, "month", TODAY + timedelta(days=5)
        )
        totals = self.account.env["credit.account"]._picture(self.account).totals
        self.assertEqual(totals[self.euro]["now"], 300)
        self.assertEqual(totals[self.dollar]["now"], 0)
        self.assertEqual(totals[self.dollar]["agreed_later"], 70)

    def test_statement_lists_what_was_agreed(self):
        plan = self._plan(self.old)
        self._promise(self.mid, (10, 200))
        rows = [row[:6] for row in self._sheet().values]
        texts = [row[0] for row in rows]
        start = texts.index("What we agreed on") + 1
        self.assertEqual(
            [(row[0], row[2].date(), row[4]) for row in rows[start : start + 3]],
            [
                (f"Instalment of payment plan {plan.name}", line.date, 50)
                for line in plan.line_ids
            ]
            + [(f"Your promise ({self.mid.name})", TODAY + timedelta(days=10), 200)],
        )
        self.assertEqual(texts[start + 4], "By bank transfer")
        self.assertIn("IBAN", texts[start + 4 :])
        self.assertIn("Reference", texts[start + 4 :])
        self.debtor.street = "1 Rue du Port"
        pdf = self.get("/statement.pdf")
        self.assertEqual(pdf.status_code, 200)
        text = self._text(html.fromstring(pdf.text))
        for part in ("Days overdue", "1 Rue du Port", f"{self.old.name} "):
            self.assertIn(part, text)
        self.assertRegex(text, rf"{self.old.name} [\w ]+ 18 May 2026 30 ")

    def test_the_message_asked_for_something_else(self):
        """Who comes from a message finds its sum, and why it is not the one to pay."""
        self.assertEqual(self.reminder.state, "sent")
        self.reminder.amount_total = 300
        self.assertNotIn("asked for", self._text(self._page()))
        self.make_invoice(overdue=1, amount=40)
        text = self._text(self._page())
        self.assertIn("Overdue 340.00", text)
        self.assertIn(
            "asked for 300.00 €. Below is all that is owed on this day.",
            text.replace("\xa0", " "),
        )

    def test_links_of_the_mail(self):
        """The button of an old message asks for no more than the page does."""
        self._plan(self.old, self.mid)
        text = self._text(html.fromstring(self.get("?answer=pay").text))
        self.assertNotIn("Pay all that is owed now", text)
        self.assertIn("Agreed for later", text)

    def test_links_of_the_mail_lead_to_the_form(self):
        """Without a script: each names a place that is on the page, opened there."""
        body = self.env["ir.qweb"]._render(
            "credit_management.mail_payment",
            {"o": self.reminder, "button": True, "account": False},
        )
        links = re.findall(r'href="[^"]*(\?answer=\w+)#(\w+)"', str(body))
        self.assertEqual(
            links,
            [
                ("?answer=pay", "credit_pay"),
                ("?answer=promise", "credit_promise"),
                ("?answer=paid", "credit_paid"),
                ("?answer=question", "credit_message"),
            ],
        )
        for query, anchor in links:
            text = self.get(query).text
            self.assertEqual(text.count(f'id="{anchor}"'), 1)
            if anchor != "credit_pay":
                self.assertIn(f'id="{anchor}" open', text)

    def test_nothing_is_owed_yet(self):
        """Whoever comes from a notice before the due date is not told off."""
        self.pay(self.old | self.mid)
        plan = self.env["credit.plan"]._request(
            self.items(self.make_invoice(overdue=-5, amount=80)),
            2,
            "month",
            TODAY + timedelta(days=10),
        )
        plan._activate()
        notice = self.remind(self.later, self.step_1).sudo()
        self.path = f"/credit/{notice._portal_token()}"
        main, text = self.assertSame(0, due_later=50)
        self.assertFalse(main.xpath("//div[@class='o_credit_now']"))
        for word in ("overdue", "remind"):
            self.assertNotIn(word, text.lower())
        self.env["credit.dispute"]._make(
            self.make_invoice(overdue=5, amount=30),
            self.env.ref("credit_management.dispute_reason_price"),
            amount=10,
        )
        [now] = self._page().xpath("//div[@class='o_credit_now']")
        self.assertIn("20.00", now.text_content())
