// What every test of the pages stands on: one served registry, one browser, and the ways in which
// readers come to it. Needs CHAYAN_BINARY (the program) and Debian's chromium. playwright-core stays
// below 1.62, which wants Node.js 20: Debian bookworm has 18.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import AxeBuilder from '@axe-core/playwright';
import {chromium} from 'playwright-core';

const PATIENCE_MS = 60_000;  // against a hang alone

const lines = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

// The day in Shanghai, which is the service's.
export const today = () => new Intl.DateTimeFormat('sv-SE', {timeZone: 'Asia/Shanghai'}).format(new Date());

// The program that is tested.
export function chayan() {
  const named = process.env.CHAYAN_BINARY;
  if (!named) throw new Error('CHAYAN_BINARY names no program');
  return named;
}

// Writes the demo registry; {files to import, truth, institutions} as `chayan demo` writes them.
function writeDemo(folder, {institutions = 60, certificates = 300}) {
  execFileSync(chayan(), ['demo', '--institutions', institutions, '--certificates', certificates, '--seed', '1', '--out', folder],
      {stdio: 'ignore'});
  return {
    files: [join(folder, 'registry.ndjson')],
    truth: lines(join(folder, 'truth.ndjson')),
    institutions: lines(join(folder, 'institutions.ndjson')),
  };
}

// An own data directory, served on a free port of loopback: the demo registry, or what `write` puts
// into a folder of its own. {base, credential, stop(), ...}, with what `write` gave besides the files;
// `credential` is an employer's.
export async function startSite({flags = [], write, ...demo} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'chayan-web-'));
  const data = join(folder, 'data');
  const {files, ...truth} = write ? write(folder) : writeDemo(join(folder, 'demo'), demo);
  execFileSync(chayan(), ['import', '--data', data, ...files], {stdio: ['ignore', 'ignore', 'inherit']});
  const credential = execFileSync(chayan(), ['credentials', 'add', 'acme', '--data', data],
      {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();
  const server = spawn(chayan(), ['serve', '--data', data, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...flags]);
  const ended = new Promise((resolve) => server.once('exit', resolve));
  let said = '';
  const base = await new Promise((resolve, reject) => {
    const give_up = setTimeout(() => reject(new Error('not listening: ' + said)), PATIENCE_MS);
    const hear = (line) => {
      said += line + '\n';
      const found = /listens on (http:\/\/[\d.:]+)/.exec(line);
      if (found) {
        clearTimeout(give_up);
        resolve(found[1]);
      }
    };
    createInterface({input: server.stdout}).on('line', hear);
    createInterface({input: server.stderr}).on('line', hear);
    server.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  return {
    base,
    ...truth,
    credential,
    async stop() {
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, {recursive: true});
    },
  };
}

// Leads to this machine, and to a browser is somewhere else: over HTTP no secure context.
export const PLAIN_HOST = 'registry.test';

// Containers have no user namespaces to make a sandbox of; the pages are our own.
export const startBrowser = (flags = []) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`, ...flags],
});

const SIZES = {phone: {width: 360, height: 740}, desktop: {width: 1280, height: 900}};

// Every reader there is: two languages, two sizes, with scripts and without.
export const READERS = ['zh-CN', 'en'].flatMap((language) => Object.keys(SIZES).flatMap(
    (size) => [true, false].map((scripts) => ({language, size, scripts,
      name: `${language}, ${size}, ${scripts ? 'with' : 'without'} scripts`}))));

// A page of its own for one reader. What went wrong in it (errors of scripts, refusals by the
// content security policy, requests to another host) gathers in page.faults.
export async function openAs(browser, site, reader, more = {}) {
  const context = await browser.newContext({
    baseURL: site.base,
    locale: reader.language,
    viewport: SIZES[reader.size],
    javaScriptEnabled: reader.scripts,
    reducedMotion: 'reduce',
    ...more,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    // A refusal that a page is about (404, 400) is logged by the browser too; it is no fault.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) page.faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(site.base) && !request.url().startsWith('data:')) page.faults.push('asks ' + request.url());
  });
  return page;
}

// Gives each reader's page, opened by `open` and used again until another reader comes: a page costs
// as much as six looks at it, and the site keeps nothing in a browser that a journey could leave to
// the next.
export function onePageEach(open) {
  let current = {};
  return async (reader) => {
    if (current.reader !== reader) {
      await current.page?.context().close();
      current = {reader, page: await open(reader)};
    }
    await current.page.unrouteAll();
    current.page.faults.length = 0;
    return current.page;
  };
}

// What axe finds wrong with a page by all rules, or by `choose`'s, one sentence each. Without the
// parts of it that no page here needs, which cost twice as much as the rest: the site has no frames
// (legacy mode leaves out looking into them), and nobody reads what passed.
export async function axeFaults(page, choose = (axe) => axe) {
  // A page that came by a form may be looked at before its style sheet is there.
  await page.waitForLoadState();
  const axe = choose(new AxeBuilder({page}).options({resultTypes: ['violations']})).setLegacyMode();
  const {violations} = await axe.analyze();
  return violations.flatMap(({id, nodes}) => nodes.map(
      (node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

// The words of one of a page's two languages.
export const say = (reader, zh, en) => reader.language === 'en' ? en : zh;
