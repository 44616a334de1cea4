"""Cases moving along their tracks."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date, split_every

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import track as engine
from .credit_case_act import OPEN_STATES

#: Why an item is left out of what a case claims, and no reason for the case to wait.
LEFT_OUT = ("paid", "in_payment", "no_followup", "credit", "limitation")
#: Cases looked at together by the scheduled action.
BATCH_SIZE = 500


class CreditCase(models.Model):
    _inherit = "credit.case"

    track_id = fields.Many2one(
        "credit.amicable.track",
        string="Amicable track",
        compute="_compute_track_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
        tracking=True,
        help="The stages that the case goes through here. Empty: none; whoever has the "
        "case does it all.",
    )
    act_ids = fields.One2many("credit.case.act", "case_id", string="Stages")
    track_stage_id = fields.Many2one(
        "credit.case.stage",
        string="Stage of the track",
        compute="_compute_track_stage_id",
        store=True,
        index="btree_not_null",
    )
    track_text = fields.Char(string="What comes next", compute="_compute_track_text")

    _on_track_idx = models.Index(
        "(company_id, id) WHERE track_id IS NOT NULL AND state = 'open'"
    )

    @api.depends("mandate_id")
    def _compute_track_id(self):
        for case in self:
            case.track_id = case.mandate_id.track_id or case.track_id

    @api.depends("act_ids.state")
    def _compute_track_stage_id(self):
        for case in self:
            acts = case.act_ids.filtered(lambda act: act.state != "dropped")
            case.track_stage_id = acts.sorted("id")[-1:].stage_id

    @api.depends("track_id", "state", "act_ids.state")
    @api.depends_context("lang", "uid")
    def _compute_track_text(self):
        running = self.filtered(lambda case: case._is_on_track())
        moves, pauses = running._track_moves(), running._track_pauses()
        for case in self:
            case.track_text = False
            if case in moves:
                case.track_text = case._track_text_of(moves[case], pauses.get(case))

    def _is_on_track(self):
        return bool(
            self.id
            and self.track_id
            and self.state == "open"
            and self.kind == "amicable"
        )

    def _track_text_of(self, move, pause):
        """What comes next, or why nothing does, in words."""
        _ = self.env._
        stage = self.env["credit.case.stage"].browse(move.stage_id)
        if move.code in (engine.COURT, engine.STOP, engine.END):
            return {
                engine.COURT: _("The amicable phase is over: court."),
                engine.STOP: _("The amicable phase is over: stop."),
                engine.END: _("All stages are over."),
            }[move.code]
        if pause:
            return _("“%(stage)s” waits: %(reason)s", stage=stage.name, reason=pause)
        if move.code == engine.UNDER_WAY:
            return _("“%s” is under way", stage.name)
        if move.code == engine.NOTICE_FIRST:
            return _(
                "“%s” waits: the law asks for the collector's formal notice first",
                stage.name,
            )
        return _(
            "“%(stage)s” from %(day)s",
            stage=stage.name,
            day=format_date(self.env, move.day),
        )

    # ------------------------------------------------------------------
    # What is known
    # ------------------------------------------------------------------

    @api.model
    def _collector_notice_days(self):
        """Days without any other act after a collector's notice to consumers.

        :return: {country id: days}, from the legal regimes
        """
        periods = (
            self.env["credit.regime.period"]
            .sudo()
            .search_fetch(
                Domain("code", "=", "collector_notice")
                & Domain("topic", "=", "procedure")
                & Domain("regime_id.kind", "=", "consumer"),
                ["regime_id", "number"],
            )
        )
        return {
            period.regime_id.country_id.id: period.number
            for period in periods
            if period.regime_id.country_id
        }

    def _collector_notice_wait(self, known=None):
        """Days of that period for this case; 0 where no such rule holds for it.

        It holds for those who collect for others, from consumers.
        """
        self.ensure_one()
        case = self.sudo()
        if not case.party_id or case.partner_id.credit_legal_kind != "consumer":
            return 0
        country = case.partner_id.country_id or case.company_id.country_id
        known = case._collector_notice_days() if known is None else known
        return known.get(country.id, 0)

    def _track_moves(self):
        """What comes next for each case: {case: :class:`..engine.track.Move`}."""
        days = self._collector_notice_days() if self else {}
        stages = {track: track._to_engine() for track in self.sudo().track_id}
        moves = {}
        for case in self.sudo():
            acts = case.act_ids
            open_ = acts.filtered(lambda act: act.state in OPEN_STATES)[:1]
            done = [
                engine.Done(
                    act.stage_id.id,
                    act.date_done,
                    act.wait_until or None,
                    act.state == "skipped",
                )
                for act in acts
                if act.state in ("done", "skipped")
            ]
            moves[case.with_env(self.env)] = engine.next_move(
                stages[case.track_id],
                case.date_opened,
                done,
                case.company_id._credit_today(),
                open_stage=open_.stage_id.id or None,
                notice_first=bool(case._collector_notice_wait(days)),
            )
        return moves

    def _track_pauses(self):
        """Why cases wait, whatever is due: {case: reason in words}.

        What stops the reminders of an item stops its case: disputes, promises, plans,
        holds, answers, an insolvency; and a request of the third party that nobody has
        answered. So does a case of which only charges and costs are left: somebody
        decides on them. And one of which all is paid to a third party, or so it says.
        Others extend it.
        """
        pauses = {}
        labels = dict(self.env["credit.engine"]._selection_block_reason())
        for company, cases in self.sudo().grouped("company_id").items():
            for case_id, reason in cases._track_block_reasons(company):
                pauses[self.browse(case_id)] = labels.get(reason, reason)
        for case_id, paid in self._items_paid().items():
            if paid:
                pauses[self.browse(case_id)] = self.env._("Only charges are left")
        pauses.update(self._paid_pauses())
        requests = self.env["credit.case.request"].sudo()
        for [case] in requests._read_group(
            [("case_id", "in", self.ids), ("state", "=", "open")], ["case_id"]
        ):
            pauses[self.browse(case.id)] = self.env._("A request is open")
        return pauses

    def _paid_pauses(self):
        """Cases that third parties were paid in full for: {case: reason in words}.

        The claim is reckoned only where they have anything; where that covers the
        items, on the day on which they got the last of it: who has paid all owes no
        interest from then on.
        """
        pauses = {}
        cases = self.sudo()
        waiting = {
            case: to_minor(case.amount_to_check, case.currency_id) for case in cases
        }
        for case in cases._holding() | cases.filtered(waiting.get):
            held, day = case._held(), case.company_id._credit_today()
            residual = to_minor(case.amount_residual, case.currency_id)
            if sum(held.values()) + waiting[case] >= residual:
                reported = case.payment_ids.filtered("is_unconfirmed")
                day = max(reported.union(*held).mapped("date"))
            total = case._claim_at(day)["total"]
            if not total:
                pauses[case] = self.env._("A third party was paid all that is owed")
            elif waiting[case] >= total:
                pauses[case] = self.env._("A payment of all that is owed is to check")
        return pauses

    def _track_block_reasons(self, company):
        """What holds the items of cases of one company: [(case id, reason)]."""
        self.env.flush_all()
        conditions = [
            (reason, condition)
            for reason, condition in self.env["credit.engine"]
            .sudo()
            ._block_conditions(company, company._credit_today(), self.partner_id.ids)
            if reason != "case"
        ]
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (found.case_id) found.case_id, found.reason
                     FROM (
                        SELECT held.case_id, held.id, CASE %(reasons)s END AS reason
                          FROM credit_case_line held
                          JOIN account_move_line aml ON aml.id = held.move_line_id
                          JOIN account_move move ON move.id = aml.move_id
                          JOIN res_partner partner ON partner.id = aml.partner_id
                         WHERE held.is_open AND held.case_id = ANY(%(cases)s)
                     ) found
                    WHERE found.reason IS NOT NULL
                      AND found.reason <> ALL(%(left_out)s)
                    ORDER BY found.case_id, found.id""",
                reasons=SQL(" ").join(
                    SQL("WHEN %s THEN %s", condition, reason)
                    for reason, condition in conditions
                ),
                cases=self.ids,
                left_out=list(LEFT_OUT),
            )
        )

    # ------------------------------------------------------------------
    # Moving
    # ------------------------------------------------------------------

    @api.model
    def _cron_advance_tracks(self):
        """Set going what is due on the tracks of open cases."""
        cases = self.search(
            Domain("track_id", "!=", False)
            & Domain("state", "=", "open")
            & Domain("kind", "=", "amicable"),
            order="id",
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(cases))
        for ids in split_every(BATCH_SIZE, cases.ids):
            self.browse(ids)._advance_tracks()
            if not cron._commit_progress(len(ids)):
                break

    def _advance_tracks(self):
        """Propose the next stage of each case whose day has come.

        The number of queries does not depend on the number of cases, but for one as
        each reminder is made.

        :return: the acts that were proposed
        """
        cases = self.sudo()
        cases.act_ids._settle()
        pauses = cases._track_pauses()
        for case, reason in pauses.items():
            # What waits for a person is not to be done meanwhile.
            case.act_ids.filtered("reminder_ids")._drop(reason)
        moves = cases._track_moves()
        acts = (
            self.env["credit.case.act"]
            .sudo()
            .create(
                [
                    {
                        "case_id": case.id,
                        "stage_id": move.stage_id,
                        "date": case.company_id._credit_today(),
                    }
                    for case, move in moves.items()
                    if move.code == engine.DUE and case not in pauses
                ]
            )
        )
        acts._start()
        return acts

    def action_track_next(self):
        """Go on to the next stage today, though its day has not come.

        :raise UserError: where the law or a pause keeps the case from going on
        """
        self.ensure_one()
        self._check_manager()
        if not self._is_on_track():
            raise UserError(
                self.env._("Only open amicable cases with a track go along it.")
            )
        self.sudo().act_ids._settle()
        move, pause = self._track_moves()[self], self._track_pauses().get(self)
        if move.code not in (engine.DUE, engine.WAITING) or pause:
            raise UserError(self._track_text_of(move, pause))
        law = self.sudo().act_ids.filtered(
            lambda act: (
                act.law_wait
                and act.wait_until
                and act.wait_until >= self.company_id._credit_today()
            )
        )
        if law:
            raise UserError(self._law_wait_text(law[:1]))
        act = (
            self.env["credit.case.act"]
            .sudo()
            .create(
                {
                    "case_id": self.id,
                    "stage_id": move.stage_id,
                    "date": self.company_id._credit_today(),
                }
            )
        )
        act._start()
        return True

    @api.model
    def _law_wait_text(self, act):
        return self.env._(
            "After “%(stage)s” of %(sent)s the law allows no other act until "
            "%(day)s is over.",
            stage=act.stage_id.name,
            sent=format_date(self.env, act.date_done),
            day=format_date(self.env, act.wait_until),
        )

    def write(self, vals):
        # EXTENDS base: nothing goes on in a case that is over, or on another way
        before = {}
        if vals.keys() & {"kind", "track_id", "mandate_id"}:
            before = {case: case._way() for case in self}
        result = super().write(vals)
        if vals.get("state") in ("paid", "withdrawn", "closed"):
            self.sudo().act_ids._drop(self.env._("The case is over."))
        turned = self.filtered(lambda case: case in before)
        turned = turned.filtered(lambda case: case._way() != before[case])
        turned._leave_track()
        return result

    def _way(self):
        """What decides on the stages of a case and on who writes at them."""
        self.ensure_one()
        return self.kind, self.track_id, self.mandate_id

    def _leave_track(self):
        """Let go of stages that are open: the case goes another way from now on.

        What is queued goes with them: it was made for what the case was before.
        """
        self.sudo().act_ids._settle()
        acts = self.sudo().act_ids.filtered(lambda act: act.state in OPEN_STATES)
        if acts:
            acts._close_tasks(done=False)
            acts._drop(
                self.env._("The case goes another way."),
                waiting=("to_approve", "queued", "failed"),
            )
