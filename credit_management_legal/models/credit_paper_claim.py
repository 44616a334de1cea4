"""The claim of a case as papers tell it: its table, its sums, its interest."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Command, Domain

from odoo.addons.credit_management.engine.regime import CHARGES, INTEREST
from odoo.addons.credit_management.models.credit_calculation import Statement
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report.wording import rate_text, shorten

from ..engine import claim
from ..engine import procedure as choice
from ..report import paper_words as words
from .credit_procedure_choice import EXTRAS


def _rates_of(entry):
    """The rates of interest of an item and the first day of each, as they change.

    :param entry: :class:`credit_management.engine.statement.Entry`
    :return: [(percent, first day)]
    """
    rates = []
    for segment in entry.interest.segments if entry.interest else ():
        if segment.percent and (not rates or rates[-1][0] != segment.percent):
            rates.append((segment.percent, segment.first))
    return rates


def _bearing(entry):
    """What of an item bears interest after its day, in minor units.

    More than is open, where payments went to interest first.
    """
    last = entry.interest.segments[-1]
    # What is paid on a day still bears interest for that day.
    paid = sum(
        share.to_principal
        for share in entry.interest.allocations
        if share.day >= last.last
    )
    return max(last.base - paid, 0)


class CreditCase(models.Model):
    _inherit = "credit.case"

    def _paper_claim(self, day, lang, items=None, most_extras=0):
        """The table of the claim in a language of two letters.

        :param int most_extras: percent of the principal that interest and clauses may
            come to; what is above is taken off. 0: no limit
        :return: dict of texts: ``columns``, ``rows``, ``sums``; ``items`` that it is
            about, in sudo; ``total`` in minor units; ``missing``: sentences that name
            rates without which nothing can be reckoned; ``rates``: see
            :meth:`_paper_rates`; ``further``: see :meth:`_paper_further`
        """
        self.ensure_one()
        items = self.sudo()._items() if items is None else items.sudo()
        statements = self._statements(day)
        lines = self._claim_lines(day, statements)
        # What is of no item stays, whichever items the paper is about.
        wanted = {("item", id_) for id_ in items.ids}
        lines = [
            line for line in lines if line.about[0] != "item" or line.about in wanted
        ]
        for made in statements:
            made.entries = [e for e in made.entries if e.record in items]

        def money(minor):
            return self._paper_money(minor, lang)

        borne = {line.column for line in lines}
        kinds = [kind for kind in CHARGES if kind in borne]
        totals = claim.sums(lines)
        # What is open of each part, as the columns above have it.
        stated = {("item", e.record.id) for made in statements for e in made.entries}
        parts = claim.open_parts(lines, stated)
        beside = ("principal", "interest", "costs", "overpaid")
        charges = sum(parts[part] for part in parts if part not in beside)
        unmatched = min(self._paper_unmatched(day, items), totals["total"])
        above = choice.excess(
            sum(line.amount for line in lines if not line.column),
            sum(line.amount for line in lines if line.column in EXTRAS),
            most_extras,
        )
        above = min(above, totals["total"] - unmatched)
        total = totals["total"] - unmatched - above
        day_text = words.short_day(self._paper_last_day(day, statements), lang)
        sums = [
            (
                words.word(name, lang, day=day_text, percent=most_extras),
                money(value),
            )
            for name, value in (
                ("principal", parts["principal"]),
                ("interest", parts.get("interest", 0)),
                ("charges", charges),
                ("costs", parts["costs"]),
                ("paid", -parts["overpaid"]),
                ("credit", -unmatched),
                ("above", -above),
            )
            if value or name == "principal"
        ]
        return {
            "items": items,
            "columns": [
                words.word("interest_short" if kind == "interest" else kind, lang)
                for kind in kinds
            ],
            "rows": self._paper_rows(lines, statements, kinds, lang, items),
            "sums": sums,
            "total": total,
            "total_text": money(total),
            "missing": [text for made in statements for text in made.missing],
            "rates": self._paper_rates(statements),
            # Where the procedure claims no more interest, none is claimed to come.
            "further": ""
            if above
            else self._paper_further(day, lang, statements, unmatched),
        }

    def _paper_rows(self, lines, statements, kinds, lang, items):
        """The rows of the table: what they come to is the sum of the lines.

        One for each item, and below them one for each charge that is on none of them
        and for what a payment is too much.

        :param lines: :class:`engine.claim.Line`
        :param kinds: of charges, one for each column
        :return: list of dicts of texts
        """
        entries = {e.record.id: e for made in statements for e in made.entries}
        charges = {charge.id: charge for charge in self._charges()}
        records = {item.id: item for item in items}
        descriptions = self._paper_descriptions(items)
        groups = {}
        for line in lines:
            groups.setdefault(line.about, []).append(line)

        def cell(own, column):
            amounts = [line.amount for line in own if line.column == column]
            return self._paper_money(sum(amounts), lang) if amounts else "–"

        rows = []
        for (what, id_), own in groups.items():
            row = {
                "name": words.word("paid", lang),
                "description": "",
                "date": words.short_day(own[0].first, lang),
                "due": "",
                "amount": "–",
            }
            if what == "charge":
                charge = charges[id_]
                row["name"] = charge.cost_ids[:1].name or words.word(charge.kind, lang)
            elif what == "item":
                item = records[id_]
                day, due = item.invoice_date or item.date, item.date_maturity
                row["name"] = item.move_name or ""
                row["description"] = descriptions.get(item.move_id.id, "")
                row["date"] = words.short_day(day, lang)
                row["due"] = words.short_day(due or item.date, lang)
            entry = entries.get(id_) if what == "item" else None
            if entry:
                amount = to_minor(entry.record.amount_currency, self.currency_id)
                row["amount"] = self._paper_money(amount, lang)
            row["open"] = cell(own, "")
            row["charges"] = [
                (
                    cell(own, kind),
                    self._paper_since(entry, lang)
                    if entry and kind == INTEREST
                    else "",
                )
                for kind in kinds
            ]
            row["total"] = self._paper_money(sum(line.amount for line in own), lang)
            rows.append(row)
        return rows

    def _paper_money(self, minor, lang):
        currency = self.currency_id
        return words.money(
            minor, currency.name, currency.decimal_places, lang, currency.position
        )

    @api.model
    def _paper_since(self, entry, lang):
        """From when the interest of an item runs, in words; empty if it bears none."""
        rates = _rates_of(entry)
        if not rates:
            return ""
        return words.word("since", lang, day=words.short_day(rates[0][1], lang))

    @api.model
    def _paper_last_day(self, day, statements):
        """The last day with interest: that before an insolvency that stops it."""
        last = [
            entry.interest.until
            for made in statements
            for entry in made.entries
            if _rates_of(entry)
        ]
        return min(max(last, default=day), day)

    @api.model
    def _paper_rates(self, statements):
        """The rates of interest in the claim and from when they run.

        :return: [(names of the invoices of which they are, [(percent, first day)])]
        """
        found = {}
        for made in statements:
            for entry in made.entries:
                if rates := _rates_of(entry):
                    names = found.setdefault(tuple(rates), [])
                    names.append(entry.record.move_name or "")
        return [(names, rates) for rates, names in found.items()]

    @api.model
    def _paper_rates_text(self, found, lang):
        """What :meth:`_paper_rates` found, in words, by invoice if they differ."""
        texts = []
        for names, rates in found:
            text = ", ".join(
                words.word(
                    "rate_from",
                    lang,
                    rate=f"{rate_text(percent, words.LOCALES.get(lang, lang))} %",
                    day=words.short_day(first, lang),
                )
                for percent, first in rates
            )
            if len(found) > 1:
                names = ", ".join(dict.fromkeys(names))
                text = words.word("rates_of", lang, names=names, rates=text)
            texts.append(text)
        return words.word("semicolon", lang).join(texts)

    def _paper_further(self, day, lang, statements, unmatched):
        """The interest that is claimed from the day after the claim until payment.

        That up to the day of the claim is in its total. It is claimed on the base on
        which the interest in the total runs.

        :param int unmatched: credits that are taken off, in minor units
        :return: the end of a sentence, or an empty text
        """
        self.ensure_one()
        base = sum(
            _bearing(entry)
            for made in statements
            for entry in made.entries
            if _rates_of(entry) and entry.interest.until >= day
        )
        if base <= unmatched:
            return ""
        return words.word(
            "further",
            lang,
            amount=self._paper_money(base - unmatched, lang),
            day=words.short_day(day + timedelta(days=1), lang),
        )

    def _paper_unmatched(self, day, items):
        """Credits that nobody has matched and that are taken off, in minor units.

        As the claim at a date does: not where other invoices are open that they may
        pay.
        """
        self.ensure_one()
        if not items:
            return 0
        case = self.sudo()
        wizard = case.env["credit.claim"].new(
            {"item_ids": [Command.set(items.ids)], "date": day}
        )
        made = Statement(case.company_id, case.partner_id, case.currency_id, day)
        [(amount, taken_off)] = wizard._unmatched([made])
        return amount if taken_off else 0

    def _paper_descriptions(self, items):
        """What was sold, by invoice: {id of the invoice: text}."""
        moves = items.sudo().move_id
        lines = (
            self.env["account.move.line"]
            .sudo()
            .search_fetch(
                Domain("move_id", "in", moves.ids)
                & Domain("display_type", "=", "product"),
                ["move_id", "name"],
                order="move_id, sequence, id",
            )
        )
        found = {}
        for line in lines:
            label = (line.name or "").strip().split("\n")[0]
            if label:
                found.setdefault(line.move_id.id, []).append(label)
        return {
            id_: shorten(", ".join(dict.fromkeys(labels)), 90)
            for id_, labels in found.items()
        }
