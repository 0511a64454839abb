// The marks of one hand-in: shown, changed by mouse, finger or key, and kept as soon as they change. No text of anybody is ever markup.
const words = JSON.parse(document.getElementById("words").textContent);
let state = JSON.parse(document.getElementById("state").textContent);
const language = document.documentElement.lang;
const cards = new Map(); // check -> what is on the page and what is not kept yet
const phone = matchMedia("(max-width: 60rem)");
const COMMENT_PAUSE = 900, PRESS_PAUSE = 120, AGAIN = 3000, LOOK = 15000;

// --- small pieces ---------------------------------------------------------------------------
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
const number = (value) => String(Math.round(value * 10000) / 10000);
const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + number(Math.abs(value));
function moment(at) {
  const when = new Date(at);
  return isNaN(when) ? "" : when.toLocaleString(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}
function tell(text) {
  document.getElementById("told").textContent = text;
}
// "4,5" and "４.５" are numbers where people write them so.
function read(text) {
  const plain = text.normalize("NFKC").trim().replace(",", ".").replace("−", "-");
  return plain === "" ? null : /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
}

// --- to the gradebook and back --------------------------------------------------------------
async function post(what, body, options) {
  const answer = await fetch(state.base + "/api/" + what, {
    method: "POST", headers: { "Content-Type": "application/json" }, keepalive: Boolean(options && options.last),
    body: JSON.stringify({ submission: state.submission, lesson: state.lesson, exercise: state.exercise, ...body }),
  });
  return { ok: answer.ok, clash: answer.status === 409, said: await answer.json() };
}

function sum(mark, items) {
  const chosen = mark.rubric.items.filter((item) => items.includes(item.id));
  const total = (mark.rubric.down ? mark.worth : 0) + chosen.reduce((all, item) => all + item.points, 0);
  return Math.min(Math.max(total, 0), mark.worth);
}
