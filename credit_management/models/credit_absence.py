"""Who is away, and who stands in: tasks are shown to both."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine import assignment


class CreditAbsence(models.Model):
    _name = "credit.absence"
    _description = "Absence of a Collector"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    substitute_id = fields.Many2one(
        "res.users",
        string="Stands in",
        domain=[("share", "=", False)],
        help="Sees the tasks of the absent collector among its own.",
    )
    date_from = fields.Date(string="First day", required=True)
    date_to = fields.Date(string="Last day", required=True)
    note = fields.Char()

    @api.constrains("user_id", "substitute_id", "date_from", "date_to")
    def _check_absence(self):
        for absence in self:
            if absence.date_to < absence.date_from:
                raise ValidationError(
                    self.env._("An absence can't end before it begins.")
                )
            if absence.substitute_id == absence.user_id:
                raise ValidationError(self.env._("Nobody stands in for themselves."))
            if self.search_count(
                Domain("user_id", "=", absence.user_id.id)
                & Domain("id", "!=", absence.id)
                & Domain("date_from", "<=", absence.date_to)
                & Domain("date_to", ">=", absence.date_from),
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "%s is away already on some of these days.",
                        absence.user_id.name,
                    )
                )

    @api.model
    def _absences(self, day):
        """Who is away: {user id: id of the one who stands in, or None}."""
        found = self.sudo().search_fetch(
            Domain("date_from", "<=", day) & Domain("date_to", ">=", day),
            ["user_id", "substitute_id"],
        )
        return {a.user_id.id: a.substitute_id.id or None for a in found}

    @api.model
    def _acts_for(self):
        """Ids of the users for whom the user acts today, its own among them."""
        absences = self._absences(self.env.company._credit_today())
        return assignment.stand_ins(self.env.uid, absences)


class CreditMineMixin(models.AbstractModel):
    """What somebody is responsible for, by its ``user_id``."""

    _name = "credit.mine.mixin"
    _description = "Whose It Is to Do"

    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Of the user, of somebody it stands in for, or of nobody.",
    )

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        acting = self.env["credit.absence"]._acts_for()
        for record in self:
            record.is_mine = not record.user_id or record.user_id.id in acting

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("user_id", "=", False) | Domain(
            "user_id", "in", list(self.env["credit.absence"]._acts_for())
        )
        return Domain.OR(mine if wanted else ~mine for wanted in value)


class CreditReminder(models.Model):
    _name = "credit.reminder"
    _inherit = ["credit.reminder", "credit.mine.mixin"]


class CreditTask(models.Model):
    _name = "credit.task"
    _inherit = ["credit.task", "credit.mine.mixin"]
