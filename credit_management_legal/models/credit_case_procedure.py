"""The procedure of a case: chosen, followed by its events, with its deadlines."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import deadline as engine
from .credit_procedure import COURTS
from .credit_procedure_parts import ACTORS


class CreditCase(models.Model):
    _inherit = "credit.case"

    procedure_id = fields.Many2one(
        "credit.procedure",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The way to an enforceable title. One that the law refuses for this claim "
        "can't be chosen.",
    )
    court_kind = fields.Selection(
        COURTS,
        string="Kind of court",
        compute="_compute_court_kind",
        store=True,
        readonly=False,
        precompute=True,
        help="Decides which deadlines hold. Empty: those of every court.",
    )
    stage_id = fields.Many2one(
        "credit.procedure.stage",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The last act that was done; one still to come, as a hearing, is not.",
    )
    next_actor = fields.Selection(
        ACTORS, string="Who acts next", readonly=True, copy=False
    )
    procedure_outcome = fields.Selection(
        [
            (engine.RUNNING, "Running"),
            (engine.TITLE, "Enforceable title"),
            (engine.ENDED, "Ended without a title"),
            (engine.VOID, "Lost: a deadline was missed"),
        ],
        string="What came of it",
        readonly=True,
        copy=False,
    )
    title_date = fields.Date(string="Enforceable since", readonly=True, copy=False)
    deadline_ids = fields.One2many(
        "credit.case.deadline", "case_id", string="Deadlines"
    )
    next_deadline_date = fields.Date(
        string="Next deadline", index="btree_not_null", readonly=True, copy=False
    )
    deadline_missed = fields.Boolean(
        string="Deadline missed", index="btree_not_null", readonly=True, copy=False
    )

    @api.depends("procedure_id", "partner_id")
    def _compute_court_kind(self):
        for case in self:
            procedure = case.procedure_id
            if case.partner_id.credit_legal_kind == "business":
                case.court_kind = procedure.court_business
            else:
                case.court_kind = procedure.court_other

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        cases = super().create(vals_list)
        if chosen := cases.filtered("procedure_id"):
            chosen._check_procedure()
            chosen._refresh_deadlines()
        return cases

    def write(self, vals):
        # EXTENDS base: what the case hangs on moves its deadlines
        if vals.get("kind") == "amicable" and vals.get("procedure_id", True):
            self._check_procedure_over()
        result = super().write(vals)
        if vals.get("procedure_id"):
            self._check_procedure()
        if "procedure_id" in vals:
            self.sudo().event_ids._assign_acts()
        if vals.keys() & {"procedure_id", "court_kind", "state"}:
            self.filtered(lambda c: c.procedure_id or c.stage_id)._refresh_deadlines()
        return result

    def _check_procedure_over(self):
        """Refuse that a case leaves the court while its procedure and deadlines go on.

        :raise UserError: what to do first
        """
        for case in self.filtered("procedure_id"):
            over = case.procedure_outcome in (engine.ENDED, engine.VOID)
            if case.kind == "judicial" and not over:
                raise UserError(
                    self.env._(
                        "The procedure “%(procedure)s” of %(case)s goes on, with its "
                        "deadlines: note the act that ends it, or take it off the case "
                        "first (page Procedure).",
                        procedure=case.procedure_id.name,
                        case=case.name,
                    )
                )

    def _check_procedure(self):
        """Refuse a procedure that the law does not allow for the claim.

        :raise ValidationError: with all reasons
        """
        found = self._procedure_obstacles()
        for case in self.filtered("procedure_id"):
            refused = [text for level, text in found[case.id] if level == "refused"]
            if refused:
                raise ValidationError(
                    self.env._(
                        "%(case)s can't take the procedure “%(procedure)s”:",
                        case=case.name,
                        procedure=case.procedure_id.name,
                    )
                    + "\n- "
                    + "\n- ".join(refused)
                )

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _react_to_events(self, events):
        # EXTENDS credit_management_legal
        result = super()._react_to_events(events)
        # What the deadlines themselves told opens no other.
        told = events.filtered(lambda event: event.kind != "missed")
        told._assign_acts()
        acts = told.filtered("procedure_stage_id")
        if acts:
            acts.case_id._refresh_deadlines()
        return result

    def _refresh_deadlines(self):
        """Work out stage and deadlines anew from the events, in a fixed number of
        queries. What was missed is told once; what no longer is, is taken back.

        In sudo: they follow from the events, whoever notes them.
        """
        cases = self.sudo()
        if not cases:
            return
        cases.deadline_ids.fetch(["rule_id", "event_id", "state", "missed_event_id"])
        # What is principal, of all cases at once.
        cases.line_ids.fetch(["move_line_id", "amount", "date_withdrawn"])
        cases.line_ids.move_line_id.move_id.fetch(["credit_is_charge"])
        acts = defaultdict(lambda: self.env["credit.case.event"].sudo())
        for event in (
            self.env["credit.case.event"]
            .sudo()
            .search(
                [
                    ("active", "=", True),
                    ("case_id", "in", cases.ids),
                    ("procedure_stage_id", "!=", False),
                ],
                order="date, id",
            )
        ):
            if event.procedure_stage_id.procedure_id == event.case_id.procedure_id:
                acts[event.case_id] |= event
        today = {c: c._credit_today() for c in cases.company_id}
        rows = self.env["credit.case.deadline"].sudo()
        create, change, gone = [], [], rows
        for case in cases:
            day = today[case.company_id]
            made, events = case._look_ahead(acts[case], day)
            known = {(d.rule_id.id, d.event_id.id): d for d in case.deadline_ids}
            for one in made.deadlines if made else ():
                vals = case._deadline_values(one)
                row = known.pop((one.rule.key, one.event.key), None)
                if row is None:
                    create.append({"case_id": case.id, **vals})
                elif changed := row._changes(vals):
                    change.append((row, changed))
            gone = gone.union(*known.values())
            case._follow(made, events.filtered(lambda one, day=day: one.date <= day))
        rows._apply(change)
        gone._take_back()
        rows._drop_activities("mail_activity_deadline", gone)
        gone.unlink()
        rows.create(create)
        cases.invalidate_recordset(["deadline_ids"])
        cases._tell_missed()

    def _look_ahead(self, events, today):
        """What the rules say of one case: (outlook or None, its acts in order)."""
        procedure = self.procedure_id
        if not procedure:
            return None, events
        ended = None
        if self.state not in ("draft", "open"):
            ended = self.date_closed or today
        return procedure._outlook(self, events._to_engine(), today, ended), events

    def _deadline_values(self, one):
        """The columns of a row for a :class:`engine.deadline.Deadline`."""
        return {
            "rule_id": one.rule.key,
            "event_id": one.event.key,
            "date": one.day,
            "state": one.state,
            "met_event_id": one.met_by.key if one.met_by else False,
            "days_late": one.late,
            "is_current": one.current,
        }

    def _follow(self, made, events):
        """Write where the case stands; only what has changed.

        :param events: the acts that were done by today, in order
        """
        self.ensure_one()
        stage = events[-1:].procedure_stage_id or self.procedure_id.stage_ids[:1]
        values = {
            "stage_id": stage.id,
            "next_actor": self._who_acts(made, stage) if made else False,
            "procedure_outcome": made.outcome if made else False,
            "title_date": made.title_day if made else False,
            "next_deadline_date": made.next_day if made else False,
            "deadline_missed": bool(made and made.missed),
        }
        changed = {
            name: value
            for name, value in values.items()
            if (self[name].id if name == "stage_id" else self[name]) != (value or False)
        }
        if changed:
            self.write(changed)

    def _acts_awaited(self):
        """What may be done next, the expected act first.

        A case that has just been opened stands at no act yet; what is void begins anew.
        """
        self.ensure_one()
        acts = self.stage_id._following()
        if not self.stage_id or self.procedure_outcome == engine.VOID:
            acts |= self.procedure_id.stage_ids.filtered("starts")
        return acts

    @api.model
    def _who_acts(self, made, stage):
        """Who acts next: we before a day that was fixed, then the other side while its
        time runs, then we while we have to, else who is expected."""
        if made.outcome in (engine.ENDED, engine.VOID):
            return "creditor"
        running = [one.rule for one in made.deadlines if one.state == engine.OPEN]
        # What limitation alone asks for may wait for years.
        acts = [one for one in running if one.role == engine.ACT and one.rolls]
        if ours := self._ours(one for one in running if one.role == engine.BEFORE):
            return ours
        if any(one.role == engine.ANSWER for one in running):
            return "debtor"
        if ours := self._ours(acts):
            return ours
        following = stage._following()
        if made.outcome == engine.TITLE:
            # The debtor may still oppose; nobody waits for that.
            following = following.filtered(lambda one: one.actor != "debtor")
        return following[:1].actor or False

    @api.model
    def _ours(self, rules):
        """Which of us the first of these deadlines waits for, or False."""
        found = self.env["credit.procedure.deadline"].browse(
            [rule.key for rule in rules]
        )
        ours = found.filtered(lambda one: one.actor in ("creditor", "party"))
        return ours[:1].actor

    # ------------------------------------------------------------------
    # What was missed
    # ------------------------------------------------------------------

    def _tell_missed(self):
        """An event and an activity for each deadline that is newly missed."""
        rows = self.deadline_ids.filtered(
            lambda d: d.state == "missed" and d.is_current and not d.missed_event_id
        )
        # Of others' time nothing is missed by us; a court may take longer.
        rows = rows.filtered(lambda d: d.rule_id.actor != "court")
        if not rows:
            return
        values = []
        for row in rows:
            case = row.case_id
            rule = row.with_context(lang=case._deadline_user().lang).rule_id
            values.append(
                {
                    "case_id": case.id,
                    "kind": "missed",
                    "name": rule.name,
                    "note": "\n".join(filter(None, (rule.consequence, rule.remedy))),
                    "date": case.company_id._credit_today(),
                    "origin": "system",
                }
            )
        events = self.env["credit.case.event"].sudo().create(values)
        for row, event in zip(rows, events, strict=True):
            row.missed_event_id = event
        rows._drop_activities("mail_activity_deadline", rows)
        rows._tell("mail_activity_missed")

    def _deadline_user(self):
        """Who is told: whoever is responsible, else the administrator's account."""
        self.ensure_one()
        user = self.sudo().user_id
        return user if user.active else self.env.ref("base.user_admin")

    @api.model
    def _log_handled(self, deadlines):
        for case, rows in deadlines.grouped("case_id").items():
            case._message_log(
                body=self.env._(
                    "Taken note of what was missed: %s",
                    ", ".join(rows.rule_id.mapped("name")),
                ),
                author_id=self.env.user.partner_id.id,
            )


