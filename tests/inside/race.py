"""Two processes that race for the same item: one pays it, one sends the reminder."""

import json
import socket
import time

import world
from debtors import deliver, propose, queued, reminders  # noqa: F401
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
        retries = 0
        while True:
            try:
                world.pay(env, moves[race["email"]], fields.Date.today())
                env.cr.commit()
                break
            except SerializationFailure:
                # As Odoo does for a user's request.
                env.cr.rollback()
                env.invalidate_all()
                retries += 1
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


def deliver_overtaken(env, email):
    """Deliver; the payment is committed after we looked and before we lock."""
    reminder_class = env.registry["credit.reminder"]
    items_unchanged = reminder_class._items_unchanged

    def overtaken(reminder, look):
        reminder_class._items_unchanged = items_unchanged
        # What this transaction sees is settled by now.
        reminder.env.cr.execute("SELECT FROM credit_reminder LIMIT 1")
        with env.registry.cursor() as cr:
            other = world.quiet(env(cr=cr))
            moves = other["account.move"].search([("partner_id.email", "=", email)])
            world.pay(other, moves, fields.Date.today())
        return items_unchanged(reminder, look)

    reminder = env["credit.reminder"].search([("contact_id.email", "=", email)])
    reminder.state = "queued"
    env.cr.commit()
    reminder_class._items_unchanged = overtaken
    deliver(env)
