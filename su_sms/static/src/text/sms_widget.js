import { SmsWidget } from "@sms/components/sms_widget/fields_sms_widget";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

import { useEffect, useState } from "@odoo/owl";

import { clean, count, forcing, plain } from "./segments";

const INVISIBLE = /^[\p{Cc}\p{Cf}\p{Z}\p{M}]$/u;

// Odoo's counter waits until the text is left (no template calls its onInput), takes a
// line's end for two characters, and knows neither of the extension table nor of parts
// that can't be filled. What is typed is kept beside the record: to update that at each
// key would ask the server each time where something depends on the text.
patch(SmsWidget.prototype, {
    setup() {
        super.setup();
        this.typed = useState({ text: "" });
        const follow = () => {
            // What can't be edited has no text area.
            const { el } = this.targetEditElement;
            this.typed.text = el?.value ?? this.props.record.data[this.props.name] ?? "";
        };
        useEffect(
            (textarea) => {
                textarea?.addEventListener("input", follow);
                return () => textarea?.removeEventListener("input", follow);
            },
            () => [this.targetEditElement.el]
        );
        useEffect(follow, () => [
            this.targetEditElement.el,
            this.props.record.data[this.props.name],
        ]);
    },

    /** What the gateway does to texts and takes for them; see `_terms` there. */
    get terms() {
        return this.props.record.data.sms_terms || {};
    },

    get sanitised() {
        return this.terms.sanitise;
    },

    /** What is added to each text. */
    get ending() {
        const { sms_allow_unsubscribe } = this.props.record.data;
        const { unsubscribe } = this.linkReplacementsPlaceholders || {};
        return sms_allow_unsubscribe && unsubscribe ? unsubscribe.trim() : "";
    },

    /** The text with what Odoo puts in and adds, as it would leave. */
    get whole() {
        let text = this._getValueForSmsCounts(clean(this.typed.text));
        if (text && this.ending) {
            text += `\n${this.ending}`;
        }
        return this.sanitised ? plain(text) : text;
    },

    get counter() {
        return count(this.whole);
    },

    get counterText() {
        const { units, room, parts, encoding } = this.counter;
        const values = { units, room, parts, encoding };
        return _t("%(units)s of %(room)s characters, %(parts)s SMS (%(encoding)s)", values);
    },

    get priceText() {
        const { recipients = 0, price, currency, at_most } = this.terms;
        const parts = this.counter.parts * recipients;
        if (!parts) {
            return "";
        }
        let text = _t("%s SMS in all.", formatInteger(parts));
        if (price) {
            text = _t("%(parts)s SMS in all, about %(currency)s %(price)s.", {
                parts: formatInteger(parts),
                currency,
                price: formatFloat(parts * price, { digits: [16, 2] }),
            });
        }
        return at_most ? `${text} ${_t("Less, if some are left out.")}` : text;
    },

    get hasPlaceholders() {
        return this.typed.text.includes("{{");
    },

    /** Characters that cost, after those that are replaced anyway. */
    get forcing() {
        return forcing(this.whole).slice(0, 20).map(named);
    },

    get replaceable() {
        const text = clean(this.typed.text);
        return plain(text) !== text;
    },

    replace() {
        const text = plain(clean(this.typed.text));
        this.targetEditElement.el.value = text;
        this.typed.text = text;
        return this.props.record.update({ [this.props.name]: text });
    },
});

/** Name a character, also one that can't be seen. */
function named(character) {
    if (!INVISIBLE.test(character)) {
        return character;
    }
    const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `U+${code}`;
}
