/* The first steps: while something goes on by itself the page looks again, unless somebody types. */
document.addEventListener("DOMContentLoaded", () => {
  const EVERY = 3000;
  const box = () => document.getElementById("first-steps");
  const touched = () => box().querySelector("[data-sent], details[open], :focus:is(input, select)")
    || box().querySelector("[data-changed]");
  document.addEventListener("change", (event) => {
    if (event.target.closest("#first-steps form")) event.target.dataset.changed = "yes";
  });
  const look = async () => {
    if (document.hidden || touched()) return;
    const answer = await fetch(box().dataset.address, { headers: { Accept: "text/html" } });
    if (answer.status !== 200 || answer.redirected || touched()) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("first-steps");
    if (!fresh) return;
    /* What has the keyboard keeps it: it is found again by its address or its key. */
    const held = document.activeElement?.closest("#first-steps a[href], #first-steps button");
    const name = held?.getAttribute("href") ?? held?.textContent.trim();
    box().replaceWith(fresh);
    [...fresh.querySelectorAll("a[href], button")].find((one) =>
      name && (one.getAttribute("href") ?? one.textContent.trim()) === name)?.focus();
  };
  const again = async () => {
    if (!box()?.dataset.moves) return;
    await look().catch(() => {}); // without a network it is looked again later
    setTimeout(again, EVERY);
  };
  if (box()?.dataset.moves) setTimeout(again, EVERY);
  /* What was checked on another day is checked again, quietly: the page stays as it is meanwhile. */
  const old = document.querySelector("form[data-recheck]");
  if (old) {
    const told = document.querySelector("[data-rechecking]");
    const slowly = setTimeout(() => { told.hidden = false; }, 300);
    fetch(old.action, { method: "POST", body: new FormData(old), redirect: "manual" })
      .then(look)
      .catch(() => {})
      .finally(() => {
        clearTimeout(slowly);
        told.remove();
        old.remove();
      });
  }
  /* What asks both systems takes some seconds: its button says so meanwhile. */
  document.addEventListener("submit", (event) => {
    const slow = event.target.dataset.slow;
    const button = event.target.querySelector("button[type=submit]");
    if (!slow || !button) return;
    button.dataset.words = button.innerHTML;
    setTimeout(() => {
      button.textContent = `${slow}…`;
      button.setAttribute("aria-busy", "true");
    }, 300);
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-words]").forEach((button) => {
    button.innerHTML = button.dataset.words;
    button.removeAttribute("aria-busy");
    delete button.dataset.words;
  }));
});
/* Connecting: what a way of signing in does not need is put away while that way is chosen. */
document.addEventListener("DOMContentLoaded", () => {
  const NEEDLESS = {
    "authorization-code": ["username", "private_key"],
    "client-credentials": ["username", "private_key", "return_address"],
    jwt: ["client_secret", "return_address"],
  };
  const ways = [...document.querySelectorAll("input[type=radio][name=grant]")];
  const show = () => {
    const chosen = ways.find((way) => way.checked)?.value;
    document.querySelectorAll("[data-field]").forEach((field) => {
      field.hidden = (NEEDLESS[chosen] ?? []).includes(field.dataset.field);
    });
  };
  ways.forEach((way) => way.addEventListener("change", show));
  if (ways.length) show();
});
