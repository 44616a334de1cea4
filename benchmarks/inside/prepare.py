"""What the credit management needs on a ledger before it is measured."""

import json
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tools import SQL

import ledger
from ledger_copy import Rows

#: Of a hundred open invoices that many are disputed, and that many on hold.
DISPUTED, HELD = 3, 2
#: Days from one step of the policy to the next.
SECOND_DAYS, NOTICE_DAYS = 14, 21
#: Of how many debtors one has something due on an ordinary day.
ORDINARY = 50
POLICY = "Benchmark"


def facts(env):
    """What :func:`ledger.make` returned when this ledger was made."""
    return json.loads(env["ir.config_parameter"].get_param(ledger.PARAMETER))


def companies(env):
    """The companies of the ledger."""
    return env["res.company"].browse(facts(env)["companies"])


def policy(env):
    """The policy that all debtors follow."""
    return env["credit.policy"].search([("name", "=", POLICY)])


def set_up(env, progress=print):
    """A policy for all, disputes and holds, a user who may do everything."""
    env["credit.policy"].create(
        {
            "name": POLICY,
            "sequence": -1,
            "partner_domain": "[]",
            "step_ids": [
                Command.create(
                    {"sequence": 1, "name": "First", "delay_days": 1, **_approved()}
                ),
                Command.create(
                    {
                        "sequence": 2,
                        "name": "Second",
                        "trigger": "previous",
                        "delay_days": SECOND_DAYS,
                        **_approved(),
                    }
                ),
                Command.create(
                    {
                        "sequence": 3,
                        "name": "Notice",
                        "trigger": "previous",
                        "delay_days": NOTICE_DAYS,
                        "formal_notice": True,
                        **_approved(channel="letter"),
                    }
                ),
            ],
        }
    )
    groups = ("credit_management.group_manager", "account.group_account_manager")
    env.ref("base.user_admin").group_ids |= env["res.groups"].union(
        *map(env.ref, groups)
    )
    progress("disputes and holds")
    _block(env)


def _approved(channel="email"):
    return {"channel": channel, "automation": "approve"}


def _block(env):
    """Disputes and holds by copies of one of each."""
    move = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("payment_state", "=", "not_paid")],
        order="id",
        limit=1,
    )
    today = date.today()
    reason = env["credit.dispute.reason"].search([], limit=1)
    dispute = env["credit.dispute"].create(
        {"move_id": move.id, "reason_id": reason.id, "date": today}
    )
    hold = env["credit.hold"].create(
        {
            "move_id": move.id,
            "company_id": move.company_id.id,
            "date_start": today - timedelta(days=1),
            "date_end": today + timedelta(days=365),
            "reason": "Agreed by phone",
        }
    )
    env.flush_all()
    for record, first, last in (
        (dispute, 0, DISPUTED),
        (hold, DISPUTED, DISPUTED + HELD),
    ):
        rows = Rows(env, record._table)
        source = SQL(
            """(SELECT id, company_id, commercial_partner_id FROM account_move
                 WHERE move_type = 'out_invoice' AND id <> %s AND state = 'posted'
                   AND payment_state IN ('not_paid', 'partial')
                   AND (id::bigint * 7919) %% 100 BETWEEN %s AND %s) plan""",
            move.id,
            first,
            last - 1,
        )
        [row] = rows.read(record.ids)
        changes = {
            "id": SQL("NEXTVAL(%s)", f"{record._table}_id_seq"),
            "move_id": SQL("plan.id"),
            "company_id": SQL("plan.company_id"),
            "partner_id": SQL("plan.commercial_partner_id"),
        }
        rows.copy(row, changes, source)
    env.invalidate_all()


def make_history(env, progress=print):
    """As if all that was proposed had been sent some days ago.

    One debtor in fifty heard so long ago that the next step is due today.
    """
    progress("a past for all reminders")
    env.cr.execute(
        SQL(
            """UPDATE credit_reminder
                  SET state = 'sent', delivery_state = 'pending', attempts = 0,
                      date_done = %(today)s
                        - CASE WHEN partner_id %% %(ordinary)s = 0 THEN %(long)s
                               ELSE 5 END,
                      date_sent = NOW() AT TIME ZONE 'UTC'
                WHERE state IN ('to_approve', 'queued', 'sent');
               UPDATE credit_run SET state = 'done'""",
            today=date.today(),
            ordinary=ORDINARY,
            long=SECOND_DAYS + 6,
        )
    )
    env.invalidate_all()
