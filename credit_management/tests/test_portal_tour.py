"""The debtor in the browser, at a desk and with a telephone."""

from datetime import timedelta
from pathlib import Path

from odoo.tests import BaseCase, freeze_time, tagged

from .axe_common import axe
from .common import NOW, TODAY
from .portal_common import PortalCommon
from .tour_pictures import TourPictures

CHECK = """
document.querySelectorAll("details").forEach((panel) => (panel.open = true));
axe.run(document, {resultTypes: ["violations"]}).then((result) => {
    const bad = result.violations.filter((found) =>
        ["serious", "critical"].includes(found.impact)
    );
    const wide = document.documentElement;
    if (wide.scrollWidth > wide.clientWidth) {
        bad.push({id: "wider than the screen", nodes: []});
    }
    if (bad.length) {
        const texts = bad.map((found) => [found.id, found.nodes.map((n) => n.html)]);
        console.error(JSON.stringify(texts));
    } else {
        console.log("test successful");
    }
});
"""


#: Where a link of an e-mail leads is on the screen, below what stays at its top.
SEEN = """
requestAnimationFrame(() => requestAnimationFrame(() => {
    const place = document.getElementById(location.hash.slice(1));
    const {top} = place.getBoundingClientRect();
    if (top >= 0 && top < innerHeight - 40) {
        console.log("test successful");
    } else {
        console.error(`${location.hash} is at ${top} of ${innerHeight}`);
    }
}));
"""


class DebtorTours(TourPictures, PortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.policy"].search([]).plan_min_amount = 20
        cls.reminder.delivery_state = "delivered"
        cls.make_user("collector")

    def _tour(self, name, path=None):
        self.start_tour(path or self.path, f"credit_debtor_{name}")
        self.env.invalidate_all()

    def _collector_tour(self, name, action):
        self.start_tour(
            f"/odoo/action-{action}", f"credit_collector_{name}", login="collector"
        )
        self.env.invalidate_all()

    def _scheduled(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"credit_management.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _residuals(self):
        return self.moves.mapped("amount_residual")


class Tours:
    """What both screens have in common."""

    def test_pay_all(self):
        self._tour("pay_all")
        self.assertEqual(self._residuals(), [0, 0, 50])
        self.assertEqual(self.reminder.delivery_state, "opened")

    def test_pay_two_of_three(self):
        self._tour("pay_two")
        self.assertEqual(self._residuals(), [0, 0, 50])

    def test_promise(self):
        self._tour("promise")
        promise = self.env["credit.promise"].search([("item_ids", "!=", False)])
        self.assertEqual(promise.date, TODAY + timedelta(days=7))
        self.assertEqual(promise.item_ids, self.items(self.old))

    def test_broken_promise_resumes_the_reminders(self):
        """Promised on the page and not paid: the page, the run and the collector."""
        self._tour("promise")
        promise = self.env["credit.promise"].search(
            [("item_ids", "in", self.items(self.old).ids)]
        )
        self.assertReason(self.old, "promise")
        day = promise.grace_date + timedelta(days=1)
        with freeze_time(f"{day} 12:00:00"):
            self._scheduled("ir_cron_promises")
            self.assertEqual(promise.state, "broken")
            self.assertReason(self.old, False)
            self._tour("promise_broken")
            self._collector_tour(
                "promise_broken", "credit_management.credit_task_action"
            )
            run = self.propose()
            self.assertIn(self.items(self.old), run.reminder_ids.line_ids.move_line_id)
            run.action_confirm()
            self._collector_tour(
                "resumed", f"account.action_move_out_invoice_type/{self.old.id}"
            )

    def test_plan_and_instalment(self):
        self._tour("plan")
        plan = self.env["credit.plan"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open", "open"])
        self.assertTrue(plan.acknowledgement_id)

    def test_plan_beyond_the_limits(self):
        self._tour("plan_asked")
        plan = self.env["credit.plan"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(plan.state, "requested")

    def test_dispute_of_a_part_with_a_file(self):
        self._tour("dispute")
        dispute = self.env["credit.dispute"].search([("move_id", "=", self.old.id)])
        self.assertEqual(dispute.amount, 40.5)
        self.assertEqual(dispute.attachment_ids.name, "chair.pdf")

    def test_talk(self):
        self._tour("talk", f"{self.path}?answer=question")
        answer = self.env["credit.answer"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(answer.text, "Where do I find the contract?")

    def test_nobody_stumbles(self):
        """No serious finding of axe, and nothing wider than the screen."""
        item = self.items(self.old)
        service = self.env["credit.account"]
        account = service._of_token(self.path.split("/")[-1])
        day = str(TODAY + timedelta(days=7))
        service._promise(account, [str(item.id)], {"promise_date_1": day})
        service._message(account, {"message_text": "Where is the contract?"})
        reason = self.env.ref("credit_management.dispute_reason_price")
        self.env["credit.dispute"].sudo()._make(self.mid, reason, amount=40)
        self.make_credit_note(amount=5)
        plan = (
            f"/plan/preview?items={self.items(self.later).id}&plan_number=2"
            f"&plan_frequency=month&plan_first_date={day}"
        )
        for path in ("", f"/pay?choice=o.{self.euro.id}", plan, "-0"):
            with self.subTest(path):
                self.browser_js(self.path + path, axe(CHECK))

    def test_longer_words_fit(self):
        """Of other languages, in the tables of invoices and of charges."""
        self.env["credit.charge"].sudo().create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.euro.id,
                "move_line_id": self.items(self.old).id,
                "invoice_id": self.old.id,
                "kind": "indemnity",
                "date": TODAY,
                "amount": 40,
            }
        )
        for lang in ("nl_NL", "fr_FR"):
            self.env["res.lang"]._activate_lang(lang)
            self.env["ir.module.module"]._load_module_terms(
                ["credit_management"], [lang]
            )
            self.debtor.lang = lang
            with self.subTest(lang):
                self.browser_js(self.path, axe(CHECK))

    def test_links_of_the_mail_are_on_the_screen(self):
        for answer, panel in (
            ("pay", "pay"),
            ("promise", "promise"),
            ("paid", "paid"),
            ("question", "message"),
        ):
            with self.subTest(answer):
                self.browser_js(f"{self.path}?answer={answer}#credit_{panel}", SEEN)

    def test_refused(self):
        self._tour("refused", f"/credit/{self.reminder.id}-{'0' * 64}")
        self.reminder.date_done = TODAY - timedelta(days=91)
        self._tour("refused")

    def test_anothers_link_on_this_invoice(self):
        """Refused with the plain page, from the own account of who tries it."""
        other = self.remind(self.foreign, self.step_1).sudo()
        path = f"/credit/{other._portal_token()}"
        self._tour("foreign", f"{path}?number={self.old.id}")
        self.assertFalse(self.old.invoice_pdf_report_id)
        self.assertEqual(self.reminder.delivery_state, "delivered")


@tagged("post_install", "-at_install")
class TestAxe(BaseCase):
    def test_without_axe_nothing_passes(self):
        with self.assertRaisesRegex(AssertionError, "axe-core is not at"):
            axe(CHECK, Path("nowhere"))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalTourDesk(Tours, DebtorTours):
    browser_size = "1366x768"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalTourTelephone(Tours, DebtorTours):
    browser_size = "360x740"
    touch_enabled = True
