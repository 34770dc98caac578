import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { formatInteger, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import {
    Component,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useState,
    useSubEnv,
} from "@odoo/owl";

import { SmsChart } from "./chart";
import { balanceConfig, messagesConfig } from "./chart_config";
import { SmsFigure } from "./figure";

const REFRESH_MS = 30_000;
const LIST_AND_FORM = [
    [false, "list"],
    [false, "form"],
];
const VIEWS = {
    "sms.sms": [...LIST_AND_FORM, [false, "graph"], [false, "pivot"]],
    "sms.balance": [
        [false, "graph"],
        [false, "list"],
    ],
};

/**
 * What the gateways do: figures of `sms.dashboard`, each of which opens its records.
 *
 * It refreshes itself while somebody can see it.
 */
export class SmsDashboard extends Component {
    static template = "su_sms.Dashboard";
    static components = { Dropdown, DropdownItem, Layout, SmsChart, SmsFigure };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null, failed: false, loading: false });
        this.gatewayId = this.props.state?.gatewayId || false;
        this.asked = 0;
        useSetupAction({ getLocalState: () => ({ gatewayId: this.gatewayId }) });
        useSubEnv({ openMessages: (name, domain) => this.open("sms.sms", name, domain) });
        onWillStart(() => this.load());
        const timer = setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
        useExternalListener(document, "visibilitychange", () => this.refresh());
    }

    async load() {
        const asked = ++this.asked;
        this.state.loading = true;
        try {
            const data = await this.orm.silent.call("sms.dashboard", "get_data", [], {
                gateway_id: this.gatewayId,
            });
            if (asked === this.asked) {
                this.show(data);
            }
        } catch {
            // Shown on the page, with what it last had: a dialog every half minute
            // would be in the way.
            this.state.failed = asked === this.asked;
        } finally {
            this.state.loading = asked !== this.asked;
        }
    }

    refresh() {
        if (document.visibilityState === "visible") {
            return this.load();
        }
    }

    show(data) {
        const open = (day, result) =>
            this.open("sms.sms", `${result.label}, ${data.chart.days[day].date}`, [
                ...data.chart.days[day].domain,
                ...result.domain,
            ]);
        const used = data.results.filter(({ key }) => data.chart.counts[key].some(Boolean));
        this.messagesConfig = used.length ? messagesConfig(data.chart, used, open) : null;
        this.balanceConfig = data.balances.length ? balanceConfig(data.balances) : null;
        Object.assign(this.state, { data, failed: false });
    }

    choose(gatewayId) {
        this.gatewayId = gatewayId;
        return this.load();
    }

    // ------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------

    get chosen() {
        const { gateways, gateway_id } = this.state.data;
        return gateways.find(({ id }) => id === gateway_id);
    }

    get shown() {
        return this.chosen ? [this.chosen] : this.state.data.gateways;
    }

    rate({ tried, delivered }) {
        return tried.count ? delivered.count / tried.count : 0;
    }

    percent(part, whole) {
        return whole.count ? formatPercentage(part.count / whole.count, { digits: [0, 1] }) : "";
    }

    integer(value) {
        return formatInteger(value);
    }

    title(...words) {
        return words.join(", ");
    }

    // ------------------------------------------------------------
    // What is opened
    // ------------------------------------------------------------

    open(model, name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: VIEWS[model] || LIST_AND_FORM,
            domain,
            context: { create: false },
        });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openProblem({ title, open }) {
        return open.id
            ? this.openRecord(open.model, open.id)
            : this.open(open.model, title, open.domain);
    }

    openBalances() {
        const domain = [["gateway_id", "in", this.shown.map(({ id }) => id)]];
        return this.open("sms.balance", _t("Balance"), domain);
    }
}

registry.category("actions").add("su_sms.dashboard", SmsDashboard);
