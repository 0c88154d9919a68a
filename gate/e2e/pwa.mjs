// The gate as a web application: from any static host, under any path, and from
// the second visit without one. The Go test serves another version when it is told
// "update" and ends the host when it is told "end".

import { accessible, browse, check, equal, holds, must, open, options, pickVenue, picture, quiet, scan, tell, verdict } from "./browser.mjs";

const browser = await browse(options.still);
const page = await open(browser, { settings: { way: "scanner" } }); // the camera sees a code all the time
const [green, , , yellow, red] = options.codes;

await must("TheFirstVisitBringsEverything", async () => {
  await pickVenue(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  holds((await page.innerText("#knowledge-line")).includes("名单"), "no list of the host");
  await accessible(page, "web application");
});
await must("ABundleThatIsNoneIsRefusedWithItsReason", async () => {
  await page.click("#knowledge-button");
  await page.setInputFiles("#import-file", { name: "a.bundle", mimeType: "application/octet-stream", buffer: Buffer.from("not a bundle") });
  await page.waitForFunction(() => /[，。]/.test(document.getElementById("import-line").textContent) && !document.getElementById("import-line").textContent.includes("正在"));
  await page.setInputFiles("#import-file", options.bundle);
  await page.waitForFunction(() => document.getElementById("import-line").textContent === "已导入。");
  await page.click("#knowledge-button");
});
await must("ThatNoPDFIsOpenedIsSaidBeforeAndAfter", async () => {
  await page.click('[data-way="picture"]');
  holds((await page.innerText("#way-picture")).includes("PDF 打不开"), "before");
  equal(await page.getAttribute("#picture-file", "accept"), "image/*", "accept");
  await page.setInputFiles("#picture-file", { name: "a.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n") });
  await page.waitForFunction(() => document.getElementById("picture-line").textContent.includes("打不开 PDF"));
  await accessible(page, "pictures alone");
  await page.click('[data-way="scanner"]');
});
await must("WhatIsMissingIsSaidInWords", async () => {
  const missing = await page.evaluate(async () => {
    const { knowledgeOf } = await import(new URL("assets/engine-wasm.js", location.href));
    const words = (await (await fetch("web.json")).json()).words;
    const inspection = { documents: [], lacks: [{ kind: "keyset", region: "33" }, { kind: "policy" }] };
    return knowledgeOf(inspection, words, [{ region: "33", zh: "浙江省", en: "Zhejiang" }], []).missing;
  });
  equal(missing, [{ zh: "浙江省 密钥集", en: "Zhejiang: key set" }, { zh: "互认政策", en: "policy" }], "missing");
});
await must("InTheirTimeCodesAreJudgedWithoutTraining", async () => {
  const then = await open(browser, { address: options.then, settings: { way: "scanner" } });
  await pickVenue(then);
  for (const { code, screen, reason } of [green, yellow, red]) {
    await check(then, code);
    const text = await verdict(then, screen, reason);
    holds(!text.includes("练习"), `not real: ${text}`);
  }
  await check(then, green.code);
  await verdict(then, "pass");
  await picture(then, "web-green");
  await then.click("#document-button");
  await then.fill("#document-number", options.holder);
  await then.click("#document button");
  await verdict(then, "pass");
  await quiet(then);
  await then.context().close();
});
await must("ANewerVersionBeginsWhenTheGuardSaysSo", async () => {
  await tell("update");
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await page.waitForSelector("#update", { state: "visible" });
  await page.evaluate(() => delete document.body.dataset.ready);
  await page.click("#update");
  await page.waitForSelector("body[data-ready]");
  equal(await page.evaluate(async () => (await caches.keys()).length), 1, "versions kept");
});
await must("InFlightModeItOpensAndJudges", async () => {
  await tell("end");
  await page.context().setOffline(true);
  await page.evaluate(() => delete document.body.dataset.ready);
  await page.reload();
  await page.waitForSelector("body[data-ready]");
  await page.waitForSelector("#work", { state: "visible" });
  await check(page, green.code);
  await verdict(page, "unverified"); // years after it was issued
  await page.click("#verdict-close");
  await page.click("#knowledge-button");
  await page.click("#training-button");
  await page.waitForSelector('#banners [data-name="training"]');
  await page.click("#knowledge-button");
  for (const { code, screen, reason } of [green, yellow, red]) {
    await check(page, code);
    await verdict(page, screen, reason);
  }
  await accessible(page, "verdict");
});
await must("TheCameraNeedsNoNetworkEither", async () => {
  await page.click("#verdict-close");
  await page.click('[data-way="camera"]');
  await verdict(page, "pass");
});
await must("AScannerIsReadByTheSameRules", async () => {
  await page.keyboard.press("Escape");
  await page.click('[data-way="scanner"]');
  await page.evaluate(() => document.activeElement.blur());
  await scan(page, `]Q1${red.code}`);
  await verdict(page, "restricted");
  await picture(page, "web-training");
});
await must("NoScanIsKeptHereEither", async () => {
  const kept = await page.evaluate(async () => {
    const { get } = await import(new URL("assets/store.js", location.href));
    return { local: Object.keys(localStorage), record: Object.keys(await get()).sort(), databases: (await indexedDB.databases()).map((d) => d.name) };
  });
  equal(kept, { local: ["tongxing.settings"], record: ["bundle", "latest", "memory"], databases: ["tongxing"] }, "kept");
});
await quiet(page);
process.stdin.destroy();
await browser.close();
