"""Charges on what is contested: left out meanwhile, reduced if the debtor is right."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import disputes
from .credit_engine_charges import among
from .credit_regime_resolution import to_minor


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _disputed_parts(self, company, item_ids, day):
        """Contested parts of some items: {item id: (withheld, [Part])}, minor units.

        ``withheld`` is what may not be asked for now. A part of an invoice in
        instalments is one of those that fall due last; what was accepted of it is
        credited, and no part any more.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.id, dispute.date,
                          COALESCE(dispute.date_closed, DATE '9999-12-31'),
                          dispute.scope = 'amount'
                              AND (dispute.state = 'open'
                                   OR dispute.state IN ('rejected', 'partly')
                                      AND dispute.resume_date > %(day)s),
                          ROUND(LEAST(aml.amount_currency, GREATEST(0,
                              COALESCE(dispute.amount, 0)
                              - CASE WHEN dispute.state IN ('accepted', 'partly')
                                     THEN COALESCE(dispute.amount_accepted, 0)
                                     ELSE 0 END
                              - COALESCE((
                                SELECT SUM(later.amount_currency)
                                  FROM account_move_line later
                                 WHERE later.move_id = aml.move_id
                                   AND later.account_id = aml.account_id
                                   AND later.amount_currency > 0
                                   AND (COALESCE(later.date_maturity, later.date),
                                        later.id)
                                     > (COALESCE(aml.date_maturity, aml.date), aml.id)
                              ), 0))) * unit.factor)::bigint,
                          ROUND((aml.amount_residual_currency - %(undisputed)s)
                              * unit.factor)::bigint
                     FROM credit_dispute dispute
                     JOIN account_move_line aml ON aml.move_id = dispute.move_id
                     JOIN (SELECT id, POWER(10::numeric, decimal_places) AS factor
                             FROM res_currency) unit ON unit.id = aml.currency_id
                    WHERE aml.id %(ids)s
                      AND (dispute.amount > 0
                           OR dispute.state IN ('accepted', 'partly'))
                    ORDER BY aml.id, dispute.date, dispute.id""",
                undisputed=self._undisputed_sql(company, day),
                ids=among(item_ids),
                day=day,
            )
        )
        found = {}
        for item_id, first, last, withheld, amount, total in rows:
            found.setdefault(item_id, (max(total, 0), []))[1].append(
                disputes.Part(first, last, amount, withheld)
            )
        return found

    @api.model
    def _leave_out_disputed(self, rows):
        """Reckon charges on what is not contested alone.

        :param rows: as :meth:`_charge_claims` gives them; their claims are replaced
        """
        for row in rows:
            withheld, parts = row["disputed"]
            if parts:
                claim = disputes.without(row["claim"], withheld)
                row["claim"] = replace(
                    claim, aside=disputes.aside(parts, row["regime"], withheld=False)
                )


class CreditDispute(models.Model):
    _inherit = "credit.dispute"

    def _reduce_charges(self):
        """Give up what charges asked for on the part that is accepted.

        Interest, clause and costs on it fall away; the fixed indemnity goes where
        nothing is late without it (see :mod:`..engine.disputes`). A charge that is
        less now is reversed, and claimed anew for what is left of it.
        """
        for dispute in self.sudo():
            shares = dispute._accepted_shares()
            charges = self.env["credit.charge"].search(
                Domain("move_line_id", "in", [item.id for item in shares])
                & Domain("state", "in", ("claimed", "booked")),
                order="date, date_from, id",
            )
            if not charges:
                continue
            before = sum(charges.mapped("amount"))
            company = dispute.company_id
            engine = self.env["credit.engine"]
            book = self.env["credit.rate"]._book(company)
            items = charges.move_line_id
            today = company._credit_today()
            rows = {
                row["id"]: row
                for row in engine._charge_claims(company, items.ids, today)
            }
            left = {}
            for item, own in charges.grouped("move_line_id").items():
                row = rows[item.id]
                amounts = disputes.kept(
                    row["claim"],
                    row["regime"],
                    row["terms"],
                    book,
                    shares[item],
                    [charge._claimed() for charge in own],
                )
                left.update(zip(own, amounts, strict=True))
            standing = charges._lower([left[charge] for charge in charges])
            if standing != charges:
                after = sum(standing.mapped("amount"))
                dispute.move_id._credit_log(
                    self.env._(
                        "Charges on the accepted part fall away: %(after)s instead of "
                        "%(before)s.",
                        after=dispute.currency_id.format(after),
                        before=dispute.currency_id.format(before),
                    )
                )

    def _accepted_shares(self):
        """What is accepted of each item, those first that fall due last.

        :return: {item: minor units}
        """
        self.ensure_one()
        left = to_minor(self.amount_accepted, self.currency_id)
        shares = defaultdict(int)
        for item in reversed(self._items()):
            open_ = to_minor(item.amount_residual_currency, item.currency_id)
            shares[item] = min(max(open_, 0), left)
            left -= shares[item]
        return {item: share for item, share in shares.items() if share}

    def _reverse_charges(self):
        """Give up all charges on invoices of which nothing was owed.

        The fee of a reminder that asked for these invoices alone goes with them.
        """
        charge_model = self.env["credit.charge"].sudo()
        for dispute in self:
            alive = Domain("state", "!=", "reversed")
            charges = charge_model.search(
                Domain("invoice_id", "=", dispute.move_id.id) & alive
            )
            fees = charge_model.search(
                Domain("reminder_id.line_ids.move_id", "=", dispute.move_id.id)
                & Domain("kind", "=", "fee")
                & alive
            )
            charges |= fees.filtered(
                lambda fee, move=dispute.move_id: (
                    fee.reminder_id.line_ids.move_id == move
                )
            )
            charges._reverse()
