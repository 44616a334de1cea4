import logging
import zlib
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_feed_provider import FeedTrouble

_logger = logging.getLogger(__name__)

#: Of the locks of PostgreSQL that applications share: ours.
LOCK_CLASS = zlib.crc32(b"credit.feed") & 0x7FFFFFFF


class CreditFeed(models.Model):
    """A channel to a third party by which programs exchange messages.

    What it is told goes out, what it reports comes in, whichever way the messages
    travel; see ``credit_feed_provider``. Everything is a ``credit.feed.message``.
    """

    _name = "credit.feed"
    _description = "Feed of a Third Party"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Creditor",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    party_id = fields.Many2one(
        "res.partner",
        string="Third party",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("credit_party_role", "!=", False)],
        tracking=True,
    )
    mandate_ids = fields.Many2many(
        "credit.mandate",
        string="Mandates",
        check_company=True,
        domain="[('party_id', '=', party_id), ('company_id', '=', company_id)]",
        help="Only cases under these. Empty: all cases of the third party.",
    )
    direction = fields.Selection(
        [
            ("both", "Both ways"),
            ("export", "We tell, it does not report"),
            ("import", "It reports, we do not tell"),
        ],
        default="both",
        required=True,
        tracking=True,
    )
    provider = fields.Selection(
        selection=lambda self: self.env["credit.feed.provider"]._selection_provider(),
        string="By",
        default="folder",
        required=True,
        tracking=True,
    )
    folder = fields.Char(
        copy=False,
        groups="credit_management.group_manager",
        help="On the server, inside the one that its configuration allows. It gets the "
        "folders in, out, done and refused; an SFTP server may serve it.",
    )
    url = fields.Char(
        string="Address",
        groups="credit_management.group_manager",
        help="Of the web service of the third party: https://…",
    )
    token = fields.Char(
        string="Secret",
        copy=False,
        groups="credit_management.group_manager",
        help="Sent with each request as bearer token. It is in no log.",
    )
    cursor = fields.Char(
        string="Read up to",
        readonly=True,
        copy=False,
        help="What the web service called the last page that was read.",
    )
    date_from = fields.Date(
        string="Tell of cases from",
        required=True,
        default=lambda self: self.env.company._credit_today(),
        help="Cases that were opened before are not told, nor what becomes of them.",
    )
    with_file = fields.Boolean(
        string="With the file of the case",
        default=True,
        help="The ZIP file of the hand-over goes with each new case.",
    )
    last_run_at = fields.Datetime(string="Last exchange", readonly=True, copy=False)
    last_problem = fields.Text(
        string="What is wrong",
        readonly=True,
        copy=False,
        help="Why the last exchange did not work.",
    )
    message_line_ids = fields.One2many(
        "credit.feed.message", "feed_id", string="Messages of the feed"
    )
    refused_count = fields.Integer(
        string="Refused", compute="_compute_counts", compute_sudo=True
    )
    waiting_count = fields.Integer(
        string="Waiting", compute="_compute_counts", compute_sudo=True
    )
    line_count = fields.Integer(
        string="Number of messages", compute="_compute_counts", compute_sudo=True
    )

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    def _compute_counts(self):
        counts = self.env["credit.feed.message"]._read_group(
            [("feed_id", "in", self.ids)], ["feed_id", "state"], ["__count"]
        )
        by_feed = {}
        for feed, state, count in counts:
            by_feed.setdefault(feed.id, {})[state] = count
        for feed in self:
            states = by_feed.get(feed.id, {})
            feed.refused_count = states.get("refused", 0)
            feed.waiting_count = states.get("waiting", 0)
            feed.line_count = sum(states.values())

    @api.constrains("provider", "folder", "active")
    def _check_folder(self):
        """A folder is of one feed: what comes in would be taken for another's."""
        provider = self.env["credit.feed.provider"]
        used = self.sudo().with_context(active_test=False)
        others = used.search([("provider", "=", "folder"), ("folder", "!=", False)])
        for feed in self.sudo().filtered(lambda f: f.provider == "folder"):
            try:
                own = provider._feed_path(feed.folder)
            except FeedTrouble as trouble:
                raise ValidationError(str(trouble)) from trouble
            for other in others - feed:
                try:
                    path = provider._feed_path(other.folder)
                except FeedTrouble:
                    continue
                if f"{own}/".startswith(f"{path}/") or f"{path}/".startswith(f"{own}/"):
                    # Not by name: it may be of a company that nobody here may see.
                    raise ValidationError(
                        self.env._(
                            "“%s” is the folder of another feed, inside it or "
                            "around it: messages would be mixed up.",
                            feed.folder,
                        )
                    )

    @api.constrains("provider", "url")
    def _check_address(self):
        provider = self.env["credit.feed.provider"]
        for feed in self.sudo().filtered(lambda f: f.provider == "http"):
            try:
                provider._check_http(feed)
            except FeedTrouble as trouble:
                raise ValidationError(str(trouble)) from trouble

    @api.constrains("mandate_ids", "party_id", "company_id")
    def _check_mandates(self):
        for feed in self:
            foreign = feed.mandate_ids.filtered(
                lambda mandate, feed=feed: (
                    mandate.party_id != feed.party_id
                    or mandate.company_id != feed.company_id
                )
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "“%(mandate)s” is no mandate of %(party)s for %(company)s.",
                        mandate=foreign[0].name,
                        party=feed.party_id.display_name,
                        company=feed.company_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.sudo().message_line_ids:
            raise UserError(
                self.env._(
                    "What was exchanged stays on record: archive the feed instead."
                )
            )

    def write(self, vals):
        # EXTENDS mail.thread: another address starts anew, and gets no old secret
        if "url" in vals and "token" not in vals:
            moved = self.filtered(lambda feed: feed.url and feed.url != vals["url"])
            if moved:
                super(CreditFeed, moved).write({"token": False, "cursor": False})
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_exchange(self):
        """Exchange now what waits on both sides."""
        self.check_access("write")
        for feed in self:
            feed._exchange()
        return True

    def action_check(self):
        """Look whether the feed can be used."""
        self.ensure_one()
        self.check_access("write")
        self.env["credit.feed.provider"]._check(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("It can be used.")},
        }

    def action_view_messages(self):
        """Open the messages of the feed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management_legal.credit_feed_message_action"
        )
        return dict(action, domain=[("feed_id", "=", self.id)], context={})

    def action_import_file(self):
        """Import a file by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a File"),
            "res_model": "credit.feed.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_feed_id": self.id},
        }

    # ------------------------------------------------------------------
    # Exchange
    # ------------------------------------------------------------------

    @api.model
    def _cron_exchange(self):
        """Exchange with all third parties; one that fails keeps no other waiting."""
        feeds = self.search(Domain("active", "=", True))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(feeds))
        for feed in feeds:
            try:
                feed._exchange()
            except Exception as error:
                self._undo_feed()
                _logger.exception("Feed %s failed", feed.id)
                kind = type(error).__name__
                feed.last_problem = self.env._("It failed, see the log: %s", kind)
            if not cron._commit_progress(1):
                break

    def _exchange(self):
        """Tell and read, each committed as it goes; what is wrong stands on the feed.

        In sudo: what comes in is about cases that whoever presses the button may not
        change by hand.
        """
        self.ensure_one()
        feed = self.sudo()
        with feed._alone() as free:
            if not free:
                return
            problem = False
            try:
                if feed.direction != "import":
                    feed._queue_news()
                    feed._commit_feed()
                    feed._send_waiting()
                if feed.direction != "export":
                    feed._take_incoming()
            except FeedTrouble as trouble:
                feed._undo_feed()
                problem = str(trouble)
            feed.write({"last_run_at": fields.Datetime.now(), "last_problem": problem})
            feed._commit_feed()

    @contextmanager
    def _alone(self):
        """Whether nobody else exchanges by this feed; nobody does meanwhile.

        A lock of the session: it outlasts commits, and ends with a process that dies.
        """
        self.ensure_one()
        [(free,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK_CLASS, self.id)
        )
        try:
            yield free
        except Exception:
            # Nothing can be asked in a transaction that has failed.
            self._undo_feed()
            raise
        finally:
            if free:
                self.env.execute_query(
                    SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_CLASS, self.id)
                )

    @api.model
    def _commit_feed(self):
        self.env.flush_all()
        self.env["credit.reminder"]._commit()

    @api.model
    def _undo_feed(self):
        self.env["credit.reminder"]._roll_back()

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def _cases_domain(self):
        """The cases that the feed is about."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("party_id", "=", self.party_id.id)
        if self.mandate_ids:
            domain &= Domain("mandate_id", "in", self.mandate_ids.ids)
        return domain
