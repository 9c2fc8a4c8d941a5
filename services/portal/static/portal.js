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

// A warning before the session ends. Whatever reaches the server puts off the end of an idle one; nothing does that of a long one.
function watchSession() {
  const { idleSeconds, secondsLeft } = document.body.dataset;
  const dialog = document.getElementById("session-ending");
  const over = document.getElementById("session-over");
  if (!idleSeconds || !dialog) return;
  const warned = (seconds) => Math.max(seconds - Math.min(300, seconds / 3), 5) * 1000;
  let timer, last = false;
  const restart = () => {
    clearTimeout(timer);
    if (!last) timer = setTimeout(() => dialog.showModal(), warned(Number(idleSeconds)));
  };
  setTimeout(() => {
    last = true;
    clearTimeout(timer);
    if (!dialog.open) over.showModal();
  }, warned(Number(secondsLeft)));
  const button = dialog.querySelector("[data-keep-session]");
  const headers = { "X-CSRF-Token": button.dataset.csrf, "HX-Request": "true" };
  button.addEventListener("click", async () => {
    if (dialog.dataset.ended !== undefined) return;
    const answer = await fetch(button.dataset.address, { method: "POST", headers }).catch(() => null);
    if (answer?.ok) return last ? over.showModal() : restart();
    if (answer) dialog.dataset.ended = "";
    dialog.showModal();
  });
  document.addEventListener("htmx:after:request", restart);
  document.addEventListener("answered", restart);
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
