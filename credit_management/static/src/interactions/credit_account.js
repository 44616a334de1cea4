import {Interaction} from "@web/public/interaction";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";

const SIGNS = ["pointerdown", "keydown", "scroll", "touchstart"];

/**
 * The debtor's page works without a script. This one tells, once, that a person is
 * there (programs that fetch links neither point nor type), keeps a second click on a
 * button from sending the form twice, and adds up what is ticked.
 */
export class CreditAccount extends Interaction {
  static selector = ".o_credit_form";
  dynamicContent = {
    _root: {
      "t-on-submit": this.onSubmit,
      "t-on-keydown": this.onKeydown,
      "t-on-change": this.showSum,
    },
  };

  start() {
    const url = this.el.dataset.seen;
    if (url) {
      const seen = () => {
        for (const sign of SIGNS) {
          window.removeEventListener(sign, seen, true);
        }
        this.tell(url);
      };
      for (const sign of SIGNS) {
        window.addEventListener(sign, seen, {capture: true, passive: true});
        this.registerCleanup(() => window.removeEventListener(sign, seen, true));
      }
    }
    this.showRefused();
    this.showSum();
    // After going back the browser ticks again what was ticked.
    this.addListener(window, "pageshow", this.showSum);
  }

  /** On the button: what is ticked comes to, as the next page will say. */
  showSum() {
    const output = this.el.querySelector("#credit_sum");
    if (output) {
      output.textContent = this.sumText(JSON.parse(output.dataset.money));
    }
  }

  /** Nothing where several currencies are ticked: they are paid one at a time. */
  sumText(formats) {
    const ticked = (name) => `input[name=${name}][data-pay]:checked:enabled`;
    const rows = [...this.el.querySelectorAll(ticked("item"))].map((box) =>
      box.dataset.pay.split(" ").map(Number)
    );
    const charges = JSON.parse(
      this.el.querySelector(ticked("charges"))?.dataset.pay || "{}"
    );
    const currencies = new Set(
      rows.length ? rows.map(([currency]) => currency) : Object.keys(charges)
    );
    const [currency] = currencies;
    if (currencies.size !== 1 || !formats[currency]) {
      return "";
    }
    // What is contested is left out, unless nothing else is ticked.
    const undisputed = rows.some((row) => row[1]);
    const minor = rows.reduce(
      (sum, row) => sum + row[1] + (undisputed ? 0 : row[2]),
      charges[currency] || 0
    );
    const {places, around, ...format} = formats[currency];
    const text = formatFloat(minor / 10 ** places, {...format, digits: [0, places]});
    return minor ? `(${around.join(text)})` : "";
  }

  /** Say why something was refused, and mark the field that it is about. */
  showRefused() {
    const error = document.getElementById("credit_error");
    const field = document.getElementById(error?.dataset.field);
    if (field) {
      field.classList.add("is-invalid");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", error.id);
    }
    error?.focus();
  }

  tell(url) {
    const body = new FormData();
    body.append("csrf_token", odoo.csrf_token);
    // Whether it arrives does not matter to the person.
    fetch(url, {method: "POST", body, keepalive: true}).catch(() => {});
  }

  /** Enter in a field presses the button of the panel in which it stands. */
  onKeydown(ev) {
    if (
      ev.key !== "Enter" ||
      ev.isComposing ||
      !ev.target.matches("input:not([type=file])")
    ) {
      return;
    }
    const button = ev.target
      .closest("details, .o_credit_part")
      ?.querySelector("button[formaction]");
    if (button) {
      ev.preventDefault();
      button.click();
    }
  }

  onSubmit(ev) {
    if (this.sent) {
      ev.preventDefault();
      return;
    }
    this.sent = true;
    // After going back the page comes from memory, and may be sent again.
    window.addEventListener("pageshow", () => (this.sent = false), {once: true});
  }
}

registry
  .category("public.interactions")
  .add("credit_management.account", CreditAccount);
