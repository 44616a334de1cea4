"""Cases before a court: short words for what happens on which day."""

from contextlib import contextmanager
from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from .common import CaseCommon

#: Valid numbers of companies, of nobody in particular.
SIREN = "732829320"
BELGIAN = "BE0477472701"


class ProcedureCommon(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_registry = SIREN
        cls.debtor.company_registry = SIREN

    @classmethod
    def procedure(cls, code):
        return cls.env.ref(f"credit_management_legal.procedure_{code}")

    @classmethod
    def in_country(cls, partner, country, **values):
        partner.write({"country_id": cls.env.ref(f"base.{country}").id, **values})

    @classmethod
    def judicial(cls, code=None, partner=None, amount=1000, **values):
        """An open judicial case, with a procedure."""
        move = cls.make_invoice(partner or cls.debtor, overdue=100, amount=amount)
        procedure = cls.procedure(code) if code else cls.env["credit.procedure"]
        return cls.make_case(move, kind="judicial", procedure_id=procedure.id, **values)

    @contextmanager
    def on(self, day):
        """On a day at noon; values that depend on it are read anew."""
        with freeze_time(f"{day} 10:00:00"):
            self.env.invalidate_all()
            yield
            self.env.flush_all()
        self.env.invalidate_all()

    def act(self, case, code, day, on=None, **values):
        """Note an act on the day on which it is done, or ahead for another day."""
        stage = case.procedure_id.stage_ids.filtered(lambda s: s.code == code)
        self.assertTrue(stage, code)
        with self.on(day):
            return case._add_event(
                stage.event_kind,
                stage.name,
                date=on or day,
                procedure_stage_id=stage.id,
                **values,
            )

    @contextmanager
    def refused(self, text):
        """Something that is refused leaves nothing behind."""
        with self.assertRaisesRegex(ValidationError, text), self.cr.savepoint():
            yield
        self.env.invalidate_all()

    def cron(self, day):
        """What the night does."""
        with self.on(day), self.enter_registry_test_mode():
            self.env.ref(
                "credit_management_legal.ir_cron_deadlines"
            ).method_direct_trigger()

    def states(self, case):
        """{code of the rule: (state, last day)} of what counts."""
        return {
            row.rule_id.code: (row.state, row.date.isoformat())
            for row in case.deadline_ids
            if row.is_current
        }

    def assertDeadlines(self, case, **expected):
        self.assertEqual(self.states(case), expected)

    def assertStands(self, case, stage, outcome, actor, day):
        """Where a case stands, and its next day."""
        self.assertEqual(
            (
                case.stage_id.code,
                case.procedure_outcome,
                case.next_actor,
                case.next_deadline_date,
            ),
            (stage, outcome, actor, date.fromisoformat(day) if day else False),
        )
