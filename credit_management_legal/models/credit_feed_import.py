"""What comes in by a feed: each row accepted once, or refused with its reason."""

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every
from odoo.tools.translate import LazyTranslate

from odoo.addons.credit_management.report.wording import joined
from odoo.addons.credit_management.wizards.credit_import_messages import FILE_MESSAGES

from ..engine import feed as feeds
from ..engine import report as reports
from .halving import by_halves

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

#: Rows applied and committed together.
BATCH = 500

ROW_MESSAGES = {
    "no_id": _lt("The row has no number of its own (message_id)."),
    "bad_id": _lt("The number (message_id) is no text of at most 100 characters."),
    "no_report": _lt("This is no object with names and values."),
    "no_json": _lt("This line is no JSON, or says one thing twice."),
    "line_too_long": _lt("The line is too long."),
    "no_case": _lt("It does not say which case it is about."),
    "unknown_case": _lt("No case in your hands is called “%(value)s”."),
    "ambiguous_case": _lt("Several cases in your hands are called “%(value)s”."),
}
JSON_PROBLEM = _lt("The file is no JSON: it ends too early or is damaged.")


@dataclass
class Outcome:
    """What becomes of a row. ``known``: its message was there before."""

    row: feeds.Row
    fingerprint: str
    key: str
    case: Any = None
    report: Any = None
    message: Any = None
    event: Any = None
    reason: str = ""
    known: bool = False

    @property
    def state(self):
        return "refused" if self.reason else "accepted"


class CreditFeedMessage(models.Model):
    _inherit = "credit.feed.message"

    digest = fields.Char(readonly=True, help="Fingerprint of what the row holds.")


