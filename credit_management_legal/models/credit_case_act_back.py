"""Stages whose letter came back, or was taken back before it left."""

from odoo import models

from ..engine import track as engine
from .credit_case_act import OPEN_STATES


class CreditCaseAct(models.Model):
    _inherit = "credit.case.act"

    def _came_back(self, reason):
        """Open again what turns out not to have reached the debtor.

        Somebody sends it anew or passes it over; but where a later stage is under way,
        to go back to an earlier one would only confuse.
        """
        for act in self.filtered(lambda act: act.state == "done"):
            others = act.case_id.act_ids - act
            if others.filtered(lambda other: other.state in OPEN_STATES):
                continue
            act.write({"state": "under_way", "date_done": False, "note": reason})

    def _taken_back(self):
        """Let go of stages whose letter was taken back before it left.

        The case stands where it stood before it: the stage comes again, with what is
        owed by then, and the entry that told of the letter counts no longer. What
        waits of later stages goes as well, for their days counted from the letter.
        Where one of them was done, the track does not go back: somebody decides
        whether the letter is sent again.
        """
        taken = self.filtered(
            lambda act: (
                act.state == "done" and "sent" not in act.reminder_ids.mapped("state")
            )
        )
        vals_list = []
        for act in taken:
            case = act.case_id
            reason = act.reminder_ids.sorted("id")[-1:].failure_reason
            later = case.act_ids.filtered(lambda other, act=act: other.id > act.id)
            open_ = later.filtered(lambda other: other.state in OPEN_STATES)
            open_._close_tasks(done=False)
            open_._drop(reason, waiting=("to_approve", "queued", "failed"))
            act._forget_end()
            act.event_id.filtered("active")._strike_by_system(reason)
            act.write(
                {
                    "state": "dropped",
                    "date_done": False,
                    "wait_until": False,
                    "law_wait": False,
                    "note": reason,
                }
            )
            in_house = case._in_house().env
            stage = act.stage_id.with_env(in_house).name
            vals_list.append(
                {
                    "case_id": case.id,
                    "kind": "status",
                    "name": in_house._("“%s” was taken back before it left", stage),
                    "date": act.company_id._credit_today(),
                    "origin": "system",
                    "note": reason,
                }
            )
            if later.filtered(lambda other: other.state in ("done", "skipped")):
                act._make_tasks(
                    in_house._("“%s” was taken back: is it sent again?", stage)
                )
        if vals_list:
            self.env["credit.case"].sudo()._add_events(vals_list)

    def _forget_end(self):
        """Take back what :meth:`_follow` asked: the track has not ended."""
        ended = self.filtered(lambda act: act.stage_id.then != engine.NEXT)
        if not ended:
            return
        texts = {
            self.with_context(lang=code)._end_text(then)
            for code, _name in self.env["res.lang"].get_installed()
            for then in (engine.COURT, engine.STOP)
        }
        ended._tasks(texts).unlink()
