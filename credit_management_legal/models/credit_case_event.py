from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

#: What may happen in a case, whoever does it. The order is that of a case's life.
EVENT_KINDS = [
    ("status", "Progress"),
    ("letter", "Letter"),
    ("contact", "Contact"),
    ("visit", "Visit"),
    ("document", "Document"),
    ("question", "Question"),
    ("answer", "Answer"),
    ("cost", "Cost"),
    ("payment", "Payment"),
    ("acknowledgement", "Acknowledgement of debt"),
    ("filed", "Filed with a court"),
    ("order", "Order issued"),
    ("served", "Served"),
    ("opposition", "Opposition"),
    ("hearing", "Hearing"),
    ("judgment", "Judgment"),
    ("certificate", "Certificate"),
    ("enforcement", "Enforcement act"),
    ("declaration", "Claim declared in an insolvency"),
    ("missed", "Deadline missed"),
    ("other", "Other"),
]

#: In the context: the system notes it. An object, since no client can send it.
NOTED = object()


class CreditCaseEvent(models.Model):
    """One entry of a case's timeline: what happened, when, and who says so.

    ``date`` is the day on which it happened, in the company's time zone; it may lie
    before the day on which somebody noted it. What a third party or a feed reported
    stays as it was reported.
    """

    _name = "credit.case.event"
    _description = "Event of a Credit Case"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"

    case_id = fields.Many2one(
        "credit.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        related="case_id.currency_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id")
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._credit_today(),
        help="When it happened.",
    )
    kind = fields.Selection(EVENT_KINDS, required=True, default="other", index=True)
    name = fields.Char(string="What", required=True)
    note = fields.Text(string="In detail")
    amount = fields.Monetary(help="Where the event is about one: a cost, a payment.")
    in_person = fields.Boolean(
        help="Whether the debtor was met: service in person opens other deadlines."
    )
    origin = fields.Selection(
        [
            ("creditor", "Us"),
            ("party", "Third party"),
            ("feed", "Third party's system"),
            ("system", "By itself"),
        ],
        string="Noted by",
        default="creditor",
        required=True,
        readonly=True,
    )
    author_id = fields.Many2one(
        "res.partner",
        readonly=True,
        default=lambda self: self.env.user.partner_id,
    )
    typed_on = fields.Date(
        string="Typed in on",
        readonly=True,
        copy=False,
        help="When somebody of us typed it in: until the end of that day it may be "
        "deleted. Empty: it was noted by the system, or by others.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Documents", bypass_search_access=True
    )

    @api.constrains("date")
    def _check_date(self):
        for event in self:
            if (
                event.kind != "hearing"
                and event.date > event.company_id._credit_today()
            ):
                raise ValidationError(
                    self.env._(
                        "%(event)s: only a hearing can lie in the future.",
                        event=event.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: documents belong to the event, whoever uploaded them
        env = self.env
        context = {**env.context, "active_test": True}  # what was struck counts no more
        typed = self.env.context.get("credit_case_noted") is not NOTED
        today = typed and self.env.company._credit_today()
        dropped, said = (), {}
        if typed and not env.su:
            # Who says so, and whether it counts, is not told by whoever types it in.
            dropped = {name for name, field in self._fields.items() if field.readonly}
            for name in dropped:
                context.pop(f"default_{name}", None)
            said = {
                "origin": "creditor",
                "author_id": env.user.partner_id.id,
                "active": True,
            }
        self = self.with_env(env(context=context))
        events = super().create(
            [
                {
                    **{name: vals[name] for name in vals if name not in dropped},
                    **said,
                    "typed_on": today,
                }
                for vals in vals_list
            ]
        )
        for event in events:
            files = event.attachment_ids.filtered(
                # What its wizard holds would go with it at night.
                lambda file: not file.res_id or file.res_model == "credit.case.note"
            )
            files.check_access("write")
            # In sudo: from now on they stay with what was noted.
            files.sudo().write({"res_model": event._name, "res_id": event.id})
        events.case_id._react_to_events(events)
        return events.with_env(env)

    def write(self, vals):
        # EXTENDS base: nobody makes an entry deletable later
        return super().write({k: v for k, v in vals.items() if k != "typed_on"})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        """Evidence stays. In sudo goes what the system takes back by itself."""
        if any(event.origin in ("party", "feed") for event in self):
            raise ValidationError(
                self.env._("What a third party reported stays on record.")
            )
        for event in self if not self.env.su else ():
            today = event.company_id._credit_today()
            if not event.active or event.typed_on != today:
                raise ValidationError(
                    self.env._(
                        "“%s” stays on record: only what was typed in today can be "
                        "deleted. “Correct” strikes it.",
                        event.name,
                    )
                )

    def unlink(self):
        # EXTENDS base: what is deleted by hand is told
        self = self.with_context(active_test=True)  # what was struck counts no more
        for event in self.filtered(lambda event: event.origin == "creditor"):
            event.case_id._message_log(
                body=self.env._(
                    "Deleted from the timeline: %(day)s, %(event)s (noted by "
                    "%(author)s)",
                    day=format_date(self.env, event.date),
                    event=event.name,
                    author=event.author_id.name or "",
                ),
                author_id=self.env.user.partner_id.id,
            )
        return super().unlink()


class CreditCase(models.Model):
    _inherit = "credit.case"

    # Whatever a client or the list with what was struck has in the context.
    event_ids = fields.One2many(
        "credit.case.event",
        "case_id",
        string="Entries that count",
        context={"active_test": True},
    )

    def _add_event(self, kind, name, **values):
        """Note what happened in this case.

        :param str kind: one of :data:`EVENT_KINDS`
        :param str name: in one line
        :param values: further fields of the event
        """
        self.ensure_one()
        return self._add_events(
            [{"case_id": self.id, "kind": kind, "name": name, **values}]
        )

    @api.model
    def _add_events(self, vals_list):
        """The same for many cases at once."""
        events = self.env["credit.case.event"].with_context(credit_case_noted=NOTED)
        return events.create(vals_list).with_env(self.env)

    def _react_to_events(self, events):
        """What follows from new events, and from those just struck; others extend it.

        :param events: of any of these cases
        """
