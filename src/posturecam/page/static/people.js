// The list of people: typing leaves those whose name holds what was typed.

import "./ask.js";

const search = document.querySelector("#search");
const folded = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

search?.addEventListener("input", () => {
  const wanted = folded(search.value.trim());
  let found = 0;
  for (const item of document.querySelectorAll("#people > li")) {
    item.hidden = !folded(item.querySelector("bdi").textContent).includes(wanted);
    found += !item.hidden;
  }
  document.querySelector("#nobody").hidden = found > 0;
});
