"""What an insolvency tells cases and debtors, and takes back where it was not so.

Its entries on timelines say which insolvency they are of. What has changed is struck:
the entry stays readable with the reason, and what is right is noted anew.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    insolvency_id = fields.Many2one(
        "credit.insolvency",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The insolvency whose opening or declaration it tells.",
    )


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    def _open_cases(self):
        """The running cases on the debtor, in sudo."""
        self.ensure_one()
        cases = self.env["credit.case"].sudo()
        return cases.search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "open")
            & self._company_domain()
        )

    def _entries(self, kind):
        """What these insolvencies tell on timelines, and still counts; in sudo."""
        events = self.env["credit.case.event"].sudo()
        return events.search(
            Domain("insolvency_id", "in", self.ids) & Domain("kind", "=", kind)
        )

    @api.model
    def _activities_of(self, records):
        """What the system asks to be done about an insolvency, on some records."""
        kind = self.env.ref("credit_management_legal.activity_insolvency")
        activities = self.env["mail.activity"].sudo()
        return activities.search(
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            & Domain("activity_type_id", "=", kind.id)
            & Domain("automated", "=", True)
        )

    # ------------------------------------------------------------------
    # The opening
    # ------------------------------------------------------------------

    def _tell_cases(self):
        """Write it on the timeline of the cases that run, and tell who sees to them.

        Once for each day of an opening: what the record for all companies has told
        becomes that of the company's own.
        """
        self.ensure_one()
        cases = self._open_cases().filtered("insolvency_day")
        told = (
            self.env["credit.case.event"]
            .sudo()
            .search(
                Domain("case_id", "in", cases.ids)
                & Domain("kind", "=", "status")
                & Domain("date", "=", self.date_opened)
                & Domain("insolvency_id.state", "=", "open")
            )
        )
        if self.company_id:
            told.insolvency_id = self
        cases -= told.case_id
        name = self._opening_text()
        note = self.env._(
            "Tell the third party, take the case back where the mandate says so, and "
            "declare the claim."
        )
        self.env["credit.case"]._add_events(
            [
                {
                    "case_id": case.id,
                    "kind": "status",
                    "name": name,
                    "note": note,
                    "date": self.date_opened,
                    "origin": "system",
                    "insolvency_id": self.id,
                }
                for case in cases
            ]
        )
        kind = self.env.ref("credit_management_legal.activity_insolvency")
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("credit.case"),
                    "res_id": case.id,
                    "activity_type_id": kind.id,
                    "user_id": (case.user_id or self.user_id).id,
                    "date_deadline": case.company_id._credit_today(),
                    "summary": name,
                    "note": note,
                    "automated": True,
                }
                for case in cases
            ]
        )

    def _opening_text(self):
        """What a timeline says of the opening."""
        self.ensure_one()
        return self.env._(
            "An insolvency of the debtor was opened on %s",
            format_date(self.env, self.date_opened),
        )

    def _correct_opening(self, before):
        """Take back what was told of an opening that has moved, or was a mistake.

        :param dict before: {record: (day of the opening, state) as they were}
        """
        for record in self.sudo():
            day, state = before[record]
            cancelled = record.state == "cancelled" != state
            if not cancelled and record.date_opened == day:
                continue
            record = record._in_house()
            entries = record._entries("status")
            record._activities_of(entries.case_id).unlink()
            record._activities_of(record.partner_id).unlink()
            reason = (
                record.env._("The insolvency was noted by mistake.")
                if cancelled
                else record.env._("The day of the opening was corrected.")
            )
            entries._strike_by_system(reason)
            # Others stand, and what they tell of the debtor went as well.
            still = record.search(
                Domain("partner_id", "=", record.partner_id.id)
                & Domain("state", "=", "open")
            )
            for other in still:
                other = other._in_house()
                other._tell_cases()
                other._tell_other_companies()

    def _is_shared_out(self):
        """Whether each company that has claims in it has a record of its own."""
        self.ensure_one()
        companies = self.sudo().line_ids.company_id
        if self.company_id or not companies:
            return False
        own = self.sudo().search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "in", companies.ids)
            & Domain("state", "=", "open")
        )
        return own.company_id == companies

    # ------------------------------------------------------------------
    # The declaration
    # ------------------------------------------------------------------

    def _note_declaration(self):
        """Write the declaration on the timeline of the cases that run."""
        self.ensure_one()
        in_house = self._in_house()
        self.env["credit.case"].sudo()._add_events(
            [
                {
                    "case_id": case.id,
                    "kind": "declaration",
                    "name": in_house.env._("Claim declared in the insolvency"),
                    "amount": sum(
                        self.line_ids.filtered(
                            lambda line, case=case: (
                                line.move_line_id in case.line_ids.move_line_id
                                or line.cost_id.case_id == case
                                or line.payment_id.case_id == case
                            )
                        ).mapped("total")
                    ),
                    "date": self.date_declared,
                    "insolvency_id": self.id,
                }
                for case in self._open_cases()
            ]
        )

    def _correct_declaration(self, before):
        """Note declarations; what was noted of another day before is struck.

        :param dict before: {record: the day that stood there}
        """
        for record in self.filtered(lambda r: r.date_declared != before[r]):
            in_house = record._in_house()
            reason = (
                in_house.env._("The day of the declaration was corrected.")
                if record.date_declared
                else in_house.env._("The declaration was taken back.")
            )
            record._entries("declaration")._strike_by_system(reason)
            if record.date_declared:
                record._note_declaration()
