"""Letters, visits and text messages of the past weeks for the demonstration.

So that no screen of these channels is empty: letters at a print shop, a file of what
became of registered letters, visits that were made and one round that is planned, and
what debtors answered to text messages. Behind the past stand invoices that are paid:
what comes next for open ones is for the main job to find out.
"""

import base64
import datetime
from contextlib import suppress

from odoo.exceptions import UserError, ValidationError

#: Days before the date on which registered letters were made.
LETTER_DAYS = 20
LETTERS = 5
#: Letters at the print shop.
PRINTED = 4
VISIT_DAYS = 5
#: Tracking numbers, and what a carrier says of each: (state, days after the posting).
ENDS = (
    ("1A00000000001", "received", 2),
    ("1A00000000002", "refused", 3),
    ("1A00000000003", "unclaimed", 16),
    ("1A00000000004", "undeliverable", 4),
    ("1A00000000005", "presented", 2),
)
REPLIES = {
    "fr": ("Je paie vendredi", "C'est déjà payé, merci de vérifier", "STOP"),
    "nl": ("Ik betaal vrijdag", "Al betaald, kijk het na aub", "STOP"),
    "en": ("I will pay on Friday", "Paid already, please check", "STOP"),
}


def tell_of_channels(env, company, date):
    """Add what happened by these channels until ``date``."""
    past = _paid_items(env, company)
    _registered_letters(env, company, date, past[:LETTERS])
    _visits(env, company, date)
    if "credit.sms.reply" in env:
        _text_messages(env, company, date, past[LETTERS : LETTERS + 3])


def hand_over_letters(env, company):
    """A batch of the letters that the main job has made, at the print shop."""
    letters = env["credit.reminder"].search(
        [
            ("company_id", "=", company.id),
            ("state", "=", "sent"),
            ("printed", "=", False),
            ("letter_id", "!=", False),
        ],
        order="id",
        limit=PRINTED,
    )
    if letters:
        env["credit.postal.batch"]._make(letters).action_export()


def receive_a_transfer(env, company, date):
    """Money on the bank that names a reminder, and that nobody has matched yet."""
    reminders = env["credit.reminder"].search(
        [
            ("company_id", "=", company.id),
            ("state", "=", "sent"),
            ("is_thanks", "=", False),
            ("amount_total", ">", 0),
        ],
        order="id",
    )
    several = reminders.filtered(lambda reminder: len(reminder.line_ids.move_id) > 1)
    journal = env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
    )
    for reminder in several[-1:]:
        env["account.bank.statement.line"].with_company(company).create(
            {
                "journal_id": journal.id,
                "date": date,
                "payment_ref": f"TRANSFER {reminder.payment_reference}",
                "amount": reminder.amount_total,
            }
        )


def _paid_items(env, company):
    """Paid items of invoices, one of each debtor."""
    items = env["account.move.line"].search(
        [
            ("company_id", "=", company.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", True),
            ("move_id.move_type", "=", "out_invoice"),
        ],
        order="id desc",
    )
    first = {item.partner_id.commercial_partner_id: item for item in items}
    return env["account.move.line"].browse(item.id for item in first.values())


def _past_reminders(env, company, items, channel, day, **values):
    """Reminders about some items that left on a day by a channel."""
    policies = env["credit.policy"]._get_company_policies(company)
    vals_list = []
    for item in items:
        debtor = item.partner_id.commercial_partner_id
        fitting = policies.filtered(
            lambda p, d=debtor: d.filtered_domain(p._debtor_domain())
        )
        steps = fitting[:1]._sequence_steps() if fitting else policies.step_ids
        step = (
            steps.filtered(lambda s: s.channel == channel)[:1]
            # What the law wants said at length leaves by no other channel.
            or steps.filtered(lambda s: s.delay_days > 0 and not s._document_kind())[:1]
            or steps[-1:]
        )
        vals_list.append(
            {
                "company_id": company.id,
                "partner_id": debtor.id,
                "contact_id": debtor.id,
                "currency_id": item.currency_id.id,
                "policy_id": step.policy_id.id,
                "step_id": step.id,
                "channel": channel,
                "state": "sent",
                "delivery_state": "pending",
                "date": day,
                "date_done": day,
                "date_sent": datetime.datetime.combine(day, datetime.time(9, 30)),
                "amount_residual": item.amount_currency,
                "amount_total": item.amount_currency,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "move_line_id": item.id,
                            "step_id": step.id,
                            "currency_id": item.currency_id.id,
                            "amount_residual": item.amount_currency,
                            "days_overdue": 30,
                        },
                    )
                ],
                **values,
            }
        )
    reminders = env["credit.reminder"].with_context(tracking_disable=True)
    return reminders.create(vals_list)


