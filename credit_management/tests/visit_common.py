"""Visits that wait, in two companies and two currencies."""

from datetime import timedelta

from .common import TODAY, CreditCommon

VISIT = {
    "name": "Visit",
    "delay_days": 5,
    "channel": "visit",
    "automation": "manual",
}
LETTER = {"name": "Last letter", "delay_days": 20, "channel": "letter"}


class VisitCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(VISIT, LETTER)
        cls.step = cls.policy.step_ids[0]
        cls.move = cls.make_invoice(overdue=10, amount=100)
        cls.foreign = cls.make_invoice(cls.debtor_b, currency=cls.dollar, amount=80)
        cls.abroad = cls.make_invoice(cls.debtor_b, company=cls.other_company)
        cls.firm = cls.env["res.partner"].create(
            {"name": "Porte-à-porte SA", "is_company": True, "lang": "en_US"}
        )
        cls.visitor = cls.env.user

    @classmethod
    def waiting(cls, move, step=None):
        """The reminder of an invoice that waits for a visit."""
        step = step or cls.step
        return cls.remind(
            move,
            step,
            state="to_approve",
            date_done=False,
            amount_residual=move.amount_residual,
            amount_total=move.amount_residual,
        )

    @classmethod
    def plan_visit(cls, reminder, day=None, visitor=None, **values):
        """A visit from nine to five, by a firm unless a user is named."""
        who = {"user_id": visitor.id} if visitor else {"firm_id": cls.firm.id}
        return (
            cls.env["credit.visit"]
            .with_company(reminder.company_id)
            .create(
                {
                    "company_id": reminder.company_id.id,
                    "reminder_id": reminder.id,
                    "date": day or TODAY,
                    "hour_from": 9.0,
                    "hour_to": 17.0,
                    **who,
                    **values,
                }
            )
        )

    def report(self, visit, outcome="met", **values):
        """What a visitor found; the debtor itself where it was met."""
        role = {"met": "debtor", "other": "household"}.get(outcome, False)
        return visit.sudo()._register_report(
            {
                "outcome": outcome,
                "met_role": role,
                "visited_at": visit.start_at,
                "paid_currency_id": visit.reminder_id.currency_id.id,
                **values,
            },
            "Visitor",
        )

    @staticmethod
    def in_days(count):
        return TODAY + timedelta(days=count)
