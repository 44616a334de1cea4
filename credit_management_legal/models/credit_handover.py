"""Handing over: what is looked at first, and how cases are made by the thousand."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from odoo import api, models
from odoo.fields import Command, Domain

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import checks
from .credit_handoff_papers import Claims


@dataclass(frozen=True)
class Proposal:
    """Items of one debtor, company and currency that may be handed over together.

    ``checks`` are :class:`..engine.checks.Check`, ``extra`` those of other addons as
    (level, text), such as the cover of a credit insurer.
    """

    company: Any
    debtor: Any
    currency: Any
    items: Any
    kind: str
    mandate: Any
    checks: tuple
    amount: float
    case: Any = None
    extra: tuple = field(default=())

    @property
    def level(self):
        levels = [checks.level(self.checks), *(level for level, _text in self.extra)]
        return max(levels, key=checks.LEVELS.index)

    @property
    def overrulable(self):
        """Whether a manager may hand over what is refused, with a reason."""
        return checks.may_be_overruled(self.checks) and not any(
            level == checks.REFUSED for level, _text in self.extra
        )


class CreditHandover(models.AbstractModel):
    """The number of queries depends on neither debtors nor items."""

    _name = "credit.handover"
    _description = "Handing Over to a Third Party"

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    @api.model
    def _propose(self, items, kind="amicable", mandate=None, automatic=False):
        """What handing these items over would look like. Writes nothing.

        :param items: receivable ``account.move.line`` records, of any debtors
        :param mandate: for all of them; chosen by the debtor's country otherwise
        :param bool automatic: whether a policy hands over, and nobody looks
        :rtype: list[Proposal]
        """
        proposals = []
        for company, lines in items.sudo().grouped("company_id").items():
            choose = self.env["credit.mandate"]._chooser(
                company, company._credit_today()
            )
            groups = []
            for (debtor, currency), own in lines.grouped(
                lambda item: (item.partner_id.commercial_partner_id, item.currency_id)
            ).items():
                given = mandate if mandate and mandate.company_id == company else None
                chosen = given or choose(debtor.country_id, kind)
                groups.append((debtor, currency, own, kind, chosen, None))
            proposals += self._propose_for(company, lines, groups, automatic)
        return self._with_extra_checks(proposals)

    @api.model
    def _propose_cases(self, cases):
        """What opening these proposed cases would look like, in their order.

        :rtype: list[Proposal]
        """
        proposals = {}
        for company, own in cases.sudo().grouped("company_id").items():
            # Read together, although each case has but its own.
            every = own._items()._prefetch_ids
            groups = [
                (
                    case.partner_id,
                    case.currency_id,
                    case._items().with_prefetch(every),
                    case.kind,
                    case.mandate_id,
                    case,
                )
                for case in own
            ]
            for made in self._propose_for(company, own._items(), groups, False):
                proposals[made.case.id] = made
        return self._with_extra_checks([proposals[case.id] for case in cases])

    @api.model
    def _with_extra_checks(self, proposals):
        extra = self._extra_checks(proposals)
        return [
            replace(made, extra=tuple(extra.get(place, ())))
            for place, made in enumerate(proposals)
        ]

    @api.model
    def _extra_checks(self, proposals):
        """What other addons look at: {place in ``proposals``: [(level, text)]}.

        The cover of a credit insurer is looked at here, by whoever keeps it.
        """
        return {}

    @api.model
    def _propose_for(self, company, items, groups, automatic):
        """A proposal for each group of items of a company.

        :param groups: (debtor, currency, items, kind, mandate, case or None)
        """
        today = company._credit_today()
        deciding = any(case for *_group, case in groups)
        engine = self.env["credit.engine"].sudo().with_context(credit_deciding=deciding)
        known = {
            "positions": engine._positions(items) if items else {},
            "undisputed": engine._undisputed(company, items) if items else {},
            "notices": self._notices(items),
            "unreminded": self._unreminded(company, items),
            "limits": self.env["credit.limitation"].sudo()._limits(items),
            "withdrawn": self._withdrawn_before(items),
            "insolvent": items._credit_insolvency_days(),
        }
        debtors = self.env["res.partner"].union(*(group[0] for group in groups))
        known["insured"] = self._insured(company, debtors)
        known["credits"] = engine._credits(company, debtors.ids) if debtors else {}
        known["lacking"] = self._lacking_papers(company, groups)
        made = []
        for place, (debtor, currency, own, kind, mandate, case) in enumerate(groups):
            known["in_case"] = bool(case) and case.state == "open"
            found = self._facts_of(company, debtor, currency, own, mandate, known)
            found["lacking"] = known["lacking"][place]
            if kind == "amicable":
                found |= self._reminder_facts(own, known["unreminded"])
            if case:
                # Whoever proposed it may have named somebody without a mandate.
                found["has_party"] = bool(case.party_id)
            made.append(
                Proposal(
                    company=company,
                    debtor=debtor,
                    currency=currency,
                    items=own,
                    kind=kind,
                    mandate=mandate,
                    checks=checks.assess(
                        checks.Facts(today=today, automatic=automatic, **found)
                    ),
                    amount=sum(own.mapped("amount_residual_currency")),
                    case=case,
                )
            )
        return made

    @api.model
    def _facts_of(self, company, debtor, currency, items, mandate, facts):
        """The facts about one group, see :class:`..engine.checks.Facts`."""
        today = company._credit_today()
        positions, notices = facts["positions"], facts["notices"]
        stopped, contested, papers = {}, [], []
        for item in items:
            reason = positions.get(item.id, {"block_reason": "paid"})["block_reason"]
            # That an open case has these items does not speak against it.
            if reason and not (reason == "case" and facts["in_case"]):
                stopped.setdefault(reason, []).append(item.move_name)
            elif currency.compare_amounts(
                facts["undisputed"].get(item.id, 0.0), item.amount_residual_currency
            ):
                contested.append(item.move_name)
            move = item.move_id
            if move.move_type == "out_invoice" and not move.invoice_pdf_report_id:
                papers.append(item.move_name)
        until = [notices[item.id][1] for item in items if item.id in notices]
        first, certain = self.env["credit.limitation"]._first(items, facts["limits"])
        least = 0
        if mandate.min_amount:
            least = to_minor(
                mandate.currency_id._convert(
                    mandate.min_amount, currency, company, today
                ),
                currency,
            )
        credit = facts["credits"].get((debtor.id, currency.id), 0.0)
        return {
            "credits": (currency.format(credit),)
            if currency.compare_amounts(credit, 0) > 0
            else (),
            "amount": to_minor(sum(items.mapped("amount_residual_currency")), currency),
            "stopped": stopped,
            "contested": tuple(contested),
            "not_due": tuple(
                item.move_name
                for item in items
                if (item.date_maturity or item.date) >= today
            ),
            "unnoticed": tuple(
                item.move_name
                for item in items
                if not notices.get(item.id, (False, None))[0]
            ),
            "running_until": max((day for day in until if day), default=None),
            "notice_required": mandate.notice_required if mandate else True,
            "limit": first,
            "limit_certain": certain,
            "missing_address": tuple(self._missing_address(debtor)),
            "missing_papers": tuple(papers),
            "least": least,
            "insolvent_since": min(
                (
                    facts["insolvent"][item.id]
                    for item in items
                    if item.id in facts["insolvent"]
                ),
                default=None,
            ),
            **self._insurance_of(facts["insured"].get(debtor.id), items),
            "has_party": bool(mandate),
            "withdrawn": tuple(
                item.move_name for item in items if item.id in facts["withdrawn"]
            ),
        }

    @api.model
    def _lacking_papers(self, company, groups):
        """What each group lacks of what its mandate wants, in their order.

        :return: [((code of a kind of papers, names of invoices or ()), …)]
        """
        handoff = self.env["credit.handoff"].sudo()
        claims = {
            place: Claims(company, debtor, items, mandate or None, case)
            for place, (debtor, _currency, items, _kind, mandate, case) in enumerate(
                groups
            )
        }
        lacking = handoff._lacking(claims)
        return [
            tuple((kind.code, names) for kind, names in lacking[place])
            for place in claims
        ]

    @api.model
    def _notices(self, items):
        """Formal notices and the time to pay: {item id: (had one, last day or None)}.

        What bounced was not received.
        """
        groups = (
            self.env["credit.reminder.line"]
            .sudo()
            ._read_group(
                Domain("move_line_id", "in", items.ids)
                & Domain("reminder_id.state", "=", "sent")
                & Domain("reminder_id.delivery_state", "!=", "bounced")
                & Domain("reminder_id.is_thanks", "=", False),
                ["move_line_id"],
                ["reminder_id:recordset"],
            )
        )
        everything = self.env["credit.reminder"].union(*(row[1] for row in groups))
        everything.sudo().fetch(["deadline_date", "wait_until", "step_id", "channel"])
        found = {}
        for item, reminders in groups:
            # A hand-over that was taken back is no contact.
            reminders = reminders.filtered(lambda r: r.channel != "agency")
            days = [r.deadline_date for r in reminders] + [
                r.wait_until for r in reminders
            ]
            found[item.id] = (
                any(r.step_id.formal_notice for r in reminders),
                max((day for day in days if day), default=None),
            )
        return found

    @api.model
    def _not_noticed(self, items):
        """Items that are to wait: their debtor has others that were put on notice.

        Those of a debtor of whom nothing was put on notice are not among them: what is
        to become of these, whoever hands them over decides.

        :return: items without a formal notice, or whose time to pay still runs
        """
        notices = self._notices(items)
        ready = items.filtered(
            lambda item: (
                item.id in notices
                and notices[item.id][0]
                and (notices[item.id][1] or date.min) < item.company_id._credit_today()
            )
        )
        keys = {
            (item.partner_id.commercial_partner_id, item.currency_id) for item in ready
        }
        return (items - ready).filtered(
            lambda item: (
                (item.partner_id.commercial_partner_id, item.currency_id) in keys
            )
        )

    @api.model
    def _withdrawn_before(self, items):
        """Ids of the items that were taken out of a case before."""
        rows = (
            self.env["credit.case.line"]
            .sudo()
            ._read_group(
                Domain("move_line_id", "in", items.ids)
                & Domain("date_withdrawn", "!=", False),
                ["move_line_id"],
            )
        )
        return {item.id for (item,) in rows}

    @api.model
    def _missing_address(self, debtor):
        return [name for name in self._address_labels() if not debtor[name]]

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.model
    def _address_labels(self):
        """What a postal address consists of: {name of the field: label}."""
        _ = self.env._
        return {
            "street": _("street"),
            "zip": _("postcode"),
            "city": _("city"),
            "country_id": _("country"),
        }

    @api.model
    def _labels(self):
        """What each point is about."""
        _ = self.env._
        return {
            "claim": _("Claims undisputed and due"),
            "credits": _("In the debtor's favour"),
            "insolvency": _("No insolvency"),
            "reminder": _("Free first reminder"),
            "notice": _("Formal notice"),
            "deadline": _("Time to pay over"),
            "limitation": _("Limitation"),
            "address": _("Address known"),
            "evidence": _("Papers complete"),
            "insurance": _("Cover of the credit insurer"),
            "amount": _("Amount"),
            "mandate": _("Mandate"),
            "withdrawn": _("Handed over before"),
        }

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _make_cases(self, proposals, opened=True, reason=False):
        """A case for each proposal, whatever its checks say.

        :param bool opened: whether they are handed over at once, or only proposed
        :param str reason: why they are handed over although something speaks against it
        :return: the cases, in the order of the proposals
        """
        items = self.env["account.move.line"].union(*(p.items for p in proposals))
        engine = self.env["credit.engine"].sudo()
        positions = engine._positions(items) if opened and items else {}
        vals_list = []
        for made in proposals:
            debtor = made.debtor.with_company(made.company)
            vals_list.append(
                {
                    "company_id": made.company.id,
                    "partner_id": made.debtor.id,
                    "currency_id": made.currency.id,
                    "kind": made.kind,
                    "mandate_id": made.mandate.id,
                    "party_id": made.mandate.party_id.id,
                    "user_id": debtor.credit_user_id.id or self.env.uid,
                    "state": "open" if opened else "draft",
                    "date_opened": made.company._credit_today() if opened else False,
                    "checks": self._as_json(made),
                    "date_checked": made.company._credit_today(),
                    "overruled_reason": reason,
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": item.id,
                                "step_id": positions.get(item.id, {}).get("step_id"),
                            }
                        )
                        for item in made.items
                    ],
                }
            )
        quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
        cases = self.env["credit.case"].with_context(**quiet).create(vals_list)
        cases = cases.with_context(
            tracking_disable=False, mail_create_nosubscribe=False
        )
        if opened:
            cases._opened()
        return cases

    @api.model
    def _as_json(self, proposal):
        """The answers as they are kept with the case."""
        rows = [
            {
                "code": check.code,
                "level": check.level,
                "detail": check.detail,
                "names": list(check.names),
                "day": check.day.isoformat() if check.day else None,
                "article": check.article,
            }
            for check in proposal.checks
        ]
        return rows + [
            {"code": "extra", "level": level, "text": text}
            for level, text in proposal.extra
        ]

    @api.model
    def _overdue_items(self, debtors, company):
        """The items of some debtors that could be handed over."""
        return self.env["account.move.line"].search(
            Domain("partner_id.commercial_partner_id", "in", debtors.ids)
            & Domain("company_id", "=", company.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", ">", 0)
            & Domain("date_maturity", "<", company._credit_today()),
            order="date_maturity, id",
        )
