"""What the debtor reads about charges: how much, on what basis, and what may follow.

All of it is in the debtor's language. Amounts are those that were worked out for the
reminder and are stored on it: nothing is calculated here.
"""

from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.i18n import format_list
from odoo.tools.misc import get_lang

from ..engine import regime as rules
from ..report.wording import rate_text

#: Channels whose message travels by post.
POSTAL = ("letter", "registered_letter")


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    charge_basis = fields.Json(
        compute="_compute_charge_basis",
        compute_sudo=True,
        help="On what the charges rest: sentences in the recipient's language.",
    )
    charges_html = fields.Html(
        compute="_compute_charges_html",
        compute_sudo=True,
        sanitize=False,
        help="On what basis charges are asked for. The table of invoices shows it "
        "below itself, unless the text puts it elsewhere.",
    )
    legal_basis_text = fields.Char(
        compute="_compute_legal_texts",
        compute_sudo=True,
        help="On what basis charges are asked for, or will be; as plain text.",
    )
    legal_period_text = fields.Char(
        compute="_compute_legal_texts",
        compute_sudo=True,
        help="The time that the debtor has to pay before anything may be charged, as "
        "the law counts it.",
    )
    coming_charges_text = fields.Char(
        compute="_compute_legal_texts",
        compute_sudo=True,
        help="What will be charged when this time is over. Empty if nothing will be.",
    )

    # ------------------------------------------------------------------
    # What is charged
    # ------------------------------------------------------------------

    def _claimed_charges(self):
        """What is asked for now, as it was worked out: a list of dictionaries."""
        self.ensure_one()
        return (self.charges or {}).get("claimed", [])

    def _charge_rows(self):
        """Label and amount of each charge, in the order in which they are shown.

        The amounts add up to those stored: two kinds that share a field are told apart
        by what was worked out.
        """
        self.ensure_one()
        claimed, percents = {}, set()
        for charge in self._claimed_charges():
            kind = charge["kind"]
            claimed[kind] = claimed.get(kind, 0) + Decimal(charge["amount"])
            if kind == rules.INTEREST:
                percents.add(charge.get("percent"))
        clause = float(claimed.get(rules.CLAUSE, 0))
        cost = float(claimed.get(rules.COST, 0))
        amounts = {
            rules.INTEREST: self.amount_interest,
            rules.INDEMNITY: self.amount_indemnity - clause,
            rules.CLAUSE: clause,
            rules.COST: cost,
            rules.FEE: self.amount_fee - cost,
        }
        # One rate is told; of several the calculation tells.
        percent = percents.pop() if len(percents) == 1 else None
        rows = [
            (self._charge_label(kind, percent), amounts[kind]) for kind in rules.CHARGES
        ]
        rows.append((self.env._("Charges of earlier reminders"), self.amount_carried))
        return rows

    def _charge_label(self, kind, percent=None):
        """What the debtor reads before the amount of a charge.

        :param str kind: see :mod:`..engine.regime`
        :param percent: the yearly rate of interest, if there is one
        """
        _ = self.env._
        if kind == rules.INTEREST and percent is not None:
            return _(
                "Late interest at %(rate)s%% a year",
                rate=rate_text(percent, get_lang(self.env).code),
            )
        return {
            rules.INTEREST: _("Late interest"),
            rules.INDEMNITY: _("Recovery indemnity"),
            rules.CLAUSE: _("Compensation under our terms and conditions"),
            rules.COST: _("Collection costs"),
            rules.FEE: _("Reminder fee"),
        }[kind]

    # ------------------------------------------------------------------
    # On what basis
    # ------------------------------------------------------------------

    @api.depends("amount_carried", "charges", "lang")
    def _compute_charge_basis(self):
        charged = self.filtered(
            lambda r: (
                r._claimed_charges() or not r.currency_id.is_zero(r.amount_carried)
            )
        )
        contexts = charged._charge_contexts() if charged else {}
        (self - charged).charge_basis = []
        for reminders in charged._by_lang():
            for reminder in reminders:
                sentences = reminder._claimed_basis(contexts[reminder])
                if reminder._has_annex():
                    sentences.append(
                        reminder.env._("The calculation, day by day, is annexed.")
                    )
                reminder.charge_basis = sentences

    def _has_annex(self):
        """Whether the calculation of the charges goes along."""
        self.ensure_one()
        return self.step_id.attach_calculation and bool(self._claimed_charges())

    def _claimed_basis(self, context):
        self.ensure_one()
        regimes = self.env["credit.regime"].sudo()
        pairs = [
            (charge["kind"], regimes.browse(charge.get("regime_id")))
            for charge in self._claimed_charges()
        ]
        sentences = self._basis_sentences(pairs, context["terms"])
        if not self.currency_id.is_zero(self.amount_carried):
            sentences.append(
                self.env._(
                    "Charges of earlier reminders were asked for before and are still "
                    "owed."
                )
            )
        return sentences

    def _basis_sentences(self, pairs, terms):
        """The sentences for kinds of charges by their regimes, each once.

        :param pairs: of a kind and a ``credit.regime``
        :param terms: the ``credit.terms`` that apply, possibly none
        """
        order = {kind: rank for rank, kind in enumerate(rules.CHARGES)}
        agreed = terms and terms.rate_rule != "legal"
        sentences = []
        for kind, regime in sorted(pairs, key=lambda pair: order[pair[0]]):
            text = regime.with_context(lang=self.env.lang)[f"{kind}_sentence"] or ""
            if kind == rules.INTEREST and agreed:
                rate = self.env._("The rate is that of our terms and conditions.")
                text = f"{text} {rate}".strip()
            sentences.append(text)
        return [text for text in dict.fromkeys(sentences) if text]

    @api.depends("charge_basis", "lang")
    def _compute_charges_html(self):
        for reminders in self._by_lang():
            for reminder in reminders:
                reminder.charges_html = Markup()
                if reminder.charge_basis:
                    values = {"o": reminder, "basis": reminder.charge_basis}
                    reminder.charges_html = self._render_part("mail_basis", values)

    def _places_basis(self):
        """Whether the text of the message says itself where the basis stands."""
        self.ensure_one()
        if self.channel in POSTAL:
            text = self.step_id.letter_text
        else:
            text = self._mail_template().body_html
        return "object.charges_html" in (text or "")

    # ------------------------------------------------------------------
    # What may follow
    # ------------------------------------------------------------------

    @api.depends(
        "charges", "channel", "date_done", "lang", "line_ids", "step_id", "wait_until"
    )
    def _compute_legal_texts(self):
        contexts = self._charge_contexts()
        times = self._legal_times(self._leaving_days())
        for reminders in self._by_lang():
            for reminder in reminders:
                context = contexts[reminder]
                deadline, wait_until, _article = times[reminder]
                if reminder.date_done:
                    deadline, wait_until = reminder.deadline_date, reminder.wait_until
                reminder.legal_period_text = reminder._period_phrase(
                    context["engine_regime"], deadline, wait_until
                )
                reminder.coming_charges_text = reminder._coming_sentence(context)
                sentences = reminder._claimed_basis(context)
                if not sentences:
                    kinds = reminder._coming_kinds(context)
                    sentences = reminder._basis_sentences(
                        [(kind, context["regime"]) for kind in kinds], context["terms"]
                    )
                reminder.legal_basis_text = " ".join(sentences)

    def _period_phrase(self, regime, deadline, wait_until):
        """“14 calendar days, counted from …”, to stand after “within”.

        :param regime: :class:`..engine.regime.Regime`
        :param deadline: the last day to pay, or a false value
        :param wait_until: the last day of the waiting period of the law, or a false
            value where the law sets none after this reminder
        """
        _ = self.env._
        postal = self.channel in POSTAL
        sent = self.date_done or self.company_id._credit_today()
        offset, unit = regime.wait_electronic_offset, "calendar"
        days, last = regime.wait_days, wait_until
        if not wait_until:
            if not deadline:
                return _("the next few days")
            offset, days, last = 1, (deadline - sent).days, deadline
        elif regime.wait_post_unit == "delivery":
            # The law counts from a day that nobody knows yet: a date would be a guess,
            # and one too early undoes the letter.
            if postal:
                return _(
                    "%(days)s days, counted from the day after this letter is "
                    "delivered to you",
                    days=days,
                )
            return _(
                "%(days)s days, counted from the day after you receive this message",
                days=days,
            )
        elif regime.wait_margin_days:
            # More than the law asks: told as it will be.
            offset, days = 1, (wait_until - sent).days
        elif postal:
            offset, unit = regime.wait_post_offset, regime.wait_post_unit
        values = {"days": days, "date": self._long_date(last)}
        if (offset, unit) == (1, "calendar"):
            if postal:
                return _(
                    "%(days)s calendar days, counted from the day after this letter "
                    "was sent: until %(date)s",
                    **values,
                )
            return _(
                "%(days)s calendar days, counted from the day after this message was "
                "sent: until %(date)s",
                **values,
            )
        if (offset, unit) == (3, "working") and postal:
            return _(
                "%(days)s calendar days, counted from the third working day after this "
                "letter was sent: until %(date)s",
                **values,
            )
        first = fields.Date.subtract(last, days=days - 1)
        return _(
            "%(days)s calendar days, from %(first)s until %(date)s",
            first=self._long_date(first),
            **values,
        )

    @api.model
    def _coming_kinds(self, context):
        """Kinds of charges that may follow, in the order in which they are shown."""
        return [
            kind
            for kind in rules.CHARGES
            if context["coming"].get(kind)
            or (kind == rules.INTEREST and context["percent"] is not None)
        ]

    def _coming_sentence(self, context):
        """“After that we will charge …”, or nothing if nothing will be charged."""
        self.ensure_one()
        parts = [
            self._coming_phrase(kind, context) for kind in self._coming_kinds(context)
        ]
        if not parts:
            return ""
        return self.env._(
            "After that we will charge %(charges)s.",
            charges=format_list(self.env, parts),
        )

    def _coming_phrase(self, kind, context):
        _ = self.env._
        if kind == rules.INTEREST:
            rate = rate_text(context["percent"], get_lang(self.env).code)
            if context["engine_regime"].interest_start == "notice":
                return _(
                    "late interest at %(rate)s%% a year from a formal notice on",
                    rate=rate,
                )
            return _("late interest at %(rate)s%% a year", rate=rate)
        amount = self._money(float(context["coming"][kind]))
        if kind == rules.INDEMNITY:
            return _("a recovery indemnity of %(amount)s", amount=amount)
        if kind == rules.CLAUSE:
            return _(
                "%(amount)s of compensation under our terms and conditions",
                amount=amount,
            )
        return _("%(amount)s of collection costs", amount=amount)
