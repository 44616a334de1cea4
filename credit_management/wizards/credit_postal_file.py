"""Return files: what a carrier or a print shop says of many letters at once."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..engine import postal
from ..ledger import FileProblem, check_returns, read_table
from ..ledger.returns import COLUMNS
from ..models.credit_postal import LETTER_CHANNELS, Happened
from ..report.wording import joined
from .credit_import_messages import (
    ROW_MESSAGES,
    file_problem_text,
    row_problem_text,
)

_lt = LazyTranslate(__name__)

LABELS = {
    "reference": _lt("Reference"),
    "tracking_number": _lt("Tracking number"),
    "state": _lt("Status"),
    "date": _lt("Date"),
    "reason": _lt("Reason"),
}
MESSAGES = {
    **ROW_MESSAGES,
    "number": _lt("“%(value)s” is no tracking number"),
    "check_digit": _lt("“%(value)s” is misread: its check digit does not fit"),
    "state": _lt("“%(value)s” is no state that letters have"),
}

#: Bad rows that are told in a text; the list has all.
MOST_ROWS = 10


class CreditPostalFile(models.Model):
    """A return file. The good rows are applied once, however often it comes again.

    The file is kept: it is part of the proof.
    """

    _name = "credit.postal.file"
    _description = "Return File of Letters"
    _order = "id desc"
    _inherit = ["credit.bad.rows.mixin"]
    _rec_name = "filename"
    _bad_stem = "letters"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    batch_id = fields.Many2one(
        "credit.postal.batch",
        string="Postal batch",
        check_company=True,
        index="btree_not_null",
        help="Only letters of this batch are looked for.",
    )
    file = fields.Binary(attachment=True, required=True)
    filename = fields.Char(string="File name")
    state = fields.Selection(
        [("draft", "To check"), ("checked", "Checked"), ("done", "Imported")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    source = fields.Selection(
        [("file", "Uploaded"), ("provider", "Electronic carrier")],
        default="file",
        required=True,
        readonly=True,
    )
    ok_count = fields.Integer(string="New", readonly=True, copy=False)
    same_count = fields.Integer(string="Known already", readonly=True, copy=False)
    bad_count = fields.Integer(string="Bad", readonly=True, copy=False)
    summary = fields.Char(string="What is new", readonly=True, copy=False)
    date_done = fields.Datetime(string="Imported at", readonly=True, copy=False)
    seen = fields.Boolean(
        readonly=True, copy=False, help="Somebody has seen to what is bad in it."
    )
    row_ids = fields.One2many(
        "credit.postal.row", "file_id", string="Bad rows", readonly=True
    )
    event_ids = fields.One2many(
        "credit.postal.event", "file_id", string="Events", readonly=True
    )
    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS base: another file is checked anew; one that was imported is proof
        content = {"file", "filename", "batch_id", "company_id"} & set(vals)
        if content or {"state", "source", "date_done"} & set(vals):
            self._check_not_done()
        return super().write({**vals, "state": "draft"} if content else vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_not_done()

    def _credit_proving(self):
        """Which of these files prove something, see ``mail.thread``."""
        return self.filtered(lambda file: file.state == "done")

    def _check_not_done(self):
        """
        :raise UserError: if one of the files was imported
        """
        if self._credit_proving():
            raise UserError(
                self.env._("A file that was imported is evidence: it stays.")
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_check(self):
        """Read the whole file and tell what it would do; no letter is changed."""
        self.ensure_one()
        rows, happened, failed, same = self._judge()
        self._keep_findings(rows, len(happened) + len(failed), same, happened, failed)
        if self.state == "draft":
            self.state = "checked"
        return True

    def action_import(self):
        """Apply the good rows, all at once; the bad ones are listed.

        The rows are looked at anew while nobody else adds to these letters: what two
        people import at once, or one twice, is applied once.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "done":
            raise UserError(self.env._("This file has been imported already."))
        self.env["credit.reminder"]._lock_postal(self.company_id)
        rows, happened, failed, same = self._judge()
        if not happened and not failed and not same:
            self._keep_findings(rows, 0, 0, happened, failed)
            self.state = "checked"
            return True
        self.env["credit.reminder"]._add_postal(happened, self.source, file=self)
        self.env["credit.postal.line"].sudo()._settle(happened, failed)
        self._keep_findings(rows, len(happened) + len(failed), same, happened, failed)
        self.write({"state": "done", "date_done": fields.Datetime.now()})
        return True

    def action_view_letters(self):
        """Open the letters that the file told something of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_postal_letter_action"
        )
        return {
            **action,
            "domain": [("postal_event_ids.file_id", "=", self.id)],
            "context": {},
        }

    @api.model
    def _take(self, company, name, content, problem=""):
        """Check and import what a carrier sent.

        What can't be used is kept as well, and comes into the worklist: nobody else
        would tell that letters have news.

        :param str problem: why the file as a whole can't be used, if that is known
        :return: the file; not ``done`` if nothing in it could be used
        """
        record = self.create(
            {
                "company_id": company.id,
                "filename": name,
                "file": base64.b64encode(content),
                "source": "provider",
            }
        )
        if not problem:
            try:
                with self.env.cr.savepoint():
                    record.action_import()
            except UserError as error:
                problem = str(error)
        if problem:
            record.write({"state": "checked", "summary": problem})
        return record

    def action_seen(self):
        """Somebody has seen to what is bad in the files: they leave the worklist."""
        self.check_access("write")
        self.seen = True
        return True

    def _problem_text(self):
        """What could not be used, and why; empty if nothing is wrong."""
        self.ensure_one()
        if not self.bad_count:
            return self.summary if self.state == "checked" else ""
        rows = self.row_ids[:MOST_ROWS]
        lines = [
            self.env._("Row %(row)s: %(reason)s", row=row.number, reason=row.reason)
            for row in rows
        ]
        title = self.env._("Rows of the file that can't be used: %s.", self.bad_count)
        return "\n".join([title, *lines])

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    def _content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _read(self):
        try:
            return check_returns(self._content(), self.filename or "")
        except FileProblem as problem:
            raise UserError(file_problem_text(self.env, problem, LABELS)) from problem

    def _judge(self):
        """Hold the rows against what is known of the letters.

        :return: ``(bad, happened, failed, same)``: ``bad`` are (row, reason),
            ``happened`` the :class:`Happened` that are new, ``failed`` (reminder id,
            day, reason) that a print shop could not post, ``same`` how many rows say
            what is known
        """
        rows = self._read()
        letters = self._letters(rows)
        judge = _Judge(self, letters, rows)
        return judge.judge()

    def _letters(self, rows):
        """The letters that the rows may mean."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("channel", "in", LETTER_CHANNELS),
            ("state", "=", "sent"),
            "|",
            ("name", "in", list({r.reference for r in rows if r.reference})),
            (
                "tracking_number",
                "in",
                list({r.tracking_number for r in rows if r.tracking_number}),
            ),
        ]
        return (
            self.env["credit.reminder"]
            .sudo()
            .search_fetch(
                domain,
                ["name", "tracking_number", "channel", "date_sent", "date_done"]
                + ["company_id", "postal_batch_id"],
                order="id",
            )
        )

    def _keep_findings(self, bad, ok, same, happened, failed):
        labels = dict(
            self.env["credit.reminder"]
            ._fields["postal_state"]
            ._description_selection(self.env)
        )
        counts = {}
        for entry in happened:
            counts[entry.state] = counts.get(entry.state, 0) + 1
        words = [f"{labels[state]}: {count}" for state, count in counts.items()]
        if failed:
            words.append(
                self.env._("Could not be posted: %(count)s", count=len(failed))
            )
        self.row_ids.sudo().unlink()
        self.env["credit.postal.row"].sudo().create(
            [
                {
                    "file_id": self.id,
                    "number": row.number,
                    "reference": row.reference,
                    "tracking_number": row.tracking_number,
                    "reason": reason,
                }
                for row, reason in bad
            ]
        )
        self.write(
            {
                "ok_count": ok,
                "same_count": same,
                "bad_count": len(bad),
                "summary": ", ".join(words),
            }
        )

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _bad_reasons(self):
        # OVERRIDES credit.bad.rows.mixin
        return {row.number: row.reason for row in self.row_ids}

    def _bad_table(self):
        # OVERRIDES credit.bad.rows.mixin
        return read_table(self._content(), self.filename or "", COLUMNS)


