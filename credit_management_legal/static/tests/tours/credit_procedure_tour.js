import {registry} from "@web/core/registry";

const note = (content) => [
  {
    content,
    trigger: ".o_statusbar_buttons button[name='action_note_event']:visible:enabled",
    run: "click",
  },
  {
    content: `${content}: what is expected is chosen`,
    trigger: ".modal .o_field_radio input:checked:not(:visible), .modal input:checked",
  },
  {
    content: `${content}: note it`,
    trigger: ".modal-footer button[name='action_note']:enabled",
    run: "click",
  },
  {
    content: `${content}: it is noted`,
    trigger: "body:not(:has(.modal))",
  },
];

registry.category("web_tour.tours").add("credit_procedure", {
  steps: () => [
    {
      content: "Open the procedure",
      trigger: ".o_notebook_headers .nav-link[name='procedure']",
      run: "click",
    },
    {
      content: "What may be taken, and why not",
      trigger:
        "div[name='procedure_choice_html'] tr:contains('Small claims'):contains('Between businesses')",
    },
    {
      content: "Take what is proposed",
      trigger: "button[name='action_take_procedure']:visible:enabled",
      run: "click",
    },
    {
      content: "Papers come first",
      trigger: "div[name='stage_id']:contains('Papers are gathered')",
    },
    ...note("The petition"),
    {
      content: "A deadline runs",
      trigger:
        "div[name='deadline_ids'] .o_data_row:contains('Paying in the court costs'):contains('15 days left')",
    },
    {
      content: "We act next",
      trigger: "div[name='next_actor']:contains('Us')",
    },
    ...note("The costs"),
    {
      content: "It is met",
      trigger: "div[name='deadline_ids'] .o_data_row:contains('Met')",
    },
    ...note("The order"),
    {
      content: "The order has to be served",
      trigger:
        "div[name='deadline_ids'] .o_data_row:contains('Service of the order'):contains('91 days left')",
    },
    {
      content: "And what may follow is shown",
      trigger:
        "div[name='procedure_path_html'] tr:contains('Order served on the debtor'):contains('may follow')",
    },
  ],
});
