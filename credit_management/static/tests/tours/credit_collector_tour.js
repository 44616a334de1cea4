import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (content, xmlid) => ({
  content,
  trigger: `[data-menu-xmlid='${xmlid}']:visible`,
  run: "click",
});

const status = (value) => ({
  content: `The record is ${value}`,
  trigger: `.o_statusbar_status button.o_arrow_button_current[data-value='${value}']`,
});

registry.category("web_tour.tours").add("credit_collector", {
  steps: () => [
    stepUtils.showAppsMenuItem(),
    menu("Open Invoicing", "account.menu_finance"),
    // A run of today
    menu("Open Credit", "credit_management.menu_credit"),
    menu("Open the runs", "credit_management.menu_credit_run"),
    {
      content: "Make a run",
      trigger: ".o_last_breadcrumb_item:contains('Runs')",
    },
    {
      content: "Make a run",
      trigger: ".o_list_button_add",
      run: "click",
    },
    {
      content: "Propose",
      trigger: "button[name='action_propose']",
      run: "click",
    },
    status("proposed"),
    {
      content: "Why others are not reminded",
      trigger: ".nav-link[name='blocked']",
      run: "click",
    },
    {
      content: "One is on hold",
      trigger: "div[name='blocked_rows'] button:contains('On hold')",
      run: "click",
    },
    {
      content: "It is this one",
      trigger:
        ".o_control_panel:has(.o_last_breadcrumb_item:contains('On hold')) ~ .o_content .o_data_row",
    },
    {
      content: "Back to the run",
      trigger: ".o_back_button",
      run: "click",
    },
    // One reminder is looked at
    {
      content: "See the reminders",
      trigger: "button[name='action_view_reminders']",
      run: "click",
    },
    {
      content: "Open the one to Dupont",
      trigger: ".o_data_row:contains('Dupont SARL') td[name='partner_id']",
      run: "click",
    },
    {
      content: "It claims two invoices",
      trigger:
        "div[name='due_line_ids'] .o_data_row:contains('100.00') ~ .o_data_row:contains('40.00')",
    },
    {
      content: "Leave one of them out",
      trigger:
        "div[name='due_line_ids'] .o_data_row:contains('40.00') button[name='action_exclude']",
      run: "click",
    },
    {
      content: "One is left",
      trigger:
        "div[name='due_line_ids']:has(.o_data_row:contains('100.00')):not(:has(.o_data_row:contains('40.00')))",
    },
    {
      content: "The total follows",
      trigger: "div[name='amount_total']:contains('100.00')",
    },
    {
      content: "What was done is on record",
      trigger: ".o-mail-Message:contains('Left out by hand')",
    },
    {
      content: "Write a word",
      trigger: ".nav-link[name='note']",
      run: "click",
    },
    {
      content: "Write a word",
      trigger: "div[name='personal_note'] .odoo-editor-editable",
      run: "editor Thank you for your call",
    },
    ...stepUtils.saveForm(),
    {
      content: "Look at the message",
      trigger: ".nav-link[name='preview']",
      run: "click",
    },
    {
      content: "It holds the word",
      trigger: "div[name='preview_html']:contains('Thank you for your call')",
    },
    // The run is confirmed
    {
      content: "Back to the run",
      trigger: ".breadcrumb-item a:contains('RUN/')",
      run: "click",
    },
    {
      content: "Confirm",
      trigger: "button[name='action_confirm']",
      run: "click",
    },
    {
      content: "Are you sure?",
      trigger: ".modal-footer .btn-primary",
      run: "click",
    },
    status("sending"),
    // What is left to do
    menu("Open Credit", "credit_management.menu_credit"),
    menu("Open the worklist", "credit_management.menu_credit_worklist"),
    {
      content: "A call is to be made",
      trigger: ".o_last_breadcrumb_item:contains('Worklist')",
    },
    {
      content: "Open the call",
      trigger: ".o_data_row:contains('Martin SA') td[name='partner_id']",
      run: "click",
    },
    {
      content: "What it may bring in",
      trigger: "div[name='formula']:contains('×')",
    },
    {
      content: "Open the call itself",
      trigger: "button[name='action_open']",
      run: "click",
    },
    {
      content: "The debtor was reached",
      trigger: "button[name='action_call_note']:contains('Reached')",
      run: "click",
    },
    {
      content: "Record it",
      trigger: ".modal-footer button[name='action_record']",
      run: "click",
    },
    {
      content: "It is recorded, and no task is left: back in the worklist",
      trigger: ".o_list_view .o_view_nocontent:contains('Nothing to do')",
    },
    menu("Open Credit again", "credit_management.menu_credit"),
    menu("Open the reminders", "credit_management.menu_credit_reminder"),
    {
      content: "Open the reminder of the call",
      trigger: ".o_data_row:contains('Martin SA'):contains('Phone') td[name='name']",
      run: "click",
    },
    status("sent"),
    // The invoice says where it stands
    {
      content: "See the items",
      trigger: "button[name='action_view_lines']",
      run: "click",
    },
    {
      content: "What comes next for it",
      trigger: ".o_data_row td[name='credit_step_id']:contains('Call')",
    },
    menu("Open the customers", "account.menu_finance_receivables"),
    menu("Open the invoices", "account.menu_action_move_out_invoice_type"),
    {
      content: "Open the invoice of Dupont that was reminded",
      trigger: ".o_data_row:contains('Dupont SARL'):contains('100.00') td[name='name']",
      run: "click",
    },
    {
      content: "The banner tells that a reminder is on its way",
      trigger: "div[name='credit_position']:contains('Reminder in preparation')",
    },
    {
      content: "The history is one click away",
      trigger: "button[name='action_view_credit_reminders']",
      run: "click",
    },
    {
      content: "There it is",
      trigger: ".o_data_row:contains('First reminder')",
    },
  ],
});
