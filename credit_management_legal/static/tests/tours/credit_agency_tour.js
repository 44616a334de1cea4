import {registry} from "@web/core/registry";

function follow(content, trigger) {
  return {content, trigger, run: "click", expectUnloadPage: true};
}

function fill(name, value) {
  return {content: `Fill in ${name}`, trigger: `#${name}`, run: `edit ${value}`};
}

function choose(name, value) {
  return {content: `Choose ${name}`, trigger: `#${name}`, run: `select ${value}`};
}

const send = follow("Send", ".o_credit_case_form button[type=submit]");
const done = {content: "The page says what was done", trigger: "#credit_done"};

/** From the home page of the portal to the only case that is found. */
const open = [
  {
    content: "The cases are among what there is",
    trigger: ".o_portal_docs a[href='/my/cases']",
    run: "click",
    expectUnloadPage: true,
  },
  follow("Open the case", ".o_credit_cases td a:contains('CASE/')"),
  {content: "It says what is owed", trigger: ".o_credit_sums tfoot td"},
];

registry.category("web_tour.tours").add("credit_agency_report", {
  steps: () => [
    ...open,
    follow("Report a cost", ".o_credit_acts a[href$='/send/cost']"),
    fill("amount", "-5"),
    fill("what", "Search for the address"),
    send,
    {content: "Told why not", trigger: "#amount_wrong:contains('Amount')"},
    {
      content: "What was typed is still there",
      trigger: "#what",
      run({anchor}) {
        if (anchor.value !== "Search for the address") {
          throw new Error("What was typed is gone");
        }
      },
    },
    fill("amount", "33,50"),
    {
      content: "Add the bill",
      trigger: "#documents",
      run({anchor}) {
        const files = new DataTransfer();
        files.items.add(
          new File(["%PDF-1.4 bill"], "bill.pdf", {type: "application/pdf"})
        );
        anchor.files = files.files;
      },
    },
    send,
    done,
    {
      content: "It stands in the timeline",
      trigger: "#timeline li:contains('33.50') a:contains('bill.pdf')",
    },
    follow("Report progress", ".o_credit_acts a[href$='/send/status']"),
    choose("status", "promise"),
    send,
    done,
    {content: "So does that", trigger: "#timeline li:contains('promised to pay')"},
  ],
});

registry.category("web_tour.tours").add("credit_agency_ask", {
  steps: () => [
    ...open,
    follow("Ask for a discount", ".o_credit_acts a[href$='/send/discount']"),
    fill("percent", "10"),
    fill("text", "Pays at once then."),
    send,
    done,
    {
      content: "It waits for the creditor",
      trigger: "#requests .card:contains('Waiting for an answer')",
    },
    {
      content: "Add a word",
      trigger: "#requests textarea",
      run: "edit By the end of the month.",
    },
    follow("Send it", "#requests form[action$='/say'] button"),
    done,
    {
      content: "It is among what was said",
      trigger: "#requests li:contains('By the end of the month.')",
    },
  ],
});
