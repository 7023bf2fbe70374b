// What every page and state of the site must hold to: accessibility, valid HTML, nothing from
// another host, room for a narrow screen.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {HtmlValidate} from 'html-validate';
import {go, waysOf} from './addresses.mjs';
import {axeFaults, openAs, READERS, startBrowser, startSite} from './site.mjs';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

// What HTML itself demands; taste is ours, and accessibility is axe's.
const validator = new HtmlValidate({extends: ['html-validate:standard']});

let site;
let browser;
let ways;

before(async () => {
  // All readers come from one address, and the limits would be theirs together.
  site = await startSite({flags: ['--no-limits']});
  browser = await startBrowser();
  ways = await waysOf(site);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

async function htmlFaults(answer) {
  const {results} = await validator.validateString(await answer.text());
  return results.flatMap(({messages}) => messages.map(
      (message) => `HTML: ${message.line}:${message.column} ${message.ruleId}: ${message.message}`));
}

// 320 CSS pixels are 1280 at 400 % (WCAG 2.2, 1.4.10 Reflow).
async function narrowFaults(page) {
  const usual = page.viewportSize();
  await page.setViewportSize({width: 320, height: 256});
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(usual);
  return width > 320 ? [`at 320 px: is ${width} px wide`] : [];
}

// Colours depend on neither language nor size, the HTML not on the size: one reader looks at them.
for (const reader of READERS.filter((one) => one.scripts)) {
  test(`every page holds to it: ${reader.name}`, async (t) => {
    const page = await openAs(browser, site, reader);
    for (const [name, way] of Object.entries(ways)) {
      await t.test(name, async () => {
        page.faults.length = 0;
        const answer = await go(page, way);
        const wrong = await axeFaults(page, (axe) => axe.withTags(WCAG));
        if (reader.size === 'phone') {
          if (reader.language === 'zh-CN') {
            await page.emulateMedia({colorScheme: 'dark'});
            wrong.push(...(await axeFaults(page, (axe) => axe.withRules(OF_COLOURS))).map((fault) => 'dark: ' + fault));
            await page.emulateMedia({colorScheme: 'light'});
          }
          wrong.push(...await htmlFaults(answer), ...await narrowFaults(page));
        }
        assert.deepEqual([...wrong, ...page.faults], []);
      });
    }
    await page.context().close();
  });
}
