import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ..engine.periods import missing_starts
from ..engine.rates import period_of
from ..ledger import FileProblem, check_rates
from ..models.credit_regime_resolution import exact
from ..report.wording import joined
from .credit_import_messages import (
    ROW_MESSAGES,
    file_problem_text,
    row_problem_text,
)

_lt = LazyTranslate(__name__)

LABELS = {
    "series": _lt("Series"),
    "valid_from": _lt("Valid from"),
    "valid_to": _lt("Valid until"),
    "rate": _lt("Rate"),
    "source": _lt("Source"),
    "confidence": _lt("Confidence"),
}
MESSAGES = {
    **ROW_MESSAGES,
    "number": _lt("“%(value)s” is no number"),
    "confidence": _lt("“%(value)s” is none of high, medium, low"),
    "ends_before": _lt("ends before it begins"),
    "twice": _lt("the series and the day of row %(row)s once more"),
    "overlap": _lt("the days overlap those of row %(row)s"),
}


class CreditRateImport(models.TransientModel):
    """Rates from a file: checked as a whole first, nothing is half imported."""

    _name = "credit.rate.import"
    _description = "Import of Rates"

    file = fields.Binary(attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("draft", "Draft"), ("checked", "Checked")], default="draft", required=True
    )
    mode = fields.Selection(
        [
            ("all", "Import nothing if one row is bad"),
            ("good", "Import the good ones"),
        ],
        string="Bad rows",
        default="all",
        required=True,
    )
    line_ids = fields.One2many("credit.rate.import.line", "import_id")
    bad_line_ids = fields.One2many(
        "credit.rate.import.line", "import_id", domain=[("state", "=", "bad")]
    )
    ok_count = fields.Integer(string="New", compute="_compute_counts")
    same_count = fields.Integer(string="There already", compute="_compute_counts")
    bad_count = fields.Integer(string="Bad", compute="_compute_counts")
    warnings = fields.Text(readonly=True)

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.line_ids.mapped("state")
            wizard.ok_count = states.count("ok")
            wizard.same_count = states.count("same")
            wizard.bad_count = states.count("bad")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_check(self):
        """Check the whole file; no rate is added."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        content = base64.b64decode(self.with_context(bin_size=False).file)
        try:
            rows, gaps = check_rates(content, self.filename or "")
        except FileProblem as problem:
            raise UserError(file_problem_text(self.env, problem, LABELS)) from problem
        self.line_ids.unlink()
        lines = self._checked_lines(rows)
        self.write(
            {
                "line_ids": [fields.Command.create(values) for values in lines],
                "state": "checked",
                "warnings": "\n".join(self._gap_warnings(lines, gaps)),
            }
        )
        return self._reopen()

    def action_import(self):
        """Add the good rates; nothing if the user wants all or none."""
        self.ensure_one()
        if self.state != "checked":
            raise UserError(self.env._("Check the file first."))
        if self.bad_count and self.mode == "all":
            raise UserError(
                self.env._(
                    "The file has bad rows: %(count)s. Mend it, or choose to import "
                    "the good ones.",
                    count=self.bad_count,
                )
            )
        rates = self.line_ids.filtered(lambda line: line.state == "ok")._import()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Rates imported: %(count)s.", count=len(rates)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_back(self):
        """Choose another file."""
        self.ensure_one()
        self.line_ids.unlink()
        self.write({"state": "draft", "file": False, "warnings": False})
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import rates"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _checked_lines(self, rows):
        """The rows held against the table of rates, as values of lines."""
        today = fields.Date.context_today(self)
        series = self.env["credit.rate.series"]
        known = series._by_code([row.series for row in rows if row.series])
        rates = {
            (rate.series, rate.valid_from): rate
            for rate in self.env["credit.rate"].search([("series", "in", list(known))])
        }
        lines = []
        for row in rows:
            reasons = [
                row_problem_text(self.env, problem, LABELS, MESSAGES)
                for problem in row.problems
            ]
            if not reasons:
                reason = self.env["credit.rate"]._refusal(
                    known.get(row.series, series),
                    row.series,
                    row.valid_from,
                    row.percent,
                    today,
                )
                reasons = [reason] if reason else []
            state = "bad" if reasons else "ok"
            there = rates.get((row.series, row.valid_from))
            if there and not reasons and there.state == "confirmed":
                state = "same"
                if exact(there.rate) != row.percent:
                    state = "bad"
                    reasons = [
                        self.env._(
                            "the table has %(rate)s %% from that day on: change it "
                            "there if it is wrong",
                            rate=f"{there.rate:g}",
                        )
                    ]
            lines.append(
                {
                    "number": row.number,
                    "series": row.series,
                    "valid_from": row.valid_from,
                    "rate": float(row.percent) if row.percent is not None else 0.0,
                    "source": row.source or self.filename,
                    "confidence": row.confidence or "medium",
                    "state": state,
                    "reason": joined(self.env, reasons),
                }
            )
        return lines

    def _gap_warnings(self, lines, gaps):
        """What is missing between rates, once the good ones are there."""
        warnings = [
            self.env._(
                "%(series)s: the file has nothing from %(first)s to %(last)s.",
                series=series,
                first=format_date(self.env, first),
                last=format_date(self.env, last),
            )
            for series, first, last in gaps
        ]
        good = [line for line in lines if line["state"] != "bad"]
        known = self.env["credit.rate.series"]._by_code(
            [line["series"] for line in good]
        )
        for code, series in sorted(known.items()):
            if series.frequency == "change":
                continue
            days = {
                *(line["valid_from"] for line in good if line["series"] == code),
                *series.rate_ids.mapped("valid_from"),
            }
            warnings += [
                self.env._(
                    "%(series)s: there is no rate for %(period)s.",
                    series=code,
                    period=period_of(series.frequency, start),
                )
                for start in missing_starts(series.frequency, days)
            ]
        return warnings
