"""The charges of reminders: what each asks for, what it leaves out and why.

Charges are worked out when a reminder is proposed and again when it leaves, by one and
the same way: facts of all its items in a few queries, arithmetic in plain Python, one
statement that writes. When it has left, what it asked for is kept as ``credit.charge``.
"""

import json
from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import charges
from ..engine import regime as rules
from ..engine.calendar import ONE_DAY
from ..engine.coming import rate_on

#: Fields of the database that hold what was worked out.
AMOUNTS = ("amount_interest", "amount_indemnity", "amount_cost")


class Account:
    """What one reminder asks for, while it is worked out; minor units."""

    def __init__(self):
        self.lines = {}
        self.fee = 0
        self.claimed = defaultdict(int)
        self.details = {}
        self.withheld = {}
        self.missing = None
        self.new = []

    def add(self, kind, amount, row):
        """Ask for ``amount``, by the rules that ``row`` stands for."""
        if amount:
            self.claimed[kind] += amount
            self.details.setdefault(kind, row)

    def claim(self, kind, amount, row, period=(None, None)):
        """Note what is claimed for the first time; the rest was claimed before."""
        if amount > 0:
            self.new.append((kind, amount, row, period))

    def leave_out(self, withheld):
        """Note why a charge is not asked for; the latest end of a wait counts."""
        key = (withheld.kind, withheld.reason)
        known = self.withheld.get(key)
        if not known or (withheld.until and withheld.until > known.until):
            self.withheld[key] = withheld