class _Judge:
    """Goes through the rows of a file, each letter's in the order of its days."""

    def __init__(self, file, letters, rows):
        self.file = file
        self.env = file.env
        self.rows = rows
        self.today = file.company_id._credit_today()
        self.by_name = {letter.name: letter for letter in letters}
        # A number may come again after years: the latest letter has it.
        self.by_number = {
            letter.tracking_number: letter
            for letter in letters
            if letter.tracking_number
        }
        self.numbers = {letter.id: letter.tracking_number for letter in letters}
        self.days = letters._postal_days()
        self.made = {letter.id: letter._day_made() for letter in letters}
        self.failures = self.env["credit.postal.line"].sudo()._failures(letters)
        self.words = letters._postal_refusals()
        self.bad, self.happened, self.failed, self.same = [], [], [], 0

    def judge(self):
        found = []
        for row in self.rows:
            if row.problems:
                reasons = [
                    row_problem_text(self.file.env, problem, LABELS, MESSAGES)
                    for problem in row.problems
                ]
                self.bad.append((row, joined(self.file.env, reasons)))
                continue
            letter = self._letter(row)
            if letter:
                found.append((row, letter))
        # Carriers write the latest first, or the first first.
        found.sort(
            key=lambda pair: (
                pair[1].id,
                pair[0].day,
                postal.RANK.get(pair[0].state, 0),
                pair[0].number,
            )
        )
        for row, letter in found:
            self._settle(row, letter)
        self.bad.sort(key=lambda pair: pair[0].number)
        return self.bad, self.happened, self.failed, self.same

    def _letter(self, row):
        _ = self.env._
        by_number = self.by_number.get(row.tracking_number)
        letter = by_number
        if row.reference:
            letter = self.by_name.get(row.reference)
            if not letter:
                return self._refuse(row, _("no letter is called “%s”", row.reference))
            if by_number and by_number != letter:
                text = self.words["number_taken"] % row.tracking_number
                return self._refuse(row, text)
        if not letter:
            return self._refuse(
                row, _("no letter has the tracking number “%s”", row.tracking_number)
            )
        batch = self.file.batch_id
        if batch and letter.postal_batch_id != batch:
            if letter.id not in batch.line_ids.reminder_id.ids:
                text = _("%(letter)s is not in %(batch)s")
                params = {"letter": letter.name, "batch": batch.name}
                return self._refuse(row, text % params)
        return letter

    def _refuse(self, row, reason):
        self.bad.append((row, reason))

    def _settle(self, row, letter):
        number = self.numbers[letter.id]
        if row.tracking_number and number and number != row.tracking_number:
            return self._refuse(row, self.words["other_number"] % number)
        if row.state == "failed":
            return self._settle_failure(row, letter)
        days = self.days[letter.id]
        code = postal.refusal(
            days,
            row.state,
            row.day,
            self.made[letter.id],
            self.today,
            letter.channel == "registered_letter",
        )
        if code == "same":
            self.same += 1
            return None
        if code:
            return self._refuse(row, self.words[code])
        fresh = row.tracking_number if row.tracking_number != number else ""
        if fresh:
            self.numbers[letter.id] = fresh
            self.by_number[fresh] = letter
        days[row.state] = row.day
        self.happened.append(Happened(letter.id, row.state, row.day, fresh, row.reason))
        return None

    def _settle_failure(self, row, letter):
        """A print shop could not post the letter: it comes back to be posted."""
        failure = (letter.id, row.day)
        if failure in self.failures:
            self.same += 1
        elif self.days[letter.id]:
            self._refuse(row, self.words["backwards"])
        elif not letter.postal_batch_id:
            self._refuse(row, self.env._("%s is at no print shop", letter.name))
        else:
            self.failures.add(failure)
            self.failed.append((letter.id, row.day, row.reason))
