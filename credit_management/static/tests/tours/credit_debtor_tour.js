import {registry} from "@web/core/registry";

function open(panel) {
  return {
    content: `Open the panel ${panel}`,
    trigger: `#credit_${panel} summary`,
    run: "click",
  };
}

function send(path) {
  return {
    content: `Send to ${path}`,
    trigger: `button[formaction$="${path}"]`,
    run: "click",
    expectUnloadPage: true,
  };
}

const done = {content: "The page says what was done", trigger: "#credit_done"};
const refused = {content: "The page says why not", trigger: "#credit_error"};

function isoDay(days) {
  const day = new Date(document.querySelector("#promise_date_1").min);
  day.setDate(day.getDate() + days);
  return day.toISOString().slice(0, 10);
}

function fillDay(id, days) {
  return {
    content: `Fill in the day ${id}`,
    trigger: `#${id}`,
    run() {
      document.getElementById(id).value = isoDay(days);
    },
  };
}

/** From Odoo's payment form to the page that says thank you. */
const payment = [
  {content: "The amount is told", trigger: "#credit_amount"},
  {
    content: "Choose how to pay",
    trigger: "input[name=o_payment_radio]",
    run: "click",
  },
  {
    content: "Pay",
    trigger: "button[name=o_payment_submit_button]:enabled",
    run: "click",
    expectUnloadPage: true,
  },
  done,
];

/** Names of invoices come from the page itself: the oldest first. */
function tickFirst(count) {
  return {
    content: `Tick the first ${count}`,
    trigger: ".o_credit_items",
    run() {
      document.querySelectorAll("input[name=item]").forEach((box, index) => {
        box.checked = index < count;
        box.dispatchEvent(new window.Event("change", {bubbles: true}));
      });
    },
  };
}

registry.category("web_tour.tours").add("credit_debtor_pay_all", {
  steps: () => [
    {
      content: "Pay all that is overdue",
      trigger: "button[name=what][value^='o.']",
      run: "click",
      expectUnloadPage: true,
    },
    ...payment,
  ],
});

registry.category("web_tour.tours").add("credit_debtor_pay_two", {
  steps: () => [
    tickFirst(1),
    {
      content: "It is told what that comes to",
      trigger: "#credit_sum:contains('100.00')",
    },
    tickFirst(2),
    {
      content: "And that of two",
      trigger: "#credit_sum:contains('300.00')",
    },
    {
      content: "Pay what is ticked",
      trigger: "button[name=what][value=ticked]",
      run: "click",
      expectUnloadPage: true,
    },
    ...payment,
  ],
});

registry.category("web_tour.tours").add("credit_debtor_promise", {
  steps: () => [
    tickFirst(1),
    open("promise"),
    send("/promise"),
    refused,
    fillDay("promise_date_1", 7),
    {
      content: "Enter sends what was typed, and pays nothing",
      trigger: "#promise_amount_1",
      run: "click && press Enter",
      expectUnloadPage: true,
    },
    done,
    {content: "It is on the page", trigger: "a[href*='choice=s.']"},
  ],
});

const plan = (number) => [
  tickFirst(2),
  open("plan"),
  {
    content: "How many",
    trigger: "#plan_number",
    run: `edit ${number}`,
  },
  fillDay("plan_first_date", 10),
  send("/plan/preview"),
  {content: "Give a name", trigger: "#plan_name", run: "edit Marie Dupont"},
  {content: "Acknowledge", trigger: "#plan_accept", run: "click"},
  {
    content: "Accept",
    trigger: "form[action$='/plan'] button",
    run: "click",
    expectUnloadPage: true,
  },
  done,
];

registry.category("web_tour.tours").add("credit_debtor_plan", {
  steps: () => [
    ...plan(3),
    {
      content: "Pay the first instalment",
      trigger: "a[href*='choice=l.']",
      run: "click",
      expectUnloadPage: true,
    },
    ...payment,
    {content: "It is paid", trigger: "td .badge:contains(Paid)"},
  ],
});

registry.category("web_tour.tours").add("credit_debtor_plan_asked", {
  steps: () => [
    ...plan(12),
    {content: "A person decides", trigger: "#credit_asked:contains(asked for)"},
  ],
});

registry.category("web_tour.tours").add("credit_debtor_dispute", {
  steps: () => [
    tickFirst(1),
    open("dispute"),
    {
      content: "Choose a reason",
      trigger: "#dispute_reason",
      run: "selectByIndex 1",
    },
    {content: "A part", trigger: "#dispute_amount", run: "edit 40,50"},
    {content: "Why", trigger: "#dispute_text", run: "edit One chair is broken."},
    {
      content: "Add a file",
      trigger: "#dispute_file",
      run() {
        const files = new DataTransfer();
        files.items.add(
          new File(["%PDF-1.4 chair"], "chair.pdf", {type: "application/pdf"})
        );
        document.getElementById("dispute_file").files = files.files;
      },
    },
    send("/dispute"),
    done,
    {content: "It is on the page", trigger: ".badge:contains(disputed)"},
  ],
});

registry.category("web_tour.tours").add("credit_debtor_talk", {
  steps: () => [
    {
      content: "The link of the e-mail opened the panel",
      trigger: "#credit_message[open] #message_text",
      run: "edit Where do I find the contract?",
    },
    send("/message"),
    done,
    {
      content: "It is among what was said",
      trigger: ".o_credit_messages:contains(Where do I find the contract?)",
    },
  ],
});

const plainPage = {
  content: "One plain page, and nothing of anybody",
  trigger: "h1:contains(This link does not work any more)",
  run() {
    const told = document.querySelector("main").textContent;
    if (/Dupont|Martin|INV|€|[0-9]{2}/.test(told)) {
      throw new Error(`The page tells: ${told}`);
    }
  },
};

registry.category("web_tour.tours").add("credit_debtor_refused", {
  steps: () => [plainPage],
});

// The address says whose invoice is tried, below the link of the debtor who tries.
registry.category("web_tour.tours").add("credit_debtor_foreign", {
  steps: () => [
    {
      content: "One's own account; in the address, the invoice of somebody else",
      trigger: "h1:contains(Martin SA)",
      run() {
        const number = new URLSearchParams(location.search).get("number");
        location.href = `${location.pathname}/invoice/${number}`;
      },
      expectUnloadPage: true,
    },
    plainPage,
  ],
});

// Days later: nothing was paid.
registry.category("web_tour.tours").add("credit_debtor_promise_broken", {
  steps: () => [
    {
      content: "It is overdue again, by all of its days",
      trigger: ".o_credit_items tbody tr:first-child .o_credit_late:contains(41 days)",
    },
    {
      content: "It is among what is asked for",
      trigger: ".o_credit_items tbody tr:first-child input[name=item]:checked",
    },
    {
      content: "Nothing is promised any more",
      trigger:
        ".o_credit_account:not(:has(#credit_agreed)):not(:contains(Promised for))",
    },
    {
      content: "All of it is to be paid now",
      trigger: "button[name=what][value^='o.']:contains(300.00)",
    },
  ],
});
