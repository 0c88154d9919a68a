// A device whose lists are old, and one whose clock is wrong: both say so before
// and with every verdict.

import { accessible, browse, check, holds, must, open, options, pickVenue, picture, quiet } from "./browser.mjs";

const browser = await browse();
const pages = [];
for (const [name, address, banner] of [["stale", options.address, "stale"], ["clock", options.early, "clock"]]) {
  const page = await open(browser, { address });
  pages.push(page);
  await pickVenue(page);
  await must(`ItSays/${name}`, async () => {
    await page.waitForSelector(`#banners [data-name="${banner}"]`, { state: "visible" });
    await accessible(page, name);
    await check(page, options.codes[0].code);
    await page.waitForSelector("#verdict", { state: "visible" });
    holds((await page.locator("#verdict .notice").count()) > 0 || (await page.getAttribute("#verdict", "data-screen")) === "unverified", "the verdict does not say it");
    await picture(page, name);
  });
}
await quiet(...pages);
await browser.close();
