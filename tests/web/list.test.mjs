// Checking a list, as an employer does it: five spreadsheets as people make them, with and without
// scripts; and ten thousand rows, each of them right.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {HtmlValidate} from 'html-validate';
import {axeFaults, openAs, READERS, say, startBrowser, startSite} from './site.mjs';

// Argument: JSON of {folder, good, revoked, wrong}, each certificate a number and a name.
const SHEETS = `
import csv, datetime, json, sys
import openpyxl
from openpyxl.styles import Alignment

told = json.loads(sys.argv[1])
folder, good, revoked, wrong = (told[k] for k in ('folder', 'good', 'revoked', 'wrong'))

# A merged title, a line of remarks, columns that nobody asked for, days and sums.
book = openpyxl.Workbook()
sheet = book.active
sheet.append(['2026 年度技能人员持证情况汇总表'])
sheet.merge_cells('A1:F1')
sheet['A1'].alignment = Alignment(horizontal='center')
sheet.append(['填报单位：示例公司', None, None, '填报日期：', datetime.date(2026, 11, 1)])
sheet.append(['序号', '部门', '姓名', '入职日期', '证书编号', '备注'])
for n, one in enumerate([good, revoked, wrong]):
    sheet.append([n + 1, '示例部', one['name'], datetime.datetime(2024, 3, n + 1), one['number'], None])
sheet.append([None, '合计', '3 人'])
book.save(folder + '/title.xlsx')

# Numbers that are numbers, and text that is kept text by a mark or typed with full width.
book = openpyxl.Workbook()
sheet = book.active
sheet.append(['证书编号*', '持证人姓名', '身份证号'])
sheet.append(["'" + good['number'], good['name'], None])
sheet.append([1234567890123450, good['name'], None])
sheet.append([''.join(chr(ord(c) + 0xFEE0) for c in good['number'].lower()), ' ' + good['name'] + '\\u3000', None])
book.save(folder + '/numbers.xlsx')

# A hidden sheet in front, empty rows, a remark far to the right.
book = openpyxl.Workbook()
book.active.append(['不要读这张表'])
book.active.sheet_state = 'hidden'
sheet = book.create_sheet('名单')
book.active = 1
sheet['B4'], sheet['C4'] = '姓名', '证书\\n编号'
sheet['B6'], sheet['C6'] = good['name'], good['number']
sheet['B9'], sheet['C9'], sheet['Z9'] = wrong['name'], wrong['number'], '旁注'
book.save(folder + '/gaps.xlsx')

# As Excel on Chinese Windows saves CSV.
with open(folder + '/gb18030.csv', 'w', encoding='gb18030', newline='') as file:
    rows = csv.writer(file)
    rows.writerow(['持证人员名单', '', '', ''])
    rows.writerow(['姓名', '证书编号', '证件号码', '备注'])
    rows.writerow([good['name'], '="' + good['number'] + '"', '', '他说"好"，\\r\\n第二行'])
    rows.writerow(['', '', '', ''])
    rows.writerow([revoked['name'], revoked['number'], '', ''])

# Its columns have names that nobody can know.
book = openpyxl.Workbook()
book.active.append(['名单'])
book.active.append(['证书编号', '人员'])
book.active.append([good['number'], good['name']])
book.save(folder + '/unknown.xlsx')
`;

// What the sheets come to: row of the file → what is said of it. Rows that are good are not listed.
const NO_MATCH = [/未查到/, /No match/];
const REVOKED = [/已撤销/, /Revoked/];
const NOT_ASKED = [/无法查验/, /Could not be asked/];
const RIGHT = {
  'title.xlsx': {rows: 4, problems: {5: REVOKED, 6: NO_MATCH, 7: NOT_ASKED}},
  'numbers.xlsx': {rows: 3, problems: {3: NOT_ASKED}},
  'gaps.xlsx': {rows: 2, problems: {9: NO_MATCH}},
  'gb18030.csv': {rows: 2, problems: {6: REVOKED}},
};

