import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { useLive } from "./live";

/** Shows progress live, and counts recipients as soon as the audience is changed. */
class CampaignFormController extends FormController {
    setup() {
        super.setup();
        this.audienceChanged = false;
        useBus(this.ui.bus, "active-element-changed", () => this.saveAudience());
        useLive(
            () => [this.model.root?.resId],
            async () => {
                // What somebody is typing stays, in a dialog too: it is the old record's.
                if (this.ui.activeElement !== document) {
                    return true;
                }
                if (!(await this.model.root.isDirty())) {
                    await this.model.root.load();
                }
            }
        );
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRecordChanged = this.onRecordChanged.bind(this);
        return params;
    }

    onRecordChanged(record, changes) {
        this.audienceChanged = changes.audience_ids?.length > 0;
        this.saveAudience();
    }

    /** Save what the dialog for an audience has left, once it is closed. */
    saveAudience() {
        const { root } = this.model;
        if (this.audienceChanged && this.ui.activeElement === document && root.data.name) {
            this.audienceChanged = false;
            // Not waited for: the model is locked until this is over.
            root.save({ reload: true });
        }
    }
}

class CampaignKanbanController extends KanbanController {
    setup() {
        super.setup();
        useLive(
            () => this.model.root.records.map((record) => record.resId),
            () => this.model.root.load()
        );
    }
}

class CampaignListController extends ListController {
    setup() {
        super.setup();
        useLive(
            () => this.model.root.records.map((record) => record.resId),
            async () => {
                if (!this.model.root.editedRecord && !this.model.root.selection.length) {
                    await this.model.root.load();
                }
            }
        );
    }
}

const views = registry.category("views");
views.add("sms_campaign_form", { ...formView, Controller: CampaignFormController });
views.add("sms_campaign_kanban", { ...kanbanView, Controller: CampaignKanbanController });
views.add("sms_campaign_list", { ...listView, Controller: CampaignListController });