def percent_of(row, day):
    """The yearly rate on the day, as text, if interest was worked out."""
    percent = rate_on(row["book"], row["regime"], row["terms"], day)
    return None if percent is None else str(percent)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    # ------------------------------------------------------------------
    # Working out
    # ------------------------------------------------------------------

    def _refresh_charges(self, day=None):
        """Work out the charges of reminders that have not left yet.

        :param date day: the day of the claim; today in the company's time zone by
            default
        :return: the reminders whose charges cannot be worked out, because a rate is
            missing; they say which in ``failure_reason``
        """
        stopped = self.browse()
        self.fetch(["company_id", "currency_id", "is_thanks", "partner_id", "step_id"])
        claims = self.filtered(lambda reminder: not reminder.is_thanks)
        for company, reminders in claims.grouped("company_id").items():
            stopped |= reminders._refresh_company_charges(
                company, day or company._credit_today()
            )
        return stopped

    def _refresh_company_charges(self, company, day):
        engine = self.env["credit.engine"].sudo()
        self.env.flush_all()
        lines = self._charge_lines()
        item_ids = [line["item_id"] for line in lines if line["item_id"]]
        claims = engine._charge_claims(company, item_ids, day)
        engine._leave_out_disputed(claims)
        rows = {row["id"]: row for row in claims}
        prior = engine._charges_claimed(item_ids)
        book = self.env["credit.rate"].sudo()._book(company)
        accounts = {reminder_id: Account() for reminder_id in self.ids}
        by_reminder = defaultdict(list)
        for line in lines:
            row = rows.get(line["item_id"])
            if row and not row["is_charge"]:
                by_reminder[line["reminder_id"]].append((line, row))
        wanted = {step.id: step._wanted_charges() for step in self.step_id}
        counts = self._fee_counts(company, day)
        for reminder_id, pairs in by_reminder.items():
            account = accounts[reminder_id]
            asked = wanted[pairs[0][0]["step_id"]]
            for line, row in pairs:
                self._charge_line(account, line, row, asked, day, book, prior)
            self._charge_costs(account, pairs, asked, day, prior)
            self._charge_fee(account, pairs, asked, day, counts)
        self._write_charges(company, accounts, day)
        missing = {id_: a.missing for id_, a in accounts.items() if a.missing}
        for reminder in self.browse(missing):
            reminder.failure_reason = str(missing[reminder.id])
        return self.browse(missing)

    def _charge_lines(self):
        """The lines of the reminders, with the step that each reminder stands at."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT line.id, line.reminder_id, line.move_line_id AS item_id,
                          reminder.step_id, reminder.partner_id
                     FROM credit_reminder_line line
                     JOIN credit_reminder reminder ON reminder.id = line.reminder_id
                    WHERE line.reminder_id = ANY(%s)
                    ORDER BY line.reminder_id, line.id""",
                self.ids,
            )
        )

    @api.model
    def _charge_line(self, account, line, row, asked, day, book, prior):
        """Interest, indemnity and clause of one item."""
        row["book"] = book
        assessment = row["assessment"] = charges.assess(
            row["claim"], row["regime"], row["terms"], asked, day, book
        )
        if assessment.missing:
            account.missing = assessment.missing
        for withheld in assessment.withheld:
            account.leave_out(withheld)
        amounts = {}
        for kind in (rules.INTEREST, rules.INDEMNITY, rules.CLAUSE):
            claimed, settled, last = prior.get((row["id"], kind), (0, 0, None))
            total = assessment.amounts.get(kind, 0)
            if kind != rules.INTEREST and claimed:
                # Claimed once: neither the rate of exchange nor what was paid
                # meanwhile changes it.
                total = claimed
            # What was claimed before and is not asked for anew is still owed.
            owed = max(total, claimed)
            if kind == rules.INTEREST and kind in assessment.amounts:
                # A payment or a credit note that was entered late lowers it.
                owed = total
            amounts[kind] = max(owed - settled, 0)
            account.add(kind, amounts[kind], row)
            period = (None, None)
            if kind == rules.INTEREST and total > claimed:
                # The same days are never claimed twice.
                start = last or charges.interest_start(row["claim"], row["regime"])
                if start < day:
                    period = (start + ONE_DAY, day)
            account.claim(kind, total - claimed, row, period)
        account.lines[line["id"]] = {
            "amount_interest": amounts[rules.INTEREST],
            "amount_indemnity": amounts[rules.INDEMNITY] + amounts[rules.CLAUSE],
            "amount_cost": 0,
        }

    @api.model
    def _charge_costs(self, account, pairs, asked, day, prior):
        """Collection costs by scale, for the claims of a reminder together."""
        owed = {}
        for line, row in pairs:
            claimed, settled, _last = prior.get((row["id"], rules.COST), (0, 0, None))
            owed[line["id"]] = claimed - settled
        if rules.COST in asked:
            by_regime = defaultdict(list)
            for line, row in pairs:
                by_regime[row["regime"].code].append((line, row))
            for group in by_regime.values():
                regime = group[0][1]["regime"]
                costs = charges.assess_costs(
                    [r["claim"] for _l, r in group], regime, day
                )
                for withheld in costs.withheld:
                    account.leave_out(withheld)
                # Costs are counted on all claims together, and asked for once: what
                # was claimed before stays with its items, the rest goes to the others.
                fresh, before = [], 0
                for (line, row), share in zip(group, costs.shares, strict=True):
                    claimed = prior.get((row["id"], rules.COST), (0, 0, None))[0]
                    before += claimed
                    if share and not claimed:
                        fresh.append((line, row, share))
                shares = charges.spread(
                    max(costs.amount - before, 0), [share for _l, _r, share in fresh]
                )
                for (line, row, _share), amount in zip(fresh, shares, strict=True):
                    owed[line["id"]] += amount
                    account.claim(rules.COST, amount, row)
        for line, row in pairs:
            account.lines[line["id"]]["amount_cost"] = owed[line["id"]]
            account.add(rules.COST, owed[line["id"]], row)

    @api.model
    def _charge_fee(self, account, pairs, asked, day, counts):
        """The fee for this reminder, once for all its items."""
        if rules.FEE not in asked:
            return
        line, row = pairs[0]
        for _line, other in pairs:
            withheld = charges.gate(other["claim"], other["regime"], rules.FEE, day)
            if withheld:
                account.leave_out(withheld)
                return
        amount, withheld = charges.fee(
            row["regime"], row["terms"], counts.get(line["partner_id"], 0)
        )
        if withheld:
            account.leave_out(withheld)
        account.fee = amount
        account.add(rules.FEE, amount, row)
        account.claim(rules.FEE, amount, row)

    def _fee_counts(self, company, day):
        """Reminders each debtor had this calendar year: {debtor id: number}."""
        if not any(step.charge_fee for step in self.step_id):
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, COUNT(*)
                     FROM credit_reminder
                    WHERE company_id = %s AND partner_id = ANY(%s) AND state = 'sent'
                      AND is_thanks IS NOT TRUE AND date_done >= %s
                      AND delivery_state IS DISTINCT FROM 'bounced'
                    GROUP BY partner_id""",
                company.id,
                self.partner_id.ids,
                day.replace(month=1, day=1),
            )
        )
        return dict(rows)

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _write_charges(self, company, accounts, day):
        """Write what was worked out, in two statements however many reminders."""
        digits = {c.id: Decimal(1).scaleb(-c.decimal_places) for c in self.currency_id}
        unit = {reminder.id: digits[reminder.currency_id.id] for reminder in self}
        line_rows = [
            (line_id, *(values[name] * unit[reminder_id] for name in AMOUNTS))
            for reminder_id, account in accounts.items()
            for line_id, values in account.lines.items()
        ]
        if line_rows:
            self.env.execute_query(
                SQL(
                    """UPDATE credit_reminder_line line
                          SET amount_interest = given.interest,
                              amount_indemnity = given.indemnity,
                              amount_cost = given.cost
                         FROM UNNEST(%s::int[], %s::numeric[], %s::numeric[],
                                     %s::numeric[])
                              AS given (id, interest, indemnity, cost)
                        WHERE line.id = given.id
                          AND (line.amount_interest IS DISTINCT FROM given.interest
                               OR line.amount_indemnity
                                  IS DISTINCT FROM given.indemnity
                               OR line.amount_cost IS DISTINCT FROM given.cost)
                    RETURNING line.id""",
                    *map(list, zip(*line_rows, strict=True)),
                )
            )
        carried = self._charges_carried(company)
        summaries = {
            id_: account_summary(account, unit[id_], day)
            for id_, account in accounts.items()
        }
        self.env.execute_query(
            SQL(
                """UPDATE credit_reminder reminder
                      SET amount_interest = total.interest,
                          amount_indemnity = total.indemnity,
                          amount_fee = total.cost + given.fee,
                          amount_carried = given.carried,
                          amount_total = COALESCE(reminder.amount_residual, 0)
                              - COALESCE(reminder.amount_credit, 0) + total.interest
                              + total.indemnity + total.cost + given.fee
                              + given.carried,
                          charges = given.charges::jsonb
                     FROM UNNEST(%s::int[], %s::numeric[], %s::numeric[], %s::text[])
                          AS given (id, fee, carried, charges)
                    CROSS JOIN LATERAL (
                        SELECT COALESCE(SUM(line.amount_interest), 0) AS interest,
                               COALESCE(SUM(line.amount_indemnity), 0) AS indemnity,
                               COALESCE(SUM(line.amount_cost), 0) AS cost
                          FROM credit_reminder_line line
                         WHERE line.reminder_id = given.id) total
                    WHERE reminder.id = given.id
                RETURNING reminder.id""",
                self.ids,
                [accounts[id_].fee * unit[id_] for id_ in self.ids],
                [carried.get(id_, Decimal(0)) for id_ in self.ids],
                [summaries[id_] for id_ in self.ids],
            )
        )
        self.invalidate_recordset(
            ["amount_interest", "amount_indemnity", "amount_fee", "amount_carried"]
            + ["amount_total", "charges"],
            flush=False,
        )
        self.env["credit.reminder.line"].invalidate_model(list(AMOUNTS), flush=False)

    @api.model
    def _settled_late_sql(self, company):
        """The condition that ``item`` was settled late, in part at least."""
        return SQL(
            """EXISTS (
                SELECT FROM account_partial_reconcile part
                  JOIN account_move_line other ON other.id = part.credit_move_id
                  JOIN account_move settling ON settling.id = other.move_id
                 WHERE part.debit_move_id = item.id
                   AND other.date > COALESCE(item.date_maturity, item.date)
                   AND (settling.move_type <> 'out_refund' OR NOT %s))""",
            company.credit_note_retroactive,
        )

    def _charges_carried(self, company):
        """Charges still owed that belong to no open item: {reminder id: amount}.

        Fees of earlier reminders, and charges on what has been paid meanwhile. The
        debtor's first reminder of a currency carries them, so that no two do. What
        belongs to an open item waits for the reminder that claims this item. What was
        paid in time, though entered late, owes nothing; nor does what was credited as
        a whole, where credit notes count from the start.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT MIN(reminder.id), owed.amount
                     FROM credit_reminder reminder
                     JOIN (
                        SELECT charge.partner_id, charge.currency_id,
                               SUM(charge.amount_open) AS amount
                          FROM credit_charge charge
                          LEFT JOIN account_move_line item
                            ON item.id = charge.move_line_id
                         WHERE charge.company_id = %(company)s
                           AND charge.state = 'claimed' AND charge.amount_open <> 0
                           AND charge.partner_id = ANY(%(debtors)s)
                           AND (item.id IS NULL
                                OR item.reconciled AND %(late)s)
                           -- The instalments of a plan that runs pay its charges.
                           AND NOT EXISTS (
                                SELECT FROM credit_plan plan
                                 WHERE plan.id = charge.plan_id
                                   AND plan.state = 'active')
                           AND NOT EXISTS (
                                SELECT FROM credit_reminder claiming
                                 WHERE claiming.id = charge.reminder_id
                                   AND claiming.state = 'sent'
                                   AND claiming.run_id IN (%(runs)s))
                         GROUP BY charge.partner_id, charge.currency_id
                     ) owed USING (partner_id, currency_id)
                    WHERE reminder.id = ANY(%(ids)s)
                    GROUP BY owed.partner_id, owed.currency_id, owed.amount
                   HAVING NOT EXISTS (
                        SELECT FROM credit_reminder other
                         WHERE other.company_id = %(company)s
                           AND other.partner_id = owed.partner_id
                           AND other.currency_id = owed.currency_id
                           AND other.amount_carried > 0
                           AND (other.state IN ('to_approve', 'queued')
                                OR other.state = 'sent'
                                   AND other.delivery_state
                                       IS DISTINCT FROM 'bounced'
                                   AND other.run_id IN (%(runs)s))
                           AND other.id <> ALL(%(ids)s))""",
                late=self._settled_late_sql(company),
                runs=SQL(
                    "SELECT run_id FROM credit_reminder WHERE id = ANY(%s)", self.ids
                ),
                company=company.id,
                debtors=self.partner_id.ids,
                ids=self.ids,
            )
        )
        return dict(rows)

    # ------------------------------------------------------------------
    # Once it has left
    # ------------------------------------------------------------------

    def _register_charges(self):
        """Keep what the reminders asked for: it is claimed now.

        It was worked out together with what the debtor reads: what is kept is what was
        said. One statement, however many reminders.

        :return bool: whether anything was claimed for the first time
        """
        self.flush_recordset(["charges", "date_done"])
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO credit_charge
                       (company_id, partner_id, currency_id, reminder_id, date, kind,
                        amount, amount_open, state, regime_id, move_line_id,
                        invoice_id, date_from, date_to, create_uid, create_date,
                        write_uid, write_date)
                   SELECT reminder.company_id, reminder.partner_id,
                          reminder.currency_id, reminder.id, reminder.date_done,
                          given.kind, given.amount, given.amount, 'claimed',
                          given.regime_id, given.move_line_id, given.invoice_id,
                          given.date_from, given.date_to, %(user)s, %(now)s, %(user)s,
                          %(now)s
                     FROM credit_reminder reminder
                    CROSS JOIN LATERAL ROWS FROM (
                        JSONB_TO_RECORDSET(reminder.charges -> 'new')
                            AS (kind text, amount numeric, regime_id int,
                                move_line_id int, invoice_id int, date_from date,
                                date_to date)
                    ) WITH ORDINALITY AS given
                          (kind, amount, regime_id, move_line_id, invoice_id,
                           date_from, date_to, place)
                    WHERE reminder.id = ANY(%(ids)s)
                    ORDER BY reminder.id, given.place
                RETURNING id""",
                ids=self.ids,
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_recordset(["charge_ids"], flush=False)
        return bool(rows)

    def _claims_anew(self):
        """Whether the reminder claims something that was not claimed before."""
        self.ensure_one()
        return bool((self.charges or {}).get("new"))

    def _trigger_booking(self):
        """Have charges booked now, where the company books what it claims."""
        if "sent" in self.company_id.sudo().mapped("credit_charge_booking"):
            self.env.ref("credit_management.ir_cron_book").sudo()._trigger()


