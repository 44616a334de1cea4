import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("credit_cost_rule", {
  steps: () => [
    {
      content: "Read in the language of the user",
      trigger: "td[name='article']:contains('loi du 2 août 2002')",
      run: "click",
    },
    {
      content: "Edited as it is kept",
      trigger: "td[name='article'] input:value('6 law of 2 August 2002')",
    },
    {
      content: "Leave it",
      trigger: ".o_list_button_discard:visible",
      run: "click",
    },
    {
      content: "Read again",
      trigger: "td[name='article']:contains('loi du 2 août 2002')",
    },
  ],
});
