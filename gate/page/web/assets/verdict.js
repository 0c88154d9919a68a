// One full screen for what was judged: colour, word, shape and sound, and below
// them what the guard tells the person.

import { clock, hours, pick, say } from "./words.js";
import { play } from "./sound.js";

const lasts = 60_000; // an answer older than this is nobody's any more

const section = document.getElementById("verdict");
const panels = document.getElementById("verdict-panels");

let shown; // what render needs, so that a change of language redraws it
let timer;

/**
 * Shows an answer of the engine: {screen, each?}. about is {source, again}; the
 * section says "closed" when the answer is taken down.
 */
export function show(answer, about = {}) {
  clearTimeout(timer);
  shown = { answer, about };
  section.hidden = false;
  render();
  document.body.classList.add("judged");
  play(answer.screen.sound);
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(answer.screen.outcome === "pass" ? 60 : [120, 80, 120]);
  timer = setTimeout(close, lasts);
}

export function close() {
  clearTimeout(timer);
  if (!shown) return;
  shown = undefined;
  section.hidden = true;
  panels.replaceChildren();
  delete section.dataset.screen;
  document.body.classList.remove("judged");
  section.dispatchEvent(new Event("closed"));
}

export function showing() {
  return shown?.answer;
}

/** Draws what is shown again, after a change of language. */
export function render() {
  if (!shown) return;
  const { answer, about } = shown;
  const screens = answer.each?.length > 1 ? [answer.screen, ...answer.each] : [answer.screen];
  section.dataset.screen = answer.screen.screen;
  section.dataset.reason = answer.screen.reason?.name ?? "";
  panels.classList.toggle("several", screens.length > 1);
  panels.replaceChildren(...screens.map((screen, i) => panel(screen, i === 0, about)));
  fit();
}

/** A notice below the edge is a notice that nobody reads: where it would be, all is set smaller. */
function fit() {
  panels.classList.remove("dense");
  panels.classList.toggle("dense", panels.scrollHeight > panels.clientHeight);
  panels.scrollTop = 0;
}

new ResizeObserver(fit).observe(panels);
document.fonts.addEventListener("loadingdone", fit);

function element(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

function shape(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("class", "shape");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("viewBox", "0 0 100 100");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#shape-${name}`);
  drawing.append(use);
  return drawing;
}

function panel(screen, first, about) {
  const article = element("article", `panel ${screen.colour}`);
  article.append(shape(screen.shape));
  const text = element("div", "text");
  text.append(element(first ? "h2" : "h3", "word", pick(screen.word)));
  const who = [screen.name, screen.last_two && say("gate_page_last_two", screen.last_two)].filter(Boolean);
  if (who.length > 0) text.append(element("p", "who", who.join(" ")));
  if (screen.reason) text.append(element("p", "reason", pick(screen.reason)));
  text.append(...facts(screen), ...conditions(screen));
  if (screen.next) text.append(element("p", "next", pick(screen.next)));
  if (screen.another_way) text.append(element("p", "another", pick(screen.another_way)));
  if (screen.appeal && screen.outcome !== "pass") text.append(element("p", "appeal", say("gate_page_appeal", screen.appeal)));
  for (const notice of screen.notices ?? []) text.append(element("p", "notice", pick(notice)));
  if (first && about.again !== undefined) text.append(element("p", "notice again", say("gate_page_again", about.again)));
  article.append(text);
  return article;
}

function facts(screen) {
  const lines = [];
  if (screen.as_of) lines.push(say("gate_page_as_of", clock(screen.as_of)));
  if (screen.hours_left !== undefined) lines.push(say("gate_page_left", hours(screen.hours_left)));
  if (screen.issuer) lines.push(say("gate_page_issuer", pick(screen.issuer)));
  return lines.length === 0 ? [] : [element("p", "facts", lines.join(say("gate_page_between")))];
}

/**
 * What was asked for, where that decided; who may pass is not told which of several
 * ways was not needed.
 */
function conditions(screen) {
  if (screen.outcome !== "pass" && screen.outcome !== "check") return [];
  const list = (screen.conditions ?? []).filter((condition) => condition.satisfied || screen.outcome !== "pass");
  if (list.length === 0) return [];
  const made = element("ul", "conditions");
  for (const condition of list) {
    const mark = condition.satisfied ? "✓" : "✗";
    const line = element("li", condition.satisfied ? "met" : "unmet");
    line.append(element("span", "mark", mark), ` ${pick(condition.asked)}`, condition.found ? say("gate_page_found", pick(condition.found)) : "");
    made.append(line);
  }
  return [made];
}
