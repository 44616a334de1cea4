"""The worklist: what waits for a person, the most promising first."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import gain

#: Each kind of task with its number: a task is known by its record's id x 32 + it.
KINDS = [
    ("approval", "To approve", 1),
    ("call", "Call or visit", 2),
    ("letter", "Letter to print", 3),
    ("bounce", "Came back or failed", 4),
    ("reply", "Reply by e-mail", 5),
    ("promise_broken", "Broken promise", 6),
    ("plan_broken", "Broken plan", 7),
    ("plan_request", "Plan asked for", 8),
    ("dispute", "Dispute", 9),
    ("answer", "Message", 10),
    ("unmatched_payment", "Payment to match", 11),
    ("charge_to_book", "Charges to book", 12),
]
NUMBER = {code: number for code, _label, number in KINDS}

#: What may be done with a task without opening it: {kind: {act: method}}. The methods
#: check the rights of whoever calls them.
ACTS = {
    "approval": {
        "done": "action_approve",
        "skip": "action_skip",
        "drop": "action_cancel",
    },
    "call": {"done": "action_mark_done", "skip": "action_skip"},
    "letter": {"done": "action_print_letters"},
    "bounce": {"done": "action_retry", "drop": "action_cancel"},
    "reply": {"done": "action_reply_handled"},
    "promise_broken": {"done": "action_task_done"},
    "plan_broken": {"done": "action_task_done"},
    "plan_request": {"done": "action_accept", "drop": "action_refuse"},
    "dispute": {"done": "action_accept", "drop": "action_reject"},
    "answer": {"done": "action_handle"},
    "charge_to_book": {"done": "action_book"},
}


class CreditTask(models.Model):
    """What waits for a collector, from wherever it comes.

    ``gain`` = ``amount`` x chance x age factor (see :mod:`..engine.gain`), in the
    company's currency. A task is gone as soon as it is done.
    """

    _name = "credit.task"
    _description = "Credit Task"
    _auto = False
    _order = "gain desc, id"
    _rec_name = "partner_id"

    kind = fields.Selection(
        [(code, label) for code, label, _number in KINDS], readonly=True
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    name = fields.Char(string="What", compute="_compute_name")
    summary = fields.Text(compute="_compute_name")
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    partner_phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(string="Since", readonly=True)
    deadline_date = fields.Date(string="By", readonly=True)
    age = fields.Integer(string="Days waiting", readonly=True, aggregator="max")
    days = fields.Integer(string="Days overdue", readonly=True, aggregator="max")
    amount = fields.Monetary(readonly=True)
    chance = fields.Float(string="Chance (%)", readonly=True, aggregator="avg")
    age_factor = fields.Float(readonly=True, aggregator=None)
    gain = fields.Monetary(string="Expected gain", readonly=True)
    formula = fields.Char(
        compute="_compute_formula", help="Amount x chance x age: the expected gain."
    )

    # ------------------------------------------------------------------
    # The view
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        self.env.flush_all()
        companies = self.env.companies
        engine = self.env["credit.engine"].sudo()
        today = {company.id: company._credit_today() for company in companies}
        firms, rates = [], []
        currencies = self.env["res.currency"].with_context(active_test=False)
        currencies = currencies.search([("active", "in", (True, False))])
        for company in companies:
            firms.append(
                SQL(
                    "(%s, %s::date, %s)",
                    company.id,
                    today[company.id],
                    company.currency_id.id,
                )
            )
            found = currencies._get_rates(company, today[company.id])
            own = found.get(company.currency_id.id) or 1.0
            rates += [
                SQL("(%s, %s, %s::numeric)", company.id, id_, str(rate / own))
                for id_, rate in found.items()
                if rate
            ]
        parts = [part for _kind, part in self._task_parts(companies, engine)]
        return SQL(
            """WITH firm (id, today, currency_id) AS (VALUES %(firms)s),
            rate (company_id, currency_id, rate) AS (VALUES %(rates)s),
            task AS MATERIALIZED (%(parts)s),
            history AS (
                SELECT company_id, partner_id,
                       COUNT(*) FILTER (WHERE state = 'kept') AS kept,
                       COUNT(*) FILTER (WHERE state IN ('broken', 'partly')) AS broken
                  FROM credit_promise
                 WHERE partner_id IN (SELECT partner_id FROM task)
                 GROUP BY company_id, partner_id
            ),
            weighed AS (
                SELECT task.id, task.kind, task.res_model, task.res_id,
                       task.company_id, task.partner_id,
                       firm.currency_id, task.date, task.deadline_date, task.days,
                       COALESCE(task.user_id,
                           (debtor.credit_user_id ->> task.company_id::text)::int)
                           AS user_id,
                       firm.today - task.date AS age,
                       ROUND(task.amount / COALESCE(rate.rate, 1), 2) AS amount,
                       %(chance)s AS chance, %(factor)s AS age_factor
                  FROM task
                  JOIN firm ON firm.id = task.company_id
                  LEFT JOIN res_partner debtor ON debtor.id = task.partner_id
                  LEFT JOIN rate ON rate.company_id = task.company_id
                       AND rate.currency_id = task.currency_id
                  LEFT JOIN history ON history.company_id = task.company_id
                       AND history.partner_id = task.partner_id
            )
            SELECT weighed.*, ROUND(amount * chance / 100 * age_factor, 2) AS gain
              FROM weighed""",
            firms=SQL(", ").join(firms),
            rates=SQL(", ").join(rates or [SQL("(0, 0, 1::numeric)")]),
            parts=SQL(" UNION ALL ").join(parts),
            chance=self._chance_sql(),
            factor=self._factor_sql(),
        )

    @api.model
    def _chance_sql(self):
        """As :func:`..engine.gain.chance`."""
        cases = [
            SQL("WHEN task.days <= %s THEN %s", last, percent)
            for last, percent in gain.CHANCES
        ]
        return SQL(
            """ROUND((CASE %s ELSE %s END)::numeric
                * (COALESCE(history.kept, 0) + 2)
                / (COALESCE(history.kept, 0) + COALESCE(history.broken, 0) + 2), 2)""",
            SQL(" ").join(cases),
            gain.LAST_CHANCE,
        )

    @api.model
    def _factor_sql(self):
        """As :func:`..engine.gain.age_factor`."""
        return SQL(
            "ROUND(1 + LEAST(GREATEST(task.days, 0), %(limit)s)::numeric / %(limit)s,"
            " 2)",
            limit=gain.PRESSING_DAYS,
        )

    @api.model
    def _task_row(self, kind, model, alias, **columns):
        """The columns of a part, in their order.

        The amount is in the currency of the task; ``days`` are days overdue.
        """
        return SQL(
            """%(alias)s.id::bigint * 32 + %(number)s AS id, %(kind)s AS kind,
               %(model)s AS res_model, %(alias)s.id AS res_id,
               %(company)s AS company_id, %(partner)s AS partner_id,
               %(user)s AS user_id, %(currency)s AS currency_id,
               %(date)s AS date, %(deadline)s AS deadline_date,
               COALESCE(%(days)s, 0)::int AS days,
               COALESCE(%(amount)s, 0)::numeric AS amount""",
            alias=SQL.identifier(alias),
            number=NUMBER[kind],
            kind=kind,
            model=model,
            company=columns.get("company", SQL.identifier(alias, "company_id")),
            partner=columns.get("partner", SQL.identifier(alias, "partner_id")),
            user=columns.get("user", SQL.identifier(alias, "user_id")),
            currency=columns.get("currency", SQL.identifier(alias, "currency_id")),
            date=columns["date"],
            deadline=columns.get("deadline", SQL("NULL::date")),
            days=columns["days"],
            amount=columns["amount"],
        )

    @api.model
    def _task_parts(self, companies, engine):
        """The sources of tasks: list of (kind, query). Other addons add theirs."""
        ids = companies.ids
        parts = self._reminder_parts(ids)
        # The oldest open item of an agreement says how long it is overdue.
        oldest = """(SELECT MAX(firm.today - COALESCE(aml.date_maturity, aml.date))
                       FROM {rel} rel
                       JOIN account_move_line aml ON aml.id = rel.item_id
                       JOIN firm ON firm.id = aml.company_id
                      WHERE rel.{column} = {alias}.id
                        AND aml.reconciled IS NOT TRUE)"""
        promise_days = SQL(
            oldest.format(
                rel="credit_promise_item_rel", column="promise_id", alias="promise"
            )
        )
        plan_days = SQL(
            oldest.format(rel="credit_plan_item_rel", column="plan_id", alias="plan")
        )
        parts.append(
            (
                "promise_broken",
                SQL(
                    """SELECT %s FROM credit_promise promise
                        WHERE promise.state IN ('broken', 'partly')
                          AND promise.task_done IS NOT TRUE
                          AND promise.company_id = ANY(%s)
                          AND EXISTS (
                            SELECT FROM credit_promise_item_rel rel
                              JOIN account_move_line aml ON aml.id = rel.item_id
                             WHERE rel.promise_id = promise.id
                               AND aml.reconciled IS NOT TRUE)""",
                    self._task_row(
                        "promise_broken",
                        "credit.promise",
                        "promise",
                        date=SQL("COALESCE(promise.date_closed, promise.date)"),
                        days=promise_days,
                        amount=SQL("promise.amount - COALESCE(promise.amount_paid, 0)"),
                    ),
                    ids,
                ),
            )
        )
        for kind, state, day in (
            ("plan_broken", SQL("plan.state = 'broken'"), SQL("plan.date_closed")),
            (
                "plan_request",
                SQL("plan.state = 'requested'"),
                SQL("plan.date_requested"),
            ),
        ):
            parts.append(
                (
                    kind,
                    SQL(
                        """SELECT %s FROM credit_plan plan
                            WHERE %s AND plan.task_done IS NOT TRUE
                              AND plan.company_id = ANY(%s)""",
                        self._task_row(
                            kind,
                            "credit.plan",
                            "plan",
                            date=day,
                            days=plan_days,
                            amount=SQL(
                                "plan.amount_total - COALESCE(plan.amount_paid, 0)"
                            ),
                        ),
                        state,
                        ids,
                    ),
                )
            )
        parts.append(
            (
                "dispute",
                SQL(
                    """SELECT %s FROM credit_dispute dispute
                         JOIN account_move move ON move.id = dispute.move_id
                         JOIN firm ON firm.id = dispute.company_id
                        WHERE dispute.state = 'open'""",
                    self._task_row(
                        "dispute",
                        "credit.dispute",
                        "dispute",
                        currency=SQL("move.currency_id"),
                        date=SQL("dispute.date"),
                        deadline=SQL("dispute.deadline_date"),
                        days=SQL("firm.today - move.invoice_date_due"),
                        amount=SQL(
                            """CASE WHEN COALESCE(dispute.amount, 0) = 0
                                    THEN move.amount_residual
                                    ELSE LEAST(dispute.amount, move.amount_residual)
                               END"""
                        ),
                    ),
                ),
            )
        )
        parts += self._ledger_parts(companies, engine)
        return parts

    @api.model
    def _reminder_parts(self, company_ids):
        """Reminders to approve, calls to make, letters to print, what came back."""
        waiting = SQL("reminder.state = 'to_approve'")
        manual = SQL("reminder.channel IN ('phone', 'visit')")
        alone = SQL(
            """NOT EXISTS (SELECT FROM credit_reminder heir
                            WHERE heir.fallback_of_id = reminder.id)"""
        )
        conditions = {
            "approval": [SQL("%s AND NOT %s", waiting, manual)],
            "call": [SQL("%s AND %s", waiting, manual)],
            "letter": [
                SQL(
                    """reminder.state = 'sent' AND reminder.letter_id IS NOT NULL
                       AND reminder.printed IS NOT TRUE"""
                )
            ],
            # Two parts: each has an index of its own.
            "bounce": [
                SQL("reminder.state = 'failed' AND %s", alone),
                SQL(
                    """reminder.delivery_state = 'bounced'
                       AND reminder.state = 'sent' AND %s""",
                    alone,
                ),
            ],
            "reply": [
                # A reply that is a message of its own is a task already.
                SQL(
                    """reminder.state = 'sent' AND reminder.delivery_state = 'replied'
                       AND NOT EXISTS (
                            SELECT FROM credit_answer answer
                             WHERE answer.reminder_id = reminder.id
                               AND answer.state = 'new')"""
                )
            ],
        }
        return [
            (
                kind,
                SQL(
                    """SELECT %s FROM credit_reminder reminder
                         JOIN firm ON firm.id = reminder.company_id
                        WHERE %s AND reminder.company_id = ANY(%s)""",
                    self._task_row(
                        kind,
                        "credit.reminder",
                        "reminder",
                        date=SQL("COALESCE(reminder.date_done, reminder.date)"),
                        days=SQL(
                            """(SELECT firm.today - MIN(line.date_due)
                                  FROM credit_reminder_line line
                                 WHERE line.reminder_id = reminder.id)"""
                        ),
                        amount=SQL("reminder.amount_total"),
                    ),
                    condition,
                    company_ids,
                ),
            )
            for kind, alternatives in conditions.items()
            for condition in alternatives
        ]

    @api.model
    def _ledger_parts(self, companies, engine):
        """Messages, payments that nobody matched, and charges to book."""
        overdue = """(SELECT {what}
              FROM account_move_line aml
              JOIN res_partner partner ON partner.id = aml.partner_id
             WHERE partner.commercial_partner_id = {debtor}
               AND aml.company_id = firm.id AND aml.parent_state = 'posted'
               AND aml.reconciled IS NOT TRUE AND aml.amount_residual > 0
               AND aml.account_id = ANY(%(accounts)s)
               AND COALESCE(aml.date_maturity, aml.date) < firm.today)"""
        total = "SUM(aml.amount_residual)"
        oldest = "firm.today - MIN(COALESCE(aml.date_maturity, aml.date))"
        accounts = list(
            {
                id_
                for company in companies
                for id_ in engine._receivable_accounts(company)
            }
        )

        def owed(what, debtor):
            return SQL(overdue.format(what=what, debtor=debtor), accounts=accounts)

        parts = [
            (
                "answer",
                SQL(
                    """SELECT %s FROM credit_answer answer
                         JOIN firm ON firm.id = answer.company_id
                        WHERE answer.state = 'new'""",
                    self._task_row(
                        "answer",
                        "credit.answer",
                        "answer",
                        currency=SQL("firm.currency_id"),
                        date=SQL("answer.date"),
                        deadline=SQL("answer.hold_until"),
                        days=owed(oldest, "answer.partner_id"),
                        amount=owed(total, "answer.partner_id"),
                    ),
                ),
            ),
            (
                "unmatched_payment",
                SQL(
                    """SELECT %(row)s FROM account_move_line unmatched
                         JOIN firm ON firm.id = unmatched.company_id
                         JOIN account_move move ON move.id = unmatched.move_id
                         JOIN res_partner payer ON payer.id = unmatched.partner_id
                        WHERE unmatched.parent_state = 'posted'
                          AND unmatched.reconciled IS NOT TRUE
                          AND unmatched.amount_residual < 0
                          AND unmatched.account_id = ANY(%(accounts)s)
                          AND move.move_type = 'entry'
                          AND %(owed)s IS NOT NULL""",
                    row=self._task_row(
                        "unmatched_payment",
                        "account.move.line",
                        "unmatched",
                        partner=SQL("payer.commercial_partner_id"),
                        user=SQL("NULL::int"),
                        currency=SQL("firm.currency_id"),
                        date=SQL("unmatched.date"),
                        days=owed(oldest, "payer.commercial_partner_id"),
                        amount=SQL("-unmatched.amount_residual"),
                    ),
                    accounts=accounts,
                    owed=owed(total, "payer.commercial_partner_id"),
                ),
            ),
        ]
        for company in companies:
            if company.credit_charge_booking == "shown":
                continue
            parts.append(
                (
                    "charge_to_book",
                    SQL(
                        """SELECT %s FROM credit_charge charge
                             JOIN (%s) credit ON credit.debtor_id = charge.partner_id
                                  AND credit.currency_id = charge.currency_id
                             JOIN firm ON firm.id = charge.company_id
                            WHERE charge.state = 'claimed' AND credit.amount > 0
                              AND charge.company_id = %s""",
                        self._task_row(
                            "charge_to_book",
                            "credit.charge",
                            "charge",
                            user=SQL("NULL::int"),
                            date=SQL("charge.date"),
                            days=SQL("firm.today - charge.date"),
                            amount=SQL("charge.amount_open"),
                        ),
                        engine._credits_sql(company),
                        company.id,
                    ),
                )
            )
        return parts

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("res_model", "res_id")
    def _compute_name(self):
        for model, tasks in self.grouped("res_model").items():
            records = self.env[model].browse(tasks.mapped("res_id")).exists()
            known = {record.id: record for record in records}
            for task in tasks:
                record = known.get(task.res_id)
                task.name = record.display_name if record else False
                task.summary = task._summary_of(record) if record else False

    def _summary_of(self, record):
        """What a collector wants to know before acting."""
        if self.res_model == "credit.reminder":
            parts = [record.step_id.name, record.step_id.instructions]
            parts.append(record.failure_reason)
        elif self.res_model == "credit.dispute":
            parts = [record.move_id.name, record.reason_id.name, record.description]
        elif self.res_model == "credit.answer":
            labels = dict(record._fields["kind"]._description_selection(self.env))
            parts = [labels.get(record.kind), record.text]
        elif self.res_model in ("credit.promise", "credit.plan"):
            parts = [", ".join(record.move_ids.mapped("name")), record.note]
        else:
            parts = []
        return "\n".join(part for part in parts if part)

    @api.depends("amount", "chance", "age_factor", "gain")
    def _compute_formula(self):
        for task in self:
            currency = task.currency_id or task.company_id.currency_id
            task.formula = self.env._(
                "%(amount)s × %(chance)s %% × %(age)s (age) = %(gain)s",
                amount=currency.format(task.amount),
                chance=f"{task.chance:g}",
                age=f"{task.age_factor:g}",
                gain=currency.format(task.gain),
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _record(self):
        """What the task is about."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def action_open(self):
        """Open what the task is about."""
        self.ensure_one()
        if self.res_model == "account.move.line":
            return self._record().move_id._get_records_action()
        return self._record()._get_records_action(name=self.name)

    def action_act(self):
        """Do what the button says, see :data:`ACTS`; of many tasks at once too."""
        act = self.env.context.get("act")
        result = True
        for (kind, model), tasks in self.grouped(
            lambda t: (t.kind, t.res_model)
        ).items():
            method = ACTS.get(kind, {}).get(act)
            if not method:
                raise UserError(self.env._("These tasks have to be opened one by one."))
            records = self.env[model].browse(tasks.mapped("res_id"))
            result = getattr(records, method)()
        self.env.flush_all()
        return result if isinstance(result, dict) and len(self) == 1 else True

    def action_partner(self):
        """Open the debtor's file."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    def action_promise(self):
        """Note a promise for what is overdue."""
        return self.partner_id.with_company(self.company_id).action_credit_promise()

    def action_plan(self):
        """Agree on instalments for what is overdue."""
        return self.partner_id.with_company(self.company_id).action_credit_plan()

    def action_hold(self):
        """Stop the reminders of the debtor for a while."""
        return self.partner_id.with_company(self.company_id).action_credit_hold()

    @api.model
    @api.readonly
    def still_open(self, ids):
        """Which of some tasks are still there, in the same order. For the pager."""
        found = set(self.search([("id", "in", ids)]).ids)
        return [id_ for id_ in ids if id_ in found]