let site;
let browser;
let folder;
before(async () => {
  // The same certificate is asked about more often here than a certificate ever is.
  site = await startSite({flags: ['--no-limits']});
  browser = await startBrowser();
  folder = mkdtempSync(join(tmpdir(), 'chayan-lists-'));
  const of = (status, name = 'holder_name') => {
    const one = site.truth.find((certificate) => certificate.status === status && certificate.issuer_authorized);
    return {number: one.certificate_number, name: one[name]};
  };
  execFileSync('/usr/bin/python3', ['-c', SHEETS, JSON.stringify(
      {folder, good: of('valid'), revoked: of('revoked'), wrong: of('valid', 'wrong_holder_name')})]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  if (folder) rmSync(folder, {recursive: true});
});

const expectAccessible = async (page) => assert.deepEqual(await axeFaults(page), []);

async function send(page, reader, file, credential = site.credential) {
  await page.getByLabel(say(reader, '用人单位凭证', 'Credential')).fill(credential);
  await page.getByLabel(say(reader, '名单文件', 'The list')).setInputFiles(file);
  await page.getByRole('button', {name: say(reader, '开始查验', 'Check the list')}).click();
}

const resultHeading = (page, reader) =>
  page.getByRole('heading', {name: say(reader, '批量查验结果', 'What the list comes to')});

// The rows of the table of problems: row of the file → words.
const problemsOf = (page, reader) => page.locator(reader.scripts ? '#live tbody tr' : '#problems tbody tr')
    .evaluateAll((rows) => Object.fromEntries(rows.map((row) => [
      row.querySelector('th').lastChild.textContent.trim(), row.querySelector('.tag').textContent])));

for (const reader of READERS) {
  test(`five spreadsheets as people make them: ${reader.name}`, async () => {
    const page = await openAs(browser, site, reader);
    await page.goto('/check');
    await page.getByRole('link', {name: say(reader, '批量查验名单', 'check a list')}).click();
    for (const [file, right] of Object.entries(RIGHT)) {
      await send(page, reader, join(folder, file));
      await resultHeading(page, reader).waitFor();
      const problems = await problemsOf(page, reader);
      assert.deepEqual(Object.keys(problems), Object.keys(right.problems), file);
      for (const [line, words] of Object.entries(right.problems)) assert.match(problems[line], say(reader, ...words), file);
      assert.match(await page.locator('.answer').first().textContent(), new RegExp(say(reader, `共 ${right.rows} 行`, `of ${right.rows}\\.`)));
      assert.equal(page.url().includes(site.credential), false);
      if (reader.scripts) {
        await page.getByRole('button', {name: say(reader, '全部', 'All')}).click();
        assert.equal(await page.locator('#live tbody tr').count(), right.rows, file);
        assert.ok(await page.locator('#live .pager').isHidden(), 'there is but one page');
      } else {
        await page.goto('/check-list');
      }
    }
    await send(page, reader, join(folder, 'unknown.xlsx'));
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match(await alert.textContent(), say(reader, /第 2 行被读作表头，其中缺少姓名列或证件号码列.*姓名、持证人/, /Row 2 is read as the header.*姓名、持证人/));
    await send(page, reader, join(folder, 'title.xlsx'), site.credential.slice(0, -2));
    await page.getByRole('link', {name: say(reader, /校验字符不符/, /check characters/)}).waitFor();
    const credential = page.getByLabel(say(reader, '用人单位凭证', 'Credential'));
    assert.equal(await credential.getAttribute('aria-describedby'), 'credential-hint credential-fault');
    assert.match(await page.locator('#credential-fault').textContent(), say(reader, /校验字符不符/, /check characters/));
    if (reader.scripts) await expectAccessible(page);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

// Argument: a file, CSV or XLSX. Gives its rows as JSON.
const ROWS = `
import csv, json, sys
import openpyxl
if sys.argv[1].endswith('.csv'):
    rows = list(csv.reader(open(sys.argv[1], encoding='utf-8-sig', newline=''), strict=True))
else:
    sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
    rows = [['' if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
json.dump(rows, sys.stdout)
`;
const rowsOf = (file) => JSON.parse(execFileSync('/usr/bin/python3', ['-c', ROWS, file], {encoding: 'utf8', maxBuffer: 1 << 28}));

async function download(page, name) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name}).click()]);
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

const ROW_COUNT = 10_000;

