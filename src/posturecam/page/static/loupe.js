// The magnifier: the part of the photo around a point, enlarged, in the corner where the point is not.

const SIDE = 168;
const TIMES = 4;

export class Loupe {
  constructor(figure) {
    this.box = figure.querySelector(".loupe");
    this.canvas = figure.querySelector(".canvas");
    this.cross = this.box.querySelector(".cross");
  }

  show(x, y) {
    const matrix = this.canvas.getScreenCTM();
    if (!matrix) return;
    const half = SIDE / matrix.a / TIMES / 2;
    this.box.setAttribute("viewBox", `${x - half} ${y - half} ${2 * half} ${2 * half}`);
    const arm = half / 3;
    const gap = half / 14;
    this.cross.setAttribute(
      "d",
      `M${x - arm} ${y}H${x - gap}M${x + gap} ${y}H${x + arm}M${x} ${y - arm}V${y - gap}M${x} ${y + gap}V${y + arm}`,
    );
    this.cross.setAttribute("stroke-width", half / 45);
    const frame = this.canvas.getBoundingClientRect();
    const at = x * matrix.a + matrix.e - frame.left;
    this.box.classList.toggle("at-right", at < frame.width / 2);
    this.box.removeAttribute("hidden");
  }

  hide() {
    this.box.setAttribute("hidden", "");
  }
}
