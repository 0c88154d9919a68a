// The engine behind the page when the program tongxing-gate serves it: its JSON
// interface on loopback.

import { Fault } from "./fault.js";

const patience = 10_000;
const long = 60_000; // for what takes a while by itself: pictures, and each try of a document
const heartbeat = 3_000;

export class GateEngine {
  kind = "gate";
  #token;
  #listeners = new Map();

  constructor(token) {
    this.#token = token;
  }

  on(name, listener) {
    this.#listeners.set(name, listener);
  }

  #emit(name, value) {
    this.#listeners.get(name)?.(value);
  }

  async #ask(method, path, body, wait = patience) {
    const raw = body instanceof Blob;
    const headers = { "X-Gate-Token": this.#token };
    if (body && !raw) headers["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(path, {
        method, headers, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(wait),
        body: body && (raw ? body : JSON.stringify(body)),
      });
    } catch {
      this.#emit("gone");
      throw new Fault("gone");
    }
    const content = await answer.json().catch(() => ({}));
    // 403: the program was started anew and this page has the token of the last start.
    if (answer.status === 401 || answer.status === 403) {
      this.#emit("gone");
      throw new Fault("gone");
    }
    if (!answer.ok) throw new Fault(content.error?.name ?? "gone", content.error);
    this.#emit("here");
    return content;
  }

  /** Listens to what comes without being asked, and notices when the program ends. */
  start() {
    const events = new EventSource(`/v1/events?token=${encodeURIComponent(this.#token)}`);
    for (const name of ["screen", "document", "knowledge", "device", "clock"])
      events.addEventListener(name, (event) => this.#emit(name, JSON.parse(event.data)));
    // A closed connection may be a sleeping computer: a question decides.
    events.onerror = () => this.state().then((state) => this.#emit("state", state)).catch(() => {});
    setInterval(() => this.state().then((state) => this.#emit("state", state)).catch(() => {}), heartbeat);
    return this.state();
  }

  state() {
    return this.#ask("GET", "/v1/state");
  }

  setVenue(venue) {
    return this.#ask("PUT", "/v1/venue", venue);
  }

  verify(codes, source, presented) {
    return this.#ask("POST", "/v1/verify", { codes, source, presented });
  }

  verifyTyped(typed, source, presented) {
    return this.#ask("POST", "/v1/verify", { typed, source, presented });
  }

  /** Judges a document that the browser cannot open itself (PDF). */
  picture(blob) {
    return this.#ask("POST", "/v1/picture", blob, long);
  }

  frame(text) {
    return this.#ask("POST", "/v1/frame", { text });
  }

  training(on) {
    return this.#ask("POST", "/v1/training", { on });
  }

  /** Opens the code that is enrolled under a document. */
  document(presented) {
    return this.#ask("POST", "/v1/document", { presented }, long);
  }

  enrol(code, presented) {
    return this.#ask("POST", "/v1/enrol", { code, presented }, long);
  }

  forget(presented) {
    return this.#ask("DELETE", "/v1/enrol", { presented }, long);
  }

  counters() {
    return this.#ask("GET", "/v1/counters");
  }

  selfTest() {
    return this.#ask("POST", "/v1/selftest");
  }
}
