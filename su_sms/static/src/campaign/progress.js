import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component } from "@odoo/owl";

const COUNTS = ["recipient_count", "message_count", "waiting_count"];

/** How far a campaign is: one bar, by the results of its messages. */
export class CampaignProgress extends Component {
    static template = "su_sms.CampaignProgress";
    static props = standardWidgetProps;

    get total() {
        const { recipient_count, message_count, state } = this.props.record.data;
        return state === "preparing" ? Math.max(recipient_count, message_count) : message_count;
    }

    get bars() {
        return (this.props.record.data.bars || [])
            .map((bar) => ({
                ...bar,
                percent: (100 * bar.count) / this.total,
                title: `${bar.label}: ${formatInteger(bar.count)}`,
            }));
    }

    get percent() {
        const { message_count, waiting_count } = this.props.record.data;
        return this.total ? Math.floor((100 * (message_count - waiting_count)) / this.total) : 0;
    }

    get text() {
        const { data } = this.props.record;
        const values = { total: formatInteger(this.total) };
        if (data.state === "preparing") {
            return _t("Preparing %(done)s of %(total)s", {
                ...values,
                done: formatInteger(data.message_count),
            });
        }
        return _t("%(done)s of %(total)s", {
            ...values,
            done: formatInteger(data.message_count - data.waiting_count),
        });
    }
}

registry.category("view_widgets").add("sms_campaign_progress", {
    component: CampaignProgress,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "bars", type: "json", readonly: true },
        ...COUNTS.map((name) => ({ name, type: "integer", readonly: true })),
    ],
});
