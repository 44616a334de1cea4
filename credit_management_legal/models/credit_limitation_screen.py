"""Limitation where people look: on items, invoices, cases; its working in words."""

from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.credit_management.models.credit_article import article_text
from odoo.addons.credit_management.models.credit_regime import CLAIM_KINDS

from ..engine import limitation
from .credit_limitation_rule import LOST, OF_EVENTS
from .credit_procedure_sheet import length_words


class CreditLimitation(models.AbstractModel):
    _inherit = "credit.limitation"

    @api.model
    def _effect_phrase(self, rule):
        """What an act does by the rule of a country, with where that stands."""
        if not rule:
            return self.env._("No rule is known: shown, moves nothing")
        labels = dict(rule._fields["effect"]._description_selection(self.env))
        text = labels[rule.effect]
        if rule.effect in (limitation.RENEW, limitation.EXTEND_ONCE):
            text = f"{text} ({length_words(self.env, rule.number, rule.unit)})"
        return self._with_basis(text, rule.article, rule)

    @api.model
    def _with_basis(self, text, article, record):
        """A text with its article, and how sure that is."""
        sure = dict(record._fields["confidence"]._description_selection(self.env))
        basis = ", ".join(
            part
            for part in (
                article_text(self.env, article),
                sure.get(record.confidence),
            )
            if part
        )
        return f"{text} [{basis}]"

    @api.model
    def _workings(self, items):
        """How the day of each item was found: {item id: HTML}.

        In sudo: whoever may see the day may see how it was found.
        """
        if not items:
            return {}
        rules = self.env["credit.limitation.rule"]._by_country()
        periods = self.env["credit.regime.period"].sudo()
        return {
            item_id: self._working(found, periods.browse(found.period.key), rules)
            for item_id, found in self.sudo()._limits(items, possible=True).items()
        }

    @api.model
    def _working(self, found, period, rules):
        """One limit in words."""
        _ = self.env._
        kinds = dict(period._fields["claim_kind"]._description_selection(self.env))
        country = period.regime_id.country_id.id
        rows = [
            (
                _("Period"),
                self._with_basis(
                    _(
                        "%(label)s: %(value)s",
                        label=period.name,
                        value=length_words(self.env, period.number, period.unit),
                    ),
                    period.article,
                    period,
                ),
            ),
            (
                _("Runs from"),
                _("the end of the year of the invoice or of an earlier delivery")
                if found.period.start == limitation.YEAR_END
                else _("the day of the invoice or of an earlier delivery"),
            ),
            (
                _("Kind of claim"),
                kinds[period.claim_kind]
                if found.certain
                else _(
                    "not known: the shortest period for goods, services and "
                    "subscriptions counts"
                ),
            ),
        ]
        for act in found.counted:
            rows.append((_("Counts"), self._act_phrase(act, country, rules)))
        for act in found.possible:
            rows.append(
                (
                    _("May have interrupted, does not count"),
                    self._act_phrase(act, country, rules),
                )
            )
        rows.append((_("Last day"), format_date(self.env, found.day)))
        return Markup('<table class="table table-sm w-auto">%s</table>') % Markup(
            ""
        ).join(
            Markup("<tr><th>%s</th><td>%s</td></tr>") % (label, text)
            for label, text in rows
        )

    @api.model
    def _act_label(self, kind):
        """What an act is called; without a kind it is a letter on a timeline."""
        field = self.env["credit.limitation.rule"]._fields["act"]
        labels = dict(field._description_selection(self.env))
        if kind == LOST:
            return self.env._("Act of a procedure that was lost")
        return labels.get(kind) or self.env._("Letter of a lawyer or bailiff")

    @api.model
    def _rule_act(self, kind):
        """The act whose rule tells what an act of this kind does."""
        return kind

    @api.model
    def _act_phrase(self, act, country_id, rules):
        kind, _model, _id = act.key
        text = self.env._(
            "%(label)s: %(value)s",
            label=format_date(self.env, act.day),
            value=self._act_label(kind),
        )
        if act.until:
            text = f"{text} – {format_date(self.env, act.until)}"
        rule = rules.get((country_id, self._rule_act(kind)))
        return f"{text}. {self._effect_phrase(rule)}" if kind else text


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    limitation_date = fields.Date(
        string="Limitation",
        compute="_compute_limitation_date",
        search="_search_limitation_date",
        groups="credit_management.group_viewer",
        help="The last day on which the claim can be enforced.",
    )

    def _compute_limitation_date(self):
        """What is kept; what is new since last night is worked out."""
        # In sudo: the day is a fact of the item, which the reader may see.
        kept = (
            self.env["credit.limitation.item"]
            .sudo()
            .search_fetch(
                Domain("move_line_id", "in", self.ids), ["move_line_id", "date"]
            )
        )
        days = {row.move_line_id.id: row.date for row in kept}
        new = self.filtered(
            lambda line: (
                line._origin.id not in days
                and line._origin
                and line.parent_state == "posted"
                and line.account_type == "asset_receivable"
                and not line.reconciled
                and line.amount_residual_currency > 0
            )
        )
        limits = self.env["credit.limitation"].sudo()._limits(new) if new else {}
        days.update({item_id: found.day for item_id, found in limits.items()})
        for line in self:
            line.limitation_date = days.get(line._origin.id, False)

    def _search_limitation_date(self, operator, value):
        items = self.env["credit.limitation.item"].sudo()
        allowed = Domain("company_id", "in", self.env.companies.ids)

        def having(domain):
            query = items._search(domain & allowed)
            return Domain("id", "in", query.subselect("move_line_id"))

        if operator == "in":
            days = [day for day in value if day]
            found = having(Domain("date", "in", days))
            return found if len(days) == len(value) else found | ~having(Domain.TRUE)
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        return having(Domain("date", operator, value))


