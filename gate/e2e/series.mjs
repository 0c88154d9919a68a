// A device that knows nothing yet films the bundle from another one's screen, and
// judges with it.

import { accessible, browse, check, holds, must, open, options, pickVenue, quiet, verdict } from "./browser.mjs";

const browser = await browse(options.video);
const page = await open(browser, { settings: { way: "scanner" } });

await must("WithoutListsItSaysSo", async () => {
  await pickVenue(page);
  await page.waitForSelector('#banners [data-name="empty"]', { state: "visible" });
  await check(page, options.codes[0].code);
  await verdict(page, "unverified", "no_trust");
  await page.click("#verdict-close");
});
await must("TheCameraReadsASeries", async () => {
  await page.click('[data-way="camera"]');
  await page.waitForSelector("#series", { state: "visible" });
  await accessible(page, "series");
  await page.waitForFunction(() => document.getElementById("series-line").textContent.includes("已收齐"));
  await page.waitForSelector('#banners [data-name="empty"]', { state: "detached" });
  holds(await page.isHidden("#verdict"), "a frame is no health code");
});
await must("ItJudgesWithWhatItFilmed", async () => {
  await check(page, options.codes[0].code);
  await verdict(page, "pass");
});
await quiet(page);
await browser.close();
