"""Delivering e-mails and letters, beside what Odoo itself takes for as many."""

from odoo.tools import SQL

import prepare
from meter import Meter

#: As one of Odoo's own mails of this kind would be written: a table and a link.
BODY = """
<div>
  <p>Dear <t t-out="object.partner_id.name"/>,</p>
  <p>We have not received payment of the invoices below yet.</p>
  <table style="width: 100%">
    <tr><th>Invoice</th><th>Date</th><th>Due</th><th>Amount</th><th>Open</th></tr>
    <tr t-foreach="object.line_ids" t-as="line">
      <td t-out="line.name"/>
      <td t-out="line.date_invoice"/>
      <td t-out="line.date_due"/>
      <td t-out="line.amount_original"/>
      <td t-out="line.amount_residual"/>
    </tr>
  </table>
  <p>Please pay <t t-out="object.amount_total"/> or visit
    <a href="/my/invoices">your account</a>.</p>
</div>
"""
#: The same with a code to pay by, where ours have one as well: made by Odoo.
QR_CODE = """
  <t t-set="account" t-value="object.bank_account_id"/>
  <img t-if="object.currency_id.name == 'EUR' and account" alt="QR code"
    t-att-src="account.build_qr_code_base64(object.amount_total, object.name, '',
      object.currency_id, object.partner_id, 'sct_qr')"/>
"""
LAYOUT = "mail.mail_notification_layout"
#: Few are enough for what takes the same for each.
POSTED, PRINTED_SINGLY, PRINTED_TOGETHER = 50, 5, 100


def use_sink(env, port, base_url, progress=print):
    """Make a sink on this machine the only way out, and letters print from here."""
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {
            "name": "Benchmark",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", base_url)
    parameters.set_param("web.base.url.freeze", "True")
    parameters.set_param("report.url", base_url)


def queue(env, channel, limit, progress=print):
    """Queue some reminders for a channel, all others wait; return how many."""
    env.cr.execute(
        SQL(
            """UPDATE credit_reminder SET state = 'to_approve' WHERE state = 'queued';
               UPDATE credit_reminder SET state = 'queued', channel = %s
                WHERE id IN (SELECT id FROM credit_reminder
                              WHERE state = 'to_approve' ORDER BY id LIMIT %s)""",
            channel,
            limit,
        )
    )
    count = env.cr.rowcount
    env.invalidate_all()
    return count


def deliver(env, progress=print):
    """What the scheduled action does with all that is queued."""
    env.cr.commit()
    queued = env["credit.reminder"].search([("state", "=", "queued")])
    env.invalidate_all()
    with Meter(env) as meter:
        env["credit.reminder"]._cron_deliver()
        env.cr.commit()
    sent = queued.filtered(lambda reminder: reminder.state == "sent")
    if sent != queued:
        reasons = set((queued - sent).mapped("failure_reason"))
        raise RuntimeError(f"{len(queued - sent)} reminders did not leave: {reasons}")
    return meter.figures(len(queued))


def core_mails(env, limit, progress=print):
    """Odoo's own cost of mails: in batches, sent from the queue, posted one by one.

    :return: four figures: in batches with QR codes and without, and what follows
    """
    reminders = env["credit.reminder"].search([], limit=limit, order="id")
    template = env["mail.template"].create(
        {
            "name": "Benchmark",
            "model_id": env["ir.model"]._get_id("credit.reminder"),
            "subject": "Reminder {{ object.name }}",
            "partner_to": "{{ object.contact_id.id }}",
            "lang": "{{ object.contact_id.lang }}",
            "body_html": BODY,
            "auto_delete": False,
        }
    )
    env.flush_all()
    env.invalidate_all()
    progress("in batches")
    with Meter(env) as batch:
        mails = template.send_mail_batch(reminders.ids, email_layout_xmlid=LAYOUT)
        env.flush_all()
    progress("in batches, with QR codes")
    with env.cr.savepoint() as savepoint:
        template.body_html = BODY.replace("</div>", f"{QR_CODE}</div>")
        env.flush_all()
        env.invalidate_all()
        with Meter(env) as coded:
            made = template.send_mail_batch(reminders.ids, email_layout_xmlid=LAYOUT)
            env.flush_all()
        codes = sum("data:image/png" in (mail.body_html or "") for mail in made)
        savepoint.rollback()
    progress("the mail queue")
    env.invalidate_all()
    with Meter(env) as sending:
        mails.send(auto_commit=False)
        env.flush_all()
    progress("posted one by one")
    posted = reminders[:POSTED]
    env.invalidate_all()
    with Meter(env) as posting:
        for reminder in posted:
            reminder.message_post_with_source(
                template, email_layout_xmlid=LAYOUT, subtype_xmlid="mail.mt_comment"
            )
        env.flush_all()
    figures = (
        coded.figures(len(reminders), codes=codes),
        batch.figures(len(reminders)),
        sending.figures(len(reminders)),
        posting.figures(len(posted)),
    )
    env.cr.rollback()
    return figures


def core_pdfs(env, progress=print):
    """Odoo's own cost of PDFs, for invoices: one by one, and many in one call.

    :return: two figures
    """
    report = env.ref("account.account_invoices")
    moves = env["account.move"].search(
        [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("company_id", "=", prepare.companies(env)[0].id),
        ],
        limit=PRINTED_SINGLY + PRINTED_TOGETHER,
        order="id desc",
    )
    singly, together = moves[:PRINTED_SINGLY], moves[PRINTED_SINGLY:]
    report._render_qweb_pdf(report, moves[:1].ids)  # the first one compiles the styles
    env.invalidate_all()
    progress("one by one")
    with Meter(env) as one_by_one:
        for move in singly:
            report._render_qweb_pdf(report, move.ids)
    env.invalidate_all()
    progress(f"{len(together)} in one call")
    with Meter(env) as in_one_call:
        report._render_qweb_pdf(report, together.ids)
    figures = one_by_one.figures(len(singly)), in_one_call.figures(len(together))
    env.cr.rollback()
    return figures
