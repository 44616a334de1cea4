"""First pages, as the web client asks for them; and what PostgreSQL does for them."""

import re
import statistics
import threading
from time import perf_counter

from lxml import etree

from odoo import api
from odoo.fields import Command
from odoo.tools import SQL

import prepare
from meter import Meter

RUNS = 6
PAGE = 80
COUNT_LIMIT = 10001
X2MANY = ("one2many", "many2many")
NESTED = {"display_name": {}}
POSITION = re.compile(r"^credit_(step_id|next_step_id|next_date|block_reason|is_due)$")


def worklist(env, progress=print):
    """The worklist, as its menu opens it but for all collectors."""
    view = env.ref("credit_management.credit_task_view_list")

    def page(user_env):
        model = user_env["credit.task"]
        model.web_search_read(
            [], _specification(model, view, "list"), limit=PAGE, count_limit=COUNT_LIMIT
        )

    return _measure(env, page, PAGE)


def invoices(env, columns=True, due=False, progress=print):
    """The list of customer invoices.

    :param bool columns: with the columns of the position in the policy
    :param bool due: only those due for a reminder
    """
    view = env.ref("account.view_out_invoice_tree")
    domain = [("move_type", "in", ("out_invoice", "out_refund"))]
    if due:
        domain.append(("credit_is_due", "=", True))

    def page(user_env):
        model = user_env["account.move"]
        specification = _specification(model, view, "list")
        if not columns:
            specification = {
                name: spec
                for name, spec in specification.items()
                if not POSITION.match(name)
            }
        model.web_search_read(
            domain, specification, limit=PAGE, count_limit=COUNT_LIMIT
        )

    return _measure(env, page, PAGE)


def partner(env, big, progress=print):
    """The form of a debtor: of the one with most invoices, or of one with some."""
    view = env.ref("base.view_partner_form")
    debtor_id = prepare.facts(env)["big_debtor"]
    if not big:
        debtor_id = _usual_debtor(env)

    def page(user_env):
        model = user_env["res.partner"]
        model.browse(debtor_id).web_read(_specification(model, view, "form"))

    return _measure(env, page, 1)


def links(env, progress=print):
    """Addresses of debtors' pages: of the one with most invoices, and of some."""
    links = {}
    for name, debtor_id in (
        ("big", prepare.facts(env)["big_debtor"]),
        ("usual", _usual_debtor(env)),
    ):
        reminder = env["credit.reminder"].search(
            [("partner_id", "=", debtor_id)], limit=1, order="id"
        )
        links[name] = f"/credit/{reminder._portal_token()}"
    return links


def portal_user(env, progress=print):
    """Let the usual debtor log in; return the name and the password."""
    name = password = "benchmark-portal-user"
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": name,
            "login": name,
            "password": password,
            "partner_id": _usual_debtor(env),
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )
    env.cr.commit()
    return {"name": name, "password": password}


def _usual_debtor(env):
    """A debtor with as many open items as most have."""
    rows = env.execute_query(
        SQL(
            """SELECT partner_id, COUNT(*) AS items FROM account_move_line
                WHERE account_id IN %s AND reconciled IS NOT TRUE
                  AND amount_residual > 0 AND company_id = %s
                  AND partner_id IN (SELECT partner_id FROM credit_reminder)
                GROUP BY partner_id ORDER BY items, partner_id""",
            env["credit.engine"]._receivable_accounts(prepare.companies(env)[0]),
            prepare.companies(env)[0].id,
        )
    )
    return rows[len(rows) // 2][0]


def _measure(env, page, items):
    """Several times, each with nothing read before; the middle one counts."""
    slowest = []

    def remember(_cr, query, params, _start, delay):
        if not slowest or delay > slowest[0][0]:
            slowest[:] = [(delay, query, params)]

    user = env.ref("base.user_admin")
    context = {"allowed_company_ids": prepare.companies(env).ids, "lang": "en_US"}
    page(api.Environment(env.cr, user.id, context))  # views and rights are cached
    env.cr.rollback()
    results = []
    threading.current_thread().query_hooks = [remember]
    for _number in range(RUNS):
        env.invalidate_all()
        env.transaction.reset()
        with Meter(env) as meter:
            page(api.Environment(env.cr, user.id, context))
        results.append(meter.figures(items))
        env.cr.rollback()
    del threading.current_thread().query_hooks
    seconds = [result["seconds"] for result in results]
    middle = sorted(results, key=lambda result: result["seconds"])[RUNS // 2]
    return {
        **middle,
        "seconds": statistics.median(seconds),
        "runs": seconds,
        "explain": _explain(env, *slowest[0]),
    }


def _explain(env, delay, query, params):
    """The plan of the slowest statement."""
    if not query.lstrip().upper().startswith(("SELECT", "WITH")):
        return ""
    started = perf_counter()
    env.cr.execute(f"EXPLAIN (ANALYZE, BUFFERS, SUMMARY) {query}", params)
    plan = "\n".join(row[0] for row in env.cr.fetchall())
    env.cr.rollback()
    return (
        f"{delay * 1000:.0f} ms, {(perf_counter() - started) * 1000:.0f} ms explained"
        f"\n{env.cr.mogrify(query, params).decode()[:6000]}\n\n{plan}"
    )


def _specification(model, view, view_type):
    """The fields that the web client reads for a view."""
    arch = etree.fromstring(model.get_view(view.id, view_type)["arch"])
    specification = {}
    for node in arch.iter("field"):
        nested = any(parent.tag == "field" for parent in node.iterancestors("field"))
        if nested:  # columns that are never shown are read as well
            continue
        field = model._fields[node.get("name")]
        specification[field.name] = {"fields": NESTED} if field.relational else {}
        if field.type in X2MANY:
            specification[field.name]["limit"] = 40
    return specification
