(function () {
  "use strict";
  var form = document.getElementById("ask");
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var place = form.querySelector("select").value.split(" ");
    var asked = {
      format: form.dataset.format, hand_in: Number(form.dataset.handIn), sha256: form.dataset.sha256,
      exercise: place[0], check: place[1], words: form.querySelector("textarea").value
    };
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(asked, null, 1) + "\n"], { type: "application/json" }));
    link.download = form.dataset.name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    var told = form.querySelector("[role=status]");
    told.textContent = told.dataset.done.replace("{name}", form.dataset.name);
  });
})();
