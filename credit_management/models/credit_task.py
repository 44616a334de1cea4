"""The worklist: what waits for a person, the most promising first."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date
from odoo.tools.misc import get_lang

from ..engine import gain

#: Each kind of task with its number: a task is known by its record's id x 64 + it.
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
    ("address", "E-mail address to correct", 13),
    ("wrong_number", "Wrong number", 20),
    ("post", "Registered letter to post", 21),
    ("postal_address", "Postal address to check", 22),
    ("postal_file", "News of the carrier to check", 23),
    ("carrier", "Letters wait for the carrier", 24),
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
    "unmatched_payment": {"done": "action_credit_match"},
    "charge_to_book": {"done": "action_book"},
    "address": {"done": "action_confirm"},
    "wrong_number": {"done": "action_repaired"},
    "post": {"done": "action_post_today"},
    "postal_address": {"done": "action_address_right"},
    "postal_file": {"done": "action_seen"},
}

#: Tasks among which the form goes on where it was opened for one alone.
MOST_NEXT = 80


class CreditTask(models.Model):
    """What waits for a collector, from wherever it comes.

    ``gain`` = ``amount`` x chance x age factor (see :mod:`..engine.gain`), in the
    company's currency and never more than the amount. A task is gone as soon as it is
    done.
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
    summary = fields.Text(compute="_compute_summary")
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    partner_phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(string="Since", readonly=True)
    deadline_date = fields.Date(string="To do by", readonly=True)
    age = fields.Integer(string="Days waiting", readonly=True, aggregator="max")
    days = fields.Integer(string="Days overdue", readonly=True, aggregator="max")
    amount = fields.Monetary(readonly=True)
    chance = fields.Float(string="Chance (%)", readonly=True, aggregator="avg")
    age_factor = fields.Float(
        readonly=True,
        aggregator=None,
        help="How much of it hangs on acting now: half on the due date, all of it "
        "three months later.",
    )
    gain = fields.Monetary(string="Expected gain", readonly=True)
    formula = fields.Char(
        compute="_compute_formula",
        help="Amount x chance x age: the expected gain. It is never more than the "
        "amount.",
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
                # Without an entry the rate is one: each task is compared with each.
                if rate and rate != own
            ]
        parts = [part for _kind, part in self._task_parts(companies, engine)]
        own_currency = {company.id: company.currency_id.id for company in companies}

        def of_company(kind, by_company):
            cases = [
                SQL("WHEN %s THEN %s::%s", company_id, value, kind)
                for company_id, value in by_company.items()
            ]
            return SQL("CASE task.company_id %s END", SQL(" ").join(cases))

        return SQL(
            # PostgreSQL leaves out of a count what has one row at most and is not used:
            # hence the rates by group, though each is there once.
            """WITH firm (id, today, currency_id) AS (VALUES %(firms)s),
            rate AS (
                SELECT company_id, currency_id, MAX(rate) AS rate
                  FROM (VALUES %(rates)s) given (company_id, currency_id, rate)
                 GROUP BY company_id, currency_id
            ),
            task AS (%(parts)s),
            history AS (
                SELECT company_id, partner_id,
                       COUNT(*) FILTER (WHERE state = 'kept') AS kept,
                       COUNT(*) FILTER (WHERE state IN ('broken', 'partly')) AS broken
                  FROM credit_promise
                 WHERE state IN ('kept', 'broken', 'partly')
                 GROUP BY company_id, partner_id
            ),
            weighed AS (
                SELECT task.id, task.kind, task.res_model, task.res_id,
                       task.company_id, task.partner_id,
                       %(currency)s AS currency_id,
                       task.date, task.deadline_date, task.days,
                       COALESCE(task.user_id,
                           (debtor.credit_user_id ->> task.company_id::text)::int)
                           AS user_id,
                       %(today)s - task.date AS age,
                       ROUND(CASE WHEN rate.rate IS NULL THEN task.amount
                                  ELSE task.amount / rate.rate END, 2) AS amount,
                       %(chance)s AS chance, %(factor)s AS age_factor
                  FROM task
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
            # No join: PostgreSQL would take it that it leaves one task in a thousand.
            today=of_company(SQL("date"), today),
            currency=of_company(SQL("int"), own_currency),
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
            """CASE WHEN history.kept IS NULL THEN %(percent)s::numeric
                    ELSE ROUND(%(percent)s::numeric * (history.kept + 2)
                               / (history.kept + history.broken + 2), 2) END""",
            percent=SQL(
                "(CASE %s ELSE %s END)", SQL(" ").join(cases), gain.LAST_CHANCE
            ),
        )

    @api.model
    def _factor_sql(self):
        """As :func:`..engine.gain.age_factor`."""
        return SQL(
            "ROUND((%(limit)s + LEAST(GREATEST(task.days, 0), %(limit)s))::numeric"
            " / (2 * %(limit)s), 2)",
            limit=gain.PRESSING_DAYS,
        )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("res_model", "res_id")
    def _compute_name(self):
        for task, record in self._with_records():
            task.name = task._title_of(record) if record else False

    @api.depends("res_model", "res_id")
    def _compute_summary(self):
        for task, record in self._with_records():
            task.summary = task._summary_of(record) if record else False

    def _with_records(self):
        """Each task with what it is about, or with nothing where that is gone."""
        for model, tasks in self.grouped("res_model").items():
            records = self.env[model].browse(tasks.mapped("res_id")).exists()
            known = {record.id: record for record in records}
            for task in tasks:
                yield task, known.get(task.res_id)

    def _title_of(self, record):
        """What the task is about. The debtor stands beside it and is not repeated."""
        if record._name == "credit.reminder":
            parts = [record.name, record.step_id.name]
        elif record._name == "credit.promise":
            parts = [self.env._("Promise for %s", format_date(self.env, record.date))]
        elif record._name == "credit.dispute":
            parts = [*self._document_parts(record.move_id), record.reason_id.name]
        elif record._name == "credit.answer":
            labels = dict(record._fields["kind"]._description_selection(self.env))
            thread = record._thread()
            parts = [
                labels.get(record.kind),
                thread and self._title_of(thread),
                record.name,
                record._paid_text(),
            ]
        elif record._name == "account.move.line":
            parts = [*self._document_parts(record.move_id), record.name]
        else:
            parts = [record.display_name]
        return " · ".join(dict.fromkeys(part for part in parts if part))

    def _document_parts(self, move):
        """What a document is called."""
        return [move.name, move.credit_is_charge and self.env._("late-payment charges")]

    def _summary_of(self, record):
        """What a collector wants to know before acting."""
        if self.res_model == "credit.reminder":
            parts = [record.step_id.instructions, record.failure_reason]
        elif self.res_model == "credit.dispute":
            parts = [record.description]
        elif self.res_model == "credit.answer":
            parts = [record.text]
        elif self.res_model == "credit.promise":
            parts = [record.series_text, record.note]
        elif self.res_model == "credit.plan":
            parts = [record._instalments_hint(), record.note]
        elif self.res_model == "account.move.line":
            parts = [record._credit_match_hint()]
        elif self.res_model == "credit.charge":
            parts = [record._booking_hint()]
        else:
            parts = []
        return "\n".join(part for part in parts if part)

    @api.depends("amount", "chance", "age_factor", "gain")
    @api.depends_context("lang")
    def _compute_formula(self):
        point = get_lang(self.env).decimal_point
        for task in self:
            currency = task.currency_id or task.company_id.currency_id
            task.formula = self.env._(
                "%(amount)s × %(chance)s %% × %(age)s (age) = %(gain)s",
                amount=currency.format(task.amount),
                chance=f"{task.chance:g}".replace(".", point),
                age=f"{task.age_factor:g}".replace(".", point),
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
        """Do what the button says, see :data:`ACTS`; of many tasks at once too.

        What leaves, or ends something, is shown first: see ``credit.task.act``.
        """
        act = self.env.context.get("act")
        groups = self.grouped(lambda task: (task.kind, task.res_model))
        targets = [
            [kind, model, tasks.mapped("res_id")]
            for (kind, model), tasks in groups.items()
        ]
        if any(act not in ACTS.get(kind, {}) for kind, _model, _ids in targets):
            raise UserError(self.env._("These tasks have to be opened one by one."))
        dialog = self.env["credit.task.act"]
        if dialog._asks(targets, act):
            return dialog._open(targets, act)
        result = True
        for kind, model, ids in targets:
            result = getattr(self.env[model].browse(ids), ACTS[kind][act])()
        self.env.flush_all()
        # A file is downloaded beside; whatever it leads to, the next task comes.
        if isinstance(result, dict) and result["type"] == "ir.actions.act_url":
            return dict(result, target="new")
        if isinstance(result, dict) and result.get("tag") == "display_notification":
            return result
        return True

    def action_waive(self):
        """Waive the charge that the task is about, instead of booking it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_charge_waive_action"
        )
        context = {"active_model": "credit.charge", "active_ids": [self.res_id]}
        return dict(action, context=context)

    def action_partner(self):
        """Open the debtor's file."""
        self.ensure_one()
        return self.partner_id._credit_file_action()

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
    def still_open(self, ids, opened=None):
        """Which of some tasks are still there, in the same order. For the pager.

        Where none is left, those of the worklist that are the user's or nobody's:
        whoever came by a link, or through the last one of a page, goes on with them.

        :param int opened: the one that somebody opens: to a task it is like any other
        """
        found = set(self.search([("id", "in", ids)]).ids)
        left = [id_ for id_ in ids if id_ in found]
        mine = [("user_id", "in", (self.env.uid, False))]
        return left or self.search(mine, limit=MOST_NEXT).ids
