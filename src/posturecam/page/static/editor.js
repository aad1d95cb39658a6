// Points set by hand: dragged, clicked, or moved with arrow keys, under a magnifier; the numbers follow at once.
// What is sent is always the whole set of placed points, so that nothing depends on the order of answers.

import { ask, tr, Trouble } from "./ask.js";
import { Loupe } from "./loupe.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HAND_ERROR_PX = 3;

// What waits to be clicked on when stickers are looked for.
export const STICKER = "sticker";

export class Editor {
  constructor(figure, address, view) {
    this.figure = figure;
    this.address = address;
    this.view = view;
    this.canvas = figure.querySelector(".canvas");
    this.layer = figure.querySelector(".points");
    this.loupe = new Loupe(figure);
    this.on = false;
    this.own = new Map();
    this.spots = [];
    this.placed = new Map();
    this.past = [];
    this.unnamed = [];
    this.spotted = null;
    this.pending = null;
    this.busy = false;
    this.again = false;
    this.canvas.addEventListener("pointermove", (event) => this.#aim(event));
    this.canvas.addEventListener("pointerdown", (event) => this.#set(event));
    new ResizeObserver(() => this.on && this.draw()).observe(this.canvas);
  }

  async open() {
    if (this.own.size === 0) this.#take(await ask(this.address));
    this.on = true;
    this.figure.classList.add("editing");
    this.#lines();
    this.draw();
  }

  close() {
    this.on = false;
    this.pending = null;
    this.loupe.hide();
    this.figure.classList.remove("editing");
    this.layer.replaceChildren();
    this.#lines();
  }

  // Pixels of the photo for one pixel of the screen.
  get grain() {
    const matrix = this.canvas.getScreenCTM();
    return matrix ? 1 / matrix.a : 1;
  }

  #hear(told) {
    this.changes = told.changes;
    this.drawn = told;
    this.#lines();
  }

  // While points are moved the lines alone are shown; the labels are laid out again afterwards.
  async #lines() {
    if (!this.on && this.drawn && !this.drawn.shapes) this.drawn = await ask(this.address);
    if (!this.drawn) return;
    this.figure.querySelector(".lines").innerHTML = this.on ? this.drawn.lines : this.drawn.shapes;
    if (!this.on) this.canvas.setAttribute("viewBox", this.drawn.frame.join(" "));
  }

