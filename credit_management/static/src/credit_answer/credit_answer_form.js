import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {FormController} from "@web/views/form/form_controller";
import {_t} from "@web/core/l10n/translation";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/**
 * A promise, a plan, a dispute or a hold stops reminders: it is made by "Save". A new one,
 * filled in beforehand, is not made by leaving, closing or reloading the page.
 */
export class CreditAnswerController extends FormController {
  /** Another tab in front makes nothing. */
  beforeVisibilityChange() {
    return this.model.root.isNew ? undefined : super.beforeVisibilityChange();
  }

  async beforeLeave(options = {}) {
    if (!this.model.root.isNew || options.forceLeave) {
      return super.beforeLeave(options);
    }
    // What is still being typed counts as well.
    return !(await this.model.root.isDirty()) || this.mayBeLost();
  }

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

  /**
   * @returns {Promise<Boolean>} whether the user leaves what was typed
   */
  mayBeLost() {
    return new Promise((resolve) => {
      this.dialogService.add(ConfirmationDialog, {
        title: _t("Not saved"),
        body: _t("Nothing is agreed or stopped before it is saved."),
        confirmLabel: _t("Leave it"),
        confirm: () => resolve(true),
        cancelLabel: _t("Stay here"),
        cancel: () => resolve(false),
      });
    });
  }
}

registry.category("views").add("credit_answer_form", {
  ...formView,
  Controller: CreditAnswerController,
});
