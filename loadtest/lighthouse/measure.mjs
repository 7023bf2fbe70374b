// Lighthouse on the three main pages: a phone on a simulated slow 4G, which is its default. Prints
// the scores, the first contentful paint and the bytes over the wire; ends with 1 where they are
// not what the pages are held to. loadtest/lighthouse.sh brings what it needs.
import {launch} from 'chrome-launcher';
import lighthouse from 'lighthouse';
import {startSite} from '../../tests/web/site.mjs';

const PAGES = {'/': 60 * 1024, '/institutions?q=养老护理员': Infinity, '/check': Infinity};  // bytes at most
const CATEGORIES = {'performance': 98, 'accessibility': 98, 'best-practices': 98, 'seo': 98};  // scores at least

const site = await startSite();
const chrome = await launch({
  chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // Containers have no user namespaces to make a sandbox of; the pages are our own.
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage'],
});
let bad = 0;
const complain = (words) => {
  console.log('  ' + words);
  bad++;
};

for (const [address, bytes_max] of Object.entries(PAGES)) {
  const {lhr} = await lighthouse(site.base + encodeURI(address),
      {port: chrome.port, onlyCategories: Object.keys(CATEGORIES), logLevel: 'error'});
  if (lhr.runtimeError) complain(lhr.runtimeError.message);  // such as a browser that has painted nothing yet
  const scores = Object.entries(lhr.categories).map(([name, {score}]) => [name, Math.round(score * 100)]);
  const paint_ms = lhr.audits['first-contentful-paint'].numericValue;
  const bytes = lhr.audits['total-byte-weight'].numericValue;
  console.log(`${address}: ${scores.map(([name, score]) => `${name} ${score}`).join(', ')}; first contentful paint ${(paint_ms / 1000).toFixed(1)} s; ${(bytes / 1024).toFixed(1)} KiB over the wire`);
  for (const [name, score] of scores) {
    if (score >= CATEGORIES[name]) continue;
    complain(`${name} is under ${CATEGORIES[name]}:`);
    for (const {id, weight} of lhr.categories[name].auditRefs) {
      const audit = lhr.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 1) console.log(`    ${id}: ${audit.title} ${audit.displayValue ?? ''}`);
    }
  }
  if (bytes > bytes_max) complain(`more than ${bytes_max} bytes`);
  for (const {url} of lhr.audits['network-requests'].details.items) {
    if (!url.startsWith(site.base + '/') && !url.startsWith('data:')) complain('asks ' + url);
  }
}
chrome.kill();
await site.stop();
process.exitCode = bad === 0 ? 0 : 1;