class CreditFeed(models.Model):
    _inherit = "credit.feed"

    # ------------------------------------------------------------------
    # Files and pages
    # ------------------------------------------------------------------

    def _take_incoming(self):
        """Read what the third party has put there.

        What was read is answered and moved away only once it is kept; read twice, it
        changes nothing the second time.
        """
        for incoming in self.env["credit.feed.provider"]._poll(self):
            if incoming.rows is None:
                results = self._refuse_file(incoming.name, incoming.problem)
                self._commit_feed()
            else:
                results = self._take_rows(incoming.rows, incoming.name, commit=True)
            incoming.taken(feeds.results_csv(results), incoming.problem)
            self._commit_feed()

    def _refuse_file(self, name, reason):
        """Note a file that can't be used at all.

        :return: its results, as those of rows
        """
        digest = feeds.fingerprint([name, reason])
        row = feeds.Row(0, key=f"#{digest}", kept={"file": name})
        outcome = Outcome(row, digest, row.key, reason=reason)
        outcome.message = self._known_rows([outcome.key]).get(outcome.key)
        self._note_refused([outcome], name)
        return [self._result(outcome)]

    def _take_rows(self, rows, source, commit=False):
        """Take rows in batches.

        :param rows: list of :class:`..engine.feed.Row`
        :param str source: the file's name, for people
        :param bool commit: keep each batch for good; a crash then repeats one batch
        :return: what became of each row, as :data:`..engine.feed.RESULT_HEADER`
        """
        lang = self.company_id.partner_id.lang or self.party_id.lang
        house = self.with_context(lang=lang) if lang else self
        results = []
        for batch in split_every(BATCH, rows, list):
            outcomes = house._take_batch(batch, source)
            results += map(house._result, outcomes)
            if commit:
                self._commit_feed()
                self.env.invalidate_all()
        return results

    @api.model
    def _result(self, outcome):
        """A line of the file of results."""
        report = outcome.row.report or {}
        return (
            outcome.row.number,
            outcome.row.message_id,
            reports.shown(report.get("case")),
            reports.shown(report.get("type")),
            "known" if outcome.known and not outcome.reason else outcome.state,
            outcome.reason,
        )

    @api.model
    def _file_problem_text(self, problem):
        """Why a file can't be used, for people."""
        if problem.code == "json":
            return self.env._(JSON_PROBLEM)  # pylint: disable=W8301
        params = dict(problem.params)
        if problem.code == "missing_columns":
            params["fields"] = ", ".join(params["fields"])
            params["header"] = ", ".join(filter(None, params["header"]))[:300]
        elif problem.code == "column_twice":
            params["fields"] = joined(
                self.env,
                (
                    f"{name} ({first}, {second})"
                    for name, first, second in params["fields"]
                ),
            )
        message = self.env._(FILE_MESSAGES[problem.code])  # pylint: disable=W8301
        return message % params if params else message

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    def _take_batch(self, rows, source):
        """Judge rows and apply the good ones; nobody else does so by this feed.

        :return: an :class:`Outcome` for each row
        """
        known = self._known_rows([row.key for row in rows])
        cases = self._cases_of(rows)
        today = self.company_id._credit_today()
        outcomes, fresh, beside = [], {}, defaultdict(list)
        for row in rows:
            outcome = self._judge_row(row, known, fresh, cases, today, beside)
            outcomes.append(outcome)
            if outcome.known:
                continue
            fresh[outcome.key] = outcome
            if not outcome.reason:
                beside[outcome.case.id].append(outcome.report)
        good = [outcome for outcome in fresh.values() if not outcome.reason]
        self._apply(good, source)
        # A row that only failed when it was applied is among them by now.
        bad = [outcome for outcome in fresh.values() if outcome.reason]
        self._note_refused(bad, source)
        return outcomes

    def _known_rows(self, keys):
        """Messages that came in before: {key: message}."""
        messages = self.env["credit.feed.message"].search_fetch(
            Domain("feed_id", "=", self.id)
            & Domain("direction", "=", "in")
            & Domain("key", "in", keys),
            ["key", "state", "digest", "reason", "event_id"],
        )
        return {message.key: message for message in messages}

    def _cases_of(self, rows):
        """The cases that rows name, by our reference or the third party's.

        :return: {reference: cases}; only those in the hands of this third party
        """
        names = {
            row.report["case"]
            for row in rows
            if row.report and isinstance(row.report.get("case"), str)
        }
        names = [name for name in names if feeds.storable(name) == name]
        cases = self.env["credit.case"].search_fetch(
            self._cases_domain()
            & (Domain("name", "in", names) | Domain("party_reference", "in", names)),
            ["name", "party_reference", "state", "date_opened", "company_id"]
            + ["currency_id", "partner_id", "user_id", "party_status_date"],
        )
        found = {}
        for case in cases:
            if case.party_reference:
                found.setdefault(case.party_reference, case.browse())
                found[case.party_reference] |= case
        # Ours is the one that counts, whatever the third party calls others.
        return {**found, **{case.name: case for case in cases}}

    def _judge_row(self, row, known, fresh, cases, today, beside):
        fingerprint = feeds.fingerprint(row.kept)
        outcome = Outcome(row, fingerprint, row.key, message=known.get(row.key))
        before = fresh.get(row.key)
        if before and before.fingerprint == fingerprint:
            outcome.known, outcome.reason = True, before.reason
            return outcome
        if outcome.message and outcome.message.state == "accepted":
            if outcome.message.digest == fingerprint:
                outcome.known = True
                return outcome
            event = outcome.message.event_id
        else:
            event = None
        outcome.reason = self._read_row(outcome, cases, today, beside)
        if event and outcome.report and outcome.report.digest == event.message_digest:
            # The same in another form: another order of names, a table for a list.
            outcome.known, outcome.reason = True, ""
        elif outcome.message and outcome.message.state == "accepted":
            self._refuse_other(outcome, known)
        elif before and not before.reason:
            self._refuse_other(outcome, known)
        return outcome

    def _refuse_other(self, outcome, known):
        """Its number was used for something else: it is known by what it holds."""
        problem = reports.Problem("message_id", "other_content", {})
        outcome.reason = self.env["credit.case"]._report_problem_text(problem)
        outcome.key = f"#{outcome.fingerprint}"
        outcome.message = self._known_rows([outcome.key]).get(outcome.key)

    def _read_row(self, outcome, cases, today, beside):
        """Understand a row.

        :param dict beside: reports that are taken together with it, by case id
        :return str: why it is refused; empty where it can be taken
        """
        row = outcome.row
        if row.problem:
            return self._row_problem(row.problem)
        name = row.report.get("case")
        if name in (None, ""):
            return self._row_problem("no_case")
        found = cases.get(name) if isinstance(name, str) else None
        if not found:
            return self._row_problem("unknown_case", reports.shown(name))
        if len(found) > 1:
            return self._row_problem("ambiguous_case", reports.shown(name))
        outcome.case = found
        outcome.report, problems = found._judge_report(
            row.report,
            "feed",
            author=self.party_id,
            message_id=f"feed-{self.id}/{row.message_id}",
            today=today,
            beside=beside[found.id],
        )
        return joined(self.env, map(found._report_problem_text, problems))

    @api.model
    def _row_problem(self, code, value=""):
        message = self.env._(ROW_MESSAGES[code])  # pylint: disable=W8301
        return message % {"value": value} if value else message

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def _apply(self, outcomes, source):
        """Apply good rows together; one that fails is refused."""
        by_halves(
            self.env,
            outcomes,
            lambda some: self._apply_together(some, source),
            lambda one, error: self._refuse_failed(one[0], error),
        )

    def _refuse_failed(self, outcome, error):
        if isinstance(error, UserError):
            outcome.reason = str(error)
            return
        # Not what it holds: it may be about people.
        _logger.error(
            "Row %s of feed %s could not be applied",
            outcome.row.number,
            self.id,
            exc_info=error,
        )
        outcome.reason = self.env._("It could not be applied; our people look into it.")

    def _apply_together(self, outcomes, source):
        cases = self.env["credit.case"].with_context(lang=self.env.lang)
        events = cases._accept_reports([outcome.report for outcome in outcomes])
        vals_list, messages = [], self.env["credit.feed.message"]
        for outcome, event in zip(outcomes, events, strict=True):
            values = {**self._row_values(outcome, source), "event_id": event.id}
            if outcome.message:
                outcome.message.write(values)
            else:
                vals_list.append(values)
        messages.create(vals_list)

    def _note_refused(self, outcomes, source):
        """Keep what was refused, and why; what is known is seen once more."""
        vals_list, same = [], self.env["credit.feed.message"]
        for outcome in outcomes:
            message = outcome.message
            if not message:
                vals_list.append(self._row_values(outcome, source))
            elif (message.digest, message.reason) == (
                outcome.fingerprint,
                outcome.reason,
            ):
                same |= message
            else:
                message.write(self._row_values(outcome, source))
        same.write({"date": fields.Datetime.now(), "source": source})
        same.create(vals_list)

    def _row_values(self, outcome, source):
        kind = (outcome.row.report or {}).get("type")
        kinds = dict(self.env["credit.feed.message"]._fields["type"].selection)
        return {
            "feed_id": self.id,
            "direction": "in",
            "message_id": outcome.row.message_id or False,
            "key": outcome.key,
            "case_id": outcome.case.id if outcome.case else False,
            "type": kind if isinstance(kind, str) and kind in kinds else False,
            "payload": outcome.row.kept,
            "digest": outcome.fingerprint,
            "state": outcome.state,
            "reason": outcome.reason or False,
            "date": fields.Datetime.now(),
            "source": source,
            "row": outcome.row.number,
        }
