import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const menu = (content, xmlid) => ({
  content,
  trigger: `[data-menu-xmlid='${xmlid}']:visible`,
  run: "click",
});

const shows = (label, value) => ({
  content: `${label}: ${value}`,
  trigger: `div[name='sms_html'] tr:contains('${label}'):contains('${value}')`,
});

registry.category("web_tour.tours").add("credit_sms_run", {
  steps: () => [
    stepUtils.showAppsMenuItem(),
    menu("Open Invoicing", "account.menu_finance"),
    menu("Open Credit", "credit_management.menu_credit"),
    menu("Open the runs", "credit_management.menu_credit_run"),
    {
      content: "The runs are there",
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
    shows("Messages", "1"),
    shows("Segments", "1"),
    shows("Estimated cost", "0.07"),
    shows("Left out: no mobile number", "1"),
    // What one of them says
    {
      content: "See the reminders",
      trigger: "button[name='action_view_reminders']",
      run: "click",
    },
    {
      content: "The reminders are there",
      trigger: ".o_last_breadcrumb_item:contains('Reminders')",
    },
    {
      content: "Open the one to Dupont",
      trigger: ".o_data_row:contains('Dupont SARL') td[name='partner_id']",
      run: "click",
    },
    {
      content: "Preview",
      trigger: ".nav-link[name='preview']",
      run: "click",
    },
    {
      content: "The number, the alphabet and the link",
      trigger:
        "div[name='preview_html']:contains('+33612345678'):contains('GSM-7'):contains('/c/')",
    },
    {
      content: "Back to the reminders",
      trigger: ".o_back_button",
      run: "click",
    },
    {
      content: "They are there again",
      trigger: ".o_last_breadcrumb_item:contains('Reminders')",
    },
    {
      content: "Back to the run",
      trigger: ".o_back_button",
      run: "click",
    },
    {
      content: "Confirm",
      trigger: "button[name='action_confirm']",
      run: "click",
    },
    {
      content: "Yes",
      trigger: ".modal-footer .btn-primary",
      run: "click",
    },
    {
      content: "They are on their way",
      trigger:
        ".o_statusbar_status button.o_arrow_button_current[data-value='sending']",
    },
  ],
});
