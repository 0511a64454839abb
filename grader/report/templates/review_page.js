// Something that touches more than one mark: done at once, then everything is drawn anew.
async function act(what, body, redraw) {
  try {
    await Promise.all([...cards.values()].map((card) => card.save()));
    const { ok, said } = await post(what, body);
    apply(said.state, null, true);
    if (!ok) tellLoud(said.error);
    else if (said.others) tell(fill(words.changed, { count: said.others }));
    if (redraw) cards.forEach((card) => card.draw());
    return ok;
  } catch {
    tellLoud(words.offline);
    return false;
  }
}
function tellLoud(text) {
  tell(text);
  if (current) { current.wrong = text; current.paint(); current.wrong = ""; }
}

// Take over what the gradebook says. What somebody is writing here stays; its version tells later whether it was overtaken.
function apply(fresh, sender, redraw) {
  if (!fresh) return;
  const untouched = [...cards.values()].filter((card) => card !== sender && !card.dirty && !card.clash);
  const before = JSON.stringify(untouched.map((card) => state.marks[card.check]));
  const notes = JSON.stringify(state.comments);
  state = fresh;
  for (const card of untouched) { const status = card.status; card.reset(); card.status = status === "saved" ? status : ""; }
  if (redraw || before !== JSON.stringify(untouched.map((card) => state.marks[card.check]))) untouched.forEach((card) => {
    if (card.open || card.mark.points !== null) { card.open = true; if (card.root.contains(document.activeElement)) card.paint(); else card.draw(); }
  });
  if (notes !== JSON.stringify(state.comments)) drawComments();
  document.getElementById("open-count").textContent = state.openText;
  const way = document.querySelector("progress.way");
  way.value = way.max - state.open;
}

// --- which card the keys are for ------------------------------------------------------------
let current = null;
function choose(card) {
  if (current === card) return;
  if (current) current.root.classList.remove("current");
  current = card;
  card.root.classList.add("current");
  handle();
}
function move(step) {
  const open = [...cards.values()].filter((card) => card.open);
  const at = open.indexOf(current);
  const to = open[Math.min(Math.max(at + step, 0), open.length - 1)];
  if (to) { choose(to); to.root.scrollIntoView({ block: "nearest" }); }
}
function handle() {
  const open = [...cards.values()].filter((card) => card.open);
  const marked = open.filter((card) => card.points !== null);
  const points = marked.reduce((all, card) => all + card.points, 0), worth = open.reduce((all, card) => all + card.mark.worth, 0);
  const text = marked.length ? number(points) + " / " + number(worth) : words.open;
  document.getElementById("handle-text").textContent = (marked.length && marked.length === open.length ? "✓ " : "") + words.points + ": " + text;
}

// --- keys and ways --------------------------------------------------------------------------
async function leave(to) {
  if (!to) return;
  await Promise.all([...cards.values()].map((card) => card.save()));
  if ([...cards.values()].some((card) => card.dirty || card.wrong)) return; // a clash, a wrong number or no answer: it stays on the page
  location.assign(phone.matches && document.querySelector(".panel.up") ? to + "#marks" : to);
}
const way = (id) => { const link = document.getElementById(id); return link && link.href; };
const keys = document.getElementById("keys");
const KEYS = {
  j: () => leave(way("next")), k: () => leave(way("previous")), ArrowRight: () => leave(way("next")), ArrowLeft: () => leave(way("previous")),
  n: () => leave(way("next-open")), h: () => leave(way("home")), "?": () => keys.showModal(), "[": () => move(-1), "]": () => move(1),
  f: (card) => card.give(card.mark.worth), 0: (card) => card.give(0),
  p: (card) => { up(true); card.field.focus(); card.field.select(); }, c: (card) => { up(true); card.text.focus(); },
};
document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, textarea, select");
  if (event.key === "Escape" && field) { field.blur(); return; }
  if (field || event.ctrlKey || event.metaKey || event.altKey || keys.open || event.isComposing) return;
  const item = /^[1-9]$/.test(event.key) && current && current.mark.rubric.items[Number(event.key) - 1];
  const does = item ? () => current.toggle(item.id) : KEYS[event.key];
  if (!does || (does.length && !current)) return;
  event.preventDefault();
  if (does.length || item) current.begin();
  does(current);
});
document.querySelectorAll(".bar a").forEach((link) => link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  leave(link.href);
}));
document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
document.getElementById("hide-keys").addEventListener("click", () => keys.close());
function up(open) {
  document.getElementById("marks").classList.toggle("up", open);
  document.getElementById("handle").setAttribute("aria-expanded", String(open));
}
document.getElementById("handle").addEventListener("click", () => up(!document.getElementById("marks").classList.contains("up")));

// What is not kept yet is sent when the page is left in whatever way; where it cannot be, the browser asks first.
addEventListener("pagehide", () => cards.forEach((card) => { if (card.dirty && !card.clash && !card.wrong && !card.running) card.send({ last: true }); }));
addEventListener("beforeunload", (event) => { if ([...cards.values()].some((card) => card.dirty || card.wrong)) { cards.forEach((card) => card.save()); event.preventDefault(); } });
async function look() {
  if (document.hidden || document.querySelector(".writing") || [...cards.values()].some((card) => card.running)) return;
  try {
    const query = new URLSearchParams({ submission: state.submission, lesson: state.lesson, exercise: state.exercise });
    const answer = await fetch(state.base + "/api/state?" + query);
    if (answer.ok) apply((await answer.json()).state, null);
  } catch { /* the next look tries again, and a mark that is not kept says so itself */ }
}
addEventListener("focus", look);
setInterval(look, LOOK);

document.querySelectorAll(".mark-card[data-check]").forEach((root) => {
  const card = new Card(root.dataset.check, root);
  cards.set(card.check, card);
  card.draw();
});
drawComments();
const first = [...cards.values()].find((card) => card.open && card.points === null) || [...cards.values()].find((card) => card.open);
if (first) choose(first);
handle();
if (phone.matches && location.hash === "#marks") up(true);
