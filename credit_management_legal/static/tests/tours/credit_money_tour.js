import {registry} from "@web/core/registry";

const button = (content, name) => ({
  content,
  trigger: `.o_form_view .o_statusbar_buttons button[name='${name}']`,
  run: "click",
});

const state = (content, value) => ({
  content,
  trigger: `.o_form_view .o_arrow_button_current[data-value='${value}']`,
});

// A cost is accepted in the case, and what the agency collected is handed on.
registry.category("web_tour.tours").add("credit_money", {
  steps: () => [
    {
      content: "The money of the case",
      trigger: ".o_notebook a[name='money']",
      run: "click",
    },
    {
      content: "What is owed",
      trigger: "[name='amount_claim']:contains('967.40')",
    },
    {
      content: "Accept the cost",
      trigger: "[name='cost_ids'] button[name='action_accept']",
      run: "click",
    },
    {
      content: "It is accepted",
      trigger: "[name='cost_ids'] .o_data_row:contains('Accepted')",
    },
    {
      content: "To the remittances",
      trigger: "[data-menu-xmlid='credit_management_legal.menu_legal']:visible",
      run: "click",
    },
    {
      content: "Open them",
      trigger:
        "[data-menu-xmlid='credit_management_legal.menu_credit_remittance']:visible",
      run: "click",
    },
    {
      content: "A new one",
      trigger: ".o_list_button_add",
      run: "click",
    },
    {
      content: "Whose",
      trigger: ".o_form_view [name='party_id'] input",
      run: "edit Agency",
    },
    {
      content: "The agency",
      trigger: ".ui-autocomplete a:contains('Agency')",
      run: "click",
    },
    {
      content: "Save",
      trigger: ".o_form_button_save",
      run: "click",
    },
    button("Fill it in", "action_fill"),
    {
      content: "The payment is there",
      trigger: "[name='line_ids'] .o_data_row:contains('Payment')",
    },
    {
      content: "So is the cost",
      trigger: "[name='line_ids'] .o_data_row:contains('Cost of an act')",
    },
    button("Check it", "action_check"),
    state("It is checked", "checked"),
    button("Book it", "action_book"),
    state("It is booked", "booked"),
    {
      content: "Its entries",
      trigger: "button[name='action_view_moves']:contains('2')",
    },
  ],
});
