import {registry} from "@web/core/registry";

const click = (content, trigger) => ({content, trigger, run: "click"});
const closed = (content) => ({content, trigger: "body:not(:has(.modal))"});
const row = (text) => `div[name='timeline_ids'] .o_data_row:contains('${text}')`;

registry.category("web_tour.tours").add("credit_timeline", {
  steps: () => [
    click("Open the timeline", ".o_notebook_headers .nav-link[name='timeline']"),
    {
      content: "Nothing is added in the list itself",
      trigger: "div[name='timeline_ids']:not(:has(.o_field_x2many_list_row_add))",
    },
    {
      content: "What belongs to managers is only read",
      trigger: "div[name='kind'].o_readonly_modifier",
    },
    click("Note a call", "button[name='action_note_event']:visible:enabled"),
    {
      content: "Say what was done",
      trigger: ".modal div[name='name'] input",
      run: "edit Called: pays on Friday",
    },
    click("Note it", ".modal-footer button[name='action_note']:enabled"),
    closed("It is noted"),
    click(
      "Open it",
      `${row("Called: pays on Friday")} button[name='action_open_entry']`
    ),
    {
      content: "Put it right",
      trigger: ".modal div[name='name'] input",
      run: "edit Called: pays on Monday",
    },
    click("Save it", ".modal-footer button.btn-primary:visible"),
    closed("It is saved"),
    click("Open it again", `${row("pays on Monday")} button[name='action_open_entry']`),
    click("Delete it", ".modal-footer button[name='action_delete']:visible"),
    click("Say yes", ".modal:contains('Delete this entry') .modal-footer .btn-primary"),
    closed("It is deleted"),
    {
      content: "It is gone",
      trigger: "div[name='timeline_ids']:not(:contains('pays on Monday'))",
    },
    click(
      "Correct the entry of yesterday",
      `${row("Visited")} button[name='action_correct']`
    ),
    {
      content: "Say why",
      trigger: ".modal div[name='reason'] input",
      run: "edit Another debtor",
    },
    click("Nothing takes its place", ".modal div[name='renew'] input"),
    click("Strike it", ".modal-footer button[name='action_correct']"),
    closed("It is struck"),
    {
      content: "It stays readable, with the reason",
      trigger: `${row("Visited")}.text-muted:contains('Another debtor')`,
    },
  ],
});
