// Finding an institution, as each reader does it; what is shown is held against the demo's truth.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {onePageEach, openAs, READERS, say, startBrowser, startSite, today} from './site.mjs';

const CARE_WORKER = '养老护理员';
const SUGGESTION = '.suggestions [role=option]';

let site;
let browser;
before(async () => {
  site = await startSite();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const holds = (offering, day) => offering.effective.some(([first, last]) => first <= day && day <= last);

// Names of the institutions with an offering in force on that day of which `wanted` is true.
const filed = (wanted, day = today()) => new Set(site.institutions
    .filter((institution) => institution.offerings.some((offering) => holds(offering, day) && wanted(offering, institution)))
    .map((institution) => institution.name));

// Names on the cards, from the first page to the last.
async function listed(page) {
  const names = [];
  for (;;) {
    names.push(...await page.locator('.card h2').allTextContents());
    const next = page.locator('a[rel=next]');
    if (await next.count() === 0) return new Set(names);
    await Promise.all([page.waitForURL(/cursor=/), next.click()]);
  }
}

async function expectListed(page, expected) {
  assert.ok(expected.size > 0, 'the demo has none of these');
  assert.deepEqual([...await listed(page)].sort(), [...expected].sort());
}

async function openConditions(page) {
  if (!await page.locator('#occupation').isVisible()) await page.locator('details summary').first().click();
}

const button = (page, reader, zh, en) => page.getByRole('button', {name: say(reader, zh, en)});

const pageOf = onePageEach((reader) => openAs(browser, site, reader));
const journeys = [];
const journey = (name, run, readers = READERS) => journeys.push({name, run, readers});

journey('by occupation, from the first page', async (page, reader) => {
  await page.goto('/');
  await page.locator('#q').fill(CARE_WORKER);
  await page.locator('#q').press('Escape');
  await button(page, reader, '查找', 'Find').click();
  await page.waitForURL(/\/institutions\?/);
  const words = new URL(page.url()).searchParams;
  assert.equal(words.get('q'), CARE_WORKER);
  await openConditions(page);
  await page.locator('#occupation').selectOption('4-10-01-05');
  await page.locator('#q').fill('');
  await button(page, reader, '查找', 'Find').click();
  await page.waitForURL(/occupation=4-10-01-05/);
  await expectListed(page, filed((offering) => offering.occupation === '4-10-01-05'));
});

journey('who may convert the certificate that I hold', async (page, reader) => {
  await page.goto('/');
  const item = await page.locator('#item option', {hasText: 'KNX'}).first().getAttribute('value');
  await page.locator('#item').selectOption(item);
  await button(page, reader, '查看可认定的机构', 'Show who may convert it').click();
  await page.waitForURL(/\/institutions\?item=/);
  const answer = page.locator('.answer').first();
  assert.match(await answer.textContent(), /智能楼宇管理员/);
  assert.match(await answer.textContent(), reader.language === 'en' ? /Level 4|level 4|四级/ : /四级/);
  // A filing that names no certificate covers all that count as its occupation and level.
  await expectListed(page, filed((offering) => offering.item === item ||
      !offering.item && offering.occupation === '4-06-01-04' && offering.level === '4'));
});

journey('by district and level, and a condition taken away again', async (page, reader) => {
  const {region} = site.institutions.find((institution) => institution.offerings.some(
      (offering) => offering.level === '3' && holds(offering, today())));
  await page.goto('/institutions');
  await openConditions(page);
  await page.locator('#level').selectOption('3');
  await page.locator('#region').selectOption(region);
  await button(page, reader, '查找', 'Find').click();
  await page.waitForURL(new RegExp('region=' + region));
  await expectListed(page, filed((offering, institution) => offering.level === '3' && institution.region === region));
  const conditions = page.locator('.conditions a');
  assert.equal(await conditions.count(), 2);
  await page.goto(await conditions.first().getAttribute('href'));
  assert.equal(await page.locator('.conditions a').count(), 1);
});

journey('initials bring suggestions while one types', async (page) => {
  await page.goto('/');
  await page.locator('#q').pressSequentially('ylhly');
  await page.locator(SUGGESTION, {hasText: CARE_WORKER}).first().waitFor();
  assert.equal(await page.locator('#q').getAttribute('aria-expanded'), 'true');
  await page.locator('#q').press('ArrowDown');
  assert.equal(await page.locator('#q').getAttribute('aria-activedescendant'), await page.locator(SUGGESTION).first().getAttribute('id'));
  await Promise.all([page.waitForURL(/\/institutions\?occupation=4-10-01-05/), page.locator('#q').press('Enter')]);
  await expectListed(page, filed((offering) => offering.occupation === '4-10-01-05'));
}, READERS.filter((reader) => reader.scripts));

journey('Escape also closes suggestions that are still on their way', async (page) => {
  await page.goto('/');
  let asked;
  const arrived = new Promise((resolve) => { asked = resolve; });
  await page.route('**/v1/suggestions?*', (route) => asked(route));  // and no answer
  await page.locator('#q').fill(CARE_WORKER);
  await arrived;
  const given_up = page.waitForEvent('requestfailed');
  await page.locator('#q').press('Escape');
  await given_up;
  assert.equal(await page.locator('#q').inputValue(), CARE_WORKER);
}, READERS.filter((reader) => reader.scripts));

journey('Escape closes the suggestions and leaves what was typed', async (page) => {
  await page.goto('/');
  await page.locator('#q').pressSequentially('KNX');
  await page.locator(SUGGESTION).first().waitFor();
  await page.locator('#q').press('Escape');
  await page.locator('.suggestions').waitFor({state: 'hidden'});
  assert.equal(await page.locator('#q').inputValue(), 'KNX');
}, READERS.filter((reader) => reader.scripts));

journey('one institution: was it filed on that day?', async (page, reader) => {
  const institution = site.institutions.find(({offerings}) => offerings.some((offering) => holds(offering, today())));
  const first = institution.offerings.flatMap(({effective}) => effective.map(([from]) => from)).sort()[0];
  const before = new Date(Date.parse(first) - 86_400_000).toISOString().slice(0, 10);
  await page.goto('/institutions/' + institution.credit_code);
  assert.equal(await page.locator('h1').textContent(), institution.name);
  assert.ok(await page.locator('#scope ~ table .tag.good, section[aria-labelledby=scope] .tag.good').count() > 0);
  await page.locator('#on').fill(before);
  await button(page, reader, '查看', 'Show').click();
  await page.waitForURL(new RegExp('on=' + before));
  assert.equal(await page.locator('section[aria-labelledby=scope] .tag.good').count(), 0);
  await page.locator('#on').fill(first);
  await button(page, reader, '查看', 'Show').click();
  await page.waitForURL(new RegExp('on=' + first));
  const effective = institution.offerings.filter((offering) => holds(offering, first)).length;
  assert.equal(await page.locator('section[aria-labelledby=scope] .tag.good').count(), effective);
});

journey('two institutions side by side', async (page, reader) => {
  await page.goto('/institutions?occupation=4-10-01-05');
  const names = (await page.locator('.card h2').allTextContents()).slice(0, 2);
  for (let i = 0; i < 2; i++) {
    await Promise.all([
      page.waitForURL(i === 0 ? /compare=[^,&#]+/ : /compare=[^&#]+(%2C|,)[^&#]+/),
      page.getByRole('link', {name: say(reader, '加入比较', 'Compare')}).and(page.locator('.card a')).first().click(),
    ]);
  }
  await Promise.all([page.waitForURL(/\/compare\?/), page.locator('#compared a.button:not(.plain)').click()]);
  const columns = await page.locator('table.compare thead a[href^="/institutions/"]').allTextContents();
  assert.deepEqual(columns.sort(), names.sort());
});

journey('the catalog in both directions', async (page, reader) => {
  await page.goto('/catalog');
  assert.equal(await page.locator('table tbody tr').count(), 13);  // the rows of the notice
  await page.getByRole('link', {name: say(reader, '从职业看', 'By occupation')}).click();
  await page.waitForURL(/by=occupation/);
  assert.equal(await page.locator('section li[id]').count(), 13);
  await page.locator('section li[id]', {hasText: 'KNX'}).first().getByRole('link').click();
  await page.waitForURL(/\/institutions\?item=/);
});

journey('nothing found says what to do next', async (page, reader) => {
  await page.goto('/institutions?q=qqqqqq');
  const status = page.getByRole('status');
  assert.match(await status.textContent(), say(reader, /没有符合条件的机构/, /No institution meets the conditions/));
  await status.getByRole('link').first().click();
  await page.waitForURL((url) => url.search === '');
  assert.ok(await page.locator('.card').count() > 0);
});

// A search form and cells below each other once stood on the paper.
journey('the catalog prints as a table', async (page, reader) => {
  await page.goto('/catalog');
  const usual = page.viewportSize();
  await page.setViewportSize({width: 718, height: 1000});  // A4 between its margins
  await page.emulateMedia({media: 'print'});
  assert.equal(await page.locator('main').locator('form, button, input').filter({visible: true}).count(), 0);
  for (const head of await page.getByRole('columnheader').all()) assert.ok(await head.isVisible());
  const [first, second] = await page.locator('tbody tr').first().locator('th, td').all();
  assert.equal((await first.boundingBox()).y, (await second.boundingBox()).y, 'cells stand beside each other');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 718);
  await page.emulateMedia({media: null});
  await page.setViewportSize(usual);
});

journey('a wrong condition is named and tied to its field', async (page, reader) => {
  await page.goto('/institutions?on=2026-13-01');
  const summary = page.getByRole('alert');
  assert.match(await summary.textContent(), say(reader, /请修改后再试/, /Please correct this/));
  const fault = page.locator('#' + await page.locator('#on').getAttribute('aria-describedby'));
  assert.match(await fault.textContent(), say(reader, /没有这一天/, /no such day/));
  assert.equal(await page.locator('#on').getAttribute('aria-invalid'), 'true');
  await summary.getByRole('link').click();
  assert.equal(await page.evaluate(() => document.activeElement.id || location.hash.slice(1)), 'on');
});

for (const reader of READERS) {
  for (const {name, run, readers} of journeys) {
    if (!readers.includes(reader)) continue;
    test(`${name}: ${reader.name}`, async () => {
      const page = await pageOf(reader);
      await run(page, reader);
      assert.deepEqual(page.faults, []);
    });
  }
}
