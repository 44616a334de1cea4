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
        self.assertEqual(len(running.event_ids), 4)
        self.assertEqual(
            running.track_id, self.env.ref("credit_management_legal.track_agency")
        )
        self.assertGreater(running.amount_residual, 2000)
