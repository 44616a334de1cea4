"""Whose turn it is to contact a debtor, so that no two count past one another."""

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.tools import SQL

#: Times a turn is asked for again, when somebody contacts the debtor this very moment.
TRIES = 5


class CreditContactTurn(models.Model):
    """Who has last looked at what the rules allow for a debtor.

    How often a debtor may be contacted is looked at for a batch, and has to hold until
    each message of it leaves. Whoever looks takes the turn of the debtors beforehand,
    and lets go of a message whose debtor's turn somebody else took since. A contact
    changes the row: a transaction that looked before it was made cannot commit another.
    """

    _name = "credit.contact.turn"
    _description = "Turn to Contact a Debtor"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        index=True,
        ondelete="cascade",
    )
    worker = fields.Integer(
        required=True,
        help="The database session that looked last; 0 for a person.",
    )
    contacted_at = fields.Datetime(string="Last contact")

    _debtor_once = models.UniqueIndex("(company_id, partner_id)")

    @api.model
    def _take(self, debtors):
        """Take the turn of debtors for a person who is about to plan a contact.

        Before their contacts are counted: whoever else plans one, or has counted
        before, finds the turn changed and counts again, after us.

        :param debtors: pairs of the ids of a company and of its debtor
        """
        self._write_turns(debtors, "worker = 0")

    @api.model
    def _note(self, debtors):
        """Note that debtors were contacted, or that it was tried.

        Whoever counted their contacts before, and has not acted on it, counts again.

        :param debtors: pairs of the ids of a company and of its debtor
        """
        self._write_turns(
            debtors,
            "contacted_at = EXCLUDED.contacted_at",
            "worker = CASE WHEN turn.worker = pg_backend_pid()"
            " THEN turn.worker ELSE 0 END",
            contacted_at=fields.Datetime.now(),
        )

    def _write_turns(self, debtors, *changes, contacted_at=None):
        """Make the turns of debtors that have none; write the changes to the others."""
        if not debtors:
            return
        companies, partners = map(list, zip(*sorted(debtors), strict=True))
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_contact_turn AS turn
                          (company_id, partner_id, worker, contacted_at)
                   SELECT company_id, partner_id, 0, %s::timestamp
                     FROM UNNEST(%s::int[], %s::int[])
                          AS debtor (company_id, partner_id)
                    ORDER BY company_id, partner_id
                       ON CONFLICT (company_id, partner_id) DO UPDATE SET %s""",
                contacted_at,
                companies,
                partners,
                SQL(", ").join(map(SQL, changes)),
            )
        )


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _take_turns(self):
        """Take the turn of these debtors, before their contacts are counted.

        By one statement, in a transaction that begins with it: what others have sent
        until then is seen by all that is counted after it.
        """
        for left in reversed(range(TRIES)):
            self.env.flush_all()
            self._commit()
            try:
                self.env.cr.execute(
                    SQL(
                        """INSERT INTO credit_contact_turn
                                  (company_id, partner_id, worker)
                           SELECT company_id, partner_id, pg_backend_pid()
                             FROM credit_reminder
                            WHERE id = ANY(%s) AND is_thanks IS NOT TRUE
                            GROUP BY company_id, partner_id
                            ORDER BY company_id, partner_id
                               ON CONFLICT (company_id, partner_id)
                               DO UPDATE SET worker = EXCLUDED.worker
                            WHERE credit_contact_turn.worker <> EXCLUDED.worker""",
                        self.ids,
                    ),
                    log_exceptions=False,
                )
                # At once, so that nobody waits for what is rendered now.
                self._commit()
                return
            except TransactionRollbackError:
                # Somebody has contacted one of them while we waited for the turn.
                self._roll_back()
                if not left:
                    raise

    def _lost_turns(self):
        """Whether somebody else took the turn of one that is still queued."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1
                         FROM credit_reminder reminder
                         JOIN credit_contact_turn turn
                              ON turn.company_id = reminder.company_id
                             AND turn.partner_id = reminder.partner_id
                        WHERE reminder.id = ANY(%s) AND reminder.state = 'queued'
                          AND reminder.is_thanks IS NOT TRUE
                          AND turn.worker <> pg_backend_pid()
                        LIMIT 1""",
                    self.ids,
                )
            )
        )

    def _note_contact(self):
        """Note that these debtors were contacted. A thank-you is no contact."""
        self.env["credit.contact.turn"]._note(
            {
                (reminder.company_id.id, reminder.partner_id.id)
                for reminder in self
                if not reminder.is_thanks
            }
        )

    def _register_sent(self, **values):
        # EXTENDS credit.reminder
        result = super()._register_sent(**values)
        self._note_contact()
        return result
