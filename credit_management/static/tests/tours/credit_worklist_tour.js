import {press} from "./credit_tour_utils";
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (content, xmlid) => ({
  isActive: ["desktop"],
  content,
  trigger: `[data-menu-xmlid='${xmlid}']:visible`,
  run: "click",
});

// One kind of task: it is shown, done, and the next one comes by itself.
const task = (partner, label, extra = []) => [
  {
    content: `The task of ${partner}`,
    trigger: `.o_form_view h1 [name='partner_id']:contains('${partner}')`,
  },
  ...extra,
  ...press(
    `${label}: ${partner}`,
    `button[name='action_act']:visible:contains('${label}')`
  ),
];

// The last look in the dialog, where there is one.
const confirm = (label, note = "") => [
  ...(note
    ? [
        {
          content: `Note: ${note}`,
          trigger: ".modal div[name='note'] textarea",
          run: `edit ${note}`,
        },
      ]
    : []),
  {
    content: `Confirm: ${label}`,
    trigger: `.modal-footer button[name='action_confirm']:visible:contains('${label}')`,
    run: "click",
  },
];

const hotkey = (letter, content, trigger = ".o_statusbar_buttons") => ({
  content: `Alt + ${letter}: ${content}`,
  trigger,
  run: `press alt+${letter}`,
});

const onTask = {
  content: "The task, and nothing before it",
  trigger: "body:not(:has(.modal)) h1 [name='partner_id']:contains('Dispute SARL')",
};

const seen = (content, trigger) => ({content, trigger});

registry.category("web_tour.tours").add("credit_worklist_keys", {
  steps: () => [
    {
      content: "Open the first task",
      trigger: ".o_data_row:first td[name='partner_id']",
      run: "click",
    },
    onTask,
    hotkey("r", "a promise"),
    seen("A promise", ".modal .o_form_view div[name='item_ids']"),
    hotkey("j", "discard it", ".modal .o_form_button_cancel"),
    onTask,
    hotkey("w", "a hold"),
    seen("A hold", ".modal .o_form_view div[name='date_end']"),
    hotkey("j", "discard it", ".modal .o_form_button_cancel"),
    onTask,
    hotkey("a", "the debtor is right"),
    seen("Accept it", ".modal-footer button[name='action_confirm']:contains('right')"),
    hotkey("x", "discard it", ".modal-footer"),
    onTask,
    hotkey("x", "the claim stands"),
    seen("Reject it", ".modal-footer button[name='action_confirm']:contains('stands')"),
    hotkey("x", "discard it", ".modal-footer"),
    onTask,
    hotkey("n", "the next task"),
    seen("The next task", "h1 [name='partner_id']:contains('Message SARL')"),
    hotkey("p", "the task before"),
    onTask,
    hotkey("o", "what it is about"),
    seen("The dispute", "button[name='action_reject']"),
    hotkey("b", "back"),
    onTask,
    hotkey("l", "a plan"),
    seen("A plan", ".o_form_view div[name='first_date']"),
    {
      content: "Another tab comes to the front",
      trigger: ".o_form_view div[name='first_date']",
      run() {
        Object.defineProperty(document, "visibilityState", {
          configurable: true,
          value: "hidden",
        });
        document.dispatchEvent(new window.Event("visibilitychange"));
        delete document.visibilityState;
      },
    },
    hotkey("b", "back"),
    onTask,
    hotkey("f", "the debtor's file"),
    seen("The file", ".nav-link.active[name='credit_file']"),
  ],
});

registry.category("web_tour.tours").add("credit_worklist", {
  steps: () => [
    {...stepUtils.showAppsMenuItem(), isActive: ["desktop"]},
    menu("Open Invoicing", "account.menu_finance"),
    menu("Open Credit", "credit_management.menu_credit"),
    menu("Open the worklist", "credit_management.menu_credit_worklist"),
    {
      content: "The most promising comes first",
      trigger:
        ".o_data_row:first:contains('Approve SARL'), .o_kanban_record:first:contains('Approve SARL')",
    },
    {
      content: "Open it",
      trigger: ".o_data_row:first td[name='partner_id'], .o_kanban_record:first",
      run: "click",
    },
    ...task("Approve SARL", "Send"),
    {
      content: "To whom",
      trigger: ".modal div[name='recipient_text']:contains('approve.sarl@example.com')",
    },
    {
      content: "In which words",
      trigger: ".modal div[name='preview_html']:contains('Dear')",
    },
    ...confirm("Send"),
    ...task("Call SARL", "Done"),
    ...confirm("Done", "Pays on Friday"),
    ...task("Promise SARL", "Followed up"),
    ...confirm("Done"),
    ...task("Plan SARL", "Accept"),
    ...task("Dispute SARL", "Claim stands"),
    ...confirm("Claim stands", "It was as ordered"),
    {
      content: "The pager goes on",
      trigger: ".o_form_view h1 [name='partner_id']:contains('Message SARL')",
    },
    {
      content: "Next",
      trigger: ".o_pager_next",
      run: "click",
    },
    {
      content: "The last one",
      trigger: ".o_form_view h1 [name='partner_id']:contains('Bounce SARL')",
    },
    {
      content: "Previous",
      trigger: ".o_pager_previous",
      run: "click",
    },
    ...task("Message SARL", "Handled"),
    {
      content: "The one that came back",
      trigger: ".o_form_view h1 [name='partner_id']:contains('Bounce SARL')",
    },
    ...press("A promise, in two clicks", "button[name='action_promise']"),
    {
      content: "It is filled in",
      trigger: ".modal .o_form_view div[name='item_ids'] .badge",
    },
    {
      content: "Save",
      trigger: ".modal-footer .o_form_button_save",
      run: "click",
    },
    {
      content: "It is saved",
      trigger: "body:not(:has(.modal))",
    },
    ...press("The debtor's file", "button[name='action_partner']"),
    {
      content: "It opens on what is owed",
      trigger: ".nav-link.active[name='credit_file']",
    },
    {
      content: "The promise is in it, and nothing is wider than the screen",
      trigger: "div[name='credit_timeline_html']:contains('Promised')",
      run() {
        const page = document.querySelector(".o_action_manager .o_content");
        if (page.scrollWidth > page.clientWidth) {
          throw new Error(`Wider than the screen: ${page.scrollWidth}`);
        }
      },
    },
  ],
});
