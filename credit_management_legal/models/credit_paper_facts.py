"""What papers tell of a case: plain texts in the language of the paper."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.credit_management.engine.identity import company_number
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report import payment

from ..report import paper_words as words
from ..report.company_number import named, number_name

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
#: Answers that a claim in an insolvency has of its own: another court has it.
APART = frozenset(("court",))


def answer_name(paper, name):
    """By which name the answer to a field of a paper is kept."""
    if paper.kind == "declaration" and name in APART:
        return f"{paper.kind}_{name}"
    return name


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
    # Facts
    # ------------------------------------------------------------------

    def _paper_facts(self, paper, lang, day, claim):
        """{name: text} of all that papers may say of the case.

        In sudo: what is on an invoice may be printed by whoever may print the case.

        :param str lang: two letters
        :param dict claim: see :meth:`_paper_claim`
        """
        self.ensure_one()
        case = self.sudo()
        items = claim["items"]
        moves = items.move_id
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
            # What is overpaid is not “zero”.
            "amount_words": payment.amount_in_words(
                claim["total"] / 10**currency.decimal_places,
                currency.name,
                words.LOCALES.get(lang, lang),
                currency.decimal_places,
            )
            if claim["total"] >= 0
            else "",
            "interest_rule": case._paper_rates_text(claim["rates"], lang),
            "deadline": words.day_text(deadline, lang) if paper.deadline_days else "",
            "payment": case._paper_payment(lang),
            "notice_date": words.day_text(case._paper_notice_day(), lang),
            "judgment_date": words.day_text(case.insolvency_day, lang),
            "law_text": paper.law_text or "",
            "cross_border": case._paper_cross_border(lang),
            "received": case._paper_received(paper, lang),
            **case._paper_creditor(lang),
            **case._paper_debtor(lang),
            **case._paper_party(lang),
            **case._paper_consumer(lang),
        }
        if paper.kind == "declaration":
            facts.update(case._paper_insolvency(lang))
        entered = case._paper_answers()
        for name in (*facts, *paper.field_ids.mapped("code")):
            text = entered.get(answer_name(paper, name))
            if text and name not in SETTLED:
                facts[name] = text
        return facts

    def _paper_creditor(self, lang):
        company = self.company_id
        home = company.partner_id
        return {
            "creditor_name": company.name,
            "creditor_address": self._paper_address(home, lang),
            "creditor_number": self._paper_number_told(home),
        }

    def _paper_debtor(self, lang):
        debtor = self.partner_id
        return {
            "debtor_name": debtor.name or "",
            "debtor_address": self._paper_address(debtor, lang),
            "debtor_number": self._paper_number_told(debtor),
        }

    def _paper_party(self, lang):
        party, mandate = self.party_id, self.mandate_id
        contact = [words.phone(party.phone), party.email]
        facts = {
            "party_name": party.name or "",
            "party_address": self._paper_address(party, lang) if party else "",
            "party_number": self._paper_number_told(party),
            "party_contact": ", ".join(filter(None, contact)),
            "mandate": "",
        }
        if mandate:
            # By the number of the contract: its name is for the house.
            facts["mandate"] = words.word(
                "mandate" if mandate.reference else "mandate_of",
                lang,
                number=mandate.reference,
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

    def _paper_insolvency(self, lang):
        """Who has the insolvency, by its record: not by what a petition says."""
        record = self.insolvency_id
        facts = {"court": record.court or ""}
        if administrator := record.administrator_id:
            facts["administrator_name"] = administrator.name or ""
            facts["administrator_address"] = self._paper_address(administrator, lang)
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

    @api.model
    def _paper_number(self, partner):
        """The company number of a partner, or its VAT number."""
        return company_number(
            partner.country_id.code, partner.company_registry, partner.vat
        )

    @api.model
    def _paper_number_told(self, partner):
        """The same with what it is called in every language, such as SIRET."""
        number = self._paper_number(partner)
        if not number or number == partner.vat:
            return number
        name = number_name(partner.country_id.code, number)
        return f"{name} {number}" if name else number

    @api.model
    def _paper_number_named(self, partner, lang):
        """The same with its name, for where nothing else says what it is."""
        number = self._paper_number(partner)
        is_vat = number == partner.vat
        return named(partner.country_id.code, number, lang, is_vat)

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

    def _paper_received(self, paper, lang):
        """The last payment that whoever signs received: its amount and its day.

        Nobody certifies what somebody else received, nor what is only reported: we
        what we confirmed, a third party what it handed on or we accepted.
        """
        if paper.in_name_of == "creditor":
            domain = Domain("received_by", "=", "creditor")
            domain &= Domain("state", "=", "received")
        else:
            domain = Domain("received_by", "=", "party")
            domain &= Domain("party_id", "=", self.party_id.id)
            domain &= Domain("state", "=", "remitted") | (
                Domain("state", "=", "reported") & Domain("is_unconfirmed", "=", False)
            )
        payment = self.env["credit.case.payment"].search(
            Domain("case_id", "=", self.id) & domain, limit=1
        )
        if not payment:
            return ""
        amount = self._paper_money(to_minor(payment.amount, self.currency_id), lang)
        return f"{amount}, {words.day_text(payment.date, lang)}"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_papers(self):
        """Fill in and print a paper of this case."""
        self.ensure_one()
        return self.env["credit.paper.print"]._open(self)
