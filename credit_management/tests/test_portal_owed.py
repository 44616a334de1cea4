"""What is owed now, and what is not: every part of the page says the same."""

import dataclasses
import io
import re
from datetime import timedelta

from lxml import html
from openpyxl import load_workbook

from odoo.tests import freeze_time, tagged

from .common import NOW, TODAY
from .portal_common import PortalCommon

LATER = "2026-06-29 12:00:00"
LABELS = {"agreed_later": "Agreed for later"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalOwed(PortalCommon):
    """100 and 200 are overdue, 50 fall due later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.plan_min_amount = 20
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR76 3000 6000 0112 3456 7890 189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    def _page(self):
        response = self.get()
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text).xpath("//main")[0]

    def _text(self, node):
        return " ".join(node.text_content().split())

    def _cards(self, main=None):
        main = self._page() if main is None else main
        return {
            self._text(label): self._text(label.getnext())
            for label in main.xpath("//dl[contains(@class, 'o_credit_totals')]//dt")
        }

    def _plan(self, *moves, number=2, first=10):
        return self.env["credit.plan"]._request(
            self.items(self.env["account.move"].union(*moves)),
            number,
            "month",
            TODAY + timedelta(days=first),
        )

    def _promise(self, moves, *wanted):
        made = self.env["credit.promise"]._make(
            self.items(moves),
            [(TODAY + timedelta(days=days), amount) for days, amount in wanted],
        )
        # The database has a clock of its own, and payments come after the promise.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE credit_promise SET create_date = %s WHERE id = ANY(%s)",
            (NOW, made.ids),
        )
        return made

    def _sheet(self):
        content = self.get("/statement.xlsx").content
        return load_workbook(io.BytesIO(content)).active

    def assertSame(self, now, **others):
        """Page, button, payment, transfer and statement all ask for ``now``."""
        main = self._page()
        cards, text = self._cards(main), self._text(main)
        self.assertEqual(cards.get("Owed now", cards.get("Overdue")), f"{now:.2f} €")
        for label, amount in others.items():
            label = LABELS.get(label, label.replace("_", " ").capitalize())
            self.assertEqual(cards[label], f"{amount:.2f} €")
        choice = f"o.{self.euro.id}"
        if now:
            self.assertIn(f"Pay all that is owed now: {now:.2f} €", text)
            due = self.account.env["credit.account"]._due(self.account, choice)
            self.assertEqual(due.amount, now)
            self.assertIn(f"Amount {now:.2f} €", text)
        else:
            self.assertNotIn("Pay all that is owed now", text)
            self.assertEqual(self.get(f"/pay?choice={choice}").status_code, 409)
        account = self.account
        values = account.env["credit.account"]._statement_values(account)
        sums = {row[0]: row[1] for row in values["sums"]}
        self.assertEqual(sums["Owed now"], now)
        if "Owed now" in cards:
            shown = {label: f"{amount:.2f} €" for label, amount in sums.items()}
            self.assertEqual(shown, cards)
        if now:
            self.assertEqual([bank["amount"] for bank in values["banks"]], [now])
        [owed] = [row for row in self._sheet().values if row[0] == "Owed now"]
        self.assertEqual(owed[4], now)
        return main, text

    # ------------------------------------------------------------------
    # What is said of each invoice
    # ------------------------------------------------------------------

    def _row(self, main, move):
        [box] = main.xpath(f"//input[@name='item'][@value='{self.items(move).id}']")
        return box, self._text(box.getparent().getparent())

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
    # Plans
    # ------------------------------------------------------------------

    def test_instalments_of_one_invoice(self):
        """Each says which one it is; an invoice due at once needs no number."""
        move = self.make_instalments(20, -10, amount=90)
        portal = self.env["credit.account"]
        account, items = self.account, self.items(move | self.old)
        rows = portal._item_rows(account, items, portal._present(account, items))
        names = [f"{move.name}, instalment 1", f"{move.name}, instalment 2"]
        self.assertEqual([row["name"] for row in rows], [self.old.name, *names])
        self.assertIn(names[1], self._text(self._page()))

    def test_all_in_a_plan(self):
        """Nothing is owed now, nothing is called overdue."""
        self._plan(self.old, self.mid)
        main, text = self.assertSame(0, agreed_later=300, due_later=50)
        self.assertNotIn("overdue", text.replace("Overdue", "overdue"))
        self.assertFalse(main.xpath("//input[@name='item'][@checked]"))
        # What is named for a transfer is the next instalment, with its day.
        self.assertIn("Amount 150.00 € Due 27 Jun 2026", text)
        sheet = [row for row in self._sheet().values if row[0] == self.old.name]
        self.assertEqual(sheet[0][3], 30, "the sheet tells days since the due date")

    def test_the_rest_besides_a_plan(self):
        self._plan(self.old)
        _main, text = self.assertSame(200, agreed_later=100, due_later=50)
        self.assertIn("10 days overdue", text)
        self.assertNotIn("30 days overdue", text)

    def test_instalments_that_are_due(self):
        """All that is owed now is the instalment and what is in no plan; no more."""
        plan = self._plan(self.mid)
        with freeze_time(LATER):
            self.assertSame(200, overdue=100, due_as_agreed=100, agreed_later=100)
            self.finish(self.begin(f"o.{self.euro.id}", 200))
            self.assertEqual(
                self.moves.mapped("amount_residual"), [0, 100, 50], "mid in part"
            )
            self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open"])
            self.assertSame(0, agreed_later=100)

    def test_an_instalment_of_older_items(self):
        """What is in no plan is paid, although what is in the plan is older."""
        plan = self._plan(self.old)
        with freeze_time(LATER):
            self.assertSame(250, overdue=200, due_as_agreed=50)
            self.finish(self.begin(f"o.{self.euro.id}", 250))
        self.assertEqual(self.moves.mapped("amount_residual"), [50, 0, 50])
        self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open"])

    def test_an_instalment_under_way(self):
        """It is on its way: not owed now, and not paid twice."""
        plan = self._plan(self.old, self.mid, number=3)
        with freeze_time(LATER):
            line = plan.line_ids[0]
            self.finish(self.begin(f"l.{line.id}", 100), "pending")
            self.assertSame(0, agreed_later=200, payment_under_way=100)
            self.assertError(self.begin(f"l.{line.id}", 100), "under way")
            self.assertError(self.begin(f"l.{plan.line_ids[1].id}", 100), "under way")

    def test_a_plan_that_was_asked_for(self):
        """Nobody has agreed to it: all is owed still, and the page says both."""
        self.policy.plan_auto = False
        self._plan(self.old, self.mid)
        main, text = self.assertSame(300)
        self.assertIn("Payment plan asked for", text)
        self.assertFalse(main.xpath("//input[@name='item'][@checked]"))

    def test_what_is_left_of_a_plan_is_its_fee(self):
        plan = self._plan(self.old, self.mid)
        plan.line_ids[-1].amount += 5
        plan.amount_fee = 5
        self.pay(self.old | self.mid | self.later)
        self.assertEqual(plan.state, "active")
        text = self._text(self._page())
        self.assertNotIn("Everything is paid", text)
        self.assertIn("Agreed for later 5.00 €", text)

    # ------------------------------------------------------------------
    # Promises
    # ------------------------------------------------------------------

    def test_promise(self):
        self._promise(self.old, (10, 100))
        self.assertSame(200, agreed_later=100)
        with freeze_time("2026-06-27 12:00:00"):
            # Its day has come.
            main, _text = self.assertSame(300, due_as_agreed=100, overdue=200)
            self.assertNotIn("Agreed for later", self._cards(main))

    def test_promise_of_a_part(self):
        self._promise(self.old | self.mid, (5, 60), (10, 60))
        main, _text = self.assertSame(180, agreed_later=120)
        _box, text = self._row(main, self.old)
        self.assertIn("Promised for", text)
        self.assertIn("30 days overdue", text)
        [row] = [row for row in self._sheet().values if row[0] == self.old.name]
        self.assertEqual(row[3], 30)
        self.finish(self.begin(f"o.{self.euro.id}", 180))
        self.assertEqual(self.moves.mapped("amount_residual"), [100, 20, 50])
        self.assertSame(0, agreed_later=120)

    def test_credits_beside_a_promise_count_once(self):
        """Whoever pays all that is owed now owes nothing more now."""
        self.make_credit_note(amount=20)
        promise = self._promise(self.old, (5, 60))
        self.assertEqual(promise.amount_credit, 20)
        self.assertSame(220, agreed_later=60, overdue=240, in_your_favour=20)
        self.finish(self.begin(f"o.{self.euro.id}", 220))
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
        self.assertSame(0, agreed_later=60, overdue=20, in_your_favour=20)

    def test_the_rest_of_what_is_promised_is_paid(self):
        """It keeps no promise, while it is under way nor once it has come."""
        promise = self._promise(self.old | self.mid, (5, 150))
        self.assertSame(150, agreed_later=150)
        answer = self.begin(f"o.{self.euro.id}", 150)
        self.finish(answer, "pending")
        self.assertSame(0, agreed_later=150, payment_under_way=150)
        self.finish(answer)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
        self.assertEqual(promise.amount_besides, 150)
        self.assertSame(0, agreed_later=150)
        answer = self.begin(f"s.{promise.id}", 150)
        self.finish(answer, "pending")
        self.assertSame(0, payment_under_way=150)
        self.finish(answer)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 150))

    def test_what_is_promised_is_paid_before_the_rest(self):
        promise = self._promise(self.old | self.mid, (5, 150))
        answer = self.begin(f"s.{promise.id}", 150)
        self.finish(answer, "pending")
        self.assertSame(150, payment_under_way=150)
        self.finish(answer)
        self.assertEqual(promise.state, "kept")
        self.assertSame(150)

    def test_more_than_the_rest_is_paid(self):
        promise = self._promise(self.old | self.mid, (5, 150))
        # With what falls due later, and that is 200.
        answer = self.begin(f"p.25000.{self.euro.id}", 250)
        self.finish(answer, "pending")
        self.assertSame(0, agreed_later=100, payment_under_way=250)
        self.finish(answer)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 50))
        self.assertSame(0, agreed_later=100)

    def test_a_transfer_beside_a_promise(self):
        """What the page asks for is what it pays; whoever paid enough kept its word."""
        promise = self._promise(self.old, (5, 50))
        self.pay(self.old, 50)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
        self.assertSame(200, agreed_later=50)
        with freeze_time(f"{promise.grace_date + timedelta(days=1)} 12:00:00"):
            promise._settle()
            self.assertEqual((promise.state, promise.amount_paid), ("kept", 50))

    def test_all_is_promised(self):
        self._promise(self.old | self.mid, (5, 120), (10, 180))
        _main, text = self.assertSame(0, agreed_later=300)
        self.assertIn("Amount 120.00 € Due 22 Jun 2026", text)

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
