"""Steps in a file are those of a policy: of which one, before anything is written."""

from collections import Counter, defaultdict
from contextlib import closing

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..ledger import Problem
from .credit_import_post import QUIET, customer_key

#: Kinds of new customers that are tried out; of more, the import itself tells.
MAX_KINDS = 2000
#: Numbers of rows that the summary names.
MAX_ROWS = 20


def comes_after_due(step):
    """Whether a step has its place after the due date, or on it.

    A step behind another one has its place where that one has.
    """
    if step.formal_notice:
        return True
    steps = step.policy_id._sequence_steps()
    for earlier in reversed(steps[: steps.ids.index(step.id) + 1]):
        if earlier.trigger != "previous":
            return earlier.trigger == "due" and earlier.delay_days >= 0
    return True


class CreditImport(models.Model):
    """Hold the steps of a file against the policies that its customers will follow."""

    _inherit = "credit.import"

    def write(self, vals):
        # EXTENDS base: companies follow other policies than individuals
        result = super().write(vals)
        if "customer_type" in vals:
            for record in self:
                if record.state == "validated" and not record.done_count:
                    record._check_file(record._file_content())
        return result

    def _check_steps(self, rows, matched):
        """Find steps that a policy lacks, and what numbers of steps mean.

        :param rows: ``ledger.LedgerRow`` values that are good so far
        :param dict matched: {row number: id of a partner that is known}
        :return: ({row number: problem}, what the summary is to tell)
        """
        new = self._new_customers(rows, matched)
        wanted = [row for row in rows if self._takes_step(row) and self._is_open(row)]
        policies = self._customer_policies(wanted, new, matched)
        steps, problems = {}, {}
        meant, early = Counter(), defaultdict(list)
        for row in wanted:
            if row.number not in policies:
                continue
            policy = policies[row.number]
            key = (policy.id, row.step)
            if key not in steps:
                steps[key] = self._step_of(policy, row.step)
            step = steps[key]
            if not step:
                code = "policy_step" if policy else "no_policy"
                params = {"policy": policy.name, "value": row.step}
                problems[row.number] = Problem("step", code, params)
                continue
            if row.step.isdigit():
                meant[row.step, step.id] += 1
            if row.reminded_on and row.reminded_on < row.due_date:
                early[step].append(row.number)
        return problems, {
            "new_customers": len(new),
            "individuals": sum(
                not self._prepare_partner(item, {})["is_company"]
                for item in new.values()
            ),
            "steps": [[*key, count] for key, count in sorted(meant.items())],
            "steps_untold": any(row.number not in policies for row in wanted),
            "early": [
                [step.id, numbers[:MAX_ROWS], len(numbers)]
                for step, numbers in early.items()
                if comes_after_due(step)
            ],
        }

    def _is_open(self, row):
        """Whether something of a row is open once it is imported."""
        return not self._is_paid(row) or row.paid < row.amount

    def _customer_policies(self, rows, new, matched):
        """The policies that the customers of rows follow once they are imported.

        The engine is asked. New customers are made for it and taken back again, one of
        each kind: of those that are alike in all that the policies ask for.

        :param dict new: {key of a customer: the row that it is made of}
        :return: {row number: policy, empty if none applies}, without the rows of which
            it can't be told
        """
        if not rows:
            return {}
        policies = self.env["credit.policy"]._get_company_policies(self.company_id)
        names = self._asked_of_partners(policies)
        if names is None:
            return {}
        asked = {customer_key(row) for row in rows if row.number not in matched}
        countries = self._country_ids(new[key] for key in asked)
        kinds = {}
        for key in asked:
            values = self._prepare_partner(new[key], countries)
            kinds[key] = tuple((n, values[n]) for n in sorted(values) if n in names)
        found = self._try_customers(
            policies,
            "customer_rank" in names,
            {kind: new[key].customer for key, kind in kinds.items()},
            {matched[row.number] for row in rows if row.number in matched},
        )
        customers = {
            row.number: matched.get(row.number) or kinds[customer_key(row)]
            for row in rows
        }
        return {
            number: policies.browse(found[customer])
            for number, customer in customers.items()
            if customer in found
        }

    def _asked_of_partners(self, policies):
        """Names of the fields that decide which policy a customer follows.

        :return: None if it depends on more than the customer's own values: on what is
            owed, for example, which is not known before the invoices are there
        """
        partner_model = self.env["res.partner"]
        todo = [
            condition.field_expr
            for policy in policies.filtered("active")
            for condition in Domain(policy._parse_partner_domain()).iter_conditions()
        ]
        names = set()
        while todo:
            name = todo.pop().split(".")[0]
            if name in names:
                continue
            names.add(name)
            field = partner_model._fields[name]
            sources = self.pool.field_depends.get(field, ())
            if field.type == "one2many" or not (field.store or sources):
                return None
            todo += sources
        return names

    def _try_customers(self, policies, ranked, kinds, known):
        """Ask the engine for the policies of customers, some of them made for it.

        :param bool ranked: whether it makes a difference that a partner is a customer:
            with their first invoice, all are
        :param dict kinds: {values of a new customer: its name}
        :param set known: ids of partners
        :return: {kind or id of a partner: id of a policy or None}
        """
        partner_model = self.env["res.partner"].sudo()
        partner_model = partner_model.with_company(self.company_id)
        partner_model = partner_model.with_context(**QUIET)
        if len(kinds) > MAX_KINDS:
            kinds = {}
        with closing(self.env.cr.savepoint()):
            try:
                created = partner_model.create(
                    [
                        {
                            "name": name,
                            "company_id": self.company_id.id,
                            "customer_rank": 1,
                            **dict(kind),
                        }
                        for kind, name in kinds.items()
                    ]
                )
            except UserError:
                # The rows of such customers will be set aside, with the reason.
                kinds, created = {}, partner_model
            if ranked:
                partners = partner_model.browse(known)
                partners.filtered(lambda p: not p.customer_rank).customer_rank = 1
            self.env.flush_all()
            policy = self.env["credit.engine"]._debtor_policy_sql(
                policies, self.company_id
            )
            found = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT debtor.id, %s FROM res_partner debtor"
                        " WHERE debtor.id = ANY(%s)",
                        policy,
                        [*known, *created.ids],
                    )
                )
            )
        for kind, partner in zip(kinds, created.ids, strict=True):
            found[kind] = found.pop(partner)
        return found
