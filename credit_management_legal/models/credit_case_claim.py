"""What is owed in a case at a date, costs and reported payments included."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.credit_management.engine import regime as rules
from odoo.addons.credit_management.engine import statement
from odoo.addons.credit_management.engine.regime import CHARGES, FEE
from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import allocation, claim
from ..engine import report as reports
from .credit_case_money import GROUPS
from .credit_case_report import ENDED

#: Parts of a claim in which kinds of charges stand; the others are charges.
PARTS = {"interest": claim.INTEREST, "cost": claim.COSTS}
#: Kinds of charges that are claimed once on an item.
FIXED = ("indemnity", "clause")


class CreditCase(models.Model):
    _inherit = "credit.case"

    amount_to_check = fields.Monetary(
        string="Reported, to be checked",
        compute="_compute_amount_to_check",
        compute_sudo=True,
        help="Payments that the third party reported, and nobody has accepted yet: "
        "they are not taken off what is owed.",
    )

    @api.depends("payment_ids.is_unconfirmed", "payment_ids.amount")
    def _compute_amount_to_check(self):
        for case in self:
            waiting = case.payment_ids.filtered("is_unconfirmed")
            case.amount_to_check = sum(waiting.mapped("amount"))

    def _claim_at(self, day):
        """What is owed in the case at the end of a day.

        Principal less credit notes, interest day by day, charges, costs in the claim,
        less payments: those in the books, and those that a third party received and
        has not handed on yet, for these free the debtor as well; also where it had the
        items in an earlier case. What it only reported, and nobody of us has accepted,
        is not taken off.

        :param date day: what happened later is not looked at
        :return: dict of minor units of the case's currency: ``principal``,
            ``interest``, ``charges``, ``costs``, ``paid``, ``total``, ``overpaid``;
            ``working`` has the :class:`engine.claim.Line` that add up to it,
            ``missing`` the sentences that name rates without which it is incomplete
        """
        self.ensure_one()
        statements = self._statements(day)
        lines = self._claim_lines(day, statements)
        missing = [text for made in statements for text in made.missing]
        return {
            **claim.sums(lines),
            "working": lines,
            "missing": list(dict.fromkeys(missing)),
        }

    def _claim_lines(self, day, statements):
        """The working of the claim at a date: :class:`engine.claim.Line`.

        :param statements: see :meth:`_statements`
        """
        lines = []
        for made in statements:
            for entry in made.entries:
                lines += claim.entry_lines(entry, entry.record.move_name or "")
        return lines + self._charge_lines(day) + self._reported_lines(day)

    def _statements(self, day, wanted=None):
        """The statements of the core on the items, with reported payments in them."""
        items = self.sudo()._items() - self._charge_documents()
        if not items:
            return []
        if wanted is None:
            wanted = frozenset(kind for kind in CHARGES if kind != FEE)
        calculation = self.env["credit.calculation"].sudo()
        calculation = calculation.with_context(
            credit_case_reported=self.ids, credit_given_up=True
        )
        return calculation._statements(items, day, wanted)

    def _charge_lines(self, day, items=True):
        """Lines for costs in the claim, for fees, and for what was paid on charges.

        Charges on the items themselves stand in their statements.

        :param bool items: with what was paid on charges on the items
        """
        currency = self.currency_id
        stated = self.sudo()._items()
        charges = self._charges().filtered(
            lambda charge: (
                charge.date <= day and (items or charge.move_line_id not in stated)
            )
        )
        about = self._charges_about()

        def line(charge, kind, amount, **more):
            return claim.Line(
                kind,
                more.pop("name", charge.display_name),
                amount,
                more.pop("first", day),
                column=charge.kind,
                about=about[charge.id],
                **more,
            )

        lines = []
        for charge in charges.filtered(lambda c: c.move_line_id not in stated):
            group = PARTS.get(charge.kind, claim.CHARGES)
            amount = to_minor(charge.amount - charge.amount_waived, currency)
            name = charge.cost_ids[:1].name or charge.display_name
            lines.append(
                line(charge, group, amount, name=name, first=charge.date, code="charge")
            )
        booked = charges.filtered(lambda c: c.state == "booked")
        for charge, (total, open_) in self._booked_shares(booked, day).items():
            group = GROUPS[charge.kind]
            net = to_minor(charge.amount - charge.amount_waived, currency)
            if total > net:
                # A tax of the document.
                kind = claim.COSTS if group == allocation.COSTS else claim.CHARGES
                lines.append(
                    line(charge, kind, total - net, first=charge.date, code="tax")
                )
            elif total < net and charge.booking_id.state == "posted":
                # A credit note that somebody made by hand.
                kind = PARTS.get(charge.kind, claim.CHARGES)
                lines.append(line(charge, kind, total - net, code="credited"))
            if total > open_:
                paid = {group: total - open_}
                lines.append(
                    line(charge, claim.PAYMENT, open_ - total, paid=paid, code="booked")
                )
        return lines

    def _charges_about(self):
        """What lines on charges are about: {charge id: (what, id)}.

        The item that bears it; or that of the document that books it, if that is in
        the case; or else the charge itself.
        """
        stated = self.sudo()._items()
        documents = self._charge_documents().grouped("move_id")
        found = {}
        for charge in self._charges():
            item = charge.move_line_id & stated
            if not item and charge.booking_id in documents:
                item = documents[charge.booking_id][:1]
            found[charge.id] = ("item", item.id) if item else ("charge", charge.id)
        return found

    def _reported_lines(self, day):
        """What the third party received and no item bears: costs, charges, the rest."""
        reported = self._reported(day)
        if not reported:
            return []
        about = self._charges_about()
        kinds = {charge.id: charge.kind for charge in self._charges()}
        lines = []
        for payment, made in reported.items():
            paid = {}
            for share in made.shares:
                what, id_ = share.owed.key
                if what != "item":
                    parts = paid.setdefault((about[id_], kinds[id_]), {})
                    kind = share.owed.kind
                    parts[kind] = parts.get(kind, 0) + share.amount
            amounts = [
                (*key, sum(parts.values()), parts) for key, parts in paid.items()
            ]
            if made.rest:
                amounts.append((("payment", payment.id), "", made.rest, {}))
            for what, column, amount, parts in amounts:
                lines.append(
                    claim.Line(
                        claim.PAYMENT,
                        payment.display_name,
                        -amount,
                        payment.date,
                        paid=parts,
                        code="reported",
                        column=column,
                        about=what,
                    )
                )
        return lines

    def _reported(self, day=None):
        """Payments that are with third parties, and what each of them pays here.

        See :meth:`_held`.

        :return: {payment: :class:`engine.allocation.Allocation`}
        """
        self.ensure_one()
        held = {
            payment: amount
            for payment, amount in self._held().items()
            if not day or payment.date <= day
        }
        if not held:
            return {}
        made = allocation.allocate_all(
            [(payment.id, payment.date, amount) for payment, amount in held.items()],
            self._owed(),
            self._allocation()[0],
        )
        return {payment: made[payment.id] for payment in held}

    # ------------------------------------------------------------------
    # What may be reported
    # ------------------------------------------------------------------

    def _judge_report(self, report, *args, beside=(), **kwargs):
        # EXTENDS credit_management_legal: no more is paid than is owed
        taken, problems = super()._judge_report(report, *args, beside=beside, **kwargs)
        if taken and not problems and taken.values["type"] == "payment":
            coming = sum(
                self._minor_of(other.values["amount"])
                for other in beside
                if other.values["type"] == "payment"
                and other.values["received_by"] == "party"
            )
            problems = self.sudo()._judge_payment(taken.values, coming)
        return taken, problems

    def _minor_of(self, amount):
        """An exact amount that was reported, in minor units of the case."""
        return int(amount.scaleb(self.currency_id.decimal_places))

    def _judge_payment(self, values, coming=0):
        """What speaks against a payment that a third party reports.

        The claim is reckoned only where the items alone don't cover it: feeds bring
        many of them.

        :param dict values: of a report that can be read
        :param int coming: minor units of other payments to the third party that are
            taken with it, and are not kept yet
        :return: list of :class:`..engine.report.Problem`
        """
        self.ensure_one()
        currency = self.currency_id
        amount = self._minor_of(values["amount"])
        theirs = values["received_by"] == "party"
        reported = self.payment_ids.filtered(
            lambda payment: (
                payment.state == "reported" and payment.received_by == "party"
            )
        )
        before = 0
        if theirs:
            before = coming + sum(payment._minor() for payment in reported)
        if amount + before <= to_minor(self.amount_residual, currency):
            return []
        most = self._most_reportable(values["date"], theirs)
        if theirs:
            waiting = reported.filtered("is_unconfirmed")
            most -= coming + sum(payment._minor() for payment in waiting)
        if amount <= most:
            return []
        shown = currency.format(to_major(max(most, 0), currency))
        value = currency.format(float(values["amount"]))
        return [reports.Problem("amount", "above", {"value": value, "most": shown})]

    def _most_reportable(self, day, theirs):
        """What a payment can come to at most, in minor units.

        :param date day: of the payment: what was paid since may have come too late to
            keep it from being made
        :param bool theirs: the third party has it. What we got may be in the books, and
            off the claim: it is measured by the claim without payments
        """
        totals = []
        for when in {day, self.company_id._credit_today()}:
            made = self._claim_at(when)
            parts = ("principal", "interest", "charges", "costs")
            totals.append(
                made["total"] if theirs else sum(made[part] for part in parts)
            )
        if self.state in ENDED:
            # Its items are no longer in it; what was on its way still arrives.
            handed = sum(self.line_ids.mapped("amount"))
            totals.append(to_minor(handed, self.currency_id))
        return max(totals)


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _charge_events(self, company, facts):
        # EXTENDS credit_management: payments that a third party has, where a case is
        # looked at, and what was booked on interest apart from the item
        events = super()._charge_events(company, facts)
        self._fix_case_events(events)
        wanted = self.env.context.get("credit_case_reported")
        if wanted:
            known = {row["id"] for row in facts}
            for case in self.env["credit.case"].sudo().browse(wanted):
                for payment, made in case._reported().items():
                    # Interest that it pays apart is not taken from an item as well.
                    apart = made.of(allocation.INTEREST)
                    order = "principal" if apart else None
                    for share in made.shares:
                        what, item_id = share.owed.key
                        if what == "item" and item_id in known:
                            events[item_id].append(
                                rules.Event(payment.date, share.amount, order=order)
                            )
        return events

    @api.model
    def _fix_case_events(self, events):
        """What a third party handed on for an item goes to its principal.

        Where interest was paid with it, that was booked as a charge of its own: it must
        not be taken out of the part of the item once more.
        """
        if not events:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT part.debit_move_id, other.date,
                          ROUND(part.debit_amount_currency
                                * POWER(10::numeric, currency.decimal_places))::bigint
                     FROM account_partial_reconcile part
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_move move ON move.id = other.move_id
                     JOIN res_currency currency
                       ON currency.id = part.debit_currency_id
                    WHERE part.debit_move_id = ANY(%s) AND move.credit_case_interest""",
                list(events),
            )
        )
        booked = defaultdict(list)
        for item_id, day, amount in rows:
            booked[item_id].append((day, amount))
        for item_id, found in booked.items():
            for place, event in enumerate(events[item_id]):
                key = (event.day, event.amount)
                if key in found and event.kind == "payment" and event.order is None:
                    found.remove(key)
                    events[item_id][place] = rules.Event(*key, order="principal")


