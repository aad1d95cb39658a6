// The report: the views as tabs, the points, and keeping the exam.

import { ask, tr } from "./ask.js";
import { dialog } from "./dialogs.js";
import { tabs } from "./tabs.js";
import { tools } from "./tools.js";

const examId = document.querySelector("main").dataset.examId;
const value = (id) => document.querySelector(id).value;

tabs(document.querySelector(".tabs"));
tools(examId);

const grid = document.querySelector("#grid");
grid?.addEventListener("change", () => document.querySelector("#stage").classList.toggle("gridded", grid.checked));

for (const button of document.querySelectorAll("[data-remove]")) {
  button.addEventListener("click", async () => {
    await ask(`/exams/${examId}/photos/${button.dataset.remove}`, { method: "DELETE" });
    location.reload();
  });
}

for (const button of document.querySelectorAll("[data-called]")) {
  button.addEventListener("click", () => call(button));
}

// Say which of two views a photo shows; it is measured again, and the page comes back with it.
async function call(button) {
  const both = button.parentElement.querySelectorAll("[data-called]");
  both.forEach((button) => (button.disabled = true));
  try {
    await ask(`/exams/${examId}/photos/${button.dataset.of}/view`, { method: "PUT", body: { view: button.dataset.called } });
    const photo = await measured(Number(button.dataset.of));
    if (photo?.state !== "failed") return location.reload();
    throw new Error(photo.words);
  } catch (error) {
    both.forEach((button) => (button.disabled = false));
    const trouble = button.parentElement.querySelector(".trouble");
    trouble.textContent = error.message;
    trouble.hidden = false;
  }
}

async function measured(number) {
  for (;;) {
    const { photos } = await ask(`/exams/${examId}/state`);
    const photo = photos.find((photo) => photo.photo === number);
    if (!photo || photo.state === "done" || photo.state === "failed") return photo;
    await new Promise((resume) => setTimeout(resume, 300));
  }
}

dialog("keep", async () => {
  const wish = {
    person: value("#keep-person"),
    on: value("#keep-day"),
    photos: document.querySelector("#keep-photos").checked,
    insists: document.querySelector("#keep-insists").checked,
  };
  const kept = await ask(`/exams/${examId}/keep`, { method: "POST", body: wish });
  told(kept);
});

function told(kept) {
  const link = document.createElement("a");
  link.href = `/person?name=${encodeURIComponent(kept.person)}`;
  link.append(Object.assign(document.createElement("bdi"), { textContent: kept.person }));
  const whose = document.querySelector("#whose");
  whose.replaceChildren(link);
  whose.hidden = false;
  const words = kept.fresh ? tr("Kept as exam {number} of", kept) + " " : tr("Was kept already, as exam {number} of", kept) + " ";
  const said = document.querySelector("#said");
  said.replaceChildren(words, link.cloneNode(true), kept.doubt ? `. ${kept.doubt}` : ".");
  said.hidden = false;
  setTimeout(() => (said.hidden = true), kept.doubt ? 20000 : 8000);
}
