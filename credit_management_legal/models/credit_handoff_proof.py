"""Reminders with their proof, and what was written to and by the debtor."""

from datetime import timezone
from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext, is_html_empty

from odoo.addons.credit_management.report.wording import moment_text

from ..engine import bundle, mail_file
from .credit_handoff import COVER, FOLDERS

#: What was written to and fro after a reminder.
WRITTEN = ("email", "comment")
CORRESPONDENCE = "correspondence"


class CreditHandoff(models.AbstractModel):
    _inherit = "credit.handoff"

    # ------------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------------

    @api.model
    def _reminders(self, case):
        """What left to the debtor about the items of a case, the oldest first."""
        return case.env["credit.reminder"].search(
            Domain("line_ids.move_id", "in", case._items().move_id.ids)
            & Domain("company_id", "=", case.company_id.id)
            & Domain("state", "=", "sent")
            & Domain("is_thanks", "=", False)
            & Domain("skipped", "=", False)
            & Domain("channel", "!=", "agency"),
            order="date_done, id",
        )

    @api.model
    def _sent_messages(self, reminder):
        return reminder.message_ids.filtered(
            lambda message: message.message_type == "email_outgoing"
        ).sorted("id")

    @api.model
    def _sent_text(self, reminder):
        """What left as a text message, word by word, where the addon for it is."""
        return "sms_text" in reminder._fields and reminder.sms_text or ""

    @api.model
    def _is_kept(self, reminder):
        """Whether what the debtor was told is there; what was said aloud never is."""
        if reminder.channel in ("phone", "visit"):
            return True
        return bool(
            self._is_readable(reminder.letter_id)
            or self._sent_messages(reminder)
            or self._sent_text(reminder)
        )

    @api.model
    def _add_reminders(self, dossier):
        """Letters and messages as they left, and what the carrier said of them."""
        _ = dossier.case.env._
        for reminder in self._reminders(dossier.case):
            start = f"{FOLDERS['reminders']}/{reminder.date_done} "
            start += bundle.label(reminder.name)
            about = f"{reminder.name}, {reminder.step_id.name}"
            if self._is_readable(reminder.letter_id):
                dossier.add(f"{start}.pdf", about, self._reader(reminder.letter_id))
            text = self._sent_text(reminder)
            if text:
                dossier.add(f"{start}.txt", about, f"{text}\n".encode())
            for message in self._sent_messages(reminder):
                chunks = partial(self._mail_chunks, reminder, message)
                dossier.add(f"{start}.eml", about, chunks)
            events = reminder.postal_event_ids.filtered(lambda event: not event.struck)
            for file in events.sorted("id").attachment_ids.sorted("id"):
                name = bundle.file_name(file.name)
                proof = _("Proof of %s", reminder.name)
                if self._is_readable(file):
                    dossier.add(f"{start} proof {name}", proof, self._reader(file))
                else:
                    dossier.lacks(proof, name)

    @api.model
    def _mail_chunks(self, reminder, message):
        """A message as it left, with what was attached."""
        mail = reminder.mail_id.filtered(lambda m: m.mail_message_id == message)
        to = message.outgoing_email_to or mail.email_to
        if not to:
            people = mail.recipient_ids or message.partner_ids or reminder.contact_id
            to = ", ".join(p.email_formatted or p.name or "" for p in people)
        files = [
            (bundle.file_name(file.name), file.mimetype, self._reader(file)())
            for file in message.attachment_ids.sorted("id")
            if self._is_readable(file)
        ]
        return mail_file.chunks(
            [
                ("From", message.email_from),
                ("To", to),
                ("Reply-To", message.reply_to),
                ("Subject", message.subject),
                ("Message-ID", message.message_id),
            ],
            message.date and message.date.replace(tzinfo=timezone.utc),
            str(mail.body_html or message.body or ""),
            files,
        )

    # ------------------------------------------------------------------
    # Correspondence
    # ------------------------------------------------------------------

    @api.model
    def _correspondence(self, case):
        """What was written, the oldest first: dict(at, who, about, text, files) each.

        Texts only: whatever a debtor wrote, nothing of it is run or fetched.
        """
        _ = case.env._
        rows = []
        answers = self._answers(case)
        for answer in answers:
            who = answer.contact_id or answer.partner_id
            parts = (answer.name, answer.text)
            rows.append(
                {
                    "at": answer.create_date,
                    "who": who.display_name,
                    "about": dict(
                        answer._fields["kind"]._description_selection(case.env)
                    ).get(answer.kind, ""),
                    "text": "\n".join(filter(None, parts)),
                    "files": answer.attachment_ids,
                }
            )
        for dispute in self._disputes(case):
            rows.append(
                {
                    "at": dispute.create_date,
                    "who": dispute.partner_id.display_name,
                    "about": _("Dispute of %s", dispute.move_id.name),
                    "text": "\n".join(
                        filter(None, (dispute.reason_id.name, dispute.description))
                    ),
                    "files": dispute.attachment_ids,
                }
            )
        moves = case._items().move_id
        # Invoices are files of their own already.
        printed = set(moves.invoice_pdf_report_id.mapped("checksum"))
        for record in (*self._reminders(case), *answers):
            for message in record.message_ids:
                if self._is_correspondence(case, message):
                    rows.append(self._written(record, message, printed))
        for record in (*moves, case):
            # Others may have written there, too: only what went to or fro the debtor.
            for message in record.message_ids:
                if self._is_correspondence(case, message) and self._is_with_debtor(
                    case, message
                ):
                    rows.append(self._written(record, message, printed))
        return sorted(rows, key=lambda row: (row["at"], row["about"], row["text"]))

    @api.model
    def _written(self, record, message, printed):
        """A message as correspondence, without files of the contents ``printed``."""
        return {
            "at": message.date,
            "who": message.author_id.display_name or message.email_from or "",
            "about": message.subject or record.display_name,
            "text": html2plaintext(message.body).strip(),
            "files": message.attachment_ids.filtered(
                lambda file: file.checksum not in printed
            ),
        }

    @api.model
    def _is_with_debtor(self, case, message):
        """Whether a message was written by the debtor's people, or sent to them."""
        message = message.sudo()
        people = (
            message.author_id
            | message.partner_ids
            | message.notification_ids.res_partner_id
        )
        return case.partner_id in people.commercial_partner_id

    @api.model
    def _is_correspondence(self, case, message):
        """Whether it was written to or by somebody outside; no note among us."""
        if message.is_internal or message.subtype_id.internal:
            return False
        if is_html_empty(message.body):
            return False
        # Our own text message is the reminder itself.
        answer = message.author_id.commercial_partner_id == case.partner_id
        return message.message_type in WRITTEN or (
            message.message_type == "sms" and answer
        )

    @api.model
    def _answers(self, case):
        """What the debtor told about these items, or about the account as a whole."""
        return case.env["credit.answer"].search(
            Domain("partner_id", "=", case.partner_id.id)
            & Domain("company_id", "=", case.company_id.id)
            & (
                Domain("item_ids", "=", False)
                | Domain("item_ids", "in", case._items().ids)
            ),
            order="id",
        )

    @api.model
    def _disputes(self, case):
        return case.env["credit.dispute"].search(
            Domain("move_id", "in", case._items().move_id.ids), order="id"
        )

    @api.model
    def _add_correspondence(self, dossier):
        case = dossier.case
        if CORRESPONDENCE not in self._kinds_of(case.mandate_id).mapped("code"):
            return
        rows = self._correspondence(case)
        if not rows:
            return
        folder = FOLDERS["correspondence"]
        for row in rows:
            row["names"] = []
            row["moment"] = moment_text(case.env, row["at"], case.company_id.credit_tz)
            for file in row["files"].sorted("id"):
                name = bundle.file_name(file.name)
                if not self._is_readable(file):
                    dossier.lacks(row["about"], name)
                    continue
                path = dossier.add(
                    f"{folder}/{row['at']:%Y-%m-%d} {name}",
                    row["about"],
                    self._reader(file),
                )
                row["names"].append(path.rpartition("/")[2])
        report = "credit_management_legal.action_report_handoff_correspondence"
        printed = self._print(report, case, {"rows": rows})
        if case.id in printed:
            about = case.env._("Correspondence")
            path = f"{folder}/correspondence.pdf"
            dossier.add(path, about, dossier.keep(printed[case.id]))
        else:
            dossier.missing.append(case.env._("correspondence"))

    # ------------------------------------------------------------------
    # Cover sheet
    # ------------------------------------------------------------------

    @api.model
    def _add_covers(self, dossiers):
        """The cover sheets, last: they list what the rest has become."""
        for group in self._alike(dossiers).values():
            cases = group[0].case.browse(dossier.case.id for dossier in group)
            sheets = {dossier.case.id: self._cover_values(dossier) for dossier in group}
            report = "credit_management_legal.action_report_handoff"
            printed = self._print(report, cases, {"sheets": sheets})
            for dossier in group:
                content = printed.get(dossier.case.id)
                if content:
                    about = dossier.case.env._("Cover sheet")
                    dossier.add(COVER, about, dossier.keep(content))

    @api.model
    def _cover_values(self, dossier):
        """What the cover sheet shows: texts only, beside the case itself."""
        case, payload = dossier.case, dossier.payload
        env = case.env
        calculation = env["credit.calculation"]
        texts = env["credit.handoff.texts"]
        return {
            "case": case,
            "payload": payload,
            "day": texts._day(dossier.day),
            "opened": texts._day(case.date_opened),
            "creditor": texts._address(case.company_id.partner_id),
            "debtor": texts._address(case.partner_id),
            "party": texts._address(case.party_id) if case.party_id else [],
            "claim": texts._sums(payload["claim"], calculation._money_of, case),
            "items": texts._items(payload["items"], case),
            "booked": texts._booked(payload["booked_charges"], case),
            "reminders": texts._reminders(self._reminders(case)),
            "files": [
                {"path": file.path, "about": file.about}
                for file in sorted(dossier.files, key=lambda file: file.path)
            ],
            "missing": dossier.missing,
            "anew": env["credit.handover"]._names(dossier.anew) if dossier.anew else "",
        }
