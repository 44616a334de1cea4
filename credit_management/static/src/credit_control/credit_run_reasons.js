import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** Why items are not reminded, how many, and by a click which they are. */
export class CreditRunReasons extends Component {
  static template = "credit_management.RunReasons";
  static props = {...standardFieldProps};

  setup() {
    this.action = useService("action");
    this.orm = useService("orm");
  }

  get rows() {
    return this.props.record.data[this.props.name] || [];
  }

  async open(reason) {
    const {resId, resModel} = this.props.record;
    this.action.doAction(
      await this.orm.call(resModel, "action_view_blocked", [[resId], reason])
    );
  }
}

registry.category("fields").add("credit_run_reasons", {
  component: CreditRunReasons,
  supportedTypes: ["json"],
});
