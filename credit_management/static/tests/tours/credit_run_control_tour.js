import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (content, xmlid) => ({
  content,
  trigger: `[data-menu-xmlid='${xmlid}']:visible`,
  run: "click",
});

const press = (content, name) => ({
  content,
  trigger: `.o_statusbar_buttons button[name='${name}']:visible:enabled`,
  run: "click",
});

const state = (value) => ({
  content: `The run is ${value}`,
  trigger: `.o_statusbar_status button.o_arrow_button_current[data-value='${value}']`,
});

registry.category("web_tour.tours").add("credit_run_control", {
  steps: () => [
    stepUtils.showAppsMenuItem(),
    menu("Open Invoicing", "account.menu_finance"),
    menu("Open Credit", "credit_management.menu_credit"),
    menu("Open the runs", "credit_management.menu_credit_run"),
    {
      content: "The list says how far it is",
      trigger: ".o_data_row td[name='progress'] .o_progressbar:contains('33')",
    },
    {
      content: "Nothing is stopped",
      trigger: ".o_list_view:not(:has(.o_credit_banner))",
    },
    {
      content: "Open the run",
      trigger: ".o_data_row td[name='name']",
      run: "click",
    },
    {
      content: "One of three has left",
      trigger: ".o_form_view div[name='progress'] .o_progressbar:contains('33')",
    },
    press("Pause", "action_pause"),
    state("paused"),
    {
      content: "It says who paused it",
      trigger: ".alert-warning div[name='pause_reason']:contains('paused the run')",
    },
    press("Resume", "action_resume"),
    state("sending"),
    press("Pause again", "action_pause"),
    state("paused"),
    press("Cancel", "action_cancel"),
    {
      content: "Confirm",
      trigger: ".modal-footer .btn-primary",
      run: "click",
    },
    state("cancelled"),
    {
      content: "The report",
      trigger: ".nav-link[name='report']",
      run: "click",
    },
    {
      content: "What became of it",
      trigger: "div[name='report_html']:contains('The run was cancelled.')",
    },
  ],
});

registry.category("web_tour.tours").add("credit_note", {
  steps: () => [
    {
      content: "Open a reminder of the run",
      trigger: "div[name='reminder_ids'] .o_data_row td[name='partner_id']",
      run: "click",
    },
    {
      content: "To its note",
      trigger: ".o_form_view .nav-link[name='note']",
      run: "click",
    },
    {
      content: "Add a word",
      trigger: "div[name='personal_note'] .odoo-editor-editable",
      run: "editor We spoke on the telephone",
    },
    ...stepUtils.saveForm(),
    {
      content: "Back to the run",
      trigger: ".o_back_button, .breadcrumb-item:last a",
      run: "click",
    },
    {
      content: "The reminders of the run",
      trigger: "div[name='reminder_ids'] .o_data_row",
    },
  ],
});

registry.category("web_tour.tours").add("credit_stop", {
  steps: () => [
    {
      content: "The run",
      trigger: ".o_form_view div[name='progress']",
    },
    {
      content: "Stop everything",
      trigger: ".o_statusbar_buttons button:visible:contains('Stop everything')",
      run: "click",
    },
    {
      content: "Why",
      trigger: ".modal div[name='reason'] input",
      run: "edit Wrong account",
    },
    {
      content: "Stop",
      trigger: ".modal-footer button[name='action_stop']",
      run: "click",
    },
    {
      content: "The run says so",
      trigger: ".alert-danger div[name='stop_text']:contains('Wrong account')",
    },
    menu("Open Credit", "credit_management.menu_credit"),
    menu("Open the worklist", "credit_management.menu_credit_worklist"),
    {
      content: "The worklist says so",
      trigger: ".o_list_view .o_credit_banner:contains('Wrong account')",
    },
    {
      content: "As cards too",
      trigger: ".o_switch_view.o_kanban",
      run: "click",
    },
    {
      content: "They say so",
      trigger: ".o_kanban_view .o_credit_banner:contains('Wrong account')",
    },
    {
      content: "Show it",
      trigger: ".o_credit_banner button",
      run: "click",
    },
    {
      content: "Open it",
      trigger: ".o_data_row:contains('Wrong account') td[name='reason']",
      run: "click",
    },
    press("Let go", "action_release"),
    {
      content: "Confirm",
      trigger: ".modal-footer .btn-primary",
      run: "click",
    },
    {
      content: "Who let go",
      trigger: ".o_form_view div[name='end_user_id']:visible",
    },
  ],
});
