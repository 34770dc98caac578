import { useService } from "@web/core/utils/hooks";

import { onWillDestroy } from "@odoo/owl";

const PAUSE = 1000; // ms between two readings

/**
 * Read again when campaigns that are shown have moved on.
 *
 * The bus gives ids only; what they show, each browser asks for with its own rights.
 *
 * @param {() => number[]} shown ids of the campaigns that are shown
 * @param {() => Promise} read reads them again: the root, not the model, whose reading
 *     would take the place of one that a button waits for; gives true to be asked later
 */
export function useLive(shown, read) {
    const bus = useService("bus_service");
    let timer = null;
    let last = 0;
    let reading = false;

    async function now() {
        timer = null;
        if (reading) {
            return later();
        }
        reading = true;
        let again = false;
        try {
            again = await read();
        } finally {
            reading = false;
            last = Date.now();
        }
        if (again) {
            later();
        }
    }

    function later() {
        timer ??= setTimeout(now, Math.max(last + PAUSE - Date.now(), 0));
    }

    function moved({ ids }) {
        const here = new Set(shown());
        if (ids.some((id) => here.has(id))) {
            later();
        }
    }

    bus.subscribe("su_sms.campaigns", moved);
    onWillDestroy(() => {
        clearTimeout(timer);
        bus.unsubscribe("su_sms.campaigns", moved);
    });
}
