// Checking one certificate, as each reader does it.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {axeFaults, openAs, READERS, say, startBrowser, startSite} from './site.mjs';

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
  await page.goto(from);
  await page.getByLabel(say(reader, '证书编号', 'Certificate number')).fill(number);
  await page.getByLabel(say(reader, '持证人姓名', 'Holder')).fill(name);
  await page.getByRole('button', {name: say(reader, '查验证书', 'Check')}).click();
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
}
