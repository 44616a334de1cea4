from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import decision
from ..engine.regime import CHARGES

#: Channels that only a person can serve: their reminders wait in the worklist
#: until somebody has noted what came of them.
MANUAL_CHANNELS = ("phone", "visit")


class CreditPolicyStep(models.Model):
    _name = "credit.policy.step"
    _description = "Credit Policy Step"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "credit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    active = fields.Boolean(related="policy_id.active")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    trigger = fields.Selection(
        [
            ("issue", "After the invoice date"),
            ("due", "After the due date"),
            ("previous", "After the previous step"),
            ("payment", "After the payment"),
        ],
        default="due",
        required=True,
        help="The day from which the delay counts.",
    )
    delay_days = fields.Integer(
        string="Delay (days)",
        help="Days after the trigger; negative for a reminder before the due date.",
    )
    timing = fields.Char(string="When", compute="_compute_timing")
    delay_unit = fields.Selection(
        [("calendar", "Calendar days"), ("working", "Working days")],
        default="calendar",
        required=True,
    )
    only_working_days = fields.Boolean(
        string="Only on working days",
        help="Nothing leaves on a Saturday, a Sunday or a public holiday of the "
        "company's country: the step waits for the next working day.",
    )
    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("registered_letter", "Registered letter"),
            ("phone", "Phone call"),
            ("visit", "Visit"),
        ],
        default="email",
        required=True,
    )
    fallback_channel = fields.Selection(
        selection="_selection_channel",
        string="Fallback channel",
        help="The channel that takes over when the first one fails or cannot be used: "
        "no e-mail address, a bounced message. Without it the reminder waits for "
        "somebody to mend the address.",
    )
    automation = fields.Selection(
        [
            ("automatic", "Automatic"),
            ("approve", "To approve"),
            ("manual", "Manual"),
        ],
        default="approve",
        required=True,
        help="Automatic: leaves by itself.\n"
        "To approve: somebody confirms it, one by one or the whole run.\n"
        "Manual: somebody does it from the worklist, one by one.",
    )
    legally_required = fields.Boolean(
        string="Required by law",
        help="Never skipped, whatever the delay: the free first reminder of a "
        "consumer, for example.",
    )
    formal_notice = fields.Boolean(
        help="Only overdue invoices are claimed in a formal notice; the total is "
        "written in words.",
    )
    deadline_days = fields.Integer(
        aggregator=None,
        string="Days to pay",
        help="Time given to the debtor. The next step waits until it is over.",
    )
    lapse_days = fields.Integer(
        string="Lapses after",
        help="Days after which a reminder nobody approved or a call nobody made is "
        "passed over, so that the next step can follow. 0: it waits for ever. "
        "A step required by law never lapses.",
    )
    ignore_interval = fields.Boolean(
        string="Ignore the days between contacts",
        help="For a step that goes along with another one, such as a letter beside an "
        "e-mail.",
    )
    payment_condition = fields.Selection(
        [
            ("in_time", "Paid in time"),
            ("after_reminder", "Paid after a reminder"),
            ("any", "Paid in time or after a reminder"),
        ],
        default="any",
        required=True,
        string="Thank for",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail template",
        domain=[("model", "=", "credit.reminder")],
        ondelete="restrict",
    )
    letter_text = fields.Html(
        translate=True,
        sanitize_attributes=False,
        help="Text of the letter, before the table of invoices. It may say "
        "{{ object.amount_due_text }}, {{ object.deadline_text }}, "
        "{{ object.partner_id.name }} and the like. If it is empty, the letter says "
        "what the e-mail would.",
    )
    attach_invoices = fields.Boolean(
        help="The invoices that are claimed go along as PDF.",
    )
    to_escalation = fields.Boolean(
        string="To the escalation contact",
        help="Goes to the debtor's escalation contact, where there is one.",
    )
    charge_interest = fields.Boolean(string="Late interest")
    charge_indemnity = fields.Boolean(string="Fixed indemnity")
    charge_clause = fields.Boolean(string="Penalty clause")
    charge_cost = fields.Boolean(string="Collection costs")
    charge_fee = fields.Boolean(string="Reminder fee")
    attach_calculation = fields.Boolean(
        help="The calculation of interest and charges, day by day, goes along as PDF.",
    )
    script = fields.Html(
        translate=True,
        sanitize_attributes=False,
        help="What the collector says on the telephone, in the debtor's language. It "
        "may say {{ object.caller_text }}, {{ object.company_id.name }}, "
        "{{ object.call_amount_text }}, {{ object.call_oldest_text }} and what "
        "letters may.",
    )
    instructions = fields.Text(
        translate=True,
        help="What the collector should look to, in the collector's own language.",
    )

    _check_lapse = models.Constraint(
        "CHECK (lapse_days >= 0)", "A step can't lapse before it is proposed."
    )
    _check_deadline = models.Constraint(
        "CHECK (deadline_days >= 0)", "The days to pay can't be negative."
    )

    @api.depends("trigger", "delay_days", "delay_unit")
    @api.depends_context("lang")
    def _compute_timing(self):
        """When the step falls, as one would say it."""
        _ = self.env._
        for step in self:
            count = abs(step.delay_days)
            working = step.delay_unit == "working"
            if count == 1:
                days = _("1 working day") if working else _("1 day")
            else:
                days = _("%s working days", count) if working else _("%s days", count)
            if step.trigger == "issue":
                text = _("%s after the invoice", days) if count else _("on invoicing")
            elif step.trigger == "due":
                text = _("on the due date")
                if step.delay_days < 0:
                    text = _("%s before the due date", days)
                elif count:
                    text = _("%s after the due date", days)
            elif step.trigger == "previous":
                text = _("%s after the previous step", days)
                if not count:
                    text = _("along with the previous step")
            else:
                text = _("%s after the payment", days) if count else _("once paid")
            step.timing = text

    @api.model
    def _selection_channel(self):
        """Every channel of the installed addons, for fields that follow ``channel``."""
        step_model = self.env["credit.policy.step"]
        return step_model._fields["channel"]._description_selection(self.env)

    @api.constrains("trigger", "delay_days", "channel", "fallback_channel")
    def _check_trigger(self):
        for step in self:
            if step.trigger != "due" and step.delay_days < 0:
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s”: only a step that counts from the due date "
                        "can come before it.",
                        step=step.name,
                    )
                )
            if step.fallback_channel == step.channel:
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s”: the fallback must be another channel.",
                        step=step.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = [("step_id", "in", self.ids)]
        if any(
            self.env[model].sudo().search_count(used, limit=1)
            for model in ("credit.reminder", "credit.reminder.line")
        ):
            raise ValidationError(
                self.env._(
                    "Reminders were already sent for this step: its policy can be "
                    "archived, but not lose the step."
                )
            )

    def _wanted_charges(self):
        """The kinds of charges that the step asks for, see :mod:`engine.regime`."""
        self.ensure_one()
        return frozenset(kind for kind in CHARGES if self[f"charge_{kind}"])

    def _to_decision_steps(self):
        """The steps as plain values for :mod:`engine.decision`, ranked as they are."""
        return [
            decision.Step(
                id=step.id,
                rank=rank,
                trigger=step.trigger,
                delay_days=step.delay_days,
                working_days=step.delay_unit == "working",
                only_working_days=step.only_working_days,
                required=step.legally_required,
                channel=step.channel,
            )
            for rank, step in enumerate(self, start=1)
        ]
