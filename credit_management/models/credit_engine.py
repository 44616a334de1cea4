"""Select, decide and group, for all open items of a company in one statement.

The statement is a chain of common table expressions, each one stage of the flow:

``step``      the steps of the company's policies, with the last base day that makes
              each one due today (see :mod:`..engine.calendar`)
``item``      open receivable items, and what blocks each by itself
``debtor``    the policy of each debtor
``reached``   the last step that reached the debtor, by item
``attempt``   reminders under way or failed, by item and step
``placed``, ``stepped``, ``decided``
              the position and the next step of each item, if it is due, or why it is
              blocked
``ranked``, ``claimed``, ``netted``, ``judged``
              due items with what their group (debtor, currency, policy) comes to,
              credits netted, and the reasons that only the group knows
``weighed``   all items with their reasons
``evaluated`` the same with the day from which the debtor may be contacted again

What is used twice is kept by PostgreSQL, what is used once is not: whoever needs less
than ``evaluated`` should ask for less.

Groups are windows over their items, never tables of their own that would have to be
joined again: PostgreSQL cannot know how many rows a stage will have, and a join of two
stages can turn quadratic.

The rule for one item stands in plain Python in :mod:`..engine.decision`.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CreditEngine(models.AbstractModel):
    _name = "credit.engine"
    _description = "Credit Engine"

    # ------------------------------------------------------------------
    # Reasons
    # ------------------------------------------------------------------

    @api.model
    def _selection_block_reason(self):
        """Why an open item is not reminded. Other addons add theirs."""
        _ = self.env._
        return [
            ("paid", _("Paid, not matched with the bank yet")),
            ("in_payment", _("Online payment under way")),
            ("no_followup", _("Excluded from follow-up")),
            ("hold", _("On hold")),
            ("dispute", _("Disputed")),
            ("no_policy", _("No policy")),
            ("pending", _("Reminder in preparation")),
            ("failed", _("Delivery failed")),
            ("finished", _("All steps done")),
            ("credit", _("Covered by credits of the debtor")),
            ("minimum", _("Below the minimum amount")),
            ("interval", _("Debtor contacted recently")),
        ]

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        """What blocks an item by itself, the first that holds being the reason.

        :param debtors: ids of the debtors whose items are asked about; None for all
        :return: list of (reason, SQL condition on ``aml``, ``move`` and ``partner``)

        Conditions are uncorrelated ``IN (SELECT …)`` wherever they can be: PostgreSQL
        then reads each table once, however many items there are.
        """
        hold = SQL(
            """FROM credit_hold hold
               JOIN res_partner held ON held.id = hold.partner_id
              WHERE hold.active AND hold.company_id = %(company)s
                AND %(of_debtors)s
                AND %(today)s BETWEEN hold.date_start AND hold.date_end""",
            company=company.id,
            of_debtors=self._of_debtors(SQL.identifier("held", "id"), debtors),
            today=today,
        )
        return [
            (
                "paid",
                self._paid_by_state_sql(),
            ),
            (
                "in_payment",
                SQL(
                    """move.id IN (
                        SELECT rel.invoice_id
                          FROM account_invoice_transaction_rel rel
                          JOIN payment_transaction tx ON tx.id = rel.transaction_id
                          JOIN payment_provider provider
                            ON provider.id = tx.provider_id
                         WHERE provider.code NOT IN ('none', 'custom')
                           AND (tx.state IN ('pending', 'authorized')
                                OR tx.state = 'done'
                                   AND tx.is_post_processed IS NOT TRUE)
                    )"""
                ),
            ),
            (
                "no_followup",
                SQL("(aml.no_followup OR move.payment_state = 'blocked')"),
            ),
            (
                "hold",
                SQL(
                    """(move.id IN (SELECT hold.move_id %(hold)s
                                    AND hold.move_id IS NOT NULL)
                    OR partner.commercial_partner_id IN (
                        SELECT held.commercial_partner_id %(hold)s
                           AND hold.move_id IS NULL))""",
                    hold=hold,
                ),
            ),
        ]

    # ------------------------------------------------------------------
    # Building blocks
    # ------------------------------------------------------------------

    @api.model
    def _policy_steps(self, policy, company, today):
        """The steps of a policy in their order.

        :return: list of (:class:`..engine.decision.Step`, record, the last base day
            that makes the step due today or None)
        """
        calendar = company._credit_calendar()
        working_today = calendar.is_working(today)
        records = policy._sequence_steps()
        return [
            (
                step,
                record,
                calendar.latest_base(today, step.delay_days, step.working_days)
                if working_today or not step.only_working_days
                else None,
            )
            for record, step in zip(records, records._to_decision_steps(), strict=True)
        ]

    @api.model
    def _steps_sql(self, policies, company, today):
        """The steps as a table, each with what its policy says of groups.

        ``base_limit`` is the last base day due today.
        """
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s::date, %s, %s, %s, %s, %s, %s, %s, %s::numeric,"
                " %s)",
                step.id,
                policy.id,
                step.rank,
                step.trigger,
                limit,
                step.required,
                step.channel,
                record.automation,
                record.formal_notice,
                record.ignore_interval,
                record.to_escalation,
                policy.grouping == "invoice",
                str(policy.min_amount),
                policy.min_interval_days,
            )
            for policy in policies
            for step, record, limit in self._policy_steps(policy, company, today)
        ] or [
            SQL(
                "(0, 0, 0, '', NULL::date, false, '', '', false, false, false, false,"
                " 0::numeric, 0)"
            )
        ]
        return SQL(
            """step (id, policy_id, rank, trigger, base_limit, required, channel,
                     automation, formal_notice, ignore_interval, to_escalation,
                     by_invoice, min_amount, min_interval) AS (VALUES %s)""",
            SQL(", ").join(rows),
        )

    @api.model
    def _receivable_accounts(self, company):
        """Ids of the customers' accounts of ``company``.

        Ids, not a subquery: PostgreSQL then knows from its statistics how many items
        to expect.
        """
        accounts = (
            self.env["account.account"]
            .sudo()
            .with_company(company)
            .with_context(active_test=False)
            .search(
                Domain("account_type", "=", "asset_receivable")
                & Domain("non_trade", "=", False)
                & Domain("company_ids", "parent_of", company.id),
                # The usual order is by code, which depends on the company: slow.
                order="id",
            )
        )
        return tuple(accounts.ids) or (0,)

    @api.model
    def _open_items_where(self, company, debtors=None):
        """Open receivable lines of ``company``: claims and credits alike."""
        conditions = [
            SQL("aml.company_id = %s", company.id),
            SQL("aml.parent_state = 'posted'"),
            SQL("aml.reconciled IS NOT TRUE"),
            SQL("aml.account_id IN %s", self._receivable_accounts(company)),
        ]
        if debtors is not None:
            partner = SQL.identifier("aml", "partner_id")
            conditions.append(self._of_debtors(partner, debtors))
        return SQL(" AND ").join(conditions)

    @api.model
    def _of_debtors(self, column, debtors):
        """The condition that a partner belongs to one of some debtors.

        :param SQL column: the partner
        :param debtors: ids of debtors; None for all
        """
        if debtors is None:
            return SQL("TRUE")
        return SQL(
            "%s IN (SELECT id FROM res_partner WHERE commercial_partner_id IN %s)",
            column,
            tuple(debtors) or (0,),
        )

    @api.model
    def _open_claims_sql(self, company, today, debtors=None):
        """Open items of ``company`` with what blocks each by itself: ``item``."""
        reasons = [
            SQL("WHEN %s THEN %s", condition, reason)
            for reason, condition in self._block_conditions(company, today, debtors)
        ]
        return SQL(
            """SELECT aml.id, aml.move_id, aml.currency_id,
                       partner.commercial_partner_id AS debtor_id,
                       %(claimable)s AS residual, aml.amount_currency AS amount,
                       aml.amount_residual_currency AS open_amount,
                       aml.amount_residual AS open_company,
                       COALESCE(move.invoice_date, aml.date) AS issued,
                       COALESCE(aml.date_maturity, aml.date) AS due,
                       move.credit_policy_id AS own_policy_id,
                       CASE %(reasons)s END AS reason
                  FROM account_move_line aml
                  JOIN account_move move ON move.id = aml.move_id
                  JOIN res_partner partner ON partner.id = aml.partner_id
                 WHERE %(where)s AND aml.amount_residual_currency > 0""",
            claimable=self._claimable_sql(company, today, debtors),
            reasons=SQL(" ").join(reasons),
            where=self._open_items_where(company, debtors),
        )

    @api.model
    def _keep_items(self, company, today):
        """Put ``item`` of all debtors into the temporary table ``credit_item``.

        A statement that writes elsewhere is worked on by one process; this one may be
        by several. Counted, the rows let PostgreSQL plan what follows for as many as
        there are.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """CREATE TEMP TABLE credit_item ON COMMIT DROP AS %s;
                   ANALYZE credit_item (id, debtor_id)""",
                self._open_claims_sql(company, today),
            )
        )

    @api.model
    def _debtors_sql(self, policies, company):
        """The policy of each debtor of ``item``: looked up once for all its items."""
        return SQL(
            """debtor AS MATERIALIZED (
                SELECT debtor.id, %s AS policy_id
                  FROM res_partner debtor
                 WHERE debtor.id IN (SELECT debtor_id FROM item)
            )""",
            self._debtor_policy_sql(policies, company),
        )

    @api.model
    def _policy_sql(self, policies, company):
        """The policy of an item, in terms of ``move`` and ``debtor``.

        The invoice's own, else the debtor's.
        """
        return SQL(
            "COALESCE(move.credit_policy_id, %s)",
            self._debtor_policy_sql(policies, company),
        )

    @api.model
    def _debtor_policy_sql(self, policies, company):
        """The policy of ``debtor``: its own, else the first that fits it."""
        partner_model = self.env["res.partner"].sudo().with_company(company)
        # The customers of a policy are a property of the customers alone: archived
        # ones still owe.
        partner_model = partner_model.with_context(active_test=False)
        cases = [
            SQL(
                "WHEN debtor.id IN %s THEN %s",
                partner_model._search(policy._debtor_domain()).subselect(),
                policy.id,
            )
            for policy in policies.filtered("active")
        ]
        return SQL(
            "COALESCE(%s, %s)",
            partner_model._field_to_sql("debtor", "credit_policy_id"),
            SQL("CASE %s END", SQL(" ").join(cases)) if cases else SQL("NULL"),
        )

    @api.model
    def _evaluation_sql(self, company, today, debtors=None, kept=False):
        """The whole chain, ending in ``evaluated``; to be put behind ``WITH``.

        :param bool kept: ``item`` stands in ``credit_item``: see :meth:`_keep_items`
        """
        self.env.flush_all()
        policies = self.env["credit.policy"]._get_company_policies(company)
        return SQL(
            "%s, %s, %s, %s, %s",
            self._steps_sql(policies, company, today),
            SQL("item AS NOT MATERIALIZED (SELECT * FROM credit_item)")
            if kept
            else SQL(
                "item AS MATERIALIZED (%s)",
                self._open_claims_sql(company, today, debtors),
            ),
            self._debtors_sql(policies, company),
            self._decision_sql(policies, company, today, debtors),
            self._grouping_sql(policies, company, today, debtors),
        )