  #take(told) {
    this.own = new Map(told.points.map((point) => [point.name, point]));
    this.spots = told.spots;
    this.placed = new Map(told.placed.map((point) => [point.name, point]));
    this.#hear(told);
  }

  words(name) {
    if (name === STICKER) return tr("the sticker to look for");
    const known = this.own.get(name) ?? this.spots.find((point) => point.name === name) ?? this.placed.get(name);
    return known?.words ?? name;
  }

  draw() {
    const focused = document.activeElement?.dataset?.name;
    const shown = new Map();
    for (const point of this.own.values()) {
      if (point.main || this.view.every) shown.set(point.name, point);
    }
    for (const point of this.placed.values()) shown.set(point.name, point);
    if (this.pending) shown.set(this.pending.name, this.pending);
    const handles = [...shown.values()].map((point) => this.#handle(point));
    this.layer.replaceChildren(...this.unnamed.map((point) => this.#ring(point)), ...handles);
    if (focused) this.layer.querySelector(`[data-name="${focused}"]`)?.focus();
    this.view.refresh(this);
  }

  #handle(point) {
    const placed = this.placed.get(point.name);
    const kind = point === this.pending ? "pending" : placed ? placed.source : "own";
    const handle = document.createElementNS(SVG, "g");
    handle.setAttribute("class", `handle ${kind}`);
    handle.setAttribute("tabindex", "0");
    handle.setAttribute("role", "button");
    handle.dataset.name = point.name;
    handle.dataset.x = point.x;
    handle.dataset.y = point.y;
    for (const [part, radius] of [["hit", 15], ["rim", 7], ["heart", 4.6]]) {
      const circle = document.createElementNS(SVG, "circle");
      circle.setAttribute("class", part);
      circle.setAttribute("r", radius * this.grain);
      handle.append(circle);
    }
    handle.style.setProperty("--thick", `${1.6 * this.grain}px`);
    this.#move(handle, point.x, point.y, kind);
    handle.addEventListener("pointerdown", (event) => this.#drag(event, handle));
    handle.addEventListener("keydown", (event) => this.#key(event, handle));
    handle.addEventListener("focus", () => this.loupe.show(Number(handle.dataset.x), Number(handle.dataset.y)));
    handle.addEventListener("blur", () => this.loupe.hide());
    return handle;
  }

  // A round spot of which nobody knows yet which point of the body it marks.
  #ring(point) {
    const ring = document.createElementNS(SVG, "circle");
    ring.setAttribute("class", point === this.spotted ? "unnamed chosen" : "unnamed");
    ring.setAttribute("cx", point.x);
    ring.setAttribute("cy", point.y);
    ring.setAttribute("r", 13 * this.grain);
    ring.setAttribute("tabindex", "0");
    ring.setAttribute("role", "button");
    ring.setAttribute("aria-label", tr("a sticker without a name, {x} right, {y} down", { x: Math.round(point.x), y: Math.round(point.y) }));
    ring.style.setProperty("--thick", `${2 * this.grain}px`);
    const pick = (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.spotted = point;
      this.draw();
      this.view.name();
    };
    ring.addEventListener("pointerdown", pick);
    ring.addEventListener("keydown", (event) => event.key === "Enter" && pick(event));
    ring.addEventListener("focus", () => this.loupe.show(point.x, point.y));
    ring.addEventListener("blur", () => this.loupe.hide());
    return ring;
  }

  #move(handle, x, y, kind) {
    handle.dataset.x = x;
    handle.dataset.y = y;
    handle.setAttribute("transform", `translate(${x} ${y})`);
    const how = { own: tr("found by the program"), hand: tr("placed by hand"), sticker: tr("a sticker"), pending: tr("not set yet") };
    handle.setAttribute("aria-label", tr("{name}, {how}, {x} right, {y} down", { name: this.words(handle.dataset.name), how: how[kind], x: Math.round(x), y: Math.round(y) }));
  }

  #at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.canvas.getScreenCTM().inverse());
    return this.#inside(point.x, point.y);
  }

  #inside(x, y) {
    const picture = this.canvas.querySelector("image");
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    return [within(x, picture.width.baseVal.value), within(y, picture.height.baseVal.value)];
  }

  remember() {
    this.past.push(new Map(this.placed));
    if (this.past.length > 200) this.past.shift();
  }

  #put(name, x, y) {
    this.placed.set(name, { name, x, y, error_px: HAND_ERROR_PX, source: "hand" });
    this.send();
  }

  #drag(event, handle) {
    if (event.button !== 0 || this.pending) return;
    event.preventDefault();
    event.stopPropagation();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    const start = this.#at(event);
    const from = [Number(handle.dataset.x), Number(handle.dataset.y)];
    let moved = false;
    const follow = (going) => {
      const here = this.#at(going);
      const to = this.#inside(from[0] + here[0] - start[0], from[1] + here[1] - start[1]);
      if (!moved && Math.hypot(to[0] - from[0], to[1] - from[1]) < 2 * this.grain) return;
      if (!moved) this.remember();
      moved = true;
      handle.classList.replace("own", "hand");
      this.#move(handle, to[0], to[1], "hand");
      this.loupe.show(to[0], to[1]);
      this.#put(handle.dataset.name, to[0], to[1]);
    };
    const end = () => {
      handle.removeEventListener("pointermove", follow);
      if (moved) this.draw();
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", end, { once: true });
  }

  #key(event, handle) {
    const name = handle.dataset.name;
    const step = STEP[event.key];
    if (step) {
      event.preventDefault();
      const far = event.shiftKey ? 10 : 1;
      const [x, y] = this.#inside(Number(handle.dataset.x) + far * step[0], Number(handle.dataset.y) + far * step[1]);
      if (this.pending) {
        Object.assign(this.pending, { x, y });
        this.#move(handle, x, y, "pending");
      } else {
        if (!event.repeat) this.remember();
        handle.classList.replace("own", "hand");
        this.#move(handle, x, y, "hand");
        this.#put(name, x, y);
      }
      this.loupe.show(x, y);
    } else if (event.key === "Enter" && this.pending) {
      this.confirm(Number(handle.dataset.x), Number(handle.dataset.y));
    } else if (event.key === "Escape" && this.pending) {
      this.pending = null;
      this.draw();
    } else if ((event.key === "Delete" || event.key === "Backspace") && this.placed.has(name)) {
      event.preventDefault();
      this.remember();
      this.placed.delete(name);
      this.draw();
      this.send();
    }
  }

  // A further point waits to be set: by a click, or by arrow keys and Enter; a chosen sticker gets the name at once.
  choose(name) {
    if (this.spotted && name !== STICKER) {
      const { x, y } = this.spotted;
      this.unnamed = this.unnamed.filter((point) => point !== this.spotted);
      this.spotted = null;
      this.pending = { name };
      this.confirm(x, y);
      return;
    }
    const body = [...this.own.values()];
    const middle = (axis) => body.reduce((sum, point) => sum + point[axis], 0) / body.length;
    const guess = this.spots.find((point) => point.name === name);
    this.pending = { name, x: guess?.x ?? middle("x"), y: guess?.y ?? middle("y") };
    this.draw();
    this.layer.querySelector(`[data-name="${name}"]`).focus();
  }

  async #stickers(x, y) {
    this.figure.setAttribute("aria-busy", "true");
    try {
      const told = await ask(this.address.replace(/points$/, "stickers"), { method: "POST", body: { x, y } });
      this.remember();
      this.placed = new Map(told.placed.map((point) => [point.name, point]));
      this.unnamed = told.unnamed;
      this.view.say(told.words);
      this.draw();
      await this.send();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.view.trouble(error.message);
    } finally {
      this.figure.removeAttribute("aria-busy");
    }
  }

  confirm(x, y) {
    const { name } = this.pending;
    this.pending = null;
    if (name === STICKER) {
      this.draw();
      this.#stickers(x, y);
      return;
    }
    this.remember();
    this.#put(name, x, y);
    this.draw();
    this.layer.querySelector(`[data-name="${name}"]`)?.focus();
  }

  #aim(event) {
    if (this.pending) this.loupe.show(...this.#at(event));
  }

  #set(event) {
    if (event.button !== 0 || !this.pending) return;
    event.preventDefault();
    this.confirm(...this.#at(event));
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.placed = before;
    this.draw();
    this.send();
  }

  reset() {
    if (this.placed.size === 0) return;
    this.remember();
    this.placed = new Map();
    this.unnamed = [];
    this.spotted = null;
    this.draw();
    this.send();
  }

  // One request at a time; what changed meanwhile goes with the next one.
  async send() {
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    this.figure.setAttribute("aria-busy", "true");
    try {
      while (this.again) {
        this.again = false;
        const points = [...this.placed.values()].map(({ name, x, y, error_px, source }) => ({ name, x, y, error_px, source }));
        const told = await ask(this.address, { method: "PUT", body: { points } });
        this.#hear(told);
        this.view.show(this, told);
      }
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.view.trouble(error.message);
    } finally {
      this.busy = false;
      this.figure.removeAttribute("aria-busy");
    }
  }
}
