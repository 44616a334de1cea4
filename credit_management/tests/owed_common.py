"""What is owed now and what is not, wherever the debtor looks."""

import io
from datetime import timedelta

from lxml import html
from openpyxl import load_workbook

from .common import NOW, TODAY
from .portal_common import PortalCommon

LABELS = {"agreed_later": "Agreed for later"}


class OwedCommon(PortalCommon):
    """100 and 200 are overdue, 50 fall due later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.plan_min_amount = 20
        cls.make_bank()

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

    def _row(self, main, move):
        [box] = main.xpath(f"//input[@name='item'][@value='{self.items(move).id}']")
        return box, self._text(box.getparent().getparent())
