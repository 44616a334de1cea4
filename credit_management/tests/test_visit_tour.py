"""A visitor with a small telephone: from the round to the receipt."""

from odoo.tests import freeze_time, tagged

from .axe_common import axe
from .common import NOW, TODAY
from .test_visit_pages import VisitPages

#: What a visitor does, in a frame as wide as the telephone. Only what can be seen and
#: touched is used: links, fields and the button.
WALK = """
(async () => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position:fixed;inset:0;width:100%;height:100%;border:0";
    document.body.append(frame);
    const page = () => frame.contentDocument;
    const fail = (text) => { throw new Error(text); };
    const loaded = () => new Promise((done) =>
        frame.addEventListener("load", done, {once: true}));
    const check = (what) => {
        const root = page().documentElement;
        if (root.scrollWidth > root.clientWidth) fail(`${what}: wider than the screen`);
        for (const target of page().querySelectorAll(
            "button, select, .actions a, .stops a, label.choice," +
            "input:not([type=hidden])"
        )) {
            const box = target.closest("label.choice") || target;
            const {height} = box.getBoundingClientRect();
            if (height && height < 44) fail(`${what}: too small: ${box.outerHTML}`);
        }
    };
    const go = async (act) => { const next = loaded(); act(); await next; };
    const until = async (met) => {
        for (let i = 0; i < 1200 && !met(); i++) await new Promise(
            (done) => setTimeout(done, 50));
        if (!met()) fail("waited in vain");
    };
    const find = (selector) => page().querySelector(selector) || fail(selector);
    const type = (name, value) => {
        const field = find(`[name=${name}]`);
        field.value = value;
        field.dispatchEvent(new Event("input", {bubbles: true}));
    };
    try {
        await go(() => { frame.src = location.href; });
        check("round");
        await go(() => find(".stops a[href]").click());
        check("visit");
        find("[name=outcome][value=met]").click();
        type("met_role", "debtor");
        type("said", "Pays the rest next week.");
        type("activity", "reduced");
        type("ability", "partly");
        // Back and forth without sending: what was typed is still there.
        await go(() => find(".who a").click());
        await go(() => find(".stops a[href]").click());
        if (find("[name=said]").value !== "Pays the rest next week.") fail("not kept");
        if (!find("[name=outcome][value=met]").checked) fail("choice not kept");
        const files = new frame.contentWindow.DataTransfer();
        const photo = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1]);
        files.items.add(new frame.contentWindow.File([photo], "door.jpg"));
        find("[name=photo]").files = files.files;
        type("promised_date", "DAY");
        type("paid_amount", "40");
        // Refused first: it was not said how it was paid. The page stays as it is,
        // the photos too.
        find("button[type=submit]").click();
        await until(() => page().querySelector(".error[data-refusal]:not([hidden])"));
        check("refusal");
        if (!find("[data-refusal]").textContent.includes("paid")) fail("says nothing");
        if (find("[name=paid_amount]").value !== "40") fail("lost what was typed");
        type("paid_method", "cash");
        await go(() => find("button[type=submit]").click());
        check("thanks");
        find(".done");
        const kept = Object.keys(localStorage).some((k) => k.startsWith("credit-v"));
        if (kept) fail("still kept on the telephone");
        await go(() => find(".actions a").click());
        check("receipt");
        if (!page().body.textContent.includes("RC/2026/")) fail("no number");
        console.log("test successful");
    } catch (error) {
        console.error(error.message);
    }
})();
"""
#: Without a network nothing is sent, and nothing is lost.
OFFLINE = """
(() => {
    Object.defineProperty(navigator, "onLine", {get: () => false});
    const form = document.querySelector("form[data-visit]");
    form.querySelector("[value=absent]").click();
    form.querySelector("[name=said]").value = "Nobody at home";
    form.querySelector("button").click();
    const notice = form.querySelector("[data-offline]");
    const kept = Object.values(localStorage).join();
    if (notice.hidden || !kept.includes("Nobody at home")) {
        console.error("not kept");
    } else {
        localStorage.clear();
        console.log("test successful");
    }
})();
"""
#: The network breaks off: once before the report has left, once when it had arrived
#: and the answer got lost. Nobody presses a second time.
LOST = """
(async () => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position:fixed;inset:0;width:100%;height:100%;border:0";
    document.body.append(frame);
    const loaded = () => new Promise((done) =>
        frame.addEventListener("load", done, {once: true}));
    let next = loaded();
    frame.src = location.href;
    await next;
    const page = frame.contentWindow;
    const fetched = page.fetch.bind(page);
    let tries = 0;
    page.fetch = async (...given) => {
        tries += 1;
        if (tries === 1) throw new TypeError("no network");
        const answer = await fetched(...given);
        if (tries === 2) throw new TypeError("broke off");
        return answer;
    };
    const form = page.document.querySelector("form[data-visit]");
    form.querySelector("[value=absent]").click();
    form.querySelector("[name=said]").value = "Nobody at home";
    next = loaded();
    form.querySelector("button").click();
    await next;
    const thanks = frame.contentDocument.querySelector(".done");
    if (tries !== 3 || !thanks || localStorage.length) {
        console.error(`not sent: ${tries} ${localStorage.length}`);
    } else {
        console.log("test successful");
    }
})();
"""
#: The telephone went off while the report waited: opened again, it goes by itself.
REOPENED = """
(async () => {
    const draft = JSON.stringify({
        at: Date.now(), waiting: true, photos: false,
        typed: [["outcome", "absent"], ["said", "Nobody at home"]],
    });
    localStorage.setItem("credit-visit-NUMBER", draft);
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.src = location.href;
    // The page that thanks is there a moment before its script drops what was kept.
    const thanks = () =>
        frame.contentDocument?.querySelector(".done") && !localStorage.length;
    for (let i = 0; i < 1200 && !thanks(); i++) await new Promise(
        (done) => setTimeout(done, 50));
    if (!thanks()) {
        console.error("not sent");
    } else {
        console.log("test successful");
    }
})();
"""
CHECK = """
axe.run(document, {resultTypes: ["violations"]}).then((result) => {
    const bad = result.violations.filter((found) =>
        ["serious", "critical"].includes(found.impact));
    if (bad.length) {
        console.error(JSON.stringify(
            bad.map((found) => [found.id, found.nodes.map((n) => n.html)])));
    } else {
        console.log("test successful");
    }
});
"""


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitTour(VisitPages):
    browser_size = "360x640"
    touch_enabled = True

    def test_report_on_a_telephone(self):
        day = TODAY.replace(day=TODAY.day + 7)
        self.browser_js(self.path, WALK.replace("DAY", str(day)))
        self.env.invalidate_all()
        visit = self.visit
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.said, "Pays the rest next week.")
        self.assertEqual(visit.score, 50)
        self.assertEqual(visit.photo_ids.mapped("name"), ["door.jpg"])
        self.assertEqual(visit.promise_id.date, day)
        self.assertEqual(visit.payment_id.amount, 40)
        self.assertEqual(self.reminder.state, "sent")

    def test_without_a_network(self):
        self.browser_js(f"{self.path}/{self.visit.id}", OFFLINE)
        self.assertEqual(self.visit.state, "planned")

    def test_network_that_breaks_off(self):
        self.browser_js(f"{self.path}/{self.visit.id}", LOST)
        self.env.invalidate_all()
        self.assertEqual(self.visit.state, "missed")
        self.assertEqual(self.visit.said, "Nobody at home")
        # Twice it arrived, once it was taken.
        self.assertEqual(self.env["credit.form"].search_count([]), 1)

    def test_sent_when_the_page_is_opened_again(self):
        script = REOPENED.replace("NUMBER", str(self.visit.id))
        self.browser_js(f"{self.path}/{self.visit.id}", script)
        self.env.invalidate_all()
        self.assertEqual(self.visit.state, "missed")
        self.assertEqual(self.visit.said, "Nobody at home")

    def test_nobody_stumbles(self):
        """No serious finding of axe."""
        for suffix in ("", f"/{self.visit.id}", f"/{self.visit.id}/paper", "-0"):
            with self.subTest(suffix):
                self.browser_js(self.path + suffix, axe(CHECK))