class CreditCaseDeadline(models.Model):
    _inherit = "credit.case.deadline"

    def _changes(self, vals):
        """What of these values is new."""
        return {
            name: value
            for name, value in vals.items()
            if (self[name].id if name.endswith("_id") else self[name])
            != (value or False)
        }

    @api.model
    def _apply(self, changes):
        """Write what has changed; an alarm that is no longer true is taken back.

        :param changes: list of (row, values)
        """
        back = stale = self.browse()
        for row, vals in changes:
            if vals.get("state", row.state) != "missed":
                back |= row
            if vals.get("state", "open") != "open" or "date" in vals:
                stale |= row
        back._take_back()
        self._drop_activities("mail_activity_deadline", stale)
        for row, vals in changes:
            # What was announced for another day is announced anew.
            row.write({**vals, "warned": 0} if "date" in vals else vals)

    def _take_back(self):
        """Say that these were not missed after all."""
        told = self.filtered("missed_event_id")
        if not told:
            return
        for case, rows in told.grouped("case_id").items():
            case._message_log(
                body=self.env._(
                    "Not missed after all: %s",
                    ", ".join(rows.rule_id.mapped("name")),
                )
            )
        self._drop_activities("mail_activity_missed", told)
        told.missed_event_id.unlink()
        told.handled = False
