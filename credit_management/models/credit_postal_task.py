"""The post in the worklist: what came back, and what the carrier can't tell or take."""

from odoo import api, models
from odoo.tools import SQL


class CreditTask(models.Model):
    _inherit = "credit.task"

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit.task
        return [
            *super()._task_parts(companies, engine),
            self._postal_file_part(companies.ids),
            self._carrier_part(companies.ids),
        ]

    @api.model
    def _postal_file_part(self, company_ids):
        """Files of the electronic carrier that say something nobody could take."""
        return self._part(
            "postal_file",
            "credit.postal.file",
            "news",
            SQL(
                """credit_postal_file news
                     JOIN firm ON firm.id = news.company_id
                    WHERE news.source = 'provider' AND news.seen IS NOT TRUE
                      AND (news.bad_count > 0 OR news.state = 'checked')
                      AND news.company_id = ANY(%s)""",
                company_ids,
            ),
            partner=SQL("NULL::int"),
            user=SQL("NULL::int"),
            currency=SQL("firm.currency_id"),
            date=SQL("news.create_date::date"),
            days=SQL("0"),
            amount=SQL("0"),
        )

    @api.model
    def _carrier_part(self, company_ids):
        """Electronic letters that wait because their carrier can't be reached.

        The oldest stands for all of its company and currency: what is to be mended is
        one thing.
        """
        return self._part(
            "carrier",
            "credit.reminder",
            "waiting",
            SQL(
                """(SELECT DISTINCT ON (company_id, currency_id) *,
                           SUM(amount_asked) OVER (
                               PARTITION BY company_id, currency_id) AS waiting_amount
                      FROM credit_reminder
                     WHERE state = 'queued' AND channel = 'registered_letter'
                       AND failure_reason IS NOT NULL AND company_id = ANY(%s)
                     ORDER BY company_id, currency_id, id) waiting
                     JOIN firm ON firm.id = waiting.company_id""",
                company_ids,
            ),
            partner=SQL("NULL::int"),
            user=SQL("NULL::int"),
            date=SQL("waiting.date"),
            days=SQL("firm.today - waiting.date"),
            amount=SQL("waiting.waiting_amount"),
        )

    def _title_of(self, record):
        # EXTENDS credit.task: it is about all that wait
        if self.kind == "carrier":
            return self.env._("Electronic letters do not leave")
        return super()._title_of(record)

    def _summary_of(self, record):
        # EXTENDS credit.task
        if self.kind == "carrier":
            return record.failure_reason
        if self.res_model == "credit.postal.file":
            return record._problem_text()
        return super()._summary_of(record)

    def action_address(self):
        """Look at the address of the letter that came back."""
        self.ensure_one()
        return self._record().action_put_address_right()
