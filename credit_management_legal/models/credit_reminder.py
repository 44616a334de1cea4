"""The channel of an agency: instead of a message, a case."""

from odoo import fields, models

from odoo.addons.credit_management.report.wording import labelled

from ..engine.checks import REFUSED


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    case_id = fields.Many2one(
        "credit.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The case that the step opened.",
    )

    def _handovers(self):
        """{reminder: its proposal}, in a number of queries that does not grow."""
        found = {}
        for mandate, reminders in self.grouped(lambda r: r.step_id.mandate_id).items():
            items = reminders.line_ids.move_line_id
            proposals = self.env["credit.handover"]._propose(
                items, mandate=mandate or None, automatic=True
            )
            by_item = {item: made for made in proposals for item in made.items}
            for reminder in reminders:
                own = reminder.sudo().line_ids.move_line_id
                made = by_item.get(own[:1])
                # A policy that reminds by invoice hands over by debtor all the same.
                if made and own:
                    found[reminder] = made
        return found

    def _alerts_agency(self):
        """What keeps each hand-over from being made, see ``credit.channel``."""
        handover = self.env["credit.handover"]
        alerts = {}
        for reminder, made in self._handovers().items():
            if made.level == REFUSED:
                alerts[reminder] = "\n".join(
                    labelled(self.env, row["label"], row["text"])
                    for row in handover._rows(handover._as_json(made))
                    if row["level"] == REFUSED
                )
        return alerts

    def _deliver_agency(self):
        """Open a case for each debtor, and count the step as done."""
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["state"])
        with locked._last_looks() as looks:
            locked = locked.filtered(lambda r: r._items_unchanged(looks[r.id]))
        proposals = self.env["credit.handover"]
        found = {}
        for reminder, made in locked._handovers().items():
            key = (made.debtor, made.company, made.currency, made.mandate)
            found.setdefault(key, (made, self.browse()))
            found[key] = (made, found[key][1] | reminder)
        cases = proposals.sudo()._make_cases([made for made, _rems in found.values()])
        bodies = {}
        for case, (_made, reminders) in zip(cases, found.values(), strict=True):
            reminders.sudo().case_id = case
            body = self.env._("Handed over in %(case)s.", case=case.name)
            bodies.update(dict.fromkeys(reminders.ids, body))
        if bodies:
            self.browse(bodies)._message_log_batch(bodies=bodies)
        locked._register_sent(delivery_state="delivered")
