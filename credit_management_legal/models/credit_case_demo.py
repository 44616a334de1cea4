"""Cases for a database with demonstration data."""

from odoo import api, fields, models
from odoo.fields import Command

MODULE = "credit_management_legal"


class CreditCase(models.Model):
    _inherit = "credit.case"

    @api.model
    def _make_demo_cases(self):
        """Six cases in the first company in various states, and what belongs to them.

        A company without chart of accounts has no invoices, and gets no cases; neither
        does one that has them already.
        """
        company = self.env.ref("base.main_company")
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
        )
        if not journal or self.env.ref(f"{MODULE}.demo_case_open", False):
            return
        joinery, bakery, garage = (
            self.env.ref(f"{MODULE}.demo_debtor_{name}")
            for name in ("joinery", "bakery", "garage")
        )
        agency, bailiff, lawyer = (
            self.env.ref(f"{MODULE}.demo_mandate_{name}")
            for name in ("agency", "bailiff", "lawyer")
        )
        make = self.with_company(company)._make_demo_case
        make("proposed", bakery, [(45, 640.0)], mandate=agency, opened=False)
        running = make("open", joinery, [(120, 1850.0), (90, 420.0)], mandate=agency)
        judicial = make("judicial", joinery, [(260, 5200.0)], mandate=lawyer)
        paid = make("paid", bakery, [(150, 310.0)], mandate=bailiff)
        withdrawn = make("withdrawn", garage, [(75, 980.0)], mandate=bailiff)
        closed = make("closed", joinery, [(400, 260.0)], mandate=agency)
        running._demo_events(
            (20, "letter", "First letter of the agency"),
            (12, "contact", "Called: nobody answered"),
            (9, "contact", "Called: the manager asks for the invoices"),
            (8, "document", "The invoices were sent once more"),
        )
        judicial.procedure_id = self.env.ref(f"{MODULE}.procedure_fr_order")
        judicial._demo_events(
            (60, "letter", "Letter of the lawyer"),
            (35, "filed", "Request for an order to pay", "filed"),
            (14, "order", "Order issued", "order"),
        )
        paid._demo_events((6, "payment", "Paid to the bailiff"))
        withdrawn._demo_events((4, "question", "The debtor shows a credit note"))
        closed._demo_events((30, "status", "Address unknown, nothing to enforce"))
        paid._demo_pay(company)
        withdrawn.action_withdraw()
        withdrawn.end_reason = "A credit note had been forgotten"
        closed.action_close()
        closed.end_reason = "Address unknown"
        # Carriage: one year, so that the list of limitation shows something.
        moves = (judicial | closed)._items().move_id
        moves.credit_claim_kind = "transport"
        self.env["credit.case.request"]._ask(
            running,
            "discount",
            agency.party_id,
            percent=10,
            text="Pays the rest at once if a tenth is given up.",
        )
        self._make_demo_losses(company, garage, closed)

    @api.model
    def _make_demo_losses(self, company, insolvent, lost):
        """An insolvency, and the draft of a write-off."""
        today = company._credit_today()
        self.env["credit.insolvency"].create(
            {
                "partner_id": insolvent.id,
                "procedure": "liquidation",
                "date_opened": fields.Date.subtract(today, days=6),
            }
        )
        items = lost._items().filtered(lambda item: not item.reconciled)
        self.env["credit.write.off"].create(
            {
                "company_id": company.id,
                "partner_id": lost.partner_id.id,
                "currency_id": lost.currency_id.id,
                "case_id": lost.id,
                "reason": "Address unknown, nothing to enforce",
                "line_ids": [
                    Command.create({"move_line_id": item.id}) for item in items
                ],
            }
        )

    @api.model
    def _make_demo_case(self, name, debtor, invoices, mandate, opened=True):
        """A case of new invoices: (days overdue, amount) of each."""
        today = self.env.company._credit_today()
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "company_id": self.env.company.id,
                    "partner_id": debtor.id,
                    "invoice_date": fields.Date.subtract(today, days=days + 30),
                    "invoice_date_due": fields.Date.subtract(today, days=days),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Delivery of goods",
                                "price_unit": amount,
                                "tax_ids": [],
                            }
                        )
                    ],
                }
                for days, amount in invoices
            ]
        )
        moves.action_post()
        items = moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        case = self.create(
            {
                "company_id": self.env.company.id,
                "partner_id": debtor.id,
                "currency_id": moves.currency_id[:1].id,
                "kind": mandate.kind,
                "mandate_id": mandate.id,
                "overruled_reason": "Demonstration",
                "line_ids": [
                    Command.create({"move_line_id": item.id}) for item in items
                ],
            }
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"{MODULE}.demo_case_{name}",
                    "record": case,
                    "noupdate": True,
                }
            ]
        )
        if opened:
            case.action_open()
        return case

    def _demo_events(self, *events):
        """Put (days ago, kind, name, code of the act if any) on the timeline."""
        acts = {act.code: act.id for act in self.procedure_id.stage_ids}
        today = self.company_id._credit_today()
        self._add_events(
            [
                {
                    "case_id": self.id,
                    "kind": kind,
                    "name": name,
                    "date": fields.Date.subtract(today, days=days),
                    "origin": "party",
                    "author_id": self.party_id.id,
                    "procedure_stage_id": acts.get("".join(act), False),
                }
                for days, kind, name, *act in events
            ]
        )
        self.date_opened = fields.Date.subtract(today, days=max(e[0] for e in events))

    def _demo_pay(self, company):
        """Enter a payment of all items of the case."""
        moves = self.line_ids.move_id
        self.env["account.payment.register"].with_company(company).with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({"group_payment": True})._create_payments()
