"""What to do next in a case: what each way promises, less what it costs."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.credit_management.engine.interest import half_up
from odoo.addons.credit_management.models.credit_regime import KINDS
from odoo.addons.credit_management.models.credit_regime_resolution import (
    exact,
    to_minor,
)

from ..engine import fees, recommend, write_off

WAYS = [
    ("dunning", "Go on with reminders"),
    ("agency", "Collection agency"),
    ("order", "Order to pay"),
    ("lawsuit", "Lawsuit"),
    ("write_off", "Write off"),
]
#: Upper bounds of the bands of amounts that are compared, in company currency.
BANDS = (200, 1000, 5000)
#: Days after which a reminder has worked, or has not.
WITHIN = 180
#: Years of the company's past that are looked at.
PAST_YEARS = 3
#: Events by which a way before a court comes to its decision.
DECISIONS = {
    "order": frozenset(("order", "judgment", "certificate")),
    "lawsuit": frozenset(("judgment",)),
}


class CreditRecommendationAssumption(models.Model):
    """What is assumed of a way where the company's own past does not tell enough.

    The figures that are shipped are guesses to begin with, and no statistics: they are
    there to be replaced.
    """

    _name = "credit.recommendation.assumption"
    _description = "Assumption of a Recommendation"
    _order = "way, debtor_kind, age_from, id"
    _rec_name = "way"

    way = fields.Selection(WAYS, required=True)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    active = fields.Boolean(default=True)
    debtor_kind = fields.Selection(KINDS, help="Empty: every kind.")
    age_from = fields.Integer(aggregator=None, string="From days overdue")
    chance = fields.Float(
        aggregator=None,
        string="Chance (%)",
        digits=(5, 2),
        help="That the claim is paid.",
    )
    months = fields.Integer(aggregator=None, help="Until it is paid.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    cost = fields.Monetary(string="Costs", help="Due whatever comes of it.")
    fee_percent = fields.Float(
        aggregator=None,
        string="Success fee (%)",
        digits=(5, 2),
        help="Where no mandate says what the third party keeps.",
    )
    note = fields.Char(string="Whence", translate=True)

    _check_figures = models.Constraint(
        """CHECK (COALESCE(chance, 0) BETWEEN 0 AND 100
             AND COALESCE(fee_percent, 0) BETWEEN 0 AND 100
             AND COALESCE(months, 0) >= 0 AND COALESCE(cost, 0) >= 0
             AND COALESCE(age_from, 0) >= 0)""",
        "Chances lie between 0 and 100 %, and nothing is negative.",
    )


class CreditRecommendation(models.AbstractModel):
    _name = "credit.recommendation"
    _description = "Recommendation"

    # ------------------------------------------------------------------
    # The company's own past
    # ------------------------------------------------------------------

    @api.model
    def _band_sql(self, amount):
        return SQL("WIDTH_BUCKET(%s::numeric, %s::numeric[])", amount, list(BANDS))

    @api.model
    def _dunning_history(self, company, age):
        """Invoices that were open ``age`` days after their due date, and in no case.

        Paid within :data:`WITHIN` days from then on counts as a success; credit notes
        and write-offs do not. What is too young to tell is not looked at.

        :return: {(kind of debtor, band of amount): (successes, number)}
        """
        self.env.flush_all()
        today = company._credit_today()
        rows = self.env.execute_query(
            SQL(
                """WITH past AS (
                    SELECT COALESCE(debtor.credit_legal_kind, 'consumer') AS kind,
                           %(band)s AS band, aml.reconciled AS settled,
                           due.day AS due, paid.day AS paid_on, paid.given_up
                      FROM account_move_line aml
                      JOIN account_move move ON move.id = aml.move_id
                      JOIN res_partner partner ON partner.id = aml.partner_id
                      JOIN res_partner debtor
                        ON debtor.id = partner.commercial_partner_id
                     CROSS JOIN LATERAL (
                        SELECT COALESCE(aml.date_maturity, aml.date) AS day) due
                     CROSS JOIN LATERAL (
                        SELECT MAX(other.date) AS day,
                               BOOL_OR(source.move_type = 'out_refund'
                                       OR source.credit_write_off_id IS NOT NULL)
                                   AS given_up
                          FROM account_partial_reconcile part
                          JOIN account_move_line other ON other.id = part.credit_move_id
                          JOIN account_move source ON source.id = other.move_id
                         WHERE part.debit_move_id = aml.id) paid
                     WHERE aml.company_id = %(company)s
                       AND aml.parent_state = 'posted' AND aml.balance > 0
                       AND aml.account_id = ANY(%(accounts)s)
                       AND move.move_type = 'out_invoice'
                       AND due.day BETWEEN %(first)s AND %(last)s
                       AND NOT EXISTS (
                            SELECT FROM credit_case_line line
                              JOIN credit_case opened ON opened.id = line.case_id
                             WHERE line.move_line_id = aml.id
                               AND opened.state <> 'draft')
                )
                SELECT kind, band,
                       COUNT(*) FILTER (WHERE settled AND given_up IS NOT TRUE
                                              AND paid_on <= due + %(until)s),
                       COUNT(*)
                  FROM past
                 WHERE settled IS NOT TRUE OR paid_on > due + %(age)s
                 GROUP BY kind, band""",
                band=self._band_sql(SQL("aml.balance")),
                company=company.id,
                accounts=list(
                    self.env["credit.engine"].sudo()._receivable_accounts(company)
                ),
                first=today - timedelta(days=365 * PAST_YEARS + age + WITHIN),
                last=today - timedelta(days=age + WITHIN),
                age=age,
                until=age + WITHIN,
            )
        )
        return {(kind, band): (won, number) for kind, band, won, number in rows}

    @api.model
    def _case_history(self, company, kind, way=None):
        """Cases that ended: {(kind of debtor, band of amount): (paid, number)}.

        :param str way: of the procedure; cases without a known one count for each
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(debtor.credit_legal_kind, 'consumer'), %(band)s,
                          COUNT(*) FILTER (WHERE past.state = 'paid'), COUNT(*)
                     FROM credit_case past
                     JOIN res_partner debtor ON debtor.id = past.partner_id
                     LEFT JOIN credit_procedure procedure
                       ON procedure.id = past.procedure_id
                    WHERE past.company_id = %(company)s AND past.kind = %(kind)s
                      AND COALESCE(procedure.way = %(way)s, TRUE)
                      AND past.state IN ('paid', 'closed', 'withdrawn')
                    GROUP BY 1, 2""",
                band=self._band_sql(SQL("past.amount_opening")),
                company=company.id,
                kind=kind,
                way=way,
            )
        )
        return {(kind, band): (won, number) for kind, band, won, number in rows}

    @api.model
    def _segment(self, history, kind, band):
        """Successes and number of the smallest segment with enough cases.

        :return: (successes, number): of the kind and band, else of the kind, else all
        """
        choices = (
            lambda key: key == (kind, band),
            lambda key: key[0] == kind,
            lambda key: True,
        )
        for fits in choices:
            found = [counts for key, counts in history.items() if fits(key)]
            number = sum(count for _won, count in found)
            if number >= recommend.ENOUGH or fits is choices[-1]:
                return sum(won for won, _count in found), number

    @api.model
    def _assumption(self, company, way, kind, age):
        """The assumption that fits best: own before shared, of the kind, the oldest."""
        found = (
            self.env["credit.recommendation.assumption"]
            .sudo()
            .search(
                Domain("way", "=", way)
                & Domain("company_id", "in", (company.id, False))
                & Domain("debtor_kind", "in", (kind, False))
                & Domain("age_from", "<=", age)
            )
        )
        return found.sorted(
            lambda row: (bool(row.company_id), bool(row.debtor_kind), row.age_from)
        )[-1:]

    # ------------------------------------------------------------------
    # Ways
    # ------------------------------------------------------------------

    @api.model
    def _outcomes(self, case):
        """What each way promises for what is open in a case, the best first.

        :rtype: list[engine.recommend.Outcome]
        """
        self.env.flush_all()
        company = case.company_id
        amount = to_minor(case.amount_residual, case.currency_id)
        today = company._credit_today()
        dues = [day for day in case.line_ids.mapped("date_due") if day]
        age = max((today - min(dues, default=today)).days, 0)
        kind = case.partner_id.credit_legal_kind or "consumer"
        in_own = case.currency_id._convert(
            case.amount_residual, company.currency_id, company, today
        )
        segment = (kind, sum(in_own >= bound for bound in BANDS))
        history = {
            "dunning": self._dunning_history(company, age),
            "agency": self._case_history(company, "amicable"),
            "order": self._case_history(company, "judicial", "order"),
            "lawsuit": self._case_history(company, "judicial", "lawsuit"),
        }
        tax = self._tax_back(case)
        ways, closed = [], self._closed_texts(case)
        for code, _label in WAYS:
            row = self._assumption(company, code, kind, age)
            default = half_up(*(exact(row.chance) * 100).as_integer_ratio())
            won, number = self._segment(history.get(code, {}), *segment)
            chance = recommend.chance(won, number, default)
            if code == "write_off":
                chance = recommend.Chance(0, assumed=False)
            ways.append(
                recommend.Way(
                    code,
                    chance,
                    fee=self._fee(case, code, row, amount, age),
                    costs=self._costs(case, code, row, chance),
                    months=row.months,
                    # What is not paid is written off in the end, whatever the way.
                    back=half_up(tax * (recommend.ONE - chance.points), recommend.ONE),
                    closed=closed.get(code, ""),
                )
            )
        yearly = half_up(*(exact(company.credit_waiting_rate) * 100).as_integer_ratio())
        return recommend.recommend(amount, ways, yearly)

    @api.model
    def _mandate(self, case):
        if case.mandate_id:
            return case.mandate_id
        return self.env["credit.mandate"]._choose(
            case.company_id,
            case.partner_id.country_id,
            "amicable",
            case.company_id._credit_today(),
        )

    @api.model
    def _fee(self, case, code, row, amount, age):
        """The success fee if all is paid: by the mandate, else the assumption."""
        if code == "agency" and (mandate := self._mandate(case)):
            day = case.company_id._credit_today()
            scale = mandate._to_engine(case.currency_id, day)
            return fees.success_fee(scale, [(age, amount)])
        share = exact(row.fee_percent) * amount / 100
        return half_up(*share.as_integer_ratio())

    @api.model
    def _tax_back(self, case):
        """VAT in what is open that a write-off gets back, in minor units of the case.

        Nothing unless the company asks it back at once: what depends on conditions is
        not sure to come.
        """
        company, currency = case.company_id, case.currency_id
        if company.credit_write_off_vat != write_off.NOW:
            return 0
        write_offs = self.env["credit.write.off"]
        amounts = {
            item: to_minor(item.amount_residual_currency, currency)
            for item in case._items()
        }
        return sum(
            write_offs._split(item, amount, write_off.NOW).tax
            for item, amount in amounts.items()
            if amount > 0
        )

    @api.model
    def _is_spent(self, case, code):
        """Whether a way has led to its decision: what it costs has been spent."""
        if code not in DECISIONS or case.procedure_id.way != code:
            return False
        acts = case.event_ids.filtered(
            lambda e: e.procedure_stage_id.procedure_id == case.procedure_id
        )
        return not DECISIONS[code].isdisjoint(acts.mapped("kind"))

    @api.model
    def _costs(self, case, code, row, chance):
        """What is still due whatever comes of it, in minor units of the case."""
        if self._is_spent(case, code):
            return 0
        company, currency = case.company_id, case.currency_id
        day = company._credit_today()

        def minor(amount, of):
            return to_minor(of._convert(amount, currency, company, day), currency)

        costs = minor(row.cost, row.currency_id) if row.cost else 0
        mandate = self._mandate(case) if code == "agency" else None
        if mandate:
            failure = minor(mandate.fee_failure, mandate.currency_id)
            costs = half_up(failure * (recommend.ONE - chance.points), recommend.ONE)
            if self._would_begin(case):
                costs += minor(mandate.fee_opening, mandate.currency_id)
        return costs

    @api.model
    def _closed_texts(self, case):
        """Why ways are not open: {code: text}."""
        refused = case._ways_refused()
        return {
            code: self._closed(case, code) or refused.get(code, "")
            for code, _label in WAYS
        }

    @api.model
    def _closed(self, case, code):
        """Why a way is not open, or an empty text."""
        if code == "write_off":
            return ""
        if case.insolvency_day:
            return self.env._("insolvency: the claim is declared instead")
        today = case.company_id._credit_today()
        over = case.limitation_date and case.limitation_date < today
        if over and code in ("order", "lawsuit"):
            return self.env._("limitation is over")
        if code == "dunning" and case.kind == "judicial" and case.state == "open":
            return self.env._("the court has it")
        if code == "agency" and self._too_small(case):
            return self.env._("less than the mandate takes")
        return ""

    @api.model
    def _too_small(self, case):
        """Whether the mandate does not take a case of what is open.

        What the third party has already is not asked.
        """
        mandate = self._mandate(case)
        if not mandate.min_amount or not self._would_begin(case):
            return False
        day = case.company_id._credit_today()
        least = mandate.currency_id._convert(
            mandate.min_amount, case.currency_id, case.company_id, day
        )
        return case.currency_id.compare_amounts(case.amount_residual, least) < 0

    @api.model
    def _would_begin(self, case):
        """Whether the case would go to an agency only now."""
        return case.state == "draft" or case.kind != "amicable"
