// Checking one certificate, as each reader does it.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {check as checkOn, listReports, makeReport, submit} from './journeys.mjs';
import {axeFaults, openAs, PLAIN_HOST, READERS, say, startBrowser, startSite} from './site.mjs';

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

async function check(page, reader, number, name, from = '/check') {
  await checkOn(page, number, name, from);
  await page.locator('main [role=status]').first().waitFor();
  assert.deepEqual(page.faults, []);
}

const expectAccessible = async (page) => assert.deepEqual(await axeFaults(page), []);

const WORDS = {
  valid: [/有效/, /valid/i],
  corrected: [/更正/, /corrected/i],
  reissued: [/补|换/, /reissued/i],
  revoked: [/撤销/, /revoked/i],
  cancelled: [/注销/, /cancelled/i],
};

for (const reader of READERS) {
  for (const [status, [zh, en]] of Object.entries(WORDS)) {
    test(`${status}, in the first sentence: ${reader.name}`, async (t) => {
      const one = site.truth.find((certificate) => certificate.status === status);
      if (!one) return t.skip('the demo has none');
      const page = await openAs(browser, site, reader);
      await check(page, reader, one.certificate_number, one.holder_name, '/');
      assert.match(await page.locator('.answer').first().textContent(), say(reader, zh, en));
      assert.ok(!page.url().includes(one.certificate_number), 'the number stands in the address');
      assert.equal(await page.getByText(one.holder_name, {exact: true}).count(), 0, 'the name is not masked');
      if (reader.scripts) await expectAccessible(page);
      await page.context().close();
    });
  }

  test(`spaces, full width and lower case do no harm: ${reader.name}`, async () => {
    const one = site.truth.find((certificate) => certificate.status === 'valid');
    const number = ' ' + one.certificate_number.toLowerCase().replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))
        .replace(/(.{4})/g, '$1 ');
    const page = await openAs(browser, site, reader);
    await check(page, reader, number, ` ${one.holder_name} `);
    assert.match(await page.locator('.answer').first().textContent(), say(reader, /有效/, /valid/i));
    await page.context().close();
  });

  test(`no match says what to do next: ${reader.name}`, async () => {
    const one = site.truth.find((certificate) => certificate.status === 'valid');
    const page = await openAs(browser, site, reader);
    await check(page, reader, one.certificate_number, one.wrong_holder_name);
    assert.match(await page.locator('h1').textContent(), say(reader, /未找到/, /No match/));
    assert.ok(await page.locator('main ul li').count() > 0);
    if (reader.scripts) await expectAccessible(page);
    await page.context().close();
  });

  test(`a match is saved, printed and verified again: ${reader.name}`, async () => {
    const one = site.truth.find((certificate) => certificate.status === 'corrected');
    const page = await openAs(browser, site, reader);
    await check(page, reader, one.certificate_number, one.holder_name);
    assert.match(await page.locator('h1').textContent(), say(reader, /^证书有效/, /^This certificate is valid/));
    const print = page.locator('[data-print]');
    assert.equal(await print.isVisible(), reader.scripts, 'there is no button without scripts');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', {name: say(reader, '保存凭据', 'Save the receipt')}).click(),
    ]);
    const file = readFileSync(await download.path());
    const digest = createHash('sha256').update(file).digest('hex');
    assert.ok((await page.locator('main').textContent()).includes(digest), 'the digest is not of the file');
    await page.emulateMedia({media: 'print'});
    assert.ok(await page.getByText(digest).isVisible(), 'the print names the file');
    assert.ok(await page.locator('svg.qr').isVisible());
    for (const control of await page.locator('main button, main input').all()) assert.ok(!await control.isVisible());
    await page.emulateMedia({media: 'screen'});
    const log = await (await fetch(site.base + '/v1/log')).json();
    const said = execFileSync(process.env.CHAYAN_BINARY, ['check-receipt', await download.path(), '--key', log.keys[0].vkey],
        {encoding: 'utf8'});
    assert.ok(said.includes(one.certificate_number));

    await page.goto('/data/receipts#sha256=' + digest);
    if (reader.scripts) assert.equal(await page.locator('#sha256').inputValue(), digest);
    await page.locator('#receipt').fill(file.toString());
    await page.locator('#sha256').fill(digest);
    await Promise.all([page.waitForNavigation(),
      page.getByRole('button', {name: say(reader, '核验凭据', 'Verify the receipt')}).click()]);
    const answer = await page.locator('main').textContent();
    assert.match(answer, say(reader, /凭据成立/, /genuine/));
    assert.match(answer, say(reader, /是同一份文件/, /the same file/));
    assert.ok(answer.includes(one.certificate_number));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test(`the holder makes a report, sees who looked, extends and ends it: ${reader.name}`, async () => {
    // A certificate for each reader, so that no list is another's.
    const valid = site.truth.filter((certificate) => certificate.status === 'valid' && certificate.document_number);
    const one = valid[READERS.indexOf(reader) + 1];
    const page = await openAs(browser, site, reader);
    await makeReport(page, one);
    const address = await page.locator('main a[href^="/r/"]').getAttribute('href');
    assert.equal(await page.locator('main svg.qr').count(), 1);
    const stranger = await openAs(browser, site, reader);
    await stranger.goto(address);
    assert.equal(await stranger.locator('[data-print]').isVisible(), reader.scripts, 'a report is there to print');
    assert.match(await stranger.locator('main').textContent(), say(reader, /有效/, /Valid/));
    assert.ok(!(await stranger.content()).includes(one.certificate_number));

    await listReports(page, one);
    assert.equal(await page.locator('.card').count(), 1);
    assert.ok(!(await page.content()).includes(address.slice('/r/'.length)), 'the list does not hold the code');
    const days = page.locator('[name=valid_days]');
    const extend = page.getByRole('button', {name: say(reader, '延长', 'Extend')});
    const [field, button] = [await days.boundingBox(), await extend.boundingBox()];
    assert.ok(button.x - field.x - field.width < 32, 'the button is far from its field');
    await days.fill('90');
    await submit(page, extend);
    assert.match(await page.locator('main [role=status]').first().textContent(), say(reader, /有效期现至/, /Valid until/));
    await submit(page, page.getByRole('button', {name: say(reader, '结束这份报告', 'End this report')}));
    assert.equal((await stranger.goto(address)).status(), 404);
    for (const each of [page, stranger]) {
      for (const value of [one.certificate_number, one.holder_name, one.document_number]) {
        assert.ok(!decodeURIComponent(each.url()).includes(value), 'it stands in the address');
      }
      assert.deepEqual(each.faults, []);
      await each.context().close();
    }
  });
}

