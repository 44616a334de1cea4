"""What an insolvency stops, whom it tells, what it shows."""

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_date

#: Insolvencies in which nothing is reminded.
HEEDED = Domain("state", "=", "open") | (
    Domain("state", "=", "closed") & Domain("outcome", "=", "dissolved")
)


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    case_ids = fields.Many2many(
        "credit.case", string="Running cases", compute="_compute_case_ids"
    )
    case_count = fields.Integer(string="Number of cases", compute="_compute_case_ids")
    payment_ids = fields.Many2many(
        "account.move.line",
        "credit_insolvency_payment_rel",
        "insolvency_id",
        "item_id",
        string="Payments after the opening",
        readonly=True,
        copy=False,
        help="Received since the opening: a payment on a claim from before may be "
        "annulled. Ask the administrator before it is kept.",
    )
    payment_count = fields.Integer(
        string="Number of payments", compute="_compute_payment_count"
    )
    group_html = fields.Html(
        string="Claims on the group", compute="_compute_group_html", sanitize=False
    )

    def _compute_case_ids(self):
        for record in self:
            cases = self.env["credit.case"].search(
                Domain("partner_id", "=", record.partner_id.id)
                & Domain("state", "in", ("draft", "open"))
                & record._company_domain()
            )
            record.case_ids = cases
            record.case_count = len(cases)

    @api.depends("payment_ids")
    def _compute_payment_count(self):
        for record in self:
            # In sudo: how many there are is told also to those who see no entries.
            record.payment_count = len(record.sudo().payment_ids)

    def _company_domain(self):
        """The creditors that the insolvency is about, as a domain on ``company_id``."""
        self.ensure_one()
        if self.company_id:
            return Domain("company_id", "=", self.company_id.id)
        return Domain.TRUE

    # ------------------------------------------------------------------
    # Taking effect
    # ------------------------------------------------------------------

    def _take_effect(self):
        """Stop what runs: reminders that wait, promises, plans; and set the alarm."""
        self._sync_debtors()
        for record in self.sudo().filtered(lambda r: r.state == "open"):
            record = record._in_house()
            record._end_agreements()
            record._drop_waiting()
            record._tell_cases()
            record._note_payments()
        self._set_alarm()

    def _sync_debtors(self):
        """Keep the day on the debtors, from which interest stops.

        What is over stays there, but where the debtor goes on.
        """
        # In sudo: the day is a fact about the debtor, whoever notes the insolvency.
        for partner in self.sudo().partner_id:
            days = self.sudo().search(Domain("partner_id", "=", partner.id) & HEEDED)
            day = min(days.mapped("date_opened"), default=False)
            if partner.credit_insolvency_date != day:
                partner.credit_insolvency_date = day

    def _end_agreements(self):
        """Promises and plans: what was agreed can't be paid any more."""
        self.ensure_one()
        body = self.env._(
            "Ended: an insolvency of the debtor was opened on %s.",
            format_date(self.env, self.date_opened),
        )
        of_debtor = Domain("partner_id", "=", self.partner_id.id)
        of_debtor &= self._company_domain()
        promises = self.env["credit.promise"].search(
            of_debtor & Domain("state", "=", "open")
        )
        for company, group in promises.grouped("company_id").items():
            group.write({"state": "cancelled", "date_closed": company._credit_today()})
            group._log_items(body)
        plans = self.env["credit.plan"].search(
            of_debtor & Domain("state", "in", ("requested", "active"))
        )
        plans._close("cancelled", body)
        ended = [plan.name for plan in plans]
        ended += [promise.display_name for promise in promises]
        if ended:
            self._message_log(
                body=self.env._("Promises and plans ended: %s", ", ".join(ended))
            )

    def _drop_waiting(self):
        """Take back reminders that wait for a person; others are checked as they go."""
        self.ensure_one()
        self.env.flush_all()
        reminders = self.env["credit.reminder"].search(
            Domain("partner_id", "=", self.partner_id.id)
            & self._company_domain()
            & Domain("state", "in", ("to_approve", "queued"))
        )
        reminders.try_lock_for_update(allow_referencing=True)._recheck()

    def _tell_cases(self):
        """Write it on the timeline of the cases that run, and tell who sees to them."""
        self.ensure_one()
        cases = self.env["credit.case"].search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "open")
            & self._company_domain()
        )
        name = self.env._(
            "An insolvency of the debtor was opened on %s",
            format_date(self.env, self.date_opened),
        )
        note = self.env._(
            "Tell the third party, take the case back where the mandate says so, and "
            "declare the claim."
        )
        self.env["credit.case"]._add_events(
            [
                {
                    "case_id": case.id,
                    "kind": "status",
                    "name": name,
                    "note": note,
                    "date": self.date_opened,
                    "origin": "system",
                }
                for case in cases
            ]
        )
        kind = self.env.ref("credit_management_legal.activity_insolvency")
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("credit.case"),
                    "res_id": case.id,
                    "activity_type_id": kind.id,
                    "user_id": (case.user_id or self.user_id).id,
                    "date_deadline": case.company_id._credit_today(),
                    "summary": name,
                    "note": note,
                    "automated": True,
                }
                for case in cases
            ]
        )

    def _set_alarm(self):
        """One activity for the declaration: at its deadline, gone when it is done."""
        kind = self.env.ref("credit_management_legal.activity_insolvency")
        activities = self.env["mail.activity"].sudo()
        activities.search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("activity_type_id", "=", kind.id)
            & Domain("automated", "=", True)
        ).unlink()
        waiting = self.filtered(lambda r: r.state == "open" and not r.date_declared)
        for record in waiting:
            company = record.company_id or self.env.company
            today = company._credit_today()
            record.sudo().activity_schedule(
                "credit_management_legal.activity_insolvency",
                date_deadline=record._found_deadline()[0].last(today) or today,
                summary=self.env._("Declare the claim"),
                note=record.deadline_text,
                user_id=(record.user_id or self.env.user).id,
                automated=True,
            )

    # ------------------------------------------------------------------
    # Payments after the opening
    # ------------------------------------------------------------------

    def _payments_after(self):
        """Receivable items of payments by the debtor since the opening."""
        self.ensure_one()
        self.env.flush_all()
        company = (
            SQL("aml.company_id = %s", self.company_id.id)
            if self.company_id
            else SQL("TRUE")
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.id
                     FROM account_move_line aml
                     JOIN account_move move ON move.id = aml.move_id
                     JOIN account_account account ON account.id = aml.account_id
                     JOIN res_partner partner ON partner.id = aml.partner_id
                    WHERE partner.commercial_partner_id = %(partner)s
                      AND account.account_type = 'asset_receivable'
                      AND aml.parent_state = 'posted' AND aml.amount_currency < 0
                      AND move.move_type <> 'out_refund' AND aml.date >= %(opened)s
                      AND (aml.payment_id IS NOT NULL
                           OR move.statement_line_id IS NOT NULL)
                      AND %(company)s
                    ORDER BY aml.date, aml.id""",
                partner=self.partner_id.id,
                opened=self.date_opened,
                company=company,
            )
        )
        return self.env["account.move.line"].browse(row[0] for row in rows)

    def _note_payments(self):
        """Flag payments that came in since the opening, and tell whoever sees to it."""
        for record in self.sudo().filtered(lambda r: r.state == "open"):
            record = record._in_house()
            new = record._payments_after() - record.payment_ids
            if not new:
                continue
            record.payment_ids = [Command.link(item.id) for item in new]
            names = ", ".join(
                f"{item.move_name}: {item.currency_id.format(-item.amount_currency)}"
                for item in new
            )
            record.message_post(
                body=record.env._(
                    "Received after the opening: %s. A payment on a claim from before "
                    "may be annulled: ask the administrator.",
                    names,
                ),
                partner_ids=record.user_id.partner_id.ids,
            )

    @api.model
    def _cron_payments(self):
        """Every day: what nobody has matched yet is flagged too."""
        self.search(Domain("state", "=", "open"))._note_payments()

    def action_look_for_payments(self):
        """Look again what came in since the opening."""
        self.check_access("write")
        self._note_payments()
        return True

    def action_view_payments(self):
        """Open the payments that came in since the opening."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments after the opening"),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(False, "list")],
            "domain": [("id", "in", self.payment_ids.ids)],
        }

    def action_view_cases(self):
        """Open the cases of the debtor that run."""
        self.ensure_one()
        return self.case_ids._get_records_action(name=self.env._("Cases"))

    # ------------------------------------------------------------------
    # The group
    # ------------------------------------------------------------------

    def _group_partners(self):
        """The debtor, and the companies above, below and beside it."""
        self.ensure_one()
        partners = self.env["res.partner"].sudo()
        top = self.partner_id.sudo()
        while top.parent_id:
            top = top.parent_id
        family = partners.with_context(active_test=False).search(
            Domain("id", "child_of", top.id)
        )
        return (family.commercial_partner_id | self.partner_id).sudo(False)

    def _group_claims(self):
        """What is open on the group, in the companies that the user may see.

        :return: list of (company, partner, currency, open amount, overdue amount)
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        companies = self.env.user.company_ids
        # In sudo: sums of the companies the user works for, of no others.
        groups = (
            self.env["account.move.line"]
            .sudo()
            .with_context(allowed_company_ids=companies.ids)
            ._read_group(
                Domain(
                    "partner_id.commercial_partner_id", "in", self._group_partners().ids
                )
                & Domain("company_id", "in", companies.ids)
                & Domain("account_type", "=", "asset_receivable")
                & Domain("parent_state", "=", "posted")
                & Domain("reconciled", "=", False),
                ["company_id", "partner_id", "currency_id"],
                ["amount_residual_currency:sum", "date_maturity:array_agg"]
                + ["amount_residual_currency:array_agg"],
            )
        )
        sums = {}
        for company, partner, currency, amount, days, parts in groups:
            key = (company, partner.commercial_partner_id, currency)
            overdue = sum(
                part
                for day, part in zip(days, parts, strict=True)
                if day and day < today
            )
            before = sums.get(key, (0.0, 0.0))
            sums[key] = (before[0] + amount, before[1] + overdue)
        return [
            (*key, *found)
            for key, found in sorted(
                sums.items(), key=lambda row: [record.id for record in row[0]]
            )
            if not key[2].is_zero(found[0])
        ]

    @api.depends("partner_id")
    @api.depends_context("uid", "lang")
    def _compute_group_html(self):
        for record in self:
            rows = record._group_claims() if record.partner_id else []
            record.group_html = rows and self.env["ir.qweb"]._render(
                "credit_management_legal.insolvency_group",
                {"rows": rows, "debtor": record.partner_id},
            )


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_insolvency_count = fields.Integer(
        compute="_compute_credit_insolvency_count",
        string="Number of insolvencies",
        groups="credit_management.group_viewer",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_credit_insolvency_count(self):
        counts = dict(
            self.env["credit.insolvency"]._read_group(
                Domain("partner_id", "in", self.commercial_partner_id.ids)
                & Domain("state", "!=", "cancelled"),
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.credit_insolvency_count = counts.get(
                partner.commercial_partner_id, 0
            )

    def _credit_insolvencies(self, company):
        """The insolvencies that a company has to heed: {debtor: record}.

        Open ones, and those that ended with nothing more to come. One of the company's
        own goes before one for all companies. One query for any number of debtors.
        """
        # In sudo: whether a debtor is insolvent is asked for by whoever handles it.
        found = (
            self.env["credit.insolvency"]
            .sudo()
            .search(
                Domain("partner_id", "in", self.commercial_partner_id.ids)
                & Domain("company_id", "in", (company.id, False))
                & HEEDED
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
        """The insolvency of this debtor that a company has to heed, or an empty set."""
        none = self.env["credit.insolvency"].sudo()
        return self._credit_insolvencies(company).get(self.commercial_partner_id, none)

    def action_credit_insolvency(self):
        """Open the insolvencies of this debtor, or note one."""
        self.ensure_one()
        debtor = self.commercial_partner_id
        found = self.env["credit.insolvency"].search(
            Domain("partner_id", "=", debtor.id) & Domain("state", "!=", "cancelled")
        )
        if found:
            return found._get_records_action(name=self.env._("Insolvencies"))
        context = {"default_partner_id": debtor.id}
        if self.credit_insolvency_date:
            context["default_date_opened"] = self.credit_insolvency_date
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Insolvency"),
            "res_model": "credit.insolvency",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": context,
        }


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _credit_react(self):
        # EXTENDS credit_management: what an insolvent debtor pays is flagged
        super()._credit_react()
        if not self.ids:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT insolvency.id
                     FROM credit_insolvency insolvency
                     JOIN res_partner partner
                       ON partner.commercial_partner_id = insolvency.partner_id
                     JOIN account_move_line aml ON aml.partner_id = partner.id
                    WHERE insolvency.state = 'open' AND aml.id = ANY(%s::int[])
                      AND COALESCE(insolvency.company_id, aml.company_id)
                          = aml.company_id""",
                list(self.ids),
            )
        )
        if rows:
            insolvencies = self.env["credit.insolvency"].sudo()
            insolvencies.browse(row[0] for row in rows)._note_payments()


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _selection_block_reason(self):
        # EXTENDS credit_management
        reasons = super()._selection_block_reason()
        after = [code for code, _label in reasons].index("no_followup")
        reasons.insert(after, ("insolvency", self.env._("Insolvency of the debtor")))
        return reasons

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit_management: the record, or the day that somebody noted alone
        conditions = super()._block_conditions(company, today, debtors)
        after = [reason for reason, _sql in conditions].index("no_followup")
        insolvent = SQL(
            """partner.commercial_partner_id IN (
                SELECT insolvency.partner_id
                  FROM credit_insolvency insolvency
                 WHERE (insolvency.state = 'open' OR insolvency.state = 'closed'
                                                 AND insolvency.outcome = 'dissolved')
                   AND (insolvency.company_id IS NULL OR insolvency.company_id = %s)
                UNION ALL
                SELECT debtor.id
                  FROM res_partner debtor
                 WHERE debtor.credit_insolvency_date IS NOT NULL
                   AND NOT EXISTS (SELECT FROM credit_insolvency known
                                    WHERE known.partner_id = debtor.id))""",
            company.id,
        )
        conditions.insert(after, ("insolvency", insolvent))
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
        for line in stopped:
            text = texts.get(line.partner_id.commercial_partner_id)
            if text:
                notes[line.id] = text
        return notes
