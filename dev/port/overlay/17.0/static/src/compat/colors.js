/** @odoo-module **/
export { getColor, hexToRGBA } from "@web/core/colors/colors";

/** Return the colour for a scheme. */
export function getCustomColor(scheme, bright, dark) {
    return scheme === "dark" && dark !== undefined ? dark : bright;
}
