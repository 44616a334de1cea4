"""Two processes that race for the same item: one pays it, one sends the reminder."""

import json
import socket
import time
from functools import partial

import world
from debtors import company, deliver, propose, queued, reminders  # noqa: F401
from psycopg2.errors import SerializationFailure

from odoo import fields


def hold_back(env):
    """Take all reminders off the queue: each waits for its race."""
    env["credit.reminder"].search([("state", "=", "queued")]).state = "to_approve"


class Starter:
    """The test at the other end of a socket: it says go, we say how it went."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile()

    def races(self):
        for line in self.lines:
            race = json.loads(line)
            end = time.perf_counter() + race["delay"]
            while time.perf_counter() < end:
                pass
            yield race

    def report(self, **values):
        self.socket.sendall(json.dumps(values).encode() + b"\n")


def run_payer(env, path):
    """At each go, register the payment of one debtor's invoice and commit it."""
    env = world.quiet(env)
    moves = {
        move.partner_id.email: move
        for move in env["account.move"].search([("name", "=like", "D/%")])
    }
    starter = Starter(path)
    env.cr.commit()
    for race in starter.races():
        move = moves[race["email"]]
        retries = _stubbornly(env, partial(world.pay, env, move, fields.Date.today()))
        starter.report(committed=time.time(), retries=retries)


def run_deliverer(env, path):
    """At each go, deliver what is queued: one debtor's reminder."""
    starter = Starter(path)
    env.cr.commit()
    for race in starter.races():
        reminder = env["credit.reminder"].search(
            [("contact_id.email", "=", race["email"])]
        )
        if race["prepare"]:
            reminder.state = "queued"
        else:
            deliver(env)
        env.cr.commit()
        starter.report(state=reminder.state)


def begin_online(env, count):
    """Begin an online payment for some debtors, as the page to pay does.

    :param int count: how many: ``debtor0@example.com`` and those that follow
    """
    # Where the addons are is known only once Odoo has read its configuration.
    from odoo.addons.credit_management.models.credit_account import Account

    env = world.quiet(env)
    lender = company(env)
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", lender.id)], limit=1
    )
    provider = env.ref("payment.payment_provider_demo").copy({"company_id": lender.id})
    provider.with_company(lender).write({"state": "test", "journal_id": bank.id})
    # Payments get a journal entry, as with a clearing account in life.
    bank.inbound_payment_method_line_ids.filtered(
        lambda line: line.payment_provider_id == provider
    ).payment_account_id = env["account.account"].create(
        {
            "name": "Outstanding online payments",
            "code": "511900",
            "account_type": "asset_current",
            "reconcile": True,
            "company_ids": [lender.id],
        }
    )
    service = env["credit.account"]
    for move in env["account.move"].search(
        [("name", "=like", "D/%")], order="id", limit=count
    ):
        account = Account(
            company=lender.with_company(lender),
            debtor=move.partner_id,
            reminder=env["credit.reminder"],
            contact=move.partner_id,
            path="/credit",
        )
        [item] = world.claims_of(move)
        due, values = service._transaction_values(
            account, f"i.{item.id}", item.amount_residual_currency
        )
        env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": env.ref("payment.payment_method_card").id,
                "reference": f"online {move.partner_id.email}",
                "amount": due.amount,
                "currency_id": due.currency.id,
                "partner_id": move.partner_id.id,
                "operation": "online_direct",
                **values,
            }
        )


def _confirm(transaction):
    """The provider's word that the money is there."""
    transaction._process(
        "demo",
        {
            "reference": transaction.reference,
            "simulated_state": "done",
            "payment_details": "1234",
        },
    )


def confirm(env, email):
    """Confirm the payment of one debtor; Odoo has not looked at it yet."""
    _confirm(_transaction(env, email))


def _transaction(env, email):
    return env["payment.transaction"].search([("reference", "=", f"online {email}")])


def run_online_payer(env, path):
    """At each go, confirm one debtor's payment, then make the entry of it."""
    env = world.quiet(env)
    starter = Starter(path)
    env.cr.commit()
    for race in starter.races():
        transaction = _transaction(env, race["email"])
        retries = _stubbornly(env, partial(_confirm, transaction))
        committed = time.time()
        # What the page asks for as soon as the debtor is back on it.
        retries += _stubbornly(env, transaction._post_process)
        starter.report(committed=committed, retries=retries)


def _stubbornly(env, act):
    """Act and commit, again if somebody else was first: as Odoo does for requests.

    :return: how often it had to be repeated
    """
    retries = 0
    while True:
        try:
            act()
            env.cr.commit()
            return retries
        except SerializationFailure:
            env.cr.rollback()
            env.invalidate_all()
            retries += 1


def payments(env):
    """What became of the online payments, by debtor."""
    return [
        {
            "email": transaction.partner_id.email,
            "state": transaction.state,
            "processed": transaction.is_post_processed,
            "paid": transaction.payment_id.amount,
            "open": sum(transaction.credit_item_ids.mapped("amount_residual")),
        }
        for transaction in env["payment.transaction"].search(
            [("reference", "=like", "online %")]
        )
    ]


def deliver_only(env, email):
    """Deliver the reminder of one debtor."""
    reminder = env["credit.reminder"].search([("contact_id.email", "=", email)])
    reminder.state = "queued"
    env.cr.commit()
    deliver(env)


def deliver_overtaken(env, email, online=False):
    """Deliver; the payment is committed after we looked and before we lock."""
    reminder_class = env.registry["credit.reminder"]
    items_unchanged = reminder_class._items_unchanged

    def overtaken(reminder, look):
        reminder_class._items_unchanged = items_unchanged
        # What this transaction sees is settled by now.
        reminder.env.cr.execute("SELECT FROM credit_reminder LIMIT 1")
        with env.registry.cursor() as cr:
            other = world.quiet(env(cr=cr))
            if online:
                confirm(other, email)
            else:
                moves = other["account.move"].search([("partner_id.email", "=", email)])
                world.pay(other, moves, fields.Date.today())
        return items_unchanged(reminder, look)

    reminder = env["credit.reminder"].search([("contact_id.email", "=", email)])
    reminder.state = "queued"
    env.cr.commit()
    reminder_class._items_unchanged = overtaken
    deliver(env)
