// What the device knows and whether it can be asked: the line at the top, the
// list behind it, and the banners that stand until their cause is gone.

import { clock, hours, pick, say } from "./words.js";

const banners = document.getElementById("banners");
const line = document.getElementById("knowledge-line");
const mark = document.getElementById("knowledge-mark");
const facts = document.getElementById("knowledge-facts");
const missing = document.getElementById("knowledge-missing");

let state;
let gone = false;
let device = "";

/** Takes a state of the engine, or the part of it that an event brought. */
export function setState(part) {
  state = { ...state, ...part };
  render();
}

/** Says that the engine does not answer, or that it answers again. */
export function setGone(value) {
  if (gone === value) return;
  gone = value;
  render();
}

/** Names a device that is not connected any more, "" when it is back. */
export function setDevice(name) {
  device = name;
  render();
}

export function render() {
  document.body.classList.toggle("gone", gone);
  if (state) knowledge(state.knowledge);
  const wanted = warnings();
  // A banner that stays is left alone: it would be read out again.
  const old = [...banners.children];
  for (const banner of old) if (!wanted.some((w) => w.name === banner.dataset.name && w.text === banner.textContent)) banner.remove();
  for (const { name, text, severe } of wanted) {
    if ([...banners.children].some((b) => b.dataset.name === name)) continue;
    const made = document.createElement("p");
    made.dataset.name = name;
    made.className = severe ? "banner severe" : "banner";
    made.textContent = text;
    banners.append(made);
  }
}

function warnings() {
  if (gone) return [{ name: "gone", text: say("gate_page_gone"), severe: true }];
  if (!state) return [];
  const out = [];
  const add = (name, text, severe) => out.push({ name, text, severe });
  if (state.features?.training) add("training", say("gate_page_training_on"));
  if (!state.knowledge.loaded) add("empty", say("gate_page_nothing_loaded"), true);
  else if (state.knowledge.freshness !== "fresh") add("stale", say("gate_page_stale", hours(state.knowledge.age_hours)));
  switch (state.clock.standing) {
    case "behind":
    case "fell":
      add("clock", say("gate_page_clock_behind", hours(state.clock.behind_hours)), true);
      break;
    case "ahead":
      add("clock", say("gate_page_clock_ahead", clock(state.clock.shows)), true);
      break;
    case "unset":
      add("clock", say("gate_page_clock_unset", clock(state.clock.shows)), true);
  }
  if (device) add("device", say(device === "reader" ? "gate_page_reader_lost" : "gate_page_scanner_lost"));
  return out;
}

function knowledge(k) {
  const standing = !k.loaded ? "none" : k.freshness === "fresh" ? "fresh" : "stale";
  mark.textContent = { none: "✗", fresh: "●", stale: "▲" }[standing];
  mark.className = standing;
  line.textContent = k.loaded ? say("gate_page_knowledge_line", k.list_version, hours(k.age_hours)) : say("gate_page_knowledge_none");
  const rows = !k.loaded ? [] : [
    [say("gate_page_list_version"), k.list_version],
    [say("gate_page_policy_version"), k.policy_version ?? "–"],
    [say("gate_page_issued"), clock(k.issued)],
    [say("gate_page_age"), hours(k.age_hours)],
    [say("gate_page_clock"), clock(state.clock.shows)],
  ];
  facts.replaceChildren(...rows.flatMap(([name, value]) => [text("dt", name), text("dd", value)]));
  const lacking = [...(k.missing ?? []).map((m) => say("gate_page_lack", pick(m))), ...(k.problems ?? []).map(pick)];
  missing.replaceChildren(...(lacking.length > 0 ? lacking : [say("gate_page_nothing_missing")]).map((m) => text("li", m)));
}

function text(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}
