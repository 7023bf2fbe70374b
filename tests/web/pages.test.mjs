// What every page and state of the site must hold to: accessibility, valid HTML, nothing from
// another host, room for a narrow screen.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import {HtmlValidate} from 'html-validate';
import {check, fill, listReports, makeReport, submit} from './journeys.mjs';
import {openAs, READERS, startBrowser, startSite} from './site.mjs';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// What HTML itself demands; taste is ours, and accessibility is axe's.
const validator = new HtmlValidate({extends: ['html-validate:standard']});

let site;
let browser;
let addresses;
let states;

before(async () => {
  // All readers come from one address, and the limits would be theirs together.
  site = await startSite({flags: ['--no-limits']});
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
    'data': '/data',
    'API reference': '/data/api',
    'receipts': '/data/receipts',
    'what is stored': '/data/stored',
    'components': '/design',
    'making a report': '/reports',
    'asking for own reports': '/reports/own',
    'a lost way': '/nowhere',
  };
  const holder = site.truth.find((certificate) => certificate.status === 'valid');
  const number = holder.certificate_number;
  // What forms lead to: each fills one in and gives the answer.
  states = {
    'a match': (page, reader) => check(page, reader, number, holder.holder_name),
    'no match': (page, reader) => check(page, reader, number, holder.wrong_holder_name),
    'a check that cannot be read': (page, reader) => check(page, reader, '1.2E+17', holder.holder_name),
    'a report that was made': (page, reader) => makeReport(page, reader, holder),
    'own reports': (page, reader) => listReports(page, reader, holder),
    'own reports, a wrong proof': (page, reader) => listReports(page, reader, {...holder, holder_name: holder.wrong_holder_name}),
    'own reports, a wrong number of days': async (page, reader) => {
      await listReports(page, reader, holder);
      await page.locator('form[action="/reports/extend"] [name=valid_days]').first().fill('0');
      return submit(page, page.locator('form[action="/reports/extend"] button').first());
    },
    'a report of nothing': async (page) => {
      await page.goto('/reports');
      await fill(page, {certificate_number: number, holder_name: holder.holder_name, document_number: holder.document_number,
        valid_days: '181'});
      return submit(page, page.locator('form[action="/reports/new"] button'));
    },
    'a receipt that is none': async (page) => {
      await page.goto('/data/receipts');
      await fill(page, {receipt: '{}'});
      const [answer] = await Promise.all([
        page.waitForNavigation(), page.locator('form[action="/data/receipts/check"] button').click()]);
      return answer;
    },
    'a receipt that is genuine': async (page, reader) => {
      await check(page, reader, number, holder.holder_name);
      const receipt = await page.locator('[name=receipt]').getAttribute('value');
      await page.goto('/data/receipts');
      await fill(page, {receipt});
      const [answer] = await Promise.all([
        page.waitForNavigation(), page.locator('form[action="/data/receipts/check"] button').click()]);
      return answer;
    },
  };
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

const faults = (result) => result.violations.flatMap((violation) => violation.nodes.map((node) =>
  `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`));

// `look` at every address and state as one reader; what it says is wrong gathers under the page's name.
async function lookAtAll(reader, more, look) {
  const page = await openAs(browser, site, reader, more);
  const wrong = [];
  const ways = Object.entries(addresses).map(([name, address]) => [name, () => page.goto(address)]);
  for (const [name, go] of [...ways, ...Object.entries(states)]) {
    const answer = await go(page, reader);
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
