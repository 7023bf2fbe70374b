// What somebody else wrote is text on every page and nothing more: markup in each text of the
// data, and in each thing that a reader may send.
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {go, send, waysOf} from './addresses.mjs';
import {BUNDLES, inspect, nameOfMark, NAMES, namesOfTheDomain, PLANTS, refusedNames, writePlanted} from './planted.mjs';
import {chayan, openAs, READERS, startBrowser, startSite} from './site.mjs';

// Codes, days and words out of a list: the importer takes no other text.
const REFUSED = ['actor', 'code', 'credit_code', 'document_type', 'effective_from', 'id', 'institution', 'institution_kind',
  'issued_on', 'issuer', 'item', 'kind', 'level', 'notice_start', 'occupation', 'on', 'region', 'valid_from', 'valid_to',
  'withdrawn_on'];

// What no page shows: sealed for good, shown with all but its ends masked, or told by the API alone.
const ON_NO_PAGE = ['contact', 'contact_phone', 'contact_title', 'executive', 'executive_phone', 'executive_title', 'head',
  'head_phone', 'head_title', 'legal_representative', 'registered_capital', 'remarks',
  'awarding_body_abbreviation', 'source', 'work_types'];

const [READER] = READERS.filter((reader) => reader.scripts);
const HTML = {'Accept': 'text/html'};

let folder;
let refused;
let site;
let browser;
let page;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chayan-planted-'));
  refused = refusedNames(chayan(), folder);
  site = await startSite({flags: ['--no-limits', '--public-url', 'https://verify.example'], write: (into) => writePlanted(into, refused)});
  browser = await startBrowser();
  page = await openAs(browser, site, READER);
  await page.addInitScript(() => { globalThis.planted = () => { throw new Error('a plant ran'); }; });
});

after(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, {recursive: true});
});

// The planted site as waysOf knows a site, with the nth plant in front.
const planted = (n) => ({
  base: site.base,
  credential: site.credential,
  institutions: PLANTS.map((plant, i) => site.sets[(n + i) % PLANTS.length].institution),
  truth: site.sets[n].truth,
});

const inspected = (html) => page.evaluate(inspect, {html, plants: PLANTS});

// What is wrong with the page that is shown, and which marks stand there.
async function live(what) {
  const {wrong, seen} = await inspected();
  const faults = [...wrong, ...page.faults].map((fault) => `${what}: ${fault}`);
  page.faults.length = 0;
  return {faults, seen};
}

// The same of an answer that is not shown: nothing runs in it.
async function asked(what, address, options = {}) {
  const answer = await fetch(site.base + address, {redirect: 'manual', ...options, headers: {...HTML, ...options.headers}});
  const body = await answer.text();
  const faults = [];
  if (answer.status >= 500) faults.push(`${what}: is ${answer.status}`);
  if (answer.headers.get('X-Content-Type-Options') !== 'nosniff') faults.push(`${what}: may be sniffed`);
  const type = answer.headers.get('Content-Type') ?? '';
  if (!type.startsWith('text/html')) return {faults, type};
  const {wrong} = await inspected(body);
  return {faults: [...faults, ...wrong.map((fault) => `${what}: ${fault}`)], type};
}

test('every text that the domain reads is planted', () => {
  assert.deepEqual(NAMES.filter((name) => !namesOfTheDomain().has(name)), [], 'nobody reads these');
  assert.deepEqual([...namesOfTheDomain()].filter((name) => !NAMES.includes(name)), [], 'plant these too');
  assert.deepEqual([...refused].sort(), [...REFUSED].sort());
});

test('the data is text on every page, as it was recorded', async () => {
  const faults = [];
  const shown = new Set();
  for (let n = 0; n < PLANTS.length; n++) {
    for (const [name, way] of Object.entries(await waysOf(planted(n)))) {
      // All plants stand on the other pages together.
      if (n > 0 && !['an institution', 'a share report', 'check, valid'].includes(name)) continue;
      await go(page, way);
      const found = await live(`${name}, plant ${n}`);
      faults.push(...found.faults);
      for (const one of found.seen) shown.add(nameOfMark(one));
    }
  }
  assert.deepEqual(faults, []);
  const taken = NAMES.filter((name) => !refused.has(name));
  assert.deepEqual(taken.filter((name) => !shown.has(name)).sort(), [...ON_NO_PAGE].sort());
});

test('suggestions are text', async () => {
  const faults = [];
  for (const typed of ['F', '示例', '中文', 'javascript', 'img']) {
    await page.goto('/');
    const answered = page.waitForResponse(/\/v1\/suggestions/);
    await page.locator('#q').pressSequentially(typed);
    const {items} = await (await answered).json();
    if (items.length > 0) await page.locator('.suggestions [role=option]').first().waitFor();
    faults.push(...(await live('suggestions of ' + typed)).faults);
  }
  assert.deepEqual(faults, []);
});

