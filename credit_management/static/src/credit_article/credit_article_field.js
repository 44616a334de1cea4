import {CharField, charField} from "@web/views/fields/char/char_field";
import {registry} from "@web/core/registry";

/**
 * An article of the law: read in the language of the user, edited as it is kept.
 */
export class CreditArticleField extends CharField {
  get formattedValue() {
    return this.props.record.data.article_text || super.formattedValue;
  }
}

registry.category("fields").add("credit_article", {
  ...charField,
  component: CreditArticleField,
  fieldDependencies: [{name: "article_text", type: "char"}],
});
