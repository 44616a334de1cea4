"""What was agreed on with a debtor, and what the policies let it agree to by itself."""

from datetime import timedelta
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.fields import Domain

from ..report.wording import day_text, names_text
from .credit_account_answers import PROMISE_DATES
from .credit_account_page import Show

#: What of a policy the page tells: see :meth:`CreditAccount._answer_limits`.
LIMITS = (
    "promise_max_days",
    "promise_min_share",
    "plan_auto",
    "plan_max_number",
    "plan_min_amount",
    "plan_max_days",
)


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _running(self, account, present):
        """The debtor's plans that run or are asked for, and its open promises."""
        plans, promises = account.env["credit.plan"], account.env["credit.promise"]
        own = Domain("partner_id", "=", account.debtor.id) & Domain(
            "company_id", "=", account.company.id
        )
        if "plan" in present:
            plans = plans.search(own & Domain("state", "in", ("active", "requested")))
        if "promise" in present:
            promises = promises.search(
                own & Domain("state", "=", "open"), order="date, id"
            )
        return plans, promises

    @api.model
    def _promised_names(self, account, promises):
        """The invoices of promises: {promise: text}. One look for all of them."""
        promises.move_ids.fetch(["name"])
        return {
            promise: names_text(account.env, sorted(promise.move_ids.mapped("name")))
            for promise in promises
        }

    @api.model
    def _page_values(self, account, all_said=False):
        # EXTENDS: what was answered, and what can be
        values = super()._page_values(account, all_said)
        plans, promises = self._running(account, values["picture"].present)
        frequencies = account.env["credit.plan"]._fields["frequency"]
        values.update(
            {
                "plans": plans,
                "promises": promises,
                "promised_names": self._promised_names(account, promises),
                "reasons": account.env["credit.dispute.reason"].search_fetch(
                    [("active", "=", True)], ["name"]
                ),
                "frequencies": frequencies._description_selection(account.env),
                "promise_dates": range(1, PROMISE_DATES + 1),
                "limits": self._answer_limits(account, values["claims"]),
            }
        )
        return values

    @api.model
    def _answer_limits(self, account, claims):
        """What the policies let the debtor promise and plan by itself.

        Where several policies apply, the widest limits: what was ticked decides.
        """
        policies = self._answering_policies(account, claims)
        today = account.today
        last = today + timedelta(days=max(p.promise_max_days for p in policies))
        return {
            "promise_last": last,
            "promise_text": self._promise_words(
                account, last, min(policy.promise_min_share for policy in policies)
            ),
            "plan_text": self._plan_words(account, policies, claims),
            "plan_first": self._plan_first(account, policies),
        }

    @api.model
    def _plan_first(self, account, policies):
        """The first day that is proposed for a plan.

        A month from now is when most can begin; or sooner, where as many instalments
        as are agreed to at once would end too late: what the page offers has to fit.
        """
        company, today = account.company, account.today
        first = company._credit_day_to_pay(months=1)
        widest = self._widest_plan(policies)
        if not widest:
            return first
        last = today + timedelta(days=widest.plan_max_days)
        latest = fields.Date.subtract(last, months=max(0, widest.plan_max_number - 1))
        calendar = company._credit_calendar()
        while latest > today and not calendar.is_working(latest):
            latest -= timedelta(days=1)
        return min(first, latest) if latest > today else first

    @api.model
    def _widest_plan(self, policies):
        """The policy that agrees at once to most instalments; None if none does."""
        agreeing = [policy for policy in policies if policy.plan_auto]
        return max(agreeing, key=lambda policy: policy.plan_max_number, default=None)

    @api.model
    def _answering_policies(self, account, claims):
        """The policies that some claims follow; one alone where all say the same.

        Which policy applies is asked of the database only if it makes a difference:
        most companies leave the limits as they are, for every customer.
        """
        policy_model = account.env["credit.policy"].sudo()
        usual = SimpleNamespace(
            **(dict.fromkeys(LIMITS, 0) | policy_model.default_get(list(LIMITS)))
        )
        if not claims:
            return [usual]
        limits = {
            tuple(policy[name] for name in LIMITS)
            for policy in policy_model._get_company_policies(account.company, LIMITS)
        }
        if limits <= {tuple(vars(usual).values())}:
            return [usual]
        items = account.env["account.move.line"].browse(row["id"] for row in claims)
        found = set(policy_model._answer_policies(items).values())
        return [policy for policy in found if policy] or [usual]

    @api.model
    def _promise_words(self, account, last, share):
        _ = account.env._
        text = _("The last day possible is %s.", day_text(account.env, last))
        if share:
            least = _("Please promise at least %s %% of what you ticked.", share)
            text = f"{text} {least}"
        return text

    @api.model
    def _plan_words(self, account, policies, claims):
        """What is agreed to at once, as one of the policies says."""
        _ = account.env._
        widest = self._widest_plan(policies)
        if not widest:
            return _("A person decides on your request.")
        company = account.company
        currency = claims[0]["currency"] if claims else company.currency_id
        least = company.currency_id._convert(
            widest.plan_min_amount, currency, company, account.today
        )
        last = account.today + timedelta(days=widest.plan_max_days)
        values = {
            "number": widest.plan_max_number,
            "last": day_text(account.env, last),
            "amount": Show(account.env).money(least, currency),
        }
        if least:
            return _(
                "Agreed to at once: up to %(number)s instalments of at least "
                "%(amount)s, the last one by %(last)s. You can ask for more: then a "
                "person decides.",
                **values,
            )
        return _(
            "Agreed to at once: up to %(number)s instalments, the last one by "
            "%(last)s. You can ask for more: then a person decides.",
            **values,
        )
