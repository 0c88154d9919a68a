// What the guard sees when the program behind the page ends, and when it has
// nothing to judge with. The Go test ends the program when it is told "end".

import { accessible, browse, check, holds, must, open, options, pickVenue, picture, scan, tell, verdict } from "./browser.mjs";

const browser = await browse();
const page = await open(browser);
await pickVenue(page);

await must("TheNetworkIsNotNeeded", async () => {
  // Loopback is all that the page asks: a device without any network works on.
  await check(page, options.codes[0].code);
  await verdict(page, "pass");
});
await must("NoVerdictOutlivesTheProgram", async () => {
  await page.waitForSelector("#verdict", { state: "visible" });
  await tell("end");
  await page.waitForSelector('#banners [data-name="gone"]', { state: "visible" });
  await page.waitForSelector("#verdict", { state: "hidden" });
  holds((await page.innerText("#banners")).includes("不能核验"), "not said");
  await accessible(page, "gone");
  await picture(page, "gone");
});
await must("ACodeIsNotJudgedByNobody", async () => {
  await page.evaluate(() => document.activeElement.blur());
  await scan(page, options.codes[0].code);
  await page.waitForTimeout(300);
  holds(await page.isHidden("#verdict"), "a verdict without anybody to judge");
});
process.stdin.destroy();
await browser.close();
