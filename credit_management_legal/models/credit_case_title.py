"""A title entered by hand stands on the timeline, as one by a procedure does."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date


class CreditCase(models.Model):
    _inherit = "credit.case"

    title_event_id = fields.Many2one(
        "credit.case.event",
        string="Event of the title",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="By which the title that was entered by hand stands on the timeline.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        cases = super().create(vals_list)
        if cases.title_event_id:
            self._check_title_event()
        cases.filtered("date_title")._note_title()
        return cases

    def write(self, vals):
        # EXTENDS base
        if "title_event_id" in vals:
            self._check_title_event()
        result = super().write(vals)
        if "date_title" in vals:
            self._note_title()
        return result

    def _check_title_event(self):
        """Refuse to say by hand which entry is that of the title: the day rewrites it.

        :raise AccessError: outside sudo
        """
        if not self.env.su:
            raise AccessError(
                self.env._("The entry of a title follows from its day on the case.")
            )

    def _note_title(self):
        """Keep the event of a title in step with the day that was entered.

        In a procedure the acts tell it. A day that is still to come is noted today:
        the limitation of the title is not reckoned from later than it is known.
        """
        for case in self:
            event, day = case.title_event_id, case.date_title
            if not day or case.procedure_id:
                if event:
                    # In sudo: it follows from the day that was entered.
                    event.sudo().unlink()
                    case._refresh_limitation()
                continue
            house = case._in_house()
            values = {
                "name": house.env._("Enforceable title"),
                "note": house.env._(
                    "Entered on the case: enforceable since %s.",
                    format_date(house.env, day),
                ),
                "date": min(day, case.company_id._credit_today()),
            }
            if event:
                # In sudo: it follows from the day that was entered.
                event.sudo().write(values)
                case._react_to_events(event)
            else:
                # In sudo, as above.
                case.sudo().title_event_id = case._add_event(
                    "judgment", values.pop("name"), **values
                )
