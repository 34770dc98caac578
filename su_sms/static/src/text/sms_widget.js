import { SmsWidget } from "@sms/components/sms_widget/fields_sms_widget";
import { patch } from "@web/core/utils/patch";

import { clean, count } from "./segments";

// Odoo takes a line's end for two characters, and knows neither of the extension table
// nor of parts that can't be filled.
patch(SmsWidget.prototype, {
    get segments() {
        const { data } = this.props.record;
        let text = this._getValueForSmsCounts(data[this.props.name] || "");
        if (data.sms_allow_unsubscribe && this.linkReplacementsPlaceholders) {
            text += this.linkReplacementsPlaceholders.unsubscribe;
        }
        return count(clean(text));
    },
    get encoding() {
        return this.segments.encoding;
    },
    get nbrChar() {
        // What is above also notes what it has replaced.
        super.nbrChar;
        return this.segments.units;
    },
    get nbrSMS() {
        return this.segments.parts;
    },
});
