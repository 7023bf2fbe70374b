// Scanning QR codes on the check page. Chromium's camera shows a file that this test draws from our
// own QR codes; Debian's Chromium has no BarcodeDetector, so zbarimg reads the very pictures that the
// page sees.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {openAs, READERS, say, startBrowser, startSite} from './site.mjs';

const WIDTH = 640;
const HEIGHT = 480;
const PIXELS = 8;  // a module

const WITH_SCRIPTS = READERS.filter((reader) => reader.scripts);
const WITHOUT = READERS.filter((reader) => !reader.scripts);

let folder;
let video;
let site;
let browser;
let one;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chayan-scan-'));
  video = join(folder, 'camera.y4m');
  site = await startSite({flags: ['--no-limits']});
  one = site.truth.find((certificate) => certificate.status === 'valid');
  show([]);
  browser = await startBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
    '--use-file-for-fake-video-capture=' + video]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  if (folder) rmSync(folder, {recursive: true});
});

// What the camera sees from the next time it is opened on: dark rectangles [x, y, width] of one
// module's height, in the middle of a white frame.
function show(rectangles, modules = 0) {
  const luma = Buffer.alloc(WIDTH * HEIGHT, 235);
  const left = (WIDTH - modules * PIXELS) >> 1;
  const top = (HEIGHT - modules * PIXELS) >> 1;
  for (const [x, y, width] of rectangles) {
    for (let row = 0; row < PIXELS; row++) {
      const begin = (top + y * PIXELS + row) * WIDTH + left + x * PIXELS;
      luma.fill(16, begin, begin + width * PIXELS);
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc(WIDTH * HEIGHT / 2, 128)]);
  writeFileSync(video, Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]));
}

// One of our codes, as a page or a file draws it.
function showSvg(svg) {
  const [, modules] = /viewBox="0 0 (\d+) /.exec(svg);
  const rectangles = [...svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g)].map((found) => found.slice(1).map(Number));
  assert.ok(rectangles.length > 100);
  show(rectangles, Number(modules));
}

// A page whose browser can find codes: in the picture of the camera, or the text it is told.
async function openWithDetector(reader) {
  const page = await openAs(browser, site, reader);
  await page.exposeFunction('readPicture', (png) => {
    const picture = join(folder, 'seen.png');
    writeFileSync(picture, Buffer.from(png, 'base64'));
    try {
      return execFileSync('zbarimg', ['--raw', '-q', '-Sdisable', '-Sqrcode.enable', picture], {encoding: 'utf8'}).trim();
    } catch {
      return '';  // no code in it
    }
  });
  await page.addInitScript(() => {
    window.BarcodeDetector = class {
      static async getSupportedFormats() { return ['qr_code']; }
      async detect(video) {
        if (window.told) return [{rawValue: window.told}];
        const canvas = document.createElement('canvas');
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        canvas.getContext('2d').drawImage(video, 0, 0);
        const text = await window.readPicture(canvas.toDataURL('image/png').split(',')[1]);
        return text ? [{rawValue: text}] : [];
      }
    };
  });
  await page.goto('/check');
  return page;
}

const scanButton = (page, reader) => page.getByRole('button', {name: say(reader, '扫描二维码', 'Scan a QR code')});
const status = (page) => page.locator('#scan [role=status]');

async function makeReport() {
  const answer = await fetch(site.base + '/v1/reports', {method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({certificate_number: one.certificate_number, holder_name: one.holder_name,
      document_number: one.document_number, valid_days: 1, show: ['level']})});
  return answer.json();
}

for (const reader of WITH_SCRIPTS) {
  test(`a report's code before the camera opens the report: ${reader.name}`, async () => {
    const {qr, code} = await makeReport();
    showSvg(await (await fetch(site.base + qr)).text());
    const page = await openWithDetector(reader);
    await scanButton(page, reader).click();
    await page.waitForURL('**/r/' + code);
    assert.match(await page.locator('main').textContent(), say(reader, /有效/, /Valid/));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test(`what else a code may hold: ${reader.name}`, async () => {
    show([]);
    const {code} = await makeReport();
    const page = await openWithDetector(reader);
    const scan = async (text) => {
      await page.evaluate((held) => { window.told = held; }, text);
      await scanButton(page, reader).click();
    };
    const refused = [
      ['https://elsewhere.example/r/' + code, say(reader, /其他网站/, /another site/)],
      [site.base + '/data/stored', say(reader, /不是分享报告/, /of no report/)],
      [site.base + '//elsewhere.example/r/' + code, say(reader, /不是分享报告/, /of no report/)],
      ['javascript:alert(1)', say(reader, /既不是/, /neither/)],
      ['张三', say(reader, /既不是/, /neither/)],
    ];
    for (const [text, sentence] of refused) {
      await scan(text);
      await status(page).filter({hasText: sentence}).waitFor();
      assert.equal(page.url(), site.base + '/check');
    }
    await scan(one.certificate_number);
    await status(page).filter({hasText: say(reader, /已扫描/, /Scanned/)}).waitFor();
    assert.equal(await page.locator('#certificate_number').inputValue(), one.certificate_number);
    assert.ok(await page.locator('#holder_name').evaluate((field) => field === document.activeElement));
    await scan(code.toLowerCase().replace(/(.{4})(?=.)/g, '$1-'));
    await page.waitForURL('**/r/' + code);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test('the camera is let go when scanning stops', async () => {
  show([]);
  const [reader] = WITH_SCRIPTS;
  const page = await openWithDetector(reader);
  await scanButton(page, reader).click();
  const stop = page.getByRole('button', {name: say(reader, '停止扫描', 'Stop scanning')});
  await stop.waitFor();
  const track = await page.evaluateHandle(() => document.querySelector('video').srcObject.getTracks()[0]);
  await stop.click();
  assert.equal(await track.evaluate((one) => one.readyState), 'ended');
  assert.ok(await page.locator('video').isHidden());
  await page.context().close();
});

test('the camera is let go when an answer takes the place of the form', async () => {
  show([]);
  const [reader] = WITH_SCRIPTS;
  const page = await openWithDetector(reader);
  await scanButton(page, reader).click();
  await page.locator('video').waitFor();
  const track = await page.evaluateHandle(() => document.querySelector('video').srcObject.getTracks()[0]);
  await page.locator('#certificate_number').fill(one.certificate_number);
  await page.locator('#holder_name').fill(one.holder_name);
  await page.locator('form[action="/verify"] [type=submit]').click();
  await page.locator('.answer').first().waitFor();
  await page.waitForFunction((of) => of.readyState === 'ended', track);
  await page.context().close();
});

for (const [why, reader] of [['no detector', WITH_SCRIPTS[0]], ...WITHOUT.map((one) => ['no scripts', one])]) {
  test(`where the page cannot scan it says what can, ${why}: ${reader.name}`, async () => {
    const page = await openAs(browser, site, reader);
    await page.goto('/check');
    assert.equal(await scanButton(page, reader).count(), 0);
    assert.match(await page.locator('#scan').textContent(), say(reader, /手机自带的相机/, /phone's own camera/));
    await page.context().close();
  });
}
