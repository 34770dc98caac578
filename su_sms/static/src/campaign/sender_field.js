import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

/** A sender ID, one of those that the gateway has. */
export class SenderField extends SelectionField {
    get source() {
        return this.props.record.data.sender_choices;
    }

    get options() {
        const choices = (this.source || "").split("\n");
        return choices.filter(Boolean).map((choice) => [choice, choice]);
    }

    get string() {
        return this.props.record.data[this.props.name] || "";
    }

    get value() {
        return this.props.record.data[this.props.name] || false;
    }

    onChange(value) {
        this.props.record.update({ [this.props.name]: value }, { save: this.props.autosave });
    }
}

registry.category("fields").add("sms_sender", {
    ...selectionField,
    component: SenderField,
    displayName: _t("Sender ID"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "sender_choices", type: "char" }],
});