// Row n of the list, and what it comes to.
function rowOf(n) {
  const one = site.truth[n % site.truth.length];
  const kind = n % 50 === 7 ? 'wrong' : n % 50 === 13 ? 'unknown' : n % 50 === 21 ? 'bad' : 'as it is';
  const number = kind === 'unknown' ? one.unknown_certificate_number : kind === 'bad' ? '1.23E+12' : one.certificate_number;
  const name = kind === 'wrong' ? one.wrong_holder_name : one.holder_name;
  const erased = one.status === 'erased';
  const result = kind === 'bad' ? 'error' : kind !== 'as it is' || erased ? 'no_match' : 'match';
  const shown = result !== 'match' ? result
      : ['revoked', 'cancelled'].includes(one.status) ? 'revoked' : one.issuer_authorized ? 'good' : 'unauthorized';
  return {cells: [number, name], result, shown, status: result === 'match' ? one.status : ''};
}

test('ten thousand rows, each right, in a table that stays small', async () => {
  const reader = READERS.find((one) => one.scripts && one.size === 'desktop' && one.language === 'zh-CN');
  const rows = Array.from({length: ROW_COUNT}, (unused, n) => rowOf(n));
  const file = join(folder, 'ten-thousand.csv');
  writeFileSync(file, '证书编号,姓名\n' + rows.map(({cells}) => cells.join(',')).join('\n'));
  const counts = {};
  for (const {shown} of rows) counts[shown] = (counts[shown] || 0) + 1;
  assert.equal(Object.keys(counts).length, 5, 'every kind occurs');

  const page = await openAs(browser, site, reader);
  await page.goto('/check-list');
  await send(page, reader, file);
  await resultHeading(page, reader).waitFor();
  assert.ok(await resultHeading(page, reader).evaluate((heading) => heading === document.activeElement), 'the heading has the focus');
  const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
  const bound = await nodes() + 100;
  const table = page.locator('#live table');
  const filters = {problems: ROW_COUNT - counts.good, all: ROW_COUNT, ...counts};
  for (const [filter, count] of Object.entries(filters)) {
    const button = page.locator(`[data-filter=${filter}]`);
    await button.focus();
    await page.keyboard.press('Enter');
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    assert.ok((await button.textContent()).endsWith(' ' + count), filter);
    assert.equal(await table.getAttribute('aria-rowcount'), String(count + 1));
    assert.ok(await nodes() < bound, `${await nodes()} nodes with ${filter}`);
  }
  await page.locator('[data-filter=all]').click();
  await page.locator('[data-page=last]').click();
  assert.equal(await table.locator('tbody tr').last().getAttribute('aria-rowindex'), String(ROW_COUNT + 1));
  assert.match(await table.locator('tbody tr').last().locator('th').textContent(), new RegExp(`${ROW_COUNT + 1}$`));
  await page.locator('[data-page=before]').click();
  assert.equal(await table.locator('tbody tr').first().getAttribute('aria-rowindex'), String(ROW_COUNT - 98));
  assert.ok(await nodes() < bound);
  await expectAccessible(page);

  const csv = rowsOf(await download(page, '下载 CSV'));
  assert.equal(csv.length, ROW_COUNT + 2);
  for (const [n, {result, status}] of rows.entries()) {
    assert.deepEqual(csv[n + 1].slice(0, 4), [String(n + 1), String(n + 2), result, status], `row ${n}`);
  }
  assert.match(csv.at(-1)[17], new RegExp(`^rows ${ROW_COUNT}, match `));
  assert.deepEqual(rowsOf(await download(page, '下载 XLSX')), csv);
  assert.deepEqual(page.faults, []);
  await page.context().close();

  // What the script makes of the answer is what the service itself would have made of it.
  const answer = await fetch(site.base + '/v1/verifications/batch', {
    method: 'POST', body: readFileSync(file),
    headers: {'Content-Type': 'text/csv', 'Accept': 'text/csv', 'Accept-Language': 'zh-CN', 'Authorization': 'Bearer ' + site.credential},
  });
  const served = join(folder, 'served.csv');
  writeFileSync(served, Buffer.from(await answer.arrayBuffer()));
  assert.deepEqual(rowsOf(served).slice(0, -1), csv.slice(0, -1));
});

