"""The rules of a regime in words, one method for each topic."""

from babel.numbers import format_decimal

from odoo import models
from odoo.tools import format_amount, format_date
from odoo.tools.misc import babel_locale_parse, get_lang

from ..engine.rates import MissingRate
from ..engine.start import due_in_law
from ..report.wording import first_of_month, rate_text
from .credit_charge import CHARGE_KINDS

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def selection_label(record, name):
    """The label of the value of a selection field, in the record's language."""
    labels = dict(record._fields[name]._description_selection(record.env))
    return labels.get(record[name], "")


class CreditRegime(models.Model):
    _inherit = "credit.regime"

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _number_text(self, number):
        """A number as the reader writes it, without zeros at its end."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_decimal(number, format="#,##0.#####", locale=locale)

    def _percent_text(self, number):
        return f"{rate_text(number, get_lang(self.env).code)}{NO_BREAK_SPACE}%"

    def _money_text(self, amount):
        currency = self.currency_id
        return format_amount(
            self.env, amount, currency, trailing_zeroes=bool(amount % 1)
        )

    def _day_text(self, day):
        text = format_date(self.env, day, date_format="long")
        return first_of_month(text, get_lang(self.env).code)

    def _series_text(self, code):
        """A series by its name, with its rate of today."""
        name = self.env["credit.rate.series"]._label_of(code)
        company = self.env.company
        try:
            rate = (
                self.env["credit.rate"]._book(company)[code].at(company._credit_today())
            )
        except MissingRate as missing:
            return self.env._(
                "%(series)s, no value for %(period)s",
                series=name,
                period=missing.period,
            )
        return self.env._(
            "%(series)s, today %(rate)s",
            series=name,
            rate=self._percent_text(rate.percent),
        )

    # ------------------------------------------------------------------
    # Topics: each gives a list of sentences
    # ------------------------------------------------------------------

    def _words_scope(self):
        _ = self.env._
        if self.scope == "country":
            law = _("Law: %s.", self.country_id.name or "?")
        else:
            law = f"{selection_label(self, 'scope')}."
        sentences = [law, _("Debtors: %s.", selection_label(self, "kind"))]
        if self.claim_kind:
            sentences.append(_("Claims: %s.", selection_label(self, "claim_kind")))
        sentences += [self._validity_text(), _("Amounts in %s.", self.currency_id.name)]
        return sentences

    def _validity_text(self):
        """For which items the regime holds, by their due dates."""
        _ = self.env._
        first, last = self.date_from, self.date_to
        if first and last:
            return _(
                "Items due from %(first)s until %(last)s.",
                first=self._day_text(first),
                last=self._day_text(last),
            )
        if first:
            return _("Items due from %s on.", self._day_text(first))
        if last:
            return _("Items due until %s.", self._day_text(last))
        return _("Items of every due date.")

    def _words_terms(self):
        _ = self.env._
        if not self.term_max_days:
            return []
        sentences = [
            _(
                "A term of more than %(most)s days from the receipt of the invoice "
                "counts as %(instead)s days from it.",
                most=self.term_max_days,
                instead=self.term_instead_days,
            )
        ]
        if self.term_max_since:
            sentences.append(
                _("Invoices from %s on.", self._day_text(self.term_max_since))
            )
        sentences.append(
            _(
                "Where nobody entered the day of receipt, the due date of the invoice "
                "stands."
            )
        )
        return sentences

    def _term_question(self, move):
        """Asks when an invoice was received whose term may be too long, or False.

        Instalments that were agreed on are no term that is too long.
        """
        rules, due = self.sudo(), move.invoice_date_due
        items = move.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        # As if it had been received on its own date: the longest that the term can be.
        found = due_in_law(due, move.invoice_date, move.invoice_date, rules)
        if len(items) > 1 or found == due:
            return False
        return self.env._(
            "The term is longer than %(most)s days. Note under “Other Info” when the "
            "customer received the invoice, if you can prove it: then it counts as "
            "%(instead)s days from that day (%(article)s).",
            most=rules.term_max_days,
            instead=rules.term_instead_days,
            article=rules._article("terms"),
        )

    def _words_interest(self):
        _ = self.env._
        texts = {
            "none": _("No interest."),
            "due": _("From the day after the due date, without a notice."),
            "notice": _("From the day after a formal notice has left."),
            "reminder": _(
                "Once the first reminder has left and its waiting period is over."
            ),
            "months": _("From %s months after the due date.", self.interest_months),
        }
        sentences = [texts[self.interest_start]]
        if self.interest_start != "none" and self.interest_by_contract_only:
            sentences.append(_("Only if the terms agree on it."))
        if self.interest_start != "none" and self.interest_needs_mention:
            sentences.append(_("Only if the invoice says so."))
        if self.receipt_days:
            sentences += self._words_receipt()
        return sentences

    def _words_receipt(self):
        """When interest runs without an agreed due date and without a notice."""
        _ = self.env._
        days = self.receipt_days
        if self.interest_start == "due":
            text = _(
                "If the due date was not agreed on: from the day after a formal notice "
                "has left, at the latest %s days after the due date and the receipt of "
                "the invoice.",
                days,
            )
        else:
            text = _(
                "At the latest %s days after the due date and the receipt of the "
                "invoice.",
                days,
            )
        sentences = [text]
        if self.receipt_needs_mention:
            sentences.append(_("The latter only if the invoice says so."))
        if self.receipt_or_delivery:
            sentences.append(
                _("Where that day is not known, the delivery stands for the receipt.")
            )
        return sentences

    def _words_rate(self):
        _ = self.env._
        if self.interest_start == "none":
            return []
        sentences = []
        if self.rate_series and not self.interest_by_contract_only:
            series = self._series_text(self.rate_series)
            if self.rate_margin:
                sentences.append(
                    _(
                        "By law: %(series)s, and %(margin)s points.",
                        series=series,
                        margin=self._number_text(self.rate_margin),
                    )
                )
            else:
                sentences.append(_("By law: %s.", series))
        elif not self.rate_series:
            sentences.append(_("The law sets no rate."))
        if not self.contract_rate_allowed:
            return [*sentences, _("The terms can't agree on another rate.")]
        if self.floor_series:
            sentences.append(
                _(
                    "A rate of the terms: at least %s.",
                    self._series_text(self.floor_series),
                )
            )
        if self.cap_series:
            sentences.append(
                _(
                    "A rate of the terms: at most %s.",
                    self._series_text(self.cap_series),
                )
            )
        if not self.floor_series and not self.cap_series:
            sentences.append(_("The terms may agree on another rate."))
        return sentences

    def _words_day_count(self):
        if self.interest_start == "none":
            return []
        _ = self.env._
        return [
            {
                "act/365": _("Calendar days, the year being 365 days."),
                "act/360": _("Calendar days, the year being 360 days."),
                "act/act": _("Calendar days, the year being as long as it is."),
                "30e/360": _("Months of 30 days, the year being 360 days."),
            }[self.day_count]
        ]

    def _words_compounding(self):
        if self.interest_start == "none":
            return []
        _ = self.env._
        if self.compounding == "yearly":
            return [_("Every year, the interest of the past year bears interest too.")]
        if self.contract_compounding_allowed:
            return [
                _("Only if the terms agree on it, for interest due for a full year.")
            ]
        return [_("None. The terms can't agree on it.")]

    def _words_rounding(self):
        if self.interest_start == "none":
            return []
        _ = self.env._
        return [
            {
                "half_up": _("Once, in total, to the cent: half a cent is one."),
                "half_even": _("Once, in total, to the cent: half a cent to the even."),
                "down": _("Once, in total, down to the cent."),
            }[self.rounding]
        ]

    def _words_allocation(self):
        _ = self.env._
        if self.allocation == "interest":
            return [
                _("A part payment goes to interest before it goes to the principal.")
            ]
        return [_("A part payment goes to the principal first.")]

    def _words_suspension(self):
        if self.interest_start == "none":
            return []
        _ = self.env._
        if not self.dispute_suspends:
            return [_("An open dispute does not stop interest.")]
        sentences = [_("An open dispute stops interest.")]
        if self.dispute_suspends_after:
            sentences = [
                _(
                    "A dispute that is not answered stops interest after %s days.",
                    self.dispute_suspends_after,
                )
            ]
        if self.suspension_max_days:
            sentences.append(
                _("All stops together: %s days at most.", self.suspension_max_days)
            )
        return sentences

    def _words_insolvency(self):
        if self.interest_start == "none":
            return []
        _ = self.env._
        if self.insolvency_stops:
            return [_("No interest from the opening of an insolvency on.")]
        return [_("The opening of an insolvency does not stop interest.")]

    def _words_indemnity(self):
        _ = self.env._
        if self.indemnity_rule == "none":
            return [_("No fixed sum.")]
        if self.indemnity_rule == "fixed":
            return [
                _("%s for each late invoice.", self._money_text(self.indemnity_amount))
            ]
        return [
            _("For each late invoice, by its amount:"),
            *self._words_scale("indemnity"),
        ]

    def _words_clause(self):
        _ = self.env._
        if self.clause_rule == "none":
            return [_("Forbidden.")]
        if self.clause_rule == "free":
            return [_("As the terms say.")]
        return [
            _("As the terms say, for each claim up to:"),
            *self._words_scale("clause", maximum=self.clause_max),
        ]

    def _words_cost(self):
        _ = self.env._
        if self.cost_rule == "none":
            return [_("None.")]
        head = _("By the sum of the claims:")
        if self.cost_cumulative:
            head = _("By the sum of the claims, tier by tier, added up:")
        lines = [
            head,
            *self._words_scale("cost", minimum=self.cost_min, maximum=self.cost_max),
        ]
        if self.cost_small:
            lines.append(
                _(
                    "Regular instalments below %(below)s cost %(most)s in %(months)s "
                    "months at most.",
                    below=self._money_text(self.cost_small),
                    most=self._money_text(self.cost_small_max),
                    months=self.cost_small_months,
                )
            )
        return lines

    def _words_scale(self, charge, minimum=0, maximum=0):
        """The tiers of a scale, one a line, and its bounds."""
        _ = self.env._
        tiers = self.scale_ids.filtered(lambda t: t.charge == charge).sorted("above")
        cumulative = charge == "cost" and self.cost_cumulative
        lines = []
        for place, tier in enumerate(tiers, start=1):
            following = tiers[place : place + 1]
            values = {"amount": self._tier_text(tier, cumulative)}
            if tier.above:
                values["above"] = self._money_text(tier.above)
            if following:
                values["end"] = self._money_text(following.above)
            if tier.above and following:
                lines.append(_("from %(above)s to %(end)s: %(amount)s", **values))
            elif tier.above:
                lines.append(_("above %(above)s: %(amount)s", **values))
            elif following:
                lines.append(_("up to %(end)s: %(amount)s", **values))
            else:
                lines.append(values["amount"])
        if minimum:
            lines.append(_("at least %s", self._money_text(minimum)))
        if maximum:
            lines.append(_("at most %s", self._money_text(maximum)))
        return [f"\N{EN DASH} {line}" for line in lines]

    def _tier_text(self, tier, cumulative):
        """What one tier gives."""
        _ = self.env._
        fixed = self._money_text(tier.fixed)
        percent = self._percent_text(tier.percent)
        if not tier.percent:
            return fixed
        if tier.above and cumulative:
            percent = _("%s of this part", percent)
        elif tier.above:
            percent = _(
                "%(percent)s of what is above %(above)s",
                percent=percent,
                above=self._money_text(tier.above),
            )
        return f"{fixed} + {percent}" if tier.fixed else percent

    def _words_fee(self):
        _ = self.env._
        if self.fee_rule == "none":
            return [_("Forbidden.")]
        sentences = [_("Up to %s for each reminder.", self._money_text(self.fee_max))]
        if self.fee_free_count and self.fee_free_per == "dates":
            sentences.append(
                _(
                    "Reminders for the first %s unpaid due dates of a calendar year "
                    "are free.",
                    self.fee_free_count,
                )
            )
        elif self.fee_free_count:
            sentences.append(
                _("Free reminders of each claim: %s.", self.fee_free_count)
            )
        if self.fee_claim_kind:
            sentences.append(
                _(
                    "For these claims alone: %s.",
                    selection_label(self, "fee_claim_kind"),
                )
            )
        if not self.fee_beside_clause:
            sentences.append(_("Not beside the penalty clause."))
        return sentences

    def _words_wait(self):
        _ = self.env._
        if not self.first_reminder_required:
            return [_("No reminder has to go first.")]
        labels = dict(
            self.env["credit.charge"]._fields["kind"]._description_selection(self.env)
        )
        held = [
            labels[kind]
            for kind, _label in CHARGE_KINDS
            if kind in self._held_back_kinds()
        ]
        sentences = [_("A first reminder, free of charge, has to go first.")]
        if held:
            sentences.append(
                _(
                    "Before its waiting period is over not owed: %s.",
                    ", ".join(held).lower(),
                )
            )
        sentences.append(_("Waiting period: %s calendar days.", self.wait_days))
        post = {
            "calendar": _("on day %s after posting"),
            "working": _("on working day %s after posting"),
            "delivery": _("on delivery day %s after posting"),
        }[self.wait_post_unit]
        sentences.append(
            _(
                "It begins %(post)s, on day %(day)s after an electronic sending.",
                post=post % self.wait_post_offset,
                day=self.wait_electronic_offset,
            )
        )
        if self.wait_margin_days:
            sentences.append(
                _("For safety, %s days more are waited.", self.wait_margin_days)
            )
        return sentences

    def _words_notice(self):
        _ = self.env._
        counts = {
            "posting": _(
                "The time that a registered letter gives counts from posting."
            ),
            "presentation": _(
                "The time that a registered letter gives counts from its first "
                "presentation; not to collect it does not help."
            ),
            "receipt": _(
                "The time that a registered letter gives counts from its receipt; one "
                "that was not collected counts as no contact."
            ),
        }
        return [
            _("A formal notice gives at least %s days to pay.", self.notice_days),
            counts[self.notice_counts_from],
        ]
