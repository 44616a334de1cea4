"""The hand-off file on the case: what it lacks, who downloaded it and when."""

import hashlib
import re
import tempfile
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import bundle
from .credit_document_kind import LOOKED_AT

#: Cases in one ZIP: what one request can print.
MOST_CASES = 200
#: Bytes that are kept in memory; what is longer goes to the disk.
MEMORY = 8 * 1024 * 1024
#: A SHA-256 in figures.
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    handoff_sha256 = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Of the ZIP that was downloaded.",
    )


class CreditCase(models.Model):
    _inherit = "credit.case"

    missing_text = fields.Text(
        string="Missing papers",
        compute="_compute_missing_text",
        help="What the hand-off file lacks today.",
    )
    document_count = fields.Integer(
        string="Files around it", compute="_compute_document_count"
    )

    @api.depends("line_ids.date_withdrawn", "mandate_id", "partner_id")
    @api.depends_context("lang")
    def _compute_missing_text(self):
        handoff = self.env["credit.handoff"]
        for case in self:
            lines = handoff._missing(case._origin) if case._origin else ()
            case.missing_text = "\n".join(lines)

    @api.depends("line_ids", "mandate_id", "partner_id")
    @api.depends_context("uid")
    def _compute_document_count(self):
        for case in self:
            domain = case._origin._document_domain()
            count = self.env["ir.attachment"].search_count(domain) if case.id else 0
            case.document_count = count

    def _document_domain(self):
        """The files around a case that may go along with it.

        For the user: viewers of credit need not read invoices, and are shown none of
        their files.
        """
        ids = {
            "account.move": self.sudo()._items().move_id.ids,
            "credit.case": self.ids,
            "credit.mandate": self.mandate_id.ids,
            "res.partner": self.partner_id.ids,
        }
        return fields.Domain.OR(
            fields.Domain("res_model", "=", model)
            & fields.Domain("res_id", "in", ids[model])
            for model in LOOKED_AT
            if self.env[model].has_access("read")
        ) & fields.Domain("res_field", "=", False)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_view_documents(self):
        """The files around the case, to say of what kind each is."""
        self.ensure_one()
        return self.env["ir.attachment"]._credit_list(
            self._document_domain(),
            {"default_res_model": self._name, "default_res_id": self.id},
        )

    def action_handoff(self):
        """Download the hand-off file of these cases as one ZIP.

        :raise UserError: for more cases than one request can print
        """
        self.check_access("read")
        if len(self) > MOST_CASES:
            raise UserError(
                self.env._(
                    "Choose %(most)s cases at most: these are %(count)s.",
                    most=MOST_CASES,
                    count=len(self),
                )
            )
        ids = ",".join(map(str, sorted(self.ids)))
        return {
            "type": "ir.actions.act_url",
            "url": f"/credit/handoff/{ids}.zip",
            "target": "download",
        }

    # ------------------------------------------------------------------
    # Making it
    # ------------------------------------------------------------------

    def _make_handoff(self):
        """The hand-off file of these cases, and the event that says who has it.

        :return: (a file at its beginning, its name); whoever asked closes it
        """
        stream, log = self._build_handoff()
        log(self.env._("Hand-off file downloaded"))
        name = self.name if len(self) == 1 else self.env._("Cases")
        return stream, f"{bundle.label(name)}.zip"

    def _build_handoff(self):
        """The hand-off file of these cases, of which nobody has been told yet.

        :return: (a file at its beginning, what notes in given words that it left);
            whoever asked closes the file
        """
        self.check_access("read")
        stream = tempfile.SpooledTemporaryFile(max_size=MEMORY)
        try:
            digests = self.env["credit.handoff"]._write_zip(self, stream)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
        except BaseException:
            stream.close()
            raise
        return stream, partial(self._log_handoff, digest, digests)

    @api.model
    def _digests_text(self, of_zip, of_list):
        return self.env._(
            "SHA-256 of the ZIP: %(zip)s\nSHA-256 of its list of files: %(list)s",
            zip=of_zip,
            list=of_list,
        )

    @api.model
    def _event_texts(self, event):
        # EXTENDS credit_management_legal: digests are told in the reader's language
        title, note = super()._event_texts(event)
        digests = DIGEST.findall(note) if event.handoff_sha256 else ()
        if len(digests) == 2:
            note = self._digests_text(*digests)
        return title, note

    def _log_handoff(self, digest, digests, told):
        """Keep who got what and when.

        In sudo: whoever may only read a case downloads it, and this is noted.
        """
        # Of the people who have cases, only third parties are no users of the house.
        origin = "party" if self.env.user.share else "creditor"
        company_days = {company: company._credit_today() for company in self.company_id}
        self.env["credit.case"].sudo()._add_events(
            [
                {
                    "case_id": case.id,
                    "kind": "document",
                    "date": company_days[case.company_id],
                    "name": told,
                    "note": self._digests_text(digest, digests[case.id]),
                    "handoff_sha256": digest,
                    "origin": origin,
                    "author_id": self.env.user.partner_id.id,
                }
                for case in self
            ]
        )
