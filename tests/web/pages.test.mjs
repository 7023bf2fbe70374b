// What every page and state of the site must hold to: accessibility, valid HTML, nothing from
// another host, room for a narrow screen.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import {HtmlValidate} from 'html-validate';
import {openAs, READERS, startBrowser, startSite} from './site.mjs';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// What HTML itself demands; taste is ours, and accessibility is axe's.
const validator = new HtmlValidate({extends: ['html-validate:standard']});

let site;
let browser;
let addresses;

before(async () => {
  site = await startSite({employer: true});
  browser = await startBrowser();
  const [one, two, three] = site.institutions;
  const held = site.institutions.flatMap((institution) => institution.offerings).find((offering) => offering.item);
  addresses = {
    'home': '/',
    'institutions': '/institutions',
    'institutions by words': '/institutions?q=' + encodeURIComponent('养老护理员'),
    'institutions by certificate': '/institutions?item=' + held.item,
    'institutions, one to compare': '/institutions?compare=' + one.credit_code,
    'institutions, none found': '/institutions?q=qqqqqq',
    'institutions, a wrong condition': '/institutions?on=2026-13-01',
    'an institution': '/institutions/' + one.credit_code,
    'an institution on a day': `/institutions/${one.credit_code}?on=2025-01-01`,
    'an institution that is not there': '/institutions/91310000000000000X',
    'comparison of two': `/compare?codes=${one.credit_code},${two.credit_code}`,
    'comparison of three': `/compare?codes=${one.credit_code},${two.credit_code},${three.credit_code}`,
    'comparison of none': '/compare',
    'catalog': '/catalog',
    'catalog by occupation': '/catalog?by=occupation',
    'catalog, none found': '/catalog?q=qqqqqq',
    'check': '/check',
    'check a list': '/check-list',
    'data': '/data',
    'API reference': '/data/api',
    'receipts': '/data/receipts',
    'what is stored': '/data/stored',
    'components': '/design',
    'a lost way': '/nowhere',
  };
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

const faults = (result) => result.violations.flatMap((violation) => violation.nodes.map((node) =>
  `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`));

// `look` at every address as one reader; what it says is wrong gathers under the page's name.
async function lookAtAll(reader, more, look) {
  const page = await openAs(browser, site, reader, more);
  const wrong = [];
  for (const [name, address] of Object.entries(addresses)) {
    const answer = await page.goto(address);
    for (const fault of [...await look(page, answer), ...page.faults]) wrong.push(`${name}: ${fault}`);
    page.faults.length = 0;
  }
  await page.context().close();
  assert.deepEqual(wrong, []);
}

const WITH_SCRIPTS = READERS.filter((reader) => reader.scripts);

// Colours depend on neither language nor size: one reader sees them dark.
for (const [reader, colorScheme] of [...WITH_SCRIPTS.map((one) => [one, 'light']), [WITH_SCRIPTS[0], 'dark']]) {
  test(`axe finds nothing: ${reader.name}, ${colorScheme}`, () => lookAtAll(reader, {colorScheme}, async (page) =>
    faults(await new AxeBuilder({page}).withTags(WCAG).analyze())));
}

for (const language of ['zh-CN', 'en']) {
  const reader = READERS.find((one) => one.language === language && !one.scripts);
  test(`the HTML validates: ${language}`, () => lookAtAll(reader, {}, async (page, answer) => {
    const report = await validator.validateString(await answer.text());
    return report.results.flatMap((result) => result.messages.map(
      (message) => `${message.line}:${message.column} ${message.ruleId}: ${message.message}`));
  }));
}

// 320 CSS pixels are 1280 at 400 % (WCAG 2.2, 1.4.10 Reflow).
for (const reader of WITH_SCRIPTS.filter((one) => one.size === 'phone')) {
  test(`nothing runs out of a screen of 320 px: ${reader.language}`, () => lookAtAll(
    reader, {viewport: {width: 320, height: 256}}, async (page) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      return width > 320 ? [`is ${width} px wide`] : [];
    }));
}
