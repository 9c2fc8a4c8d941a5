// What the pages do beyond HTML and htmx. Everything here is an addition: each page works without it.
"use strict";

// Instants in the reader's own zone, when it is not that of the page (Europe/Paris).
function localTimes(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === "Europe/Paris") return;
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[data-local]:not([data-done])")) {
    const instant = new Date(time.dateTime);
    if (Number.isNaN(instant.valueOf())) continue;
    time.dataset.done = "";
    const own = document.createElement("span");
    own.className = "own-time";
    own.textContent = ` (${form.format(instant)}, ${zone})`;
    time.after(own);
  }
}

// A warning before the session ends; any click or key that reaches the server puts it off.
function watchSession() {
  const idle = Number(document.body.dataset.idleSeconds || 0);
  const dialog = document.getElementById("session-ending");
  if (!idle || !dialog) return;
  let timer;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.showModal(), Math.max(idle - Math.min(300, idle / 3), 5) * 1000);
  };
  const button = dialog.querySelector("[data-keep-session]");
  const headers = { "X-CSRF-Token": button.dataset.csrf, "HX-Request": "true" };
  button.addEventListener("click", async () => {
    if (dialog.dataset.ended !== undefined) return;
    const answer = await fetch(button.dataset.address, { method: "POST", headers }).catch(() => null);
    if (answer?.ok) return restart();
    if (answer) dialog.dataset.ended = "";
    dialog.showModal();
  });
  document.addEventListener("htmx:after:request", restart);
  restart();
}

// A form is sent once, however often its button is pressed; it can be sent again when the page is come back to.
function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.hxPost !== undefined) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }
  });
}

// Leaving a page with answers that were not saved asks first; forms say so by data-guard.
function guardAnswers() {
  let dirty = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) dirty = true; });
  document.addEventListener("submit", () => { dirty = false; });
  document.addEventListener("saved", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

localTimes(document);
document.addEventListener("htmx:after:swap", () => localTimes(document));
watchSession();
sendOnce();
guardAnswers();
document.getElementById("errors")?.focus();