class AccountMove(models.Model):
    _inherit = "account.move"

    credit_claim_kind = fields.Selection(
        CLAIM_KINDS,
        string="Kind of claim",
        help="Which period of limitation applies. Empty: by the categories of the "
        "products, then by the company.",
    )
    limitation_date = fields.Date(
        string="Limitation",
        compute="_compute_limitation_date",
        groups="credit_management.group_viewer",
        help="The first of the last days on which its items can be enforced.",
    )

    @api.depends("line_ids.limitation_date")
    def _compute_limitation_date(self):
        for move in self:
            days = [day for day in move.line_ids.mapped("limitation_date") if day]
            move.limitation_date = min(days, default=False)

    def write(self, vals):
        # EXTENDS account
        result = super().write(vals)
        if "credit_claim_kind" in vals or "delivery_date" in vals:
            limits = self.env["credit.limitation"].sudo()
            for company, moves in self.grouped("company_id").items():
                items = moves.line_ids.filtered(
                    lambda line: (
                        line.parent_state == "posted"
                        and line.account_type == "asset_receivable"
                    )
                )
                if items:
                    limits._refresh(company, items=items)
        return result

    def action_credit_limitation(self):
        """How the limitation of this invoice was found."""
        self.ensure_one()
        self.env["credit.limitation"].sudo()._refresh(
            self.company_id, items=self._credit_open_items()
        )
        found = self.env["credit.limitation.item"].search(
            Domain("move_line_id.move_id", "=", self.id)
        )
        return found._get_records_action(name=self.env._("Limitation"))


class ProductCategory(models.Model):
    _inherit = "product.category"

    credit_claim_kind = fields.Selection(
        CLAIM_KINDS,
        string="Kind of claim",
        help="Which period of limitation applies to what is sold of this category. "
        "Empty: as the category above it.",
    )

    def _credit_claim_kinds(self):
        """{category id: its own kind or that of the nearest one above}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, parent_id, credit_claim_kind FROM product_category
                    ORDER BY parent_path"""
            )
        )
        found = {}
        for id_, parent_id, kind in rows:
            kind = kind or found.get(parent_id)
            if kind:
                found[id_] = kind
        return found


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_limitation_kind = fields.Selection(
        CLAIM_KINDS,
        string="Kind of claims for limitation",
        help="What all claims are, but where an invoice or a category of products says "
        "otherwise. Empty: the shortest period for goods, services and subscriptions.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_limitation_kind = fields.Selection(
        related="company_id.credit_limitation_kind", readonly=False
    )


