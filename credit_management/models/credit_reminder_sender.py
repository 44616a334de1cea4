"""Who signs a reminder, and where its replies go."""

from odoo import models

from ..report.letterhead import (
    Letterhead,
    footer_of,
    letterhead_of,
    number_of,
    place_of,
)


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _identity(self):
        """The sender of the reminder; empty for the collector or the company.

        For other addons to extend: a file that an agency has is written by it.

        :return: ``credit.sender``, in sudo
        """
        self.ensure_one()
        return self.sudo().step_id.sender_id

    def _letterhead(self):
        """Head, foot and signature, in the language of the environment.

        :return: :class:`..report.letterhead.Letterhead`
        """
        self.ensure_one()
        reminder = self.sudo()
        company, identity = reminder.company_id, reminder._identity()
        plain = letterhead_of(company, reminder.user_id)
        if not identity:
            return plain
        home, footer = company.partner_id, plain.footer
        identity = identity.with_context(lang=self.env.context.get("lang"))
        third = identity.partner_id if identity.kind == "third" else home
        named = identity._is_named()
        if named:
            footer = footer_of(
                third,
                number_of(third),
                identity.phone,
                identity.email,
                third.website,
                identity.footer,
            )
        logo = f"/web/image/credit.sender/{identity.id}/logo" if identity.logo else ""
        return Letterhead(
            house=third.name if named else company.name,
            person=identity.user_id.name if identity.kind == "user" else "",
            title=identity.title or "",
            email=identity.email or "",
            phone=identity.phone or "",
            street=third.street or "",
            place=place_of(third),
            # Whoever is written to by another than the creditor reads where it is.
            behalf=self.env._(
                "in the name and on behalf of %(company)s, %(mandate)s",
                company=", ".join(
                    filter(None, (company.name, home.street, place_of(home)))
                ),
                mandate=identity.mandate_text,
            )
            if named
            else "",
            logo=logo if named else "",
            footer=footer,
            own=named,
            apart=identity.kind == "third" and not named,
        )

    def _fill_senders(self, results):
        # EXTENDS credit_management: the sender of the step comes before what its
        # template says
        for reminder in self:
            identity = reminder._identity()
            if not identity:
                continue
            values = results[reminder.id]
            values["email_from"] = identity._email_from(reminder.company_id)
            reply_to = identity._reply_to(reminder.company_id)
            if reply_to:
                values["reply_to"] = reply_to
        return super()._fill_senders(results)
