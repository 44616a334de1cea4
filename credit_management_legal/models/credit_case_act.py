"""What was done, or is to be done, at the stages of a case's track."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.credit_management.engine.calendar import WorkingCalendar
from odoo.addons.credit_management.models.credit_policy_step import MANUAL_CHANNELS

from ..engine import track as engine
from .credit_amicable_track import CONTACTS, LETTERS

OPEN_STATES = ("to_do", "under_way")
#: The kind of event that a channel leaves on the timeline.
EVENT_OF = {"visit": "visit", **dict.fromkeys(LETTERS, "letter")}


class CreditCaseAct(models.Model):
    """A case at a stage: one of a stage at a time.

    A stage that reaches the debtor has a reminder, which belongs to the case: it leaves
    although the items of a case are not reminded, by the channels, checks and contact
    rules of all reminders.
    """

    _name = "credit.case.act"
    _description = "Stage of a Case"
    _order = "case_id, id"

    case_id = fields.Many2one(
        "credit.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True, index=True
    )
    stage_id = fields.Many2one(
        "credit.case.stage",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    channel = fields.Selection(related="stage_id.channel")
    instructions = fields.Text(related="stage_id.instructions")
    state = fields.Selection(
        [
            ("to_do", "To do"),
            ("under_way", "Under way"),
            ("done", "Done"),
            ("skipped", "Passed over"),
            ("dropped", "Dropped"),
        ],
        default="to_do",
        required=True,
        readonly=True,
        index=True,
    )
    date = fields.Date(
        string="Proposed on",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._credit_today(),
    )
    date_done = fields.Date(string="Done on", readonly=True)
    wait_until = fields.Date(
        readonly=True, help="Nothing follows before the end of this day."
    )
    law_wait = fields.Boolean(
        string="Wait by law",
        readonly=True,
        help="No other act may reach the debtor meanwhile.",
    )
    reminder_ids = fields.One2many("credit.reminder", "act_id", readonly=True)
    event_id = fields.Many2one(
        "credit.case.event",
        string="Entry of the timeline",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What was noted when it was done.",
    )
    note = fields.Text(help="What came of it.")

    _open_case = models.UniqueIndex(
        "(case_id) WHERE state IN ('to_do', 'under_way')",
        "A case is at one stage at a time.",
    )

    # ------------------------------------------------------------------
    # Starting
    # ------------------------------------------------------------------

    def _start(self):
        """Set going what was proposed: reminders, else a task for somebody.

        The number of queries does not depend on the number of cases, but for one as
        each reminder is made.
        """
        contacts = self.filtered(lambda act: act.stage_id.channel in CONTACTS)
        contacts._make_reminders()
        (self - contacts)._make_tasks()

    def _make_reminders(self):
        """A reminder of all open items of each case."""
        if not self:
            return
        self.stage_id._sync_texts()
        names = self.env.execute_query(
            SQL(
                "SELECT %s FROM GENERATE_SERIES(1, %s)",
                self.env["credit.reminder"]._next_names_sql(),
                len(self),
            )
        )
        reminders = (
            self.env["credit.reminder"]
            .sudo()
            .with_context(tracking_disable=True, mail_create_nolog=True)
            .create(
                [
                    act._reminder_values(name)
                    for act, [name] in zip(self, names, strict=True)
                ]
            )
        )
        reminders = reminders.with_context(
            tracking_disable=False, mail_create_nolog=False
        )
        kept = reminders._recheck()
        kept.filtered(lambda r: r.channel == "phone")._plan_calls()
        queued = kept.filtered(
            lambda r: (
                r.step_id.automation == "automatic" and r.channel not in MANUAL_CHANNELS
            )
        )
        queued.state = "queued"
        if queued:
            queued._trigger_delivery()
        (reminders & kept).act_id.filtered(
            lambda act: act.state == "to_do"
        ).state = "under_way"

    def _reminder_values(self, name):
        self.ensure_one()
        case, step = self.case_id.sudo(), self.stage_id.sudo().step_id
        today = case.company_id._credit_today()
        return {
            "name": name,
            "origin": "case",
            "act_id": self.id,
            "company_id": case.company_id.id,
            "partner_id": case.partner_id.id,
            "contact_id": case.partner_id.id,
            "currency_id": case.currency_id.id,
            "user_id": case.user_id.id,
            "policy_id": step.policy_id.id,
            "step_id": step.id,
            "channel": step.channel,
            "state": "to_approve",
            "date": today,
            "line_ids": [
                Command.create(
                    {
                        "move_line_id": item.id,
                        "step_id": step.id,
                        "currency_id": case.currency_id.id,
                        "amount_residual": item.amount_residual_currency,
                        "days_overdue": (
                            today - (item.date_maturity or item.date)
                        ).days,
                    }
                )
                for item in case._items()
                if item.amount_residual_currency > 0
            ],
        }

    def _make_tasks(self, summary=None):
        """An activity for whoever is responsible for each case."""
        if not self:
            return
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("credit.case"),
                    "res_id": act.case_id.id,
                    "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(
                        "mail.mail_activity_data_todo"
                    ),
                    "summary": summary or act.stage_id.name,
                    "note": act.stage_id.instructions,
                    "date_deadline": act.case_id.company_id._credit_today(),
                    "user_id": act.case_id.user_id.id or self.env.uid,
                }
                for act in self
            ]
        )

    # ------------------------------------------------------------------
    # What became of it
    # ------------------------------------------------------------------

    def _settle(self):
        """Note what became of the reminders: sent, in vain, or dropped."""
        acts = self.filtered(lambda act: act.state in OPEN_STATES and act.reminder_ids)
        if not acts:
            return
        known = acts.case_id._collector_notice_days()
        done = skipped = self.browse()
        for act in acts:
            reminders = act.reminder_ids.sorted("id")
            sent = reminders.filtered(
                lambda r: r.state == "sent" and r.delivery_state != "bounced"
            )[-1:]
            last = reminders[-1:]
            if sent:
                act.write(act._values_of_sent(sent, known))
                done |= act
            elif last.state == "cancelled" and last.skipped:
                act.write({"state": "skipped", "date_done": last.date_done})
                skipped |= act
            elif last.state == "cancelled":
                act.write({"state": "dropped", "note": last.failure_reason})
        done._note_events()
        (done | skipped)._follow()

    def _values_of_sent(self, reminder, known):
        """What is kept of an act whose reminder has left.

        :param dict known: days of the law's period, see ``_collector_notice_days``
        """
        self.ensure_one()
        day, stage = reminder.date_done, self.stage_id
        waits = [reminder.wait_until]
        if stage.waits_for_answer or stage.formal_notice:
            waits.append(reminder.deadline_date)
        law = self._law_end(day, known)
        return {
            "state": "done",
            "date_done": day,
            "wait_until": max(filter(None, [*waits, law]), default=False),
            "law_wait": bool(law),
        }

    def _law_end(self, day, known=None):
        """The last day on which the law allows no other act after this one, or None.

        :param date day: on which it left
        :param dict known: days of the law's period, see ``_collector_notice_days``
        """
        self.ensure_one()
        stage = self.stage_id.sudo()
        paper = stage.paper_id
        if "party" not in (stage.in_name_of, paper.in_name_of):
            return None
        if not stage._is_notice():
            return None
        days = self.case_id._collector_notice_wait(known)
        if not days:
            return None
        country = self.case_id.partner_id.country_id or self.company_id.country_id
        calendar = WorkingCalendar(country.code or None, None)
        return engine.notice_end(day, days, calendar)

    def _refresh_times(self):
        """Take over the times of reminders that were posted later than printed."""
        acts = self.filtered(lambda act: act.state == "done")
        known = acts.case_id._collector_notice_days() if acts else {}
        for act in acts:
            sent = act.reminder_ids.filtered(lambda r: r.state == "sent").sorted("id")
            if sent:
                act.write(act._values_of_sent(sent[-1], known))

    def _note_events(self):
        """Put what has left on the timelines."""
        vals_list = []
        for act in self:
            reminder = act.reminder_ids.filtered(lambda r: r.state == "sent")[-1:]
            vals_list.append(
                {
                    "case_id": act.case_id.id,
                    "kind": EVENT_OF.get(act.stage_id.channel, "contact"),
                    "name": act.stage_id.with_env(act.case_id._in_house().env).name,
                    "date": act.date_done,
                    "origin": "system",
                    "amount": reminder.amount_asked,
                    "note": act.note or reminder.name,
                    "attachment_ids": [
                        Command.link(id_) for id_ in reminder.sudo().letter_id.ids
                    ],
                }
            )
        events = self.env["credit.case"].sudo()._add_events(vals_list)
        for act, event in zip(self, events, strict=True):
            act.event_id = event

    def _follow(self):
        """Say to whoever is responsible where a track ends."""
        ended = self.filtered(lambda act: act.stage_id.then != engine.NEXT)
        court = ended.filtered(lambda act: act.stage_id.then == engine.COURT)
        court._make_tasks(self._end_text(engine.COURT))
        (ended - court)._make_tasks(self._end_text(engine.STOP))

    @api.model
    def _end_text(self, then):
        """What is asked of whoever is responsible where a track ends."""
        if then == engine.COURT:
            return self.env._("The amicable phase is over: to court?")
        return self.env._("The amicable phase is over: stop?")

    def _drop(self, reason=False, waiting=("to_approve", "failed")):
        """Let go of what is open: the case has ended, or is paused.

        :param waiting: states of reminders that go with it; others look again
            themselves before they leave
        """
        acts = self.filtered(lambda act: act.state in OPEN_STATES)
        reminders = acts.sudo().reminder_ids.filtered(lambda r: r.state in waiting)
        reminders.write({"state": "cancelled", "failure_reason": reason})
        acts.write({"state": "dropped", "note": reason})

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _check_collector(self):
        collector = "credit_management.group_collector"
        if not self.env.su and not self.env.user.has_group(collector):
            raise AccessError(
                self.env._("Stages of cases are for collectors and managers of credit.")
            )
        self.case_id.check_access("read")

    def action_done(self):
        """Note that what a person had to do at this stage has been done."""
        self._check_collector()
        for act in self.filtered(lambda act: act.state in OPEN_STATES):
            if act.reminder_ids:
                raise UserError(
                    self.env._(
                        "“%s” is done by its reminder: approve it, or note the call "
                        "or the visit.",
                        act.stage_id.name,
                    )
                )
            act._finish()
        return True

    def _finish(self, event=None):
        """A person did it: the next stage counts from today, when a paper is posted.

        :param event: the entry of the timeline, if there is one already
        """
        self.ensure_one()
        act = self.sudo()
        today = act.case_id.company_id._credit_today()
        law = act._law_end(today)
        waits = [law]
        if act.stage_id.waits_for_answer and act.stage_id.deadline_days:
            waits.append(fields.Date.add(today, days=act.stage_id.deadline_days))
        act.write(
            {
                "state": "done",
                "date_done": today,
                "wait_until": max(filter(None, waits), default=False),
                "law_wait": bool(law),
            }
        )
        if event:
            act.event_id = event
        else:
            act._note_events()
        act._close_tasks()
        act._follow()

    def _close_tasks(self, done=True):
        """Close what was asked of somebody at these stages.

        :param bool done: whether it was done; else it is asked no more
        """
        activities = self._tasks(self.stage_id.mapped("name"))
        if done:
            activities.action_done()
        else:
            activities.unlink()

    def _tasks(self, summaries):
        """The activities of these cases that ask one of some things."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                Domain("res_model", "=", "credit.case")
                & Domain("res_id", "in", self.case_id.ids)
                & Domain("summary", "in", list(summaries))
            )
        )

    def action_skip(self):
        """Pass the stage over: the next one follows."""
        self._check_collector()
        for act in self.sudo().filtered(lambda act: act.state in OPEN_STATES):
            if act.stage_id._is_notice() and act.case_id._collector_notice_wait():
                raise UserError(
                    self.env._(
                        "“%s” is required by law and can't be passed over.",
                        act.stage_id.name,
                    )
                )
            open_ = act.reminder_ids.filtered(
                lambda r: r.state in ("to_approve", "queued", "failed")
            )
            open_.write({"state": "cancelled"})
            act.write(
                {
                    "state": "skipped",
                    "date_done": act.case_id.company_id._credit_today(),
                }
            )
            act._close_tasks()
            act._follow()
        return True

    def action_paper(self):
        """Fill in and print the paper of the stage; it is done by that."""
        self.ensure_one()
        self._check_collector()
        action = self.env["credit.paper.print"]._open(
            self.case_id, self.stage_id._paper_of(self.case_id)
        )
        wizard = self.env["credit.paper.print"].browse(action["res_id"])
        wizard.act_id = self.stage_id.channel == "paper" and self
        return action

    def action_open_reminder(self):
        """Open what the debtor is told at this stage."""
        self.ensure_one()
        return self.reminder_ids._get_records_action(name=self.stage_id.name)
