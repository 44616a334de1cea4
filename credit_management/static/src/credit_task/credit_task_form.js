import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/**
 * A task is gone as soon as it is done: the form goes on to the next one, without
 * going back to the list.
 */
export class CreditTaskController extends FormController {
  setup() {
    super.setup();
    const load = this.model.load.bind(this.model);
    this.model.load = async (params = {}) => {
      const {resId, resIds} = this.model.root || {};
      if (!resId || "resId" in params) {
        return load(params);
      }
      const left = await this.orm.call("credit.task", "still_open", [resIds]);
      if (left.includes(resId)) {
        return load(params);
      }
      const later = resIds.slice(resIds.indexOf(resId) + 1);
      const next = later.find((id) => left.includes(id)) || left[0];
      if (next) {
        return load({resId: next, resIds: left});
      }
      this.env.config.historyBack();
    };
  }
}

registry.category("views").add("credit_task_form", {
  ...formView,
  Controller: CreditTaskController,
});
