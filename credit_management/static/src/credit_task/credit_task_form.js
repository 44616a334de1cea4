import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {onMounted} from "@odoo/owl";
import {registry} from "@web/core/registry";

/**
 * A task, or a call, is gone as soon as it is done: the form goes on to the next one, without
 * going back to the list. So it does for whoever comes back from what the task was
 * about and has seen to it there.
 */
export class CreditTaskController extends FormController {
  setup() {
    super.setup();
    let nothingLeft = false;
    const load = this.model.load.bind(this.model);
    this.model.load = async (params = {}) => {
      const opening = !this.model.isReady;
      const {resId, resIds} = opening ? this.model.config : this.model.root;
      if (!resId || "resId" in params) {
        return load(params);
      }
      const ids = resIds && resIds.length ? resIds : [resId];
      // What somebody opens is shown also at an hour at which it can't be done.
      const left = await this.orm.call(this.props.resModel, "still_open", [
        ids,
        opening && resId,
      ]);
      if (left.includes(resId)) {
        return load(params);
      }
      const later = ids.slice(ids.indexOf(resId) + 1);
      const next = later.find((id) => left.includes(id)) || left[0];
      if (next) {
        return load({...params, resId: next, resIds: left});
      }
      if (opening) {
        nothingLeft = true;
        // Nobody may make a task: the empty form is left before it is seen.
        this.model._loadNewRecord = async () => ({});
        return load({...params, resId: false, resIds: []});
      }
      this.env.config.historyBack();
    };
    onMounted(async () => {
      if (nothingLeft) {
        // What is before this form in the breadcrumbs is known when all around it is
        // mounted too: until then they end with the form that was open before.
        await Promise.resolve();
        this.env.config.historyBack();
      }
    });
  }
}

registry.category("views").add("credit_task_form", {
  ...formView,
  Controller: CreditTaskController,
});
