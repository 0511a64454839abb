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
