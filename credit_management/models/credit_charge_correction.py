"""Charges of which something of an earlier day came to light.

A payment, a credit note, or that the debtor was insolvent.
"""

import logging

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..engine import corrections, disputes
from .credit_regime_resolution import to_minor

_logger = logging.getLogger(__name__)

#: Debtors whose booked charges are corrected in one transaction.
BATCH_SIZE = 50
#: What a charge that is reduced keeps of the one that it takes the place of.
KEPT = (
    "company_id",
    "partner_id",
    "currency_id",
    "kind",
    "move_line_id",
    "invoice_id",
    "reminder_id",
    "plan_id",
    "regime_id",
    "date",
    "date_from",
    "date_to",
    "waive_reason",
)
OPEN = Domain("state", "in", ("claimed", "booked")) & Domain("plan_id", "=", False)


class CreditCharge(models.Model):
    _inherit = "credit.charge"

    to_correct = fields.Boolean(
        readonly=True,
        copy=False,
        help="A payment, a credit note or an insolvency of an earlier day came to "
        "light: the scheduled action looks whether less was owed.",
    )

    _to_correct_idx = models.Index("(company_id) WHERE to_correct")

    def _lower(self, amounts):
        """Let charges come to less: each is reversed, and claimed anew for the rest.

        :param amounts: what is left of each, in minor units; more than it is changes
            nothing
        :return: the charges that stand now in their place
        """
        vals_list, reversed_ = [], self.browse()
        for charge, amount in zip(self, amounts, strict=True):
            values = charge._reduced_values(amount)
            if values is not None:
                reversed_ |= charge
                vals_list += values
        if not reversed_:
            return self
        reversed_._reverse()
        # Before others take their places.
        self.env.flush_all()
        return self - reversed_ + self._claim(vals_list)

    def _reduced_values(self, amount):
        """Values of the charge that takes the place of one that is less now.

        :param int amount: what is left of it, in minor units
        :return: list of values, empty if nothing is left; None if it stays as it is
        """
        self.ensure_one()
        currency = self.currency_id
        if amount >= to_minor(self.amount, currency):
            return None
        if not amount:
            return []
        values = {name: self[name] for name in KEPT}
        for name, value in values.items():
            if isinstance(value, models.BaseModel):
                values[name] = value.id
        left = currency.round(amount / 10**currency.decimal_places)
        values["amount"] = left
        values["amount_waived"] = min(self.amount_waived, left)
        return [values]

    @api.model
    def _to_look_at_sql(self, item_ids):
        """Charges on items with which something of an earlier day was matched.

        :return SQL: of (state, charge id)
        """
        self.flush_model(["state", "plan_id", "date_to"])
        self.env["account.move.line"].flush_model(["date"])
        return SQL(
            """SELECT DISTINCT charge.state, charge.id
                 FROM (SELECT id, move_line_id AS item_id
                         FROM credit_charge WHERE move_line_id = ANY(%(ids)s)
                        UNION ALL
                       -- The fee of a reminder is of no item.
                       SELECT fee.id, line.move_line_id
                         FROM credit_reminder_line line
                         JOIN credit_charge fee
                           ON fee.reminder_id = line.reminder_id
                        WHERE line.move_line_id = ANY(%(ids)s)
                          AND fee.kind = 'fee') borne
                 JOIN credit_charge charge ON charge.id = borne.id
                WHERE charge.state IN ('claimed', 'booked')
                  AND charge.plan_id IS NULL
                  AND EXISTS (
                    SELECT FROM account_partial_reconcile part
                      JOIN account_move_line other ON other.id = part.credit_move_id
                      JOIN account_move entry ON entry.id = other.move_id
                     WHERE part.debit_move_id = borne.item_id
                       AND (other.date <= COALESCE(charge.date_to, charge.date)
                            OR entry.move_type = 'out_refund'))""",
            ids=item_ids,
        )

    @api.model
    def _correct_since_opening(self, debtors):
        """Look at what was charged for days since an insolvency of debtors was opened.

        In every company: that it was opened is a fact about the debtor.
        """
        opened = {d.id: d.credit_insolvency_date for d in debtors.sudo()}
        charges = (
            self.sudo()
            .search(OPEN & Domain("partner_id", "in", debtors.ids))
            .filtered(
                lambda charge: (
                    opened[charge.partner_id.id]
                    and (charge.date_to or charge.date) >= opened[charge.partner_id.id]
                )
            )
        )
        if charges:
            self.env.flush_all()
            claimed = charges.filtered(lambda charge: charge.state == "claimed")
            self.sudo()._correct(claimed, charges - claimed)

    @api.model
    def _correct(self, claimed, booked):
        """Look at charges after something of an earlier day came to light.

        What is only claimed is corrected at once. What is booked is left to the
        scheduled action: a credit note is not posted in the middle of a payment.
        """
        try:
            with self.env.cr.savepoint():
                claimed._correct_now()
        except UserError:
            # Somebody is at work on them: the scheduled action looks again.
            self.env.invalidate_all()
            booked |= claimed
        if booked:
            booked.to_correct = True
            self.env.ref("credit_management.ir_cron_book").sudo()._trigger()

    def _correct_now(self):
        """Lower what these charges asked for too much, and say so on the invoices."""
        for company, charges in self.grouped("company_id").items():
            amounts = charges._corrected_amounts(company)
            before_of = {
                move: sum(own.mapped("amount"))
                for move, own in charges.grouped("invoice_id").items()
            }
            standing = charges._lower([amounts[charge] for charge in charges])
            left = standing.grouped("invoice_id")
            for move, own in charges.grouped("invoice_id").items():
                before = before_of[move]
                after = sum(left.get(move, self.browse()).mapped("amount"))
                currency = own.currency_id[:1]
                if currency.compare_amounts(after, before) < 0:
                    (move or own.reminder_id.line_ids.move_id)._credit_log(
                        self.env._(
                            "Charges were worked out anew: %(after)s instead of "
                            "%(before)s.",
                            after=currency.format(after),
                            before=currency.format(before),
                        )
                    )

    @api.model
    def _correct_flagged(self):
        """Correct what was left to the scheduled action, debtor by debtor."""
        flagged = self.search(
            Domain("to_correct", "=", True), order="company_id, partner_id, id"
        )
        groups = flagged.grouped(lambda c: (c.company_id, c.partner_id)).values()
        for batch in split_every(BATCH_SIZE, list(groups)):
            for charges in batch:
                charges._correct_safely()
            self.env["ir.cron"]._commit_progress()

    def _correct_safely(self):
        """Correct charges of one debtor, or note why that can't be."""
        self.to_correct = False
        try:
            with self.env.cr.savepoint():
                self.filtered(lambda c: c.state in ("claimed", "booked"))._correct_now()
        except TransactionRollbackError:
            raise
        except Exception as error:
            # Whatever is wrong with one debtor's books holds up no other's.
            _logger.warning("Charges %s could not be corrected: %s", self.ids, error)
            self.invalidate_recordset()
            self.booking_error = str(error)

    def _corrected_amounts(self, company):
        """What is left of each charge: {charge: minor units}.

        The interest of an item is a sum of periods, and costs are shared by the items
        of a reminder: the others are read along.
        """
        costs = self.filtered(lambda c: c.kind == "cost" and c.reminder_id)
        fees = self.filtered(lambda c: c.kind == "fee" and c.reminder_id)
        every = self.search(
            OPEN & Domain("move_line_id", "in", self.move_line_id.ids),
            order="date, date_from, id",
        )
        shared = self.search(
            OPEN
            & Domain("kind", "=", "cost")
            & Domain("reminder_id", "in", costs.reminder_id.ids)
        )
        items = every.move_line_id | shared.move_line_id
        items |= fees.reminder_id.line_ids.move_line_id
        engine = self.env["credit.engine"]
        rows = {
            row["id"]: row
            for row in engine._charge_claims(
                company, items.ids, company._credit_today()
            )
        }
        book = self.env["credit.rate"]._book(company)
        found = {}
        for item, own in every.grouped("move_line_id").items():
            row = rows[item.id]
            amounts = corrections.corrected(
                row["claim"],
                row["regime"],
                row["terms"],
                book,
                [charge._claimed() for charge in own],
            )
            found.update(zip(own, amounts, strict=True))
        for (_reminder, day), own in shared.grouped(
            lambda c: (c.reminder_id, c.date)
        ).items():
            of_regime = own.grouped(lambda c: rows[c.move_line_id.id]["regime"].code)
            for some in of_regime.values():
                facts = [rows[charge.move_line_id.id] for charge in some]
                amounts = corrections.corrected_costs(
                    [row["claim"] for row in facts],
                    facts[0]["regime"],
                    day,
                    [charge._minor() for charge in some],
                )
                found.update(zip(some, amounts, strict=True))
        for fee in fees:
            of_reminder = fee.reminder_id.line_ids.move_line_id
            claims = [rows[item.id]["claim"] for item in of_reminder]
            nothing = corrections.asked_for_nothing(claims, fee.date)
            found[fee] = 0 if nothing else fee._minor()
        return {charge: found.get(charge, charge._minor()) for charge in self}

    def _claimed(self):
        """What was claimed, and until when, as the engine wants it."""
        self.ensure_one()
        day = self.date_to or self.date
        return disputes.Claimed(self.kind, day, self._minor())

    def _minor(self):
        self.ensure_one()
        return to_minor(self.amount, self.currency_id)
