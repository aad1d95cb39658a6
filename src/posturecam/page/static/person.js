// One person: choosing two exams to compare, and deleting the person.

import { ask } from "./ask.js";
import { dialog } from "./dialogs.js";

const form = document.querySelector("#forget-form");

dialog("forget", async () => {
  await ask(`/person?name=${encodeURIComponent(form.dataset.name)}`, { method: "DELETE" });
  location.assign("/people");
});
