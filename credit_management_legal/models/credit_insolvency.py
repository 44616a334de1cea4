from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine import insolvency
from .credit_insolvency_rule import PROCEDURES

#: Procedures in which the debtor goes on trading, as a rule.
GOING_ON = ("safeguard", "receivership", "composition")


class CreditInsolvency(models.Model):
    """The insolvency of a debtor, with the claims of one company or of all of them.

    That it was opened is a fact about the debtor and stops every company, see
    ``credit_insolvency_hold``: nothing is reminded, interest stands still where the law
    says so, and claims are declared instead. ``credit_insolvency_effects`` has what
    follows at once, ``credit_insolvency_claim`` what is declared. Amounts are in
    ``currency_id``; each line is in the currency of its item.
    """

    _name = "credit.insolvency"
    _description = "Insolvency of a Debtor"
    _inherit = ["credit.house.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_opened desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        string="Creditor",
        index=True,
        default=lambda self: self.env.company,
        help="Whose claims are declared here. Empty: those of every company, each its "
        "own. Reminders stop in every company, whoever notes the insolvency.",
    )
    state = fields.Selection(
        [
            ("open", "Opened"),
            ("closed", "Concluded"),
            ("cancelled", "Noted by mistake"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    procedure = fields.Selection(PROCEDURES, required=True, tracking=True)
    goes_on = fields.Boolean(
        string="The business goes on",
        compute="_compute_goes_on",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Claims that arose until the day of the opening are stopped and declared; "
        "later ones are reminded. Otherwise everything stops.",
    )
    date_noted = fields.Date(
        readonly=True,
        copy=False,
        help="The day that stood on the debtor before there was a record.",
    )
    country_id = fields.Many2one(
        "res.country",
        string="Opened in",
        compute="_compute_country_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Whose law says by when claims are declared.",
    )
    date_opened = fields.Date(
        string="Proceedings opened on",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._credit_today(),
        help="The day of the judgment or order. Interest ends with the day before.",
    )
    date_published = fields.Date(
        string="Published on",
        tracking=True,
        help="In the official journal, such as BODACC, Moniteur belge, BOE.",
    )
    court = fields.Char(tracking=True)
    court_reference = fields.Char(string="Number at the court")
    administrator_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="To whom claims are declared.",
    )
    administrator_role = fields.Selection(
        [
            ("trustee", "Liquidator, trustee"),
            ("agent", "Agent of the creditors (mandataire judiciaire)"),
            ("administrator", "Administrator"),
            ("mediator", "Debt mediator"),
            ("commission", "Commission"),
        ],
        string="Acts as",
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
    date_given = fields.Date(
        string="Day set by the court",
        tracking=True,
        help="Until when order or judgment let claims be declared. It goes before the "
        "period of the law.",
    )
    date_deadline = fields.Date(
        string="Declare by", compute="_compute_deadline", store=True
    )
    date_relief = fields.Date(
        string="Relief until",
        compute="_compute_deadline",
        store=True,
        help="Until when one who was late may ask to be let in.",
    )
    date_absolute = fields.Date(
        string="No more after",
        compute="_compute_deadline",
        store=True,
        help="After which nothing can be declared at all.",
    )
    deadline_text = fields.Char(string="Why by then", compute="_compute_deadline_text")
    date_declared = fields.Date(
        string="Declared on",
        copy=False,
        tracking=True,
        help="The day on which the declaration was sent: keep the proof.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    amount_declared = fields.Monetary(
        copy=False, tracking=True, help="What was declared, in all."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "credit_insolvency_attachment_rel",
        "insolvency_id",
        "attachment_id",
        string="Documents",
        bypass_search_access=True,
        help="Judgment, publication, declaration with its proof of sending.",
    )
    outcome = fields.Selection(
        [
            ("continued", "Plan: the debtor goes on"),
            ("dissolved", "Ended, nothing more to come"),
            ("refused", "Set aside by the court"),
        ],
        copy=False,
        tracking=True,
        help="What became of it: needed to end it.",
    )
    note = fields.Html(string="Notes")

    _check_published = models.Constraint(
        "CHECK (date_published IS NULL OR date_published >= date_opened)",
        "Published on: no insolvency is published before it is opened.",
    )
    _check_given = models.Constraint(
        "CHECK (date_given IS NULL OR date_given >= date_opened)",
        "Day set by the court: it can't lie before the opening.",
    )
    _check_declared = models.Constraint(
        "CHECK (date_declared IS NULL OR date_declared >= date_opened)",
        "Declared on: nothing is declared before the opening.",
    )
    _open_unique = models.UniqueIndex(
        "(partner_id, COALESCE(company_id, 0)) WHERE state = 'open'",
        "This insolvency is noted already: open the record that is there.",
    )

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("partner_id", "procedure")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["procedure"]._description_selection(self.env))
        for record in self:
            parts = (record.partner_id.display_name, labels.get(record.procedure))
            record.display_name = ", ".join(part for part in parts if part)

    @api.depends("procedure")
    def _compute_goes_on(self):
        for record in self:
            record.goes_on = record.procedure in GOING_ON

    @api.depends("partner_id")
    def _compute_country_id(self):
        for record in self:
            country = record.partner_id.country_id or record.company_id.country_id
            record.country_id = country or self.env.company.country_id

    @api.depends("company_id")
    def _compute_currency_id(self):
        for record in self:
            company = record.company_id or self.env.company
            record.currency_id = company.currency_id

    @api.depends("partner_id", "company_id")
    def _compute_user_id(self):
        # Whoever notes it; nobody where a job does.
        opener = self.env.user.filtered("active")
        for record in self:
            company = record.company_id or self.env.company
            debtor = record.partner_id.with_company(company)
            record.user_id = record.user_id or debtor.credit_user_id or opener

    def _found_deadline(self):
        """The deadline by the law of the country, with the rule.

        :return: (:class:`..engine.insolvency.Deadline`, rule)
        """
        self.ensure_one()
        rule = self.env["credit.insolvency.rule"]._find(self.country_id, self.procedure)
        company = self.company_id or self.env.company
        found = insolvency.deadline(
            rule._to_engine(),
            self.date_opened,
            self.date_published or None,
            self.date_given or None,
            abroad=company.sudo().country_id != self.country_id,
        )
        return found, rule

    @api.depends(
        "country_id",
        "procedure",
        "date_opened",
        "date_published",
        "date_given",
        "company_id",
    )
    def _compute_deadline(self):
        for record in self:
            if not record.date_opened:
                record.date_deadline = record.date_relief = record.date_absolute = False
                continue
            found, _rule = record._found_deadline()
            record.date_deadline = found.day
            record.date_relief = found.relief
            record.date_absolute = found.absolute

    @api.depends("date_deadline", "date_published", "date_given")
    @api.depends_context("lang")
    def _compute_deadline_text(self):
        for record in self:
            record.deadline_text = record.date_opened and record._deadline_phrase()

    def _deadline_phrase(self):
        """How the deadline was found, and how sure that is."""
        found, rule = self._found_deadline()
        text = {
            insolvency.GIVEN: self.env._("As the court has set it."),
            insolvency.PUBLISHED: self.env._(
                "By law, from the publication or opening."
            ),
            insolvency.PRELIMINARY: self.env._(
                "Preliminary, to be on the safe side: enter the day of the "
                "publication, or the one that the court has set."
            ),
            insolvency.UNKNOWN: self.env._(
                "No rule is known: enter the day that the court has set."
            ),
        }[found.how]
        if found.how == insolvency.GIVEN or not rule:
            return text
        return self.env["credit.limitation"]._with_basis(text, rule.article, rule)

    @api.constrains("date_opened")
    def _check_opened(self):
        for record in self:
            company = record.company_id or self.env.company
            if record.date_opened > company._credit_today():
                raise ValidationError(
                    self.env._(
                        "Proceedings opened on: an insolvency counts once it is opened."
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: it is the legal person that becomes insolvent
        partners = self.env["res.partner"].browse(
            vals["partner_id"] for vals in vals_list if vals.get("partner_id")
        )
        debtors = {p.id: p.commercial_partner_id.id for p in partners}
        noted = partners.commercial_partner_id._credit_insolvency_noted()
        records = super().create(
            [
                {
                    **vals,
                    "partner_id": debtors.get(vals.get("partner_id")),
                    "date_noted": noted.get(debtors.get(vals.get("partner_id"))),
                }
                for vals in vals_list
            ]
        )
        records._own_documents()
        records._take_effect()
        return records

    def write(self, vals):
        # EXTENDS base
        if vals.keys() & {"partner_id", "company_id"}:
            raise UserError(
                self.env._(
                    "Debtor and creditor of an insolvency stay: if it was noted for "
                    "the wrong one, say so by “Noted by mistake”, and note it anew."
                )
            )
        before = self.mapped("date_opened")
        opened = {record: (record.date_opened, record.state) for record in self}
        declared = {record: record.date_declared for record in self}
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_documents()
        stopping = {"date_opened", "state", "outcome", "goes_on", "procedure"}
        if vals.keys() & stopping:
            self._sync_debtors(before)
            for record in self.sudo().filtered(lambda r: r.state == "open"):
                record._in_house()._drop_waiting()
            self._correct_opening(opened)
        if "date_declared" in vals:
            self._correct_declaration(declared)
        if vals.keys() & {
            "date_published",
            "date_given",
            "procedure",
            "country_id",
            "date_opened",
            "date_declared",
            "nothing_declared",
            "state",
            "user_id",
        }:
            self._set_alarm()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise ValidationError(
            self.env._(
                "An insolvency stays on record: end it, or say it was a mistake."
            )
        )

    def _credit_proving(self):
        # EXTENDS mail.thread of credit_management
        return self

    def _own_documents(self):
        for record in self:
            record.attachment_ids.filtered(lambda a: not a.res_id).write(
                {"res_model": record._name, "res_id": record.id}
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_close(self):
        """It is over: what the outcome says decides whether the debtor is reminded."""
        self._check_manager()
        for record in self:
            if not record.outcome:
                raise UserError(
                    self.env._("Outcome: say what became of %s.", record.display_name)
                )
        self.filtered(lambda r: r.state == "open").write({"state": "closed"})
        return True

    def action_cancel(self):
        """It was noted by mistake: everything goes on as if it had not been.

        Nor does anything stay declared; the chatter keeps on which day it was.
        """
        self._check_manager()
        self.filtered(lambda r: r.state == "open").write(
            {"state": "cancelled", "date_declared": False, "amount_declared": 0}
        )
        return True

    def action_split(self):
        """A record of its own for each company the user works for that has claims."""
        self.ensure_one()
        self.check_access("write")
        companies = self.line_ids.company_id & self.env.user.company_ids
        if self.company_id or self.state != "open" or not companies:
            raise UserError(
                self.env._("There is nothing to share out among companies here.")
            )
        made = self.browse()
        for company in companies:
            known = self.search(
                Domain("partner_id", "=", self.partner_id.id)
                & Domain("company_id", "=", company.id)
                & Domain("state", "=", "open")
            )
            made |= known or self.copy({"company_id": company.id})
        self._set_alarm()
        self.message_post(
            body=self.env._(
                "One record for each creditor: %s",
                ", ".join(made.company_id.mapped("name")),
            )
        )
        return made._get_records_action(name=self.env._("Insolvencies"))

    def _check_manager(self):
        manager = "credit_management.group_manager"
        if not self.env.su and not self.env.user.has_group(manager):
            raise UserError(self.env._("Insolvencies are ended by managers of credit."))
        self.check_access("write")

    def _reason_text(self):
        """Why nothing is reminded, in one sentence."""
        self.ensure_one()
        text = self.env._("opened on %s", format_date(self.env, self.date_opened))
        waits = not (self.date_declared or self.nothing_declared)
        if self.date_deadline and waits:
            text = self.env._(
                "%(opened)s, declare by %(day)s",
                opened=text,
                day=format_date(self.env, self.date_deadline),
            )
        return text
