"""Two who contact the same debtor at the same time, where only one contact is allowed.

Each debtor has a reminder by e-mail, another one by letter, and one to be called about.
"""

from psycopg2.errors import SerializationFailure
from race import Starter, company, deliver, propose  # noqa: F401

from odoo.tools import SQL


def prepare(env, port):
    """One contact a week, and three reminders of each debtor."""
    propose(env, port)
    company(env).credit_contact_week = 1
    for reminder in env["credit.reminder"].search([("channel", "=", "email")]):
        reminder.state = "to_approve"
        reminder._duplicate_for_channel("letter", "to_approve")
        # Nobody calls without a number.
        reminder.partner_id.phone = "+33 1 40 20 50 50"
        reminder._duplicate_for_channel("phone", "to_approve")


def reminder_of(env, email, channel):
    _pretend(env)
    return env["credit.reminder"].search(
        [("contact_id.email", "=", email), ("channel", "=", channel)]
    )


def _pretend(env):
    """Paper costs time, and says nothing here."""
    env.registry["credit.reminder"]._letter_pdfs = lambda reminders: {
        reminder.id: b"%PDF-" + reminder.name.encode() for reminder in reminders
    }


def _deliver_one(reminder):
    """Deliver one reminder, by the session of its environment."""
    reminder.state = "queued"
    reminder.env.cr.commit()
    among = SQL("credit_reminder.id = %s", reminder.id)
    for _count in reminder._work(among=among):
        pass
    reminder.env.cr.commit()
    return reminder.state


def run_mailer(env, path):
    _run(env, path, "email")


def run_printer(env, path):
    _run(env, path, "letter")


def _run(env, path, channel):
    """At each go, deliver the reminder of one debtor by this channel."""
    starter = Starter(path)
    env.cr.commit()
    for race in starter.races():
        reminder = reminder_of(env, race["email"], channel)
        if not race["prepare"]:
            _deliver_one(reminder)
        env.cr.commit()
        starter.report(state=reminder.state)


def overtaken(env, email, by):
    """Deliver an e-mail; between the count and its leaving another contact is made.

    :param str by: ``letter`` or ``phone``
    """
    reminder_class = env.registry["credit.reminder"]
    items_unchanged = reminder_class._items_unchanged

    def looked(reminder, look=None):
        reminder_class._items_unchanged = items_unchanged
        with env.registry.cursor() as cr:
            other = reminder_of(env(cr=cr), email, by)
            if by == "phone":
                _attempt(other)
            else:
                assert _deliver_one(other) == "sent"
        return items_unchanged(reminder, look)

    reminder_class._items_unchanged = looked
    return _deliver_one(reminder_of(env, email, "email"))


def _attempt(call):
    call.env["credit.contact.attempt"].create(
        {"reminder_id": call.id, "outcome": "no_answer"}
    )
    call.env.cr.commit()


def call_overtaken(env, email):
    """Record a call by a transaction that began before an e-mail left.

    :return: what becomes of it, and of it when it is tried again, as Odoo does
    """
    # Where the addons are is known only once Odoo has read its configuration.
    from odoo.addons.credit_management.engine.contact import Frequency

    call = reminder_of(env, email, "phone")
    env.cr.execute("SELECT FROM credit_reminder LIMIT 1")
    with env.registry.cursor() as cr:
        assert _deliver_one(reminder_of(env(cr=cr), email, "email")) == "sent"
    try:
        _attempt(call)
        return "both"
    except SerializationFailure:
        env.cr.rollback()
        env.invalidate_all()
    reasons = call._contact_openings()[call].reasons
    counted = any(isinstance(reason, Frequency) for reason in reasons)
    return "waits" if counted else "both"


def states(env):
    """{address: {channel: (state, whether it waits for its time)}}"""
    found = {}
    for reminder in env["credit.reminder"].search([]):
        entry = found.setdefault(reminder.contact_id.email, {})
        entry[reminder.channel] = (reminder.state, bool(reminder.contact_after))
    return found
