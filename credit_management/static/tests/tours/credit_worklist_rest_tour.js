import {press} from "./credit_tour_utils";
import {registry} from "@web/core/registry";

const shown = (partner) => ({
  content: `The task of ${partner}`,
  trigger: `.o_form_view h1 [name='partner_id']:contains('${partner}')`,
});

const act = (partner, label) => [
  shown(partner),
  ...press(
    `${label}: ${partner}`,
    `button[name='action_act']:visible:contains('${label}')`
  ),
];

const confirm = (label) => ({
  content: `Confirm: ${label}`,
  trigger: `.modal-footer button[name='action_confirm']:visible:contains('${label}')`,
  run: "click",
});

const back = {
  content: "Back to the task",
  trigger: ".breadcrumb-item a:last, .o_back_button",
  run: "click",
};

// What the first tour leaves: messages, letters, payments and charges.
registry.category("web_tour.tours").add("credit_worklist_rest", {
  steps: () => [
    {
      content: "Open the first one",
      trigger:
        ".o_data_row:first td[name='partner_id']:contains('Talk SARL'), .o_kanban_record:first:contains('Talk SARL')",
      run: "click",
    },
    // A message is answered where it stands, then the task is done.
    shown("Talk SARL"),
    {
      content: "What the debtor wrote",
      trigger: "[name='summary']:contains('Why so much?')",
    },
    ...press("Open the message", "button[name='action_open']"),
    {
      content: "Write to the debtor",
      trigger: ".o-mail-Chatter-sendMessage",
      run: "click",
    },
    {
      content: "The answer",
      trigger: ".o-mail-Composer-input",
      run: "edit Because of the delivery",
    },
    {
      content: "Send it",
      trigger:
        ".o-mail-Composer button[title='Send']:enabled, .o-mail-Composer-send:enabled",
      run: "click",
    },
    {
      content: "It is sent",
      trigger: ".o-mail-Message:contains('Because of the delivery')",
    },
    back,
    // A reply by e-mail is read in the reminder, and seen to there or here.
    shown("Reply SARL"),
    {
      content: "Next",
      trigger: ".o_pager_next",
      run: "click",
    },
    shown("Approve SARL"),
    {
      content: "Previous",
      trigger: ".o_pager_previous",
      run: "click",
    },
    ...act("Reply SARL", "Handled"),
    // A letter is approved; another one is printed.
    ...act("Approve SARL", "Send"),
    confirm("Send"),
    ...act("Print SARL", "Print"),
    // A payment that nobody matched, and a charge that it can pay.
    ...act("Payment SARL", "Match"),
    ...act("Charge SARL", "Book"),
    // A call is made in the reminder: once recorded, the next task is there.
    shown("Call SARL"),
    ...press("Open the call", "button[name='action_open']"),
    ...press(
      "The debtor was reached",
      "button[name='action_call_note']:contains('Reached')"
    ),
    {
      content: "Record it",
      trigger: ".modal-footer button[name='action_record']",
      run: "click",
    },
    ...act("Promise SARL", "Followed up"),
    confirm("Done"),
    {
      content: "Nothing is left: back to the list",
      trigger:
        ".o_list_view:not(:has(.o_data_row)), .o_kanban_view:not(:has(.o_kanban_record:not(.o_kanban_ghost)))",
    },
  ],
});

// The same with a telephone: cards, nothing wider than the screen.
registry.category("web_tour.tours").add("credit_worklist_phone", {
  steps: () => [
    {
      content: "Cards, one above the other",
      trigger: ".o_kanban_record:contains('Promise SARL'):contains('×')",
      run: ({anchor}) => {
        const screen = document.documentElement.clientWidth;
        for (const element of [document.documentElement, anchor]) {
          if (element.scrollWidth > screen) {
            throw new Error(`Wider than the screen: ${element.scrollWidth}`);
          }
        }
        const box = anchor.getBoundingClientRect();
        if (box.left < 0 || box.right > screen) {
          throw new Error(`Outside the screen: ${box.left} to ${box.right}`);
        }
      },
    },
    {
      content: "Open it",
      trigger: ".o_kanban_record:contains('Promise SARL')",
      run: "click",
    },
    shown("Promise SARL"),
    {
      content: "Its table scrolls by itself, not the page",
      trigger: ".o_form_view div[name='items_html'] table",
      run() {
        const page = document.querySelector(".o_action_manager .o_content");
        if (page.scrollWidth > page.clientWidth) {
          throw new Error(`Wider than the screen: ${page.scrollWidth}`);
        }
      },
    },
    {
      content: "What can be done",
      trigger: ".o_cp_action_menus button, .o_statusbar_buttons button:visible",
      run: "click",
    },
  ],
});
