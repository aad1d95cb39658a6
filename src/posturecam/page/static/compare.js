// The slider between two aligned photos: it is a range input, so keys move it too.

import "./ask.js";

for (const both of document.querySelectorAll(".both")) {
  const range = both.querySelector("input");
  const move = () => both.style.setProperty("--at", `${range.value}%`);
  range.addEventListener("input", move);
  move();
}
