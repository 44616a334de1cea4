import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (content, xmlid) => ({
  content,
  trigger: `[data-menu-xmlid='${xmlid}']:visible`,
  run: "click",
});

registry.category("web_tour.tours").add("credit_regime_sheet", {
  steps: () => [
    stepUtils.showAppsMenuItem(),
    menu("Open Invoicing", "account.menu_finance"),
    menu("Open the configuration", "account.menu_finance_configuration"),
    menu("Open the regimes", "credit_management.menu_credit_regime"),
    {
      content: "Open the regime of a business in France",
      trigger: ".o_data_row td[name='name']:contains('Business in France')",
      run: "click",
    },
    {
      content: "The indemnity, in words",
      trigger:
        "div[name='sheet_html'] tr[data-topic='indemnity']:contains('for each late invoice'):contains('art. 2')",
    },
    {
      content: "How sure it is",
      trigger:
        "div[name='sheet_html'] tr[data-topic='indemnity'] .cm_badge:contains('Legal text read')",
    },
    {
      content: "A rule without an article is marked",
      trigger: "div[name='sheet_html'] tr.cm_unsure[data-topic='rate']",
    },
    {
      content: "It could be printed",
      trigger: "button:contains('Print the sheet')",
    },
    {
      content: "The rates that it uses",
      trigger: "button[name='action_view_series']",
      run: "click",
    },
    {
      content: "There they are",
      trigger: ".o_data_row:contains('TEST_TEN'), .o_field_widget[name='code']",
    },
  ],
});

registry.category("web_tour.tours").add("credit_claim", {
  steps: () => [
    stepUtils.showAppsMenuItem(),
    menu("Open Invoicing", "account.menu_finance"),
    menu("Open the customers", "account.menu_finance_receivables"),
    menu("Open the invoices", "account.menu_action_move_out_invoice_type"),
    {
      content: "Open the invoice of Dupont",
      trigger: ".o_data_row:contains('Dupont SARL') td[name='name']",
      run: "click",
    },
    {
      content: "What is owed on it?",
      trigger: "button[name='action_credit_claim']",
      run: "click",
    },
    {
      content: "Interest, line by line",
      trigger:
        ".modal div[name='claim_html'] tr:contains('1,000.00'):contains('10'):contains('27.40')",
    },
    {
      content: "What is left out, and why",
      trigger:
        ".modal div[name='claim_html'] li:contains('Penalty clause'):contains('the law allows none')",
    },
    {
      content: "Without the indemnity",
      trigger: ".modal div[name='charge_indemnity'] input",
      run: "click",
    },
    {
      content: "The claim follows",
      trigger: ".modal div[name='claim_html'] .cm_grand:contains('1,027.40')",
    },
    {
      content: "Close",
      trigger: ".modal-footer button[special='cancel']",
      run: "click",
    },
    {
      content: "The charges that were claimed",
      trigger: "button[name='action_view_credit_charges']",
      run: "click",
    },
    {
      content: "Open the indemnity",
      trigger: ".o_data_row:contains('Recovery indemnity') td[name='kind']",
      run: "click",
    },
    {
      content: "Waive it",
      trigger: ".o_statusbar_buttons button:contains('Waive')",
      run: "click",
    },
    {
      content: "Half of it",
      trigger: ".modal .o_field_radio[name='mode'] input[data-value='share']",
      run: "click",
    },
    {
      content: "Say why",
      trigger: ".modal div[name='reason'] input",
      run: "edit First delay in three years",
    },
    {
      content: "Waive it",
      trigger: ".modal-footer button[name='action_waive']",
      run: "click",
    },
    {
      content: "Half of it is waived",
      trigger: "div[name='amount_waived']:contains('20.00')",
    },
    {
      content: "The reason is kept",
      trigger: "div[name='waive_reason']:contains('First delay in three years')",
    },
  ],
});
