"""Which claims an insolvency stops, and from which day on they bear nothing.

The opening of an insolvency is a fact about the debtor: whichever company has noted it,
all of them stop. What is declared, and by when, is the affair of each creditor.

While the procedure is open and the business does not go on, everything is stopped.
Where it goes on (safeguard, receivership, moratorium), and once it has ended with a
plan, only what arose before is: that is declared, and paid as the court says. Claims
from after the opening are reminded as any others. They bear no charges while the
procedure is open, since the sources here tell of no exception (France: L622-28 and
L441-10 II C. com.), and do so again once it has ended.
"""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.credit_management.models.credit_engine_charges import among

#: How an insolvency ends of which something stays stopped.
LEAVING = ("dissolved", "continued")
#: Insolvencies that stop something: open ones, and what they left where they are over.
KEPT = Domain("state", "=", "open") | (
    Domain("state", "=", "closed") & Domain("outcome", "in", LEAVING)
)
#: The same, as a condition on ``insolvency``.
KEPT_SQL = SQL(
    """(insolvency.state = 'open' OR insolvency.state = 'closed'
        AND insolvency.outcome IN %s)""",
    LEAVING,
)
#: When a claim arose, as an expression on ``aml`` and ``move``: with the delivery, or
#: the invoice if that was earlier. What books charges arose with the first of these.
AROSE = SQL(
    """LEAST(move.delivery_date, COALESCE(move.invoice_date, aml.date),
             CASE WHEN move.credit_is_charge
                  THEN (SELECT MIN(charge.date) FROM credit_charge charge
                         WHERE charge.booking_id = move.id) END)"""
)


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _insolvent_items_sql(self, where):
        """Items of insolvent debtors, as a query for (id, opened, stopped).

        ``opened`` is the day from which an item bears no charges, ``stopped`` whether
        it is reminded no more. A day that somebody noted on the debtor, without a
        record of an insolvency, stops everything.

        :param SQL where: on ``aml``
        """
        return SQL(
            """SELECT aml.id, MIN(known.opened) AS opened,
                      BOOL_OR(known.whole OR %(arose)s <= known.opened) AS stopped
                 FROM (
                    SELECT insolvency.partner_id, insolvency.date_opened AS opened,
                           insolvency.state = 'open' AS running,
                           CASE insolvency.state
                                WHEN 'open' THEN insolvency.goes_on IS NOT TRUE
                                ELSE insolvency.outcome = 'dissolved' END AS whole
                      FROM credit_insolvency insolvency
                     WHERE %(kept)s
                    UNION ALL
                    SELECT debtor.id, debtor.credit_insolvency_date, TRUE, TRUE
                      FROM res_partner debtor
                     WHERE debtor.credit_insolvency_date IS NOT NULL
                       AND NOT EXISTS (
                            SELECT FROM credit_insolvency insolvency
                             WHERE insolvency.partner_id = debtor.id AND %(kept)s)
                 ) known
                 JOIN res_partner payer
                   ON payer.commercial_partner_id = known.partner_id
                 JOIN account_move_line aml ON aml.partner_id = payer.id
                 JOIN account_move move ON move.id = aml.move_id
                WHERE %(where)s
                  AND (known.whole OR known.running OR %(arose)s <= known.opened)
                GROUP BY aml.id""",
            arose=AROSE,
            kept=KEPT_SQL,
            where=where,
        )

    @api.model
    def _insolvent_items(self, item_ids):
        """{item id: (day of the opening, whether it is stopped)} of those concerned."""
        self.env.flush_all()
        rows = self.env.execute_query(
            self._insolvent_items_sql(SQL("aml.id %s", among(item_ids)))
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _selection_block_reason(self):
        # EXTENDS credit_management
        reasons = super()._selection_block_reason()
        after = [code for code, _label in reasons].index("no_followup")
        reasons.insert(after, ("insolvency", self.env._("Insolvency of the debtor")))
        return reasons

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit_management
        conditions = super()._block_conditions(company, today, debtors)
        after = [reason for reason, _sql in conditions].index("no_followup")
        stopped = SQL(
            "aml.id IN (SELECT held.id FROM (%s) held WHERE held.stopped)",
            self._insolvent_items_sql(self._open_items_where(company, debtors)),
        )
        conditions.insert(after, ("insolvency", stopped))
        return conditions

    @api.model
    def _block_notes(self, company, lines, reasons):
        # EXTENDS credit_management
        notes = super()._block_notes(company, lines, reasons)
        stopped = lines.filtered(lambda line: reasons.get(line.id) == "insolvency")
        if not stopped:
            return notes
        found = stopped.partner_id._credit_insolvencies(company)
        texts = {debtor: record._reason_text() for debtor, record in found.items()}
        days = stopped._credit_insolvency_days()
        for line in stopped:
            # What another company has noted is told by its day alone.
            notes[line.id] = texts.get(
                line.partner_id.commercial_partner_id
            ) or self.env._("opened on %s", format_date(self.env, days.get(line.id)))
        return notes

    @api.model
    def _refined_facts(self, rows):
        # EXTENDS credit_management: not every claim on a debtor who was insolvent
        rows = super()._refined_facts(rows)
        insolvent = [row["id"] for row in rows if row["insolvency_day"]]
        if insolvent:
            days = self._insolvent_items(insolvent)
            for row in rows:
                row["insolvency_day"] = days.get(row["id"], (None,))[0]
        return rows


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _credit_insolvency_days(self):
        """Since when items are stopped by an insolvency: {item id: its opening}.

        One query for any number of items; those that are not stopped are left out.
        """
        if not self.ids:
            return {}
        found = self.env["credit.engine"].sudo()._insolvent_items(self.ids)
        return {id_: opened for id_, (opened, stopped) in found.items() if stopped}


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.constrains("credit_insolvency_date")
    def _check_credit_insolvency_date(self):
        """The day is that of the records, for every company: see the module."""
        debtors = self.filtered(
            lambda partner: partner == partner.commercial_partner_id
        )
        kept = dict(
            self.env["credit.insolvency"]
            .sudo()
            ._read_group(
                Domain("partner_id", "in", debtors.ids) & KEPT,
                ["partner_id"],
                ["date_opened:min"],
            )
        )
        for debtor, day in kept.items():
            if debtor.credit_insolvency_date != day:
                raise ValidationError(
                    self.env._(
                        "Insolvency opened on: an insolvency of %s is on record, "
                        "perhaps of another company. The day is that of the record.",
                        debtor.display_name,
                    )
                )

    def _credit_insolvency_noted(self):
        """Days that somebody noted on debtors without a record: {debtor id: day}."""
        noted = self.sudo().filtered("credit_insolvency_date")
        known = self.env["credit.insolvency"].sudo()
        known = known.search(Domain("partner_id", "in", noted.ids) & KEPT).partner_id
        return {debtor.id: debtor.credit_insolvency_date for debtor in noted - known}

    def _credit_insolvencies(self, company):
        """The insolvencies that a company has on record: {debtor: record}.

        Open ones, and those that ended with nothing more to come or with a plan. One of
        the company's own goes before one for all companies. One query for any number of
        debtors.
        """
        # In sudo: whether a debtor is insolvent is asked for by whoever handles it.
        found = (
            self.env["credit.insolvency"]
            .sudo()
            .search(
                Domain("partner_id", "in", self.commercial_partner_id.ids)
                & Domain("company_id", "in", (company.id, False))
                & KEPT
            )
        )
        ordered = found.sorted(
            lambda record: (
                record.state == "open",
                bool(record.company_id),
                record.date_opened,
            )
        )
        return {record.partner_id: record for record in ordered}

    def _credit_insolvency(self, company):
        """The insolvency of this debtor that a company has on record, or none."""
        none = self.env["credit.insolvency"].sudo()
        return self._credit_insolvencies(company).get(self.commercial_partner_id, none)
