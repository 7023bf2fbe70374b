// What every test of the pages stands on: one served registry, one browser, and the ways in which
// readers come to it. Needs CHAYAN_BINARY (the program) and Debian's chromium.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {chromium} from 'playwright-core';

const PATIENCE_MS = 60_000;  // against a hang alone

const lines = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

// The day in Shanghai, which is the service's.
export const today = () => new Intl.DateTimeFormat('sv-SE', {timeZone: 'Asia/Shanghai'}).format(new Date());

// An own data directory with the demo registry, served on a free port of loopback.
// {base, truth, institutions, stop()}; `truth` and `institutions` as `chayan demo` writes them.
export async function startSite({institutions = 60, certificates = 300, flags = []} = {}) {
  const chayan = process.env.CHAYAN_BINARY;
  if (!chayan) throw new Error('CHAYAN_BINARY names no program');
  const folder = mkdtempSync(join(tmpdir(), 'chayan-web-'));
  const demo = join(folder, 'demo');
  const data = join(folder, 'data');
  execFileSync(chayan, ['demo', '--institutions', institutions, '--certificates', certificates, '--seed', '1', '--out', demo],
      {stdio: 'ignore'});
  execFileSync(chayan, ['import', '--data', data, join(demo, 'registry.ndjson')], {stdio: 'ignore'});
  const server = spawn(chayan, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...flags]);
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
    truth: lines(join(demo, 'truth.ndjson')),
    institutions: lines(join(demo, 'institutions.ndjson')),
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

// The words of one of a page's two languages.
export const say = (reader, zh, en) => reader.language === 'en' ? en : zh;
