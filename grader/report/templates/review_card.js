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
