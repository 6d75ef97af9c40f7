/* Keys for whatever carries data-key; they sleep while somebody types and can be switched off. */
(() => {
  const root = document.documentElement;
  const off = () => localStorage.getItem("counterpart-keys") === "off";
  const show = () => {
    root.classList.toggle("keys-off", off());
    document.querySelectorAll("[data-keys]").forEach((button) => {
      button.textContent = off() ? "Keys off" : "Keys on";
      button.setAttribute("aria-pressed", String(!off()));
    });
  };
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.querySelectorAll("[data-keys]").forEach((button) =>
      button.addEventListener("click", () => {
        localStorage.setItem("counterpart-keys", off() ? "on" : "off");
        show();
      }));
  });
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const wanted = event.key.toLowerCase();
    const found = document.querySelector(`[data-key="${CSS.escape(wanted)}"]`);
    if (!found) return;
    event.preventDefault();
    found.click();
  });
  /* A form is sent once, however often its button is pressed. */
  document.addEventListener("submit", (event) => {
    if (!event.target.closest(".cp")) return;
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "yes";
  });
})();
