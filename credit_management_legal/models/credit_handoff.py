"""The hand-off file: a ZIP of everything that proves a case, the same each time."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import split_every

from odoo.addons.credit_management.report.wording import labelled

from ..engine import bundle
from .credit_handoff_papers import Claims

#: Cases whose files lie on the disk at the same time.
CASES_AT_ONCE = 10
#: Documents printed by one call of wkhtmltopdf.
PRINTED_AT_ONCE = 20
COVER = "0-cover.pdf"
FOLDERS = {
    "claim": "1-claim",
    "invoices": "2-invoices",
    "documents": "3-documents",
    "reminders": "4-reminders",
    "correspondence": "5-correspondence",
    "acts": "6-acts",
}


@dataclass(frozen=True)
class File:
    """A file of the ZIP: ``chunks`` reads it when it is its turn."""

    path: str
    about: str
    chunks: Callable


@dataclass
class Dossier:
    """What goes into the folder of one case."""

    case: Any
    day: Any
    folder: Path
    payload: dict
    files: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    anew: list = field(default_factory=list)
    taken: set = field(default_factory=set)

    def add(self, path, about, source):
        """:param source: bytes, the path of a file, or a function that gives pieces"""
        path = bundle.unique(path, self.taken)
        if not callable(source):
            source = partial(bundle.chunks_of, source)
        self.files.append(File(path, about, source))
        return path

    def lacks(self, about, name):
        """A file that should be there and isn't."""
        self.missing.append(labelled(self.case.env, about, name))

    def keep(self, content):
        """Put what was printed on the disk until it is its turn."""
        path = self.folder / f"{self.case.id}-{len(list(self.folder.iterdir()))}"
        path.write_bytes(content)
        return path


