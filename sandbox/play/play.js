// Keeps the page up to date without touching what somebody is typing. The page works without this file.
(() => {
  const EVERY = 1500;  // milliseconds between two looks
  const FOCUSABLE = "summary, a, button, input:not([type=hidden]), select, textarea";
  const $$ = (query, from = document) => [...from.querySelectorAll(query)];
  const drawn = new Map();  // row id -> the HTML the server sent for it

  const typed = (field) => field.matches("select")
    ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0
    : field.type !== "hidden" && field.value !== field.defaultValue;
  const busy = (element) => element.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")
    || $$("input, select, textarea", element).some(typed);

  const ago = (moment) => {
    const seconds = Math.round((now() - moment) / 1000);
    if (seconds < 0) return null;
    if (seconds < 60) return seconds < 3 ? "just now" : `${seconds} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : null;
  };
  let shift = 0;  // the sandbox's clock against this computer's
  const now = () => Date.now() + shift;
  const tellTimes = () => $$("main time").forEach((time) => {
    time.title ||= time.textContent;
    time.textContent = ago(new Date(time.dateTime)) ?? time.title.split(",")[0];
  });
  const setClock = (from) => {
    const time = from.querySelector("[data-live=clock] time");
    if (time) shift = new Date(time.dateTime) - Date.now();
  };

  const swapRow = (old, fresh) => {
    const open = old.querySelector("details")?.open;
    const focused = $$(FOCUSABLE, old).indexOf(document.activeElement);
    old.replaceWith(fresh);
    const details = fresh.querySelector("details");
    if (details) details.open = open;
    if (focused >= 0) $$(FOCUSABLE, fresh)[focused]?.focus({ preventScroll: true });
  };
  const updateRows = (list, next) => {
    const rows = new Map($$(":scope > .row", list).map((row) => [row.id, row]));
    const lively = rows.size > 0;
    $$(":scope > :not(.row)", list).forEach((rest) => rest.remove());
    let before = null;
    [...next.children].forEach((fresh) => {
      const old = rows.get(fresh.id);
      const html = fresh.outerHTML;
      rows.delete(fresh.id);
      let kept = old;
      if (!old || (drawn.get(fresh.id) !== html && !busy(old))) {
        kept = fresh;
        if (old) swapRow(old, fresh);
        if (fresh.id && lively) fresh.classList.add("fresh");
        if (fresh.id) drawn.set(fresh.id, html);
      }
      const place = before ? before.nextSibling : list.firstChild;
      if (kept !== place) list.insertBefore(kept, place);
      before = kept;
    });
    rows.forEach((row) => { if (!busy(row)) row.remove(); });
  };
  const update = (html) => {
    const next = new DOMParser().parseFromString(html, "text/html");
    setClock(next);
    document.title = next.title;
    $$("[data-rows]").forEach((list) => updateRows(list, next.querySelector(`[data-rows="${list.dataset.rows}"]`)));
    $$("[data-live]").forEach((part) => {
      const fresh = next.querySelector(`[data-live="${part.dataset.live}"]`);
      if (part.dataset.live === "said" && !fresh.innerHTML.trim()) return;  // what was said stands until the next deed
      if (fresh.innerHTML !== part.innerHTML && !busy(part)) part.innerHTML = fresh.innerHTML;
    });
    tellTimes();
  };

  const look = async () => {
    const query = new URLSearchParams(location.search);
    ["said", "refused"].forEach((name) => query.delete(name));
    const answer = await fetch(`/?${query}`, { cache: "no-store" });
    if (answer.ok) update(await answer.text());
  };
  const later = () => setTimeout(async () => {
    try { if (!document.hidden) await look(); } catch { /* the sandbox is stopped; look again later */ }
    later();
  }, EVERY);

  // a button does its work without leaving the place one looks at
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    event.preventDefault();
    const button = event.submitter;
    const body = new URLSearchParams(new FormData(form, button));
    if (button) button.disabled = true;
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
      const refused = new URL(answer.url).searchParams.has("refused");
      if (!refused && form.closest(".new")) form.reset();  // what was made is not typed twice
      else if (!refused) $$("input, select, textarea").filter((field) => field.form === form).forEach((field) => {
        if (field.matches("select")) [...field.options].forEach((option) => { option.defaultSelected = option.selected; });
        else field.defaultValue = field.value;
      });
      if (!refused && form.contains(document.activeElement)) document.activeElement.blur();
      update(await answer.text());
    } finally { if (button) button.disabled = false; }
  });

  // a link to a row of the other side opens it
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#xero-'], a[href^='#sf-']");
    const details = link && document.getElementById(link.hash.slice(1))?.querySelector("details");
    if (details) details.open = true;
  });

  $$("[data-rows] > .row").forEach((row) => drawn.set(row.id, row.outerHTML));
  setClock(document);
  tellTimes();
  later();
})();
