// The mirror: the camera's pictures go to the program, the lines it gives back lie over the mirrored video.
// The latest picture wins: a new one is sent only when the program has answered an earlier one.

import { tr } from "./ask.js";

const $ = (id) => document.getElementById(id);
const video = $("video");
const lines = $("lines");
const most = Number($("main").dataset.most);
const IN_FLIGHT = 2;
const EVERY_MS = 66;

let stream = null;
let socket = null;
let sound = null;
let last = "";

function trouble(words) {
  $("trouble").textContent = words;
  $("trouble").hidden = !words;
}

let listings = 0;

/* Answers may come in another order than the questions: only the newest one counts. */
async function listCameras() {
  const listing = ++listings;
  const all = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
  if (listing !== listings) return;
  const picker = $("cameras");
  const chosen = stream?.getVideoTracks()[0]?.getSettings().deviceId ?? picker.value;
  picker.replaceChildren(
    ...all.map((device, number) => new Option(device.label || tr("camera {number}", { number: number + 1 }), device.deviceId)),
  );
  if (all.length === 0) picker.append(new Option(tr("none found"), ""));
  if (chosen) picker.value = chosen;
}

async function openCamera() {
  const wish = { width: { ideal: 1280 }, height: { ideal: 720 } };
  if ($("cameras").value) wish.deviceId = { exact: $("cameras").value };
  const fresh = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
  stream?.getTracks().forEach((track) => track.stop());
  stream = fresh;
  video.srcObject = stream;
  await video.play();
  video.hidden = false;
  await listCameras();
}

const WHY = {
  NotAllowedError: tr("The browser may not use the camera. Allow it beside the address line, then start again."),
  NotFoundError: tr("No camera was found. Plug one in, then start again."),
  NotReadableError: tr("The camera is used by another program. Close that one, then start again."),
  OverconstrainedError: tr("This camera has gone. Choose another one."),
};

async function start(exam) {
  trouble("");
  try {
    if ($("beep").checked) sound = sound ?? new AudioContext();
    await openCamera();
  } catch (error) {
    trouble(WHY[error.name] ?? tr("The camera does not open. Choose another one, or close other programs that use it."));
    return;
  }
  show(true);
  connect(exam);
}

function show(on) {
  $("curtain").hidden = on;
  $("tips").hidden = on;
  for (const id of ["now", "stop"]) $(id).hidden = !on;
  for (const id of ["checks", "steps"]) $(id).hidden = true;
  if (on) {
    $("report").hidden = true;
    $("results").hidden = true;
    say(tr("Opening …"));
    $("stop").focus();
  }
}

function stop(words = tr("See yourself with your own lines")) {
  socket?.close();
  socket = null;
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.hidden = true;
  lines.replaceChildren();
  for (const id of ["big", "part"]) $(id).hidden = true;
  show(false);
  say(words);
  $("start").focus();
}

function connect(exam) {
  const address = new URL("/mirror/socket", location.href);
  address.protocol = "ws:";
  if (exam) address.searchParams.set("exam", "1");
  const mine = new WebSocket(address);
  socket = mine;
  mine.binaryType = "arraybuffer";
  mine.onopen = () => pump(mine);
  mine.onmessage = (event) => mine === socket && hear(mine, JSON.parse(event.data));
  mine.onclose = () => {
    if (mine !== socket) return;
    stop();
    trouble($("trouble").textContent || tr("posturecam does not answer any more. Start the mirror again."));
  };
}

