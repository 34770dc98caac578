import { Component, xml } from "@odoo/owl";
import { formatInteger } from "@web/views/fields/formatters";

/** A number that opens the records it counts. */
export class SmsFigure extends Component {
    static template = xml`
        <button t-if="props.figure.count" type="button" class="btn btn-link p-0 text-end lh-sm fw-normal"
                t-att-class="props.className" t-att-title="props.title" t-on-click="open" t-out="text"/>
        <span t-else="" class="text-muted" t-att-class="props.className" t-out="text"/>`;
    static props = {
        figure: Object,
        title: String,
        className: { type: String, optional: true },
        text: { type: String, optional: true },
    };
    static defaultProps = { className: "" };

    get text() {
        return this.props.text || formatInteger(this.props.figure.count);
    }

    open() {
        this.env.openMessages(this.props.title, this.props.figure.domain);
    }
}
