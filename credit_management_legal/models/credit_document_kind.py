"""Kinds of papers: which of the files around an invoice prove what."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import proofs

#: Records whose files are looked at when a case is handed over.
LOOKED_AT = ("account.move", "credit.case", "credit.mandate", "res.partner")


class CreditDocumentKind(models.Model):
    """A kind of papers that go along when a case is handed over.

    What a file is says whoever files it; otherwise its name does, by ``patterns``.
    """

    _name = "credit.document.kind"
    _description = "Kind of Papers"
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10, help="The first kind whose pattern fits the name of a file has it."
    )
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="By which programs know the kind; the folder in the hand-off file.",
    )
    active = fields.Boolean(default=True)
    wanted = fields.Selection(
        [
            (proofs.BY_INVOICE, "For each invoice"),
            (proofs.ONCE, "Once in a case"),
            (proofs.IF_ANY, "If there is one"),
        ],
        default=proofs.BY_INVOICE,
        required=True,
        help="Where it is missing, this is said before the case is handed over.",
    )
    patterns = fields.Text(
        string="File names",
        help="By which its files are known, one a line: * stands for anything, ? for "
        "one sign. Capitals and accents don't matter.",
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "Another kind of papers has this code."
    )
    _check_code = models.Constraint(
        "CHECK (code ~ '^[a-z][a-z0-9_]{0,30}$')",
        "The code of a kind of papers is of small letters, figures and underscores.",
    )

    @api.model
    def _in_use(self):
        """All kinds that are not archived, in their order: a handful."""
        return self.search([("active", "=", True)])

    def _to_engine(self):
        """These kinds as :class:`..engine.proofs.Kind`, in their order."""
        return [
            proofs.Kind(kind.id, kind.wanted, proofs.patterns_of(kind.patterns))
            for kind in self.sorted()
        ]


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    credit_kind_id = fields.Many2one(
        "credit.document.kind",
        string="Kind of paper",
        index="btree_not_null",
        ondelete="restrict",
        groups="credit_management.group_viewer",
        help="What the file proves. Empty: by its name.",
    )
    credit_kind_found_id = fields.Many2one(
        "credit.document.kind",
        string="Taken as",
        compute="_compute_credit_kind_found_id",
        groups="credit_management.group_viewer",
        help="What was chosen, else what its name says.",
    )

    @api.depends("name", "credit_kind_id")
    def _compute_credit_kind_found_id(self):
        kinds = self.env["credit.document.kind"]._in_use()._to_engine()
        for attachment in self:
            guessed = proofs.guess(attachment.name, kinds)
            attachment.credit_kind_found_id = attachment.credit_kind_id or (
                guessed and guessed.key
            )

    @api.model
    def _credit_list(self, domain, context=None):
        """The files of some records, to say of what kind each is."""
        view = self.env.ref("credit_management_legal.credit_attachment_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Papers"),
            "res_model": self._name,
            "view_mode": "list",
            "views": [(view.id, "list")],
            "domain": list(domain),
            "context": context or {},
            "help": self.env._(
                "Files that are attached to the invoices, the debtor or the case are "
                "listed here."
            ),
        }


class CreditMandate(models.Model):
    _inherit = "credit.mandate"

    document_kind_ids = fields.Many2many(
        "credit.document.kind",
        string="Papers",
        default=lambda self: self.env["credit.document.kind"]._in_use(),
        help="What goes along when a case is handed over, beside invoices and "
        "reminders. What is wanted and missing is said before.",
    )

    def action_view_documents(self):
        """Files that go along with every case of this mandate, such as terms."""
        self.ensure_one()
        return self.env["ir.attachment"]._credit_list(
            Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id),
            {"default_res_model": self._name, "default_res_id": self.id},
        )
