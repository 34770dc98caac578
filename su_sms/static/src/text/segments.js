/**
 * What a text takes on the air: a mirror of text/segments.py, which says why and is
 * what counts. A browser test holds them equal.
 */

// 3GPP TS 23.038, 6.2.1 and 6.2.1.1
const BASIC =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ" +
    " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
    "¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";
const GSM = new Set(BASIC + EXTENSION);
// What may become a character of GSM-7 when it is composed; composing anything else may
// take the square of its length.
const MAY_BECOME_GSM = new RegExp(
    `^(?:[${(BASIC + EXTENSION).replace(/[\\\]^-]/g, "\\$&")}\u037e\u2126\u212a\u212b]` +
        "[\u0300\u0301\u0303\u0308\u030a\u0327\u0340\u0341]?)*$",
    "u"
);
const SINGLE = { "GSM-7": 160, "UCS-2": 70 };
const SEVERAL = { "GSM-7": 153, "UCS-2": 67 };

const TYPOGRAPHY = new Map();
for (const [gsm, characters] of [
    ["'", "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc\u00b4`"],
    ['"', "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u301d\u301e\u301f"],
    [
        "-",
        "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d" +
            "\u2022\u2023\u2043\u2219\u25cf\u25e6\u00b7",
    ],
    ["...", "\u2026"],
    ["..", "\u2025"],
    ["/", "\u2044\u2215"],
    ["*", "\u2217"],
    ["x", "\u00d7"],
    ["~", "\u223c\u02dc"],
    ["No.", "\u2116"],
    ["ff", "\ufb00"],
    ["fi", "\ufb01"],
    ["fl", "\ufb02"],
    ["ffi", "\ufb03"],
    ["ffl", "\ufb04"],
    ["st", "\ufb05\ufb06"],
    [
        " ",
        "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007" +
            "\u2008\u2009\u200a\u202f\u205f\u3000",
    ],
    ["\n", "\u0085\u2028\u2029"],
    ["", "\u00ad\u200b\u2060\ufeff"],
]) {
    for (const character of characters) {
        TYPOGRAPHY.set(character, gsm);
    }
}
const JOINERS = /[\u200c-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufe00-\ufe0f]/g;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/g;

const BLANKS =
    "[ \\n\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const AROUND = new RegExp(`^${BLANKS}+|${BLANKS}+$`, "g");
// What texts of Odoo's own, and the French, write for "no."
// At the beginning of a word, whether joiners are there or not.
const NUMERO =
    /(?<![\p{L}\p{N}_\u200c-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufe00-\ufe0f])([nN])[°º]/gu;

function isGsm(text) {
    return [...text].every((character) => GSM.has(character));
}

/** Take out what no SMS can carry. */
export function clean(text) {
    return text
        .toWellFormed()
        .replace(/\r\n?|[\v\f\x85]/g, "\n")
        .replaceAll("\t", " ")
        .replace(CONTROLS, "")
        .replace(AROUND, "");
}

/** Take out the blanks that say nothing. */
function closeUp(text) {
    return text
        .replace(/  +/g, " ")
        .replace(/ ?\n ?/g, "\n")
        .replace(/\n{3,}/g, "\n\n")
        .replace(AROUND, "");
}

/** Replace typographic characters by their equivalents in GSM-7. */
export function plain(text) {
    if (isGsm(text)) {
        return closeUp(text);
    }
    const replaced = [...text].map((each) => TYPOGRAPHY.get(each) ?? each).join("");
    let bare = replaced.replace(JOINERS, "");
    if (MAY_BECOME_GSM.test(bare.replace(NUMERO, "$1o."))) {
        bare = bare.normalize("NFC");
    }
    bare = bare.replace(NUMERO, "$1o.");
    return closeUp(isGsm(bare) ? bare : replaced.replace(NUMERO, "$1o."));
}

/** List the characters that keep a text out of GSM-7, once each, as they come. */
export function forcing(text) {
    return [...new Set(text)].filter((character) => !GSM.has(character));
}

/**
 * Count the parts of a text.
 *
 * @returns {{encoding: string, units: number, parts: number, room: number}} units are
 *  septets of GSM-7 or UTF-16 units; room is what all the parts together can hold
 */
export function count(text) {
    const encoding = isGsm(text) ? "GSM-7" : "UCS-2";
    // What must not be cut: an escape and its character, or a surrogate pair.
    const sizes = [...text].map((character) =>
        encoding === "GSM-7" ? (EXTENSION.includes(character) ? 2 : 1) : character.length
    );
    const units = sizes.reduce((sum, size) => sum + size, 0);
    if (units <= SINGLE[encoding]) {
        return { encoding, units, parts: units ? 1 : 0, room: SINGLE[encoding] };
    }
    let parts = 1;
    let used = 0;
    for (const size of sizes) {
        if (used + size > SEVERAL[encoding]) {
            parts++;
            used = 0;
        }
        used += size;
    }
    return { encoding, units, parts, room: parts * SEVERAL[encoding] };
}
