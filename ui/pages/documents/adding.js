// Dropping files onto the page, one request for each so that each has its own progress. Without this script the form
// does the same in one request. Texts of files and answers are only ever set as text, never as markup.
"use strict";

const WORDS = {}; // put in by the server
const LANGUAGE = document.documentElement.lang;
const TEXTS = WORDS[LANGUAGE];
const number = (count) => count.toLocaleString(LANGUAGE);
const added = (count) => TEXTS.added[new Intl.PluralRules(LANGUAGE).select(count)].replace("{count}", number(count));
const failed = (reason) => TEXTS.failed.replace("{reason}", () => reason);

const form = document.getElementById("add");
const list = document.getElementById("progress");
const field = form.querySelector("input[type=file]");
const largest = Number(form.dataset.largest);
const queue = [];
let busy = false;

function line(file) {
  const item = document.createElement("li");
  const name = item.appendChild(document.createElement("span"));
  name.dir = "auto";
  name.textContent = file.name;
  const bar = item.appendChild(document.createElement("progress"));
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const told = item.appendChild(document.createElement("span"));
  told.className = "told";
  told.textContent = TEXTS.waiting;
  list.append(item);
  return { item, bar, told, name };
}

function finish({ item, bar, told, name }, outcome, words, documentId) {
  item.className = outcome;
  bar.remove();
  told.textContent = words;
  if (documentId) {
    const link = document.createElement("a");
    link.href = `/documents/${encodeURIComponent(documentId)}`;
    link.textContent = name.textContent;
    name.replaceWith(link);
  }
}

function show(row, result) {
  if (result.outcome === "failed") finish(row, "failed", failed(result.reason));
  else if (result.outcome === "unchanged") finish(row, "unchanged", TEXTS.unchanged, result.document_id);
  else {
    const replaced = result.replaced ? `, ${TEXTS.replaced}` : "";
    finish(row, "indexed", added(result.passages) + replaced, result.document_id);
  }
}

function send(file, row) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const end = (act) => () => {
      act();
      resolve();
    };
    request.upload.onprogress = (event) => {
      row.told.textContent = TEXTS.sending;
      if (event.lengthComputable) row.bar.value = event.loaded / event.total;
    };
    request.upload.onload = () => {
      row.bar.removeAttribute("value");
      row.told.textContent = TEXTS.reading;
    };
    request.onload = end(() => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // what is no JSON says nothing
      }
      if (request.status === 200 && answer.results) show(row, answer.results[0]);
      else finish(row, "failed", failed(answer.detail || TEXTS.broken));
    });
    request.onerror = end(() => finish(row, "failed", failed(TEXTS.broken)));
    const body = new FormData();
    body.append("files", file);
    request.open("POST", "/api/v1/documents");
    request.send(body);
  });
}

async function renew() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.getElementById("list").replaceWith(page.getElementById("list"));
}

async function work() {
  if (busy) return;
  busy = true;
  while (queue.length) {
    const { file, row } = queue.shift();
    const limit = number(Math.round(largest / 2 ** 20));
    if (file.size > largest) finish(row, "failed", failed(TEXTS.tooLarge.replace("{megabytes}", limit)));
    else await send(file, row);
  }
  busy = false;
  await renew();
}

function take(files) {
  for (const file of files) queue.push({ file, row: line(file) });
  work();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take([...field.files]);
  form.reset();
});
for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
form.addEventListener("dragleave", (event) => {
  if (!form.contains(event.relatedTarget)) form.classList.remove("over");
});
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  take([...event.dataTransfer.files]);
});
// A file dropped beside the field must not replace the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
