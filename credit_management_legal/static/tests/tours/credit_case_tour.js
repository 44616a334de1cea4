import {registry} from "@web/core/registry";

const status = (value) => ({
  content: `The case is ${value}`,
  trigger: `.o_statusbar_status button.o_arrow_button_current[data-value='${value}']`,
});

registry.category("web_tour.tours").add("credit_case_propose", {
  steps: () => [
    {
      content: "What is invoiced to the customer",
      trigger: ".o_notebook_headers a[name='accounting']",
      run: "click",
    },
    {
      content: "Hand over what is overdue",
      trigger: "button[name='action_credit_case']",
      run: "click",
    },
    {
      content: "The checks say what is missing",
      trigger: ".modal .o_data_row td[name='summary']:contains('Delivery note for')",
    },
    {
      content: "Propose it to a manager",
      trigger: ".modal button[name='action_propose']",
      run: "click",
    },
    status("draft"),
    {
      content: "The hand-off file is there already",
      trigger: "button[name='action_handoff']",
    },
    {
      content: "What it lacks",
      trigger: ".o_notebook_headers a[name='papers']",
      run: "click",
    },
    {
      content: "It names the delivery note",
      trigger: "[name='missing_text']:contains('Delivery note for')",
    },
  ],
});

registry.category("web_tour.tours").add("credit_case_end", {
  steps: () => [
    {
      content: "Choose the proposals",
      trigger: ".o_data_row:contains('Dupont SARL') .o_list_record_selector input",
      run: "click",
    },
    {
      content: "What can be done with them",
      trigger: ".o_cp_action_menus .dropdown-toggle:contains('Actions')",
      run: "click",
    },
    {
      content: "Open the cases",
      trigger: ".o-dropdown--menu .o_menu_item:contains('Open the cases')",
      run: "click",
    },
    {
      content: "It is open: look at it",
      trigger:
        ".o_data_row:contains('Dupont SARL'):has(.badge:contains('Open')) td[name='name']",
      run: "click",
    },
    status("open"),
    {
      content: "Take it back",
      trigger: "button[name='action_withdraw']",
      run: "click",
    },
    {
      content: "Not without a reason",
      trigger: ".modal button[name='action_confirm']:contains('Withdraw')",
      run: "click",
    },
    {
      content: "It is asked for",
      trigger: ".modal .o_field_invalid[name='reason']",
    },
    {
      content: "Say why",
      trigger: ".modal [name='reason'] input",
      run: "edit They pay us directly",
    },
    {
      content: "Withdraw",
      trigger: ".modal button[name='action_confirm']:contains('Withdraw')",
      run: "click",
    },
    status("withdrawn"),
    {
      content: "It says why it ended",
      trigger: "[name='end_reason']:contains('They pay us directly')",
    },
  ],
});
