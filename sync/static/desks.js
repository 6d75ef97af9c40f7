/* The conflict desk and the duplicate desk: what a choice does is told while it is made. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-effect]");
  if (!form) return;
  let asked = 0;
  let waiting = null;
  const tell = async () => {
    const mine = ++asked;
    const answer = await fetch(form.dataset.effect, { method: "POST", body: new FormData(form) });
    if (answer.status !== 200 || answer.redirected || mine !== asked) return;
    document.getElementById("effect").innerHTML = await answer.text();
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 120);
  };
  /* The rule for every time is offered for the field that was chosen last, and E ticks it. */
  const rows = [...form.querySelectorAll("tr.field")];
  const every = (row) => row?.nextElementSibling?.querySelector(".every [type=checkbox]");
  const current = (row) => {
    rows.forEach((other) => {
      other.classList.toggle("current", other === row);
      if (every(other)) delete every(other).dataset.key;
    });
    if (every(row)) every(row).dataset.key = "e";
  };
  /* What was chosen and not saved yet is there again after a look at another record. */
  const draft = (row) => `counterpart-${row.querySelector("[name^=mark_]").value}`;
  const keep = (row) => {
    const picked = row.querySelector("[type=radio]:checked")?.value ?? "";
    const typed = row.querySelector("[data-typed]")?.value ?? "";
    if (picked) sessionStorage.setItem(draft(row), JSON.stringify([picked, typed]));
    else sessionStorage.removeItem(draft(row));
  };
  const restore = (row) => {
    const [picked, typed] = JSON.parse(sessionStorage.getItem(draft(row)) ?? "[]");
    if (!picked || row.querySelector("[type=radio]:checked")?.value) return false;
    const radio = row.querySelector(`[type=radio][value="${CSS.escape(picked)}"]`);
    if (!radio) return false;
    radio.checked = true;
    if (picked === "value") row.querySelector("[data-typed]").value = typed;
    return true;
  };
  if (rows.filter(restore).length) soon();
  form.querySelector(".cf")?.classList.add("scripted");
  form.addEventListener("change", (event) => {
    const row = event.target.closest("tr.field");
    if (row) {
      current(row);
      keep(row);
    }
    if (event.target.value === "value" && event.target.checked) {
      row?.querySelector("[data-typed]")?.focus();
    }
    soon();
  });
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-typed]")) return;
    keep(event.target.closest("tr.field"));
    soon();
  });
  /* Enter ends typing; the next one saves. */
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-ends]")) return;
    event.preventDefault();
    event.stopPropagation();
    event.target.blur();
  });
  form.querySelectorAll("[data-all]").forEach((button) =>
    button.addEventListener("click", (event) => {
      event.preventDefault();
      rows.forEach((row) => {
        const radio = row.querySelector(`[type=radio][value="${button.dataset.all}"]`);
        if (radio) radio.checked = true;
      });
      rows.forEach(keep);
      current(rows[0]);
      soon();
    }));
});
