"""Workers that deliver, for the tests that kill them and time them."""

import time

from debtors import deliver, propose, queued, reminders  # noqa: F401

from odoo.sql_db import Cursor


def deliver_timed(env):
    """Deliver; return the moments at which a commit had come back."""
    commits = []
    commit = Cursor.commit

    def timed(cursor):
        commit(cursor)
        commits.append(time.time())

    Cursor.commit = timed
    deliver(env)
    return commits
