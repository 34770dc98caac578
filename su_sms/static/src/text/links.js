/** Where links begin and end in a text: a mirror of text/links.py, which says why. */

const LINK = /https?:\/\/(?:\{\{[^{}]{0,200}\}\}|(?![,;|]https?:\/\/)[^\s<>"“”«»])+/giu;
const OUTSIDE = /[\p{P}\p{Cf}]/u;
const KEPT = new Set("/&#%@_-");
const BRACKETS = { ")": "(", "]": "[", "}": "{" };

/** Give a text with a short link in place of each that is the same for everybody. */
export function shortened(text, short) {
    return text.replace(LINK, (match) => {
        const link = match.slice(0, length(match));
        const bare = link.length <= "https://".length || link.includes("{{");
        return (bare ? link : short) + match.slice(link.length);
    });
}

function length(match) {
    const characters = [...match];
    const counts = {};
    for (const mark of characters) {
        counts[mark] = (counts[mark] ?? 0) + 1;
    }
    while (characters.length) {
        const mark = characters.at(-1);
        if (mark in BRACKETS) {
            if (counts[mark] <= (counts[BRACKETS[mark]] ?? 0)) {
                break;
            }
            counts[mark] -= 1;
        } else if (KEPT.has(mark) || !OUTSIDE.test(mark)) {
            break;
        }
        characters.pop();
    }
    return characters.join("").length;
}
