"""The demonstration data of the addon."""

from odoo.tests import tagged
from odoo.tools import convert_file

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestDemo(CaseCommon):
    def test_cases_of_all_states(self):
        """The file loads, twice without harm, and its cases are what they say."""
        self.company = self.env.ref("base.main_company")
        user = self.env.user
        user.write({"company_ids": [(4, self.company.id)]})
        if not self.company.chart_template:
            self.env["account.chart.template"].try_loading(
                "generic_coa", company=self.company, install_demo=False
            )
        for _time in range(2):
            convert_file(
                self.env(user=user.browse(1)),
                "credit_management_legal",
                "demo/credit_case_demo.xml",
                {},
                "init",
                noupdate=True,
            )
        states = {}
        for name in ("proposed", "open", "judicial", "paid", "withdrawn", "closed"):
            case = self.env.ref(f"credit_management_legal.demo_case_{name}")
            states[name] = case.state
            self.assertTrue(case.line_ids)
        self.assertEqual(
            states,
            {
                "proposed": "draft",
                "open": "open",
                "judicial": "open",
                "paid": "paid",
                "withdrawn": "withdrawn",
                "closed": "closed",
            },
        )
        running = self.env.ref("credit_management_legal.demo_case_open")
        # What was told of it, and the agency's request.
        self.assertEqual(
            sorted(running.event_ids.mapped("kind")),
            ["contact", "contact", "document", "letter", "question"],
        )
        self.assertEqual(running.request_ids.state, "open")
        judicial = self.env.ref("credit_management_legal.demo_case_judicial")
        self.assertTrue(judicial.deadline_ids)
        self.assertEqual(
            self.env["credit.insolvency"].search_count(
                [
                    (
                        "partner_id",
                        "=",
                        self.env.ref("credit_management_legal.demo_debtor_garage").id,
                    )
                ]
            ),
            1,
        )
        lost = self.env.ref("credit_management_legal.demo_case_closed")
        write_off = self.env["credit.write.off"].search([("case_id", "=", lost.id)])
        self.assertEqual(write_off.state, "draft")
        self.assertEqual(write_off.line_ids.move_line_id, lost.line_ids.move_line_id)
        self.assertEqual(
            running.track_id, self.env.ref("credit_management_legal.track_agency")
        )
        self.assertGreater(running.amount_residual, 2000)