class CreditHandoff(models.AbstractModel):
    _inherit = "credit.handoff"

    # ------------------------------------------------------------------
    # The interface
    # ------------------------------------------------------------------

    @api.model
    def _write_zip(self, cases, stream, day=None):
        """Write the hand-off file of some cases.

        One case stands at the top of the ZIP, each of several in a folder of its own.
        The same cases on the same day make the same bytes, in whatever order and by
        whomever they are asked for. No more than a few files are in memory at a time.

        :param cases: at least one
        :param stream: file object that is written to
        :param date day: of the claim; today in the company's time zone by default
        :return: {case id: SHA-256 of its list of files}
        """
        cases.check_access("read")
        cases = cases.sorted(lambda case: (case.name, case.id))
        target, digests, roots = bundle.Bundle(stream), {}, set()
        for ids in split_every(CASES_AT_ONCE, cases.ids):
            with TemporaryDirectory(prefix="credit-handoff-") as folder:
                for dossier in self._dossiers(cases.browse(ids), day, Path(folder)):
                    root = ""
                    if len(cases) > 1:
                        name = bundle.label(
                            f"{dossier.case.name} {dossier.case.partner_id.name or ''}"
                        )
                        root = bundle.unique(name, roots) + "/"
                    digests[dossier.case.id] = self._pack(target, root, dossier)
        target.close()
        return digests

    @api.model
    def _missing(self, case, day=None):
        """What the hand-off file of a case lacks, as lines for whoever asks."""
        case.check_access("read")
        case, day = self._at(case, day)
        # The file itself is in the language of who gets it.
        case = case.with_context(lang=self.env.lang)
        statements = case._statements(day)
        return self._missing_texts(case, statements[0] if statements else None)

    @api.model
    def _missing_texts(self, case, made):
        """:param made: the statement of the items, or None"""
        _ = case.env._
        groups = {case.id: self._claims(case)}
        service = case.env["credit.handoff"]
        texts = [
            service._lacking_text(kind.with_env(case.env), ", ".join(names))
            for kind, names in self._lacking(groups)[case.id]
        ]
        texts += [
            _("invoice %s: an entry without a document", move.name)
            for move in case._items().move_id
            if not move.is_sale_document()
        ]
        texts += [
            _("reminder %s: its text was not kept", reminder.name)
            for reminder in self._reminders(case)
            if not self._is_kept(reminder)
        ]
        if made and made.missing:
            texts += [_("calculation of interest: %s", text) for text in made.missing]
        return texts

    @api.model
    def _claims(self, case):
        return Claims(
            case.company_id,
            case.partner_id,
            case._items(),
            case.mandate_id,
            case,
        )

    # ------------------------------------------------------------------
    # Collecting
    # ------------------------------------------------------------------

    @api.model
    def _dossiers(self, cases, day, folder):
        """What goes into the folders of some cases, in their order."""
        self.env.flush_all()
        groups, settled = {}, {}
        for case in cases:
            own, own_day = self._at(case, day)
            settled[case.id] = own, own_day
            groups[case.id] = self._claims(own)
        found = self._papers(groups)
        dossiers = []
        for case, own_day in settled.values():
            payload = self._payload(case, own_day)
            dossier = Dossier(
                case, own_day, folder, payload, missing=list(payload["missing"])
            )
            self._add_data(dossier)
            self._add_invoices(dossier)
            self._add_papers(dossier, found[case.id])
            self._add_reminders(dossier)
            self._add_correspondence(dossier)
            self._add_acts(dossier)
            dossiers.append(dossier)
        self._add_claims(dossiers)
        self._add_covers(dossiers)
        return dossiers

    @api.model
    def _pack(self, target, root, dossier):
        """Write the files of a case. :return: SHA-256 of the list of them"""
        digests = {}
        for file in sorted(dossier.files, key=lambda file: file.path):
            digests[file.path] = target.add(root + file.path, file.chunks())
        text = bundle.manifest(digests).encode()
        return target.add(root + bundle.MANIFEST, [text])

    @api.model
    def _add_data(self, dossier):
        """The claim for programs, as the mandate wants it."""
        _ = dossier.case.env._
        wanted = dossier.case.mandate_id.data_format or "both"
        if wanted in ("json", "both"):
            content = self._json(dossier.payload)
            dossier.add("case.json", _("Data of the case"), content)
        if wanted in ("csv", "both"):
            content = self._csv(dossier.payload)
            dossier.add("case.csv", _("Data of the items"), content)

    @api.model
    def _add_claims(self, dossiers):
        """The calculation day by day, and the statement of account."""
        claims = {}
        for dossier in dossiers:
            case = dossier.case
            if dossier.payload["claim"]["complete"] and dossier.payload["items"]:
                claims[dossier.case.id] = case.env["credit.claim"].create(
                    {
                        "item_ids": [Command.set(case._items().ids)],
                        "date": dossier.day,
                        "case_id": case.id,
                    }
                )
        # One call for many: its start is what costs most.
        printed = {}
        for (company, lang), group in self._alike(dossiers).items():
            records = (
                group[0]
                .case.env["credit.claim"]
                .union(*(claims[d.case.id] for d in group if d.case.id in claims))
            )
            report = "credit_management.action_report_claim"
            printed[company, lang] = self._print(report, records)
        for key, group in self._alike(dossiers).items():
            for dossier in group:
                claim = claims.get(dossier.case.id)
                content = claim and printed[key].get(claim.id)
                if content:
                    dossier.add(
                        f"{FOLDERS['claim']}/calculation.pdf",
                        dossier.case.env._("Calculation of interest and charges"),
                        dossier.keep(content),
                    )
        for dossier in dossiers:
            self._add_statement(dossier, FOLDERS["claim"])

    @api.model
    def _alike(self, dossiers):
        """Dossiers by company and language: printed together."""
        groups = {}
        for dossier in dossiers:
            case = dossier.case
            key = case.company_id.id, case.env.context["lang"]
            groups.setdefault(key, []).append(dossier)
        return groups

    @api.model
    def _add_invoices(self, dossier):
        """Invoices as they were sent; those that were not kept are printed anew.

        With debit notes for charges of the claim, though they are none of its items.
        """
        case = dossier.case
        moves = case._items().move_id | case._booked_documents(dossier.day)
        moves = moves.filtered(lambda move: move.is_sale_document())
        kept = {move: move.invoice_pdf_report_id for move in moves}
        lost = moves.filtered(lambda move: not self._is_readable(kept[move]))
        printed = self._printed_files(dossier, "account.account_invoices", lost)
        for move in moves:
            path = f"{FOLDERS['invoices']}/{bundle.label(move.name)}.pdf"
            about = case.env._("Invoice %s", move.name)
            if move not in lost:
                dossier.add(path, about, self._reader(kept[move]))
            elif move.id in printed:
                dossier.anew.append(move.name)
                dossier.add(path, about, printed[move.id])
            else:
                dossier.missing.append(case.env._("invoice %s", move.name))

    @api.model
    def _add_papers(self, dossier, found):
        """Orders, delivery notes and whatever else the mandate wants."""
        kinds = dossier.case.env["credit.document.kind"]
        to_print = {}
        for paper in found:
            if paper.record:
                to_print.setdefault(paper.report, paper.record.browse())
                to_print[paper.report] |= paper.record
        printed = {
            report: self._printed_files(dossier, report, records)
            for report, records in to_print.items()
        }
        for paper in found:
            kind = kinds.browse(paper.kinds[0])
            about, folder = kind.name, f"{FOLDERS['documents']}/{kind.code}"
            start = ""
            if paper.move:
                about = f"{kind.name}, {paper.move.name}"
                start = f"{bundle.label(paper.move.name)} "
            if paper.attachment:
                name = bundle.file_name(paper.name)
                if self._is_readable(paper.attachment):
                    source = self._reader(paper.attachment)
                    dossier.add(f"{folder}/{start}{name}", about, source)
                else:
                    dossier.lacks(about, name)
                continue
            source = printed[paper.report].get(paper.record.id)
            if source:
                name = f"{start}{bundle.label(paper.name)}.pdf"
                dossier.add(f"{folder}/{name}", about, source)
            else:
                dossier.lacks(about, paper.name)

    @api.model
    def _add_acts(self, dossier):
        """Titles and acts: what was noted of them as documents.

        What a third party reported and nobody has confirmed says so.
        """
        for event in self._acts(dossier.case):
            about, start = event.name, f"{event.date} "
            if event.is_unconfirmed:
                mark = self.env._("reported, not confirmed")
                about, start = f"{about} ({mark})", f"{start}({mark}) "
            for file in event.attachment_ids.sorted("id"):
                name = bundle.file_name(file.name)
                if self._is_readable(file):
                    path = f"{FOLDERS['acts']}/{start}{name}"
                    dossier.add(path, about, self._reader(file))
                else:
                    dossier.lacks(about, name)

    # ------------------------------------------------------------------
    # Files and printing
    # ------------------------------------------------------------------

    @api.model
    def _is_readable(self, attachment):
        """Whether a file is there. A file store that lost one is said, not hidden."""
        attachment = attachment[:1].sudo()
        if not attachment:
            return False
        if attachment.store_fname:
            return os.path.isfile(attachment._full_path(attachment.store_fname))
        return bool(attachment.file_size)

    @api.model
    def _reader(self, attachment):
        """A function that reads a file piece by piece, when it is called."""
        attachment = attachment[:1].sudo()
        if attachment.store_fname:
            return partial(
                bundle.chunks_of, attachment._full_path(attachment.store_fname)
            )

        def read():
            # Alone, or Odoo would read the files of all its neighbours with it.
            lone = self.env["ir.attachment"].sudo().browse(attachment.id)
            content = lone.raw
            lone.invalidate_recordset(["raw", "datas"], flush=False)
            return bundle.chunks_of(content)

        return read

    @api.model
    def _printed_files(self, dossier, report, records):
        """Print records anew, a few at a time: {id: path on the disk}."""
        found = {}
        case = dossier.case
        records = records.with_env(case.env)
        for ids in split_every(PRINTED_AT_ONCE, records.ids):
            printed = self._print(report, records.browse(ids))
            found.update((id_, dossier.keep(pdf)) for id_, pdf in printed.items())
        return found

    @api.model
    def _print(self, report, records, data=None):
        """Print records: {id: PDF without what tells when it was made}.

        What can't be printed is left out; whoever asked says that it is missing.
        """
        if not records:
            return {}
        reports = records.env["ir.actions.report"].with_context(
            report_pdf_no_attachment=True, webp_as_jpg=True
        )
        try:
            with self.env.cr.savepoint():
                streams = reports._render_qweb_pdf_prepare_streams(
                    report, dict(data or {}), res_ids=records.ids
                )
        except UserError:
            streams = {}
        pdfs = {
            id_: bundle.same_pdf(part["stream"].getvalue())
            for id_, part in streams.items()
            if id_ and part["stream"]
        }
        if set(pdfs) != set(records.ids) and len(records) > 1:
            # One that fails, or parts that can't be told apart: each by itself.
            return {
                id_: pdf
                for record in records
                for id_, pdf in self._print(report, record, data).items()
            }
        return pdfs
