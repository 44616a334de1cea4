import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("credit_cost_rule", {
  steps: () => [
    {
      content: "Names of regimes and heads of columns are read in full",
      trigger: "td[name='display_name']:contains('Belgi')",
      run() {
        const wanted = [
          ...document.querySelectorAll("td[name='display_name']"),
          ...document.querySelectorAll("th[data-name='contract_allowed'] span"),
          ...document.querySelectorAll("th[data-name='costs_first'] span"),
        ];
        for (const element of wanted) {
          if (element.scrollWidth > element.clientWidth && element.clientWidth) {
            throw new Error(`Cut: ${element.textContent}`);
          }
        }
      },
    },
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
