"""The calculation of a reminder's interest and charges, as an annex to it."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import split_every

from ..engine.regime import FEE
from .credit_regime_resolution import to_minor

#: Annexes printed by one call of wkhtmltopdf, see LETTERS_PER_CALL.
ANNEXES_PER_CALL = 50


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _calculations(self):
        """What the reminders ask for, worked out item by item.

        On the day on which each left, or today; a few queries for each company, day
        and choice of charges.

        :return: {reminder: Statement}, see ``credit.calculation``
        """
        calculation = self.env["credit.calculation"].sudo()
        results = {}
        groups = self.filtered(lambda r: r.line_ids.move_line_id).grouped(
            lambda r: (
                r.company_id,
                r.date_done or r.company_id._credit_today(),
                r.step_id._wanted_charges() - {FEE},
            )
        )
        for (_company, day, wanted), reminders in groups.items():
            items = reminders.sudo().line_ids.move_line_id
            facts = calculation._facts(items, day, wanted)
            for reminder in reminders:
                results[reminder] = calculation._statement(
                    reminder.sudo().line_ids.move_line_id,
                    day,
                    wanted,
                    facts,
                    keep_claimed=True,
                )
        return results

    def _calculation_values(self):
        """What the annexes show, in the language of each debtor: {id: values}."""
        return {
            reminder.id: reminder._calculation_texts(made)
            for reminder, made in self._calculations().items()
        }

    def _calculation_texts(self, made):
        self.ensure_one()
        calculation = self.env["credit.calculation"].with_context(lang=self.lang)
        reminder = self.with_context(lang=self.lang)
        values = calculation.sudo()._statement_values(made)
        fee = to_minor(self.amount_fee, self.currency_id) - made.charge("cost")
        carried = to_minor(self.amount_carried, self.currency_id)
        money = calculation._money_of(self.currency_id)
        extra = [
            (reminder.env._("Reminder fee"), fee),
            (
                reminder.env._("Charges of earlier reminders"),
                carried,
            ),
            (
                reminder.env._("Credit notes and payments not matched yet"),
                -self._calculation_credit(made.total + fee + carried),
            ),
        ]
        values["extra"] = [
            {"label": label, "amount": money(amount)}
            for label, amount in extra
            if amount
        ]
        # What is not asked for is no business of the debtor's.
        values.update(withheld=[], later="")
        values["total"] = money(made.total + sum(amount for _label, amount in extra))
        return values

    def _calculation_credit(self, _whole):
        """What is taken off below the items.

        :param int _whole: what they come to with fees, minor units
        :return: minor units
        """
        self.ensure_one()
        return to_minor(self.amount_credit, self.currency_id)

    def _calculation_pdf(self):
        """The annexes as PDF, for reminders that claim items.

        :return: ``{id: bytes}``
        :raise UserError: if a rate is missing, with the sentence that names it
        """
        pdfs = {}
        statements = self._calculations()
        missing = [text for made in statements.values() for text in made.missing]
        if missing:
            raise UserError("\n".join(dict.fromkeys(missing)))
        printable = self.browse(reminder.id for reminder in statements).sudo()
        for _company, reminders in printable.grouped("company_id").items():
            for batch in reminders._by_lang():
                for ids in split_every(ANNEXES_PER_CALL, batch.ids):
                    chosen = batch.browse(ids)
                    values = {
                        reminder.id: reminder._calculation_texts(statements[reminder])
                        for reminder in chosen
                    }
                    pdfs.update(chosen._print_calculations(values))
        return pdfs

    def _print_calculations(self, values):
        report = self.env.ref("credit_management.action_report_calculation")
        streams = report.with_company(self.company_id)._render_qweb_pdf_prepare_streams(
            report, {"calculations": values}, res_ids=self.ids
        )
        if set(streams) != set(self.ids):
            # The parts could not be told from one another.
            if len(self) == 1:
                raise UserError(self.env._("%s can't be printed.", self.name))
            return {
                id_: pdf
                for reminder in self
                for id_, pdf in reminder._print_calculations(values).items()
            }
        return {id_: part["stream"].getvalue() for id_, part in streams.items()}
