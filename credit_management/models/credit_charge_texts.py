"""Why a charge is claimed or left out, as sentences."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..engine.regime import COST
from ..report.wording import day_text
from .credit_article import article_text, article_told


class CreditCharge(models.Model):
    _inherit = "credit.charge"

    @api.model
    def _kind_label(self, kind):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return labels.get(kind, kind)

    @api.model
    def _reason_text(self, reason, until=None, series="", period=""):
        """Why a charge is left out, by the code of :mod:`engine.charges`.

        :param series: for a rate that is missing, the code of its series; for a rate of
            exchange, the two currencies
        :param period: and for when it is missing
        :return: the end of a sentence that begins with the charge
        """
        _ = self.env._
        if reason == "waiting" and until:
            return _(
                "the waiting period of the law runs until %s",
                day_text(self.env, until),
            )
        series_model = self.env["credit.rate.series"].sudo(False)
        # Debtors are not told by which name we keep our rates.
        if reason == "rate_missing" and series and series_model.has_access("read"):
            return _(
                "there is no rate “%(series)s” for %(period)s",
                series=series_model._label_of(series),
                period=period,
            )
        texts = {
            "forbidden": _("the law allows none"),
            "unknown_law": _("the law of the debtor’s country is not known here"),
            "no_scale": _("the law fixes none"),
            "unproven": _("nothing proves that the debtor is a business"),
            "first_reminder": _("a free first reminder has to go first"),
            "waiting": _("the waiting period of the law is not over"),
            "notice": _("a formal notice has to go first"),
            "no_terms": _("due only if the terms agree on it, and they do not"),
            "insolvency": _("the debtor is insolvent"),
            "not_late": _("nothing was late"),
            "exchange_missing": _("no rate of exchange %s is known", series),
            "rate_missing": _("the rate is not known"),
        }
        return texts.get(reason, reason)

    @api.model
    def _withheld_text(
        self, kind, reason, article="", until=None, series="", period=""
    ):
        """A charge that is left out: its kind, the reason and the article."""
        article = article_told(self.env, article)
        if kind == COST and reason == "forbidden":
            # Most laws leave them to proof: no scale does not mean that none are due.
            reason = "no_scale"
        values = {
            "charge": self._kind_label(kind),
            "reason": self._reason_text(reason, until, series, period),
            "article": article,
        }
        if article:
            return self.env._("%(charge)s: %(reason)s (%(article)s)", **values)
        return self.env._("%(charge)s: %(reason)s", **values)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    claimed_html = fields.Html(
        string="Charges claimed", compute="_compute_charge_lists", sanitize=False
    )
    withheld_html = fields.Html(
        string="Charges left out", compute="_compute_charge_lists", sanitize=False
    )

    charge_count = fields.Integer(compute="_compute_charge_count")
    waiting_text = fields.Char(compute="_compute_waiting_text")

    @api.depends("wait_until", "wait_article")
    def _compute_waiting_text(self):
        for reminder in self:
            reminder.waiting_text = False
            until = reminder.wait_until
            if until and until >= reminder.company_id._credit_today():
                reminder.waiting_text = self.env._(
                    "Waiting period of the law until %(day)s (%(article)s): no charges "
                    "and no next step before it is over.",
                    day=format_date(self.env, until),
                    article=article_text(self.env, reminder.wait_article)
                    or self.env._("no article given"),
                )

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        for reminder in self:
            reminder.charge_count = len(reminder.charge_ids)

    def action_view_charges(self):
        """Open the charges that the reminder was the first to claim."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_charge_action"
        )
        return dict(action, domain=[("reminder_id", "=", self.id)], context={})

    @api.depends("charges")
    def _compute_charge_lists(self):
        for reminder in self:
            charges = reminder.charges or {}
            reminder.claimed_html = as_list(
                reminder._claimed_texts(charges.get("claimed", []))
            )
            reminder.withheld_html = as_list(
                reminder._withheld_texts(charges.get("withheld", []))
            )

    def _claimed_texts(self, claimed):
        """One sentence for each charge that is asked for: amount, rate, regime."""
        self.ensure_one()
        charge_model = self.env["credit.charge"]
        regimes = self.env["credit.regime"].browse(
            {entry["regime_id"] for entry in claimed if entry.get("regime_id")}
        )
        names = {regime.id: regime.name for regime in regimes.exists()}
        texts = []
        for entry in claimed:
            values = {
                "charge": charge_model._kind_label(entry["kind"]),
                "amount": format_amount(
                    self.env, float(entry["amount"]), self.currency_id
                ),
                "regime": names.get(entry.get("regime_id"), ""),
            }
            if entry.get("percent"):
                values["percent"] = regimes._percent_text(float(entry["percent"]))
                texts.append(
                    self.env._(
                        "%(charge)s: %(amount)s, at %(percent)s now. %(regime)s",
                        **values,
                    )
                )
            else:
                texts.append(self.env._("%(charge)s: %(amount)s. %(regime)s", **values))
        return [text.strip() for text in texts]

    def _withheld_texts(self, withheld):
        charge_model = self.env["credit.charge"]
        return [
            charge_model._withheld_text(
                entry["kind"],
                entry["reason"],
                entry.get("article") or "",
                fields.Date.to_date(entry.get("until")),
                entry.get("series") or "",
                entry.get("period") or "",
            )
            for entry in withheld
        ]


def as_list(texts):
    """Sentences as a list in HTML; false if there are none."""
    texts = list(texts)
    if not texts:
        return False
    items = Markup().join(Markup("<li>{}</li>").format(text) for text in texts)
    return Markup('<ul class="mb-0">{}</ul>').format(items)
