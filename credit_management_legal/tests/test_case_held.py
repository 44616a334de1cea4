"""Who paid a third party is not dunned for it, nor sued, and it counts once."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import (
    NOW,
    REMINDER_1,
    TODAY,
    DeliveryCommon,
    days_ago,
)

from .track_common import MAIL, NOTICE, TrackCommon


@tagged("post_install", "-at_install")
class TestCaseHeld(TrackCommon, DeliveryCommon):
    def pay_party(self, case, amount, days=5):
        """The agency got it, and somebody of us has noted that."""
        return case._take_payment(
            {
                "date": days_ago(days),
                "amount": amount,
                "currency": case.currency_id.name,
                "received_by": "party",
            },
            case._add_event("payment", "Paid", date=days_ago(days), amount=amount),
        )

    def report(self, case, amount):
        """The agency says that it got it; nobody has looked at that."""
        case._accept_report(
            {
                "type": "payment",
                "date": str(TODAY),
                "amount": amount,
                "currency": case.currency_id.name,
                "received_by": "party",
            },
            "party",
            author=self.agency,
        )
        return case.payment_ids.sorted("id")[-1]

    def closed_after(self, amount):
        """A case that was closed while the agency holds something."""
        case = self.make_file()
        self.pay_party(case, amount)
        case.action_close("They do nothing")
        return case

    def second_case(self):
        lawyer = self.make_party("Cabinet Lefort", credit_party_role="lawyer")
        return self.make_case(self.move, party_id=lawyer.id)

    def credits(self):
        engine = self.env["credit.engine"]
        return engine._credits(self.company, self.debtor.ids)

    def favour(self):
        return self.credits().get((self.debtor.id, self.euro.id), 0)

    # ------------------------------------------------------------------
    # On the track
    # ------------------------------------------------------------------

    def test_in_house_track_of_what_was_paid(self):
        self.mandate.track_id = self.make_track({**NOTICE, "in_name_of": "creditor"})
        case = self.make_file()
        act = self.advance("2026-06-17")
        self.assertEqual(act.reminder_ids.amount_asked, 1067.40)
        self.pay_party(case, 1067.40, days=0)
        self.assertEqual(case._claim_at(TODAY)["total"], 0)
        self.assertFalse(self.advance("2026-06-17"))
        self.assertEqual(act.state, "dropped")
        self.assertEqual(act.reminder_ids.state, "cancelled")
        self.assertFalse(self.advance("2026-06-19"))
        self.assertIn("waits: A third party was paid all", case.track_text)
        with self.assertRaisesRegex(UserError, "was paid all"):
            case.action_track_next()

    def test_paid_after_it_was_approved(self):
        self.mandate.track_id = self.make_track(MAIL)
        case = self.make_file()
        act = self.advance("2026-06-19")
        self.assertEqual(act.reminder_ids.state, "queued")
        self.pay_party(case, 1100)
        self.send(act, "2026-06-19")
        self.assertEqual(
            act.reminder_ids.state, "cancelled", act.reminder_ids.failure_reason
        )
        self.assertFalse(self._new_mails)

    def test_a_report_of_all_makes_it_wait(self):
        self.mandate.track_id = self.make_track(MAIL)
        case = self.make_file()
        payment = self.report(case, "1067.40")
        self.assertTrue(payment.is_unconfirmed)
        self.assertFalse(self.advance("2026-06-17"))
        with freeze_time(NOW):
            self.assertIn("is to check", case.track_text)
        payment.refuse_reason = "Not so"
        payment.action_refuse()
        self.assertTrue(self.advance("2026-06-19"), "nothing was paid")

    def test_reminder_and_paper_agree(self):
        """What was paid bears no interest, on either of them."""
        self.make_invoice(overdue=50, amount=300)
        case = self.make_file()
        self.pay_party(case, 600, days=10)
        made = case._claim_at(TODAY)
        self.assertLess(made["interest"], 2740)
        act = self.advance("2026-06-17")
        reminder = act.reminder_ids
        paper = reminder._paper_values()["claim"]
        self.assertEqual(paper["total"], made["total"])
        self.assertEqual(
            self.euro.round(reminder.amount_asked * 100), made["total"], reminder.name
        )
        self.assertEqual(
            self.euro.round(reminder.amount_interest * 100), made["interest"]
        )
        self.assertEqual(reminder.line_ids.amount_residual, 1000)
        annex = reminder._calculation_values()[reminder.id]
        self.assertEqual(annex["total"], self.euro.format(made["total"] / 100))
        self.send(act, "2026-06-17", approve=True)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(self.euro.round(reminder.amount_asked * 100), made["total"])
        # It is no credit for what is not in the case.
        self.assertFalse(self.credits())

    def test_more_than_the_items(self):
        """What is paid beyond the items goes to charges: 37.40 are left."""
        case = self.make_file()
        self.pay_party(case, 1030, days=0)
        reminder = self.advance("2026-06-17").reminder_ids
        self.assertEqual(case._claim_at(TODAY)["total"], 3740)
        self.assertEqual(reminder.amount_asked, 37.40)
        self.assertEqual(reminder._paper_values()["claim"]["total"], 3740)

    # ------------------------------------------------------------------
    # Afterwards
    # ------------------------------------------------------------------

    def test_not_withdrawn_while_it_is_held(self):
        case = self.make_file()
        payment = self.report(case, "600")
        for records in (case, case.line_ids):
            with self.assertRaisesRegex(UserError, "Agence du Rhône reported .*600"):
                records.action_withdraw("They do nothing")
        self.assertEqual(case.state, "open")
        payment.refuse_reason = "Not so"
        payment.action_refuse()
        case.action_withdraw("They do nothing")
        self.assertEqual(case.state, "withdrawn")

    def test_reminded_less_what_is_held(self):
        """Neither in another currency nor by another company."""
        dollars = self.make_invoice(overdue=50, amount=200, currency=self.dollar)
        there = self.make_invoice(overdue=50, amount=200, company=self.other_company)
        self.make_policy(REMINDER_1)
        self.make_policy(REMINDER_1, company_id=self.other_company.id)
        self.closed_after(600)
        self.assertEqual(self.credits(), {(self.debtor.id, self.euro.id): 600})
        reminders = self.propose().reminder_ids
        amounts = {r.currency_id: r.amount_credit for r in reminders}
        self.assertEqual(amounts, {self.euro: 600, self.dollar: 0})
        self.assertEqual(reminders.line_ids.move_id, self.move | dollars)
        reminder = self.propose(self.other_company).reminder_ids
        self.assertEqual(reminder.line_ids.move_id, there)
        self.assertEqual((reminder.amount_residual, reminder.amount_credit), (200, 0))

    def test_not_reminded_of_what_is_covered(self):
        self.make_policy(REMINDER_1)
        self.closed_after(1200)
        self.assertFalse(self.propose().reminder_ids)
        self.assertReason(self.move, "credit")
        self.assertEqual(self.favour(), 1200)

    def test_unconfirmed_is_no_credit(self):
        case = self.make_file()
        payment = self.report(case, "600")
        case.action_close("They do nothing")
        self.assertFalse(self.credits())
        payment.action_accept()
        self.assertEqual(self.favour(), 600)
        # On the debtor's page, too.
        self.assertTrue(
            self.env["credit.engine"]._has_loose_money(self.company, self.debtor.ids)
        )

    def test_next_case_claims_the_rest(self):
        """What the first one holds is off the claim of the second, once."""
        self.closed_after(600)
        draft = self.make_case(self.move, opened=False)
        self.assertEqual(self.favour(), 600)
        draft.action_check()
        self.assertIn("'credits'", str(draft.checks))
        draft.unlink()
        case = self.second_case()
        made = case._claim_at(TODAY)
        self.assertEqual(made["paid"], 60_000)
        self.assertLess(made["total"], 46_740)
        self.assertFalse(self.credits(), "it is off the claim")
        paper = self.env["credit.paper"]._of("order_fr")._claim(case, TODAY, "fr")
        self.assertEqual(paper["total"], made["total"])
        write_off = self.env["credit.write.off"]
        for values in ({}, {"case": case}):
            self.assertEqual(
                write_off._not_lost(self.company, self.debtor, **values)[self.euro],
                600,
            )

    def test_what_the_next_case_does_not_need(self):
        first = self.closed_after(1200)
        case = self.second_case()
        self.assertEqual(case._claim_at(TODAY)["paid"], 100_000)
        self.assertEqual(self.favour(), 200)
        # An insolvency looks at both of them.
        self.assertEqual(first._bearing(), first | case)
        self.assertEqual(sum(first._held().values()), 20_000)
        self.assertEqual(sum(case._held().values()), 100_000)
        case.action_close("Paid")
        self.assertEqual(self.favour(), 1200)

    def test_nothing_is_demanded_where_nothing_is_left(self):
        case = self.make_file()
        self.pay_party(case, 1200, days=0)
        papers = self.env["credit.paper"]
        for code in ("agency_notice_fr", "lawyer_letter", "order_fr"):
            with self.assertRaisesRegex(UserError, "nothing is left to claim"):
                papers._render(case, code)
        action = papers.env["credit.paper.print"]._open(case, papers._of("order_fr"))
        wizard = self.env["credit.paper.print"].browse(action["res_id"])
        self.assertIn("nothing is left", wizard.missing_text)
        with self.assertRaisesRegex(UserError, "nothing is left to claim"):
            wizard.action_print()

    # ------------------------------------------------------------------
    # Many of them
    # ------------------------------------------------------------------

    def flat(self, call):
        """As many queries for 20 cases with money held as for two."""

        def queries(number):
            cases = self.env["credit.case"]
            for rank in range(number):
                debtor = self.make_debtor(f"Debtor {number}.{rank}")
                case = self.make_file(self.make_invoice(debtor, overdue=60))
                self.pay_party(case, 20)
                cases |= case
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(call(cases)), number)
            return self.cr.sql_log_count - before

        # The first call fills what stays known, as rights and rules.
        queries(1)
        few = queries(2)
        self.assertLessEqual(queries(20), few)

    def test_flat_number_of_queries_of_what_is_held(self):
        self.flat(lambda cases: cases._holding())

    def test_flat_number_of_queries_of_the_list(self):
        view = self.env.ref("credit_management_legal.credit_case_view_list")
        arch = etree.fromstring(
            self.env["credit.case"].get_view(view.id, "list")["arch"]
        )
        names = {field.get("name") for field in arch.iter("field")}
        self.flat(lambda cases: cases.web_read({name: {} for name in names}))

    def test_flat_number_of_queries_of_bearing_cases(self):
        self.flat(lambda cases: cases._bearing())
