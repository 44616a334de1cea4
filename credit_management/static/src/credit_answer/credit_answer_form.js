import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/**
 * A promise, a plan, a dispute or a hold stops reminders: it is made by "Save". A new one,
 * filled in beforehand, is not made by closing or reloading the page.
 */
export class CreditAnswerController extends FormController {
  async beforeUnload(ev) {
    const {isNew, dirty} = this.model.root;
    if (!isNew) {
      return super.beforeUnload(ev);
    }
    if (dirty) {
      // The browser asks whether what was typed may be lost.
      ev.preventDefault();
      ev.returnValue = "Unsaved changes";
    }
  }
}

registry.category("views").add("credit_answer_form", {
  ...formView,
  Controller: CreditAnswerController,
});
