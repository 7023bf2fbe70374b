// Steps that several tests of the pages take.

// Answers of forms stand there at once (with scripts) or on a page of their own (without).
export async function submit(page, button) {
  await page.locator('main').evaluate((main) => { main.dataset.before = ''; });
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    button.click(),
  ]);
  await page.locator('main:not([data-before]) + footer').waitFor();
  return answer;
}

export async function fill(page, values) {
  for (const [id, value] of Object.entries(values)) await page.locator('#' + id).fill(value);
}

export const proofOf = ({certificate_number, holder_name, document_number}) =>
  ({certificate_number, holder_name, document_number});

// The answer to a check of that number and name.
export async function check(page, number, name, from = '/check') {
  await page.goto(from);
  await fill(page, {certificate_number: number, holder_name: name});
  return submit(page, page.locator('form[action="/verify"] [type=submit]'));
}

export async function makeReport(page, one) {
  await page.goto('/reports');
  await fill(page, proofOf(one));
  return submit(page, page.locator('form[action="/reports/new"] [type=submit]'));
}

export async function listReports(page, one) {
  await page.goto('/reports/own');
  await fill(page, proofOf(one));
  return submit(page, page.locator('form[action="/reports/list"] [type=submit]'));
}
