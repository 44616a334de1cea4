"""Which papers there are around some claims, and which are missing.

All is read for any number of debtors and invoices at once: the checks before a
hand-over ask for a thousand.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ..engine import proofs

#: Columns of a file that are looked at, and not its content.
FILE_FIELDS = (
    "checksum",
    "company_id",
    "credit_kind_id",
    "file_size",
    "mimetype",
    "name",
    "res_id",
    "res_model",
    "store_fname",
)


@dataclass(frozen=True)
class Paper:
    """A paper that goes along.

    ``kinds`` are ids of ``credit.document.kind`` that it stands for, ``move`` is the
    invoice that it is about, or None. It is either a file (``attachment``), or a
    ``record`` that is printed by ``report``.
    """

    kinds: tuple
    name: str
    move: Any = None
    attachment: Any = None
    record: Any = None
    report: str = ""


@dataclass(frozen=True)
class Claims:
    """Whose papers are looked for: items of one debtor, with or without a case."""

    company: Any
    debtor: Any
    items: Any
    mandate: Any
    case: Any = None

    @property
    def moves(self):
        return self.items.move_id


class CreditHandoff(models.AbstractModel):
    """What is handed over, and how complete it is.

    It works in sudo: whoever may read a case may hand over what belongs to it. What is
    looked at are the claims of one debtor and company, and files of the debtor, the
    mandate and the case; nothing of another company.
    """

    _name = "credit.handoff"
    _description = "Hand-off File"

    @api.model
    def _kinds_of(self, mandate):
        """The kinds of papers that a mandate wants; without one whatever there is."""
        kinds = self.env["credit.document.kind"].sudo()
        return mandate.sudo().document_kind_ids if mandate else kinds._in_use()

    @api.model
    def _papers(self, groups):
        """The papers of some claims.

        :param groups: {key: :class:`Claims`}
        :return: {key: list of :class:`Paper`}, those of the oldest invoice first
        """
        every = self.env["credit.document.kind"].sudo()._in_use()
        guesses = every._to_engine()
        files = self._files(groups)
        sales = self._sale_papers(
            self.env["account.move"].union(*(one.moves for one in groups.values()))
        )
        codes = {kind.code: kind.id for kind in every}
        found = {}
        for key, claims in groups.items():
            wanted = self._kinds_of(claims.mandate)
            own = []
            for record in claims.moves:
                own += self._papers_of(files, record, guesses, claims, move=record)
                for names, name, printed, report in sales.get(record.id, ()):
                    kinds = tuple(codes[n] for n in names if codes.get(n) in wanted.ids)
                    if kinds:
                        own.append(
                            Paper(kinds, name, record, record=printed, report=report)
                        )
            for record in filter(None, (claims.debtor, claims.mandate, claims.case)):
                own += self._papers_of(files, record, guesses, claims)
            found[key] = [paper for paper in own if paper.kinds[0] in wanted.ids]
        return found

    @api.model
    def _files(self, groups):
        """{(model, id): files}, by one query."""
        wanted = defaultdict(set)
        for claims in groups.values():
            for records in (claims.moves, claims.debtor, claims.mandate, claims.case):
                if records:
                    wanted[records._name].update(records.ids)
        domain = (
            Domain.OR(
                Domain("res_model", "=", name) & Domain("res_id", "in", sorted(ids))
                for name, ids in wanted.items()
            )
            & Domain("type", "=", "binary")
            & Domain("res_field", "=", False)
        )
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(domain, FILE_FIELDS, order="id")
        )
        return files.grouped(lambda file: (file.res_model, file.res_id))

    @api.model
    def _papers_of(self, files, record, guesses, claims, move=None):
        for file in files.get((record._name, record.id), ()):
            if file.company_id and file.company_id != claims.company:
                continue
            guessed = proofs.guess(file.name, guesses)
            kind = file.credit_kind_id.id or (guessed and guessed.key)
            if kind:
                yield Paper((kind,), file.name, move, attachment=file)

    @api.model
    def _sale_papers(self, moves):
        """Orders and delivery notes, where Sales and Inventory are installed.

        :return: {invoice id: [(codes of kinds, name, record, report)]}
        """
        found = defaultdict(list)
        if "sale_line_ids" not in self.env["account.move.line"]._fields:
            return found
        for move in moves.sudo():
            orders = move.invoice_line_ids.sale_line_ids.order_id.sorted("id")
            for order in orders.filtered(lambda order: order.state == "sale"):
                # A signed order is printed with its signature.
                kinds = ("quote", "order") if order.signature else ("order",)
                report = "sale.action_report_saleorder"
                found[move.id].append((kinds, order.name, order, report))
            if "picking_ids" not in orders._fields:
                continue
            for picking in orders.picking_ids.sorted("id"):
                if picking.state == "done" and picking.picking_type_code == "outgoing":
                    report = "stock.action_report_delivery"
                    found[move.id].append(
                        (("delivery",), picking.name, picking, report)
                    )
        return found

    @api.model
    def _lacking(self, groups, found=None):
        """What is wanted and missing.

        :param groups: {key: :class:`Claims`}
        :param found: what ``_papers`` found, if somebody has asked before
        :return: {key: [(kind, names of the invoices that lack it, or ())]}
        """
        found = self._papers(groups) if found is None else found
        lacking = {}
        for key, claims in groups.items():
            kinds = claims.mandate.sudo().document_kind_ids if claims.mandate else ()
            by_id = {kind.id: kind for kind in kinds}
            there = {
                (kind, paper.move.id if paper.move else None)
                for paper in found[key]
                for kind in paper.kinds
            }
            # Orders and the like belong to invoices, not to every entry.
            invoices = claims.moves.filtered(lambda move: move.is_sale_document())
            names = {move.id: move.name for move in invoices}
            lacking[key] = [
                (by_id[kind.key], tuple(names[id_] for id_ in bare))
                for kind, bare in proofs.missing(
                    kinds._to_engine() if kinds else (), list(names), there
                )
            ]
        return lacking

    @api.model
    def _lacking_text(self, kind, names):
        """What is missing, as a line of the cover sheet.

        :param str names: of the invoices that lack it, or empty
        """
        if not names:
            return kind.name
        return self.env._("%(what)s for %(invoices)s", what=kind.name, invoices=names)
