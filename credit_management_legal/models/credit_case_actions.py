"""What becomes of cases: opened, withdrawn, closed."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.credit_management.report.wording import labelled

from ..engine.checks import REFUSED
from .credit_case import RUNNING


class CreditCase(models.Model):
    _inherit = "credit.case"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open(self):
        """Hand the items over: no more reminders for them from now on.

        :raise AccessError: if whoever asks is no manager of credit
        :raise UserError: if a check refuses one of the cases; prudence is set aside by
            a reason, the law is not
        """
        self._check_manager()
        drafts = self.filtered(lambda case: case.state == "draft")
        drafts._check_items_free()
        refused = drafts._look_again()
        if refused:
            raise UserError("\n\n".join(refused))
        drafts._start()
        return True

    def action_check(self):
        """Look again at what speaks against proposed and open cases.

        What was found when a case was opened stays with it.

        :raise AccessError: if whoever asks may not read them, or is no collector
        """
        self.check_access("read")
        self.env["credit.case"].check_access("write")  # open ones are the managers'
        # The list of limitation says the same as the check.
        self._refresh_limitation()
        self.filtered(lambda case: case.state == "draft")._look_again()
        handover = self.env["credit.handover"]
        opened = self.filtered(lambda case: case.state == "open")
        for case, made in zip(opened, handover._propose_cases(opened), strict=True):
            # In sudo: an answer is never typed in.
            case.sudo().write(
                {
                    "checks_again": handover._as_json(made),
                    "date_checked_again": case.company_id._credit_today(),
                }
            )
        return True

    def action_withdraw(self, reason=None):
        """Take the items back: their reminders go on where they stood.

        The buttons ask why (``credit_ask_reason`` in the context); what other parts
        of the program do has its own record.

        :param str reason: kept on the case and in the history of its invoices
        :return: the wizard where somebody still has to say why, otherwise True
        :raise UserError: while a third party has money that was paid in the case
        """
        self._check_manager()
        running = self.filtered(lambda case: case.state in RUNNING)
        running._check_nothing_held()
        reason = (reason or "").strip()
        if running._lack_reason(reason):
            return self.env["credit.case.end"]._ask(running, "withdraw")
        for case in running:
            case._withdraw_lines(case.line_ids, reason)
        return True

    def action_close(self, reason=None):
        """End the case for good. What is still open is judged by its policy again.

        The buttons ask why, as those of :meth:`action_withdraw`.
        """
        self._check_manager()
        running = self.filtered(lambda case: case.state in RUNNING)
        reason = (reason or "").strip()
        if running._lack_reason(reason):
            return self.env["credit.case.end"]._ask(running, "close")
        for company, cases in running.grouped("company_id").items():
            values = {"state": "closed", "date_closed": company._credit_today()}
            if reason:
                values["end_reason"] = reason
            cases.write(values)
        running._log_items(self.env._("%(case)s is closed."), reason)
        return True

    def action_claim(self):
        """What is owed on the items of the case at a date, to read and to print."""
        self.ensure_one()
        return self.env["credit.claim"]._open(self._items())

    def action_view_items(self):
        """Open the items, as the list of open items shows them."""
        self.ensure_one()
        view = self.env.ref("credit_management.credit_item_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Items of %s", self.name),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(view.id, "list")],
            "domain": [("id", "in", self._items().ids)],
        }

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _check_manager(self):
        """Cases are opened and ended by managers, or by what they set up.

        :raise AccessError: in words for whoever may only propose
        """
        manager = "credit_management.group_manager"
        if not self.env.su and not self.env.user.has_group(manager):
            raise AccessError(
                self.env._("Cases are opened and ended by managers of credit.")
            )
        self.check_access("write")

    def _lack_reason(self, reason):
        """Whether whoever clicked still has to say why."""
        return self.env.context.get("credit_ask_reason") and not reason

    def _items(self):
        """The journal items that are still in these cases."""
        lines = self.line_ids.filtered(lambda line: not line.date_withdrawn)
        return lines.move_line_id

    @api.model
    def _in_running_case(self, items):
        """Which items are in an open case: {item id: name of the case}."""
        self.env["credit.case.line"].flush_model()
        self.flush_model(["name"])
        rows = self.env.execute_query(
            SQL(
                """SELECT line.move_line_id, opened.name
                     FROM credit_case_line line
                     JOIN credit_case opened ON opened.id = line.case_id
                    WHERE line.is_open AND line.move_line_id = ANY(%s)""",
                items.ids,
            )
        )
        return dict(rows)

    def _look_again(self):
        """Check proposed cases and keep the answers with them.

        :return: a text for each case that may not be opened
        """
        handover = self.env["credit.handover"]
        refused = []
        for case, made in zip(self, handover._propose_cases(self), strict=True):
            kept = handover._as_json(made)
            case.checks = kept
            case.date_checked = case.company_id._credit_today()
            if made.level != REFUSED or (made.overrulable and case.overruled_reason):
                continue
            rows = handover._rows(kept)
            lines = [f"{case.name} ({case.partner_id.display_name})"]
            lines += [
                labelled(self.env, row["label"], row["text"])
                for row in rows
                if row["level"] == REFUSED
            ]
            if made.overrulable:
                lines.append(self.env._("To open it all the same, say why."))
            refused.append("\n".join(lines))
        return refused

    def _check_items_free(self):
        """Refuse what has no items, or some that are in an open case already."""
        items = self.sudo()._items()
        taken = self._in_running_case(items)
        if taken:
            item = items.browse(next(iter(taken)))
            raise UserError(
                self.env._(
                    "%(item)s is in %(case)s already.",
                    item=item.move_name,
                    case=taken[item.id],
                )
            )
        empty = self.filtered(lambda case: not case.line_ids.move_line_id)
        if empty:
            raise UserError(
                self.env._("%s has no items: say what is handed over.", empty[:1].name)
            )

    def _start(self):
        """Open proposed cases: their items are settled as they stand now."""
        # The third party gets what is open now, not what was when it was proposed.
        lines = self.sudo().line_ids
        positions = self.env["credit.engine"]._positions(lines.move_line_id)
        steps = {
            line: positions.get(line.move_line_id.id, {}).get("step_id", False)
            for line in lines
        }
        for step_id, group in lines.grouped(steps.get).items():
            group.step_id = step_id
        self.env.add_to_compute(lines._fields["amount"], lines)
        # Tracking would post a message for each by itself; one statement says the same.
        quiet = self.with_context(tracking_disable=True)
        for company, cases in quiet.grouped("company_id").items():
            cases.write({"state": "open", "date_opened": company._credit_today()})
        self._message_log_batch(
            bodies=dict.fromkeys(self.ids, self.env._("The case is opened."))
        )
        self._opened()

    def _opened(self):
        """Say on the invoices that they were handed over, and stop what waits."""
        self.env.flush_all()
        self._log_items(self.env._("Handed over in %(case)s: no more reminders."))
        self._drop_waiting_reminders()

    def _drop_waiting_reminders(self):
        """Take the items out of reminders that wait for a person."""
        reminders = (
            self.env["credit.reminder"]
            .sudo()
            .search(
                Domain("line_ids.move_line_id", "in", self.sudo()._items().ids)
                & Domain("state", "=", "to_approve")
            )
        )
        # One that a worker holds is checked as it leaves.
        reminders.try_lock_for_update(allow_referencing=True)._recheck()

    def _withdraw_lines(self, lines, reason=""):
        """Take items of one case back; without any left the case is withdrawn.

        :param str reason: why, for those who look at it later
        """
        self.ensure_one()
        today = self.company_id._credit_today()
        lines = lines.filtered(lambda line: line.is_open)
        if self.state not in RUNNING:
            return
        lines.sudo().write({"date_withdrawn": today})
        self._take_back(lines)
        lines.sudo().move_id._credit_log(
            with_reason(
                self.env._("Withdrawn from %s: reminders go on.", self.name), reason
            )
        )
        body = self.env._(
            "Withdrawn: %s",
            ", ".join(name for name in lines.mapped("name") if name),
        )
        self._message_log(body=with_reason(body, reason))
        if not self.line_ids.filtered(lambda line: not line.date_withdrawn):
            values = {"state": "withdrawn", "date_closed": today}
            if reason:
                values["end_reason"] = reason
            self.write(values)

    def _take_back(self, lines):
        """Let the items stand where they stood before a step handed them over.

        That step told the debtor nothing: it is not done any more for what is
        withdrawn, and is the next one again. A policy hands nothing over twice by
        itself, see the checks.
        """
        reminders = self.sudo().reminder_ids.filtered(lambda r: r.state == "sent")
        handed_over = reminders.line_ids.filtered(
            lambda line: line.move_line_id in lines.move_line_id
        )
        for reminder, own in handed_over.grouped("reminder_id").items():
            reminder._message_log(
                body=self.env._(
                    "Withdrawn from %(case)s: %(names)s",
                    case=self.name,
                    names=", ".join(own.mapped("name")),
                )
            )
            if own == reminder.line_ids:
                # The lines stay with it, as the record of what was handed over.
                reminder.write({"state": "cancelled", "delivery_state": False})
            else:
                own.unlink()

    def _log_items(self, body, reason=""):
        """Note on the invoices what stops or resumes their reminders.

        :param str body: with ``%(case)s`` for the name of the case
        :param str reason: why, added as it is
        """
        bodies = {}
        for case in self.sudo():
            for move in case.line_ids.move_id:
                bodies[move.id] = with_reason(body % {"case": case.name}, reason)
        moves = self.env["account.move"].sudo().browse(bodies).exists()
        if moves:
            moves._message_log_batch(
                bodies={move.id: bodies[move.id] for move in moves}
            )


def with_reason(body, reason):
    """A sentence, and why, in what somebody wrote."""
    return f"{body} {reason}" if reason else body
