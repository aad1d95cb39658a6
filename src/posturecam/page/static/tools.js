// The tools under the photo: they speak to the editor of the photo that is shown.

import { tr, Trouble } from "./ask.js";
import { Editor, STICKER } from "./editor.js";

const $ = (id) => document.getElementById(id);

export function tools(examId) {
  const edit = $("edit");
  if (!edit) return;
  const editors = new Map();
  const view = {
    every: false,
    refresh,
    show(editor, told) {
      trouble("");
      $("summary").innerHTML = told.summary;
      $("rest").innerHTML = told.rest;
      refresh(editor);
    },
    trouble,
    say,
    name() {
      say(tr("Which point is it? Choose its name, then: Set it on the photo."));
      $("spot").focus();
    },
  };

  const current = () => {
    const figure = document.querySelector("figure.shot:not([hidden])");
    if (!editors.has(figure)) {
      const address = `/exams/${examId}/photos/${figure.dataset.photo}/points`;
      editors.set(figure, new Editor(figure, address, view));
    }
    return editors.get(figure);
  };
  const on = () => edit.getAttribute("aria-pressed") === "true";

  function say(words) {
    trouble("");
    $("point-said").textContent = words;
    $("point-said").hidden = !words;
  }

  function trouble(words) {
    $("point-trouble").textContent = words;
    $("point-trouble").hidden = !words;
  }

  function refresh(editor) {
    $("undo").disabled = editor.past.length === 0;
    $("reset").disabled = editor.placed.size === 0;
    spots(editor);
    const list = $("changes").querySelector("ul");
    list.replaceChildren(
      ...(editor.changes ?? []).map((change) => {
        const item = document.createElement("li");
        item.append(Object.assign(document.createElement("strong"), { textContent: change.now }));
        item.append(change.before ? `, before: ${change.before}` : ", which could not be measured before");
        return item;
      }),
    );
    $("changes").hidden = !editor.changes?.length;
  }

  function spots(editor) {
    const picker = $("spot");
    const chosen = picker.value;
    picker.replaceChildren(
      new Option(tr("choose one …"), ""),
      ...editor.spots.map((spot) => {
        const done = editor.placed.has(spot.name) ? "✓ " : "";
        return new Option(`${done}${spot.words}${spot.unlocks ? `: ${spot.unlocks}` : ""}`, spot.name);
      }),
    );
    if (editor.spots.some((spot) => spot.name === chosen)) picker.value = chosen;
    $("set").disabled = !picker.value;
  }

  async function open(wanted) {
    for (const editor of editors.values()) editor.close();
    edit.setAttribute("aria-pressed", String(wanted));
    edit.textContent = wanted ? tr("Done with the points") : tr("Move points");
    $("editor").hidden = !wanted;
    say("");
    if (!wanted) return;
    try {
      await current().open();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      trouble(error.message);
    }
  }

  edit.addEventListener("click", () => open(!on()));
  document.addEventListener("chosen", () => on() && open(true));
  $("stickers").addEventListener("click", () => {
    say(tr("Click on one of the stickers; all of its colour are found. By keyboard: arrow keys, then Enter."));
    current().choose(STICKER);
  });
  $("undo").addEventListener("click", () => current().undo());
  $("reset").addEventListener("click", () => current().reset());
  $("every").addEventListener("change", (event) => {
    view.every = event.target.checked;
    current().draw();
  });
  $("spot").addEventListener("change", () => ($("set").disabled = !$("spot").value));
  $("set").addEventListener("click", () => current().choose($("spot").value));
  document.addEventListener("keydown", (event) => {
    if (!on() || event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.target.closest("input")) return;
    event.preventDefault();
    current().undo();
  });
}
