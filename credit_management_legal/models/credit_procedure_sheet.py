"""A procedure on one page, as a lawyer reads it; and the path of a case through it."""

import re
from datetime import date

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from odoo.addons.credit_management.models.credit_article import article_text
from odoo.addons.credit_management.models.credit_regime_sheet import BADGES, UNSURE
from odoo.addons.credit_management.models.credit_regime_words import selection_label
from odoo.addons.credit_management.report.wording import labelled

from ..engine.deadline import BEFORE

#: A day as descriptions and notes write it, which are kept for readers everywhere.
ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def days_told(env, text):
    """A text with its days as the language of ``env`` writes them."""

    def told(found):
        try:
            return format_date(env, date.fromisoformat(found[0]))
        except ValueError:
            # A number that only looks like a day.
            return found[0]

    return ISO_DAY.sub(told, text or "")


def length_words(env, number, unit):
    """How long a period is, as “2 months”."""
    if number == 1:
        return {
            "days": env._("1 day"),
            "working_days": env._("1 working day"),
            "months": env._("1 month"),
            "years": env._("1 year"),
        }[unit]
    return {
        "days": env._("%s days", number),
        "working_days": env._("%s working days", number),
        "months": env._("%s months", number),
        "years": env._("%s years", number),
    }[unit]


class CreditProcedure(models.Model):
    _inherit = "credit.procedure"

    sheet_html = fields.Html(
        string="Sheet",
        compute="_compute_sheet_html",
        sanitize=False,
        help="Conditions, acts and deadlines in words, as they are printed.",
    )
    unsure_count = fields.Integer(
        string="To verify",
        compute="_compute_unsure_count",
        help="Conditions, acts, costs and deadlines whose source is not sure.",
    )

    @api.depends(
        "confidence",
        "rollover_confidence",
        "stage_ids.confidence",
        "stage_ids.cost_confidence",
        "deadline_ids.confidence",
    )
    def _compute_unsure_count(self):
        for procedure in self:
            found = [procedure.confidence]
            if procedure._has_time_rule():
                found.append(procedure.rollover_confidence)
            stages = procedure.stage_ids
            found += stages.mapped("confidence")
            found += stages.filtered("cost_known").mapped("cost_confidence")
            found += procedure.deadline_ids.mapped("confidence")
            procedure.unsure_count = sum(one in UNSURE for one in found)

    def _has_time_rule(self):
        return bool(self.deadline_ids.filtered("rolls"))

    @api.depends_context("lang")
    def _compute_sheet_html(self):
        for procedure in self:
            procedure.sheet_html = self.env["ir.qweb"]._render(
                "credit_management_legal.procedure_sheet",
                {"sheet": procedure._sheet_values()},
            )

    def _sheet_values(self):
        """What the sheet shows, on screen and on paper alike."""
        self.ensure_one()
        return {
            **evidence(self),
            "procedure": self,
            "description": days_told(self.env, self.description),
            "conditions": self._condition_rows(),
            "stages": [stage._row() for stage in self.stage_ids],
            "deadlines": [deadline._row() for deadline in self.deadline_ids],
            "unsure": self.unsure_count,
            "unsure_text": self.env._("%s to verify", self.unsure_count),
        }

    def _print_day_text(self):
        """At the foot of the printed sheet."""
        day = format_date(self.env, self.env.company._credit_today())
        return self.env._("Printed on %s", day)

    def _condition_rows(self):
        """[(label, text)] of everything that decides who may take it."""
        self.ensure_one()
        _ = self.env._
        label = self._label
        place = self.country_id.name or label("scope")
        if self.excluded_country_ids:
            names = ", ".join(self.excluded_country_ids.mapped("name"))
            place = _("%(place)s, not in %(names)s", place=place, names=names)
        against = [
            _(
                "%(label)s: %(value)s",
                label=self._fields[name]._description_string(self.env),
                value=selection_label(self, name),
            )
            for name in ("for_business", "for_consumer", "for_public")
        ]
        if self.business_until:
            day = format_date(self.env, self.business_until)
            against.append(_("For businesses until %s", day))
        rows = [
            (_("Where"), place),
            (_("Before whom"), self.court or ""),
            (_("Against whom"), "\n".join(against)),
            (_("Amount"), self._amount_words()),
            (_("Also asked for"), "\n".join(self._further_words())),
            (_("In force"), self._force_words()),
            (_("Days"), self._time_words() if self._has_time_rule() else ""),
        ]
        return [(name, text) for name, text in rows if text]

    def _label(self, name):
        return selection_label(self, name)

    def _amount_words(self):
        _, currency = self.env._, self.currency_id

        def words(amount):
            if not amount:
                return _("no limit")
            return format_amount(
                self.env, amount, currency, trailing_zeroes=bool(amount % 1)
            )

        if self.max_business == self.max_other:
            text = words(self.max_other)
        else:
            text = _(
                "Businesses: %(business)s; others: %(other)s",
                business=words(self.max_business),
                other=words(self.max_other),
            )
        if self.limit_interest:
            text = _("%s, interest included", text)
        return text

    def _further_words(self):
        _ = self.env._
        words = []
        if self.registered_only:
            words.append(_("Both are registered enterprises."))
        if self.contract_only:
            words.append(_("The debt comes from a contract."))
        if self.solvent_only:
            words.append(_("The debtor is not insolvent."))
        if self.undisputed != "no":
            words.append(self._label("undisputed") + ".")
        if self.max_extras:
            words.append(
                _("Interest and clauses: %s percent of the principal.", self.max_extras)
            )
        return words

    def _force_words(self):
        _ = self.env._
        if not self.in_force:
            return _("Not in force")
        first = self.date_from and format_date(self.env, self.date_from)
        last = self.date_to and format_date(self.env, self.date_to)
        if first and last:
            return _("From %(first)s until %(last)s", first=first, last=last)
        if first:
            return _("From %s on", first)
        return _("Until %s", last) if last else ""

    def _time_words(self):
        words = self.env._(
            "The day of the act is not counted. Months end on the day with the same "
            "number, else on the last of the month. A last day that is no working day: "
            "%s.",
            self._label("rollover").lower(),
        )
        sure = selection_label(self, "rollover_confidence")
        article = article_text(self.env, self.rollover_article)
        return f"{words} ({', '.join(filter(None, (article, sure)))})"


