import {registry} from "@web/core/registry";

// A morning's list of calls, without a mouse.
const key = (content, letter, trigger = ".o_form_view .oe_title") => ({
  content,
  trigger,
  run: `press alt+${letter}`,
});

const called = (name, letter, content) => [
  {
    content: `The call to ${name}`,
    trigger: `.o_form_view h1 [name='partner_id']:contains('${name}')`,
  },
  key(`${content}: ${name}`, letter),
];

const dialog = (steps = []) => [
  {
    content: "The dialog",
    trigger: ".modal .o_form_view [name='note'] textarea",
  },
  ...steps,
  {
    content: "Record",
    trigger: ".modal .o_form_view [name='note'] textarea",
    run: "press alt+q",
  },
  {
    content: "The dialog is gone",
    trigger: "body:not(:has(.modal))",
  },
];

const name = (number) => `Debtor ${String(number).padStart(2, "0")}`;

const morning = () => {
  const steps = [];
  for (let number = 1; number <= 20; number++) {
    if (number === 20) {
      steps.push(...called(name(number), "t", "Call back"), ...dialog());
    } else if (number % 5 === 0) {
      steps.push(
        ...called(name(number), "r", "Reached"),
        ...dialog([
          {
            content: "What was said",
            trigger: ".modal [name='note'] textarea",
            run: "edit Pays on Friday",
          },
        ])
      );
    } else {
      const letter = "wamy"[(number % 5) % 4];
      steps.push(...called(name(number), letter, "Recorded"));
    }
  }
  return steps;
};

registry.category("web_tour.tours").add("credit_calls", {
  steps: () => [
    {
      content: "The list of calls",
      trigger: ".o_data_row:first:contains('Debtor 01')",
    },
    {
      content: "From the search down to the first one",
      trigger: ".o_searchview_input:focus",
      run: "press ArrowDown",
    },
    {
      content: "Past the head of the list",
      trigger: ".o_list_table thead:has(:focus)",
      run: "press ArrowDown",
    },
    {
      content: "Open it",
      trigger: ".o_data_row:first:has(:focus)",
      run: "press Enter",
    },
    {
      content: "The number can be called",
      trigger: ".o_form_view a[href^='tel:']",
    },
    {
      content: "The script",
      trigger: "div[name='call_script']:contains('Ask when Debtor 01 pays')",
    },
    ...morning(),
    {
      content: "Nobody is left to call",
      trigger: ".o_list_view .o_view_nocontent:contains('Nobody to call')",
    },
  ],
});

// On a Sunday evening: what may not be done now can be looked at.
registry.category("web_tour.tours").add("credit_call_later", {
  steps: () => [
    {
      content: "Nobody is called at this hour",
      trigger: ".o_list_view .o_view_nocontent:contains('Nobody to call')",
    },
    {
      content: "Those of later too",
      trigger: ".o_facet_value:contains('To make now') ~ .o_facet_remove",
      run: "click",
    },
    {
      content: "Open the second one",
      trigger: ".o_data_row:eq(1) td[name='partner_id']:contains('Debtor 02')",
      run: "click",
    },
    {
      content: "It is the one that was asked for",
      trigger: ".o_form_view h1 [name='partner_id']:contains('Debtor 02')",
    },
    {
      content: "And says from when on",
      trigger: ".o_form_view [name='call_wait_text']:contains('Not before')",
    },
  ],
});
