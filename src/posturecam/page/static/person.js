// One person: choosing two exams to compare, putting things right, and deleting the person.

import { ask } from "./ask.js";
import { dialog } from "./dialogs.js";

const person = `/person?name=${encodeURIComponent(document.querySelector("#forget-form").dataset.name)}`;
const value = (id) => document.querySelector(id).value;
const checked = (id) => document.querySelector(id).checked;

dialog("forget", async () => {
  await ask(person, { method: "DELETE" });
  location.assign("/people");
});

async function change(body) {
  const told = await ask(person, { method: "PATCH", body });
  location.assign(`/person?name=${encodeURIComponent(told.name)}`);
}

dialog("facts", () =>
  change({
    rename: value("#facts-name"),
    born: value("#facts-born"),
    consent: value("#facts-consent"),
    consented_on: value("#facts-day"),
    insists: checked("#facts-insists"),
  }),
);

dialog("merge", () => change({ into: value("#merge-into") }));

const what = document.querySelector("#correct-what");
function fitting() {
  for (const field of document.querySelectorAll("#correct-form [data-for]")) {
    field.hidden = !field.dataset.for.split(" ").includes(what.value);
  }
}
what?.addEventListener("change", fitting);
if (what) fitting();

dialog("correct", async () => {
  const exam = `/records/${value("#correct-exam")}`;
  if (what.value === "delete") {
    await ask(exam, { method: "DELETE" });
  } else {
    const body = { what: what.value, name: value("#correct-name"), on: value("#correct-on"), insists: checked("#correct-insists") };
    await ask(exam, { method: "PATCH", body });
  }
  location.reload();
});
