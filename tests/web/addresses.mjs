// Every page of the site and every state of one, by name: what pages.test.mjs, escaping.test.mjs
// and screenshots.mjs go through. A new page is a line here.
//
// A way to a page is its address, or a form on another page that is filled in and sent.

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
    'a share report': '/r/' + report,
    'a share report, no code': '/r/ZZZZ',
    'check a list': '/check-list',
    'data': '/data',
    'API reference': '/data/api',
    'receipts': '/data/receipts',
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

async function fill(control, value) {
  const kind = await control.evaluate((element) => element.type);
  if (kind === 'file') return control.setInputFiles(value);
  if (kind === 'checkbox' || kind === 'radio') return control.setChecked(value);
  return kind.startsWith('select') ? control.selectOption(value) : control.fill(value);
}

// Goes that way and gives the response that the page came with.
export async function go(page, way) {
  if (typeof way === 'string') return page.goto(way);
  await page.goto(way.address);
  let filled = page.locator('main form');
  for (const name of Object.keys(way.controls)) filled = filled.filter({has: page.locator(`[name="${name}"]`)});
  for (const [name, value] of Object.entries(way.controls)) await fill(filled.locator(`[name="${name}"]`), value);
  // A script may put the answer in the place of the old page; without scripts a new one comes.
  await page.locator('main').evaluate((main) => main.classList.add('asked'));
  const is_page = (response) => (response.headers()['content-type'] ?? '').startsWith('text/html');
  const [response] = await Promise.all([page.waitForResponse(is_page), filled.locator('[type=submit]').click()]);
  await page.locator('main:not(.asked) + footer').waitFor();
  return response;
}
