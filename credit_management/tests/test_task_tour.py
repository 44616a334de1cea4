"""The collector's worklist in the browser, at a desk and with a telephone."""

import io

from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools.pdf import PdfFileWriter

from .common import NOW, TODAY
from .test_task import TaskCommon
from .tour_pictures import TourPictures


class WorklistTours(TourPictures):
    """What both screens have in common."""

    #: Where the tour begins; at a desk it goes through the menus.
    start = "/odoo/action-credit_management.credit_task_action"

    def test_worklist(self):
        reason, answer = self.dispute_reason, self.env["credit.answer"]
        moves = {}
        # Gains that fall, so that the order of the tour is that of the list.
        for index, name in enumerate(
            ["Approve", "Call", "Promise", "Plan", "Dispute", "Message", "Bounce"]
        ):
            debtor = self.make_debtor(f"{name} SARL")
            moves[name] = self.make_invoice(debtor, amount=9000 / 3**index)
        (self.move | self.second | self.foreign).no_followup = True
        sent = self.remind(
            moves["Approve"], self.step_1, state="to_approve", amount_total=9000
        )
        call = self.remind(
            moves["Call"],
            self.step_1,
            state="to_approve",
            channel="phone",
            amount_total=3000,
        )
        promise = self.promise(moves["Promise"])
        promise.sudo().write({"state": "broken", "date_closed": TODAY})
        plan = self.plan(moves["Plan"], number=12)
        dispute = self.env["credit.dispute"]._make(moves["Dispute"], reason)
        message = answer._tell(
            moves["Message"].partner_id, self.company, "question", text="Why?"
        )
        self.remind(
            moves["Bounce"], self.step_1, delivery_state="bounced", amount_total=12
        )
        collector = self.make_user("collector")
        records = sent | call
        (records).user_id = collector
        for record in (promise, plan, dispute, message):
            record.sudo().user_id = collector
        self.start_tour(self.start, "credit_worklist", login="collector")
        self.assertEqual(sent.state, "queued")
        self.assertEqual(call.state, "sent")
        self.assertIn("Pays on Friday", " ".join(call.message_ids.mapped("body")))
        self.assertTrue(promise.task_done)
        self.assertEqual(plan.state, "active")
        self.assertEqual(dispute.state, "rejected")
        self.assertEqual(message.state, "handled")
        made = self.env["credit.promise"].search(
            [("partner_id", "=", moves["Bounce"].partner_id.id)]
        )
        self.assertEqual(made.create_uid, collector)

    def _pdf(self):
        writer = PdfFileWriter()
        writer.add_blank_page(width=595, height=842)
        stream = io.BytesIO()
        writer.write(stream)
        return self.env["ir.attachment"].create(
            {"name": "letter.pdf", "raw": stream.getvalue()}
        )

    def _collector(self):
        collector = self.make_user("collector")
        collector.partner_id.email = "collector@company.example.com"
        return collector

    def test_the_rest(self):
        names = ["Talk", "Reply", "Approve", "Print", "Payment", "Call", "Promise"]
        moves = {
            name: self.make_invoice(
                self.make_debtor(f"{name} SARL"), amount=90000 / 3**index
            )
            for index, name in enumerate(names)
        }
        (self.move | self.second | self.foreign).no_followup = True

        def remind(name, **values):
            amount = moves[name].amount_total
            return self.remind(moves[name], self.step_1, amount_total=amount, **values)

        message = self.env["credit.answer"]._tell(
            moves["Talk"].partner_id, self.company, "message", text="Why so much?"
        )
        reply = remind("Reply", delivery_state="replied")
        letter = {"channel": "letter", "letter_id": self._pdf().id}
        approved = remind("Approve", channel="letter", state="to_approve")
        printed = remind("Print", **letter)
        paid = moves["Payment"]
        payment = self.make_payment(paid.partner_id, amount=paid.amount_total)
        call = remind("Call", state="to_approve", channel="phone")
        promise = self.promise(moves["Promise"])
        promise.sudo().write({"state": "broken", "date_closed": TODAY})
        charge, document = self._charge()
        self._collector()
        path = "/odoo/action-credit_management.credit_task_action"
        self.start_tour(path, "credit_worklist_rest", login="collector")
        self.env.invalidate_all()
        self.assertEqual(message.state, "handled")
        self.assertIn("Because of the delivery", message.message_ids.mapped("body")[-1])
        self.assertEqual(reply.delivery_state, "replied")
        self.assertTrue(reply.reply_handled)
        self.assertEqual(approved.state, "queued")
        self.assertTrue(printed.printed)
        self.assertEqual(moves["Payment"].amount_residual, 0)
        self.assertEqual(payment.move_id.line_ids.mapped("reconciled").count(True), 1)
        self.assertEqual(charge.state, "booked")
        self.assertEqual(call.state, "sent")
        self.assertTrue(promise.task_done)

    def _charge(self):
        """A charge of 450 that a payment of the debtor covers."""
        self.company.credit_charge_booking = "paid"
        self.company.credit_indemnity_account_id = self.company_data[
            "default_account_revenue"
        ]
        debtor = self.make_debtor("Charge SARL")
        document = self.make_payment(debtor, amount=450)
        charge = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": debtor.id,
                    "currency_id": self.euro.id,
                    "kind": "indemnity",
                    "date": TODAY,
                    "amount": 450,
                }
            )
        )
        return charge, document


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestWorklistTour(WorklistTours, TaskCommon, HttpCase):
    browser_size = "1366x768"
    start = "/odoo"

    def test_keys(self):
        """Each letter presses its own button, none of Odoo's."""
        (self.move | self.second | self.foreign).no_followup = True
        moves = [
            self.make_invoice(self.make_debtor(f"{name} SARL"), amount=amount)
            for name, amount in (("Dispute", 900), ("Message", 300))
        ]
        dispute = self.env["credit.dispute"]._make(moves[0], self.dispute_reason, 500)
        message = self.env["credit.answer"]._tell(
            moves[1].partner_id, self.company, "question", text="Why?"
        )
        collector = self.make_user("collector")
        dispute.user_id = message.user_id = collector
        path = "/odoo/action-credit_management.credit_task_action"
        self.start_tour(path, "credit_worklist_keys", login="collector")
        self.assertEqual(dispute.state, "open")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestWorklistPhone(WorklistTours, TaskCommon, HttpCase):
    browser_size = "360x740"
    touch_enabled = True

    def test_cards(self):
        long = "Société générale de transports et de manutention du Nord"
        for name in ("Promise SARL", long):
            move = self.make_invoice(self.make_debtor(name), amount=1234567.89)
            self.promise(move).sudo().write({"state": "broken", "date_closed": TODAY})
        self.make_user("collector")
        path = "/odoo/action-credit_management.credit_task_action"
        self.start_tour(path, "credit_worklist_phone", login="collector")
