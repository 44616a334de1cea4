"""What the debtor's page tells of items in a case, and of those an insolvency stops.

For neither is the debtor asked on the page. What is in a case may still be paid to us
there, unless its mandate says that the third party receives what debtors pay. What an
insolvency stops may not be paid to anybody but as the procedure says.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_account import Refused

#: Statuses of what is in a case: it may be paid on the page, or to the party alone.
IN_CASE = ("case", "case_party")


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _status_codes(self):
        # EXTENDS credit_management
        return (*super()._status_codes(), "insolvency", *IN_CASE)

    @api.model
    def _held_codes(self):
        # EXTENDS credit_management
        return {
            **super()._held_codes(),
            "insolvency": False,
            "case_party": False,
            "case": True,
        }

    @api.model
    def _status_label(self, account, code, day, amount, currency):
        # EXTENDS credit_management
        if code in IN_CASE:
            return account.env._("Handed over for collection")
        if code == "insolvency":
            return account.env._("Collective procedure")
        return super()._status_label(account, code, day, amount, currency)

    @api.model
    def _statuses_sql(self, account, items):
        # EXTENDS credit_management
        ids = tuple(items.ids) or (0,)
        in_case = SQL(
            """SELECT line.move_line_id,
                      CASE WHEN mandate.payments_to = 'party'
                           THEN 'case_party' ELSE 'case' END, NULL, NULL
                 FROM credit_case_line line
                 JOIN credit_case opened ON opened.id = line.case_id
                 LEFT JOIN credit_mandate mandate ON mandate.id = opened.mandate_id
                WHERE line.is_open AND line.move_line_id IN %s""",
            ids,
        )
        stopped = SQL(
            """SELECT stopped.id, 'insolvency', stopped.opened, NULL
                 FROM (%s) stopped
                WHERE stopped.stopped""",
            self.env["credit.engine"]._insolvent_items_sql(SQL("aml.id IN %s", ids)),
        )
        parts = super()._statuses_sql(account, items)
        return [*parts, ("case", in_case), ("insolvency", stopped)]

    @api.model
    def _present_sql(self, account, items):
        # EXTENDS credit_management
        conditions = super()._present_sql(account, items)
        conditions["case"] = SQL(
            """EXISTS (SELECT FROM credit_case_line
                        WHERE is_open AND move_line_id = ANY(%s))""",
            items.ids,
        )
        conditions["insolvency"] = SQL(
            """EXISTS (SELECT FROM credit_insolvency WHERE partner_id = %(debtor)s)
               OR EXISTS (SELECT FROM res_partner WHERE id = %(debtor)s
                             AND credit_insolvency_date IS NOT NULL)""",
            debtor=account.debtor.id,
        )
        return conditions

    @api.model
    def _held_charges(self, account, charges, rows, present):
        # EXTENDS credit_management: fees and costs of what is held belong to no
        # invoice, and an insolvency stops charges on invoices that are paid as well
        found = super()._held_charges(account, charges, rows, present)
        loose = charges.filtered(lambda charge: not charge.invoice_id)
        codes = {row["held"] for row in rows if row["amount"] > 0}
        of_items = charges - found - loose
        if of_items and "insolvency" in present:
            known = account.env["credit.engine"]._insolvent_items(
                of_items.move_line_id.ids
            )
            stopped = of_items.filtered(
                lambda charge: known.get(charge.move_line_id.id, (None, False))[1]
            )
            found |= stopped
            if stopped and not codes:
                codes = {"insolvency"}
        if loose and codes and codes <= {"insolvency", "limitation"}:
            return found | loose
        if loose and codes.intersection(IN_CASE):
            known = account.env.execute_query(
                account.env["credit.case"]._charges_sql(
                    SQL("charge.id = ANY(%s)", loose.ids)
                )
            )
            found |= loose.browse({charge_id for _case, charge_id in known})
        return found

    @api.model
    def _page_values(self, account, all_said=False):
        # EXTENDS credit_management: whom to talk to about what is not asked for here
        values = super()._page_values(account, all_said)
        held = [row for row in values["claims"] if row["held"]]
        values["held_groups"] = self._held_groups(account, held) if held else []
        return values

    @api.model
    def _held_groups(self, account, rows):
        """Claims that are not asked for here, by who handles them.

        :return: list of dict(title, text, person, transfers, rows); ``person`` may be
            empty, ``transfers`` are texts: how to pay the third party
        """
        _ = account.env._
        groups = []
        stopped = [row for row in rows if row["held"] == "insolvency"]
        if stopped:
            known = account.debtor._credit_insolvencies(account.company)
            groups.append(
                {
                    "title": _("Collective procedure"),
                    "text": self._insolvency_text(account),
                    "person": known[account.debtor].administrator_id
                    if account.debtor in known
                    else account.env["res.partner"],
                    "transfers": [],
                    "rows": stopped,
                }
            )
        taken = {row["id"]: row for row in rows if row["held"] in IN_CASE}
        lines = account.env["credit.case.line"].search(
            Domain("move_line_id", "in", list(taken)) & Domain("is_open", "=", True)
        )

        def handled(line):
            case = line.case_id
            return case.party_id, case.mandate_id.payments_to or "either"

        for (party, payee), own in lines.grouped(handled).items():
            mine = set(own.move_line_id.ids)
            groups.append(
                {
                    "title": _("Handed over for collection"),
                    "text": self._held_text(account, party, payee),
                    "person": party,
                    "transfers": own.case_id._party_transfers()
                    if payee == "party"
                    else [],
                    "rows": [row for key, row in taken.items() if key in mine],
                }
            )
        return groups

    @api.model
    def _insolvency_text(self, account):
        return account.env._(
            "A collective procedure was opened: payments are not asked for here. "
            "Please contact us or the administrator."
        )

    @api.model
    def _held_text(self, account, party, payee):
        """What is said of claims in the hands of a third party.

        :param str payee: who receives payments, see ``payments_to`` of mandates
        """
        _ = account.env._
        if not party:
            return _(
                "They are being collected, and are not part of what is owed now. "
                "Interest, charges and costs may come on top: please talk to us."
            )
        about = _(
            "%(party)s handles them for us: please talk to them about what is owed, "
            "with interest, charges and costs, and about how to pay. They are not part "
            "of what is owed now.",
            party=party.name,
        )
        how = {
            "either": _("Tick the invoices if you want to pay us all the same."),
            "creditor": _("Payments go to us: tick the invoices to pay them here."),
            "party": _("Please pay %(party)s, not us.", party=party.name),
        }
        return f"{about} {how[payee]}"

    @api.model
    def _handled_apart(self, account, row):
        # EXTENDS credit_management: in the words of the page
        return Refused(self._held_groups(account, [row])[0]["text"])

    @api.model
    def _check_not_busy(self, account, items):
        # EXTENDS credit_management: whoever has the case agrees on how it is paid
        checked = super()._check_not_busy(account, items)
        if items._credit_insolvency_days():
            raise Refused(self._insolvency_text(account))
        taken = self.env["credit.case"].sudo()._in_running_case(items)
        if taken:
            raise Refused(
                account.env._(
                    "Some of what you ticked has been handed over for collection. "
                    "Please talk to whoever wrote to you about it, or write to us."
                )
            )
        return checked
