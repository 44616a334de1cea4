from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.credit_management.report.wording import labelled

from ..engine.checks import OK, REFUSED, WARNING

#: Debtors of whom the checks are shown one by one.
MOST_SHOWN = 200
#: Lines of an error that tell what can't be set aside.
MOST_TOLD = 5


class CreditCaseOpen(models.TransientModel):
    """Hand items over: by debtor and currency, with what speaks for and against it."""

    _name = "credit.case.open"
    _description = "Hand Over"

    item_ids = fields.Many2many("account.move.line", readonly=True)
    left_out_ids = fields.Many2many(
        "account.move.line",
        "credit_case_open_left_out_rel",
        "wizard_id",
        "item_id",
        readonly=True,
        help="Items of the same debtors that have had no formal notice, or whose time "
        "to pay is not over.",
    )
    left_out_text = fields.Char(
        string="Left out for want of a notice", compute="_compute_left_out_text"
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    kind = fields.Selection(
        [("amicable", "Amicable"), ("judicial", "Judicial")],
        default="amicable",
        required=True,
    )
    mandate_id = fields.Many2one(
        "credit.mandate",
        domain="[('company_id', '=', company_id), ('kind', '=', kind), "
        "('is_current', '=', True)]",
        help="Empty: for each debtor the first one in force that covers its country.",
    )
    reason = fields.Char(
        string="Open all the same because",
        help="Managers may set aside what is only prudence, and say why. Nobody hands "
        "over what is disputed, promised, in a plan or insolvent.",
    )
    line_ids = fields.One2many(
        "credit.case.open.line", "wizard_id", string="Debtors", readonly=False
    )
    ready_count = fields.Integer(compute="_compute_counts", string="May be handed over")
    refused_count = fields.Integer(compute="_compute_counts", string="Refused")
    is_manager = fields.Boolean(compute="_compute_is_manager")

    @api.depends("item_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.item_ids.company_id[:1]

    @api.depends("left_out_ids")
    def _compute_left_out_text(self):
        handover = self.env["credit.handover"]
        for wizard in self:
            wizard.left_out_text = handover._names(
                wizard.left_out_ids.mapped("move_name")
            )

    @api.depends("line_ids.level", "line_ids.chosen")
    def _compute_counts(self):
        for wizard in self:
            chosen = wizard.line_ids.filtered("chosen")
            refused = chosen.filtered(lambda line: line.level == REFUSED)
            wizard.ready_count = len(chosen - refused)
            wizard.refused_count = len(refused)

    @api.depends_context("uid")
    def _compute_is_manager(self):
        manager = self.env.user.has_group("credit_management.group_manager")
        for wizard in self:
            wizard.is_manager = manager

    @api.model
    def _open(self, items):
        """Open the wizard on some items, from wherever they are listed.

        :param items: ``account.move.line`` records
        :raise UserError: if nothing here can be handed over
        """
        items.check_access("read")
        items = items.filtered(
            lambda item: (
                item.account_type == "asset_receivable"
                and item.parent_state == "posted"
                and not item.reconciled
                and item.amount_residual_currency > 0
            )
        )
        if not items:
            raise UserError(self.env._("Nothing is open here."))
        if len(items.company_id) > 1:
            raise UserError(self.env._("Choose items of one company at a time."))
        early = self.env["credit.handover"]._not_noticed(items)
        wizard = self.create(
            {
                "item_ids": [Command.set((items - early).ids)],
                "left_out_ids": [Command.set(early.ids)],
            }
        )
        wizard._refresh()
        return wizard._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _proposals(self, without=None):
        """The proposals of the wizard, see ``credit.handover``, by debtor and currency.

        :param without: items to leave out
        :return: {(debtor id, currency id): Proposal}
        """
        self.ensure_one()
        self.item_ids.check_access("read")
        items = self.item_ids - without if without else self.item_ids
        proposals = self.env["credit.handover"]._propose(
            items, self.kind, self.mandate_id or None
        )
        return {(made.debtor.id, made.currency.id): made for made in proposals}

    def _refresh(self):
        """Look again, and list what came of it."""
        self.ensure_one()
        handover = self.env["credit.handover"]
        dropped = {
            (line.partner_id.id, line.currency_id.id)
            for line in self.line_ids
            if not line.chosen
        }
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "partner_id": made.debtor.id,
                        "currency_id": made.currency.id,
                        "mandate_id": made.mandate.id,
                        "amount": made.amount,
                        "item_count": len(made.items),
                        "level": made.level,
                        "overrulable": made.overrulable,
                        "checks": handover._as_json(made),
                        "chosen": key not in dropped,
                    }
                )
                for key, made in self._proposals().items()
            ),
        ]

    def action_take_all(self):
        """Take what was left out as well: the checks say what they think of it."""
        self.item_ids |= self.left_out_ids
        self.left_out_ids = False
        return self.action_refresh()

    def action_refresh(self):
        """Look again, for this kind and mandate."""
        self._refresh()
        return self._reopen()

    def action_open(self):
        """Hand over what the checks let pass; the rest is left as it is."""
        if not self.is_manager:
            raise AccessError(
                self.env._("Cases are opened and ended by managers of credit.")
            )
        return self._hand_over(opened=True)

    def action_propose(self):
        """Propose cases to the managers, also of what the checks refuse.

        What is in a case or a proposal already is shown there, and not proposed twice.
        """
        return self._hand_over(opened=False)

    def _hand_over(self, opened):
        self.ensure_one()
        chosen = {
            (line.partner_id.id, line.currency_id.id)
            for line in self.line_ids
            if line.chosen
        }
        held = self.env["credit.case.line"]
        if not opened:
            held = held._held(self.item_ids).filtered(
                lambda line: (line.case_id.partner_id.id, line.currency_id.id) in chosen
            )
        # Whatever the screen says: it may be old.
        proposals = self._proposals(held.move_line_id)
        asked = [made for key, made in proposals.items() if key in chosen]
        wanted = asked
        if opened:
            reason = (self.reason or "").strip()
            wanted = [
                made
                for made in asked
                if made.level != REFUSED or (made.overrulable and reason)
            ]
        if not wanted and not held:
            raise UserError(self._nothing_text(asked))
        cases = self.env["credit.handover"]._make_cases(
            wanted, opened=opened, reason=self.reason
        )
        cases |= held.case_id.with_env(self.env)
        return cases._get_records_action(name=self.env._("Cases"))

    def _nothing_text(self, proposals):
        """Why nothing was handed over, and what would let it pass."""
        texts = [self.env._("Nothing can be handed over: see what the checks say.")]
        if any(made.overrulable for made in proposals):
            label = self._fields["reason"]._description_string(self.env)
            texts = [
                self.env._(
                    "Nothing can be handed over: see what the checks say. To hand it "
                    "over all the same, fill in “%s”.",
                    label,
                )
            ]
        elif proposals:
            texts = [
                self.env._("Nothing can be handed over. No reason sets this aside:"),
                *self._final_texts(proposals),
            ]
        return "\n".join(texts)

    @api.model
    def _final_texts(self, proposals):
        """What no reason can set aside: a line for each of the first debtors."""
        handover = self.env["credit.handover"]
        lines = [
            labelled(
                self.env,
                f"{made.debtor.display_name} – {row['label']}",
                row["text"],
            )
            for made in proposals
            for row in handover._final_rows(made)
        ]
        more = len(lines) - MOST_TOLD
        if more > 0:
            lines[MOST_TOLD:] = [self.env._("and %s more", more)]
        return lines


