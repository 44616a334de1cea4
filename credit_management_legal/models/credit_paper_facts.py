"""What papers tell of a case: plain texts in the language of the paper."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from odoo.addons.credit_management.engine.regime import CHARGES, FEE
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report import payment
from odoo.addons.credit_management.report.wording import rate_text, shorten

from ..engine import procedure as choice
from ..report import paper_words as words
from .credit_procedure_choice import extras_of

#: Answers that hold for every case of the company, or of the third party.
SHARED = {
    "company_id": ("creditor_form", "creditor_representative"),
    "party_id": ("supervisor", "lawyer"),
}
#: What only Belgium wants said, and only to consumers.
BELGIAN = frozenset(("not_summons", "rights", "supervisor"))
#: What follows from the books and the law, and nobody enters.
SETTLED = frozenset(
    (
        "amount_words",
        "case_ref",
        "claim_table",
        "deadline",
        "law_text",
        "today",
        "total",
    )
)


class CreditCase(models.Model):
    _inherit = "credit.case"

    paper_answers = fields.Json(
        string="Answers for papers",
        readonly=True,
        copy=False,
        help="What somebody entered for papers that nothing in the books tells.",
    )

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _paper_answers(self):
        """What was entered for papers: of this case, else of the latest like it.

        :return: {name of a field: text}
        """
        self.ensure_one()
        answers = {}
        for link, names in SHARED.items():
            owner = self[link]
            if not owner:
                continue
            earlier = self.sudo().search_fetch(
                Domain(link, "=", owner.id)
                & Domain("company_id", "=", self.company_id.id)
                & Domain("paper_answers", "!=", False)
                & Domain("id", "!=", self.id),
                ["paper_answers"],
                order="write_date desc, id desc",
                limit=20,
            )
            for name in names:
                found = (case.paper_answers.get(name) for case in earlier)
                answers[name] = next(filter(None, found), "")
        # What is being entered on screen and not kept yet.
        entered = self.env.context.get("credit_paper_answers") or {}
        return {**answers, **(self.paper_answers or {}), **entered}

    def _keep_paper_answers(self, answers):
        """Keep what somebody entered; an empty text takes an answer back."""
        self.ensure_one()
        kept = {**(self.paper_answers or {}), **answers}
        self.paper_answers = {name: text for name, text in kept.items() if text}

    # ------------------------------------------------------------------
    # The claim
    # ------------------------------------------------------------------

    def _paper_statements(self, day, items=None):
        """The statements of the items of the case, see ``credit.calculation``.

        :param items: only these items of the case
        """
        self.ensure_one()
        items = self.sudo()._items() if items is None else items.sudo()
        if not items:
            return []
        wanted = frozenset(kind for kind in CHARGES if kind != FEE)
        # Payments that the third party reported are in it where they are kept.
        calculation = self.env["credit.calculation"].sudo()
        return calculation.with_context(credit_case_reported=self.ids)._statements(
            items, day, wanted
        )

    def _paper_claim(self, day, lang, items=None, most_extras=0):
        """The table of the claim in a language of two letters.

        :param int most_extras: percent of the principal that interest and clauses may
            come to; what is above is taken off. 0: no limit
        :return: dict of texts: ``columns``, ``rows``, ``sums``; ``total`` in minor
            units, ``missing``: sentences that name rates without which nothing can be
            reckoned, ``rates``: [(rate, from when)]
        """
        self.ensure_one()
        statements = self._paper_statements(day, items)
        currency = self.currency_id

        def money(minor):
            return self._paper_money(minor, lang)

        kinds = list(dict.fromkeys(k for made in statements for k in made.kinds))
        descriptions = self._paper_descriptions(items)
        rows = [
            {
                "name": entry.record.move_name or "",
                "description": descriptions.get(entry.record.move_id.id, ""),
                "date": words.short_day(
                    entry.record.invoice_date or entry.record.date, lang
                ),
                "due": words.short_day(
                    entry.record.date_maturity or entry.record.date, lang
                ),
                "amount": money(to_minor(entry.record.amount_currency, currency)),
                "open": money(entry.residual),
                "charges": [
                    money(entry.parts[kind].amount) if kind in entry.parts else "–"
                    for kind in kinds
                ],
                "total": money(entry.total),
            }
            for made in statements
            for entry in made.entries
        ]
        totals = self._claim_at(day)
        unmatched = min(self._paper_unmatched(day, statements), totals["total"])
        above = self._paper_excess(statements, most_extras)
        above = min(above, totals["total"] - unmatched)
        total = totals["total"] - unmatched - above
        day_text = words.short_day(day, lang)
        sums = [
            (
                words.word(name, lang, day=day_text, percent=most_extras),
                money(value),
            )
            for name, value in (
                ("principal", totals["principal"]),
                ("interest", totals["interest"]),
                ("charges", totals["charges"]),
                ("costs", totals["costs"]),
                ("paid", -abs(totals["paid"])),
                ("credit", -unmatched),
                ("above", -above),
            )
            if value or name == "principal"
        ]
        return {
            "columns": [
                words.word("interest_short" if kind == "interest" else kind, lang)
                for kind in kinds
            ],
            "rows": rows,
            "sums": sums,
            "total": total,
            "total_text": money(total),
            "missing": [text for made in statements for text in made.missing],
            "rates": self._paper_rates(statements),
        }

    def _paper_money(self, minor, lang):
        currency = self.currency_id
        return words.money(
            minor, currency.name, currency.decimal_places, lang, currency.position
        )

    @api.model
    def _paper_rates(self, statements):
        """The rates of interest in the claim and from when they run, the first ones."""
        found = {}
        for made in statements:
            for entry in made.entries:
                for segment in entry.interest.segments if entry.interest else ():
                    if segment.percent:
                        first = found.get(segment.percent, segment.first)
                        found[segment.percent] = min(first, segment.first)
        return sorted(found.items(), key=lambda pair: pair[1])

    @api.model
    def _paper_excess(self, statements, most_extras):
        """Interest and clauses above what the law lets a procedure claim."""
        entries = [entry for made in statements for entry in made.entries]
        principal = sum(entry.residual for entry in entries)
        return choice.excess(principal, sum(extras_of(entries).values()), most_extras)

    def _paper_unmatched(self, day, statements):
        """Credits that nobody has matched and that are taken off, in minor units.

        As the claim at a date does: not where other invoices are open that they may
        pay.
        """
        self.ensure_one()
        items = self.env["account.move.line"].union(
            *(entry.record for made in statements for entry in made.entries)
        )
        if not items:
            return 0
        claim = (
            self.env["credit.claim"]
            .sudo()
            .new({"item_ids": [Command.set(items.ids)], "date": day})
        )
        return sum(
            amount for amount, taken_off in claim._unmatched(statements) if taken_off
        )

    def _paper_descriptions(self, items=None):
        """What was sold, by invoice: {id of the invoice: text}."""
        moves = (self.sudo()._items() if items is None else items.sudo()).move_id
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

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    def _paper_facts(self, paper, lang, day, claim, items=None):
        """{name: text} of all that papers may say of the case.

        In sudo: what is on an invoice may be printed by whoever may print the case.

        :param str lang: two letters
        :param dict claim: see :meth:`_paper_claim`
        """
        self.ensure_one()
        case = self.sudo()
        moves = (case._items() if items is None else items.sudo()).move_id
        names = moves.sorted(lambda m: (m.invoice_date or m.date, m.id)).mapped("name")
        descriptions = case._paper_descriptions(items)
        currency = case.currency_id
        today = case.company_id._credit_today()
        deadline = today + timedelta(days=paper.deadline_days)
        facts = {
            "today": words.day_text(today, lang),
            "case_ref": case.name,
            # Stands in the middle of sentences, and by itself behind its label.
            "cause": words.word(
                "unpaid_one" if len(names) == 1 else "unpaid",
                lang,
                names=words.joined(names, lang),
            ),
            "products": words.joined(
                dict.fromkeys(descriptions.get(move.id, "") for move in moves), lang, 5
            ),
            "exhibits": words.joined(names, lang, 20),
            "total": claim["total_text"],
            "amount_words": payment.amount_in_words(
                max(claim["total"], 0) / 10**currency.decimal_places,
                currency.name,
                words.LOCALES.get(lang, lang),
                currency.decimal_places,
            ),
            "interest_rule": "; ".join(
                words.word(
                    "rate_from",
                    lang,
                    rate=f"{rate_text(percent, words.LOCALES.get(lang, lang))} %",
                    day=words.short_day(first, lang),
                )
                for percent, first in claim["rates"]
            ),
            "deadline": words.day_text(deadline, lang) if paper.deadline_days else "",
            "payment": case._paper_payment(lang),
            "notice_date": words.day_text(case._paper_notice_day(), lang),
            "judgment_date": words.day_text(case.insolvency_day, lang),
            "law_text": paper.law_text or "",
            "cross_border": case._paper_cross_border(lang),
            "received": case._paper_received(lang),
            **case._paper_creditor(lang),
            **case._paper_debtor(lang),
            **case._paper_party(lang),
            **case._paper_consumer(lang),
        }
        answers = {
            name: text
            for name, text in case._paper_answers().items()
            if text and name not in SETTLED
        }
        return {**facts, **answers}

    def _paper_creditor(self, lang):
        company = self.company_id
        home = company.partner_id
        return {
            "creditor_name": company.name,
            "creditor_address": self._paper_address(home, lang),
            "creditor_number": company.company_registry or company.vat or "",
        }

    def _paper_debtor(self, lang):
        debtor = self.partner_id
        return {
            "debtor_name": debtor.name or "",
            "debtor_address": self._paper_address(debtor, lang),
            "debtor_number": debtor.company_registry or debtor.vat or "",
        }

    def _paper_party(self, lang):
        party, mandate = self.party_id, self.mandate_id
        contact = [party.phone, party.email]
        facts = {
            "party_name": party.name or "",
            "party_address": self._paper_address(party, lang) if party else "",
            "party_number": party.company_registry or party.vat or "",
            "party_contact": ", ".join(filter(None, contact)),
            "mandate": "",
        }
        if mandate:
            facts["mandate"] = words.word(
                "mandate",
                lang,
                name=mandate.reference or mandate.name,
                day=words.day_text(mandate.date_from, lang),
            )
        role = party.credit_party_role
        if role == "lawyer":
            facts["lawyer"] = ", ".join(filter(None, (party.name, party.city)))
        elif role == "court":
            facts["court"] = party.name or ""
        elif role == "administrator":
            facts["administrator_name"] = party.name or ""
            facts["administrator_address"] = facts["party_address"]
        return facts

    def _paper_consumer(self, lang):
        """What Belgium wants said to consumers: art. XIX.9, code of economic law.

        That it wants it was read in the law; the words are ours, to be verified.
        """
        if self._paper_unfit():
            return {}
        return {name: words.word(name, lang) for name in sorted(BELGIAN)}

    def _paper_unfit(self):
        """Names of the fields that a law asks for which is not the debtor's."""
        debtor = self.sudo().partner_id
        country = debtor.country_id or self.company_id.country_id
        belgian = country.code == "BE" and debtor.credit_legal_kind == "consumer"
        return frozenset() if belgian else BELGIAN

    @api.model
    def _paper_address(self, partner, lang):
        """An address in one line; empty unless a letter would reach it."""
        if not (partner.street and partner.city):
            return ""
        place = " ".join(filter(None, (partner.zip, partner.city)))
        country = words.country_name(partner.country_id.code, lang)
        return ", ".join(
            filter(None, (partner.street, partner.street2, place, country))
        )

    def _paper_payment(self, lang):
        """How to pay: to the account of who receives it, with the reference."""
        account = self._payee_account()
        if not account:
            return ""
        return words.word(
            "account",
            lang,
            account=payment.format_account(account.acc_number),
            holder=account.acc_holder_name or account.partner_id.name,
            reference=self._payee_reference(),
        )

    def _paper_notice_day(self):
        """The day of the last formal notice on items of the case, or None."""
        lines = self.env["credit.reminder.line"].search(
            Domain("move_line_id", "in", self._items().ids)
            & Domain("reminder_id.state", "=", "sent")
            & Domain("reminder_id.step_id.formal_notice", "=", True)
            & Domain("reminder_id.delivery_state", "!=", "bounced")
        )
        return max(filter(None, lines.reminder_id.mapped("date_done")), default=None)

    def _paper_cross_border(self, lang):
        ours = self.company_id.country_id.code
        theirs = self.partner_id.country_id.code
        if not ours or not theirs or ours == theirs:
            return ""
        return f"{words.country_name(ours, lang)} – {words.country_name(theirs, lang)}"

    def _paper_received(self, lang):
        """The last payment on the timeline: its amount and its day."""
        event = self.event_ids.filtered(lambda event: event.kind == "payment")[:1]
        if not event:
            return ""
        amount = self._paper_money(to_minor(event.amount, self.currency_id), lang)
        return f"{amount}, {words.day_text(event.date, lang)}"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_papers(self):
        """Fill in and print a paper of this case."""
        self.ensure_one()
        return self.env["credit.paper.print"]._open(self)
