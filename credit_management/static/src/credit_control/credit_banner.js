import {Component, onWillStart, useState} from "@odoo/owl";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** Says on top of a list that the stop switch is on, who asked for it and when. */
export class CreditBanner extends Component {
  static template = "credit_management.Banner";
  static props = {};

  setup() {
    this.action = useService("action");
    this.orm = useService("orm");
    this.state = useState({stops: []});
    onWillStart(async () => {
      this.state.stops = await this.orm.call("credit.stop", "banner", []);
    });
  }

  open() {
    this.action.doAction("credit_management.credit_stop_action");
  }
}

export class CreditListController extends ListController {
  static template = "credit_management.ListView";
  static components = {...ListController.components, CreditBanner};
}

export class CreditKanbanController extends KanbanController {
  static template = "credit_management.KanbanView";
  static components = {...KanbanController.components, CreditBanner};
}

registry.category("views").add("credit_list", {
  ...listView,
  Controller: CreditListController,
});
registry.category("views").add("credit_kanban", {
  ...kanbanView,
  Controller: CreditKanbanController,
});
