// The marks of one hand-in: shown, changed by mouse, finger or key, and kept as soon as they change. No text of anybody is ever markup.
(function () {
  "use strict";
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

  // What a reviewer has done to one check, on top of the version that was shown.
  class Card {
    constructor(check, root) {
      this.check = check;
      this.root = root;
      this.slot = root.querySelector(".slot");
      this.open = state.checks.includes(check);
      this.clash = null;
      this.reset();
      root.addEventListener("focusin", () => choose(this));
      root.addEventListener("pointerdown", () => choose(this));
    }
    get mark() { return state.marks[this.check]; }
    reset() {
      this.typed = this.mark.typed;
      this.items = [...this.mark.items];
      this.comment = this.mark.comment;
      this.version = this.mark.version;
      this.status = "";
      this.wrong = "";
    }
    get dirty() {
      return this.typed !== this.mark.typed || this.comment.trim() !== this.mark.comment || String(this.items) !== String(this.mark.items);
    }
    get points() { return this.typed !== null ? this.typed : this.items.length ? sum(this.mark, this.items) : null; }

    changed(pause) {
      clearTimeout(this.timer);
      this.status = this.dirty ? "unsaved" : "";
      this.timer = setTimeout(() => this.save(), pause);
      this.paint();
      handle();
    }
    async save() {
      clearTimeout(this.timer);
      if (this.running) await this.running;
      if (!this.dirty || this.clash || this.wrong) return;
      this.status = "saving";
      this.paint();
      this.running = this.send();
      await this.running;
      this.running = null;
      if (this.dirty && !this.clash && !this.wrong) this.timer = setTimeout(() => this.save(), this.status === "offline" ? AGAIN : PRESS_PAUSE);
    }
    async send(options) {
      const given = { check: this.check, typed: this.typed, items: [...this.items], comment: this.comment, version: this.version };
      try {
        const { ok, clash, said } = await post("assess", given, options);
        apply(said.state, this);
        if (ok) {
          this.version = this.mark.version;
          this.status = "saved";
        } else {
          this.status = "unsaved";
          this[clash ? "clash" : "wrong"] = said.error;
        }
      } catch {
        this.status = "offline";
      }
      this.paint();
      handle();
    }
    async keepMine() {
      this.version = this.mark.version;
      this.clash = null;
      await this.save();
    }
    takeTheirs() {
      this.clash = null;
      this.reset();
      this.draw();
      handle();
    }

    begin() {
      if (this.open) return;
      this.open = true;
      this.draw();
    }
    toggle(id) {
      this.items = this.items.includes(id) ? this.items.filter((one) => one !== id) : [...this.items, id].sort((a, b) => a - b);
      this.changed(PRESS_PAUSE);
    }
    give(points) {
      this.typed = points;
      this.wrong = "";
      this.field.value = points === null ? "" : number(points);
      this.changed(PRESS_PAUSE);
    }

    // Make everything anew; `paint` only brings it up to date, so that nobody is thrown out of a field.
    draw() {
      if (!this.open) {
        this.slot.replaceChildren(el("div", { class: "buttons" }, el("button", { type: "button", class: "button", onclick: () => { this.begin(); choose(this); this.field.focus(); } }, words.byHand)));
        return;
      }
      this.field = el("input", {
        inputmode: "decimal", autocomplete: "off", "aria-label": words.points, value: this.points === null ? "" : number(this.points),
        oninput: () => this.entered(), onblur: () => this.save(),
        onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); this.field.blur(); } },
      });
      this.text = el("textarea", { oninput: () => { this.comment = this.text.value; this.changed(COMMENT_PAUSE); }, onblur: () => this.save() });
      this.text.value = this.comment;
      this.list = el("ul", { class: "items" });
      this.head = el("div", { class: "label-row" });
      this.told = el("div", { class: "state" });
      this.aside = el("div", { class: "label-row" });
      this.trouble = el("div", {});
      const full = el("button", { type: "button", class: "button", onclick: () => this.give(this.mark.worth) }, words.full);
      const none = el("button", { type: "button", class: "button", onclick: () => this.give(0) }, words.none);
      this.slot.replaceChildren(
        ...this.mark.requests.map((request) => this.request(request)),
        el("div", {}, this.head, this.list),
        el("div", {}, el("div", { class: "score-row" }, this.field, el("span", { class: "of" }, fill(words.of, { worth: number(this.mark.worth) })), full, none), this.aside),
        el("label", { class: "field" }, words.comment, this.text),
        this.trouble, this.told,
      );
      this.paint();
    }
    entered() {
      const given = read(this.field.value);
      this.wrong = given !== null && !(given >= 0 && given <= this.mark.worth) ? "0 – " + number(this.mark.worth) : "";
      this.field.setAttribute("aria-invalid", String(Boolean(this.wrong)));
      if (this.wrong) {
        clearTimeout(this.timer);
        this.paint();
      } else {
        this.typed = given;
        this.changed(COMMENT_PAUSE);
      }
    }
    paint() {
      if (!this.open) return;
      this.drawItems();
      if (document.activeElement !== this.field && !this.wrong) this.field.value = this.points === null ? "" : number(this.points);
      const items = sum(this.mark, this.items);
      const differs = this.typed !== null && this.items.length && items !== this.typed;
      this.aside.replaceChildren(
        ...(differs ? [el("span", {}, fill(words.typed, { points: number(items) })), el("button", { type: "button", class: "quiet-button", onclick: () => this.give(null) }, fill(words.sum, { points: number(items) }))] : []),
        ...(this.points !== null && !differs ? [el("span", {}), el("button", { type: "button", class: "quiet-button", onclick: () => { this.items = []; this.give(null); } }, words.clear)] : []),
      );
      this.paintState();
    }
    paintState() {
      const who = this.mark.by ? fill(words.by, { by: this.mark.by, at: moment(this.mark.at) }) : "";
      const waits = ["unsaved", "saving", "offline"].includes(this.status);
      const now = waits ? el("span", { class: "wait" }, words[this.status]) : this.points === null ? el("span", { class: "todo" }, words.open) : el("span", { class: "fine" }, "✓ " + words.saved);
      this.told.replaceChildren(now, el("span", {}, who));
      this.told.dataset.status = waits ? this.status : "still";
      if (this.clash) {
        const theirs = this.mark.points === null ? words.noMark : number(this.mark.points) + (this.mark.comment ? "\n" + this.mark.comment : "");
        this.trouble.className = "clash";
        this.trouble.setAttribute("role", "alert");
        if (!this.trouble.firstChild) this.trouble.replaceChildren(
          el("p", {}, this.clash), el("p", {}, fill(words.theyHave, { points: theirs })),
          el("div", { class: "buttons" }, el("button", { type: "button", class: "button", onclick: () => this.takeTheirs() }, words.theirs), el("button", { type: "button", class: "button", onclick: () => this.keepMine() }, words.mine)),
        );
      } else {
        this.trouble.className = this.wrong ? "clash" : "";
        this.trouble.replaceChildren(...(this.wrong ? [el("p", {}, this.wrong)] : []));
      }
    }
    drawItems() {
      const { rubric } = this.mark;
      const other = el("button", { type: "button", class: "quiet-button", onclick: () => act("count", { check: this.check, down: !rubric.down }) }, rubric.down ? words.toUp : words.toDown);
      this.head.replaceChildren(el("span", {}, words.rubric), ...(rubric.items.length ? [other] : []));
      const editing = this.list.querySelector("form");
      if (editing) return;
      const rows = this.mark.rubric.items.map((item, i) => {
        const here = this.items.includes(item.id);
        const press = el("button", { type: "button", class: "item", "aria-pressed": String(here), "data-item": item.id, onclick: () => this.toggle(item.id) },
          i < 9 ? el("kbd", { "aria-hidden": "true" }, String(i + 1)) : null, el("span", { class: "says" }, item.text), el("span", { class: "worth" }, item.points ? signed(item.points) : "0"));
        const change = el("button", { type: "button", class: "quiet-button pencil", title: words.edit, "aria-label": words.edit + ": " + item.text, onclick: () => { row.replaceChildren(this.form(item)); row.querySelector("input").focus(); } }, "✎");
        const row = el("li", {}, press, change);
        return row;
      });
      const add = el("li", {}, el("button", { type: "button", class: "quiet-button", onclick: () => { add.replaceChildren(this.form(null)); add.querySelector("input").focus(); } }, "+ " + words.add));
      const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.item : null;
      this.list.replaceChildren(...rows, add);
      if (focused) { const again = this.list.querySelector(`[data-item="${focused}"]`); if (again) again.focus(); }
    }
    form(item) {
      const text = el("input", { type: "text", maxlength: "500", required: true, value: item ? item.text : "" });
      const points = el("input", { inputmode: "decimal", autocomplete: "off", value: item ? number(item.points) : "" });
      const close = () => { made.remove(); this.drawItems(); };
      const made = el("form", { class: "writing mark-card", onsubmit: async (event) => {
        event.preventDefault();
        const worth = read(points.value);
        if (!text.value.trim() || Number.isNaN(worth)) { (text.value.trim() ? points : text).focus(); return; }
        if (await act("item", { check: this.check, id: item ? item.id : null, text: text.value, points: worth || 0, version: item ? item.version : 0 })) close();
      }, onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } } },
        el("label", {}, words.text, text), el("label", {}, words.itemPoints, points), item ? el("p", { class: "muted notes" }, words.everybody) : null,
        el("div", { class: "buttons" }, el("button", { class: "button main" }, words.save), el("button", { type: "button", class: "button", onclick: close }, words.cancel),
          item ? el("button", { type: "button", class: "quiet-button", onclick: async () => { if (await act("retire", { check: this.check, id: item.id, version: item.version })) close(); } }, words.remove) : null));
      return made;
    }
    request(request) {
      const text = el("textarea", {});
      text.value = request.answer;
      const send = el("button", { type: "button", class: "button", onclick: () => act("answer", { id: request.id, text: text.value, version: request.version }, true) }, words.send);
      return el("div", { class: "asked" }, el("b", { class: "label" }, words.asked), el("p", { class: "text" }, request.words), el("label", { class: "field" }, words.answer, text),
        el("div", { class: "buttons" }, send, request.answer ? el("span", { class: "muted" }, fill(words.answered, { by: request.by })) : null));
    }
  }

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

  // --- comments at the cells ------------------------------------------------------------------
  function drawComments() {
    document.querySelectorAll(".lines li.noted").forEach((line) => line.classList.remove("noted"));
    document.querySelectorAll(".cell[data-cell]").forEach((cell) => {
      const place = cell.querySelector(".comments"), index = Number(cell.dataset.cell);
      const writing = place.querySelector("form");
      const own = state.comments.filter((one) => one.cell === index);
      place.replaceChildren(...own.map((one) => comment(cell, one)), ...(writing ? [writing] : []));
      own.filter((one) => one.line).forEach((one) => { const line = cell.querySelector(`li[data-line="${one.line}"]`); if (line) line.classList.add("noted"); });
      if (own.length) { const folded = cell.closest("details"); if (folded) folded.open = true; }
    });
  }
  function comment(cell, one) {
    const where = one.line ? fill(words.line, { line: one.line }) + " · " : "";
    const box = el("div", { class: "comment" },
      el("div", { class: "head" }, el("span", {}, where + fill(words.by, { by: one.by, at: moment(one.at) })),
        el("button", { type: "button", class: "quiet-button", onclick: () => box.replaceWith(commentForm(cell, one)) }, words.edit)),
      el("p", { class: "text" }, one.text));
    return box;
  }
  function commentForm(cell, one, line) {
    const text = el("textarea", {});
    text.value = one ? one.text : "";
    const at = el("input", { inputmode: "numeric", autocomplete: "off", value: one ? one.line || "" : line || "" });
    const code = cell.querySelector(".lines");
    const close = () => { made.remove(); drawComments(); };
    const send = async (words_) => {
      const body = { id: one ? one.id : null, cell: Number(cell.dataset.cell), line: one ? one.line : read(at.value), text: words_, version: one ? one.version : 0 };
      if (!one && body.line !== null && !(code && body.line >= 1 && body.line <= code.children.length && Number.isInteger(body.line))) { at.focus(); at.setAttribute("aria-invalid", "true"); return; }
      try {
        const { ok, said } = await post("comment", body);
        if (ok) made.remove();
        else made.append(el("p", { class: "clash", role: "alert" }, said.error));
        apply(said.state, null);
        if (ok) drawComments();
      } catch { made.append(el("p", { class: "clash", role: "alert" }, words.offline)); }
    };
    const made = el("form", { class: "comment writing", onsubmit: (event) => { event.preventDefault(); if (text.value.trim() || one) send(text.value.trim()); else text.focus(); },
      onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) made.requestSubmit(); } },
      el("label", {}, words.commentText, text), code && !one ? el("label", {}, words.commentLine, at) : null,
      el("div", { class: "buttons" }, el("button", { class: "button main" }, words.save), el("button", { type: "button", class: "button", onclick: close }, words.cancel),
        one ? el("button", { type: "button", class: "quiet-button", onclick: () => send("") }, words.remove) : null));
    return made;
  }
  document.addEventListener("click", (event) => {
    const press = event.target.closest(".comment-on, .lines button");
    if (!press) return;
    const cell = press.closest(".cell"), line = press.closest("li[data-line]");
    const form = commentForm(cell, null, line ? line.dataset.line : "");
    cell.querySelectorAll(".comments form").forEach((old) => old.remove());
    cell.querySelector(".comments").append(form);
    form.querySelector("textarea").focus();
  });

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
})();
