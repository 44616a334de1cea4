"""Proofs of deposit or receipt of many letters: a ZIP of PDFs, by tracking number."""

import base64
import hashlib
import io
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import postal
from ..ledger.proofs import BadArchive, read_proofs
from ..models.credit_postal import LETTER_CHANNELS

#: Proofs filed together: as many are in memory.
CHUNK = 200


class CreditPostalProof(models.TransientModel):
    """File the PDFs of a ZIP with the letters whose tracking numbers they bear.

    What is filed already is left as it is: the same ZIP may come again. Nothing is
    noted of a letter by its proof alone: what it proves has to be known.
    """

    _name = "credit.postal.proof"
    _description = "Proofs of Letters"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [("deposit", "That they were posted"), ("receipt", "That they were delivered")],
        string="What they prove",
        required=True,
        default="deposit",
        help="Delivered, or refused, not collected, undeliverable: how it ended.",
    )
    file = fields.Binary(
        string="ZIP of PDFs",
        required=True,
        attachment=False,
        help="Each PDF is called by the tracking number of its letter: "
        "RR473124829CZ.pdf.",
    )
    filename = fields.Char()
    state = fields.Selection([("draft", "To file"), ("done", "Filed")], default="draft")
    filed_count = fields.Integer(string="New", readonly=True)
    same_count = fields.Integer(string="Filed before", readonly=True)
    problem_text = fields.Text(string="Left out", readonly=True)

    def action_file(self):
        """File what can be filed; say of the rest why it was left out.

        :raise UserError: if the file as a whole can't be used; nothing is filed then
        """
        self.ensure_one()
        self.env["credit.reminder"].check_access("write")
        self.env["credit.reminder"]._lock_postal(self.company_id)
        stream = io.BytesIO(base64.b64decode(self.file or b""))
        proofs, problems, filed, same = read_proofs(stream), [], 0, 0
        try:
            while chunk := list(islice(proofs, CHUNK)):
                new, known = self._file(chunk, problems)
                filed, same = filed + new, same + known
        except BadArchive as bad:
            raise UserError(self._archive_words()[bad.code]) from bad
        self.write(
            {
                "state": "done",
                "filed_count": filed,
                "same_count": same,
                "problem_text": "\n".join(problems),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _archive_words(self):
        _ = self.env._
        return {
            "zip": _("This is no ZIP file. Put the PDFs into one ZIP, and choose it."),
            "files": _("The ZIP holds too many files: at most 10,000."),
            "total": _("The ZIP is too large: at most 500 MB unpacked."),
        }

    def _problem_words(self):
        _ = self.env._
        return {
            "large": _("larger than 5 MB"),
            "pdf": _("no PDF"),
            "broken": _("damaged, or protected by a password"),
            "unknown": _("no letter has this tracking number"),
            "nothing": _(
                "nothing is noted of the letter that this could prove; import the "
                "return file first"
            ),
        }

    def _file(self, proofs, problems):
        """File some proofs, by a number of queries that does not depend on how many.

        :param list problems: texts, added to
        :return: how many are new, how many were filed before
        """
        words = self._problem_words()
        letters = self._letters({proof.key for proof in proofs if not proof.problem})
        events = self._events(letters)
        known = self._known(events)
        rows, same = [], 0
        for proof in proofs:
            letter = letters.get(proof.key)
            problem = proof.problem or (not letter and "unknown")
            event = letter and events.get(letter.id)
            problem = problem or (not event and "nothing")
            if problem:
                problems.append(f"{proof.name}: {words[problem]}")
                continue
            digest = hashlib.sha1(proof.content, usedforsecurity=False).hexdigest()
            if (event.id, digest) in known:
                same += 1
                continue
            known.add((event.id, digest))
            rows.append((letter, event, proof))
        self._keep(rows)
        return len(rows), same

    def _letters(self, numbers):
        """The letters that have tracking numbers: {number: letter}."""
        found = (
            self.env["credit.reminder"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", self.company_id.id),
                    ("channel", "in", LETTER_CHANNELS),
                    ("state", "=", "sent"),
                    ("tracking_number", "in", list(numbers)),
                ],
                ["tracking_number"],
                order="id",
            )
        )
        # A number may come again after years: the latest letter has it.
        return {letter.tracking_number: letter for letter in found}

    def _events(self, letters):
        """What each letter's proof is of: {letter id: event}."""
        ids = [letter.id for letter in letters.values()]
        found = {}
        for event in (
            self.env["credit.postal.event"]
            .sudo()
            .search_fetch(
                [("reminder_id", "in", ids), ("struck", "!=", True)],
                ["reminder_id", "state"],
                order="id",
            )
        ):
            rank = postal.RANK[event.state]
            fits = rank == 1 if self.kind == "deposit" else rank > 1
            before = found.get(event.reminder_id.id)
            if fits and (not before or rank >= postal.RANK[before.state]):
                found[event.reminder_id.id] = event
        return found

    @api.model
    def _relation(self):
        """Table and columns that hold the proofs of events."""
        field = self.env["credit.postal.event"]._fields["attachment_ids"]
        return map(SQL.identifier, (field.relation, field.column1, field.column2))

    def _known(self, events):
        """What is filed: {(event id, SHA-1 of the content)}."""
        table, event_column, attachment_column = self._relation()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT rel.%(event)s, attachment.checksum
                     FROM %(table)s rel
                     JOIN ir_attachment attachment
                          ON attachment.id = rel.%(attachment)s
                    WHERE rel.%(event)s = ANY(%(ids)s)""",
                table=table,
                event=event_column,
                attachment=attachment_column,
                ids=[event.id for event in events.values()],
            )
        )
        return set(rows)

    def _keep(self, rows):
        """File (letter, event, proof)s for good."""
        if not rows:
            return
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": proof.name,
                        "raw": proof.content,
                        "mimetype": "application/pdf",
                        "res_model": letter._name,
                        "res_id": letter.id,
                    }
                    for letter, _event, proof in rows
                ]
            )
        )
        table, event_column, attachment_column = self._relation()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """INSERT INTO %s (%s, %s)
                   SELECT * FROM UNNEST(%s::int[], %s::int[])
                RETURNING 1""",
                table,
                event_column,
                attachment_column,
                [event.id for _letter, event, _proof in rows],
                attachments.ids,
            )
        )
        events = self.env["credit.postal.event"].union(*(row[1] for row in rows))
        events.invalidate_recordset(["attachment_ids"])
        label = (
            self.env._("Proof of deposit")
            if self.kind == "deposit"
            else self.env._("Proof of receipt or return")
        )
        letters = self.env["credit.reminder"].union(*(row[0] for row in rows))
        letters._message_log_batch(bodies=dict.fromkeys(letters.ids, label))
