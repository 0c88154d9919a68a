// The ways in which a code reaches the page: camera, scanner or keyboard, pictures,
// and the document that opens a stored one. The keyboard is listened to in all of them.

import * as checks from "./checks.js";
import * as verdict from "./verdict.js";
import { Camera } from "./camera.js";
import { Holds } from "./holds.js";
import { open as openPicture } from "./pictures.js";
import { Series, isFrame } from "./series.js";
import { keep, setting } from "./settings.js";
import { pick, say } from "./words.js";
import { Wedge, endScan } from "./wedge.js";

const at = (id) => document.getElementById(id);
const holds = new Holds();

let engine;
let way;
let fault = "";
let series;

export function setEngine(value) {
  engine = value;
  series = new Series(engine);
}

const camera = new Camera(at("video"), {
  found: (texts) => seen(texts).catch(told),
  fault: (name) => {
    fault = name;
    render();
    if (name === "") offerCameras();
  },
});

async function seen(texts) {
  const now = performance.now();
  const frames = texts.filter(isFrame);
  if (frames.length > 0) series.take(frames);
  const codes = texts.filter((text) => !isFrame(text));
  const fresh = holds.see(codes, now);
  if (fresh.length === 0) return;
  // A second code beside one that is still held up is judged together with it.
  const together = codes.filter((code) => holds.held(code, now));
  try {
    await checks.judge(together, { source: "camera", again: fresh[0].again });
  } catch (refused) {
    for (const { text } of fresh) holds.forget(text); // nobody judged them
    throw refused;
  }
}

const noticed = 6000; // milliseconds
let noticeTimer;

/** Says above every way why nothing is judged, until a moment after that ended. */
function notice(text) {
  clearTimeout(noticeTimer);
  at("notice").hidden = text === "";
  if (at("notice").textContent !== text) at("notice").textContent = text; // else it would be read aloud with each frame
  if (text !== "") noticeTimer = setTimeout(() => notice(""), noticed);
}

/** What a refusal says in words; of a program that is gone the banner does. */
function wordsOf(refused) {
  return refused.message === "too_many_codes" ? say("gate_error_too_many_codes") : pick(refused.words);
}

function told(refused) {
  const text = wordsOf(refused);
  if (text === "") return;
  verdict.close(); // what stands is not theirs who are refused
  notice(text);
}

/** Shows a way and starts what it needs. */
export function start(name) {
  way = document.querySelector(`[data-way="${name}"]:not([hidden])`) ? name : "camera"; // what was kept may be switched off since
  for (const button of document.querySelectorAll("[data-way]")) button.setAttribute("aria-pressed", String(button.dataset.way === way));
  for (const each of ["camera", "scanner", "picture", "document"]) at(`way-${each}`).hidden = each !== way;
  if (way === "camera") {
    if (!camera.running) camera.start(setting("camera"));
  } else {
    camera.stop();
  }
  focus();
  render();
}

/** Puts the cursor where the guard types next. */
function focus() {
  if (way === "scanner") at("manual-text").focus();
  if (way === "document") at("person-number").focus();
}

export function stop() {
  camera.stop();
  holds.clear();
}

const remedies = {
  none: "gate_page_camera_none", denied: "gate_page_camera_denied", taken: "gate_page_camera_taken",
  lost: "gate_page_camera_lost", insecure: "gate_page_camera_insecure",
};

export function render() {
  at("camera-fault").hidden = fault === "";
  at("camera-fault-line").textContent = fault === "" ? "" : say(remedies[fault]);
  at("camera-line").hidden = fault !== "";
  series?.render();
}

async function offerCameras() {
  const choices = await camera.choices();
  at("camera-choice-label").hidden = choices.length < 2;
  at("camera-choice").replaceChildren(...choices.map(({ id, label }, i) => {
    const option = document.createElement("option");
    option.value = id;
    option.textContent = label || say("gate_page_camera_number", i + 1);
    return option;
  }));
  if (choices.some((c) => c.id === setting("camera"))) at("camera-choice").value = setting("camera");
  at("torch").hidden = !camera.hasTorch;
}

for (const button of document.querySelectorAll("[data-way]")) {
  button.addEventListener("click", () => {
    keep("way", button.dataset.way);
    start(button.dataset.way);
  });
}
at("camera-again").addEventListener("click", () => camera.start(setting("camera")));
at("camera-choice").addEventListener("change", () => {
  keep("camera", at("camera-choice").value);
  camera.start(at("camera-choice").value);
});
at("torch").addEventListener("click", () => {
  const on = at("torch").getAttribute("aria-pressed") !== "true";
  at("torch").setAttribute("aria-pressed", String(on));
  camera.torch(on);
});
// A camera that was pulled out and put back is started again by itself.
navigator.mediaDevices?.addEventListener("devicechange", () => {
  if (way === "camera" && !at("work").hidden && !camera.running) camera.start(setting("camera"));
});

function typed(text, source) {
  if (at("work").hidden) return; // no venue yet
  if (isFrame(text)) series.take([text]);
  else checks.judgeTyped(text, { source }).catch(told);
}

new Wedge((text) => typed(text, "wedge"));

endScan(at("manual-text"), () => at("manual").requestSubmit());
at("manual").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("manual-text").value;
  at("manual-text").value = "";
  if (text.trim() !== "") typed(text, "manual");
});
at("verdict").addEventListener("closed", () => {
  notice("");
  focus();
});

async function picture(file) {
  const { texts, answer } = await openPicture(file, engine);
  if (answer) return checks.show(answer, { source: "picture" });
  const frames = texts.filter(isFrame);
  if (frames.length > 0) series.take(frames);
  const codes = texts.filter((text) => !isFrame(text));
  if (codes.length > 0) await checks.judge(codes, { source: "picture" });
}

/** Asks for pictures alone where nothing opens a PDF. */
export function offerPDF(there) {
  at("picture-prompt").dataset.word = there ? "gate_page_picture_prompt" : "gate_page_picture_prompt_alone";
  at("picture-file").accept = there ? "image/*,application/pdf,.pdf" : "image/*";
}

const pictureFaults = { large: "gate_page_picture_large", none: "gate_page_picture_none", not_a_picture: "gate_page_picture_unreadable" };

at("picture-file").addEventListener("change", async () => {
  const files = [...at("picture-file").files];
  at("picture-file").value = "";
  for (const file of files) {
    at("picture-line").textContent = say("gate_page_picture_reading");
    try {
      await picture(file);
      at("picture-line").textContent = "";
    } catch (refused) {
      const key = pictureFaults[refused.message];
      at("picture-line").textContent = key ? say(key) : wordsOf(refused) || say("gate_page_gone");
    }
    if (files.length > 1 && verdict.showing()) await new Promise((next) => at("verdict").addEventListener("closed", next, { once: true }));
  }
});