test('an answer that is cut is said to be, with what came of it', async () => {
  const reader = READERS.find((one) => one.scripts && one.language === 'zh-CN');
  const page = await openAs(browser, site, reader);
  await page.route('**/v1/verifications/batch', (route) => route.fulfill({
    contentType: 'application/x-ndjson', headers: {'Chayan-Rows': '3'},
    body: '{"row":1,"line":2,"result":"no_match","help":["请核对"]}\n{"row":2,"line":3,"result":"error","detail":"缺少证书编号。"}\n{"row":3,"li',
  }));
  await page.goto('/check-list');
  await send(page, reader, join(folder, 'gb18030.csv'));
  await resultHeading(page, reader).waitFor();
  assert.match(await page.getByRole('alert').textContent(), /3 行中已查验 2 行/);
  assert.equal(await page.locator('#live tbody tr').count(), 2);
  await page.context().close();
});

test('a file that is too long is said to be, before it is sent', async () => {
  const reader = READERS.find((one) => one.scripts && one.language === 'zh-CN');
  const page = await openAs(browser, site, reader);
  await page.goto('/check-list');
  await send(page, reader, {name: 'photos.xlsx', mimeType: 'application/zip', buffer: Buffer.alloc((4 << 20) + 1)});
  await page.locator('#live .summary').filter({hasText: '文件超过 4 MB'}).waitFor();
  assert.match(await page.locator('#file-fault').textContent(), /去掉图片/);
  await send(page, reader, join(folder, 'gaps.xlsx'));
  await resultHeading(page, reader).waitFor();
  assert.equal(await page.locator('.fault').count(), 0);
  assert.equal(await page.getByLabel('名单文件').getAttribute('aria-describedby'), 'file-hint');
  await page.context().close();
});

test('a file that is too long is said to be by a page, where nothing could be said before', async () => {
  for (const reader of READERS.filter((one) => !one.scripts && one.size === 'phone')) {
    const page = await openAs(browser, site, reader);
    await page.goto('/check-list');
    const answer = page.waitForResponse((response) => response.url().endsWith('/verify-list'));
    await send(page, reader, {name: 'photos.xlsx', mimeType: 'application/zip', buffer: Buffer.alloc(9 << 20)});
    assert.equal((await answer).status(), 413);
    assert.match(await page.locator('main').textContent(), reader.language === 'zh-CN' ? /最多接受 4 MiB.*去掉图片/ : /up to 4 MiB.*remove pictures/);
    await page.context().close();
  }
});

test('a file may be dropped on its field', async () => {
  const reader = READERS.find((one) => one.scripts);
  const page = await openAs(browser, site, reader);
  await page.goto('/check-list');
  await page.locator('.drop').evaluate((field) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['证书编号,姓名\n1,甲\n'], 'dropped.csv'));
    field.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
  });
  assert.equal(await page.getByLabel('名单文件').evaluate((input) => input.files[0].name), 'dropped.csv');
  await page.context().close();
});

for (const language of ['zh-CN', 'en']) {
  test(`the answer to the form validates and is accessible: ${language}`, async () => {
    const reader = READERS.find((one) => one.language === language && !one.scripts && one.size === 'phone');
    const page = await openAs(browser, site, reader, {viewport: {width: 320, height: 256}});
    const validator = new HtmlValidate({extends: ['html-validate:standard']});
    for (const file of ['title.xlsx', 'unknown.xlsx']) {
      await page.goto('/check-list');
      const answer = page.waitForResponse((response) => response.url().endsWith('/verify-list'));
      await send(page, reader, join(folder, file));
      const report = await validator.validateString(await (await answer).text());
      assert.deepEqual(report.results.flatMap((result) => result.messages.map(
          (message) => `${message.line}:${message.column} ${message.ruleId}: ${message.message}`)), []);
      await page.waitForLoadState();
    }
    await page.context().close();
    const seeing = await openAs(browser, site, {...reader, scripts: true}, {viewport: {width: 320, height: 256}});
    await seeing.goto('/check-list');
    // As if the script were not there: axe needs one of its own.
    await seeing.route('**/assets/list-*', (route) => route.abort());
    await seeing.reload();
    await send(seeing, reader, join(folder, 'title.xlsx'));
    await resultHeading(seeing, reader).waitFor();
    await expectAccessible(seeing);
    assert.ok(await seeing.evaluate(() => document.documentElement.scrollWidth) <= 320, 'runs out of the screen');
    await seeing.context().close();
  });
}
