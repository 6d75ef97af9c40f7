/* Keys for whatever carries data-key; they sleep while somebody types and can be switched off. */
(() => {
  const root = document.documentElement;
  const off = () => localStorage.getItem("counterpart-keys") === "off";
  const show = () => {
    root.classList.toggle("keys-off", off());
    document.querySelectorAll("[data-keys]").forEach((button) => {
      button.hidden = false;
      button.textContent = off() ? "Keys off" : "Keys on";
      button.setAttribute("aria-pressed", String(!off()));
    });
  };
  const typing = (target) => target.closest(
    "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  /* Enter on a link or a button is that link's or button's own. */
  const taken = (event) => event.key === "Enter" && event.target.closest("a, button, summary");
  /* While something asks once more, Enter presses nothing outside of it. */
  const asking = () => document.querySelector("details[data-asks][open]");
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.querySelectorAll("[data-keys]").forEach((button) =>
      button.addEventListener("click", () => {
        localStorage.setItem("counterpart-keys", off() ? "on" : "off");
        show();
      }));
    /* The theme's links without an address are buttons: the keyboard must reach them too. */
    document.querySelectorAll("#page a:not([href]):not([tabindex])").forEach((link) => {
      link.tabIndex = 0;
      link.role = "button";
      link.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") link.click();
      });
    });
    /* Who cannot see a table hears whose it is: by the heading above it, else by the page's. */
    const heading = document.querySelector("h1")?.textContent ?? "";
    document.querySelectorAll("#main table:not([aria-label], :has(> caption))").forEach((table) => {
      const above = table.closest(".card, section")?.querySelector("h2, h3");
      table.setAttribute("aria-label", (above?.textContent ?? heading).trim());
    });
    document.querySelectorAll("#result_list tbody th").forEach((cell) => { cell.scope = "row"; });
    const search = document.getElementById("searchbar");
    search?.setAttribute("aria-label", `Search: ${search.placeholder}`);
    /* A heading beside its cell is written like one above it. */
    document.querySelectorAll("#result_list [data-label]").forEach((cell) => {
      const words = cell.dataset.label;
      cell.dataset.label = words.charAt(0).toUpperCase() + words.slice(1);
    });
    /* The chosen cause is seen in its list without moving the page. */
    const list = document.querySelector(".causes");
    const chosen = list?.querySelector("[aria-current]");
    if (chosen && list.scrollHeight > list.clientHeight) {
      const below = chosen.getBoundingClientRect().top - list.getBoundingClientRect().top;
      list.scrollTop += below - list.clientHeight / 3;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (typing(event.target) || taken(event)) return;
    const named = `[data-key="${CSS.escape(event.key.toLowerCase())}"]`;
    const found = [...document.querySelectorAll(named)].find((one) => one.checkVisibility());
    if (!found || found.disabled) return;
    if (event.key === "Enter" && asking() && !asking().contains(found)) return;
    event.preventDefault();
    if (typing(found)) found.focus();
    else found.click();
    take(found.closest("details[data-asks]")); // at once: the next key is typed already
  });
  /* What asks once more takes the focus, so that Enter answers it; Escape puts it away. */
  const take = (box) => {
    if (!box?.open) return;
    document.querySelectorAll("details[data-asks][open]").forEach((other) => {
      if (other !== box) other.open = false;
    });
    if (box.querySelector("summary ~ * :focus")) return;
    box.querySelector("textarea, input:not([type=hidden]), button")?.focus();
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details[data-asks]")) take(event.target);
  }, true);
  document.addEventListener("keydown", (event) => {
    const open = asking();
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  /* The values of a field that is named in a form are offered beside it, as they are known. */
  document.addEventListener("change", async (event) => {
    const list = document.getElementById(event.target.dataset?.valuesOf ?? "");
    const form = event.target.closest("form[data-values]");
    if (!list || !form) return;
    const asked = new URLSearchParams({ kind: form.elements.kind.value, path: event.target.value });
    const answer = await fetch(`${form.dataset.values}?${asked}`, { credentials: "same-origin" });
    if (!answer.ok) return;
    const { values } = await answer.json();
    list.replaceChildren(...values.map(([value, told]) => {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = told;
      return option;
    }));
  });
  /* A form is sent once, however often its button is pressed; going back makes it fresh again. */
  document.addEventListener("submit", (event) => {
    if (!event.target.closest(".cp")) return;
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () =>
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
