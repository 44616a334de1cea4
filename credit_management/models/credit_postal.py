"""What became of letters: their postal state, and what follows from it.

The state of a letter is that of its last event that stands. Everything that rests on
it (days, deadline, whether it counts as a contact) is worked out anew from its events
whenever one is added or struck out: what was noted by mistake leaves nothing behind.
"""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import postal

POSTAL_STATES = [
    ("to_post", "To post"),
    ("posted", "Posted"),
    ("presented", "Presented"),
    ("received", "Received"),
    ("refused", "Refused"),
    ("unclaimed", "Returned unclaimed"),
    ("undeliverable", "Returned: address wrong"),
    ("withdrawn", "Not posted"),
]
LETTER_CHANNELS = ("letter", "registered_letter")
#: Key of the advisory lock under which postal events of a company are added.
EVENT_KEY = 1_886_351_220


class Happened(NamedTuple):
    """What became of a letter: ``number`` is a tracking number, or empty."""

    reminder_id: int
    state: str
    day: object
    number: str = ""
    note: str = ""


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    postal_state = fields.Selection(
        POSTAL_STATES,
        string="Post",
        readonly=True,
        copy=False,
        help="Where the letter is, as far as it is known.",
    )
    tracking_number = fields.Char(
        readonly=True,
        copy=False,
        help="The number by which the carrier knows the letter.",
    )
    date_posted = fields.Date(string="Posted on", readonly=True, copy=False)
    date_presented = fields.Date(
        string="Presented on",
        readonly=True,
        copy=False,
        help="The day on which the carrier first called at the address.",
    )
    date_postal_end = fields.Date(
        string="Received or returned on", readonly=True, copy=False
    )
    deadline_letter_date = fields.Date(
        string="Day that the letter names",
        readonly=True,
        copy=False,
        help="The deadline as it was when the letter was made. The one that counts is "
        "never earlier.",
    )
    wait_letter_date = fields.Date(readonly=True, copy=False)
    postal_provider = fields.Char(
        string="Electronic carrier",
        readonly=True,
        copy=False,
        help="Code of the provider of electronic registered delivery that has it.",
    )
    postal_text = fields.Char(string="What it means", compute="_compute_postal_text")
    address_check = fields.Selection(
        [("open", "To check"), ("done", "Checked")],
        string="Address",
        readonly=True,
        copy=False,
        help="The letter came back: is the address right?",
    )
    postal_event_ids = fields.One2many(
        "credit.postal.event", "reminder_id", string="Postal events", readonly=True
    )

    _tracking_idx = models.UniqueIndex(
        "(company_id, tracking_number) WHERE tracking_number IS NOT NULL AND "
        "postal_state IN ('to_post', 'posted', 'presented')",
        "Another letter that is on its way has this tracking number.",
    )
    _tracking_all_idx = models.Index(
        "(tracking_number) WHERE tracking_number IS NOT NULL"
    )
    _to_post_idx = models.Index("(company_id) WHERE postal_state = 'to_post'")
    _address_idx = models.Index("(company_id) WHERE address_check = 'open'")

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.depends("postal_state", "delivery_state", "step_id")
    @api.depends_context("lang")
    def _compute_postal_text(self):
        """What a letter that was not handed over means for the reminder."""
        for reminder in self:
            reminder.postal_text = reminder._postal_words()

    def _postal_words(self):
        if self.postal_state not in postal.NOT_HANDED_OVER:
            return False
        if self.delivery_state == "bounced":
            return self._bounce_reason(self.postal_state)
        if self.postal_state == "refused":
            return self.env._(
                "The letter was refused: it counts as if it had been received."
            )
        if self.postal_state == "unclaimed":
            return self.env._(
                "The letter was not collected. By the law of the claim it counts all "
                "the same; check the address nevertheless."
            )
        return self.env._("The letter came back, though the debtor knows of it.")

    @api.model
    def _bounce_reason(self, state):
        if state == "withdrawn":
            return self.env._("The letter was kept back: it was never posted.")
        if state == "unclaimed":
            return self.env._(
                "The letter was not collected and came back. By the law of the claim "
                "it would have to be received: it counts as no contact."
            )
        return self.env._(
            "The letter could not be delivered and came back: it counts as no contact. "
            "Check the address."
        )

    # ------------------------------------------------------------------
    # Leaving
    # ------------------------------------------------------------------

    def _register_sent(self, **values):
        # EXTENDS: a registered letter that was made waits to be posted
        result = super()._register_sent(**values)
        registered = self.filtered(lambda r: r.channel == "registered_letter")
        for times, batch in registered.grouped(
            lambda r: (r.deadline_date, r.wait_until)
        ).items():
            batch.with_context(tracking_disable=True).write(
                {
                    "postal_state": "to_post",
                    "deadline_letter_date": times[0],
                    "wait_letter_date": times[1],
                }
            )
        return result

    @api.model
    def _evidence_fields(self):
        # EXTENDS: events alone change these
        return super()._evidence_fields() | {
            "postal_state",
            "tracking_number",
            "date_posted",
            "date_presented",
            "date_postal_end",
            "deadline_letter_date",
            "wait_letter_date",
            "postal_provider",
        }

    # ------------------------------------------------------------------
    # Adding what happened
    # ------------------------------------------------------------------

    @api.model
    def _lock_postal(self, companies):
        """One at a time adds postal events of a company, until the transaction ends."""
        for company_id in sorted(companies.ids):
            self.env.execute_query(
                SQL("SELECT pg_advisory_xact_lock(%s, %s)", EVENT_KEY, company_id)
            )
        self.invalidate_model(["postal_state", "tracking_number"])

    def _postal_days(self):
        """The events that stand: {reminder id: {state: day}}."""
        days = {id_: {} for id_ in self.ids}
        self.env["credit.postal.event"].flush_model()
        for id_, state, day in self.env.execute_query(
            SQL(
                """SELECT reminder_id, state, date FROM credit_postal_event
                    WHERE reminder_id = ANY(%s) AND struck IS NOT TRUE""",
                self.ids,
            )
        ):
            days[id_][state] = day
        return days

    @api.model
    def _add_postal(self, happened, source, file=None):
        """Add what became of letters, and settle what follows from it.

        The number of queries does not depend on how many there are. Whether each may
        follow what is known was looked at before, under :meth:`_lock_postal`.

        :param list happened: of :class:`Happened`
        :param str source: ``manual``, ``file`` or ``provider``
        :param file: the ``credit.postal.file`` that says it, if one does
        :return: the ids of the events, in the order of ``happened``
        """
        if not happened:
            return []
        reminders = self.sudo().browse({h.reminder_id for h in happened})
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO credit_postal_event
                       (reminder_id, company_id, state, date, source, file_id, user_id,
                        note, create_uid, create_date, write_uid, write_date)
                   SELECT reminder.id, reminder.company_id, given.state, given.day,
                          %(source)s, %(file)s, %(user)s, NULLIF(given.note, ''),
                          %(user)s, %(now)s, %(user)s, %(now)s
                     FROM UNNEST(%(ids)s::int[], %(states)s::text[], %(days)s::date[],
                                 %(notes)s::text[])
                          WITH ORDINALITY AS given (id, state, day, note, place)
                     JOIN credit_reminder reminder ON reminder.id = given.id
                    ORDER BY given.place
                RETURNING id""",
                source=source,
                file=file.id if file else None,
                user=self.env.uid,
                now=fields.Datetime.now(),
                ids=[h.reminder_id for h in happened],
                states=[h.state for h in happened],
                days=[h.day for h in happened],
                notes=[h.note or "" for h in happened],
            )
        )
        self._set_numbers({h.reminder_id: h.number for h in happened if h.number})
        reminders.invalidate_recordset(["postal_event_ids"], flush=False)
        reminders._refresh_postal()
        return [row[0] for row in rows]

    @api.model
    def _set_numbers(self, numbers):
        """Keep tracking numbers: {reminder id: number}. One statement."""
        if not numbers:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE credit_reminder reminder SET tracking_number = given.number
                     FROM UNNEST(%s::int[], %s::text[]) AS given (id, number)
                    WHERE reminder.id = given.id
                RETURNING reminder.id""",
                list(numbers),
                list(numbers.values()),
            )
        )
        self.browse(numbers).invalidate_recordset(["tracking_number"], flush=False)

    def _strike_postal(self, state, reason):
        """Strike out an event and all that was noted after it.

        :param str state: of the event
        :param str reason: why, for those who look at it later
        :raise UserError: if no reason is given
        """
        self.ensure_one()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is corrected."))
        wrong = self.sudo().postal_event_ids.filtered(
            lambda event: (
                not event.struck and postal.RANK[event.state] >= postal.RANK[state]
            )
        )
        wrong.struck = True
        labels = dict(self._fields["postal_state"]._description_selection(self.env))
        self._message_log(
            body=self.env._(
                "Struck out: %(what)s. %(reason)s",
                what=", ".join(labels[event.state] for event in wrong)
                or self.env._("nothing"),
                reason=reason,
            )
        )
        self._refresh_postal()

    # ------------------------------------------------------------------
    # What follows from it
    # ------------------------------------------------------------------

    def _refresh_postal(self):
        """Settle state, days, deadline and delivery by the events that stand."""
        letters = self.sudo()
        letters.fetch(
            ["channel", "company_id", "currency_id", "date_done", "date_sent"]
            + ["deadline_date", "deadline_letter_date", "delivery_state", "partner_id"]
            + ["postal_state", "step_id", "wait_until", "wait_letter_date", "is_thanks"]
        )
        days = letters._postal_days()
        regimes = letters._reminder_regimes()
        times = letters._postal_times(days, regimes)
        rows, bounced = [], self.browse()
        for letter in letters:
            known, regime = days[letter.id], regimes.get(letter)
            counts_from = regime.notice_counts_from if regime else "posting"
            state = postal.current(known)
            contact = postal.is_contact(state, counts_from)
            delivery = letter._postal_delivery(state, contact)
            if delivery == "bounced" and letter.delivery_state != "bounced":
                bounced |= letter
            registered = letter.channel == "registered_letter"
            rows.append(
                (
                    letter.id,
                    state if known or registered else None,
                    known.get("posted"),
                    known.get("presented"),
                    known[state] if postal.RANK[state] == 3 else None,
                    *times[letter],
                    delivery,
                    letter._bounce_reason(state) if delivery == "bounced" else None,
                    state in postal.DOUBTED,
                )
            )
        letters._write_postal(rows)
        for letter in bounced:
            letter._postal_bounced()

    def _postal_delivery(self, state, contact):
        """The delivery state that belongs to a postal state.

        What was opened or answered has arrived, whatever the post says later.
        """
        if self.delivery_state in ("opened", "replied"):
            return self.delivery_state
        if not contact:
            return "bounced"
        return "delivered" if postal.RANK[state] > 1 else "pending"

    def _postal_times(self, days, regimes):
        """{reminder: (day it left, deadline, end of the waiting period)}.

        The time that the law makes us wait counts from the posting, as it says; what
        the letter gives to pay from the posting, the presentation or the receipt.
        """
        first = {r: r.deadline_letter_date or r.deadline_date for r in self}
        waits = {r: r.wait_letter_date or r.wait_until for r in self}
        posted = {
            r: postal.start_day(days[r.id], "posting") for r in self if days[r.id]
        }
        claims = self.filtered(lambda r: posted.get(r) and not r.is_thanks)
        legal = claims._legal_times(posted)
        results = {}
        for letter in self:
            deadline, wait = first[letter], waits[letter]
            left = posted.get(letter) or letter._day_made()
            if letter in legal:
                by_law, waited, _article = legal[letter]
                regime = regimes[letter]
                start = postal.start_day(
                    days[letter.id], regime.notice_counts_from or "posting"
                )
                notice = regime.notice_days if letter.step_id.formal_notice else 0
                deadline = postal.moved_deadline(
                    (deadline, by_law), start, letter.step_id.deadline_days, notice
                )
                # The period of a reminder that had none does not begin now.
                wait = wait and max(filter(None, (wait, waited)))
            results[letter] = (left, deadline or None, wait or None)
        return results

    def _day_made(self):
        """The day on which a letter was made, in the company's time zone."""
        self.ensure_one()
        if not self.date_sent:
            return self.date_done
        zone = self.company_id.sudo().credit_tz or "UTC"
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), self.date_sent
        )
        return moment.date()

    def _write_postal(self, rows):
        """One statement, however many letters."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE credit_reminder reminder
                      SET postal_state = given.state, date_posted = given.posted,
                          date_presented = given.presented,
                          date_postal_end = given.ended,
                          deadline_letter_date = COALESCE(
                              reminder.deadline_letter_date, reminder.deadline_date),
                          wait_letter_date = COALESCE(
                              reminder.wait_letter_date, reminder.wait_until),
                          date_done = given.left_on, deadline_date = given.deadline,
                          wait_until = given.wait_until,
                          delivery_state = given.delivery,
                          failure_reason = given.reason,
                          printed = reminder.printed OR given.posted IS NOT NULL,
                          address_check = CASE
                              WHEN NOT given.doubted THEN NULL
                              WHEN reminder.postal_state = given.state
                              THEN COALESCE(reminder.address_check, 'open')
                              ELSE 'open' END,
                          write_uid = %s, write_date = %s
                     FROM UNNEST(%s::int[], %s::text[], %s::date[], %s::date[],
                                 %s::date[], %s::date[], %s::date[], %s::date[],
                                 %s::text[], %s::text[], %s::bool[])
                          AS given (id, state, posted, presented, ended, left_on,
                                    deadline, wait_until, delivery, reason, doubted)
                    WHERE reminder.id = given.id
                RETURNING reminder.id""",
                self.env.uid,
                fields.Datetime.now(),
                *map(list, zip(*rows, strict=True)),
            )
        )
        self.invalidate_recordset(flush=False)

    def _postal_bounced(self):
        """A letter that did not reach the debtor claimed nothing.

        The fallback channel of its step takes over at once; without one the letter
        waits for its address to be put right.
        """
        self.charge_ids._take_back()
        fallback = self.step_id.fallback_channel
        if fallback and fallback != self.channel:
            self._fall_back(fallback)

    # ------------------------------------------------------------------
    # Holding the next step
    # ------------------------------------------------------------------

    @api.model
    def _unposted_sql(self, company):
        """The items of registered letters that were made and not posted."""
        return SQL(
            """SELECT line.move_line_id
                 FROM credit_reminder unposted
                 JOIN credit_reminder_line line ON line.reminder_id = unposted.id
                WHERE unposted.company_id = %s AND unposted.postal_state = 'to_post'""",
            company.id,
        )

    @api.model
    def _letters_to_post_domain(self):
        """Letters that somebody has to print or take to the post."""
        return Domain("state", "=", "sent") & (
            Domain("postal_state", "=", "to_post")
            | Domain("printed", "=", False)
            & Domain("letter_id", "!=", False)
            & Domain("channel", "in", LETTER_CHANNELS)
        )


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _selection_block_reason(self):
        # EXTENDS credit.engine
        reasons = super()._selection_block_reason()
        after = [code for code, _label in reasons].index("pending") + 1
        reasons.insert(after, ("unposted", self.env._("Registered letter to post")))
        return reasons

    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit.engine: time to pay begins when the letter is posted
        conditions = super()._block_conditions(company, today, debtors)
        if self.env.context.get("credit_letters_leave"):
            return conditions
        return [
            *conditions,
            (
                "unposted",
                SQL(
                    "aml.id IN (%s)",
                    self.env["credit.reminder"]._unposted_sql(company),
                ),
            ),
        ]
