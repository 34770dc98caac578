import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";

const DAY = "d LLL";
const scheme = cookie.get("color_scheme");
const GRID = getCustomColor(scheme, "rgba(0,0,0,.1)", "rgba(255,255,255,.15)");
const TEXT = getCustomColor(scheme, "#111827", "#E4E4E4");
// Odoo's medium palette has places, and no grey.
const COLORS = {
    success: getColor(3, scheme, "md"),
    info: getColor(0, scheme, "md"),
    light: getCustomColor(scheme, "#d3d3d3", "#3C3E4B"),
    warning: getColor(10, scheme, "md"),
    danger: getColor(5, scheme, "md"),
    secondary: getCustomColor(scheme, "#A4A8B6", "#7E8290"),
};

/**
 * Return the configuration of the chart of messages by day and result.
 *
 * @param {Object} chart the server's: days and counts
 * @param {Object[]} results those to show
 * @param {(day: number, result: Object) => void} onClick
 */
export function messagesConfig(chart, results, onClick) {
    const dates = chart.days.map((day) => deserializeDate(day.date));
    return {
        type: "bar",
        data: {
            labels: dates.map((date) => date.toFormat(DAY)),
            datasets: results.map((result) => ({
                label: result.label,
                data: chart.counts[result.key],
                backgroundColor: COLORS[result.color],
            })),
        },
        options: {
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "index", intersect: false },
            onClick(event, _elements, drawn) {
                const mode = "nearest";
                const [hit] = drawn.getElementsAtEventForMode(event, mode, { intersect: true });
                if (hit) {
                    onClick(hit.index, results[hit.datasetIndex]);
                }
            },
            onHover(event, _elements, drawn) {
                const mode = "nearest";
                const hit = drawn.getElementsAtEventForMode(event, mode, { intersect: true });
                event.native.target.style.cursor = hit.length ? "pointer" : "default";
            },
            plugins: {
                legend: legend(),
                tooltip: { callbacks: { title: ([item]) => formatDate(dates[item.dataIndex]) } },
            },
            scales: {
                x: { stacked: true, grid: { display: false }, ticks: ticks({ maxRotation: 0 }) },
                y: { stacked: true, beginAtZero: true, grid: grid(), ticks: ticks({ precision: 0 }) },
            },
        },
    };
}

/**
 * Return the configuration of the chart of the gateways' balances.
 *
 * @param {Object[]} balances the server's
 */
export function balanceConfig(balances) {
    return {
        type: "line",
        data: {
            datasets: balances.map((balance, index) => {
                const color = getColor(2 * index + 1, scheme, "md");
                return {
                    label: [balance.gateway, balance.currency].filter(Boolean).join(", "),
                    data: balance.points,
                    stepped: true,
                    borderColor: color,
                    borderWidth: 2,
                    backgroundColor: hexToRGBA(color, 0.15),
                    fill: balances.length === 1 ? "start" : false,
                    pointRadius: balance.points.length < 3 ? 2 : 0,
                };
            }),
        },
        options: {
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "nearest", axis: "x", intersect: false },
            plugins: { legend: { ...legend(), display: balances.length > 1 } },
            scales: {
                x: {
                    type: "time",
                    time: { tooltipFormat: "ff", minUnit: "hour", displayFormats: { day: DAY } },
                    grid: { display: false },
                    ticks: ticks({ maxRotation: 0, maxTicksLimit: 6 }),
                },
                y: { beginAtZero: true, grid: grid(), ticks: ticks({ maxTicksLimit: 5 }) },
            },
        },
    };
}

function legend() {
    return { position: "bottom", labels: { boxWidth: 12, boxHeight: 12, color: TEXT } };
}

function grid() {
    return { color: GRID };
}

function ticks(options) {
    return { color: TEXT, ...options };
}
