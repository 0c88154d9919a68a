// Each kind of answer on its screen: what it says, that axe finds nothing, and a
// picture of those that the Go test compares.

import { accessible, browse, check, equal, holds, must, open, options, pickVenue, picture, quiet, verdict } from "./browser.mjs";

const browser = await browse();
const page = await open(browser);

await must("TheVenueIsPickedOnce", async () => {
  await accessible(page, "setup");
  await picture(page, "setup");
  await pickVenue(page);
  await page.reload();
  await page.waitForSelector("#work", { state: "visible" });
  holds((await page.innerText("#venue-name")).includes("车站"), "the venue is not in the bar");
});

for (const { name, code, screen, reason, golden } of options.codes) {
  await must(`Screen/${name}`, async () => {
    await check(page, code);
    const text = await verdict(page, screen, reason);
    if (screen !== "pass") holds(text.includes("无健康码通道"), `no other way in: ${text}`);
    if (golden) {
      await accessible(page, name);
      await picture(page, golden);
    }
  });
}

await must("ADocumentOfSomebodyElseIsSaid", async () => {
  await check(page, options.codes[0].code);
  await verdict(page, "pass");
  await page.click("#document-button");
  await accessible(page, "document form");
  await page.selectOption("#document-type", "01");
  await page.fill("#document-number", options.wrong.number);
  await page.click("#document button");
  await verdict(page, "unverified", "holder_mismatch");
  await picture(page, "wrong-person");
  await page.click("#document-button");
  await page.fill("#document-number", options.right.number);
  await page.click("#document button");
  await verdict(page, "pass");
});

await must("BothLanguagesAreThere", async () => {
  await page.click("#verdict-close");
  await page.click("#language-button");
  equal(await page.innerText("#verdict-close", { timeout: 1 }).catch(() => page.textContent("#verdict-close")), "Next person", "button");
  await check(page, options.codes[0].code);
  holds((await verdict(page, "pass")).includes("Pass"), "no English word");
  equal(await page.getAttribute("html", "lang"), "en", "language");
  await page.keyboard.press("Escape");
  await page.waitForSelector("#verdict", { state: "hidden" });
  const words = await page.innerText("body");
  holds(!words.includes("gate_page_"), `a key instead of its words: ${words}`);
  await page.click("#language-button");
});

await must("NoScanIsKept", async () => {
  const kept = await page.evaluate(async () => ({
    local: Object.keys(localStorage), settings: Object.keys(JSON.parse(localStorage["tongxing.settings"])).sort(),
    session: Object.keys(sessionStorage), databases: (await indexedDB.databases()).length, caches: await caches.keys(), cookies: document.cookie,
  }));
  equal(kept, { local: ["tongxing.settings"], settings: ["language", "venue", "way"], session: [], databases: 0, caches: [], cookies: "" }, "kept");
});

await must("AKioskShowsTheSame", async () => {
  await page.setViewportSize({ width: 1080, height: 1920 });
  await check(page, options.codes[0].code);
  await verdict(page, "pass");
  await picture(page, "kiosk");
  await page.setViewportSize({ width: 1280, height: 720 });
  const cut = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  holds(!cut, "wider than the window");
  await picture(page, "landscape");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.click("#verdict-close");
  holds(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), "wider than 360 pixels");
});

await must("TheKeyboardIsEnough", async () => {
  await page.click('[data-way="camera"]');
  await page.evaluate(() => document.activeElement.blur());
  const reached = new Set();
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.dataset.way));
  }
  for (const id of ["venue-button", "knowledge-button", "language-button", "camera", "scanner", "picture"]) holds(reached.has(id), `Tab does not reach ${id}`);
  await page.focus("#knowledge-button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#knowledge", { state: "visible" });
  await accessible(page, "knowledge");
});

await must("TheSelfTestIsAButton", async () => {
  await page.click("#selftest");
  await page.waitForFunction(() => document.getElementById("selftest-line").textContent === "自检通过：20 / 20。");
  await page.click("#knowledge-button");
});

await must("WhatTheVenueHasNotSwitchedOnIsNotThere", async () => {
  holds(await page.isHidden('[data-way="document"]'), "enrolment is offered");
  holds(await page.isHidden("#counters"), "counters are shown");
});

await quiet(page);
await browser.close();
