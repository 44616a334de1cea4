"""The main job of the demonstration.

The set-up calls ``main(env, args)`` once, inside Odoo, on a fresh copy of the
template database with all addons and languages and no data, and prints what it
returns. ``env`` is the environment of the superuser; the job may commit, and all is
committed after it. Odoo answers HTTP requests meanwhile (``report.url`` is set), and
every e-mail that it sends lands in ``args.folder / "mails"``.

``args`` has these attributes:

- ``ledger``: path of the file to load, or None to generate a ledger
- ``date``: ``datetime.date``, the last day of the replay (today unless named)
- ``days``: the number of days to replay, or None for the job's own choice
- ``folder``: where the job may leave files for people to look at (letters)
- ``progress(text)``: tell how far the job is

The result is a dictionary that can be written as JSON; a value is a number, or a
dictionary of numbers by name: ``open_items``, ``reminders`` (by state), ``by_step``,
``by_channel``, ``blocked`` (by reason), ``mails``, ``letters``, ``seconds`` (by
stage). Other keys are shown too.
"""


def main(env, args):
    """Do nothing yet."""
    return {}
