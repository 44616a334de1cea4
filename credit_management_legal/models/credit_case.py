from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

#: States in which the items of a case are not reminded.
RUNNING = ("open", "paid")


class CreditCase(models.Model):
    """Items of a debtor in the hands of an agency, a bailiff, a lawyer or a court.

    All items are of one debtor, company and currency; amounts are in that currency.
    While a case is proposed or open none of its items is reminded. It is ``paid`` as
    soon as nothing is open on them, by itself, and a proposal is gone then; managers
    close what is over, and withdraw what is to be reminded again.
    """

    _name = "credit.case"
    _description = "Credit Case"
    _inherit = ["credit.house.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Reference", required=True, readonly=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    kind = fields.Selection(
        [("amicable", "Amicable"), ("judicial", "Judicial")],
        default="amicable",
        required=True,
        tracking=True,
    )
    state = fields.Selection(
        [
            ("draft", "Proposed"),
            ("open", "Open"),
            ("paid", "Paid"),
            ("withdrawn", "Withdrawn"),
            ("closed", "Closed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="While it is proposed or open its items are not reminded. Who does not "
        "want what is proposed deletes it.",
    )
    mandate_id = fields.Many2one(
        "credit.mandate",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('kind', '=', kind)]",
        tracking=True,
        help="The contract by which the third party acts.",
    )
    party_id = fields.Many2one(
        "res.partner",
        string="Third party",
        compute="_compute_party_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain=[("credit_party_role", "!=", False)],
        tracking=True,
    )
    party_reference = fields.Char(
        string="Their reference",
        copy=False,
        help="By which the third party knows the case.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        domain=[("share", "=", False)],
    )
    date_opened = fields.Date(
        string="Opened on", readonly=True, copy=False, help="In the company's time zone"
    )
    date_closed = fields.Date(
        string="Ended on",
        readonly=True,
        copy=False,
        help="When all was paid, or it was withdrawn or closed.",
    )
    line_ids = fields.One2many("credit.case.line", "case_id", string="Items")
    line_count = fields.Integer(
        compute="_compute_amounts", compute_sudo=True, string="Number of items"
    )
    amount_opening = fields.Monetary(
        string="At opening",
        compute="_compute_amount_opening",
        store=True,
        help="What was open on the items when the case was opened.",
    )
    amount_residual = fields.Monetary(
        string="Open amount",
        compute="_compute_amounts",
        compute_sudo=True,
        help="What is open now on the items that are still in the case.",
    )
    end_reason = fields.Char(
        string="Why it ended",
        copy=False,
        tracking=True,
        help="Why it was withdrawn or closed.",
    )
    overruled_reason = fields.Char(
        string="Opened all the same because",
        copy=False,
        tracking=True,
        help="Why the case is opened although a check speaks against it.",
    )
    checks = fields.Json(
        string="Answers",
        readonly=True,
        copy=False,
        help="What was looked at before it was opened.",
    )
    date_checked = fields.Date(
        string="Checked on", readonly=True, copy=False, help="The day of the answers."
    )
    checks_again = fields.Json(
        string="Answers since",
        readonly=True,
        copy=False,
        help="What was looked at last while it was open.",
    )
    date_checked_again = fields.Date(
        string="Checked again on", readonly=True, copy=False
    )
    checks_html = fields.Html(
        string="Checks", compute="_compute_checks_html", sanitize=False
    )
    reminder_ids = fields.One2many(
        "credit.reminder", "case_id", string="Steps that opened it", readonly=True
    )
    note = fields.Html(string="Notes")

    # What blocks reminders is looked up for every open item of a company.
    _state_idx = models.Index("(company_id, partner_id) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("partner_id", "company_id")
    def _compute_user_id(self):
        # Whoever opens it; nobody where a job does.
        opener = self.env.user.filtered("active")
        for company, cases in self.grouped("company_id").items():
            for case in cases:
                debtor = case.partner_id.with_company(company)
                case.user_id = case.user_id or debtor.credit_user_id or opener

    @api.depends("mandate_id")
    def _compute_party_id(self):
        for case in self:
            case.party_id = case.mandate_id.party_id or case.party_id

    @api.depends(
        "state", "checks", "date_checked", "checks_again", "date_checked_again"
    )
    @api.depends("limitation_date")
    @api.depends_context("lang")
    def _compute_checks_html(self):
        handover = self.env["credit.handover"]
        # What nobody has looked at is looked at now; opening keeps the answers. In
        # sudo: whoever reads a case reads what speaks against it.
        fresh = self.sudo().filtered(
            lambda case: case.state == "draft" and case.id and not case.checks
        )
        made = dict(zip(fresh.ids, handover._propose_cases(fresh), strict=True))
        for case in self:
            kept, day = case.checks, case.date_checked
            if case.id in made:
                kept = handover._as_json(made[case.id])
                day = case.company_id._credit_today()
            parts = [(day, case._checks_as_of_today(handover._rows(kept)))]
            if case.checks_again:
                again = handover._rows(case.checks_again)
                parts.insert(0, (case.date_checked_again, again))
            case.checks_html = self.env["ir.qweb"]._render(
                "credit_management_legal.case_checks_dated",
                {
                    "parts": [
                        {"day": day and format_date(self.env, day), "rows": rows}
                        for day, rows in parts
                    ]
                },
            )

    def _checks_as_of_today(self, rows):
        """The answers of the opening, and what has become of the limitation since.

        :param list rows: as ``_rows`` of ``credit.handover`` gives them
        """
        self.ensure_one()
        if self.state == "draft" or not self.limitation_date:
            return rows
        today = self.env._(
            "Today: until %s.", format_date(self.env, self.limitation_date)
        )
        return [
            {**row, "text": f"{row['text']} {today}"}
            if row["code"] == "limitation"
            else row
            for row in rows
        ]

    @api.depends("line_ids.amount")
    def _compute_amount_opening(self):
        for case in self:
            case.amount_opening = sum(case.line_ids.mapped("amount"))

    @api.depends("line_ids.amount_residual", "line_ids.date_withdrawn")
    def _compute_amounts(self):
        # Of all of them at once: each would ask for its own items.
        self.line_ids.mapped("amount_residual")
        for case in self:
            lines = case.line_ids.filtered(lambda line: not line.date_withdrawn)
            case.line_count = len(lines)
            case.amount_residual = sum(lines.mapped("amount_residual"))

    @api.constrains("line_ids", "partner_id", "company_id", "currency_id")
    def _check_items(self):
        for case in self:
            for item in case.sudo().line_ids.move_line_id:
                if (
                    item.company_id != case.company_id
                    or item.currency_id != case.currency_id
                    or item.partner_id.commercial_partner_id != case.partner_id
                ):
                    raise ValidationError(
                        self.env._(
                            "%(item)s is not of the debtor, the company and the "
                            "currency of the case.",
                            item=item.move_name,
                        )
                    )

    @api.constrains("mandate_id", "party_id", "kind")
    def _check_mandate(self):
        for case in self.filtered("mandate_id"):
            if case.party_id != case.mandate_id.party_id:
                raise ValidationError(
                    self.env._(
                        "“%(mandate)s” is the mandate of %(party)s.",
                        mandate=case.mandate_id.name,
                        party=case.mandate_id.party_id.display_name,
                    )
                )
            if case.mandate_id.kind != case.kind and not case._keeps_mandate():
                kinds = dict(self._fields["kind"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "“%(mandate)s” is a mandate for another kind of cases "
                        "(%(theirs)s), and %(case)s is %(own)s: choose a mandate of "
                        "the kind of the case, or none.",
                        mandate=case.mandate_id.name,
                        case=case.name,
                        theirs=kinds[case.mandate_id.kind].lower(),
                        own=kinds[case.kind].lower(),
                    )
                )

    def _keeps_mandate(self):
        """Whether the case may have a mandate for another kind of cases."""
        self.ensure_one()
        return False

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        nameless = [vals for vals in vals_list if not vals.get("name")]
        names = dict(zip(map(id, nameless), self._next_names(nameless), strict=True))
        partners = self.env["res.partner"].browse(
            vals["partner_id"] for vals in vals_list if vals.get("partner_id")
        )
        debtors = {p.id: p.commercial_partner_id.id for p in partners}
        return super().create(
            [
                {
                    **vals,
                    "name": names.get(id(vals)) or vals["name"],
                    "partner_id": debtors.get(vals.get("partner_id")),
                }
                for vals in vals_list
            ]
        )

    @api.model
    def _next_names(self, wanted):
        """As many references as there are ``wanted``, by one query."""
        if not wanted:
            return []
        sequence = self.env.ref("credit_management_legal.sequence_case").sudo()
        rows = self.env.execute_query(
            SQL(
                "SELECT NEXTVAL(%s) FROM GENERATE_SERIES(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                len(wanted),
            )
        )
        prefix, suffix = sequence._get_prefix_suffix()
        return [f"{prefix}{row[0]:0{sequence.padding}d}{suffix}" for row in rows]

    def _credit_proving(self):
        # EXTENDS mail.thread of credit_management
        return self.filtered(lambda case: case.state != "draft")

    def write(self, vals):
        # EXTENDS base: as a draft it could be deleted
        if vals.get("state") == "draft":
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        self._check_draft()

    def _check_draft(self):
        """
        :raise ValidationError: if a case was opened
        """
        if any(case.state != "draft" for case in self):
            raise ValidationError(
                self.env._("A case that was opened stays on record: close it instead.")
            )
