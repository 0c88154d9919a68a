// Trust material shown by another device as a series of codes (spec/series.md):
// its frames go to the engine, which says how much is still missing.

import { pick, say } from "./words.js";

const at = (id) => document.getElementById(id);

/** Whether a text is a frame of a series rather than a health code. */
export function isFrame(text) {
  return text.startsWith("TXS1:");
}

export class Series {
  #engine;
  #seen = new Set();
  #progress;
  #fault;

  constructor(engine) {
    this.#engine = engine;
  }

  /** Hands frames on, each once. */
  async take(frames) {
    for (const text of frames) {
      if (this.#seen.has(text)) continue;
      this.#seen.add(text);
      try {
        this.#progress = await this.#engine.frame(text);
        this.#fault = undefined;
      } catch (refused) {
        this.#fault = refused;
      }
      if (this.#progress?.done || this.#fault) this.#seen.clear();
      this.render();
    }
  }

  render() {
    if (!this.#progress && !this.#fault) return;
    at("series").hidden = false;
    const { have = 0, need = 1, done = false } = this.#progress ?? {};
    at("series-progress").hidden = Boolean(this.#fault) || done;
    at("series-progress").max = need;
    at("series-progress").value = have;
    at("series-line").textContent = this.#line(have, need, done);
  }

  #line(have, need, done) {
    if (this.#fault) return pick(this.#fault.words) || say("gate_page_series_refused");
    return done ? say("gate_page_series_done") : say("gate_page_series_progress", have, need);
  }
}
