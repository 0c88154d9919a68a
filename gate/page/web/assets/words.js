// What is said to people, in both languages: the words come with the state of
// the engine, never from this folder (their one place is words.csv).

let table = {};
let current = "zh";

/** Takes the rows {key: {zh, en}} and the language "zh" or "en". */
export function setWords(rows, language) {
  table = rows;
  current = language;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function language() {
  return current;
}

/** The text of {zh, en} in the language that is shown, "" for nothing. */
export function pick(both) {
  return both ? both[current] ?? "" : "";
}

/**
 * The message of a key with its arguments: %s and %d in order, or by index as
 * %[2]s; {one|more} goes by the number before it.
 */
export function say(key, ...values) {
  let next = 0;
  let one = false;
  return (pick(table[key]) || key).replace(/%(?:\[(\d)\])?[sd]|\{([^{}|]*)\|([^{}|]*)\}/g, (found, index, single, several) => {
    if (found[0] === "{") return one ? single : several;
    const value = values[index ? index - 1 : next++] ?? "";
    one = String(value) === "1";
    return String(value);
  });
}

/** Fills the elements below root that name a word. */
export function dress(root = document) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of root.querySelectorAll("[data-word-label]")) element.setAttribute("aria-label", say(element.dataset.wordLabel));
}

/** Hours as a person says them: minutes below two hours, days from two days. */
export function hours(value) {
  if (value < 2) return say("gate_page_minutes", Math.max(0, Math.floor(value * 60)));
  if (value < 48) return say("gate_page_hours", Math.floor(value));
  return say("gate_page_days", Math.floor(value / 24));
}

/** A point in time as people in China read their clocks (UTC+8), whatever the device is set to. */
export function clock(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return "";
  return new Intl.DateTimeFormat(current === "zh" ? "zh-CN" : "en-GB", {
    timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).format(at);
}
