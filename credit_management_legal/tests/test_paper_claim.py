"""The claim on paper: its rows and its sums agree, whatever became of charges."""

import json
from itertools import product
from pathlib import Path

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .money_common import MoneyCommon
from .schema import check

SCHEMA = Path(__file__).parents[1] / "static/schema/case.schema.json"
#: What may become of charges on an item, one after the other.
FATES = {
    "nothing claimed": (),
    "claimed": ("claim",),
    "waived in part": ("claim", "waive"),
    "booked": ("claim", "book"),
    "lowered": ("claim", "book", "lower"),
    "reversed in part": ("claim", "book", "reverse one"),
    "reversed": ("claim", "book", "reverse"),
    "paid in part": ("claim", "book", "pay"),
    "paid, then reversed": ("claim", "book", "pay", "reverse"),
    "paid, then lowered": ("claim", "book", "pay", "lower"),
    "credited by hand": ("claim", "book", "credit"),
}


def minor(text):
    """Minor units of an amount as a paper writes it."""
    digits = "".join(sign for sign in text if sign.isdigit())
    less = text[:1] in ("-", "−")
    return int(digits or 0) * (-1 if less else 1)


@tagged("post_install", "-at_install")
class TestPaperClaim(MoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_charge_post = True

    def claimed(self, fate, inside, document="invoice"):
        """A case in which charges had a fate; its debit note may be one of its items.

        :return: the case, the debit note
        """
        self.company.credit_charge_document = document
        move = self.make_invoice(overdue=100, amount=1000)
        elsewhere = self.make_invoice(overdue=30, amount=70)
        case = self.open_case(move)
        charges = self.env["credit.charge"]
        for deed in FATES[fate]:
            if deed == "claim":
                charges = self.make_charge(
                    "interest", 20.55, move, date_from=days_ago(99)
                )
                charges |= self.make_charge("indemnity", 40, move)
                charges |= self.make_charge("indemnity", 15, elsewhere)
                self.pay(elsewhere)
            elif deed == "waive":
                charges[1]._waive(12.34, "Goodwill")
            elif deed == "book":
                charges.action_book()
                if inside:
                    item = self.items(charges.booking_id)
                    case.line_ids = [Command.create({"move_line_id": item.id})]
            elif deed == "lower":
                charges[:1]._lower([333])
            elif deed == "reverse one":
                charges[1]._reverse()
            elif deed == "reverse":
                charges._reverse()
            elif deed == "pay":
                self.pay(charges.booking_id, 11.11)
            elif deed == "credit":
                self.credit(charges.booking_id)
        return case, charges.booking_id

    def credit(self, document):
        [credit] = document._reverse_moves([{"date": TODAY, "invoice_date": TODAY}])
        credit.action_post()
        (self.items(document) | self.items(credit)).filtered(
            lambda line: not line.reconciled
        ).reconcile()

    def agree(self, case, **values):
        """Rows, sums and the claim at the date come to the same; what they come to."""
        made = case._paper_claim(TODAY, "en", **values)
        for row in made["rows"]:
            parts = [row["open"], *(amount for amount, _since in row["charges"])]
            self.assertEqual(sum(map(minor, parts)), minor(row["total"]), row)
        rows = sum(minor(row["total"]) for row in made["rows"])
        self.assertEqual(rows + self.taken_off(made), made["total"])
        sums = sum(minor(amount) for _name, amount in made["sums"])
        self.assertEqual(sums, made["total"])
        # Each column comes to what stands below it.
        below = {
            name.partition(" up to")[0]: minor(text) for name, text in made["sums"]
        }
        column = sum(minor(row["open"]) for row in made["rows"])
        paid = below.get("Less payments", 0)
        self.assertEqual(column, below["Principal"] + paid)
        if "Interest" in below:
            place = made["columns"].index("Interest")
            column = sum(minor(row["charges"][place][0]) for row in made["rows"])
            self.assertEqual(column, below["Interest"])
        return made

    def taken_off(self, made):
        """What is taken off below the rows: credits, and what is above a limit."""
        return sum(
            minor(amount)
            for name, amount in made["sums"]
            if "credits not matched" in name or "above" in name
        )

    def handed_over(self, case, note, total, inside):
        """The data of the hand-off file come to the same, and name the debit note."""
        payload = self.env["credit.handoff"]._payload(case)
        check(payload, json.loads(SCHEMA.read_text()))
        sums = payload["claim"]
        parts = [sums[key] for key in ("principal", "earlier_charges", "costs")]
        parts += [charge["amount"] for charge in sums["charges"]]
        self.assertEqual(minor(sums["total_with_costs"]), total)
        self.assertEqual(sum(map(minor, parts)), total + minor(sums["overpaid"]))
        charges = case._charges().filtered(lambda charge: charge.booking_id == note)
        named = [row["number"] for row in payload["booked_charges"]]
        outside = note.state == "posted" and charges and not inside
        self.assertEqual(named, [note.name] if outside else [])

    def test_mixtures(self):
        for fate, inside, document in product(
            FATES, (False, True), ("invoice", "entry")
        ):
            if fate == "credited by hand" and document == "entry":
                continue
            with (
                self.subTest(fate=fate, inside=inside, document=document),
                self.env.cr.savepoint() as savepoint,
            ):
                case, note = self.claimed(fate, inside, document)
                made = self.agree(case)
                total, less = made["total"], self.taken_off(made)
                # What was paid on charges that are reversed is in the debtor's favour.
                self.assertEqual(less, -1_111 if fate == "paid, then reversed" else 0)
                self.assertEqual(total - less, case._claim_at(TODAY)["total"])
                wizard = self.env["credit.claim"].browse(case.action_claim()["res_id"])
                [(_lang, shown)] = wizard._document_values()
                money = self.env["credit.calculation"]._money_of(self.euro)
                self.assertEqual(shown["total"], money(total))
                self.handed_over(case, note, total - less, inside)
                if fate == "reversed" and inside:
                    self.assertEqual(case._charge_documents(), self.items(note))
                    self.assertNotIn(note.name, [row["name"] for row in made["rows"]])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_costs_and_what_the_third_party_has(self):
        """Costs have a row of their own, less what was paid on them."""
        case, note = self.claimed("booked", True)
        cost = self.report_cost(case, 50)
        cost.basis = "Bill"
        cost.action_accept()
        cost.action_claim()
        case.allocation_order = "costs_interest"
        self.report_payment(case, 80, days=0)
        made = self.agree(case)
        rows = {row["name"]: minor(row["total"]) for row in made["rows"]}
        self.assertEqual(rows["Writ"], 0)
        # 15 on the other invoice; of the interest of this one 20.55 were paid.
        self.assertEqual(rows[note.name], 1_500)
        self.handed_over(case, note, made["total"], True)
        self.report_payment(case, 5000, days=0)
        self.assertEqual(case._claim_at(TODAY)["total"], 0)
        paid_up = self.env["credit.handoff"]._payload(case)["claim"]
        self.assertEqual(paid_up["total_with_costs"], "0.00")
        self.assertGreater(float(paid_up["overpaid"]), 0)

    def test_some_items(self):
        """A letter on some items claims these, with charges and sums of their own."""
        case, note = self.claimed("booked", True)
        other = self.make_invoice(overdue=50, amount=500)
        case.line_ids = [Command.create({"move_line_id": self.items(other).id})]
        whole = self.agree(case)
        one = self.agree(case, items=self.items(other))
        self.assertEqual([row["name"] for row in one["rows"]], [other.name])
        rest = self.agree(case, items=case._items() - self.items(other))
        self.assertEqual(one["total"] + rest["total"], whole["total"])
        self.assertIn(note.name, [row["name"] for row in rest["rows"]])

    def test_limit_counts_booked_interest(self):
        """Interest on a debit note is interest, and no principal."""
        case, _note = self.claimed("booked", True)
        made = self.agree(case, most_extras=2)
        # 27.40 of 1,000, of which 2 % may be claimed.
        self.assertEqual(minor(made["sums"][-1][1]), -740)

    def test_further_interest_on_its_own_base(self):
        """Of a part payment that went to interest first, all else still bears it."""
        case, _note = self.claimed("nothing claimed", False)
        move = case._items().move_id
        self.pay(move, 100, day=days_ago(10))
        [made] = case._statements(TODAY)
        [entry] = made.entries
        base = entry.interest.segments[-1].base
        self.assertGreater(base, entry.residual)
        further = case._paper_claim(TODAY, "en")["further"]
        self.assertIn(case._paper_money(base, "en"), further)
        # What is paid today bears interest for today, and none from tomorrow.
        self.pay(move, 200, day=TODAY)
        further = case._paper_claim(TODAY, "en")["further"]
        [made] = case._statements(TODAY)
        shares = made.entries[0].interest.allocations
        self.assertIn(case._paper_money(base - shares[-1].to_principal, "en"), further)
