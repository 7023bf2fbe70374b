// A picture of every page and state in four forms, phone and desktop, light and dark, for somebody
// to look at:
//
//   CHAYAN_BINARY=build/release/chayan node tests/web/screenshots.mjs [PART OF A NAME]
//
// writes build/screenshots/NAME.SIZE.SCHEME.png. In Chinese, with scripts, whole pages.
import {mkdirSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {go, waysOf} from './addresses.mjs';
import {openAs, READERS, startBrowser, startSite} from './site.mjs';

const OUT = join(dirname(fileURLToPath(import.meta.url)), '../../build/screenshots');
const [part = ''] = process.argv.slice(2);

// What a script brings and no address has.
const SUGGESTIONS = 'home, suggestions';
const ways = async (site) => ({...await waysOf(site), [SUGGESTIONS]: '/'});

async function suggest(page) {
  await page.locator('#q').pressSequentially('ylhly');
  await page.locator('.suggestions [role=option]').first().waitFor();
}

rmSync(OUT, {recursive: true, force: true});
mkdirSync(OUT, {recursive: true});
const site = await startSite({flags: ['--no-limits', '--public-url', 'https://verify.example']});
const browser = await startBrowser();
let made = 0;
for (const reader of READERS.filter((one) => one.language === 'zh-CN' && one.scripts)) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await openAs(browser, site, reader, {colorScheme});
    for (const [name, way] of Object.entries(await ways(site))) {
      if (!name.includes(part)) continue;
      await go(page, way);
      if (name === SUGGESTIONS) await suggest(page);
      const file = `${name.replace(/[^\w]+/g, '-')}.${reader.size}.${colorScheme}.png`;
      await page.screenshot({path: join(OUT, file), fullPage: true});
      made++;
    }
    await page.context().close();
  }
}
await browser.close();
await site.stop();
console.log(`${made} pictures in ${OUT}`);
