// What people come for, done by somebody who was never here before: who starts at the first page,
// reads, and uses the links, labels and buttons that can be seen, in three steps at most. A step is
// one page's worth of choosing and typing, and the click that sends it.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {onePageEach, openAs, READERS, say, startBrowser, startSite, today} from './site.mjs';

const STEPS_MAX = 3;

let site;
let browser;
before(async () => {
  // All readers come from one address, and the limits would be theirs together.
  site = await startSite({flags: ['--no-limits']});
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// A person at the first page. Finds things by their visible words alone, and counts steps.
class Newcomer {
  constructor(page, reader) {
    this.page = page;
    this.reader = reader;
  }

  async begin() {
    this.steps = 0;
    await this.page.goto('/');
  }

  words(zh, en) { return say(this.reader, zh, en); }
  field(zh, en) { return this.page.getByLabel(this.words(zh, en)).filter({visible: true}).first(); }

  // `arrived` is what shows that the answer is there: the whole of the next page, if nothing else.
  async take(what, arrived = this.page.locator('main:not(.left) + footer')) {
    this.steps++;
    assert.ok(this.steps <= STEPS_MAX, `${this.steps} steps`);
    const target = what.filter({visible: true}).first();
    await this.page.locator('main').evaluate((main) => main.classList.add('left'));
    await target.click();
    await arrived.waitFor();
  }
  press(zh, en, arrived) { return this.take(this.page.getByRole('button', {name: this.words(zh, en)}), arrived); }
  follow(name) { return this.take(this.page.getByRole('link', {name, exact: true})); }

  sees(...texts) { return Promise.all(texts.map((text) => this.page.locator('main').getByText(text).filter({visible: true}).first().waitFor())); }
}

const tasks = [];
const task = (name, run) => tasks.push({name, run});

const holds = ({effective}) => effective.some(([first, last]) => first <= today() && today() <= last);
const is_care_3 = ({occupation, level}) => occupation === '4-10-01-05' && level === '3';

// 1. its name, Find; 2. its name in the list.
task('is this shop filed for 养老护理员 三级?', async (one) => {
  for (const is_filed of [true, false]) {
    const shop = site.institutions.find(({offerings}) => offerings.some((offering) => is_care_3(offering) && holds(offering)) === is_filed &&
        offerings.some(holds));
    await one.begin();
    await one.field('机构、职业或证书', 'Institution, occupation or certificate').fill(shop.name);
    await one.page.keyboard.press('Escape');
    await one.press('查找', 'Find');
    await one.follow(shop.name);
    const row = one.page.getByRole('row').filter({hasText: '养老护理员'}).filter({hasText: '三级'}).filter({hasText: one.words('有效', 'Filed')});
    assert.equal(await row.filter({visible: true}).count() > 0, is_filed);
  }
});

// 1. the certificate, Show who may convert it: what it becomes stands above those who may; 2. one
// of them.
task('what does my KNX Basic become, and where?', async (one) => {
  await one.begin();
  const choice = one.field('我已有这张证书', 'I hold this certificate');
  await choice.selectOption(await choice.locator('option', {hasText: 'KNX'}).first().getAttribute('value'));
  await one.press('查看可认定的机构', 'Show who may convert it');
  await one.sees(/智能楼宇管理员/, one.words(/四级/, /Level 4|level 4/));
  const shop = site.institutions.find(({offerings}) => offerings.some((offering) => holds(offering) &&
      offering.occupation === '4-06-01-04' && offering.level === '4'));
  await one.sees(shop.name);
  await one.follow(shop.name);
  await one.sees(one.words('业务受理地址', 'Service address'));
});

// 1. number, name, Check.
task('check this certificate', async (one) => {
  for (const [status, words] of [['valid', one.words(/有效/, /Valid/)], ['revoked', one.words(/撤销/, /Revoked/)]]) {
    const {certificate_number, holder_name} = site.truth.find((certificate) => certificate.status === status);
    await one.begin();
    await one.field('证书编号', 'Certificate number').fill(certificate_number);
    await one.field('持证人姓名', 'Holder').fill(holder_name);
    await one.press('查验证书', 'Check');
    await one.sees(words);
  }
});

// Row n of the list, and whether there is something to look at in it.
const rowOf = (n) => site.truth[n % site.truth.length];
const wantsAttention = ({status, issuer_authorized}) => ['erased', 'revoked', 'cancelled'].includes(status) || !issuer_authorized;

// 1. Employers: check a list; 2. credential, file, Check the list.
task('check these 1,000 rows', async (one) => {
  const rows = Array.from({length: 1000}, (_, n) => rowOf(n));
  const list = ['证书编号,姓名', ...rows.map(({certificate_number, holder_name}) => `${certificate_number},${holder_name}`)].join('\n');
  await one.begin();
  await one.take(one.page.getByRole('link', {name: one.words('用人单位：批量查验名单', 'Employers: check a list')}));
  await one.field('用人单位凭证', 'Credential').fill(site.credential);
  await one.field('名单文件', 'The list').setInputFiles({name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(list)});
  await one.press('开始查验', 'Check the list', one.page.getByRole('heading', {name: one.words('批量查验结果', 'What the list comes to')}));
  const count = rows.filter(wantsAttention).length;
  await one.sees(new RegExp(one.words(`${count} 行需要留意`, `${count} rows want attention`)));
  await one.sees(new RegExp(one.words('共 1000 行', 'of 1000')));
});

const pageOf = onePageEach((reader) => openAs(browser, site, reader));
for (const reader of READERS) {
  for (const {name, run} of tasks) {
    test(`${name}: ${reader.name}`, async () => {
      const page = await pageOf(reader);
      await run(new Newcomer(page, reader));
      assert.deepEqual(page.faults, []);
    });
  }
}
