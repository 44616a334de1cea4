"""A timeline is evidence: what was noted is not rewritten, but corrected.

What somebody of us typed in may be changed until the end of that day; the case keeps
what it said before. Later it may only be added to. A mistake is struck: the entry stays
readable with the reason, and nothing follows from it any more. What a third party
reported wrongly is struck by a manager.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date

from odoo.addons.credit_management.report.wording import joined

from ..engine.procedure import PROCEDURAL
from .credit_case_event_confirm import THEIRS

#: What may be changed on the day on which it was typed in.
CHANGEABLE = frozenset(
    (
        "date",
        "kind",
        "name",
        "note",
        "amount",
        "in_person",
        "procedure_stage_id",
        "attachment_ids",
    )
)
#: What may be added to later, and loses nothing by it.
EXTENDABLE = frozenset(("note", "attachment_ids"))
#: Money that an entry tells of, and the states in which nothing hangs on it any more.
MONEY = {
    "credit.case.payment": ("undone", "refused"),
    "credit.case.cost": ("refused",),
}
#: What only people note, also where an older entry does not say that somebody typed it.
BY_HAND = (*PROCEDURAL, "acknowledgement")


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    active = fields.Boolean(
        default=True, readonly=True, copy=False, help="Whether it still counts."
    )
    corrected_by_id = fields.Many2one(
        "res.users", string="Corrected by", readonly=True, copy=False
    )
    corrected_on = fields.Date(readonly=True, copy=False)
    correct_reason = fields.Char(
        string="Reason of the correction", readonly=True, copy=False
    )
    correction_text = fields.Char(
        string="Correction", compute="_compute_correction_text"
    )
    can_change = fields.Boolean(
        compute="_compute_can_change", help="We typed it in today."
    )
    can_correct = fields.Boolean(
        compute="_compute_can_change",
        help="Somebody of us noted it, and it still counts.",
    )
    can_strike = fields.Boolean(
        compute="_compute_can_strike",
        help="It still counts, and somebody of us noted it; what a third party "
        "reported is struck by managers.",
    )

    @api.depends("active", "corrected_by_id", "corrected_on", "correct_reason")
    @api.depends_context("lang")
    def _compute_correction_text(self):
        for event in self:
            values = {
                "user": event.corrected_by_id.sudo().name,
                "day": format_date(self.env, event.corrected_on),
                "reason": event.correct_reason or "",
            }
            if event.active:
                event.correction_text = False
            elif event.corrected_by_id:
                event.correction_text = self.env._(
                    "Corrected by %(user)s on %(day)s: %(reason)s", **values
                )
            else:
                event.correction_text = self.env._(
                    "Taken back by the system on %(day)s: %(reason)s", **values
                )

    @api.depends("active", "origin", "kind", "typed_on", "case_id.title_event_id")
    def _compute_can_change(self):
        for event in self:
            new = not event._origin
            # What the day of a title on the case says is changed there.
            ours = (
                event.active
                and event.origin == "creditor"
                and (new or event._origin != event.case_id.title_event_id)
            )
            typed = event.typed_on or event.kind in BY_HAND
            today = (event.company_id or self.env.company)._credit_today()
            event.can_change = ours and (new or event.typed_on == today)
            event.can_correct = ours and not new and bool(typed)

    @api.depends("active", "origin", "can_correct")
    @api.depends_context("uid")
    def _compute_can_strike(self):
        manager = self.env.user.has_group("credit_management.group_manager")
        for event in self:
            theirs = event._origin and event.active and event.origin in THEIRS
            event.can_strike = event.can_correct or bool(manager and theirs)

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS credit_management_legal: nobody rewrites what was noted
        self = self.with_context(active_test=True)  # what was struck counts no more
        names = vals.keys() - self.env["mail.thread"]._fields.keys() - {"typed_on"}
        if self.env.su or not names:
            return super().write(vals)
        before = [
            (event, event.can_change, event.can_correct)
            + ({name: (event[name], event._worded(name)) for name in names},)
            # In sudo: documents that somebody may not see are not lost either.
            for event in self.sudo()
        ]
        result = super().write(vals)
        for event, can_change, can_correct, old in before:
            changed = {n: old[n] for n in sorted(names) if event[n] != old[n][0]}
            if changed:
                event._check_change(changed, can_change, can_correct)
                event._log_change(changed)
        return result

    def _check_change(self, changed, can_change, can_correct):
        """Refuse to rewrite what was noted.

        :param dict changed: {name of a field: (what it held, in words)}
        :param bool can_change: as it was before, like the next
        :raise ValidationError: if the entry is not ours or of an earlier day
        """
        if can_change and changed.keys() <= CHANGEABLE:
            return
        if can_correct and changed.keys() <= EXTENDABLE:
            old_note = changed.get("note", [self.note])[0] or ""
            old_files = changed.get("attachment_ids", [self.attachment_ids])[0]
            if (self.note or "").startswith(old_note) and (
                old_files <= self.attachment_ids
            ):
                return
        if can_correct:
            raise ValidationError(
                self.env._(
                    "“%s” stays as it was noted: only what was typed in today can be "
                    "changed. “Correct” strikes it and notes it anew.",
                    self.name,
                )
            )
        raise ValidationError(
            self.env._(
                "“%s” stays as it was noted: it was struck, or noted by the system or "
                "by others. Note what is right as an entry of its own.",
                self.name,
            )
        )

    def _log_change(self, changed):
        """Keep on the case what was noted before; parameter as of _check_change."""
        changes = [
            self.env._(
                "%(field)s: %(old)s → %(new)s",
                field=self._fields[name]._description_string(self.env),
                old=old or "–",
                new=self._worded(name) or "–",
            )
            for name, (_value, old) in changed.items()
        ]
        self.case_id._message_log(
            body=self.env._(
                "Changed on the timeline: %(event)s. %(changes)s",
                event=self.name,
                changes=joined(self.env, changes),
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _worded(self, name):
        """What a field holds, for a reader."""
        field, value = self._fields[name], self[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary":
            return format_amount(self.env, value, self.currency_id)
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return value

    # ------------------------------------------------------------------
    # Corrections
    # ------------------------------------------------------------------

    def action_correct(self):
        """Ask why an entry is wrong, and what is right."""
        self.ensure_one()
        self._check_correct()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct an entry"),
            "res_model": "credit.case.correct",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_event_id": self.id,
                # What is noted anew is ours, not theirs.
                "default_renew": self.origin not in THEIRS,
            },
        }

    def _check_correct(self):
        """
        :raise AccessError: if whoever asks is no collector of the company
        :raise UserError: if somebody else noted an entry, it was struck before, or
            money hangs on it
        """
        self.check_access("write")
        for event in self:
            if not event.can_strike:
                raise UserError(
                    self.env._(
                        "“%s” can't be corrected: it was struck, or noted by the "
                        "system or by others. Note what is right as an entry of its "
                        "own.",
                        event.name,
                    )
                )
        for model, settled in MONEY.items():
            held = (
                self.env[model]
                .sudo()
                .search(
                    [("event_id", "in", self.ids), ("state", "not in", settled)],
                    limit=1,
                )
            )
            if held:
                raise UserError(
                    self.env._(
                        "“%(event)s” stands for money, %(money)s: refuse that first.",
                        event=held.event_id.name,
                        money=held.display_name,
                    )
                )

    def _strike(self, reason):
        """Let entries count no longer; they stay readable, with the reason.

        :param str reason: what was wrong
        """
        self._check_correct()
        self._strike_by_system(reason, by=self.env.user)
        for event in self:
            event.case_id._message_log(
                body=self.env._(
                    "Struck from the timeline: %(day)s, %(event)s (noted by "
                    "%(author)s): %(reason)s",
                    day=format_date(self.env, event.date),
                    event=event.name,
                    author=event.author_id.name or "",
                    reason=reason,
                ),
                author_id=self.env.user.partner_id.id,
            )

    def _strike_by_system(self, reason, by=None):
        """The same for what the system takes back by itself: nobody is asked.

        :param str reason: what has changed
        :param by: the user who corrects it, if it is one
        """
        self = self.with_context(active_test=True)  # what was struck counts no more
        cases = self.case_id
        for company, own in self.grouped("company_id").items():
            # In sudo: by no other way is an entry struck.
            own.sudo().write(
                {
                    "active": False,
                    "corrected_by_id": by and by.id,
                    "corrected_on": company._credit_today(),
                    "correct_reason": reason,
                }
            )
        cases.invalidate_recordset(["event_ids"])
        cases._react_to_events(self)

    def _ask_whether_filed(self):
        """Ask whether what was noted when a request was printed was filed as well."""
        kind = self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id("credit.case")
        values = []
        for case, events in self.grouped("case_id").items():
            user = case._deadline_user()
            _ = self.with_context(lang=user.lang).env._
            values.append(
                {
                    "res_model_id": model,
                    "res_id": case.id,
                    "activity_type_id": kind.id,
                    "summary": _("Was it filed?"),
                    "note": _(
                        "“%s” was noted as filed when it was printed. If it was not "
                        "filed on that day, correct the entry on the timeline: "
                        "deadlines and limitation run from it.",
                        ", ".join(events.mapped("name")),
                    ),
                    "user_id": user.id,
                    "date_deadline": case.company_id._credit_today(),
                }
            )
        # No e-mail for each of them: they stand in the list of what is to be done.
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quick.create(values)


class CreditCase(models.Model):
    _inherit = "credit.case"

    timeline_ids = fields.One2many(
        "credit.case.event",
        "case_id",
        context={"active_test": False},
    )
    has_struck = fields.Boolean(
        string="With struck entries", compute="_compute_has_struck"
    )

    @api.depends("timeline_ids.active")
    def _compute_has_struck(self):
        for case in self:
            case.has_struck = not all(case.timeline_ids.mapped("active"))
