import { SmsWidget, smsWidget } from "@sms/components/sms_widget/fields_sms_widget";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { shortened } from "../text/links";

/** The text of a campaign, whose gateway and endings are its own. */
export class CampaignText extends SmsWidget {
    get sanitised() {
        return this.props.record.data.sanitise;
    }

    get ending() {
        return this.props.record.data.optout_sample;
    }

    _getValueForSmsCounts(value) {
        const { shorten_links, short_link } = this.props.record.data;
        return shorten_links && short_link ? shortened(value, short_link) : value;
    }
}

registry.category("fields").add("sms_campaign_text", {
    ...smsWidget,
    component: CampaignText,
    displayName: _t("Campaign Text"),
    fieldDependencies: [
        { name: "sanitise", type: "boolean" },
        { name: "shorten_links", type: "boolean" },
        { name: "short_link", type: "char" },
        { name: "optout_sample", type: "char" },
    ],
});
