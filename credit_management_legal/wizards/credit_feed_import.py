import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.credit_management.ledger import FileProblem

from ..engine import feed as feeds
from ..models.credit_feed import LOCK_CLASS


class CreditFeedImport(models.TransientModel):
    """Import by hand what a third party sent by some other way."""

    _name = "credit.feed.import"
    _description = "Import of a Third Party's File"

    feed_id = fields.Many2one(
        "credit.feed",
        required=True,
        domain=[("direction", "!=", "export")],
        help="From whom the file is: rows about cases of others are refused.",
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char(string="File name")
    state = fields.Selection(
        [("draft", "To import"), ("done", "Imported")], default="draft", readonly=True
    )
    accepted_count = fields.Integer(string="Applied", readonly=True)
    known_count = fields.Integer(string="Known already", readonly=True)
    refused_count = fields.Integer(string="Refused", readonly=True)
    result_file = fields.Binary(string="Results", attachment=False, readonly=True)
    result_filename = fields.Char(compute="_compute_result_filename")

    @api.depends("filename")
    def _compute_result_filename(self):
        for wizard in self:
            stem = (wizard.filename or "").rpartition(".")[0] or "file"
            wizard.result_filename = f"{stem}.result.csv"

    def action_import(self):
        """Apply the good rows, all at once; the others are listed with their reason.

        :raise UserError: if the file as a whole can't be used
        """
        self.ensure_one()
        if not self.env.user.has_group("credit_management.group_collector"):
            raise AccessError(self.env._("Files are imported by collectors."))
        self.feed_id.check_access("read")
        if not self.file:
            raise UserError(self.env._("Choose a file."))
        # In sudo: rows are checked as those that come by themselves, and are about
        # cases that collectors may not change by hand.
        feed = self.feed_id.sudo()
        self._check_alone(feed)
        try:
            rows = feeds.read_rows(base64.b64decode(self.file), self.filename or "")
        except FileProblem as problem:
            raise UserError(feed._file_problem_text(problem)) from problem
        results = feed._take_rows(rows, self.filename or self.env._("by hand"))
        states = [result[4] for result in results]
        self.write(
            {
                "state": "done",
                "accepted_count": states.count("accepted"),
                "known_count": states.count("known"),
                "refused_count": states.count("refused"),
                "result_file": base64.b64encode(feeds.results_csv(results)),
                "file": False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a File"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _check_alone(self, feed):
        """Nobody exchanges by this feed until this transaction is over.

        :raise UserError: if somebody does just now
        """
        [(free,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_CLASS, feed.id)
        )
        if not free:
            raise UserError(
                self.env._(
                    "Messages are exchanged by this feed just now. Try again in a "
                    "minute."
                )
            )

    def action_view_messages(self):
        """Open the messages of the feed, those that were refused first."""
        self.ensure_one()
        action = self.feed_id.action_view_messages()
        return dict(action, context={"search_default_refused": 1})
