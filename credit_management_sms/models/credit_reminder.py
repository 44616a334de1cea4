"""What a reminder by text message says, to which number, and what it costs."""

from dataclasses import dataclass

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import numbers, segments

#: Characters that are named as the reason why a text costs more.
SHOWN = 10
#: Settled once the message has left.
EVIDENCE = {
    "sms_number",
    "sms_text",
    "sms_segments",
    "sms_cost",
    "sms_uuid",
    "sms_sid",
}


@dataclass(frozen=True)
class Estimate:
    """What a message takes: ``segments`` to pay for, ``cost`` in the company's
    currency, None if no price is known."""

    text: str
    size: segments.Size
    segments: int
    cost: float | None


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    sms_number = fields.Char(
        string="Sent to number",
        readonly=True,
        copy=False,
        help="In international form, as it was given to the provider.",
    )
    sms_text = fields.Text(
        string="Text message",
        readonly=True,
        copy=False,
        help="What was sent, word by word.",
    )
    sms_segments = fields.Integer(string="Segments", readonly=True, copy=False)
    sms_cost = fields.Float(
        string="Cost of the message",
        digits=(16, 5),
        readonly=True,
        copy=False,
        help="By the company's prices, in its currency.",
    )
    sms_cost_text = fields.Char(string="Cost of the text", compute="_compute_cost_text")
    sms_sender = fields.Char(compute="_compute_sms_sender", compute_sudo=True)
    sms_uuid = fields.Char(readonly=True, copy=False, index="btree_not_null")

    sms_sid = fields.Char(
        string="Provider's key",
        readonly=True,
        copy=False,
        help="By which the provider knows the message, where it tells it.",
    )

    _sms_number_idx = models.Index(
        "(sms_number, company_id, date_sent) WHERE sms_number IS NOT NULL"
    )

    def _evidence_fields(self):
        # EXTENDS credit_management
        return super()._evidence_fields() | EVIDENCE

    @api.model
    def _text_channels(self):
        """Channels whose message is a text to a telephone; other addons add theirs."""
        return ["sms"]

    @api.model
    def _contact_family(self, channel):
        # EXTENDS credit_management: a rule for text messages holds for each of them
        family = super()._contact_family(channel)
        texts = self._text_channels()
        return family | {"sms"} | set(texts) if channel in texts else family

    def _contact_number_zones(self):
        # EXTENDS credit_management
        texts = self.filtered(lambda r: r.channel in self._text_channels())
        return super()._contact_number_zones() | {
            reminder: mobile.zones
            for reminder, mobile in texts._mobiles().items()
            if isinstance(mobile, numbers.Mobile)
        }

    @api.depends("sms_cost", "company_id")
    def _compute_cost_text(self):
        for reminder in self:
            company, cost = reminder.company_id, reminder.sms_cost
            reminder.sms_cost_text = company._credit_sms_money(cost) if cost else False

    @api.depends("company_id", "step_id.sender_id")
    @api.depends_context("lang")
    def _compute_sms_sender(self):
        """Whom a message names: the company, and who writes for it by the step.

        A third party that writes silently is not named, as everywhere else.
        """
        for reminder in self:
            company, identity = reminder.company_id, reminder._identity()
            name = company.credit_sms_sender or company.name
            if identity._is_named():
                name = self.env._(
                    "%(third)s for %(company)s",
                    third=identity.partner_id.name,
                    company=name,
                )
            elif identity.kind == "user":
                name = f"{identity.user_id.name}, {name}"
            reminder.sms_sender = name

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    def _mobiles(self):
        """The number that a message to each reminder goes to.

        Those of the recipient come before those of the debtor.

        :return: {reminder: :class:`..engine.numbers.Mobile`, or why there is none}
        """
        found, known = {}, {}
        for reminder in self.sudo():
            contact, debtor = reminder.contact_id, reminder.partner_id
            key = (contact, debtor, reminder.company_id)
            if key not in known:
                country = contact.country_id or debtor.country_id
                country = country or reminder.company_id.country_id
                known[key] = numbers.choose(
                    [
                        partner[name]
                        for partner in (contact, debtor)
                        for name in partner._phone_get_number_fields()
                    ],
                    country.code,
                )
            found[reminder] = known[key]
        return {self.browse(r.id): mobile for r, mobile in found.items()}

    def _number_problem(self, reason):
        """Why there is no number, for the person who can mend it."""
        contact = self.contact_id.display_name or self.partner_id.display_name
        if reason == numbers.LANDLINE:
            return self.env._(
                "The telephone of %s is a fixed line: it takes no messages.", contact
            )
        if reason == numbers.INVALID:
            return self.env._("The telephone number of %s is not valid.", contact)
        return self.env._("%s has no mobile number.", contact)

    def _text_bars(self, mobiles):
        """What keeps reminders from leaving by text message.

        :param dict mobiles: as :meth:`_mobiles` gives them
        :return: {reminder: ``optout``, ``number`` or ``blacklist``}
        """
        usable = {r: m for r, m in mobiles.items() if isinstance(m, numbers.Mobile)}
        barred = set(
            self.env["phone.blacklist"]
            .sudo()
            .search([("number", "in", [m.e164 for m in usable.values()])])
            .mapped("number")
        )
        bars = {}
        for reminder in self:
            asked = reminder.sudo()
            # One by one: a union of two would be read by itself.
            if asked.contact_id.credit_sms_optout or asked.partner_id.credit_sms_optout:
                bars[reminder] = "optout"
            elif reminder not in usable:
                bars[reminder] = "number"
            elif usable[reminder].e164 in barred:
                bars[reminder] = "blacklist"
        return bars

    def _text_alerts(self):
        """The same in words, see ``_alerts``."""
        mobiles, alerts = self._mobiles(), {}
        for reminder, bar in self._text_bars(mobiles).items():
            if bar == "optout":
                alerts[reminder] = self.env._(
                    "%s wants no reminders by text message.",
                    reminder.contact_id.display_name,
                )
            elif bar == "number":
                alerts[reminder] = reminder._number_problem(mobiles[reminder])
            else:
                alerts[reminder] = self.env._(
                    "%s is on the blacklist of telephone numbers.",
                    mobiles[reminder].e164,
                )
        return alerts

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def _sms_template(self):
        self.ensure_one()
        wording = self._wording() if self.channel == "sms" else False
        step = self.step_id.with_context(credit_wording=wording)
        template = step._sms_template(thanks=self.is_thanks).with_env(self.env)
        if not template:
            raise UserError(
                self.env._("Step “%s” has no SMS template.", self.step_id.name)
            )
        return template

    def _texts(self):
        """What the reminders say as text messages, rendered together.

        :return: ``{id: text}``; the exception stands in place of the text of one that
            can't be rendered
        """
        return self.sudo()._isolated(lambda batch: batch._render_texts())

    def _render_texts(self):
        texts = {}
        grouped = self.grouped(lambda reminder: reminder._sms_template())
        for template, reminders in grouped.items():
            langs = {reminder.id: reminder.lang for reminder in reminders}
            rendered = template.sudo()._render_field(
                "body", reminders.ids, res_ids_lang=langs
            )
            for reminder in reminders:
                text = segments.simplify(rendered[reminder.id] or "")
                if not text:
                    raise UserError(
                        self.env._("The text of “%s” is empty.", template.name)
                    )
                texts[reminder.id] = text
        return texts

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def _text_estimates(self, mobiles):
        """What each message takes and costs, before it leaves.

        :param dict mobiles: as :meth:`_mobiles` gives them
        :return: {reminder: :class:`Estimate`}, of those that have a number and a text
        """
        texts, prices, results = self._texts(), {}, {}
        for reminder in self:
            mobile, text = mobiles[reminder], texts[reminder.id]
            if isinstance(text, Exception) or not isinstance(mobile, numbers.Mobile):
                continue
            company = reminder.company_id
            if company not in prices:
                prices[company] = self.env["credit.sms.price"]._finder(company)
            size = segments.measure(text)
            units = self._billed_units(reminder.channel, size)
            price = prices[company](reminder.channel, mobile.country)
            results[reminder] = Estimate(
                text=text,
                size=size,
                segments=units,
                cost=None if price is None else price * units,
            )
        return results

    def _billed_units(self, channel, size):
        """What a message is paid by: its segments."""
        return size.segments

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def _preview_sms(self):
        return self._preview_texts()

    def _preview_texts(self):
        mobiles = self._mobiles()
        estimates = self._text_estimates(mobiles)
        texts = self._texts()
        alerts = self._text_alerts()
        return {
            reminder.id: self.env["ir.qweb"]._render(
                "credit_management_sms.text_preview",
                {
                    "text": texts[reminder.id],
                    "number": getattr(mobiles[reminder], "e164", ""),
                    "alert": alerts.get(reminder),
                    "rows": self._estimate_rows(
                        estimates[reminder], reminder.company_id
                    )
                    if reminder in estimates
                    else [],
                },
                minimal_qcontext=True,
            )
            if not isinstance(texts[reminder.id], Exception)
            else Markup("<p>{}</p>").format(texts[reminder.id])
            for reminder in self
        }

    def _estimate_rows(self, estimate, company):
        """(label, text) of what a message takes."""
        _ = self.env._
        alphabet = _("Telephone alphabet (GSM-7)")
        if estimate.size.encoding == segments.UCS2:
            alphabet = _(
                "Unicode (UCS-2), for what telephones lack: %s",
                " ".join(segments.outside(estimate.text)[:SHOWN]),
            )
        rows = [
            (_("Characters"), f"{estimate.size.units}"),
            (_("Alphabet"), alphabet),
            (_("Segments"), f"{estimate.segments}"),
        ]
        if estimate.cost is not None:
            rows.append((_("Cost"), company._credit_sms_money(estimate.cost)))
        return rows
