import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {registry} from "@web/core/registry";

/**
 * Records that are worked on by themselves: a click opens the form with its buttons, in
 * which whoever may write can write, instead of a window that can only be read.
 */
export class CreditRecordsField extends X2ManyField {
  openRecord(record, options = {}) {
    return this.switchToForm(record, options);
  }
}

registry.category("fields").add("credit_records", {
  ...x2ManyField,
  component: CreditRecordsField,
});
