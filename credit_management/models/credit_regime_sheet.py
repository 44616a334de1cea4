"""A regime on one page: every rule, its value in words, its article and its source."""

from datetime import date

from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse, get_lang

from .credit_article import article_text
from .credit_regime_parts import TOPICS
from .credit_regime_words import selection_label

#: How a basis is shown: the class of its badge.
BADGES = {
    "text": "success",
    "source": "info",
    "project": "warning",
    "memory": "danger",
    False: "danger",
}
#: Bases that a lawyer has to look at before anybody relies on the rule.
UNSURE = ("memory", False)
#: Topics on which a regime may be silent: there is no rule that needs an article.
SILENT = {"suspension": "dispute_suspends", "wait": "first_reminder_required"}
SENTENCES = (
    ("interest", "interest_sentence"),
    ("indemnity", "indemnity_sentence"),
    ("clause", "clause_sentence"),
    ("cost", "cost_sentence"),
    ("fee", "fee_sentence"),
)
WEEKDAYS = range(1, 8)


class CreditRegime(models.Model):
    _inherit = "credit.regime"

    sheet_html = fields.Html(
        string="Sheet",
        compute="_compute_sheet_html",
        sanitize=False,
        help="All rules in words, as they are printed.",
    )
    in_force = fields.Boolean(
        string="In force today",
        compute="_compute_in_force",
        search="_search_in_force",
        help="For items that fall due today.",
    )
    unsure_count = fields.Integer(
        string="To verify",
        compute="_compute_unsure_count",
        help="Rules, mentions, periods and contact rules whose source is not sure.",
    )
    series_count = fields.Integer(compute="_compute_counts")
    series_names = fields.Char(
        string="Rates",
        compute="_compute_series_names",
        help="The series that give the interest, its floor and its cap.",
    )
    terms_count = fields.Integer(compute="_compute_counts")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("date_from", "date_to")
    @api.depends_context("company")
    def _compute_in_force(self):
        today = self.env.company._credit_today()
        for regime in self:
            first, last = regime.date_from or today, regime.date_to or today
            regime.in_force = first <= today <= last

    def _search_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._credit_today()
        domain = self._in_force_domain(today)
        return domain if True in value else ~domain

    @api.model
    def _in_force_domain(self, day):
        """Regimes for items that fall due on ``day``."""
        started = Domain("date_from", "=", False) | Domain("date_from", "<=", day)
        lasting = Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        return started & lasting

    @api.depends(
        "basis_ids.confidence",
        "mention_ids.confidence",
        "period_ids.confidence",
        "contact_ids.binding",
        "contact_ids.confidence",
    )
    def _compute_unsure_count(self):
        for regime in self:
            parts = (
                regime.basis_ids,
                regime.mention_ids,
                regime.period_ids,
                regime.contact_ids.filtered("binding"),
            )
            unsure = sum(
                confidence in UNSURE
                for part in parts
                for confidence in part.mapped("confidence")
            )
            regime.unsure_count = unsure + len(regime._topics_without_basis())

    def _topics_without_basis(self):
        """Topics on which the regime has a rule and names no article."""
        self.ensure_one()
        known = set(self.basis_ids.mapped("topic"))
        return [
            topic
            for topic, _label in TOPICS
            if topic not in known and not self._is_silent(topic) and self._words(topic)
        ]

    def _is_silent(self, topic):
        """Whether the regime has no rule on a topic, so that none needs a basis."""
        return topic in SILENT and not self[SILENT[topic]]

    def _words(self, topic):
        """The rule on a topic in words: a list of sentences."""
        return getattr(self, f"_words_{topic}")()

    def _compute_counts(self):
        for regime in self:
            regime.series_count = len(regime._series())
            regime.terms_count = self.env["credit.terms"].search_count(
                regime._terms_domain()
            )

    @api.depends("rate_series", "floor_series", "cap_series")
    def _compute_series_names(self):
        series = self.env["credit.rate.series"].with_context(active_test=False)
        known = {
            one.code: one.name
            for one in series.search_fetch(
                [("code", "in", [code for r in self for code in r._series_codes()])],
                ["code", "name"],
            )
        }
        for regime in self:
            regime.series_names = ", ".join(
                known.get(code, code) for code in regime._series_codes()
            )

    def _series_codes(self):
        """The codes of the series that the regime uses, each once."""
        codes = (self.rate_series, self.floor_series, self.cap_series)
        return list(dict.fromkeys(code for code in codes if code))

    def _compute_sheet_html(self):
        for regime in self:
            regime.sheet_html = self.env["ir.qweb"]._render(
                "credit_management.regime_sheet", {"sheet": regime._sheet_values()}
            )

    # ------------------------------------------------------------------
    # The sheet
    # ------------------------------------------------------------------

    def _rule_rows(self):
        """Each rule as it is shown to whoever checks it.

        :return: list of dicts ``topic``, ``label``, ``value`` (sentences, one a line),
            ``article``, ``confidence`` (a key of ``CONFIDENCE``, or false where no
            basis is given), ``confidence_label``, ``badge``, ``unsure``, ``source``
            and ``note``, in the language of the environment
        """
        self.ensure_one()
        basis_model = self.env["credit.regime.basis"]
        labels = dict(basis_model._fields["topic"]._description_selection(self.env))
        by_topic = {basis.topic: basis for basis in self.basis_ids}
        rows = []
        for topic, _label in TOPICS:
            words = self._words(topic)
            basis = by_topic.get(topic, basis_model)
            if not words and not basis:
                continue
            note = basis.note or ""
            row = {
                "topic": topic,
                "label": labels[topic],
                "value": "\n".join(words) or note,
                "source": basis.source or "",
                "note": note if words else "",
                **self._evidence(basis),
            }
            if not basis and self._is_silent(topic):
                row["confidence_label"] = self.env._("No rule")
                row.update(badge="plain", unsure=False)
            rows.append(row)
        return rows

    def _evidence(self, part):
        """Article of a part of the regime, and how sure it is."""
        confidence = part.confidence
        label = selection_label(part, "confidence")
        return {
            "article": article_text(self.env, part.article),
            "confidence": confidence,
            "confidence_label": label or self.env._("No basis given"),
            "badge": BADGES[confidence],
            "unsure": confidence in UNSURE,
        }

    def _sheet_values(self):
        """What the sheet shows, on screen and on paper alike."""
        self.ensure_one()
        rules = self._rule_rows()
        mentions = self._mention_rows()
        periods = self._period_rows()
        contacts = self._contact_rows()
        rows = [*rules, *mentions, *periods, *contacts]
        unsure = sum(row["unsure"] for row in rows)
        return {
            "regime": self,
            "validity": self._validity_text(),
            "kind": selection_label(self, "kind"),
            "claim_kind": selection_label(self, "claim_kind"),
            "rules": rules,
            "sentences": self._sentence_rows(),
            "mentions": mentions,
            "limitations": [row for row in periods if row["topic"] == "limitation"],
            "procedures": [row for row in periods if row["topic"] == "procedure"],
            "contacts": contacts,
            "versions": self._version_rows(),
            "count": self.env._("%s rules and periods", len(rows)),
            "unsure": unsure,
            "unsure_text": self.env._("%s to verify", unsure),
        }

    def _print_day_text(self):
        """At the foot of the printed sheet."""
        return self.env._(
            "Printed on %s", self._day_text(self.env.company._credit_today())
        )

    def _sentence_rows(self):
        """What the debtor reads of each charge, in the language of the reader."""
        labels = dict(
            self.env["credit.charge"]._fields["kind"]._description_selection(self.env)
        )
        return [
            {"kind": kind, "label": labels[kind], "value": self[name]}
            for kind, name in SENTENCES
            if self[name]
        ]

    def _mention_rows(self, document=None):
        """What documents have to say; of one kind of document, or of all."""
        rows = []
        for mention in self.mention_ids:
            if document and mention.document != document:
                continue
            placeholders = (mention.placeholders or "").replace(",", ", ")
            rows.append(
                {
                    "label": selection_label(mention, "document"),
                    "value": mention.name,
                    "check": self.env._("Said by: %s", placeholders)
                    if placeholders
                    else self.env._("A person has to see to it."),
                    **self._evidence(mention),
                }
            )
        return rows

    def _period_rows(self):
        _ = self.env._
        units = {
            "days": _("%s days"),
            "working_days": _("%s working days"),
            "months": _("%s months"),
            "years": _("%s years"),
        }
        one = {
            "days": _("1 day"),
            "working_days": _("1 working day"),
            "months": _("1 month"),
            "years": _("1 year"),
        }
        rows = []
        for period in self.period_ids.sorted(_period_order):
            claim_kind = selection_label(period, "claim_kind")
            if period.topic != "limitation" or claim_kind == period.name:
                claim_kind = ""
            text = one[period.unit]
            if period.number != 1:
                text = units[period.unit] % period.number
            rows.append(
                {
                    "topic": period.topic,
                    "label": period.name,
                    "claim_kind": claim_kind,
                    "value": text,
                    "starts": period.starts or "",
                    "holds": self._period_validity(period),
                    "note": period.note or "",
                    **self._evidence(period),
                }
            )
        return rows

    def _period_validity(self, period):
        """Which of two versions of a period holds."""
        _ = self.env._
        values = {
            "basis": period.date_basis or _("Date"),
            "first": period.date_from and self._day_text(period.date_from),
            "last": period.date_to and self._day_text(period.date_to),
        }
        if period.date_from and period.date_to:
            return _("%(basis)s: from %(first)s until %(last)s", **values)
        if period.date_from:
            return _("%(basis)s: from %(first)s on", **values)
        if period.date_to:
            return _("%(basis)s: until %(last)s", **values)
        return ""

    def _contact_rows(self):
        _ = self.env._
        rows = []
        for rule in self.contact_ids:
            channel = _("Every channel")
            if rule.channel:
                labels = dict(self.env["credit.policy.step"]._selection_channel())
                channel = labels.get(rule.channel, rule.channel)
            row = {
                "label": channel,
                "value": "\n".join(self._contact_words(rule)),
                "note": rule.note or "",
                **self._evidence(rule),
            }
            if not rule.binding:
                row["confidence_label"] = _("Prudence, not law")
                row.update(badge="plain", unsure=False)
            rows.append(row)
        return rows

    def _contact_words(self, rule):
        _ = self.env._
        if not rule.allowed:
            return [_("Forbidden.")]
        words = [self._contact_hours(rule)]
        if not rule.holidays:
            words.append(_("Not on public holidays."))
        if rule.max_count and rule.max_days == 1:
            words.append(_("At most %s a day.", rule.max_count))
        elif rule.max_count:
            words.append(
                _(
                    "At most %(count)s in %(days)s days.",
                    count=rule.max_count,
                    days=rule.max_days,
                )
            )
        if rule.silent_days:
            words.append(
                _("None within %s days after a conversation.", rule.silent_days)
            )
        if not rule.third_parties:
            words.append(_("Nobody but the debtor."))
        return words

    def _contact_hours(self, rule):
        """On which days and at which hours the debtor may be contacted."""
        _ = self.env._
        locale = babel_locale_parse(get_lang(self.env).code)
        # As the language writes them in a sentence; the week of Babel begins with 0.
        names = {place + 1: n for place, n in get_day_names(locale=locale).items()}
        chosen = sorted(int(day) for day in (rule.weekdays or "").split(",") if day)
        days = ", ".join(names[day] for day in chosen)
        if chosen == list(WEEKDAYS):
            days = _("Every day")
        elif len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
            days = _(
                "%(first)s to %(last)s",
                first=names[chosen[0]],
                last=names[chosen[-1]],
            )
        days = f"{days[:1].upper()}{days[1:]}"
        if rule.hour_from <= 0 and rule.hour_to >= 24:
            return _("%s, at any hour.", days)
        return _(
            "%(days)s, %(first)s–%(last)s.",
            days=days,
            first=_hour(rule.hour_from),
            last=_hour(rule.hour_to),
        )

    def _version_rows(self):
        """All versions of these rules, this one among them."""
        versions = self.with_context(active_test=False).search(
            [("code", "=", self.code), ("kind", "=", self.kind)]
        )
        versions = versions.sorted(lambda one: (one.date_from or date.min, one.id))
        return [
            {
                "current": version == self,
                "name": version.name,
                "validity": version._validity_text(),
            }
            for version in versions
        ]

    # ------------------------------------------------------------------
    # What belongs to the regime
    # ------------------------------------------------------------------

    def _series(self):
        codes = self._series_codes()
        return self.env["credit.rate.series"].search([("code", "in", codes)])

    def _terms_domain(self):
        """Terms that speak of debtors under this regime."""
        countries = [False, self.country_id.id]
        return [("kind", "=", self.kind), ("country_id", "in", countries)]

    def action_view_series(self):
        """Open the series of rates that the regime uses."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_rate_series_action"
        )
        return dict(action, domain=[("id", "in", self._series().ids)], context={})

    def action_view_terms(self):
        """Open the terms on late payment of debtors under this regime."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_terms_action"
        )
        return dict(action, domain=self._terms_domain(), context={})


def _period_order(period):
    """Versions of one period stand together, the oldest first."""
    return (period.topic, period.claim_kind, period.name, period.date_from or date.min)


def _hour(value):
    minutes = round(value * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