for (const reader of READERS.filter((one) => one.scripts)) {
  test(`what was typed stays where something is wrong: ${reader.name}`, async () => {
    const page = await openAs(browser, site, reader);
    await checkOn(page, '1.2E+17', '测试');
    assert.equal(await page.locator('.summary a').getAttribute('href'), '#certificate_number');
    assert.equal(await page.locator('#certificate_number').inputValue(), '1.2E+17');
    assert.equal(await page.locator('#holder_name').inputValue(), '测试');
    assert.ok(await page.locator('.summary').evaluate((summary) => summary === document.activeElement));
    await page.context().close();
  });
}

// The answer once took the place of the form for good: Back left the site.
for (const reader of READERS.filter((one) => one.scripts && one.size === 'phone')) {
  test(`Back gives the form again, and Forward the answer: ${reader.name}`, async () => {
    const one = site.truth.find((certificate) => certificate.status === 'valid');
    const page = await openAs(browser, site, reader);
    await page.goto('/data');
    await checkOn(page, '1.2E+17', one.holder_name);
    await page.locator('.summary a').click();  // an address of its own, of the same view
    assert.ok(await page.locator('#certificate_number').evaluate((field) => field === document.activeElement));
    await page.goBack();
    assert.ok(await page.locator('.summary').isVisible());
    await page.locator('#certificate_number').fill(one.certificate_number);
    await page.locator('#holder_name').fill(one.holder_name);
    await submit(page, page.locator('form[action="/verify"] [type=submit]'));
    const heading = page.locator('h1');
    await heading.filter({hasText: say(reader, '证书有效', 'This certificate is valid')}).waitFor();
    await page.goBack();
    await page.locator('.summary').waitFor();
    const field = page.locator('#certificate_number');
    assert.ok(await page.locator('form[action="/verify"] [type=submit]').isEnabled());
    assert.equal(await field.inputValue(), one.certificate_number);
    await page.goBack();
    await heading.filter({hasText: say(reader, '查验证书', 'Check a certificate')}).waitFor();
    await page.goForward();
    await page.goForward();
    await heading.filter({hasText: say(reader, '证书有效', 'This certificate is valid')}).waitFor();
    await page.reload();
    await heading.filter({hasText: say(reader, '查验证书', 'Check a certificate')}).waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

// A list of reports holds what proves its holder, and the page says that leaving it ends that.
test('a page that was left holds no answer any more', async () => {
  const reader = READERS.find((one) => one.scripts);
  const one = site.truth.find((certificate) => certificate.status === 'valid');
  const page = await openAs(browser, site, reader);
  await listReports(page, one);
  // Playwright's browsers keep no page that was left; this is what one that does would tell it.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true})));
  assert.equal(await page.locator('form[action="/reports/list"]').count(), 1);
  assert.equal(await page.locator('main input[type=hidden]').count(), 0);
  await page.context().close();
});

// A form that got no answer was sent a second time unasked, and what was typed was gone.
for (const reader of READERS.filter((one) => one.scripts && one.size === 'phone')) {
  test(`where no answer comes, it says so and keeps what was typed: ${reader.name}`, async () => {
    const one = site.truth.find((certificate) => certificate.status === 'valid');
    const page = await openAs(browser, site, reader);
    let sent = 0;
    await page.route('**/verify', (route) => { sent++; return route.abort(); });
    await page.goto('/check');
    await page.locator('#certificate_number').fill(one.certificate_number);
    await page.locator('#holder_name').fill(one.holder_name);
    const button = page.locator('form[action="/verify"] [type=submit]');
    await button.click();
    const alert = page.locator('main [role=alert]');
    await alert.waitFor();
    assert.match(await alert.textContent(), say(reader, /没有收到答复/, /no answer/));
    assert.ok(await alert.evaluate((said) => said === document.activeElement));
    await expectAccessible(page);
    assert.equal(sent, 1);
    await page.unroute('**/verify');
    await Promise.all([page.waitForURL('**/verify'), button.click()]);
    assert.match(await page.locator('h1').textContent(), say(reader, /证书有效/, /is valid/));
    await page.context().close();
  });
}

// Pages of forms took 4 KiB, and what was longer was refused in JSON.
for (const reader of READERS.filter((one) => one.size === 'phone')) {
  test(`what is far too long is said to be, beside its field: ${reader.name}`, async () => {
    const page = await openAs(browser, site, reader);
    await checkOn(page, '9'.repeat(9000), '甲');
    assert.match(await page.locator('.summary').textContent(), say(reader, /过长/, /not this long/));
    assert.equal(await page.locator('#certificate_number').getAttribute('aria-invalid'), 'true');
    await page.goto('/reports');
    await page.locator('#certificate_number').fill('1');
    await page.locator('#holder_name').fill('甲'.repeat(3000));
    await page.locator('#document_number').fill('1');
    await submit(page, page.locator('form[action="/reports/new"] [type=submit]'));
    await page.locator('.summary').waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test('a file that the form of receipts cannot take is said to be', async () => {
  const reader = READERS.find((one) => one.scripts && one.language === 'zh-CN');
  const page = await openAs(browser, site, reader);
  await page.goto('/data/receipts');
  const choose = (buffer) => page.getByLabel('或选择文件').setInputFiles({name: 'a.json', mimeType: 'application/json', buffer});
  const alert = page.locator('form [role=alert]');
  for (const buffer of [Buffer.alloc(1 << 20, 120), Buffer.alloc(200_000, '"'), Buffer.alloc(0)]) {
    await choose(buffer);
    await alert.filter({hasText: '超过本表单的上限'}).waitFor();
    assert.equal(await page.locator('#receipt').inputValue(), '');
  }
  await choose(Buffer.from('{}'));
  await alert.filter({hasText: /^$/}).waitFor({state: 'attached'});
  assert.equal(await page.locator('#receipt').inputValue(), '{}');
  await page.context().close();
});

// Over plain HTTP from another machine a browser does not say Sec-Fetch-Site, and Origin has to do.
const [plain] = READERS.filter((one) => !one.scripts);
test('own forms work over plain HTTP, and another site gets nothing', async () => {
  const one = site.truth.find((certificate) => certificate.status === 'valid');
  const port = new URL(site.base).port;
  const named = {base: 'http://' + PLAIN_HOST + ':' + port};
  const page = await openAs(browser, named, plain);
  await checkOn(page, one.certificate_number, one.holder_name);
  assert.match(await page.locator('h1').textContent(), /证书有效/);

  for (const base of [site.base, named.base]) {
    const form = `<form method="post" action="${base}/verify"><input name="certificate_number" value="${one.certificate_number}">` +
        `<input name="holder_name" value="${one.holder_name}"><button>x</button></form>`;
    const foreign = await openAs(browser, {base: 'http://elsewhere.test'}, plain);
    await foreign.route('http://elsewhere.test/**', (route) => route.fulfill({contentType: 'text/html', body: form}));
    await foreign.goto('/');
    const [answer] = await Promise.all([foreign.waitForNavigation(), foreign.locator('button').click()]);
    assert.equal(answer.status(), 403);
    assert.match(await foreign.locator('h1').textContent(), /来自其他网站/);
    await foreign.context().close();
  }
  await page.context().close();
});
