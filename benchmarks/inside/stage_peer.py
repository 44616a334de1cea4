"""The peer, OCA's account_credit_control, with a policy like ours."""

from odoo.fields import Command

import prepare
from meter import Meter

SENT = 50


def set_up(env, progress=print):
    """One level, one day after the due date, by e-mail, for both companies."""
    policies = env["credit.control.policy"]
    template = env.ref("account_credit_control.email_template_credit_control_base")
    # As our mails have none: no document goes along.
    template.report_template_ids = [Command.clear()]
    for company in prepare.companies(env):
        accounts = (
            env["account.account"]
            .with_company(company)
            .search(
                [
                    ("account_type", "=", "asset_receivable"),
                    ("company_ids", "in", company.id),
                ]
            )
        )
        policy = policies.create(
            {
                "name": f"Benchmark {company.id}",
                "company_id": company.id,
                "account_ids": [Command.set(accounts.ids)],
                "level_ids": [
                    Command.create(
                        {
                            "name": "First",
                            "level": 1,
                            "computation_mode": "net_days",
                            "delay_days": 1,
                            "channel": "email",
                            "email_template_id": template.id,
                            "custom_text": "Please pay.",
                            "custom_mail_text": "<p>Please pay.</p>",
                            "mail_show_invoice_detail": True,
                        }
                    )
                ],
            }
        )
        company.credit_policy_id = policy


def generate(env, progress=print):
    """Generate lines and their communications for all that is overdue; kept.

    :return: two figures: generating, and grouping into communications
    """
    lines = env["credit.control.line"]
    today = prepare.facts(env)["day"]
    with Meter(env) as generating:
        for company in prepare.companies(env):
            progress(f"lines of {company.name}")
            run = (
                env["credit.control.run"]
                .with_company(company)
                .create(
                    {
                        "date": today,
                        "company_id": company.id,
                        "policy_ids": [Command.set(company.credit_policy_id.ids)],
                    }
                )
            )
            run.with_company(company).generate_credit_lines()
            lines |= run.line_ids
        env.flush_all()
    lines.write({"state": "to_be_sent"})
    env.flush_all()
    progress(f"communications of {len(lines)} lines")
    with Meter(env) as grouping:
        communications = env[
            "credit.control.communication"
        ]._generate_comm_from_credit_lines(lines)
        env.flush_all()
    count = len(lines)
    return (
        generating.figures(count),
        grouping.figures(count, communications=len(communications)),
    )


def send(env, progress=print):
    """Post the e-mails of some communications, as its wizard does."""
    communications = env["credit.control.communication"].search([], limit=SENT)
    env.invalidate_all()
    with Meter(env) as meter:
        communications._generate_emails()
        env.flush_all()
    figures = meter.figures(len(communications))
    env.cr.rollback()
    return figures
