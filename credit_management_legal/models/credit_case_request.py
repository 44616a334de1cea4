from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html

from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_plan import FREQUENCIES
from odoo.addons.credit_management.models.credit_regime_resolution import (
    exact,
    to_minor,
)
from odoo.addons.credit_management.report.wording import day_text

from ..engine import requests

REQUEST_KINDS = [
    ("question", "Question"),
    ("discount", "Discount"),
    ("plan", "Instalments"),
    ("lawsuit", "Lawsuit"),
    ("stop", "End of the case"),
    ("other", "Something else"),
]
#: What is answered, not decided: collectors may do it too.
ANSWERED = ("question", "other")
#: What was asked, and what came of it: not for anybody to rewrite.
FIXED = frozenset(
    (
        "case_id",
        "kind",
        "text",
        "amount",
        "percent",
        "number",
        "frequency",
        "first_date",
        "date",
        "origin",
        "contact_id",
        "firm_id",
        "event_id",
        "state",
        "answered_by",
        "date_answered",
        "plan_id",
        "amount_agreed",
    )
)


class CreditCaseRequest(models.Model):
    """Something a third party asks of the creditor, and what the creditor answered.

    Nothing follows from asking. What is agreed to is done by whoever agrees, with his
    or her own rights, see ``credit_case_request_actions``. Amounts are in the currency
    of the case.
    """

    _name = "credit.case.request"
    _description = "Request of a Third Party"
    _inherit = ["credit.house.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    case_id = fields.Many2one(
        "credit.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        related="case_id.currency_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", store=True, precompute=True, index=True
    )
    firm_id = fields.Many2one(
        "res.partner",
        string="Third party",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose people see the request: a case may go to others later.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Asked by",
        readonly=True,
        ondelete="restrict",
        help="Who asked: the answer goes to this contact.",
    )
    kind = fields.Selection(REQUEST_KINDS, required=True, readonly=True, index=True)
    text = fields.Text(string="In their words", readonly=True)
    amount = fields.Monetary(readonly=True, help="To be given up, as it was asked.")
    figures_text = fields.Char(
        string="Asked for", compute="_compute_figures_text", compute_sudo=True
    )
    percent = fields.Float(
        string="Rate (%)",
        digits=(5, 2),
        readonly=True,
        help="Of what is open, to be given up.",
    )
    number = fields.Integer(string="Number of instalments", readonly=True)
    frequency = fields.Selection(FREQUENCIES, readonly=True)
    first_date = fields.Date(string="First instalment", readonly=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Documents",
        readonly=True,
        bypass_search_access=True,
    )
    date = fields.Date(
        string="Asked on",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._credit_today(),
        help="In the company's time zone",
    )
    origin = fields.Selection(
        [("party", "Its page"), ("feed", "Its system")],
        string="Came by",
        default="party",
        required=True,
        readonly=True,
    )
    event_id = fields.Many2one(
        "credit.case.event", string="In the timeline", readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("approved", "Agreed or answered"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    answer = fields.Text(
        copy=False, help="The third party reads it on its page and by e-mail."
    )
    answered_by = fields.Many2one("res.users", readonly=True, copy=False)
    date_answered = fields.Datetime(string="Answered at", readonly=True, copy=False)
    end_as = fields.Selection(
        [
            ("withdraw", "Withdraw: reminders go on"),
            ("close", "Close: it ends for good"),
        ],
        string="The case is ended by",
        default="withdraw",
        copy=False,
        help="What agreeing does with the case.",
    )
    amount_now = fields.Monetary(
        string="That is now",
        compute="_compute_amount_now",
        help="What the discount comes to, of what is open now.",
    )
    amount_agreed = fields.Monetary(
        string="Agreed discount",
        readonly=True,
        copy=False,
        help="What was given up. It is still open in the books until it is written "
        "off or credited.",
    )
    amount_residual = fields.Monetary(
        related="case_id.amount_residual", string="Open in the case"
    )
    plan_id = fields.Many2one(
        "credit.plan",
        string="Payment plan",
        readonly=True,
        copy=False,
        ondelete="set null",
        check_company=True,
        help="What came of it: the items stay in the case meanwhile.",
    )

    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("kind", "case_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            parts = (request.case_id.name, request._kind_text())
            request.display_name = " · ".join(part for part in parts if part)

    @api.depends("case_id.user_id")
    def _compute_user_id(self):
        for request in self:
            request.user_id = request.user_id or request.case_id.user_id

    @api.depends("kind", "amount", "percent", "case_id.amount_residual")
    def _compute_amount_now(self):
        for request in self:
            request.amount_now = (
                request._discount() if request.kind == "discount" else 0.0
            )

    @api.constrains("kind", "amount", "percent", "number")
    def _check_wish(self):
        for request in self:
            if request.kind == "discount" and not (
                request.amount > 0 or 0 < request.percent <= 100
            ):
                raise ValidationError(
                    self.env._("A discount needs an amount or a rate above zero.")
                )
            if request.kind == "plan" and (
                request.number < requests.LEAST_NUMBER or not request.first_date
            ):
                raise ValidationError(
                    self.env._("Instalments need their number and the first day.")
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS base: what was asked and decided is changed by its buttons alone
        if not self.env.su and FIXED.intersection(vals):
            raise UserError(
                self.env._(
                    "What a third party asked, and what was decided, stays as it is: "
                    "use the buttons."
                )
            )
        return super().write(vals)

    def _credit_proving(self):
        # EXTENDS mail.thread of credit_management
        return self

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        raise UserError(self.env._("What a third party asked stays on record."))

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _ask(self, case, kind, contact, origin="party", event=None, **values):
        """Take down what a third party asks, and tell whoever is responsible.

        In sudo: whoever calls has made sure that the case is in the hands of who asks.

        :param case: ``credit.case``; it stays as it is
        :param str kind: one of :data:`REQUEST_KINDS`
        :param contact: partner who asks
        :param event: the entry of the timeline, where there is one already
        :param values: of the kind, and ``text`` and ``attachment_ids``
        :return: the request
        """
        house = case.sudo()._in_house()
        quiet = house.env[self._name].with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        )
        request = quiet.create(
            {
                "case_id": case.id,
                "kind": kind,
                "firm_id": (case.sudo().party_id or contact).commercial_partner_id.id,
                "contact_id": contact.id,
                "date": case.company_id._credit_today(),
                "origin": origin,
                "event_id": event.id if event else False,
                **values,
            }
        )
        if not event:
            request.event_id = house._add_event(
                "question",
                house.env._("Request: %s", request._kind_text()),
                note=request._wish_text() or False,
                amount=request.amount,
                origin=origin,
                author_id=contact.id,
                date=request.date,
                attachment_ids=[fields.Command.set(request.attachment_ids.ids)],
            )
        case.sudo().last_report_at = fields.Datetime.now()
        request._tell_responsible()
        return request.with_env(self.env)

    def _kind_text(self):
        """What is asked for, in one or two words of the reader's language."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env)).get(
            self.kind, ""
        )

    def _wish_text(self):
        """What is asked for, with its figures, in the reader's language."""
        self.ensure_one()
        return "\n".join(filter(None, [self.figures_text, self.text]))

    @api.depends(
        "kind",
        "percent",
        "amount",
        "currency_id",
        "number",
        "frequency",
        "first_date",
    )
    @api.depends_context("lang")
    def _compute_figures_text(self):
        _ = self.env._
        frequencies = dict(self._fields["frequency"]._description_selection(self.env))
        for request in self:
            request.figures_text = False
            if request.kind == "discount" and request.percent:
                request.figures_text = _(
                    "Discount: %s %% of what is open", f"{request.percent:g}"
                )
            elif request.kind == "discount":
                request.figures_text = _(
                    "Discount: %s", request.currency_id.format(request.amount)
                )
            elif request.kind == "plan":
                request.figures_text = _(
                    "%(number)s instalments (%(frequency)s), the first on %(day)s",
                    number=request.number,
                    frequency=frequencies[request.frequency].lower(),
                    day=day_text(self.env, request.first_date),
                )

    def _tell_responsible(self):
        """A to-do and an e-mail for whoever is responsible for the case."""
        self.ensure_one()
        user = self.user_id.filtered("active")
        self.message_subscribe((self.contact_id | user.partner_id).ids)
        self._remind_responsible()
        self.message_post(
            body=plaintext2html(self._wish_text()),
            subject=self._subject(),
            author_id=self.contact_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=self.attachment_ids.ids,
        )

    def _remind_responsible(self):
        """A to-do. What was asked goes out by e-mail itself: no second one for this."""
        self.ensure_one()
        request = self.sudo()._in_house()
        user = request.user_id.filtered("active")
        if user:
            request.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=request.company_id._credit_today(),
                user_id=user.id,
                summary=request.env._("%s of the third party", request._kind_text()),
            )

    def _subject(self):
        """Of messages, in the language of the environment."""
        self.ensure_one()
        return self.env._(
            "%(case)s, %(debtor)s: %(kind)s",
            case=self.case_id.name,
            debtor=self.partner_id.name,
            kind=self._kind_text(),
        )

    def _discount(self):
        """What the discount that was asked for comes to now, in major units."""
        self.ensure_one()
        currency = self.currency_id
        wish = (
            {"percent": exact(self.percent)}
            if self.percent
            else {"amount": to_minor(self.amount, currency)}
        )
        residual = to_minor(self.case_id.amount_residual, currency)
        return to_major(requests.discount(residual, **wish), currency)


class CreditCase(models.Model):
    _inherit = "credit.case"

    request_ids = fields.One2many(
        "credit.case.request", "case_id", string="Requests", readonly=True
    )

    def _keeps_mandate(self):
        # EXTENDS credit_management_legal: where the third party goes to court on its
        # own request, the mandate under which money came in stays
        return super()._keeps_mandate() or (
            self.kind == "judicial"
            and any(
                request.kind == "lawsuit"
                and request.state in ("open", "approved")
                and request.firm_id == self.party_id
                for request in self.sudo().request_ids
            )
        )

    @api.model
    def _accept_reports(self, taken):
        # EXTENDS credit_management_legal: a question waits for its answer
        events = super()._accept_reports(taken)
        for report, event in zip(taken, events, strict=True):
            if report.values["type"] == "question" and report.origin != "creditor":
                self.env["credit.case.request"]._ask(
                    report.case,
                    "question",
                    report.author,
                    origin=report.origin,
                    event=event,
                    text=report.values["text"],
                    attachment_ids=[fields.Command.set(event.attachment_ids.ids)],
                )
        return events

    @api.model
    def _open_report_activities(self, taken):
        # EXTENDS credit_management_legal: the request of a question has its own
        return super()._open_report_activities(
            [
                report
                for report in taken
                if report.values["type"] != "question" or report.origin == "creditor"
            ]
        )
