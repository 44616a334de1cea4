import {registry} from "@web/core/registry";

// What the collector sees of a promise that the debtor gave on the page and broke.
registry.category("web_tour.tours").add("credit_collector_promise_broken", {
  steps: () => [
    {
      content: "Open the task",
      trigger:
        ".o_data_row:contains('Dupont SARL') td[name='partner_id'], .o_kanban_record:contains('Dupont SARL')",
      run: "click",
    },
    {
      content: "A promise was broken",
      trigger: ".o_form_view div[name='kind']:contains('Broken promise')",
    },
    {
      content: "By whom",
      trigger: ".o_form_view h1 [name='partner_id']:contains('Dupont SARL')",
    },
    {
      isActive: ["desktop"],
      content: "It was talked about",
      trigger: ".o_statusbar_buttons button[name='action_act']:contains('Followed up')",
      run: "click",
    },
    {
      isActive: ["desktop"],
      content: "That is all",
      trigger: ".modal-footer button[name='action_confirm']:visible:contains('Done')",
      run: "click",
    },
    {
      isActive: ["desktop"],
      content: "No task is left",
      trigger: ".o_list_view:not(:has(.o_data_row:contains('Dupont SARL')))",
    },
  ],
});

registry.category("web_tour.tours").add("credit_collector_resumed", {
  steps: () => [
    {
      content: "A reminder of the invoice is on its way",
      trigger: "div[name='credit_position']:contains('Reminder in preparation')",
    },
    {
      content: "Its history tells why",
      trigger: ".o-mail-Message:contains('was broken: reminders go on')",
    },
  ],
});