class CreditCaseLine(models.Model):
    _inherit = "credit.case.line"

    limitation_date = fields.Date(
        string="Limitation",
        readonly=True,
        copy=False,
        help="The last day on which the claim can be enforced.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        lines = super().create(vals_list)
        limits = self.env["credit.limitation"].sudo()
        for company, own in lines.grouped("company_id").items():
            items = own.sudo().move_line_id
            if items:
                limits._refresh(company, items=items)
        return lines


class CreditCase(models.Model):
    _inherit = "credit.case"

    limitation_date = fields.Date(
        string="Limitation",
        compute="_compute_limitation_date",
        store=True,
        index="btree_not_null",
        help="The first of the last days on which its items can be enforced.",
    )
    limitation_html = fields.Html(
        string="How the limitation was found",
        compute="_compute_limitation_html",
        sanitize=False,
    )

    @api.depends("line_ids.limitation_date", "line_ids.date_withdrawn")
    def _compute_limitation_date(self):
        for case in self:
            days = [
                line.limitation_date
                for line in case.line_ids
                if line.limitation_date and not line.date_withdrawn
            ]
            case.limitation_date = min(days, default=False)

    @api.depends("line_ids.limitation_date")
    @api.depends_context("lang")
    def _compute_limitation_html(self):
        """The working of each item, the first to run out first."""
        limits = self.env["credit.limitation"]
        items = self.sudo()._items()
        workings = limits._workings(items)
        for case in self:
            lines = case.line_ids.filtered(lambda line: not line.date_withdrawn)
            lines = lines.sorted(
                lambda line: (line.limitation_date or date.max, line.id)
            )
            case.limitation_html = Markup("").join(
                Markup("<h4>%s</h4>%s") % (line.name, workings[line.move_line_id.id])
                for line in lines
                if line.move_line_id.id in workings
            )

    def _limitation_acts(self):
        """What may have moved the limitation of the case's items, the earliest first.

        :return: list of dict(date, kind, label, text, counted, record), each act once;
            ``counted`` tells whether it moved the day of an item
        """
        self.ensure_one()
        limits = self.env["credit.limitation"].sudo()
        rules = self.env["credit.limitation.rule"]._by_country()
        periods = self.env["credit.regime.period"].sudo()
        found = {}
        for limit in limits._limits(self.sudo()._items(), possible=True).values():
            country = periods.browse(limit.period.key).regime_id.country_id.id
            for counted, acts in ((True, limit.counted), (False, limit.possible)):
                for act in acts:
                    kind, model, record_id = act.key
                    known = found.setdefault(
                        act.key,
                        {
                            "date": act.day,
                            "kind": kind,
                            "label": limits._act_label(kind),
                            "text": limits._act_phrase(act, country, rules),
                            "counted": False,
                            "record": self.env[model].browse(record_id),
                        },
                    )
                    known["counted"] = known["counted"] or counted
        return sorted(found.values(), key=lambda row: row["date"])

    def _react_to_events(self, events):
        # EXTENDS credit.case: what interrupts moves the alarm at once
        result = super()._react_to_events(events)
        moving = events.filtered(
            lambda event: event.kind in OF_EVENTS or event.procedure_stage_id
        )
        moving.case_id._refresh_limitation()
        return result

    def _refresh_limitation(self):
        """Work out the limitation of the items of these cases at once."""
        limits = self.env["credit.limitation"].sudo()
        for company, own in self.grouped("company_id").items():
            items = own.sudo().line_ids.move_line_id
            if items:
                limits._refresh(company, items=items)


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS credit_management
        plans = super().create(vals_list)
        plans.filtered("accepted_date")._interrupt_limitation()
        return plans

    def write(self, vals):
        # EXTENDS credit_management
        result = super().write(vals)
        if "accepted_date" in vals:
            self._interrupt_limitation()
        return result

    def _interrupt_limitation(self):
        """An acknowledgement of debt moves the alarm at once."""
        limits = self.env["credit.limitation"].sudo()
        for company, plans in self.grouped("company_id").items():
            if plans.item_ids:
                limits._refresh(company, items=plans.sudo().item_ids)
