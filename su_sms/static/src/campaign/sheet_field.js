import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { SenderField } from "./sender_field";

/** A sheet, one of those that the workbook has. */
export class SheetField extends SenderField {
    get source() {
        return this.props.record.data.sheet_choices;
    }
}

const senderField = registry.category("fields").get("sms_sender");

registry.category("fields").add("sms_sheet", {
    ...senderField,
    component: SheetField,
    displayName: _t("Sheet"),
    fieldDependencies: [{ name: "sheet_choices", type: "text" }],
});
