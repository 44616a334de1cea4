"""What came of reminders: how many arrived, were answered, and paid."""

from odoo import api, fields, models
from odoo.tools import SQL

from .res_company_effect import COSTS

#: Days after a reminder within which payments are counted.
SPANS = (7, 15, 30)


class CreditEffectReport(models.Model):
    """One row for each reminder that left or was tried, thank-yous and imported history
    apart: calls and visits that nobody answered cost as much as those that were, and
    what could not be sent has reached nobody.

    A payment counts as the effect of a reminder if it is dated on the day on which the
    reminder left or within the days after it, and was matched with an item of the
    reminder after it had left; never more than what was open. Credit notes are no
    payments. One payment may follow several reminders, and counts for each.

    Amounts are in the company's currency, at the rate of the day of the reminder.
    """

    _name = "credit.effect.report"
    _description = "Effect of Reminders"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "reminder_id"

    reminder_id = fields.Many2one("credit.reminder", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    policy_id = fields.Many2one("credit.policy", readonly=True)
    step_id = fields.Many2one("credit.policy.step", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["credit.policy.step"]._selection_channel(),
        readonly=True,
    )
    variant = fields.Selection(
        selection=lambda self: (
            self.env["credit.reminder"]
            ._fields["variant"]
            ._description_selection(self.env)
        ),
        string="Wording",
        readonly=True,
    )
    date = fields.Date(
        readonly=True,
        help="The day on which it left, else the one of the last call or visit, or of "
        "the proposal.",
    )
    tried = fields.Integer(
        string="Attempts",
        readonly=True,
        help="Calls and visits that were made for it; once for what is written.",
    )
    sent = fields.Integer(
        string="Reminders sent",
        readonly=True,
        help="It left, the debtor was reached or met, or it was done.",
    )
    failed = fields.Integer(
        string="Reminders failed",
        readonly=True,
        help="It could not be sent, or the calls or visits were given up.",
    )
    delivered = fields.Integer(
        string="Reminders delivered",
        readonly=True,
        help="Known to have arrived; what was opened or answered has.",
    )
    opened = fields.Integer(
        string="Reminders opened",
        readonly=True,
        help="The debtor opened the page that the reminder leads to.",
    )
    answered = fields.Integer(
        string="Reminders answered",
        readonly=True,
        help="The debtor replied, was reached by telephone, or was met.",
    )
    bounced = fields.Integer(string="Reminders returned", readonly=True)
    opened_share = fields.Float(
        string="Reminders opened (%)", readonly=True, aggregator="avg"
    )
    answered_share = fields.Float(
        string="Reminders answered (%)", readonly=True, aggregator="avg"
    )
    amount = fields.Monetary(string="Claimed", readonly=True)
    paid_7 = fields.Monetary(string="Paid within 7 days", readonly=True)
    paid_15 = fields.Monetary(string="Paid within 15 days", readonly=True)
    paid_30 = fields.Monetary(string="Paid within 30 days", readonly=True)
    settled_7 = fields.Integer(string="Paid in full within 7 days", readonly=True)
    settled_15 = fields.Integer(string="Paid in full within 15 days", readonly=True)
    settled_30 = fields.Integer(string="Paid in full within 30 days", readonly=True)
    settled_share = fields.Float(
        string="Paid in full within 30 days (%)", readonly=True, aggregator="avg"
    )
    cost = fields.Monetary(
        readonly=True,
        help="What the contact cost, by the settings of the company or, for a text "
        "message, by its price. Each call and each visit costs, once for all that it "
        "was about.",
    )

    @property
    def _table_query(self):
        self.env.flush_all()
        return self._effect_sql(self.env.companies)

    @api.model
    def _effect_sql(self, companies):
        """The rows of some companies.

        Payments are found by one pass over the lines and matches of all reminders, and
        rates once for each day: a hundred thousand reminders take about a second.
        """
        return SQL(
            """WITH firm (id, root_id) AS (VALUES %(firms)s),
            made AS (%(made)s),
            reminder AS MATERIALIZED (
                SELECT reminder.*, company.currency_id AS own_currency_id,
                       firm.root_id, %(cost)s AS cost, made.tried, made.charged,
                       made.spoken IS TRUE AS spoken,
                       reminder.state = 'sent' AS has_left,
                       COALESCE(reminder.date_done, made.day, reminder.date) AS day
                  FROM credit_reminder reminder
                  JOIN firm ON firm.id = reminder.company_id
                  JOIN res_company company ON company.id = reminder.company_id
                  LEFT JOIN made ON made.reminder_id = reminder.id
                 WHERE (reminder.state = 'sent' AND reminder.date_done IS NOT NULL
                        OR reminder.state = 'failed' OR made.reminder_id IS NOT NULL)
                   AND reminder.is_thanks IS NOT TRUE AND reminder.origin <> 'import'
            ),
            paid_line AS (
                SELECT line.reminder_id, %(paid_line)s
                  FROM reminder
                  JOIN credit_reminder_line line ON line.reminder_id = reminder.id
                  JOIN account_partial_reconcile part
                    ON part.debit_move_id = line.move_line_id
                   AND part.max_date BETWEEN reminder.date_done
                                         AND reminder.date_done + %(longest)s
                   AND (reminder.date_sent IS NULL
                        OR part.create_date >= reminder.date_sent)
                  JOIN account_move_line other ON other.id = part.credit_move_id
                  JOIN account_journal journal ON journal.id = other.journal_id
                       AND journal.type <> 'sale'
                 WHERE reminder.has_left
                 GROUP BY line.id
            ),
            paid AS (
                SELECT reminder_id, %(paid)s FROM paid_line GROUP BY reminder_id
            ),
            day AS (
                SELECT DISTINCT company_id, root_id, currency_id, own_currency_id, day
                  FROM reminder WHERE currency_id <> own_currency_id
            ),
            rate AS (
                SELECT day.company_id, day.currency_id, day.day,
                       %(foreign)s / %(own)s AS rate
                  FROM day
            )
            SELECT reminder.id, reminder.id AS reminder_id, reminder.company_id,
                   reminder.own_currency_id AS currency_id, reminder.partner_id,
                   reminder.policy_id, reminder.step_id, reminder.user_id,
                   reminder.channel, reminder.variant, reminder.day AS date,
                   COALESCE(reminder.tried, 1)::int AS tried,
                   reminder.has_left::int AS sent,
                   (reminder.state = 'failed' OR reminder.state = 'cancelled'
                        AND reminder.skipped IS TRUE)::int AS failed,
                   outcome.delivered::int AS delivered,
                   outcome.opened::int AS opened, outcome.answered::int AS answered,
                   (reminder.delivery_state = 'bounced' IS TRUE)::int AS bounced,
                   outcome.opened::int * 100 AS opened_share,
                   outcome.answered::int * 100 AS answered_share,
                   CASE WHEN reminder.has_left
                        THEN ROUND(
                            reminder.amount_residual / COALESCE(rate.rate, 1), 2)
                        ELSE 0 END AS amount,
                   %(results)s,
                   COALESCE(reminder.cost, 0)
                       * COALESCE(reminder.charged, reminder.has_left::int) AS cost
              FROM reminder
              LEFT JOIN paid ON paid.reminder_id = reminder.id
              LEFT JOIN rate ON rate.company_id = reminder.company_id
                   AND rate.currency_id = reminder.currency_id
                   AND rate.day = reminder.day
             CROSS JOIN LATERAL (
                SELECT (reminder.spoken OR reminder.delivery_state
                            IN ('delivered', 'opened', 'replied')) IS TRUE AS delivered,
                       (reminder.delivery_state IN ('opened', 'replied')
                        OR reminder.date_opened IS NOT NULL) IS TRUE AS opened,
                       (reminder.spoken OR reminder.delivery_state = 'replied')
                           IS TRUE AS answered
             ) outcome""",
            firms=SQL(", ").join(
                SQL("(%s, %s)", company.id, company.root_id.id) for company in companies
            ),
            made=self._made_sql(),
            cost=self._cost_sql(),
            longest=SPANS[-1],
            paid_line=SQL(", ").join(
                SQL(
                    """LEAST(line.amount_residual, COALESCE(
                           SUM(part.debit_amount_currency) FILTER (
                               WHERE part.max_date <= reminder.date_done + %s), 0))
                           AS %s""",
                    days,
                    SQL.identifier(f"paid_{days}"),
                )
                for days in SPANS
            ),
            paid=SQL(", ").join(
                SQL("SUM(%s) AS %s", name, name)
                for name in (SQL.identifier(f"paid_{days}") for days in SPANS)
            ),
            foreign=self._rate_sql(SQL("day.currency_id")),
            own=self._rate_sql(SQL("day.own_currency_id")),
            results=SQL(", ").join(
                part for days in SPANS for part in self._results_sql(days)
            ),
        )

    @api.model
    def _made_sql(self):
        """Calls and visits that were made: for each reminder how many, how many of them
        it has to pay for, whether the debtor was spoken with, and the last day.

        One call may be about several reminders: it is paid for by that which stood in
        the list.
        """
        return SQL(
            """SELECT reminder_id, COUNT(*) AS tried,
                      COUNT(*) FILTER (WHERE charged) AS charged,
                      BOOL_OR(spoken) AS spoken, MAX(day) AS day
                 FROM (
                    SELECT rel.reminder_id,
                           attempt.reminder_id = rel.reminder_id AS charged,
                           attempt.outcome = 'reached' AS spoken,
                           attempt.date::date AS day
                      FROM credit_contact_attempt_reminder_rel rel
                      JOIN credit_contact_attempt attempt
                        ON attempt.id = rel.attempt_id
                      JOIN firm ON firm.id = attempt.company_id
                     UNION ALL
                    SELECT visit.reminder_id, TRUE, visit.outcome = 'met', visit.date
                      FROM credit_visit visit
                      JOIN firm ON firm.id = visit.company_id
                     WHERE visit.reminder_id IS NOT NULL
                       AND visit.state IN ('done', 'missed', 'refused')
                 ) contact
                GROUP BY reminder_id"""
        )

    @api.model
    def _results_sql(self, days):
        """The columns of one span: what was paid, and whether it was all."""
        paid = SQL.identifier("paid", f"paid_{days}")
        settled = SQL(
            """(reminder.has_left AND %s >= reminder.amount_residual
                AND reminder.amount_residual > 0) IS TRUE""",
            paid,
        )
        yield SQL(
            "ROUND(COALESCE(%s, 0) / COALESCE(rate.rate, 1), 2) AS %s",
            paid,
            SQL.identifier(f"paid_{days}"),
        )
        yield SQL("(%s)::int AS %s", settled, SQL.identifier(f"settled_{days}"))
        if days == SPANS[-1]:
            yield SQL("(%s)::int * 100 AS settled_share", settled)

    @api.model
    def _rate_sql(self, currency):
        """The rate of a currency on the day of ``day``: the last one known then."""
        return SQL(
            """COALESCE((
                SELECT known.rate FROM res_currency_rate known
                 WHERE known.currency_id = %s
                   AND (known.company_id IS NULL OR known.company_id = day.root_id)
                   AND known.name <= day.day
                 ORDER BY known.company_id, known.name DESC LIMIT 1), 1)""",
            currency,
        )

    @api.model
    def _cost_sql(self):
        """What a contact cost, of ``reminder`` and ``company``, in its currency.

        Other addons put the price of their messages in front.
        """
        return SQL(
            "CASE reminder.channel %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", channel, SQL.identifier("company", name))
                for channel, name in COSTS.items()
            ),
        )

    def action_open(self):
        """Open the reminder."""
        self.ensure_one()
        return self.reminder_id._get_records_action()
