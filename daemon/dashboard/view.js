// How figures look, and the pieces of the page that they are put into. Nothing here asks the daemon.

const kDash = "\u2013";
const kSvg = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

export function count(value, decimals = 0) {
  if (!isNumber(value)) return kDash;
  return value.toLocaleString("en", {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals,
  });
}

// With as many decimals as it takes to tell a small number from 0.
export function amount(value) {
  if (!isNumber(value)) return kDash;
  const size = Math.abs(value);
  return count(value, size === 0 || size >= 100 || Number.isInteger(value) ? 0 : size >= 1 ? 1 : 2);
}

export function percent(part, whole) {
  if (!isNumber(part) || !isNumber(whole) || whole <= 0) return kDash;
  const share = (100 * part) / whole;
  if (share > 0 && share < 0.1) return "< 0.1 %";
  return `${count(share, part > 0 && part < whole ? 1 : 0)} %`;
}

export function seconds(value) {
  if (!isNumber(value)) return kDash;
  if (value === 0) return "0 s";
  if (value < 1) return `${count(value * 1000, value < 0.01 ? 1 : 0)} ms`;
  if (value < 120) return `${count(value, value < 10 ? 1 : 0)} s`;
  if (value < 7200) return `${count(value / 60)} min`;
  if (value < 172800) return `${count(value / 3600)} h`;
  return `${count(value / 86400)} d`;
}

export function bytes(value) {
  if (!isNumber(value)) return kDash;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  while (value >= 1024 && at + 1 < units.length) {
    value /= 1024;
    ++at;
  }
  return `${count(value, at > 0 && value < 10 ? 1 : 0)} ${units[at]}`;
}

export const clock = (date) => date.toLocaleTimeString("en-GB");

export function dayAndTime(text) {
  if (!text) return kDash;
  return new Date(text).toLocaleString("en-GB", {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  });
}

export const day = (text) =>
  new Date(text).toLocaleDateString("en-GB", { day: "numeric", month: "short" });

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null).map(
    (child) => (child instanceof Node ? child : String(child))));
  return made;
}

// Figures: [name, value, class of the value]; a value with a unit is [value, unit].
export function showFigures(id, figures) {
  byId(id).replaceChildren(...figures.map(([name, value, kind]) => element(
    "div", {}, element("dt", {}, name),
    Array.isArray(value)
      ? element("dd", { class: kind }, value[0], " ", element("small", {}, value[1]))
      : element("dd", { class: kind }, value))));
}

// Rows: the first cell names the row. A cell is a text, a number, or {text, kind}; numbers and what
// stands below a heading of numbers are set to the right.
export function showRows(id, rows, nothing) {
  const body = byId(id);
  const headings = [...body.closest("table").querySelectorAll("thead th")];
  if (rows.length === 0) {
    body.replaceChildren(element(
      "tr", {}, element("td", { class: "empty", colspan: headings.length }, nothing)));
    return;
  }
  body.replaceChildren(...rows.map((cells) => element("tr", {}, ...cells.map((cell, i) => {
    const { text, kind } = typeof cell === "object" ? cell : { text: cell, kind: undefined };
    const classes = [headings[i].className, kind].filter(Boolean).join(" ");
    const attributes = { class: classes || undefined };
    return i === 0 ? element("th", { scope: "row", ...attributes }, text)
                   : element("td", attributes, text);
  }))));
}

// Lines: {points: [[x, y], ...], kind}; x from 0 to `width`, y from 0 to `height`, upwards.
export function showChart(id, { width, height, lines, says }) {
  const svg = document.createElementNS(kSvg, "svg");
  svg.setAttribute("viewBox", "0 0 1000 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", says);
  for (const { points, kind } of lines) {
    const path = document.createElementNS(kSvg, "path");
    const at = ([x, y]) => `${((1000 * x) / (width || 1)).toFixed(1)} ${
      (100 - (100 * y) / (height || 1)).toFixed(1)}`;
    if (points.length < 2) continue;
    path.setAttribute("d", `M${points.map(at).join("L")}`);
    path.setAttribute("class", kind);
    svg.append(path);
  }
  byId(id).replaceChildren(svg);
}