class CreditCalculation(models.AbstractModel):
    """Statements of cases and insolvencies: those of the core, with more in them.

    The core knows neither, so what more there is reaches its hooks by the context:

    - ``credit_case_reported``, ids of cases: what third parties have in them counts as
      paid on the items. Set by ``credit.case._statements``, the claim at a date of a
      case, ``credit.reminder._with_held`` and claims in insolvencies; read in
      ``credit.engine._charge_events``.
    - ``credit_set_off``, {item id: [(day, minor units, by a credit note?, order)]}:
      credits that are set off at the opening of an insolvency. Set by
      ``credit.insolvency._interest_context``; read in ``credit.engine._charge_events``.
    - ``credit_opened``, day of the opening of an insolvency: payments from then on are
      none. Set by ``credit.insolvency._interest_context`` and for its paper; read in
      ``credit.engine._charge_events``.
    - ``credit_given_up``, boolean: fixed charges that were booked and credited are not
      claimed anew. Set for claims in cases and insolvencies; read in :meth:`_prior`.
    """

    _inherit = "credit.calculation"

    @api.model
    def _prior(self, items, day):
        # EXTENDS credit_management: in cases and insolvencies, fixed charges that
        # were booked and credited are given up
        prior = super()._prior(items, day)
        if self.env.context.get("credit_given_up"):
            for charge in self._given_up(items):
                kinds = prior.setdefault(charge.move_line_id.id, {})
                if charge.kind not in kinds:
                    amount = to_minor(charge.amount, charge.currency_id)
                    kinds[charge.kind] = statement.Prior(amount, waived=amount)
        return prior

    @api.model
    def _given_up(self, items):
        """Fixed charges on items that were in the books and were taken out again.

        Those of a message that never arrived are not, nobody was asked for them; nor
        those that a remittance had made which was cancelled.
        """
        charges = (
            self.env["credit.charge"]
            .sudo()
            .search(
                Domain("move_line_id", "in", items.ids)
                & Domain("kind", "in", FIXED)
                & Domain("state", "=", "reversed")
                & Domain("booking_id.reversal_move_ids.state", "=", "posted"),
                order="id desc",
            )
        )
        payments = self.env["credit.case.payment"].sudo()
        made = payments.search([("made_charge_ids", "in", charges.ids)]).made_charge_ids
        return (charges - made).filtered(
            lambda charge: (
                not charge.reminder_id
                or charge.reminder_id.state == "sent"
                and charge.reminder_id.delivery_state != "bounced"
            )
        )
