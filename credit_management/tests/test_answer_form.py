"""Forms of answers in the browser: what is only looked at is not made."""

import json

from odoo.tests import HttpCase, tagged

from .test_task import TaskCommon

CODE = """(async () => {
    const {action} = odoo.__WOWL_DEBUG__.root.env.services;
    await action.doAction(%s);
    while (!document.querySelector(".o_form_view .o_field_widget")) {
        await new Promise(requestAnimationFrame);
    }
    window.dispatchEvent(new Event("beforeunload"));
    const {orm} = odoo.__WOWL_DEBUG__.root.env.services;
    await orm.searchCount("credit.promise", []);
    console.log("test successful");
})()"""

#: What was typed is left behind, once the user says so.
LEAVE = """(async () => {
    const {action} = odoo.__WOWL_DEBUG__.root.env.services;
    const found = async (selector) => {
        while (!document.querySelector(selector)) {
            await new Promise(requestAnimationFrame);
        }
        return document.querySelector(selector);
    };
    await action.doAction(%s);
    const number = await found(".o_form_view .o_field_widget[name='number'] input");
    number.value = "7";
    number.dispatchEvent(new Event("input", {bubbles: true}));
    number.dispatchEvent(new Event("change", {bubbles: true}));
    await found(".o_form_view .o_form_button_save");
    (await found(".o_breadcrumb .o_back_button a, .o_back_button")).click();
    (await found(".modal .btn-primary")).click();
    await found(".o_list_view .o_list_renderer");
    console.log("test successful");
})()"""


@tagged("post_install", "-at_install")
class TestAnswerForm(TaskCommon, HttpCase):
    browser_size = "1366x768"
    touch_enabled = False

    def test_closed_without_saving(self):
        """A form that comes filled in stops no reminders when its page is closed."""
        collector = self.make_user("collector")
        partner = self.debtor.with_user(collector).with_company(self.company)
        for kind, method in (
            ("credit.promise", "action_credit_promise"),
            ("credit.plan", "action_credit_plan"),
        ):
            with self.subTest(kind):
                action = dict(getattr(partner, method)(), views=[(False, "form")])
                # On a page of its own: where the user starts is still being opened
                # when the client is ready, and would take the place of the form.
                self.browser_js(
                    "/odoo/action-credit_management.credit_promise_action",
                    CODE % json.dumps(action),
                    ready="!!document.querySelector('.o_list_view .o_list_renderer')",
                    login="collector",
                )
                self.env.invalidate_all()
                self.assertFalse(self.env[kind].search([]))

    def test_left_without_saving(self):
        """By the breadcrumbs, from the middle of typing."""
        collector = self.make_user("collector")
        partner = self.debtor.with_user(collector).with_company(self.company)
        action = dict(partner.action_credit_plan(), views=[(False, "form")])
        self.browser_js(
            "/odoo/action-credit_management.credit_plan_action",
            LEAVE % json.dumps(action),
            ready="!!document.querySelector('.o_list_view .o_list_renderer')",
            login="collector",
        )
        self.env.invalidate_all()
        self.assertFalse(self.env["credit.plan"].search([]))