def _registered_letters(env, company, date, items):
    """Registered letters, and two files of what became of them: the later one waits."""
    made = date - datetime.timedelta(days=LETTER_DAYS)
    letters = _past_reminders(
        env,
        company,
        items,
        "registered_letter",
        made,
        postal_state="to_post",
        printed=True,
    )
    posted = made + datetime.timedelta(days=1)
    rows, later = [], []
    for letter, (number, state, days) in zip(letters, ENDS, strict=False):
        rows.append(f"{letter.name};{number};posted;{posted}")
        end = posted + datetime.timedelta(days=days)
        (later if state == "unclaimed" else rows).append(
            f"{letter.name};{number};{state};{end}"
        )
    # A row that nobody can do anything with, as files have them.
    rows.append(f";1A99999999999;received;{posted}")
    _return_file(env, company, "post-week-1.csv", rows).action_import()
    _return_file(env, company, "post-week-3.csv", later).action_check()


def _return_file(env, company, name, rows):
    content = "\n".join(["reference;tracking;status;date", *rows]).encode()
    return env["credit.postal.file"].create(
        {
            "company_id": company.id,
            "filename": name,
            "file": base64.b64encode(content),
        }
    )


def _visits(env, company, date):
    """A round that was made, with its reports, and one to come."""
    debtors = env["res.partner"].search(
        [
            ("company_id", "=", company.id),
            ("ref", "!=", False),
            ("is_company", "=", True),
        ],
        order="ref",
    )
    firm = env["res.partner"].create(
        {
            "name": f"Visits & Recovery, {company.city}",
            "is_company": True,
            "email": f"rounds@{company.country_id.code.lower()}.example.com",
            "company_id": company.id,
            "lang": company.partner_id.lang,
        }
    )
    back = date - datetime.timedelta(days=VISIT_DAYS)
    made = _planned(env, company, debtors[12:15], firm, back, -1)
    reports = (
        {
            "outcome": "met",
            "met_role": "representative",
            "paper_given": True,
            "said": "Waits for two customers to pay; the rest comes this month.",
            "activity": "reduced",
            "assets": "some",
            "willingness": "willing",
            "ability": "partly",
        },
        {"outcome": "absent", "activity": "active"},
        {"outcome": "moved", "said": "The shop is let to somebody else."},
    )
    for visit, report in zip(made, reports, strict=False):
        visit._register_report(
            {
                "visited_at": visit.start_at,
                "paid_currency_id": company.currency_id.id,
                **report,
            },
            firm.name,
        )
    coming = date + datetime.timedelta(days=1)
    _planned(env, company, debtors[9:12], firm, coming, 1)


def _planned(env, company, debtors, firm, day, step):
    """Visits on the first day that is allowed, looked for in one direction."""
    visits = env["credit.visit"]
    for _number in range(6):
        with suppress(ValidationError, UserError), env.cr.savepoint():
            return visits.create(
                [
                    {
                        "company_id": company.id,
                        "partner_id": debtor.id,
                        "firm_id": firm.id,
                        "date": day,
                        "hour_from": 9.5,
                        "hour_to": 16.5,
                    }
                    for debtor in debtors
                ]
            )
        day += datetime.timedelta(days=step)
    return visits


def _text_messages(env, company, date, items):
    """Text messages that left, and what came in for them."""
    day = date - datetime.timedelta(days=3)
    messages = _past_reminders(env, company, items, "sms", day)
    lang = (company.partner_id.lang or "en")[:2]
    texts = REPLIES.get(lang, REPLIES["en"])
    for number, (message, text) in enumerate(zip(messages, texts, strict=False)):
        # Numbers that the French regulator keeps for fiction.
        telephone = f"+3363998{company.id % 10}{number:03}"
        message.write(
            {
                "sms_number": telephone,
                "sms_text": message._texts()[message.id],
                "sms_segments": 1,
                "sms_cost": 0.06,
            }
        )
        env["credit.sms.reply"]._receive(
            company, "sms", f"demo-{message.id}", telephone, "", text
        )
