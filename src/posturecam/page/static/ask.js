// Asking the program: JSON in, JSON out, and words for what went wrong.

export class Trouble extends Error {}

const WORDS = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** Say a text in the page's language, its fields filled in. */
export function tr(text, fields = {}) {
  return (WORDS[text] ?? text).replace(/\{(\w+)\}/g, (field, name) => fields[name] ?? field);
}

const AWAY = tr("posturecam does not answer. It was ended, or started again: open the address that it printed.");

const BROKEN = tr("The upload broke off. Send the photo again; if that does not help, start posturecam again.");

export async function ask(address, { method = "GET", body, signal } = {}) {
  const headers = { Accept: "application/json" };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  if (sent !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address, { method, headers, body: sent, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(AWAY);
  }
  return understood(answer.status, await answer.text());
}

function understood(status, text) {
  if (status === 401) throw new Trouble(AWAY);
  let told;
  try {
    told = JSON.parse(text);
  } catch {
    throw new Trouble(tr("posturecam answered something unexpected ({status}). Load the page again.", { status }));
  }
  if (status >= 400) throw new Trouble(told.error ?? tr("That did not work ({status}).", { status }));
  return told;
}

// Send a file as it is; `sent` hears how much of it is there, 0…1.
export function send(address, file, sent) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && sent(event.loaded / event.total));
    request.addEventListener("load", () => {
      try {
        done(understood(request.status, request.responseText));
      } catch (error) {
        failed(error);
      }
    });
    request.addEventListener("error", () => failed(new Trouble(BROKEN)));
    request.addEventListener("abort", () => failed(new Trouble(BROKEN)));
    request.send(file);
  });
}

export function pause(seconds) {
  return new Promise((done) => setTimeout(done, 1000 * seconds));
}

// The key has done its work: it goes out of the address line and the history.
const here = new URL(location.href);
if (here.searchParams.has("key")) {
  here.searchParams.delete("key");
  history.replaceState(null, "", here);
}
