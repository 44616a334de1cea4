"""Paying online: what may be paid, for how much, and never twice.

What a debtor chose travels as a short text, so that the page to pay can be opened
again, gone back to and opened twice: it is a question, not an act.

``i.12-15[.c]``   these items, and with ``c`` the charges of their currency; with ``d``
                  also what the debtor contests of them
``o.1``           all that is owed now in a currency, with charges, less the credits
``p.15000.1``     a part, in minor units of a currency: the oldest first
``l.7``           an instalment of a plan
``s.7``           a promise

The text proves nothing. Each time it is worked out anew from what is open now; the
transaction is made while the items are locked, and only for the amount that was shown.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..engine import owed
from ..engine.inputs import MAX_MINOR, BadInput, parse_ids, parse_number
from .credit_account import Refused
from .credit_account_forms import TOLD_MINUTES
from .credit_account_page import Show
from .credit_agreement import to_major
from .credit_regime_resolution import to_minor


@dataclass(frozen=True)
class Due:
    """What a choice comes to now: items, charges and the amount for all of them.

    ``rows`` are those of the items, ``shares`` what is paid of each, in minor units;
    ``contested`` is what is paid although the debtor contests it, ``spared`` what is
    left out because of that.
    """

    choice: str
    items: Any
    charges: Any
    amount: float
    currency: Any
    rows: list
    shares: dict
    contested: float
    spared: float

    @property
    def credited(self):
        """Whether some of what counts as contested is to be credited."""
        return any(
            code == "credited" for row in self.rows for code, _text in row["statuses"]
        )


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    # ------------------------------------------------------------------
    # What is to be paid
    # ------------------------------------------------------------------

    @api.model
    def _due(self, account, choice):
        """Work out what a choice comes to now.

        :param str choice: from anybody
        :return: :class:`Due`
        :raise Refused: if it is not understood, or something of it is not open now
        """
        kind, _dot, rest = (choice or "").partition(".")
        known = {
            "i": self._due_items,
            "o": self._due_overdue,
            "p": self._due_part,
            "l": self._due_instalment,
            "s": self._due_promise,
        }
        if kind not in known or len(rest) > 6000:
            raise self._not_open(account)
        try:
            due = known[kind](account, rest)
        except BadInput:
            raise self._not_open(account) from None
        if due.currency.compare_amounts(due.amount, 0) <= 0:
            raise self._not_open(account)
        return due

    @api.model
    def _not_open(self, account):
        # One answer for what is paid, never was or belongs to others.
        return Refused(
            account.env._(
                "Some of what you chose is not open any more: it may have been paid "
                "in the meantime. Please look at your account and choose again."
            )
        )

    @api.model
    def _due_of_rows(self, account, choice, rows, shares, charges, amount=None):
        """What a choice comes to.

        :param rows: that were chosen, whether something is paid of them or not
        :param dict shares: what is paid of each item, in minor units
        :param float amount: by default all the shares and charges
        """
        agreed = choice[0] in "ls"
        rows = [row for row in rows if shares.get(row["id"]) or choice[0] in "ils"]
        items = account.env["account.move.line"].browse(
            row["id"] for row in rows if shares.get(row["id"]) or agreed
        )
        currency = items.currency_id | charges.currency_id
        if len(currency) != 1:
            raise Refused(
                account.env._("Please pay the amounts of one currency at a time.")
                if currency
                else account.env._("Please choose what you want to pay.")
            )
        paid, left = 0, 0
        for row in rows:
            split, share = row["split"], shares.get(row["id"], 0)
            paid += max(0, share - split.payable)
            left += min(split.contested, split.payable + split.contested - share)
        if amount is None:
            amount = to_major(sum(shares.values()), currency)
            amount += sum(charges.mapped("amount_open"))
        return Due(
            choice,
            items,
            charges,
            currency.round(amount),
            currency,
            rows,
            shares,
            to_major(paid, currency),
            to_major(left, currency),
        )

    @api.model
    def _check_payable(self, account, rows, whole=False):
        """Refuse to pay what is being paid, or is paid to somebody else.

        :param bool whole: refuse also if only a part of an item is being paid
        """
        held = self._held_codes()
        apart = [row for row in rows if not held.get(row["held"], True)]
        if apart:
            raise self._handled_apart(account, apart[0])
        if any(not row["payable"] or (whole and row["under_way"]) for row in rows):
            raise self._being_paid(account)

    @api.model
    def _handled_apart(self, account, row):
        """Why the page does not ask for a row that is held. Addons say more."""
        codes = dict(row["statuses"])
        return Refused(
            account.env._(
                "%(invoice)s is handled apart: %(status)s. Please contact us.",
                invoice=row["name"],
                status=codes[row["held"]],
            )
        )

    @api.model
    def _nothing_asked(self, account, rows):
        """Why nothing of some rows is asked for: paid, or handled apart."""
        apart = [row for row in rows if row["held"]]
        if apart:
            return self._handled_apart(account, apart[0])
        return self._not_open(account)

    @api.model
    def _being_paid(self, account):
        return Refused(
            account.env._(
                "A payment of some of these items is under way. Please wait until it "
                "is settled: it may take some days."
            )
        )

    @api.model
    def _due_items(self, account, rest):
        """What was ticked: what is contested of it only if nothing else is ticked, or
        if it is asked for."""
        ids, *flags = rest.split(".")
        wanted = parse_ids(ids.split("-")) if ids else []
        if len(set(flags)) < len(flags) or not set(flags) <= {"c", "d"}:
            raise BadInput("choice")
        picture = self._picture(account)
        rows = [row for row in picture.claims if row["id"] in wanted]
        if len(rows) != len(wanted):
            raise self._not_open(account)
        self._check_payable(account, rows)
        charges = account.env["credit.charge"]
        if "c" in flags:
            charges = picture.charges
            if rows:
                currency = rows[0]["currency"]
                charges = charges.filtered(lambda c: c.currency_id == currency)
            elif len(charges.currency_id) > 1:
                charges = charges.filtered(
                    lambda c: c.currency_id == charges[0].currency_id
                )
            if not rows and not charges and picture.being_paid:
                raise self._being_paid(account)
        contested = "d" in flags or not any(row["split"].payable for row in rows)
        shares = {
            row["id"]: row["split"].payable
            + (row["split"].contested if contested else 0)
            for row in rows
        }
        return self._due_of_rows(account, f"i.{rest}", rows, shares, charges)

    @api.model
    def _due_overdue(self, account, rest):
        """All that is owed now, instalments and promises of today included."""
        currency_id = parse_number(rest, least=1)
        picture = self._picture(account)
        totals = {c.id: total for c, total in picture.totals.items()}
        if currency_id not in totals:
            raise self._not_open(account)
        own = [row for row in picture.claims if row["currency"].id == currency_id]
        charges = picture.charges.filtered(lambda c: c.currency_id.id == currency_id)
        shares = {
            row["id"]: row["split"].rest
            for row in own
            if row["owed"] and row["split"].rest and not row["held"]
        }
        taken = {}
        for asked in picture.asked:
            if asked.currency.id != currency_id:
                continue
            room = [
                (row["id"], row["split"].agreed - taken.get(row["id"], 0))
                for row in own
                if row["id"] in asked.items
            ]
            found, left = owed.fill(room, asked.terms.now)
            for key, share in found.items():
                taken[key] = taken.get(key, 0) + share
                shares[key] = shares.get(key, 0) + share
            if left and asked.kind == "plan":
                plan = account.env["credit.plan"].browse(asked.record_id)
                own_charges = plan.charge_ids.filtered(lambda c: c.amount_open > 0)
                charges |= own_charges - self._charges_under_way(own_charges)
        if not shares and not charges:
            raise self._nothing_asked(account, own)
        amount = totals[currency_id]["now"]
        return self._due_of_rows(account, f"o.{rest}", own, shares, charges, amount)

    @api.model
    def _due_part(self, account, rest):
        """A part: the oldest first, what is agreed for later after what is owed, and
        what is contested only if all else is paid."""
        minor, _dot, currency_id = rest.partition(".")
        minor = parse_number(minor, least=1, most=MAX_MINOR)
        currency_id = parse_number(currency_id, least=1)
        picture = self._picture(account)
        own = [row for row in picture.claims if row["currency"].id == currency_id]
        rows = [row for row in own if row["payable"] and not row["held"]]
        charges = picture.charges.filtered(lambda c: c.currency_id.id == currency_id)
        currency = account.env["res.currency"].browse(
            [row["currency"].id for row in rows[:1]] or charges.currency_id.ids
        )
        if not currency:
            raise self._nothing_asked(account, own)
        charged = to_minor(sum(charges.mapped("amount_open")), currency)
        splits = [(row["id"], row["split"]) for row in rows]
        room = [(key, split.rest) for key, split in splits]
        room += [(key, split.agreed) for key, split in splits]
        contested = [(key, split.contested) for key, split in splits]
        credited = to_minor(picture.totals[currency]["credit"], currency)
        whole = charged + sum(most for _key, most in room + contested)
        whole = max(0, whole - credited)
        if minor > whole:
            text = currency.format(to_major(whole, currency))
            raise Refused(
                account.env._("This is more than you owe: %s.", text), field="part"
            )
        first = account.company.credit_pay_charges_first
        shares, left = owed.fill(room, max(0, minor - charged) if first else minor)
        if not first and left <= 0:
            charges = charges.browse()
        elif not first:
            left = max(0, left - charged)
        for key, share in owed.fill(contested, left)[0].items():
            shares[key] = shares.get(key, 0) + share
        amount = to_major(minor, currency)
        return self._due_of_rows(account, f"p.{rest}", rows, shares, charges, amount)

    @api.model
    def _due_instalment(self, account, rest):
        line = account.env["credit.plan.line"].search(
            Domain("id", "=", parse_number(rest, least=1))
            & Domain("plan_id.partner_id", "=", account.debtor.id)
            & Domain("plan_id.company_id", "=", account.company.id)
            & Domain("plan_id.state", "=", "active")
            & Domain("state", "in", ("open", "late"))
        )
        if not line:
            raise self._not_open(account)
        plan = line.plan_id
        charges = plan.charge_ids.filtered(lambda c: c.amount_open > 0)
        return self._due_of_answer(
            account,
            f"l.{rest}",
            plan.item_ids,
            line.amount - line.amount_paid,
            charges,
        )

    @api.model
    def _due_promise(self, account, rest):
        promise = account.env["credit.promise"].search(
            Domain("id", "=", parse_number(rest, least=1))
            & Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "open")
        )
        if not promise:
            raise self._not_open(account)
        return self._due_of_answer(
            account,
            f"s.{rest}",
            promise.item_ids,
            promise.amount - promise.amount_paid,
        )

    @api.model
    def _due_of_answer(self, account, choice, items, amount, charges=None):
        """What was agreed on, at most what is still open of it.

        While one part of it is being paid, the others wait: nobody could tell which of
        them that payment settles.

        :param charges: of a plan: they are paid once its items are
        """
        picture = self._picture(account)
        rows = [row for row in picture.claims if row["item"] in items]
        charges = charges or account.env["credit.charge"]
        if not rows and not charges:
            raise self._not_open(account)
        self._check_payable(account, rows, whole=True)
        if self._charges_under_way(charges):
            raise self._being_paid(account)
        currency = rows[0]["currency"] if rows else charges.currency_id[:1]
        splits = [(row["id"], row["split"]) for row in rows]
        room = [(key, split.payable) for key, split in splits]
        # It is what was agreed on, also if the debtor contests some of it since.
        room += [(key, split.contested) for key, split in splits]
        shares, over = owed.fill(room, to_minor(amount, currency))
        if not choice.startswith("l."):
            amount -= to_major(over, currency)
        elif not over:
            charges = charges.browse()
        return self._due_of_rows(account, choice, rows, shares, charges, amount)

    # ------------------------------------------------------------------
    # The transaction
    # ------------------------------------------------------------------

    @api.model
    def _payer(self, account):
        """In whose name it is paid: somebody of the debtor's, never a stranger."""
        user = account.env.user
        if (
            not user._is_public()
            and user.partner_id.commercial_partner_id == account.debtor
        ):
            return account.env["res.partner"].browse(user.partner_id.id)
        return account.debtor

    @api.model
    def _transaction_values(self, account, choice, amount, again=0):
        """Check once more, with the items locked, and say what the transaction is for.

        :param float amount: what the debtor was shown
        :param int again: the latest payment begun elsewhere that the debtor was told
            of and wants to leave aside
        :return: (:class:`Due`, values of the transaction)
        :raise Refused: if it is not what was shown any more, or is being paid
        """
        due = self._due(account, choice)
        self._lock_items(due.items)
        self._lock_charges(due.charges)
        # Anew, now that nobody else can pay or begin to pay the same.
        account.env.invalidate_all()
        due = self._due(account, choice)
        if not isinstance(amount, (int, float)) or isinstance(amount, bool):
            raise self._not_open(account)
        if due.currency.compare_amounts(due.amount, amount):
            raise Refused(
                account.env._(
                    "The amount has changed in the meantime: it is %s now. Please go "
                    "back to your account.",
                    due.currency.format(due.amount),
                )
            )
        begun = self._begun(account, due.items, due.charges)
        if begun and begun[-1].id > again:
            raise Refused(
                account.env._(
                    "A payment of this was begun a moment ago, perhaps in another "
                    "window. Finish it there, or open the page to pay again."
                )
            )
        # It is paid in one window only. In sudo: debtors may not write transactions.
        begun.sudo()._credit_set_aside()
        invoices = due.items.move_id.filtered(lambda m: m.is_sale_document())
        return due, {
            "invoice_ids": [Command.set(invoices.ids)],
            "credit_item_ids": [Command.set(due.items.ids)],
            "credit_charge_ids": [Command.set(due.charges.ids)],
            "credit_shares": {str(key): share for key, share in due.shares.items()},
            "credit_promise_id": int(choice[2:]) if choice.startswith("s.") else False,
            "credit_reminder_id": account.reminder.id,
        }

    @api.model
    def _paid_now(self, account, transaction_id):
        """What became of the payment that somebody comes back from.

        :param transaction_id: the one that the session has followed, or None
        :return: (``done``, ``pending`` or ``failed``, what to say when it is done), or
            None if it is not known, was not finished or is not of late: then nothing is
            claimed of it
        """
        tx = account.env["payment.transaction"].browse(transaction_id or 0).exists()
        since = fields.Datetime.now() - timedelta(minutes=TOLD_MINUTES)
        if (
            tx.company_id != account.company
            or tx.partner_id.commercial_partner_id != account.debtor
            or tx.state == "draft"
            or (tx.last_state_change or tx.create_date) < since
        ):
            return None
        states = {"done": "done", "cancel": "failed", "error": "failed"}
        amount = Show(account.env).money(tx.amount, tx.currency_id)
        text = account.env._("Thank you. We have received your payment of %s.", amount)
        return states.get(tx.state, "pending"), text

    @api.model
    def _contested_text(self, account, due):
        """What is said on the page to pay of what the debtor contests, if anything."""
        _, show = account.env._, Show(account.env)
        money = show.money(due.contested or due.spared, due.currency)
        if due.contested:
            if due.credited:
                return _(
                    "Of what you are about to pay, %s is disputed or to be credited.",
                    money,
                )
            return _("You contest %s of what you are about to pay.", money)
        if due.spared:
            if due.credited:
                return _(
                    "Of these invoices, %s is disputed or to be credited: that part is "
                    "left out, and stays open.",
                    money,
                )
            return _(
                "You contest %s of these invoices: that part is left out, and stays "
                "open.",
                money,
            )
        return ""
