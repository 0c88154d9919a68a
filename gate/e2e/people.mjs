// Coming in with the document alone: enrolled with the holder's word, opened,
// deleted, and from then on another way in. And the counters, beside it.

import { accessible, browse, equal, holds, must, open, options, pickVenue, picture, quiet, scan, verdict } from "./browser.mjs";

const browser = await browse();
const page = await open(browser);
const [green] = options.codes;

const says = (text) => page.waitForFunction((text) => document.getElementById("person-line").textContent.includes(text), text);

await pickVenue(page);
await page.click('[data-way="document"]');

await must("TheFormIsAccessible", async () => {
  await accessible(page, "document alone");
  await picture(page, "document");
});
await must("ACodeInsteadOfADocumentIsJudged", async () => {
  await page.focus("#person-number");
  await scan(page, green.code);
  await verdict(page, "pass");
  await page.click("#verdict-close");
});
await must("NobodyIsEnrolledUnasked", async () => {
  await page.fill("#person-number", options.holder);
  await page.fill("#person-code", green.code);
  await page.click("#person-enrol");
  await says("是否同意");
});
await must("ACodeOfSomebodyElseIsNotStored", async () => {
  await page.check("#person-agrees");
  await page.fill("#person-number", "11010519491231002X");
  await page.click("#person-enrol");
  await says("没有登记");
});
await must("WhoIsNotEnrolledHasAnotherWayIn", async () => {
  await page.fill("#person-number", options.holder);
  await page.focus("#person-number");
  await page.keyboard.press("Enter");
  const text = await verdict(page, "not_enrolled");
  holds(text.includes("无健康码通道"), `no other way in: ${text}`);
  await page.click("#verdict-close");
});
await must("WhoAgreesIsEnrolled", async () => {
  await page.fill("#person-number", options.holder);
  await page.focus("#person-code");
  await scan(page, green.code); // a scanner's: it asks for nothing yet
  await page.check("#person-agrees");
  await page.click("#person-enrol");
  await says("已登记");
  equal(await page.inputValue("#person-number") + await page.inputValue("#person-code"), "", "left in the form");
});
await must("TheDocumentAloneOpensTheCode", async () => {
  await page.fill("#person-number", options.holder);
  await page.click("#person button[type=submit]");
  holds((await verdict(page, "pass")).includes("末两位 63"), "another's code");
  await accessible(page, "verdict of a document");
  await page.click("#verdict-close");
});
await must("TheHolderHasTheEntryDeleted", async () => {
  for (const answer of ["已删除", "没有登记"]) {
    await page.fill("#person-number", options.holder);
    await page.click("#person-delete");
    await says(answer);
  }
  await page.fill("#person-number", options.holder);
  await page.click("#person button[type=submit]");
  await verdict(page, "not_enrolled");
  await page.click("#verdict-close");
});
await must("FewerThanTenAreNotCounted", async () => {
  await page.click("#knowledge-button");
  await page.waitForFunction(() => document.getElementById("counters-rows").innerText.includes("不到 10"));
  await accessible(page, "counters");
  holds(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), "wider than 360 pixels");
  await page.evaluate(() => document.getElementById("counters-rows").scrollIntoView());
  await picture(page, "counters");
});
await must("EnglishFitsTheSameWidth", async () => {
  await page.click("#knowledge-button");
  await page.click("#language-button");
  equal(await page.innerText("#person-enrol"), "Enrol", "button");
  holds(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), "wider than 360 pixels");
  await picture(page, "document-en");
});
await quiet(page);
await browser.close();
