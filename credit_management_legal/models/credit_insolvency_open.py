"""What was open at the opening of an insolvency, whatever was matched since."""

from odoo import models
from odoo.tools import SQL

from .credit_insolvency_hold import AROSE
from .opening_day import came_before


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    def _open_at(self, company, side="debit"):
        """What of one side was open at the opening, at the first hour of its day.

        Claims of that day count as well, whatever the hour: rather too much is declared
        than a claim lost. They are open although something of later was matched with
        them; charges that were reversed since are gone on that day as well. Credits are
        those of before, see :mod:`.opening_day`; they are open although they were
        matched with a claim of later, with documents that book charges, whenever these
        were made, or with what took them back.

        :param str side: ``debit`` for claims, ``credit`` for credits of the debtor
        :return: {item id: minor units of its currency, negative for credits}
        """
        self.env.flush_all()
        # A claim is ``aml`` of ``move``, as in AROSE, a credit ``paid`` of ``paying``.
        if side == "debit":
            own, other, other_side = "aml", "paid", "credit"
            sign, known = 1, SQL("%s <= %s", AROSE, self.date_opened)
            later = SQL(
                """NOT %s
                   AND NOT (paying.credit_is_charge IS TRUE
                            AND paying.reversed_entry_id = aml.move_id)""",
                came_before(self.date_opened),
            )
        else:
            own, other, other_side = "paid", "aml", "debit"
            sign, known = -1, came_before(self.date_opened)
            later = SQL(
                """%s > %s
                   AND move.credit_is_charge IS NOT TRUE
                   AND move.reversed_entry_id IS DISTINCT FROM paid.move_id""",
                AROSE,
                self.date_opened,
            )
        moves = {"aml": SQL.identifier("move"), "paid": SQL.identifier("paying")}
        accounts = self.env["credit.engine"].sudo()._receivable_accounts(company)
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT %(own)s.id,
                              ROUND((%(own)s.amount_residual_currency
                                     + %(sign)s * COALESCE(later.sum, 0))
                                    * POWER(10::numeric, currency.decimal_places))
                                  ::bigint
                         FROM account_move_line %(own)s
                         JOIN account_move %(own_move)s
                           ON %(own_move)s.id = %(own)s.move_id
                         JOIN res_currency currency ON currency.id = %(own)s.currency_id
                         JOIN res_partner partner ON partner.id = %(own)s.partner_id
                         LEFT JOIN LATERAL (
                            SELECT SUM(%(matched)s)
                              FROM account_partial_reconcile part
                              JOIN account_move_line %(other)s
                                ON %(other)s.id = %(other_link)s
                              JOIN account_move %(other_move)s
                                ON %(other_move)s.id = %(other)s.move_id
                             WHERE %(own_link)s = %(own)s.id AND %(later)s
                         ) later ON TRUE
                        WHERE partner.commercial_partner_id = %(partner)s
                          AND %(own)s.company_id = %(company)s
                          AND %(own)s.account_id = ANY(%(accounts)s)
                          AND %(own)s.parent_state = 'posted' AND %(known)s
                          AND %(sign)s * %(own)s.amount_currency > 0
                          AND %(sign)s * %(own)s.amount_residual_currency
                              + COALESCE(later.sum, 0) > 0
                        ORDER BY %(own)s.id""",
                    own=SQL.identifier(own),
                    own_move=moves[own],
                    own_link=SQL.identifier("part", f"{side}_move_id"),
                    other=SQL.identifier(other),
                    other_move=moves[other],
                    other_link=SQL.identifier("part", f"{other_side}_move_id"),
                    matched=SQL.identifier("part", f"{side}_amount_currency"),
                    sign=sign,
                    known=known,
                    later=later,
                    partner=self.partner_id.id,
                    company=company.id,
                    accounts=list(accounts),
                )
            )
        )