test('an answer of the API is text where it is tried', async () => {
  await page.goto('/data/api');
  const form = page.locator('form[data-try][data-path="/v1/institutions/{credit_code}"]');
  await form.locator('input').first().fill(site.sets[0].institution.credit_code);
  await form.locator('button').click();
  await form.locator('[data-answer] pre', {hasText: 'planted()'}).first().waitFor();
  assert.deepEqual((await live('tried')).faults, []);
});

test('every parameter of every address is text', async () => {
  const {paths} = await (await fetch(site.base + '/openapi.json')).json();
  const faults = [];
  let pages = 0;
  for (const [path, {get}] of Object.entries(paths)) {
    if (!get) continue;
    for (const {name, in: where} of get.parameters ?? []) {
      for (const plant of BUNDLES) {
        const filled = path.replace(/\{(\w+)(\.\.\.)?\}/g, (brace, brace_name) => encodeURIComponent(brace_name === name ? plant : 'x'));
        const address = where === 'query' ? `${filled}?${name}=${encodeURIComponent(plant)}` : filled;
        const {faults: found, type} = await asked(address, address);
        faults.push(...found);
        if (type?.startsWith('text/html')) pages++;
      }
      // Once as the browser meets it.
      if (!('text/html; charset=utf-8' in get.responses['200'].content)) continue;
      const bundle = encodeURIComponent(BUNDLES[0]);
      const filled = path.replace(/\{\w+\}/g, bundle);
      await page.goto(where === 'query' ? `${filled}?${name}=${bundle}` : filled);
      faults.push(...(await live(`${path}, ${name}`)).faults);
    }
  }
  assert.deepEqual(faults, []);
  assert.ok(pages > 50, 'no pages were asked for');
});

test('paths, names of parameters and languages that nobody knows are not repeated as markup', async () => {
  const faults = [];
  for (const plant of BUNDLES) {
    const coded = encodeURIComponent(plant);
    for (const address of ['/' + coded, '/data/' + coded, `/data?${coded}=1`, `/institutions?${coded}=${coded}`]) {
      faults.push(...(await asked(address, address)).faults);
    }
    const language = plant.replace(/[^\x20-\x7e]/g, '');
    faults.push(...(await asked('Accept-Language ' + language, '/', {headers: {'Accept-Language': language}})).faults);
  }
  await page.goto('/' + encodeURIComponent(BUNDLES[0]));
  faults.push(...(await live('a path')).faults);
  assert.deepEqual(faults, []);
});

test('what is typed into every form that is posted is text', async () => {
  const faults = [];
  const sent = new Set();
  for (const [name, way] of Object.entries(await waysOf(planted(0)))) {
    await go(page, way);
    const posted = await page.locator('main form[method=post]').evaluateAll((forms) => forms.map((form) => [form.getAttribute('action'),
      [...form.querySelectorAll('input:not([type]), input[type=text], input[type=search], textarea')].map((control) => control.name)]));
    for (const [action, controls] of posted) {
      if (sent.has(action) || controls.length === 0) continue;
      sent.add(action);
      for (const plant of BUNDLES) {
        await send(page, page.locator(`main form[action="${action}"]`).first(), Object.fromEntries(controls.map((control) => [control, plant])));
        faults.push(...(await live(`${name}, ${action}`)).faults);
        if (page.url().includes('planted')) faults.push(`${name}: what was posted stands in the address`);
        await go(page, way);
      }
    }
  }
  assert.deepEqual(faults, []);
  assert.ok(sent.has('/verify'));
});

test('what a list holds is text, with scripts and without', async () => {
  const cell = (text) => `"${text.replaceAll('"', '""')}"`;
  const matches = site.sets.map(({truth}) => truth.find(({status}) => status === 'valid'));
  const rows = [['证书编号', '姓名', BUNDLES[0]],
    ...matches.map(({certificate_number, holder_name}) => [certificate_number, holder_name, BUNDLES[1]]),
    ...BUNDLES.map((bundle) => [bundle, bundle, bundle])];
  const list = join(folder, 'list.csv');
  writeFileSync(list, rows.map((row) => row.map(cell).join(',')).join('\r\n'));

  const body = new FormData();
  body.set('credential', site.credential);
  body.set('file', new Blob([readFileSync(list)]), BUNDLES[0]);
  const {faults, type} = await asked('/verify-list', '/verify-list', {method: 'POST', body});
  assert.deepEqual([faults, type], [[], 'text/html; charset=utf-8']);

  await page.goto('/check-list');
  await page.locator('[name=credential]').fill(site.credential);
  await page.locator('[name=file]').setInputFiles(list);
  await page.locator('form[action="/verify-list"] [type=submit]').click();
  await page.locator('#live tbody tr').first().waitFor();
  const {faults: wrong} = await live('a list');
  assert.deepEqual(wrong, []);
});
