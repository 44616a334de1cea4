import {FormController} from "@web/views/form/form_controller";
import {browser} from "@web/core/browser/browser";
import {formView} from "@web/views/form/form_view";
import {onMounted, onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";

// Often enough to see a run move, seldom enough to cost nothing.
const REFRESH_MS = 5000;
const MOVING = ["proposed", "sending", "paused"];

/** A run that is sending: what is shown of it follows by itself. */
export class CreditRunController extends FormController {
  setup() {
    super.setup();
    onMounted(() => {
      this.refreshing = browser.setInterval(() => this.refresh(), REFRESH_MS);
    });
    onWillUnmount(() => browser.clearInterval(this.refreshing));
  }

  async refresh() {
    const run = this.model.root;
    const {queued_count: queued, state} = run.data;
    if (!run.resId || document.hidden || !queued || !MOVING.includes(state)) {
      return;
    }
    // Nobody loses what they are typing.
    if (!(await run.isDirty())) {
      await run.load();
    }
  }
}

registry.category("views").add("credit_run_form", {
  ...formView,
  Controller: CreditRunController,
});