class CreditCaseOpenLine(models.TransientModel):
    """One debtor of a hand-over, with the answers to the checks."""

    _name = "credit.case.open.line"
    _description = "Debtor to Hand Over"

    wizard_id = fields.Many2one("credit.case.open", required=True, ondelete="cascade")
    chosen = fields.Boolean(default=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    mandate_id = fields.Many2one("credit.mandate", readonly=True)
    amount = fields.Monetary(string="Open amount", readonly=True)
    item_count = fields.Integer(string="Items", readonly=True)
    level = fields.Selection(
        [(OK, "Ready"), (WARNING, "Look closely"), (REFUSED, "Refused")],
        string="Result",
        readonly=True,
    )
    overrulable = fields.Boolean(readonly=True)
    checks = fields.Json(readonly=True)
    summary = fields.Text(string="What speaks against it", compute="_compute_summary")
    checks_html = fields.Html(
        string="All checks", compute="_compute_summary", sanitize=False
    )

    @api.depends("checks")
    def _compute_summary(self):
        handover = self.env["credit.handover"]
        for line in self:
            rows = handover._rows(line.checks)
            line.summary = "\n".join(
                labelled(self.env, row["label"], row["text"])
                for row in rows
                if row["level"] != OK
            )
            line.checks_html = self.env["ir.qweb"]._render(
                "credit_management_legal.case_checks", {"rows": rows}
            )
