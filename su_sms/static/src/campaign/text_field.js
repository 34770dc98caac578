import {
    EmojisTextField,
    emojisTextField,
} from "@mail/views/web/fields/emojis_text_field/emojis_text_field";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { useEffect, useState } from "@odoo/owl";

import { clean, count, forcing, plain } from "../text/segments";

// As Odoo finds links: tools.mail.TEXT_URL_REGEX
const LINK = /https?:\/\/[\w@:%.+&~#=/-]+(?:\?\S+)?/g;
const INVISIBLE = /^[\p{Cc}\p{Cf}\p{Z}\p{M}]$/u;

/** The text of a campaign, with what it takes on the air as it is typed. */
export class CampaignText extends EmojisTextField {
    static template = "su_sms.CampaignText";

    setup() {
        super.setup();
        this._emojiAdded = () => this.keep(this.targetEditElement.el.value);
        this.typed = useState({ text: "" });
        useEffect(
            (text) => {
                this.typed.text = text;
            },
            () => [this.props.record.data[this.props.name] || ""]
        );
    }

    onInput(ev) {
        super.onInput?.(...arguments);
        this.typed.text = ev.target.value;
    }

    keep(text) {
        this.typed.text = text;
        return this.props.record.update({ [this.props.name]: text });
    }

    get sanitised() {
        return this.props.record.data.sanitise;
    }

    /** The text with what Odoo puts in and adds, as it would leave. */
    get whole() {
        const { shorten_links, short_link, optout_sample } = this.props.record.data;
        let text = clean(this.typed.text);
        if (shorten_links && short_link) {
            text = text.replaceAll(LINK, short_link);
        }
        if (text && optout_sample) {
            text += `\n${optout_sample}`;
        }
        return this.sanitised ? plain(text) : text;
    }

    get counter() {
        return count(this.whole);
    }

    get counterText() {
        const { units, room, parts, encoding } = this.counter;
        const values = { units, room, parts, encoding };
        return _t("%(units)s of %(room)s characters, %(parts)s SMS (%(encoding)s)", values);
    }

    get hasPlaceholders() {
        return this.typed.text.includes("{{");
    }

    /** Characters that cost, after those that are replaced anyway. */
    get forcing() {
        return forcing(this.whole).slice(0, 20).map(named);
    }

    get replaceable() {
        const text = clean(this.typed.text);
        return plain(text) !== text;
    }

    replace() {
        const text = plain(clean(this.typed.text));
        this.targetEditElement.el.value = text;
        return this.keep(text);
    }
}

/** Name a character, also one that can't be seen. */
function named(character) {
    if (!INVISIBLE.test(character)) {
        return character;
    }
    const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `U+${code}`;
}

registry.category("fields").add("sms_campaign_text", {
    ...emojisTextField,
    component: CampaignText,
    displayName: _t("Campaign Text"),
    additionalClasses: [
        ...(emojisTextField.additionalClasses || []),
        "o_field_text",
        "o_field_text_emojis",
    ],
    fieldDependencies: [
        { name: "sanitise", type: "boolean" },
        { name: "shorten_links", type: "boolean" },
        { name: "short_link", type: "char" },
        { name: "optout_sample", type: "char" },
    ],
});
