"""What the engine of charges needs of the ledger, for many items at once.

The number of queries does not depend on the number of items. Amounts are integers in
the minor unit of the item's currency from here on; :mod:`..engine.charges` says what
may be charged.
"""

import math
from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..engine import charges, disputes, start
from ..engine import regime as rules
from ..engine.calendar import WorkingCalendar

#: What a company may claim when nobody says otherwise: all that law and terms allow.
ALL_CHARGES = frozenset(rules.CHARGES)


def array_of(values):
    """Numbers as the text of an array, which PostgreSQL reads sooner than a list.

    It takes each element of a list for an expression of its own.
    """
    return "{" + ",".join(map(str, values)) + "}"


def listed(ids):
    """Ids as a query, for what stands behind ``IN``."""
    return SQL("(SELECT UNNEST(%s::int[]))", array_of(ids))


def among(ids):
    """The condition to be one of some ids, to be put behind a column.

    Of an array PostgreSQL weighs each element before it begins: of fifty thousand that
    takes longer than the answer.
    """
    return SQL("IN %s", listed(ids))


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    @api.model
    def _calendar_of(self, country, state=None):
        """Working days of a country."""
        return WorkingCalendar(country.code or None, state.code if state else None)

    @api.model
    def _charge_facts(self, company, item_ids):
        """Facts of some items of a company, one dictionary each."""
        rows = self.env.execute_query_dict(
            self._charge_facts_sql(
                company,
                SQL(
                    """(SELECT aml.id AS item_id, aml.move_id, aml.currency_id,
                               partner.commercial_partner_id AS debtor_id,
                               aml.amount_currency AS amount,
                               aml.amount_residual_currency AS open_amount,
                               COALESCE(bill.invoice_date, aml.date) AS issued,
                               COALESCE(aml.date_maturity, aml.date) AS due
                          FROM account_move_line aml
                          JOIN account_move bill ON bill.id = aml.move_id
                          JOIN res_partner partner ON partner.id = aml.partner_id
                         WHERE aml.id %s)""",
                    among(item_ids),
                ),
            )
        )
        return self._refined_facts(rows)

    @api.model
    def _refined_facts(self, rows):
        """Facts of items with what can't be told by the query of all: a hook.

        :param rows: as :meth:`_charge_facts_sql` gives them
        :return: the same dictionaries
        """
        return rows

    @api.model
    def _charge_facts_sql(self, company, items, more=None):
        """The query of the facts of items.

        ``kind`` is the kind of the debtor in law for this item: an invoice under a
        fiscal position that asks for a VAT number proves a business as well.

        :param SQL items: table or query of the items: ``item_id``, ``move_id``,
            ``currency_id``, ``debtor_id``, ``amount``, ``open_amount``, ``issued`` and
            ``due``, as :meth:`credit.engine._evaluation_sql` has them
        :param SQL more: what else of it is wanted, each followed by a comma, or None
        """
        partner_model = self.env["res.partner"].sudo().with_company(company)
        return SQL(
            """SELECT %(more)s item.item_id AS id, item.move_id, item.currency_id,
                          move.credit_is_charge AS is_charge,
                          move.move_type IN ('out_invoice', 'out_receipt')
                              AND item.amount <> move.amount_total AS is_instalment,
                          ROUND(item.amount * unit.factor)::bigint AS principal,
                          ROUND(item.open_amount * unit.factor)::bigint AS residual,
                          item.issued, move.credit_received_date AS received,
                          move.delivery_date AS delivered, item.due, item.debtor_id,
                          debtor.country_id,
                          debtor.credit_insolvency_date AS insolvency_day,
                          CASE WHEN position.vat_required
                                    AND debtor.credit_kind_basis
                                        IN ('unknown', 'unproven') THEN 'business'
                               ELSE COALESCE(debtor.credit_legal_kind, 'consumer')
                          END AS kind,
                          COALESCE(debtor.credit_kind_basis, 'unknown')
                              IN ('unknown', 'unproven') AS is_unproven,
                          %(regime)s AS regime_id
                     FROM %(items)s item
                     JOIN account_move move ON move.id = item.move_id
                     JOIN res_partner debtor ON debtor.id = item.debtor_id
                     JOIN (SELECT id, POWER(10, decimal_places)::int AS factor
                             FROM res_currency
                           -- Worked out by currency, not by item.
                           OFFSET 0) unit ON unit.id = item.currency_id
                     LEFT JOIN account_fiscal_position position
                       ON position.id = move.fiscal_position_id""",
            regime=partner_model._field_to_sql("debtor", "credit_regime_id"),
            items=items,
            more=more or SQL(),
        )

    @api.model
    def _charge_events(self, company, facts):
        """Payments and credit notes by item: {item id: [Event]}.

        A credit note counts from its own date or, where the company says so or where
        it settles a dispute, from the due date: then no interest is asked on what was
        credited.
        """
        events = defaultdict(list)
        touched = {
            row["id"]: row for row in facts if row["residual"] != row["principal"]
        }
        if not touched:
            return events
        rows = self.env.execute_query(
            SQL(
                """SELECT part.debit_move_id, other.date,
                          ROUND(part.debit_amount_currency
                                * POWER(10::numeric, currency.decimal_places))::bigint,
                          move.move_type = 'out_refund', payment.credit_allocation,
                          EXISTS (SELECT FROM credit_dispute dispute
                                   WHERE dispute.credit_note_id = move.id)
                     FROM account_partial_reconcile part
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_move move ON move.id = other.move_id
                     JOIN res_currency currency
                       ON currency.id = part.debit_currency_id
                     LEFT JOIN account_payment payment ON payment.id = other.payment_id
                    WHERE part.debit_move_id %s""",
                among(touched),
            )
        )
        for item_id, day, amount, is_credit_note, order, was_disputed in rows:
            if not amount:
                continue
            if is_credit_note and (company.credit_note_retroactive or was_disputed):
                day = touched[item_id]["due"]
            kind = "credit" if is_credit_note else "payment"
            events[item_id].append(rules.Event(day, amount, kind, order))
        return events

    @api.model
    def _charge_gates(self, item_ids):
        """When the debtor was put on notice: {item id: (gate day, notice days)}.

        The gate is the last day of the waiting period that the first reminder required
        by law opened. What bounced was not received, and opened nothing.

        The notice days are {from what the law counts: first day}: a letter's posting,
        presentation or receipt, as far as they are known.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT line.move_line_id, MIN(reminder.wait_until),
                          MIN(reminder.date_done) FILTER (WHERE step.formal_notice),
                          MIN(COALESCE(post.presented, post.received,
                                       reminder.date_done))
                              FILTER (WHERE step.formal_notice),
                          MIN(COALESCE(post.received, reminder.date_done))
                              FILTER (WHERE step.formal_notice)
                     FROM credit_reminder_line line
                     JOIN credit_reminder reminder ON reminder.id = line.reminder_id
                     JOIN credit_policy_step step ON step.id = reminder.step_id
                     LEFT JOIN LATERAL (
                          SELECT MIN(date) FILTER (WHERE state = 'presented')
                                     AS presented,
                                 MIN(date) FILTER (
                                     WHERE state IN ('received', 'refused')) AS received
                            FROM credit_postal_event event
                           WHERE event.reminder_id = reminder.id
                             AND struck IS NOT TRUE) post ON step.formal_notice
                    WHERE line.move_line_id %s
                      AND reminder.state = 'sent'
                      AND reminder.delivery_state IS DISTINCT FROM 'bounced'
                      AND (reminder.wait_until IS NOT NULL OR step.formal_notice)
                    GROUP BY line.move_line_id""",
                among(item_ids),
            )
        )
        return {
            row[0]: (
                row[1],
                {"posting": row[2], "presentation": row[3], "receipt": row[4]},
            )
            for row in rows
        }

    @api.model
    def _charge_suspensions(self, company, facts):
        """Days without interest: {("move" or "debtor", id): [(first, last, kind)]}.

        Disputes of a whole invoice, and holds that are a moratorium.
        """
        suspensions = defaultdict(list)
        rows = self.env.execute_query(
            SQL(
                """SELECT 'move', dispute.move_id, dispute.date,
                          COALESCE(dispute.date_closed, DATE '9999-12-31'), 'dispute'
                     FROM credit_dispute dispute
                    WHERE dispute.move_id %(moves)s
                      AND COALESCE(dispute.amount, 0) = 0
                    UNION ALL
                   SELECT CASE WHEN hold.move_id IS NULL THEN 'debtor' ELSE 'move' END,
                          COALESCE(hold.move_id, held.commercial_partner_id),
                          hold.date_start, hold.date_end, 'hold'
                     FROM credit_hold hold
                     JOIN res_partner held ON held.id = hold.partner_id
                    WHERE hold.suspends_interest AND hold.active
                      AND hold.company_id = %(company)s
                      AND (hold.move_id %(moves)s OR hold.move_id IS NULL
                           AND held.commercial_partner_id %(debtors)s)""",
                moves=among({row["move_id"] for row in facts}),
                debtors=among({row["debtor_id"] for row in facts}),
                company=company.id,
            )
        )
        for scope, id_, first, last, kind in rows:
            suspensions[scope, id_].append((first, last, kind))
        return suspensions

    @api.model
    def _charges_claimed(self, item_ids):
        """What was claimed before: {(item id, kind): (claimed, settled, last day)}.

        ``settled`` is what is no longer asked for: waived, or booked and thereby an
        open item of its own. What was reversed counts for nothing.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT charge.move_line_id, charge.kind,
                          ROUND(SUM(charge.amount) * unit.factor)::bigint,
                          ROUND(SUM(CASE charge.state
                                    WHEN 'claimed'
                                    THEN COALESCE(charge.amount_waived, 0)
                                    ELSE charge.amount END) * unit.factor)::bigint,
                          MAX(charge.date_to)
                     FROM credit_charge charge
                     JOIN (SELECT id, POWER(10::numeric, decimal_places) AS factor
                             FROM res_currency) unit ON unit.id = charge.currency_id
                    WHERE charge.move_line_id %s
                      AND charge.state <> 'reversed'
                    GROUP BY charge.move_line_id, charge.kind, unit.factor""",
                among(item_ids),
            )
        )
        return {(row[0], row[1]): row[2:] for row in rows}

    # ------------------------------------------------------------------
    # Claims
    # ------------------------------------------------------------------

    @api.model
    def _charge_claims(self, company, item_ids, day, facts=None, rules_of=None):
        """Everything that decides on the charges of some items of one company.

        :param facts: those of :meth:`_charge_facts`, by whoever knows them already
        :param rules_of: :meth:`_charge_rules`, by whoever asks for many in parts
        :return: list of dictionaries: the facts, and ``regime`` and ``terms`` as
            records (``regime_record``, ``terms_record``) and as plain values, and the
            ``claim``
        """
        self.env.flush_all()
        if facts is None:
            facts = self._charge_facts(company, item_ids)
        ids = [row["id"] for row in facts]
        rules_of = rules_of or self._charge_rules(company, day)
        for row in facts:
            rules_of(row)
            self._shorten_term(row)
        events = self._charge_events(company, facts)
        gates = self._charge_gates(ids)
        suspensions = self._charge_suspensions(company, facts)
        disputed = self._disputed_parts(company, ids, day)
        for row in facts:
            row["disputed"] = disputed.get(row["id"], (0, ()))
            gate_day, notice_days = gates.get(row["id"], (None, {}))
            row["claim"] = rules.Claim(
                principal=row["principal"],
                due=row["due"],
                issued=row["issued"],
                agreed_due=row["agreed_due"],
                received=row["received"],
                # Only where it matters: items alike are worked out once.
                delivered=row["delivered"]
                if row["regime"].receipt_or_delivery
                else None,
                events=tuple(events.get(row["id"], ())),
                notice_day=notice_days.get(row["counts_from"]),
                gate_day=gate_day,
                suspensions=self._suspensions_of(row, suspensions)
                if suspensions
                else (),
                aside=disputes.aside(row["disputed"][1], row["regime"])
                if disputed
                else (),
                insolvency_day=row["insolvency_day"],
                unproven=row["unproven"],
            )
        self._count_invoices_once(company, facts, day)
        return facts

    @api.model
    def _shorten_term(self, row):
        """Put the due date of the law in the place of one that is too late.

        Instalments that were agreed on are no term that is too long.
        """
        due = row["due"]
        if row["received"] and not row["is_instalment"]:
            row["due"] = start.due_in_law(
                due, row["received"], row["issued"], row["regime"]
            )
        row["agreed_due"] = due if row["due"] != due else None

    @api.model
    def _count_invoices_once(self, company, rows, day):
        """Say of each item what other instalments of its invoice count before it.

        First those on which a fixed charge was claimed, in that order, then the late
        ones among ``rows`` in the order of their due dates.
        """
        invoices = defaultdict(list)
        for row in rows:
            if row["is_instalment"] and not row["is_charge"]:
                invoices[row["move_id"]].append(row)
        if not invoices:
            return
        ranks = self._ranks_of_charged(invoices)
        known = {row["id"] for row in rows}
        others = [item_id for item_id in ranks if item_id not in known]
        absent = self._charge_facts(company, others) if others else []
        events = self._charge_events(company, absent)
        for row in absent:
            row["claim"] = rules.Claim(
                row["principal"], row["due"], events=tuple(events.get(row["id"], ()))
            )
            invoices[row["move_id"]].append(row)
        for instalments in invoices.values():
            if len(instalments) == 1:
                continue
            instalments.sort(
                key=lambda row: (ranks.get(row["id"], math.inf), row["due"], row["id"])
            )
            before = 0
            for row in instalments:
                claim = row["claim"]
                claim.before = before
                if row["id"] in ranks or claim.due < day:
                    before += max(charges.late_amount(claim, day), 0)

    @api.model
    def _ranks_of_charged(self, move_ids):
        """Items of some invoices on which a fixed charge was claimed: {id: rank}."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT move_line_id, MIN(id)
                         FROM credit_charge
                        WHERE invoice_id %s AND state <> 'reversed'
                          AND kind IN ('indemnity', 'clause')
                          AND move_line_id IS NOT NULL
                        GROUP BY move_line_id""",
                    among(move_ids),
                )
            )
        )

    @api.model
    def _charge_rules(self, company, day):
        """A function that adds to the facts of an item by which rules it goes.

        Items alike get the very same objects.
        """
        find_regime = self.env["credit.regime"]._resolver(company)
        find_terms = self.env["credit.terms"]._resolver(company)
        currencies = self.env["res.currency"]
        values, found, forbidden = {}, {}, {}

        def forbids(regime):
            if regime not in forbidden:
                forbidden[regime] = frozenset(
                    kind for kind in rules.CHARGES if regime._forbids(kind, company)
                )
            return forbidden[regime]

        def lost(regime, country_id, due):
            """What a business would be charged where nothing proves that it is one."""
            business = find_regime("business", country_id, due, None)
            if not (regime and business):
                return frozenset()
            return forbids(regime) - forbids(business)

        def find(kind, country_id, due, regime_id, issued, currency_id, unproven):
            regime = find_regime(kind, country_id, due, regime_id)
            terms = find_terms(kind, regime.country_id.id or country_id, issued)
            missed = lost(regime, country_id, due) if unproven else frozenset()
            key = (regime.id, terms.id, currency_id, missed)
            if key not in values:
                currency = currencies.browse(currency_id)
                values[key] = {
                    "regime_record": regime,
                    "counts_from": regime.notice_counts_from or "posting",
                    "terms_record": terms,
                    "regime": regime._to_engine(currency, company, day)
                    if regime
                    else rules.UNKNOWN,
                    "terms": terms._to_engine(currency, day),
                    "unproven": missed,
                }
            return values[key]

        def add_to(row):
            key = (
                row["kind"],
                row["country_id"],
                row["due"],
                row["regime_id"],
                row["issued"],
                row["currency_id"],
                row["is_unproven"] and row["kind"] == "consumer",
            )
            if key not in found:
                found[key] = find(*key)
            row.update(found[key])

        return add_to

    @api.model
    def _suspensions_of(self, row, suspensions):
        """The days on which no interest runs for one item."""
        found = suspensions.get(("move", row["move_id"]), [])
        found = found + suspensions.get(("debtor", row["debtor_id"]), [])
        if not found:
            return ()
        regime = row["regime"]
        periods = []
        for first, last, kind in found:
            if kind == "dispute":
                if not regime.dispute_suspends:
                    continue
                first = first + timedelta(days=regime.dispute_suspends_after)
            if first <= last:
                periods.append((first, last))
        return tuple(sorted(periods))

    @api.model
    def _assess_items(self, items, day, wanted=None):
        """What may be charged on some open items at a day, with all that decides it.

        In sudo: the history of an item is not the reader's to see, its sum is.

        :param items: ``account.move.line`` records of any companies
        :param date day: the day of the claim
        :param wanted: kinds of charges; all by default
        :return: {item: the dictionary of :meth:`_charge_claims` with its
            ``assessment``}; debit notes that are charges themselves bear none
        """
        wanted = ALL_CHARGES if wanted is None else frozenset(wanted)
        engine = self.sudo()
        results = {}
        for company, lines in items.sudo().grouped("company_id").items():
            book = self.env["credit.rate"].sudo()._book(company)
            for row in engine._charge_claims(company, lines.ids, day):
                if row["is_charge"]:
                    continue
                row["assessment"] = charges.assess(
                    row["claim"], row["regime"], row["terms"], wanted, day, book
                )
                results[items.browse(row["id"])] = row
        return results
