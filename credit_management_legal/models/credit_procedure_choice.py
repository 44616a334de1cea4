"""Which procedures a case may take, and the reasons in words."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report.wording import joined, labelled

from ..engine import procedure as choice
from .credit_procedure import home_country

#: What counts as interest and clauses beside the principal.
EXTRAS = frozenset({"interest", "clause"})
#: Proofs that somebody is in a register.
REGISTERED = ("vat", "registry")


def extras_of(entries):
    """Interest and clauses of some items of statements, in minor units.

    :param entries: :class:`credit_management.engine.statement.Entry`
    """

    def of(kind):
        return sum(e.parts[kind].amount for e in entries if kind in e.parts)

    return {"interest": of("interest"), "clauses": of("clause")}


class CreditCase(models.Model):
    _inherit = "credit.case"

    proposed_procedure_id = fields.Many2one(
        "credit.procedure",
        string="Proposed procedure",
        compute="_compute_procedure_choice",
        help="The first one that nothing in law speaks against.",
    )
    procedure_choice_html = fields.Html(
        string="Procedures for this claim",
        compute="_compute_procedure_choice",
        sanitize=False,
    )
    procedure_warning = fields.Text(
        string="What speaks against the procedure",
        compute="_compute_procedure_warning",
    )

    @api.depends(
        "procedure_id",
        "partner_id.credit_legal_kind",
        "partner_id.credit_kind_basis",
        "partner_id.country_id",
        "insolvency_day",
        "line_ids.amount_residual",
        "event_ids.procedure_stage_id",
    )
    @api.depends_context("lang")
    def _compute_procedure_choice(self):
        procedures = self._known_procedures()
        for case in self:
            if case.procedure_id or not case.partner_id:
                case.proposed_procedure_id = False
                case.procedure_choice_html = False
                continue
            rows = case._procedure_rows(procedures)
            fitting = [row["procedure"] for row in rows if not row["refused"]]
            case.proposed_procedure_id = fitting[0] if fitting else False
            case.procedure_choice_html = self.env["ir.qweb"]._render(
                "credit_management_legal.procedure_choice",
                {"rows": rows, "country": case.partner_id.country_id},
            )

    def _known_procedures(self):
        """Procedures of the debtors' countries, and those across borders."""
        codes = self.partner_id.country_id.mapped("code")
        return self.env["credit.procedure"].search(
            Domain("scope", "=", "eu")
            | Domain("country_id.code", "in", list({home_country(c) for c in codes}))
        )

    def _procedure_rows(self, procedures):
        """How each procedure of the debtor's country, or across borders, fits."""
        self.ensure_one()
        country = home_country(self.partner_id.country_id.code)
        near = procedures.filtered(
            lambda one: one.scope == "eu" or one.country_id.code == country
        )
        claims = self._procedure_claims(near)
        rows = []
        for procedure in near:
            found = self._obstacle_texts(procedure, claims[self.id])
            levels = [level for level, _text in found]
            rows.append(
                {
                    "procedure": procedure,
                    "refused": choice.REFUSED in levels,
                    "badge": "danger"
                    if choice.REFUSED in levels
                    else ("warning" if levels else "success"),
                    "texts": [text for _level, text in found],
                    "refusals": [t for level, t in found if level == choice.REFUSED],
                }
            )
        return sorted(rows, key=lambda row: row["refused"])

    def _ways_refused(self):
        """Ways to a court that the law refuses for the claim, and why.

        :return: {way: text}; a way of which the debtor's country has no known
            procedure is not refused
        """
        self.ensure_one()
        rows, texts = self._procedure_rows(self._known_procedures()), {}
        for way in {row["procedure"].way for row in rows}:
            own = [row for row in rows if row["procedure"].way == way]
            at_home = [row for row in own if row["procedure"].scope == "country"]
            if at_home and all(row["refused"] for row in own):
                texts[way] = joined(
                    self.env,
                    (
                        labelled(
                            self.env, row["procedure"].name, " ".join(row["refusals"])
                        )
                        for row in at_home
                    ),
                )
        return texts

    @api.depends(
        "procedure_id",
        "partner_id.credit_legal_kind",
        "partner_id.credit_kind_basis",
        "partner_id.country_id",
        "insolvency_day",
        "line_ids.amount_residual",
        "event_ids.procedure_stage_id",
    )
    @api.depends_context("lang")
    def _compute_procedure_warning(self):
        found = self.filtered("id")._procedure_obstacles()
        for case in self:
            texts = [text for _level, text in found.get(case.id, ())]
            case.procedure_warning = "\n".join(texts)

    def action_take_procedure(self):
        """Take the proposed procedure."""
        for case in self:
            if case.proposed_procedure_id:
                case.procedure_id = case.proposed_procedure_id
        return True

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    def _procedure_obstacles(self):
        """What speaks against the chosen procedures: {case id: [(level, text)]}."""
        claims = self._procedure_claims(self.procedure_id)
        return {
            case.id: case._obstacle_texts(case.procedure_id, claims[case.id])
            if case.procedure_id
            else []
            for case in self
        }

    def _principal_lines(self):
        """The lines that are principal: documents that book charges are none.

        In sudo: amounts of items.
        """
        self.ensure_one()
        notes = self._charge_documents()
        return self.sudo().line_ids.filtered(
            lambda line: line.move_line_id not in notes
        )

    def _procedure_principal(self, day, currency):
        """The principal in minor units of ``currency``, at the rate of ``day``."""
        self.ensure_one()
        lines = self._principal_lines()
        left = lines.filtered(lambda line: not line.date_withdrawn)
        open_ = sum(left.mapped("amount_residual")) or sum(lines.mapped("amount"))
        if currency != self.currency_id:
            open_ = self.currency_id._convert(open_, currency, self.company_id, day)
        return to_minor(open_, currency)

    def _principal_at_law(self, currency):
        """The principal as it was claimed, in minor units of ``currency``.

        What is paid meanwhile takes no deadline away that began before.
        """
        self.ensure_one()
        lines = self._principal_lines()
        claimed = sum(lines.mapped("amount")) or sum(lines.mapped("amount_residual"))
        if currency != self.currency_id:
            day = self.date_opened or self.company_id._credit_today()
            claimed = self.currency_id._convert(claimed, currency, self.company_id, day)
        return to_minor(claimed, currency)

    def _procedure_claims(self, procedures):
        """What the procedures want to know of each claim: {case id: Claim}.

        Amounts are in the currency of the case, see :meth:`_obstacle_texts`.
        What is claimed beside the principal is reckoned only where a procedure of
        these limits it. The number of queries does not depend on that of the cases.
        """
        disputed = self._disputed_cases()
        extras = {}
        if any(one.max_extras or one.limit_interest for one in procedures):
            extras = self._procedure_extras()
        claims = {}
        for case in self:
            company, debtor = case.company_id, case.partner_id
            partner = company.partner_id.commercial_partner_id
            day = self.env.context.get("credit_procedure_day")
            opened = case.insolvency_day
            day = day or company._credit_today()
            claims[case.id] = choice.Claim(
                day=day,
                kind=debtor.credit_legal_kind or "consumer",
                principal=case._procedure_principal(day, case.currency_id),
                creditor_country=home_country(company.country_id.code or ""),
                debtor_country=home_country(debtor.country_id.code or ""),
                creditor_registered=bool(partner.vat or partner.company_registry),
                debtor_registered=debtor.credit_kind_basis in REGISTERED,
                disputed=case in disputed,
                insolvent=bool(opened and opened <= day),
                **extras.get(case.id, {}),
            )
        return claims

    def _disputed_cases(self):
        """Cases with an open dispute, or in which a dispute ended a procedure."""
        open_ = (
            self.env["credit.dispute"]
            .sudo()
            .search(
                [("move_id", "in", self.sudo().line_ids.move_id.ids)]
                + [("state", "=", "open")]
            )
        )
        moves = open_.move_id
        return self.filtered(
            lambda case: (
                case.sudo().line_ids.move_id & moves
                or case.sudo().event_ids.procedure_stage_id.filtered("is_dispute")
            )
        )

    def _procedure_extras(self):
        """What is owed beside the principal on the day, in minor units.

        :return: {case id: dict(interest, clauses)}; of a case whose rates are not all
            known there is none
        """
        found = {}
        calculation = self.env["credit.calculation"].sudo()
        for company, cases in self.grouped("company_id").items():
            items = cases.sudo()._items()
            if not items:
                continue
            day = self.env.context.get("credit_procedure_day")
            day = day or company._credit_today()
            entries = {
                entry.record: entry
                for made in calculation._statements(items, day, EXTRAS)
                for entry in made.entries
            }
            booked = self._booked_extras(items, day)
            for case in cases:
                own = [entries[i] for i in case.sudo()._items() if i in entries]
                if any(entry.missing for entry in own):
                    continue
                extras = extras_of(own)
                for name in extras:
                    extras[name] += sum(booked[entry.record][name] for entry in own)
                found[case.id] = extras
        return found

    @api.model
    def _booked_extras(self, items, day):
        """What is open of interest and clauses of items that are in the books.

        :return: {item: {name: minor units}}; zero for others
        """
        charges = (
            self.env["credit.charge"]
            .sudo()
            .search(
                Domain("move_line_id", "in", items.ids)
                & Domain("state", "=", "booked")
                & Domain("kind", "in", list(EXTRAS))
                & Domain("date", "<=", day)
            )
        )
        found = defaultdict(lambda: {"interest": 0, "clauses": 0})
        for charge, (_total, open_) in self._booked_shares(charges, day).items():
            name = "interest" if charge.kind == "interest" else "clauses"
            found[charge.move_line_id][name] += open_
        return found

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _obstacle_texts(self, procedure, claim):
        """[(level, text)] of what speaks against a procedure."""
        texts = self._obstacle_words()
        currency = procedure.currency_id
        if currency != self.currency_id:
            principal = self._procedure_principal(claim.day, currency)
            changed = {
                name: getattr(claim, name) * principal // (claim.principal or 1)
                for name in ("interest", "clauses")
                if getattr(claim, name) is not None
            }
            claim = replace(claim, principal=principal, **changed)
        found = []
        for one in choice.obstacles(procedure._conditions(), claim):
            text = texts[one.code]
            figure = one.figure
            if one.code in ("amount", "amount_interest", "interest_unknown"):
                figure = format_amount(
                    self.env, figure / 10**currency.decimal_places, currency
                )
            elif one.code in ("too_early", "repealed", "business_until"):
                figure = format_date(self.env, figure)
            found.append((one.level, text % figure if "%s" in text else text))
        return found

    def _obstacle_words(self):
        _ = self.env._
        return {
            "not_in_force": _("It is not in force: something is missing, see there."),
            "too_early": _("It is in force from %s on."),
            "repealed": _("It was in force until %s."),
            "country": _("The debtor is not in a country that has it."),
            "cross_border": _(
                "Creditor and debtor have to be in two different countries that take "
                "part."
            ),
            "kind_business": _("It is not for claims on businesses."),
            "kind_consumer": _(
                "It is not for claims on consumers; a debtor of unknown kind is one."
            ),
            "kind_public": _("It is not for claims on public bodies."),
            "kind_unknown": _(
                "Whether it can be taken against this kind of debtor is not known: ask "
                "a lawyer."
            ),
            "business_until": _("Between businesses it could be taken until %s."),
            "debtor_unregistered": _(
                "The debtor has to be a registered enterprise: enter the company "
                "number."
            ),
            "creditor_unregistered": _(
                "We have to be a registered enterprise: enter the company number."
            ),
            "insolvent": _("The debtor is insolvent: declare the claim instead."),
            "amount": _("The principal is more than %s."),
            "amount_interest": _("Principal and interest are more than %s."),
            "interest_unknown": _(
                "Principal and interest may be %s at most: reckon the interest first."
            ),
            "disputed": _("The claim is disputed."),
            "extras": _(
                "Interest and clauses are more than %s percent of the principal: "
                "papers leave out what is above."
            ),
            "extras_unknown": _(
                "Interest and clauses may be %s percent of the principal at most: "
                "reckon them first."
            ),
        }
