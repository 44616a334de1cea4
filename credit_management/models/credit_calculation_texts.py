"""A calculation in words, in the language of the environment."""

import re

from odoo import api, models
from odoo.tools import format_amount
from odoo.tools.misc import get_lang

from ..engine.interest import COMPOUNDED, SUSPENDED
from ..engine.rates import TERMS
from ..engine.regime import INTEREST
from ..report.wording import date_text, day_text, names_text
from .credit_rate_source import source_text

#: What may be the code of a series of rates.
CODE = re.compile(r"\b[A-Z][A-Z0-9_]+\b")


class CreditCalculation(models.AbstractModel):
    _inherit = "credit.calculation"

    @api.model
    def _statement_values(self, statement):
        """What a page shows of one statement: texts only.

        :param Statement statement: see ``credit_calculation``
        """
        env = self.env
        series = self._series_names()
        kinds = statement.kinds
        money = self._money_of(statement.currency)
        return {
            "company": statement.company.sudo(),
            "partner": statement.partner,
            "address": statement.partner._display_address(without_company=True),
            "currency": statement.currency.name,
            "title": env._(
                "Claim at %s", date_text(statement.day, "long", get_lang(env).code)
            ),
            "kinds": [
                {"code": kind, "label": env["credit.charge"]._kind_label(kind)}
                for kind in kinds
            ],
            "items": [
                self._entry_values(entry, kinds, money, series)
                for entry in statement.entries
            ],
            "residual": money(statement.residual),
            "sums": [money(statement.charge(kind)) for kind in kinds],
            "items_total": money(sum(entry.total for entry in statement.entries)),
            "carried": self._carried_values(statement),
            "carried_sum": money(statement.carried_minor),
            "total": money(statement.total),
            "later": self._later_text(statement),
            "withheld": self._all_withheld(statement),
            "missing": statement.missing,
            "regimes": self._regime_values(statement),
        }

    def _money_of(self, currency):
        unit = 10**currency.decimal_places

        def money(minor):
            text = format_amount(self.env, abs(minor) / unit, currency)
            return f"\N{MINUS SIGN}{text}" if minor < 0 else text

        return money

    def _series_names(self):
        names = {
            series.code: series.name
            for series in self.env["credit.rate.series"]
            .with_context(active_test=False)
            .sudo()
            .search_fetch([], ["code", "name"])
        }
        names[TERMS] = self.env._("Terms agreed on")
        return names

    @api.model
    def _source_text(self, source, series):
        """Where a rate comes from, with the names of series in place of their codes.

        :param dict series: names by code
        """
        told = source_text(self.env, source)
        return CODE.sub(lambda found: series.get(found[0], found[0]), told)

    # ------------------------------------------------------------------
    # One item
    # ------------------------------------------------------------------

    def _entry_values(self, entry, kinds, money, series):
        env = self.env
        item, claim = entry.record, entry.claim
        return {
            "name": item.move_id.name,
            "head": self._entry_head(claim, money),
            "term": self._term_text(entry),
            "due": day_text(env, claim.due),
            "principal": money(claim.principal),
            "residual": money(entry.residual),
            "amounts": [
                money(entry.parts[kind].amount) if kind in entry.parts else ""
                for kind in kinds
            ],
            "total": money(entry.total),
            "lines": self._line_values(entry, money, series),
            "interest": money(entry.interest.total) if entry.interest else "",
            "parts": self._part_values(entry, money),
            "withheld": [self._withheld_of(withheld) for withheld in entry.withheld],
            "sum": env._(
                "Open amount %(residual)s, interest and charges %(charges)s: together",
                residual=money(entry.residual),
                charges=money(entry.charges),
            ),
            "explained": bool(entry.interest or entry.parts or entry.withheld),
        }

    def _entry_head(self, claim, money):
        """What is said of an item beside its name."""
        values = {
            "due": day_text(self.env, claim.due),
            "amount": money(claim.principal),
        }
        if claim.issued:
            values["issued"] = day_text(self.env, claim.issued)
            return self.env._("of %(issued)s, due %(due)s: %(amount)s", **values)
        return self.env._("due %(due)s: %(amount)s", **values)

    def _term_text(self, entry):
        """Why the law sets another due date than the invoice, or an empty text."""
        claim = entry.claim
        if not claim.agreed_due:
            return ""
        return self.env._(
            "Received on %(received)s; the due date of the invoice, %(agreed)s, is "
            "more than %(most)s days later, which counts as %(instead)s days "
            "(%(article)s).",
            received=day_text(self.env, claim.received),
            agreed=day_text(self.env, claim.agreed_due),
            most=entry.regime.term_max_days,
            instead=entry.regime.term_instead_days,
            article=entry.regime._article("terms"),
        )

    def _line_values(self, entry, money, series):
        """Days of interest, and what was paid or credited, in the order of time."""
        lines = [
            (segment.last, 1, self._segment_values(segment, money, series))
            for segment in (entry.interest.segments if entry.interest else ())
        ]
        lines += self._event_values(entry, money)
        return [line for _day, _rank, line in sorted(lines, key=lambda row: row[:2])]

    def _segment_values(self, segment, money, series):
        env = self.env
        return {
            "first": day_text(env, segment.first),
            "last": day_text(env, segment.last),
            "days": segment.days,
            "year_days": segment.year_days,
            "base": money(segment.base),
            "percent": env["credit.regime"]._percent_text(segment.percent),
            "amount": money(segment.amount),
            "series": series.get(segment.source_code, segment.source_code),
            "source": self._source_text(segment.source, series),
            "note": self._segment_note(segment),
        }

    def _segment_note(self, segment):
        _ = self.env._
        if segment.note == SUSPENDED:
            return _("No interest: dispute or moratorium.")
        notes = []
        if segment.note == COMPOUNDED:
            notes.append(_("The interest of the past year joins the base."))
        if segment.bound == "floor":
            notes.append(_("The least that the law allows."))
        elif segment.bound == "cap":
            notes.append(_("The most that the law allows."))
        return " ".join(notes)

    def _event_values(self, entry, money):
        """Payments and credit notes: (day, rank on that day, what each went to).

        What is paid on a day still bears interest on it: it comes after that day.
        """
        env = self.env
        shares = {}
        for allocation in entry.interest.allocations if entry.interest else ():
            key = (allocation.day, allocation.kind, allocation.amount)
            shares.setdefault(key, []).append(allocation)
        lines = []
        for event in entry.claim.events:
            if event.day > entry.day:
                continue
            label = env._("Payment")
            if event.kind == "credit":
                label = env._("Credit note")
            found = shares.get((event.day, event.kind, event.amount))
            allocation = found.pop(0) if found else None
            note = ""
            if allocation and allocation.to_interest:
                note = env._(
                    "%(interest)s to interest, %(principal)s to the principal",
                    interest=money(allocation.to_interest),
                    principal=money(allocation.to_principal),
                )
            values = {
                "day": day_text(env, event.day),
                "label": label,
                "amount": money(-event.amount),
                "note": note,
            }
            lines.append((event.day, 2, values))
        return lines

    def _part_values(self, entry, money):
        """Each charge: what was worked out, what became of it, what is left."""
        env = self.env
        _ = env._
        rows = []
        for kind, part in entry.parts.items():
            label = env["credit.charge"]._kind_label(kind)
            if part.worked_out and not (kind == INTEREST and entry.interest):
                rows.append({"label": label, "amount": money(part.worked_out)})
            if part.extra:
                rows.append(
                    {
                        "label": _("%s, claimed before", label),
                        "amount": money(part.extra),
                    }
                )
            if part.prior.waived:
                rows.append(
                    {
                        "label": _("%s, waived", label),
                        "amount": money(-part.prior.waived),
                    }
                )
            if part.prior.booked:
                rows.append(
                    {
                        "label": _("%s, invoiced separately", label),
                        "amount": money(-part.prior.booked),
                    }
                )
        return rows

    def _withheld_of(self, withheld):
        return self.env["credit.charge"]._withheld_text(
            withheld.kind,
            withheld.reason,
            withheld.article,
            withheld.until,
            withheld.series,
            withheld.period,
        )

    # ------------------------------------------------------------------
    # All items
    # ------------------------------------------------------------------

    def _all_withheld(self, statement):
        """What is left out: each sentence once, with the items it is about."""
        by_text = {}
        for entry in statement.entries:
            for withheld in entry.withheld:
                names = by_text.setdefault(self._withheld_of(withheld), [])
                names.append(entry.record.move_id.name)
        for withheld in statement.withheld:
            by_text.setdefault(self._withheld_of(withheld), [])
        count = len(statement.entries)
        rows = []
        for text, names in by_text.items():
            names = list(dict.fromkeys(names))
            about = ""
            if names and len(names) < count:
                about = names_text(self.env, names, 5)
            rows.append({"text": text, "about": about})
        return rows

    def _later_text(self, statement):
        """The items that fall due after the date of the claim, as a sentence."""
        texts = [
            self.env._(
                "%(name)s (%(due)s, %(amount)s)",
                name=item.move_id.name,
                due=day_text(self.env, item.date_maturity or item.date),
                amount=format_amount(
                    self.env, item.amount_residual_currency, item.currency_id
                ),
            )
            for item in statement.later
        ]
        if not texts:
            return ""
        return self.env._("Not due on that day: %s.", ", ".join(texts))

    def _regime_values(self, statement):
        """The rules that were applied, and what they say in one sentence each."""
        regimes = self.env["credit.regime"].union(
            *(entry.regime for entry in statement.entries if entry.regime)
        )
        regimes = regimes.with_env(self.env).sudo()
        kinds = statement.kinds
        return [
            {
                "name": regime.name,
                "sentences": [
                    row["value"]
                    for row in regime._sentence_rows()
                    if row["kind"] in kinds
                ],
                "day_count": "\n".join(regime._words_day_count()),
                "allocation": "\n".join(regime._words_allocation()),
            }
            for regime in regimes
        ]

    def _carried_values(self, statement):
        charges = statement.carried or self.env["credit.charge"]
        return [
            {
                "label": charge.display_name,
                "day": day_text(self.env, charge.date),
                "reminder": charge.reminder_id.name or "",
                "amount": format_amount(
                    self.env, charge.amount_open, charge.currency_id
                ),
            }
            for charge in charges.with_env(self.env)
        ]
