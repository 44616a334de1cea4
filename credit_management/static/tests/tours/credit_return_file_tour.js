import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("credit_return_file", {
  steps: () => [
    {
      content: "Open the file that was uploaded",
      trigger: ".o_data_row td[name='filename']:contains('returns.csv')",
      run: "click",
    },
    {
      content: "Look at it first",
      trigger: "button[name='action_check']",
      run: "click",
    },
    {
      content: "It says what it would do",
      trigger: "[name='summary']:contains('Returned: address wrong: 1')",
    },
    {
      content: "And which row is bad",
      trigger: "[name='row_ids'] .o_data_row:contains('1A99999999999')",
    },
    {
      content: "Import the good ones",
      trigger: "button[name='action_import']",
      run: "click",
    },
    {
      content: "See the letters",
      trigger: "button[name='action_view_letters']",
      run: "click",
    },
    {
      content: "The one that came back",
      trigger: ".o_data_row:contains('Returned: address wrong') td[name='contact_id']",
      run: "click",
    },
    {
      content: "Look at its address",
      trigger: ".alert button[name='action_put_address_right']",
      run: "click",
    },
    {
      content: "The street is another one",
      trigger: ".modal [name='street'] input",
      run: "edit 7 rue Neuve",
    },
    {
      content: "Send the letter anew",
      trigger: ".modal button[name='action_send']",
      run: "click",
    },
    {
      content: "Nothing is left to check",
      trigger:
        ".o_form_view:not(:has(.modal)) .o_form_statusbar, body:not(.modal-open) .o_form_view",
    },
    {
      content: "The address was checked",
      trigger: "body:not(.modal-open) .o_notebook_headers a[name='postal']",
      run: "click",
    },
    {
      content: "It says so",
      trigger: "[name='address_check']:contains('Checked')",
    },
  ],
});
