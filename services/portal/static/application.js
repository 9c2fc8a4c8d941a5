// An application's pages: saving by itself, questions that depend on others, files with progress, a link to copy.
"use strict";

const QUIET = 1000;
const RETRY = 5000;

function value(form, name) {
  const given = new FormData(form).getAll(name);
  return given.length ? given.join(" ") : "";
}

// A question that depends on another is there as soon as that one has the answer it asks for.
function dependents(form) {
  for (const each of form.querySelectorAll("[data-when]")) {
    const parent = form.elements.namedItem(each.dataset.when);
    const element = parent instanceof RadioNodeList ? parent[0] : parent;
    const above = element?.closest("[data-when]");
    each.hidden = Boolean(above?.hidden) || value(form, each.dataset.when) !== each.dataset.equals;
  }
}

function autosave(form) {
  const saved = form.querySelector("#saved");
  const failed = form.querySelector("#save-failed");
  let timer, under = false, again = false, over = false;

  function told(text, link, label) {
    failed.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = label;
      failed.append(" ", anchor);
    }
  }

  // The server has taken nothing, and may say why. What it kept is at /resume/, which a log-in may come before; otherwise it kept nothing.
  async function stopped(answer) {
    const to = answer.headers.get("HX-Redirect");
    over = true;
    saved.textContent = "";
    if (answer.headers.get("Content-Type")?.includes("json")) {
      const { text, link, words } = await answer.json();
      told(text, link, words);
    } else if (!to || !decodeURIComponent(to).includes("/resume/")) told(form.dataset.stopped);
    else if (to.includes("/login?")) told(form.dataset.kept, to, form.dataset.again);
    else told(form.dataset.earlier, to, form.dataset.resume);
  }

  async function send() {
    if (over) return;
    if (under) { again = true; return; }
    under = true;
    again = false;
    saved.textContent = form.dataset.saving;
    try {
      const headers = { "X-Autosave": "1", "HX-Request": "true" };
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return await stopped(answer);
      if (!answer.ok) throw new Error(String(answer.status));
      document.dispatchEvent(new Event("answered"));
      kept(await answer.json());
    } catch {
      saved.textContent = "";
      told(form.dataset.failed);
      clearTimeout(timer);
      timer = setTimeout(send, RETRY);
    } finally {
      under = false;
      if (again) send();
    }
  }

  function kept(answer) {
    for (const [code, mark] of Object.entries(answer.marks)) {
      const was = form.elements.namedItem(`was.${code}`);
      if (was) was.value = mark;
    }
    saved.textContent = answer.said;
    told(answer.failed.length ? [form.dataset.refused, ...answer.failed].join(" ") : "");
    if (!answer.failed.length && !again) document.dispatchEvent(new Event("saved"));
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "lookup") return;
    clearTimeout(timer);
    timer = setTimeout(send, QUIET);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); over = true; });
}

// A file goes by itself, with its progress; the page is loaded again when it has arrived.
function upload(form) {
  const bar = form.querySelector("progress");
  const error = form.querySelector(".error");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    error.textContent = "";
    const request = new XMLHttpRequest();
    const ended = (text) => {
      bar.hidden = true;
      error.textContent = text;
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    };
    if (form.elements.namedItem("file").files[0]?.size > Number(form.dataset.most)) {
      event.stopPropagation();
      return ended(form.dataset.tooLarge);
    }
    request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total; });
    request.addEventListener("load", () => {
      if (request.status === 200) return location.reload();
      if (request.status === 401) return location.assign(request.getResponseHeader("HX-Redirect"));
      if (request.status === 413) return ended(form.dataset.tooLarge);
      ended(request.status === 422 ? JSON.parse(request.responseText).error : form.dataset.failed);
    });
    request.addEventListener("error", () => ended(form.dataset.failed));
    request.open("POST", form.action);
    request.setRequestHeader("X-Upload", "1");
    request.setRequestHeader("HX-Request", "true");
    bar.hidden = false;
    bar.value = 0;
    request.send(new FormData(form));
  });
}

function copying(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard?.writeText(field.value);
    const said = document.getElementById("copied");
    said.textContent = said.dataset.text;
  });
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const scripted = document.createElement("input");
  Object.assign(scripted, { type: "hidden", name: "scripted", value: "1" });
  form.append(scripted);
  form.addEventListener("input", () => dependents(form));
  dependents(form);
  autosave(form);
}
for (const form of document.querySelectorAll("form[data-upload]")) upload(form);
for (const button of document.querySelectorAll("[data-copy]")) copying(button);
