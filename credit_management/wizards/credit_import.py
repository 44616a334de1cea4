import base64
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..ledger import FileProblem
from .credit_import_messages import LABELS, file_problem_text

_logger = logging.getLogger(__name__)

#: Files with up to so many rows are imported while the user waits.
IMMEDIATE_ROWS = 500
BATCH_ROWS = 200


class CreditImport(models.Model):
    """Open items that come from elsewhere, with their past.

    The file is checked as a whole first; nothing is written to the books before. Each
    good row then becomes an invoice, with its payment, dispute and position, in one
    piece: batches are committed together with the state of their rows, so that an
    import that was interrupted goes on where it stopped.
    """

    _name = "credit.import"
    _description = "Import of Open Items"
    _inherit = ["mail.thread", "credit.bad.rows.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _bad_stem = "open_items"

    name = fields.Char(
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("validated", "Checked"),
            ("importing", "Importing"),
            ("done", "Imported"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    file = fields.Binary(attachment=True, copy=False)
    filename = fields.Char(copy=False)
    date = fields.Date(
        string="As of",
        required=True,
        default=fields.Date.context_today,
        help="The day for which the file tells how things stand.",
    )
    cut_off = fields.Boolean(
        string="Leave out what came later",
        help="Invoices, payments and reminders after that day are left out. Without "
        "it, they are taken for mistakes.",
    )
    mode = fields.Selection(
        [
            ("all", "Refuse the file if one row is bad"),
            ("good", "Import the good rows"),
        ],
        string="Bad rows",
        default="all",
        required=True,
    )
    customer_type = fields.Selection(
        [
            ("vat", "Companies if they have a VAT number"),
            ("company", "All are companies"),
            ("person", "All are individuals"),
        ],
        string="New customers",
        default="vat",
        required=True,
        help="Whether customers that are not known yet are companies or individuals: "
        "what may be charged to them depends on it.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Sales journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Left empty, a journal for imported items is used in which invoices keep "
        "their own numbers. In any other journal they get a new number, and their own "
        "one becomes the reference.",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Counterpart account",
        check_company=True,
        compute="_compute_account_id",
        store=True,
        readonly=False,
        domain="[('account_type', 'not in', "
        "('asset_receivable', 'liability_payable', 'off_balance'))]",
        help="The other side of the imported invoices and payments. Its balance is "
        "what remains open; usually an opening or equity account.",
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        string="Payment journal",
        check_company=True,
        compute="_compute_payment_journal_id",
        store=True,
        readonly=False,
        domain="[('type', 'in', ('bank', 'cash'))]",
        help="Where payments in the file are registered. The counterpart account is "
        "used instead of the bank's: the money came in before.",
    )
    options = fields.Json(copy=False)
    summary = fields.Json(copy=False)
    summary_text = fields.Text(string="What was found", compute="_compute_summary_text")
    failure = fields.Text(readonly=True, copy=False)
    row_ids = fields.One2many("credit.import.row", "import_id", copy=False)
    bad_row_ids = fields.One2many(
        "credit.import.row", "import_id", domain=[("state", "=", "bad")]
    )
    row_count = fields.Integer(compute="_compute_counts", string="Rows")
    ok_count = fields.Integer(compute="_compute_counts", string="Good")
    bad_count = fields.Integer(compute="_compute_counts", string="Bad")
    later_count = fields.Integer(compute="_compute_counts", string="Later")
    done_count = fields.Integer(compute="_compute_counts", string="Imported")
    progress = fields.Float(compute="_compute_counts")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("filename")
    def _compute_name(self):
        unnamed = self.env._("New import")
        for record in self:
            if not record.name or record.name == unnamed:
                record.name = record.filename or unnamed

    @api.depends("company_id")
    def _compute_account_id(self):
        for record in self:
            if record.account_id.company_ids & record.company_id.parent_ids:
                continue
            accounts = self.env["account.account"].with_company(record.company_id)
            record.account_id = accounts.search(
                [
                    *accounts._check_company_domain(record.company_id),
                    ("account_type", "=", "equity_unaffected"),
                ],
                limit=1,
            )

    @api.depends("company_id")
    def _compute_payment_journal_id(self):
        for record in self:
            if record.payment_journal_id.company_id != record.company_id:
                journals = self.env["account.journal"]
                record.payment_journal_id = journals.search(
                    [
                        *journals._check_company_domain(record.company_id),
                        ("type", "=", "bank"),
                    ],
                    limit=1,
                )

    @api.depends("row_ids.state")
    def _compute_counts(self):
        groups = self.env["credit.import.row"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
        )
        counts = {(record.id, state): count for record, state, count in groups}
        for record in self:
            ok, bad, later, done = (
                counts.get((record.id, state), 0)
                for state in ("ok", "bad", "later", "done")
            )
            record.ok_count, record.bad_count = ok, bad
            record.later_count, record.done_count = later, done
            record.row_count = ok + bad + later + done
            record.progress = 100 * done / (done + ok) if done else 0

    @api.depends("summary")
    @api.depends_context("lang")
    def _compute_summary_text(self):
        for record in self:
            record.summary_text = record._describe_summary(record.summary or {})

    def _file_content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.constrains("company_id", "date")
    def _check_date(self):
        """
        :raise ValidationError: if the day is still to come
        """
        for record in self:
            # The user's day may have begun before that of the company.
            today = max(
                record.company_id._credit_today(), fields.Date.context_today(record)
            )
            if record.date > today:
                raise ValidationError(
                    self.env._(
                        "No file tells how things stand on %s: that day is still to "
                        "come.",
                        format_date(self.env, record.date),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        for record in self:
            if record.done_count or record.state == "importing":
                raise UserError(
                    self.env._(
                        "“%s” tells which row became which invoice: it stays.",
                        record.name,
                    )
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_validate(self):
        """Check the whole file; nothing is written to the books."""
        self._take("draft", "validated")
        if self.done_count:
            raise UserError(
                self.env._(
                    "Part of this file is imported: use a new import for others."
                )
            )
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            self._check_file(self._file_content())
        except FileProblem as problem:
            raise UserError(file_problem_text(self.env, problem, LABELS)) from problem
        self.write({"state": "validated", "failure": False})

    def action_import(self):
        """Import the good rows: small files at once, large ones in the background."""
        self._take("validated")
        self._check_ready()
        self.write({"state": "importing", "user_id": self.env.uid, "failure": False})
        if self.ok_count > IMMEDIATE_ROWS:
            self.env.ref("credit_management.ir_cron_import").sudo()._trigger()
        else:
            self._import_all()

    def action_cancel(self):
        """Stop: what is imported stays, the rest of the rows is left out."""
        self._take("draft", "validated", "importing")
        self.state = "cancelled"

    def action_draft(self):
        """Start again with another file."""
        self._take("validated", "cancelled")
        if self.done_count:
            raise UserError(
                self.env._(
                    "Part of this file is imported: use a new import for others."
                )
            )
        self.row_ids.unlink()
        self.write({"state": "draft", "summary": False, "failure": False})

    def action_view_moves(self):
        """Open the invoices that the rows became."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.row_ids.move_id.ids)],
            "context": {"create": False},
        }

    def action_view_rows(self):
        """Open the rows of the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "credit.import.row",
            "view_mode": "list",
            "domain": [("import_id", "=", self.id)],
        }

    def action_download_sample(self):
        """Download a small file that shows the columns."""
        return {
            "type": "ir.actions.act_url",
            "url": "/credit_management/static/import/open_items_sample.csv",
            "target": "download",
        }

    def _take(self, *states):
        """Lock the import, or say why it can't be worked on now."""
        self.ensure_one()
        self.check_access("write")
        if not self.try_lock_for_update():
            raise UserError(self.env._("Somebody is working on this import right now."))
        self.invalidate_recordset(["state"])
        if self.state not in states:
            raise UserError(
                self.env._(
                    "This import is “%(state)s” already; load the page again.",
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
            )

    def _check_ready(self):
        if self.bad_count and self.mode == "all":
            raise UserError(
                self.env._(
                    "The file is to be imported as a whole, but has bad rows: "
                    "%(count)s. Mend the file, or choose to import the good rows.",
                    count=self.bad_count,
                )
            )
        if not self.ok_count:
            raise UserError(self.env._("There is no row to import."))
        if not self.account_id:
            raise UserError(self.env._("Choose a counterpart account."))

    # ------------------------------------------------------------------
    # Import in the background
    # ------------------------------------------------------------------

    @api.model
    def _cron_import(self, batch_rows=BATCH_ROWS):
        commit_progress = self.env["ir.cron"]._commit_progress
        imports = self.search([("state", "=", "importing")], order="id")
        commit_progress(remaining=sum(imports.mapped("ok_count")))
        for record in imports:
            while True:
                record = record.try_lock_for_update().filtered_domain(
                    [("state", "=", "importing")]
                )
                if not record:
                    break
                # In the name of whoever started it, with their rights.
                worker = record.with_user(record.user_id)
                try:
                    handled = worker._import_batch(batch_rows)
                except OperationalError:
                    # Another transaction was faster: next time.
                    self.env.cr.rollback()
                    break
                except Exception as error:
                    # Whatever it is, whoever imports reads it and goes on from there.
                    self.env.cr.rollback()
                    _logger.exception("Import %s stopped", record.id)
                    record.write({"state": "validated", "failure": str(error)})
                    commit_progress()
                    break
                if not commit_progress(handled):
                    return

    # ------------------------------------------------------------------
    # For programs
    # ------------------------------------------------------------------

    @api.model
    def _load(self, data, filename, company=None, date=None, commit=False, **options):
        """Check and import a ledger at once.

        :param bytes data: content of the CSV or XLSX file
        :param str filename: its name
        :param company: the company whose ledger it is, by default the current one
        :param date: take the ledger as it stood at the end of that day; without it,
            the whole file is imported and what lies in the future is a mistake
        :param bool commit: commit after each batch, for large files
        :param options: values of fields (``mode``, ``journal_id``, ``account_id``,
            ``payment_journal_id``, ``customer_type``, as ids or records), and

            ``country_map``  {text in the file: country code}
            ``email_domain`` addresses at this domain are made up for customers that
                             have none: for demonstrations
        :return: the import
        :raises UserError: if the file can't be used, or has bad rows in mode ``all``
        """
        company = company or self.env.company
        extra = {
            key: options.pop(key)
            for key in ("country_map", "email_domain")
            if key in options
        }
        values = {
            key: value.id if isinstance(value, models.BaseModel) else value
            for key, value in options.items()
        }
        record = self.with_company(company).create(
            {
                "company_id": company.id,
                "file": base64.b64encode(data),
                "filename": filename,
                "options": extra,
                **({"date": date, "cut_off": True} if date else {}),
                **values,
            }
        )
        record.action_validate()
        record._check_ready()
        record.state = "importing"
        record._import_all(commit=commit)
        return record
