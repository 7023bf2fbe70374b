// Every page of the site and every state of one, by name: what pages.test.mjs, escaping.test.mjs
// and screenshots.mjs go through. A new page is a line here.
//
// A way to a page is its address, a form on another page that is filled in and sent, or a function
// that goes there step by step and gives the response that the page came with.
import {check, fill, listReports, proofOf, submit} from './journeys.mjs';

// Fills in the controls of these names in the form at `address` that has them all, and sends it.
// Of a select the value is chosen, of a file input it is the file's path.
const form = (address, controls) => ({address, controls});

// The ways by name. `report` is the code of a share report that is open; `of` gives the
// certificate of the demo with this status.
export async function waysOf(site) {
  const [one, two, three] = site.institutions;
  const held = site.institutions.flatMap((institution) => institution.offerings).find((offering) => offering.item);
  const of = (status) => site.truth.find((certificate) => certificate.status === status);
  const asked = ({certificate_number, holder_name}) => ({certificate_number, holder_name});
  const valid = of('valid');
  const report = await makeReport(site, valid);
  return {
    'home': '/',
    'institutions': '/institutions',
    'institutions by words': '/institutions?q=' + encodeURIComponent('养老护理员'),
    'institutions by certificate': '/institutions?item=' + held.item,
    'institutions, one to compare': '/institutions?compare=' + one.credit_code,
    'institutions, none found': '/institutions?q=qqqqqq',
    'institutions, a wrong condition': '/institutions?on=2026-13-01',
    'an institution': '/institutions/' + one.credit_code,
    'an institution on a day': `/institutions/${one.credit_code}?on=2025-01-01`,
    'an institution that is not there': '/institutions/91350100M000100Y43',
    'an institution, no code': '/institutions/91310000000000000X',
    'comparison of two': `/compare?codes=${one.credit_code},${two.credit_code}`,
    'comparison of three': `/compare?codes=${one.credit_code},${two.credit_code},${three.credit_code}`,
    'comparison of none': '/compare',
    'catalog': '/catalog',
    'catalog by occupation': '/catalog?by=occupation',
    'catalog, none found': '/catalog?q=qqqqqq',
    'check': '/check',
    'check, valid': form('/check', asked(valid)),
    'check, revoked': form('/check', asked(of('revoked'))),
    'check, no match': form('/check', {...asked(valid), holder_name: valid.wrong_holder_name}),
    'check, a number that is none': form('/check', {...asked(valid), certificate_number: '12'}),
    'making a report': '/reports',
    'a report that was made': form('/reports', proofOf(valid)),
    'a report for too long': form('/reports', {...proofOf(valid), valid_days: '181'}),
    'asking for own reports': '/reports/own',
    'own reports': form('/reports/own', proofOf(valid)),
    'own reports, a wrong proof': form('/reports/own', {...proofOf(valid), holder_name: valid.wrong_holder_name}),
    'own reports, a wrong number of days': async (page) => {
      await listReports(page, valid);
      await page.locator('form[action="/reports/extend"] [name=valid_days]').first().fill('0');
      return submit(page, page.locator('form[action="/reports/extend"] button').first());
    },
    'a share report': '/r/' + report,
    'a share report, no code': '/r/ZZZZ',
    'own reports, one extended': async (page) => {
      await listReports(page, valid);
      return submit(page, page.locator('form[action="/reports/extend"] button').first());
    },
    'check a list': '/check-list',
    'check a list, checked': (page) => sendList(page, site.credential, listOf(valid, of('revoked')), '#live tbody tr'),
    'check a list, a wrong credential': (page) => sendList(page, 'chayan_', listOf(valid), '#live .summary'),
    'check a list, checked without its script': (page) => withoutScript(page, 'list',
        () => sendList(page, site.credential, listOf(valid, of('revoked')), '#problems')),
    'check a list, a wrong credential without its script': (page) => withoutScript(page, 'list',
        () => sendList(page, 'chayan_', listOf(valid), '#credential-fault')),
    'data': '/data',
    'API reference': '/data/api',
    'receipts': '/data/receipts',
    'a receipt that is none': form('/data/receipts', {receipt: '{}'}),
    'a receipt that is genuine': async (page) => {
      await check(page, valid.certificate_number, valid.holder_name);
      const receipt = await page.locator('[name=receipt]').getAttribute('value');
      await page.goto('/data/receipts');
      await fill(page, {receipt});
      return submit(page, page.locator('form[action="/data/receipts/check"] [type=submit]'));
    },
    'what is stored': '/data/stored',
    'components': '/design',
    'a lost way': '/nowhere',
  };
}

// A share report of this certificate that shows everything; its code.
export async function makeReport(site, {certificate_number, holder_name, document_number}) {
  const {components} = await (await fetch(site.base + '/openapi.json')).json();
  const answer = await fetch(site.base + '/v1/reports', {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({certificate_number, holder_name, document_number, valid_days: 30,
      show: components.schemas.ReportFieldName.enum.filter((field) => !field.endsWith('_masked'))}),
  });
  const made = await answer.json();
  if (made.result !== 'created') throw new Error(`no report: ${answer.status} ${JSON.stringify(made)}`);
  return made.code;
}

// A list of these certificates, as they are; then one with another's name, and one that nobody can ask.
function listOf(...certificates) {
  const rows = certificates.map(({certificate_number, holder_name}) => [certificate_number, holder_name]);
  const [{certificate_number, holder_name, wrong_holder_name}] = certificates;
  rows.push([certificate_number, wrong_holder_name], ['1.23E+12', holder_name]);
  const cell = (text) => `"${text.replaceAll('"', '""')}"`;
  return {name: 'list.csv', mimeType: 'text/csv',
    buffer: Buffer.from(['证书编号,姓名', ...rows.map((row) => row.map(cell).join(','))].join('\n'))};
}

// Sends the form of lists until `arrived` is there; gives the response that the page came with.
async function sendList(page, credential, file, arrived) {
  let answer = await page.goto('/check-list');
  const come = (response) => { if (response.request().isNavigationRequest()) answer = response; };
  page.on('response', come);
  await page.locator('[name=credential]').fill(credential);
  await page.locator('[name=file]').setInputFiles(file);
  await page.locator('form[action="/verify-list"] [type=submit]').click();
  await page.locator(arrived).first().waitFor();
  page.off('response', come);
  return answer;
}

// The same where this script of the page is not there: axe and this test need scripts of their own.
async function withoutScript(page, name, way) {
  const files = `**/assets/${name}-*`;
  await page.route(files, (route) => route.abort());
  const answer = await way();
  await page.unroute(files);
  return answer;
}

async function put(control, value) {
  const kind = await control.evaluate((element) => element.type);
  if (kind === 'file') return control.setInputFiles(value);
  if (kind === 'checkbox' || kind === 'radio') return control.setChecked(value);
  return kind.startsWith('select') ? control.selectOption(value) : control.fill(value);
}

// Fills in the controls of these names in a form of the page, and sends it; gives the response.
export async function send(page, filled, controls) {
  for (const [name, value] of Object.entries(controls)) await put(filled.locator(`[name="${name}"]`), value);
  return submit(page, filled.locator('[type=submit]'));
}

// Goes that way and gives the response that the page came with.
export async function go(page, way) {
  if (typeof way === 'string') return page.goto(way);
  if (typeof way === 'function') return way(page);
  await page.goto(way.address);
  let filled = page.locator('main form');
  for (const name of Object.keys(way.controls)) filled = filled.filter({has: page.locator(`[name="${name}"]`)});
  return send(page, filled, way.controls);
}
