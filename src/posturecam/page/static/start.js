// The first page: photos are dropped, chosen or pasted, sent one after the other, and measured.

import { ask, pause, send, tr, Trouble } from "./ask.js";

const drop = document.querySelector("#drop");
const files = document.querySelector("#files");
const rows = document.querySelector("#rows");
const trouble = document.querySelector("#trouble");
const most = Number(drop.dataset.most);
const largest = Number(drop.dataset.largest);
let busy = false;
let sending = false;

function tell(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

function row(name) {
  const item = document.createElement("li");
  const title = Object.assign(document.createElement("bdi"), { textContent: name, className: "name" });
  const state = Object.assign(document.createElement("span"), { className: "state" });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", tr("{name}: how much is done", { name }));
  item.append(title, state, bar);
  rows.append(item);
  return {
    show(words, value, kind = "") {
      state.textContent = words;
      item.className = kind;
      bar.hidden = kind !== "";
      if (value === null) bar.removeAttribute("value");
      else bar.value = value;
    },
  };
}

async function take(chosen) {
  if (busy || chosen.length === 0) return;
  tell("");
  const photos = [...chosen].slice(0, most);
  if (chosen.length > most) tell(tr("An exam takes at most {most} photos; the first {most} are used.", { most }));
  busy = true;
  sending = true;
  drop.setAttribute("aria-busy", "true");
  rows.replaceChildren();
  document.querySelector("#progress").hidden = false;
  document.querySelector("#after").hidden = true;
  try {
    await measure(photos);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    tell(error.message);
  } finally {
    busy = false;
    sending = false;
    drop.removeAttribute("aria-busy");
    files.value = "";
  }
}

async function begin() {
  const height = document.querySelector("#height");
  const wish = { mirrored: document.querySelector("#mirrored").checked, person: drop.dataset.person };
  if (height.value) wish.height_cm = Number(height.value);
  return (await ask("/exams", { method: "POST", body: wish })).exam;
}

async function measure(photos) {
  const shown = photos.map((photo) => row(photo.name || tr("pasted picture")));
  shown.forEach((line) => line.show("waits", 0));
  const exam = drop.dataset.exam || (await begin());
  const numbers = new Map();
  const following = follow(exam, numbers, shown);
  for (const [at, photo] of photos.entries()) {
    try {
      if (photo.size > largest) throw new Trouble(tr("This file is larger than {most} MB.", { most: Math.round(largest / 2 ** 20) }));
      const name = encodeURIComponent(photo.name || tr("pasted picture"));
      const taken = await send(`/exams/${exam}/photos?name=${name}`, photo, (part) => {
        shown[at].show(`sending, ${Math.round(100 * part)} %`, part);
      });
      numbers.set(taken.photo, at);
      shown[at].show(tr("waits its turn"), null);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      shown[at].show(error.message, 0, "failed");
    }
  }
  numbers.complete = true;
  await following;
  const failed = rows.querySelectorAll(".failed").length;
  sending = false;
  if (failed === photos.length) return;
  if (failed === 0) location.assign(`/exams/${exam}`);
  else offer(exam);
}

async function follow(exam, numbers, shown) {
  for (;;) {
    await pause(0.25);
    if (numbers.size === 0) {
      if (numbers.complete) return;
      continue;
    }
    const { photos } = await ask(`/exams/${exam}/state`);
    let open = 0;
    for (const photo of photos) {
      const at = numbers.get(photo.photo);
      if (at === undefined) continue;
      const kind = photo.state === "done" || photo.state === "failed" ? photo.state : "";
      open += kind === "";
      shown[at].show(photo.words, null, kind);
    }
    if (numbers.complete && open === 0) return;
  }
}

function offer(exam) {
  const after = document.querySelector("#after");
  const go = document.querySelector("#go");
  after.hidden = false;
  go.onclick = () => location.assign(`/exams/${exam}`);
  go.focus();
}

// Leaving while photos are on their way would lose them.
addEventListener("beforeunload", (event) => busy && sending && event.preventDefault());

files.addEventListener("change", () => take(files.files));
drop.addEventListener("submit", (event) => event.preventDefault());
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => event.relatedTarget || drop.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length) take(event.clipboardData.files);
});