// Pictures are numbered as they are sent; an answer settles its own and all before it.
async function pump(mine) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { alpha: false });
  const began = performance.now();
  mine.sent = 0;
  mine.settled = 0;
  while (mine === socket && mine.readyState === WebSocket.OPEN) {
    const at = performance.now();
    const free = mine.sent - mine.settled < IN_FLIGHT && mine.bufferedAmount === 0;
    if (free && video.videoWidth) {
      const part = Math.min(1, most / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * part);
      canvas.height = Math.round(video.videoHeight * part);
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
      const head = new DataView(new ArrayBuffer(8));
      head.setFloat64(0, at - began, true);
      if (mine.readyState !== WebSocket.OPEN) return;
      mine.send(new Blob([head, picture]));
      mine.sent += 1;
    }
    await new Promise((done) => setTimeout(done, Math.max(4, EVERY_MS - (performance.now() - at))));
  }
}

function hear(mine, told) {
  if (told.error) {
    trouble(told.error);
    stop();
    return;
  }
  if (told.done) {
    location.assign(`/exams/${told.exam}`);
    return;
  }
  mine.settled = Math.max(mine.settled, told.number + 1);
  lines.setAttribute("viewBox", `0 0 ${told.size[0]} ${told.size[1]}`);
  lines.innerHTML = told.shapes;
  tell(told);
}

function say(words) {
  if (words === last) return;
  last = words;
  $("title").textContent = words;
}

function tell({ status, captures, exam }) {
  say(status.title);
  $("big").textContent = status.big;
  $("big").hidden = !status.big;
  if (status.phase === "measure") $("part").removeAttribute("value");
  else $("part").value = status.progress;
  $("part").hidden = !["hold", "countdown", "capture", "measure"].includes(status.phase);
  document.querySelector(".glass").dataset.phase = status.phase;
  checks(status.checks);
  steps(status.steps);
  results(status.results);
  $("report").hidden = captures === 0;
  $("report").href = `/exams/${exam}`;
  $("report").textContent = captures > 1 ? tr("Open the report of {captures}", { captures }) : tr("Open the report");
  if (status.beep && $("beep").checked) beep();
}

function fill(list, items, make) {
  const key = JSON.stringify(items);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...items.map(make));
  list.hidden = items.length === 0;
}

function item(words, kind, mark) {
  const line = Object.assign(document.createElement("li"), { className: kind });
  const sign = Object.assign(document.createElement("span"), { className: "mark", textContent: mark });
  sign.setAttribute("aria-hidden", "true");
  line.append(sign, words);
  return line;
}

function checks(all) {
  fill($("checks"), all, (check) =>
    item(check.good || !check.advice ? check.name : `${check.name}: ${check.advice}`, check.good ? "good" : "open", check.good ? "✓" : "○"),
  );
}

function steps(all) {
  fill($("steps"), all, (step) => {
    const made = item(step.name, step.done ? "good" : step.current ? "now" : "open", step.done ? "✓" : step.current ? "→" : "○");
    if (step.current) made.setAttribute("aria-current", "step");
    return made;
  });
}

function results(all) {
  const list = $("results").querySelector("ul");
  fill(list, all, (text) => Object.assign(document.createElement("li"), { textContent: text }));
  $("results").hidden = all.length === 0;
}

function beep() {
  if (!sound) return;
  const tone = sound.createOscillator();
  const loud = sound.createGain();
  tone.frequency.value = 880;
  loud.gain.setValueAtTime(0.2, sound.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.25);
  tone.connect(loud).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.25);
}

$("start").addEventListener("click", () => start(false));
$("start-exam").addEventListener("click", () => start(true));
$("stop").addEventListener("click", () => stop());
$("now").addEventListener("click", () => socket?.send("measure"));
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("button, a, select, input");
  if (event.key === " " && socket && !typing) {
    event.preventDefault();
    socket.send("measure");
  }
});
$("cameras").addEventListener("change", async () => {
  if (!stream) return;
  try {
    await openCamera();
  } catch (error) {
    trouble(WHY[error.name] ?? tr("This camera does not open. Choose another one."));
  }
});
navigator.mediaDevices?.addEventListener("devicechange", listCameras);
if (navigator.mediaDevices) listCameras();
else trouble(tr("This browser gives no camera to pages. Use another one, or: posturecam live"));
