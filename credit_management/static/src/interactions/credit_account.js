import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

const SIGNS = ["pointerdown", "keydown", "scroll", "touchstart"];

/**
 * The debtor's page works without a script. This one tells, once, that a person is
 * there (programs that fetch links neither point nor type), and keeps a second click
 * on a button from sending the form twice.
 */
export class CreditAccount extends Interaction {
  static selector = ".o_credit_form";
  dynamicContent = {
    _root: {"t-on-submit": this.onSubmit, "t-on-keydown": this.onKeydown},
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
