// What the scenarios have in common: a browser with a fake camera, a page under
// the strict policy, and lines of JSON for the Go test that runs them.
//
//   node SCENARIO.mjs '{"address": "http://127.0.0.1:1234/", "out": "FOLDER", …}'
//
// prints {"name": …, "fault": … if there is one} for each thing that must hold.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const options = JSON.parse(process.argv[2]);

const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--force-color-profile=srgb",
  "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
];

const patience = 60_000; // matters only where something is wrong

/** Starts a browser whose camera films the video, or has none of its own. */
export function browse(video, more = []) {
  const camera = video ? [`--use-file-for-fake-video-capture=${video}`] : [];
  return chromium.launch({ executablePath: options.chromium, args: [...flags, ...camera, ...more] });
}

const strangers = new Set(); // requests of anybody but the page's own host

/** Opens the page, with everything that it asks of anybody else noted. */
export async function open(browser, { viewport = { width: 360, height: 740 }, camera = true, address = options.address, settings, ...more } = {}) {
  const context = await browser.newContext({ viewport, locale: "zh-CN", permissions: camera ? ["camera"] : [], ...more });
  if (settings) await context.addInitScript((value) => { localStorage["tongxing.settings"] ??= value; }, JSON.stringify(settings));
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.faults = [];
  page.on("pageerror", (fault) => page.faults.push(String(fault.stack)));
  page.on("console", (message) => {
    // A refused connection is what some scenarios are about.
    if (message.type() === "error" && !/net::|Failed to load resource/.test(message.text())) page.faults.push(message.text());
  });
  const own = new URL(address).host;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.host !== own) strangers.add(request.url());
  });
  page.asked = []; // what was asked to be judged: the first may be before the page is ready
  page.on("request", (request) => {
    if (request.url().endsWith("/v1/verify")) page.asked.push(JSON.parse(request.postData()));
  });
  await page.goto(address);
  await page.waitForSelector("body[data-ready]");
  return page;
}

/** Picks the venue where it is asked for. */
export async function pickVenue(page, kind = "3", region = "33") {
  if (!(await page.isVisible("#setup"))) return;
  await page.selectOption("#setup-class", kind);
  await page.selectOption("#setup-region", region);
  await page.click("#setup button[type=submit]");
  await page.waitForSelector("#work", { state: "visible" });
}

/**
 * Types as a scanner does, and ends with a key if one is given. No key waits until the
 * one before it has arrived: on a busy machine that would leave pauses, and a pause ends
 * what a scanner types.
 */
export async function scan(page, text, end = "Enter") {
  const keys = [...text].map((key) => page.keyboard.type(key));
  if (end) keys.push(page.keyboard.press(end));
  await Promise.all(keys);
}

/** Waits for a verdict and returns what the screen says. */
export async function verdict(page, screen, reason) {
  const wanted = `#verdict[data-screen="${screen}"]` + (reason ? `[data-reason="${reason}"]` : "");
  await page.waitForSelector(wanted, { state: "visible" });
  return page.innerText("#verdict");
}

/** Types a code into the field for it. */
export async function check(page, text) {
  await page.click("#verdict-close", { timeout: 1000, force: true }).catch(() => {});
  if (!(await page.isVisible("#manual-text"))) await page.click('[data-way="scanner"]');
  await page.fill("#manual-text", text);
  await page.press("#manual-text", "Enter");
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Throws with what axe finds on the page as it stands. */
export async function accessible(page, what) {
  // evaluate works in the page without a script element, which the policy refuses.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).join("; ")}`));
  if (found.length > 0) throw new Error(`${what}: ${found.join("\n")}`);
}

/** A picture of the page for the Go test to compare. */
export async function picture(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${options.out}/${name}.png`, animations: "disabled", caret: "hide" });
}

export function equal(got, want, what) {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

/** Runs one thing that must hold and says how it went; a fault ends the scenario, whose rest stands on it. */
export async function must(name, run) {
  const began = performance.now();
  let fault;
  try {
    await run();
  } catch (thrown) {
    fault = String(thrown.stack ?? thrown);
  }
  console.log(JSON.stringify({ name, fault, seconds: Math.round(performance.now() - began) / 1000 }));
  if (fault) process.exit(1);
}

/** Asks the Go test to do something, and waits until it is done. */
export async function tell(what) {
  console.log(JSON.stringify({ tell: what }));
  await once(process.stdin, "data");
}

/** No scenario may have asked anything of another host, or broken the page. */
export async function quiet(...pages) {
  await must("NothingIsAskedOfAnybodyElse", () => equal([...strangers], [], "requests"));
  await must("ThePageHasNoFault", () => equal(pages.flatMap((page) => page.faults), [], "faults"));
}
