import { loadBundle } from "@web/core/assets";
import { Component, onWillStart, onWillUnmount, useEffect, useRef, xml } from "@odoo/owl";

/** A chart of Odoo's Chart.js, drawn anew when its configuration changes. */
export class SmsChart extends Component {
    static template = xml`
        <div class="position-relative" t-attf-style="height: {{props.height}}px">
            <canvas t-ref="canvas" role="img" t-att-aria-label="props.label"/>
        </div>`;
    static props = {
        config: Object,
        label: String,
        height: { type: Number, optional: true },
    };
    static defaultProps = { height: 260 };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (config) => {
                this.chart?.destroy();
                this.chart = new Chart(this.canvas.el, config);
            },
            () => [this.props.config]
        );
        onWillUnmount(() => this.chart?.destroy());
    }
}