class CreditProcedureStage(models.Model):
    _inherit = "credit.procedure.stage"

    def _row(self):
        """The act as the sheet shows it."""
        self.ensure_one()
        cost = self.env._("Unknown")
        if self.cost_known:
            cost = format_amount(self.env, self.cost_amount, self.currency_id)
        return {
            "name": self.name,
            "kind": selection_label(self, "event_kind"),
            "actor": selection_label(self, "actor"),
            "papers": days_told(self.env, self.papers).splitlines(),
            "cost": labelled(self.env, self.env._("Cost"), cost),
            "cost_note": ", ".join(
                filter(
                    None, (self.cost_source, selection_label(self, "cost_confidence"))
                )
            )
            if self.cost_known
            else "",
            "following": ", ".join(self._following().mapped("name")),
            "outcome": selection_label(self, "outcome"),
            "note": days_told(self.env, self.note),
            "source": self.source or "",
            **evidence(self),
        }


class CreditProcedureDeadline(models.Model):
    _inherit = "credit.procedure.deadline"

    def _row(self):
        """The deadline as the sheet shows it."""
        self.ensure_one()
        met = (self.met_ids | self.proved_ids).sorted("sequence")
        return {
            "name": self.name,
            "who": labelled(
                self.env, selection_label(self, "role"), selection_label(self, "actor")
            ),
            "length": length_words(self.env, self.number, self.unit),
            "start": self._start_words(),
            "holds": self._holds_words(),
            "met": ", ".join(met.mapped("name")),
            "consequence": days_told(self.env, self.consequence),
            "remedy": days_told(self.env, self.remedy),
            "fatal": self.fatal,
            "source": self.source or "",
            **evidence(self),
        }

    def _start_words(self):
        _ = self.env._
        if self.role == BEFORE:
            return _("before: %s", self.after_id.name)
        if self.after_rule_id:
            return _("after the end of: %s", self.after_rule_id.name)
        return _("after: %s", self.after_id.name)

    def _holds_words(self):
        """Where and when this version holds, and for whom it is longer."""
        _ = self.env._
        words = []
        basis = self.basis_id.name or self.after_id.name
        if self.date_to:
            day = format_date(self.env, self.date_to)
            words.append(_("%(act)s until %(day)s", act=basis, day=day))
        if self.date_from:
            day = format_date(self.env, self.date_from)
            words.append(_("%(act)s from %(day)s on", act=basis, day=day))
        if self.court_kind:
            words.append(selection_label(self, "court_kind"))
        if self.country_id and self.country_id != self.procedure_id.country_id:
            words.append(self.country_id.name)
        if self.unless_in_person_id:
            words.append(_("if not done in person: %s", self.unless_in_person_id.name))
        if self.unless_ids:
            names = ", ".join(self.unless_ids.sorted("sequence").mapped("name"))
            words.append(_("if not done before: %s", names))
        if self.prolongs_id:
            words.append(_("prolongs: %s", self.prolongs_id.name))
        if self.months_overseas or self.months_abroad:
            words.append(
                _(
                    "%(overseas)s months more overseas, %(abroad)s abroad",
                    overseas=self.months_overseas,
                    abroad=self.months_abroad,
                )
            )
        return words


def evidence(part):
    """Article of a part of a procedure, and how sure it is."""
    return {
        "article": article_text(part.env, part.article),
        "confidence_label": selection_label(part, "confidence"),
        "badge": BADGES[part.confidence],
        "unsure": part.confidence in UNSURE,
    }


class CreditCase(models.Model):
    _inherit = "credit.case"

    procedure_path_html = fields.Html(
        string="Path", compute="_compute_procedure_path_html", sanitize=False
    )

    @api.depends(
        "procedure_id", "stage_id", "event_ids.date", "event_ids.procedure_stage_id"
    )
    @api.depends_context("lang")
    def _compute_procedure_path_html(self):
        for case in self:
            case.procedure_path_html = bool(case.procedure_id) and self.env[
                "ir.qweb"
            ]._render(
                "credit_management_legal.procedure_path",
                {"rows": case._procedure_path(), "case": case},
            )

    def _procedure_path(self):
        """The acts that were done with their days, and what may follow."""
        self.ensure_one()
        rows = []
        acts = self.event_ids.filtered(
            lambda event: event.procedure_stage_id.procedure_id == self.procedure_id
        ).sorted(lambda event: (event.date, event.id))
        for event in acts if self.procedure_id else ():
            person = self.env._("in person") if event.in_person else ""
            rows.append(
                {
                    "day": format_date(self.env, event.date),
                    "done": True,
                    "person": person if event.kind == "served" else "",
                    **event.procedure_stage_id._row(),
                }
            )
        if self.procedure_outcome in ("ended", "void"):
            return rows
        stage = self.stage_id or self.procedure_id.stage_ids[:1]
        if not rows and stage:
            rows.append({"day": "", "done": True, "person": "", **stage._row()})
        for following in stage._following():
            rows.append({"day": "", "done": False, "person": "", **following._row()})
        return rows
