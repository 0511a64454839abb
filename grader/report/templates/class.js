(function () {
  "use strict";
  var collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  // Sort a table by the column whose header was pressed; `data-v` holds the number where the words are no number.
  function key(cell) {
    if (!cell) return -3;
    var given = cell.getAttribute("data-v");
    var text = given === null ? cell.textContent : given;
    var number = parseFloat(text);
    return isNaN(number) ? (text === "·" ? -1 : text) : number;
  }
  function sort(table, header, column) {
    var up = header.getAttribute("aria-sort") === "descending";
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    var words = header.hasAttribute("data-words");
    var before = header.getAttribute("aria-sort");
    if (!before) up = words;
    var keyed = rows.map(function (row, i) {
      var cell = row.cells[column];
      return { row: row, i: i, key: words ? cell.textContent : key(cell) };
    });
    keyed.sort(function (a, b) {
      var order = words ? collator.compare(a.key, b.key)
        : typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key
        : (typeof a.key === "number" ? 1 : 0) - (typeof b.key === "number" ? 1 : 0);
      return (up ? order : -order) || a.i - b.i;
    });
    var all = document.createDocumentFragment();
    keyed.forEach(function (one) { all.appendChild(one.row); });
    table.tBodies[0].appendChild(all);
    table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (header.firstChild) button.appendChild(header.firstChild);
      header.appendChild(button);
      button.addEventListener("click", function () { sort(table, header, column); });
    });
  });

  // Show only those rows whose name holds the words and whose marks hold the choice.
  function filter(form) {
    var table = document.getElementById(form.getAttribute("data-for"));
    var name = form.querySelector("input").value.trim().toLowerCase();
    var choice = form.querySelector("select").value;
    var shown = 0;
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
      var fits = (!name || row.cells[0].textContent.toLowerCase().indexOf(name) >= 0) &&
        (!choice || (" " + (row.getAttribute("data-t") || "") + " ").indexOf(" " + choice + " ") >= 0);
      row.hidden = !fits;
      shown += fits;
    });
    var told = form.querySelector("output");
    told.textContent = told.getAttribute("data-words").replace("{shown}", shown).replace("{all}", table.tBodies[0].rows.length);
  }
  document.querySelectorAll("form.filter").forEach(function (form) {
    form.hidden = false;
    form.addEventListener("input", function () { filter(form); });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    filter(form);
  });
})();
