import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

const { DateTime } = luxon;

/** What became of a campaign by network, by reason and over time. */
export class CampaignResults extends Component {
    static template = "su_sms.CampaignResults";
    static props = standardFieldProps;

    setup() {
        this.action = useService("action");
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify(this.results.times), Boolean(this.canvas.el)]
        );
    }

    get results() {
        return this.props.record.data[this.props.name] || {};
    }

    get networks() {
        return (this.results.networks || []).map((row) => ({
            ...row,
            name: row.network || _t("Not known yet"),
            triedText: formatInteger(row.tried),
            rate: formatFloat((100 * row.delivered) / row.tried, { digits: [16, 1] }),
            costText: formatFloat(row.cost || 0, { digits: [16, 2] }),
        }));
    }

    get reasons() {
        return (this.results.reasons || []).map((row) => ({
            ...row,
            countText: formatInteger(row.count),
        }));
    }

    get times() {
        const times = this.results.times || [];
        return times.length > 1 ? times : [];
    }

    get timeTitle() {
        const { minutes } = this.results;
        if (minutes === 1) {
            return _t("Sent each minute");
        }
        if (minutes < 60) {
            return _t("Sent every %s minutes", minutes);
        }
        return minutes === 60 ? _t("Sent each hour") : _t("Sent every %s hours", minutes / 60);
    }

    open(context) {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_results",
            resModel: this.props.record.resModel,
            resId: this.props.record.resId,
            context: this.props.record.context,
            buttonContext: context,
        });
    }

    draw() {
        if (!this.canvas.el || !this.times.length) {
            return;
        }
        const scheme = cookie.get("color_scheme");
        const format = this.results.minutes < 720 ? "HH:mm" : "d LLL";
        const ticks = { color: getCustomColor(scheme, "#111827", "#E4E4E4") };
        const grid = { color: getCustomColor(scheme, "#d8dadd", "#3C3E4B") };
        const chart = new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: this.times.map(({ at }) => DateTime.fromSeconds(at).toFormat(format)),
                datasets: [
                    {
                        label: _t("Sent"),
                        data: this.times.map(({ count }) => count),
                        backgroundColor: getColor(1, scheme, "odoo"),
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: { legend: { display: false } },
                scales: {
                    x: { ticks, grid: { display: false } },
                    y: { beginAtZero: true, ticks: { ...ticks, precision: 0 }, grid },
                },
            },
        });
        return () => chart.destroy();
    }
}

registry.category("fields").add("sms_campaign_results", {
    component: CampaignResults,
    displayName: _t("Campaign Results"),
    supportedTypes: ["json"],
});
