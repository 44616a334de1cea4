"""The checks before a hand-over, in words."""

from dataclasses import replace

from odoo import api, models
from odoo.fields import Date, Domain
from odoo.tools import format_date

from odoo.addons.credit_management.models.credit_article import article_text
from odoo.addons.credit_management.report.wording import names_text

from ..engine import checks
from ..engine.checks import LEVELS, WARNING

#: Names that a sentence tells before it only counts the rest.
MOST_NAMES = 5


class CreditHandover(models.AbstractModel):
    _inherit = "credit.handover"

    @api.model
    def _rows(self, stored):
        """Checks for people: list of dict(code, label, level, text), the worst first.

        :param stored: as ``_as_json`` made them
        """
        labels = self._labels()
        rows = [
            {
                "code": row["code"],
                "label": labels.get(row["code"], ""),
                "level": row["level"],
                "text": row.get("text") or self._sentence(row),
            }
            for row in stored or ()
        ]
        return sorted(rows, key=lambda row: -LEVELS.index(row["level"]))

    @api.model
    def _final_rows(self, proposal):
        """What keeps a proposal back whatever reason somebody gives, as ``_rows``."""
        final = replace(
            proposal,
            checks=checks.final(proposal.checks),
            extra=tuple(row for row in proposal.extra if row[0] == checks.REFUSED),
        )
        return self._rows(self._as_json(final))

    @api.model
    def _names(self, names):
        return names_text(self.env, names, MOST_NAMES)

    @api.model
    def _sentence(self, row):
        names = self._names(self._worded_names(row))
        day = row.get("day") and format_date(self.env, Date.to_date(row["day"]))
        method = getattr(self, f"_sentence_{row['code']}", None)
        return method(row, names, day) if method else ""

    @api.model
    def _worded_names(self, row):
        """The names of a check for the reader; older ones are texts already."""
        names = row.get("names") or []
        if row["code"] == "address":
            labels = self._address_labels()
            return [labels.get(name, name) for name in names]
        lacking = [name for name in names if not isinstance(name, str)]
        if not lacking:
            return names
        kinds = self.env["credit.document.kind"].sudo()
        kinds = kinds.with_context(active_test=False).search(
            Domain("code", "in", [code for code, _invoices in lacking])
        )
        by_code = kinds.grouped("code")
        texts = self.env["credit.handoff"]
        return [
            texts._lacking_text(by_code[code], self._names(invoices))
            if code in by_code
            else code  # the kind was deleted
            for code, invoices in lacking
        ]

    @api.model
    def _sentence_claim(self, row, names, day):
        _ = self.env._
        if row["detail"] == "not_due":
            return _("Not overdue yet: %s", names)
        if row["detail"] == "contested":
            return _("Disputed in part: %s", names)
        if row["detail"]:
            reasons = dict(self.env["credit.engine"]._selection_block_reason())
            reason = reasons.get(row["detail"], row["detail"])
            return _("%(label)s: %(value)s", label=reason, value=names)
        return _("Nothing is disputed, promised, planned or paid.")

    @api.model
    def _sentence_credits(self, row, names, day):
        return self.env._(
            "%s in favour of the debtor is not set against these claims: match it "
            "first.",
            names,
        )

    @api.model
    def _sentence_insolvency(self, row, names, day):
        if day:
            return self.env._(
                "An insolvency was opened on %s: the claim is declared there instead.",
                day,
            )
        return self.env._("None is known.")

    @api.model
    def _sentence_notice(self, row, names, day):
        if names:
            return self.env._("No formal notice has reached the debtor: %s", names)
        return self.env._("It has left, and its time to pay is over.")

    @api.model
    def _sentence_reminder(self, row, names, day):
        return self.env._(
            "The free first reminder and its waiting period come first (%(article)s). "
            "None has reached the debtor for: %(names)s",
            article=article_text(self.env, row.get("article") or ""),
            names=names,
        )

    @api.model
    def _sentence_deadline(self, row, names, day):
        return self.env._("The debtor has until %s to pay.", day)

    @api.model
    def _sentence_limitation(self, row, names, day):
        _ = self.env._
        return {
            "unknown": _("No law of limitation is known for the debtor's country."),
            "past": _("The claim can no longer be enforced since %s.", day),
            "near": _("Only until %s: think of the court rather than of letters.", day),
            "shortest": _(
                "Until %s, by the shortest period for goods, services and "
                "subscriptions: the kind of claim is not known.",
                day,
            ),
        }.get(row["detail"]) or _("Until %s.", day)

    @api.model
    def _sentence_address(self, row, names, day):
        if names:
            return self.env._("The postal address lacks: %s", names)
        return self.env._("A letter would arrive.")

    @api.model
    def _sentence_evidence(self, row, names, day):
        if row["detail"] == "lacking":
            return self.env._("Missing: %s", names)
        if names:
            return self.env._(
                "Not kept as it was sent, and printed anew for the file: %s", names
            )
        return self.env._("Every invoice is kept as it was sent, nothing is missing.")

    @api.model
    def _sentence_insurance(self, row, names, day):
        _ = self.env._
        if row["detail"] == "declared":
            return _("%(policy)s: declared on %(day)s.", policy=names, day=day)
        if row["detail"] == "late":
            return _(
                "%(policy)s: declared on %(day)s, which was too late: ask the insurer.",
                policy=names,
                day=day,
            )
        if row["detail"] == "over":
            return _(
                "%(policy)s: should have been declared by %(day)s: ask the insurer "
                "before anybody else acts.",
                policy=names,
                day=day,
            )
        if day:
            return _(
                "%(policy)s: to be declared by %(day)s, and not declared yet.",
                policy=names,
                day=day,
            )
        return _("%(policy)s: not declared yet.", policy=names)

    @api.model
    def _sentence_amount(self, row, names, day):
        if row["level"] == "refused":
            return self.env._("Less than the third party takes.")
        return self.env._("Enough for the third party.")

    @api.model
    def _sentence_mandate(self, row, names, day):
        if row["level"] == "ok":
            return self.env._("One is in force.")
        if row["level"] == WARNING:
            return self.env._(
                "None in force covers the debtor's country: say who has the case."
            )
        return self.env._("None in force covers the debtor's country.")

    @api.model
    def _sentence_withdrawn(self, row, names, day):
        return self.env._("Withdrawn from a case before: %s", names)
