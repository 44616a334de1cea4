"""What an insolvency ends, whom it tells, what it shows."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .credit_insolvency_hold import KEPT


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    case_ids = fields.Many2many(
        "credit.case", string="Running cases", compute="_compute_case_ids"
    )
    case_count = fields.Integer(string="Number of cases", compute="_compute_case_ids")
    group_html = fields.Html(
        string="Claims on the group", compute="_compute_group_html", sanitize=False
    )

    def _compute_case_ids(self):
        found = self.env["credit.case"].search(
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("state", "in", ("draft", "open"))
        )
        by_debtor = found.grouped("partner_id")
        for record in self:
            cases = by_debtor.get(record.partner_id, found.browse())
            cases = cases.filtered_domain(record._company_domain())
            record.case_ids = cases
            record.case_count = len(cases)

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
            record._tell_other_companies()
            record._note_payments()
        self._set_alarm()

    def _sync_debtors(self, before=()):
        """Keep the day of the first opening on the debtors.

        It stays where an insolvency is over: what it covered bears no interest any
        more. A day that somebody noted before there was a record comes back where the
        record was a mistake. What was charged since then is worked out anew.

        :param before: days of the opening that these insolvencies had
        """
        # In sudo: the day is a fact about the debtor, whoever notes the insolvency.
        kept = dict(
            self.sudo()._read_group(
                Domain("partner_id", "in", self.partner_id.ids) & KEPT,
                ["partner_id"],
                ["date_opened:min"],
            )
        )
        for partner, own in self.sudo().grouped("partner_id").items():
            day = kept.get(partner)
            if not day:
                if partner.credit_insolvency_date not in (
                    *own.mapped("date_opened"),
                    *before,
                ):
                    continue
                noted = own.filtered(lambda r: r.state == "cancelled" and r.date_noted)
                day = noted[:1].date_noted
            if partner.credit_insolvency_date != day:
                partner.credit_insolvency_date = day
            else:
                # A later opening stops other claims; see ``credit_insolvency_hold``.
                self.env["credit.charge"]._correct_since_opening(partner)
        self.env["credit.case"].invalidate_model(["insolvency_day", "insolvency_id"])

    def _end_agreements(self):
        """Promises and plans: what was agreed can't be paid any more.

        Those on claims from after the opening of a business that goes on stay.
        """
        self.ensure_one()
        body = self.env._(
            "Ended: an insolvency of the debtor was opened on %s.",
            format_date(self.env, self.date_opened),
        )
        of_debtor = Domain("partner_id", "=", self.partner_id.id)
        of_debtor &= self._company_domain()
        promises = self._covering(
            self.env["credit.promise"].search(of_debtor & Domain("state", "=", "open"))
        )
        for company, group in promises.grouped("company_id").items():
            group.write({"state": "cancelled", "date_closed": company._credit_today()})
            group._log_items(body)
        plans = self._covering(
            self.env["credit.plan"].search(
                of_debtor & Domain("state", "in", ("requested", "active"))
            )
        )
        plans._close("cancelled", body)
        ended = [plan.name for plan in plans]
        ended += [promise.display_name for promise in promises]
        if ended:
            self._message_log(
                body=self.env._("Promises and plans ended: %s", ", ".join(ended))
            )

    @api.model
    def _covering(self, agreements):
        """Those of some promises or plans that are about a claim that is stopped."""
        stopped = agreements.item_ids._credit_insolvency_days()
        return agreements.filtered(
            lambda agreement: not stopped.keys().isdisjoint(agreement.item_ids.ids)
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

    def _tell_other_companies(self):
        """Other companies stop as well: tell them to declare what is theirs.

        One activity on the debtor for each company with something open on it, and
        without a record that says so.
        """
        self.ensure_one()
        if not self.company_id:
            return
        companies = self.env["account.move.line"]._read_group(
            Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("company_id", "!=", self.company_id.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("amount_residual", ">", 0),
            ["company_id"],
        )
        limits = self.env["credit.limitation.item"]
        for (company,) in companies:
            debtor = self.partner_id.with_company(company)
            user = debtor.credit_user_id or limits._fallback_user(company)
            summary = self.env._(
                "Insolvency opened on %(day)s: declare the claims of %(company)s",
                day=format_date(self.env, self.date_opened),
                company=company.name,
            )
            told = self._activities_of(debtor).mapped("summary")
            if user and summary not in told and not debtor._credit_insolvency(company):
                debtor.activity_schedule(
                    "credit_management_legal.activity_insolvency",
                    date_deadline=company._credit_today(),
                    summary=summary,
                    user_id=user.id,
                    automated=True,
                )

    def _set_alarm(self):
        """One activity for the declaration: at its deadline, gone when it is done."""
        self._activities_of(self).unlink()
        waiting = self.filtered(
            lambda r: (
                r.state == "open"
                and not (r.date_declared or r.nothing_declared)
                and not r._is_shared_out()
            )
        )
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
            record.group_html = False
            if rows:
                record.group_html = self.env["ir.qweb"]._render(
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