def new_charge(kind, amount, row, period, unit):
    """Values of a charge that is claimed for the first time."""
    item = {} if kind == rules.FEE else {"move_line_id": row["id"]}
    if item:
        item["invoice_id"] = row["move_id"]
    first, last = period
    return {
        "kind": kind,
        "amount": str(amount * unit),
        "regime_id": row["regime_record"].id,
        **item,
        **(
            {"date_from": first.isoformat(), "date_to": last.isoformat()}
            if first
            else {}
        ),
    }


def account_summary(account, unit, day):
    """What ``credit.reminder.charges`` keeps, as JSON text."""
    return json.dumps(
        {
            "claimed": [
                {
                    "kind": kind,
                    "amount": str(amount * unit),
                    "regime_id": account.details[kind]["regime_record"].id,
                    "percent": percent_of(account.details[kind], day)
                    if kind == rules.INTEREST
                    else None,
                }
                for kind in rules.CHARGES
                if (amount := account.claimed.get(kind))
            ],
            "new": [new_charge(*claim, unit) for claim in account.new],
            "withheld": [
                {
                    "kind": withheld.kind,
                    "reason": withheld.reason,
                    "article": withheld.article,
                    "until": withheld.until.isoformat() if withheld.until else None,
                    "detail": withheld.detail,
                }
                for withheld in account.withheld.values()
            ],
        }
    )
