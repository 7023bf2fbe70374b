// Steps that several tests of the pages take.
import {say} from './site.mjs';

// Answers of forms stand there at once (with scripts) or on a page of their own (without).
export async function submit(page, button) {
  await page.locator('main').evaluate((main) => { main.dataset.before = ''; });
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    button.click(),
  ]);
  await page.locator('main:not([data-before])').waitFor();
  return answer;
}

export async function fill(page, values) {
  for (const [id, value] of Object.entries(values)) await page.locator('#' + id).fill(value);
}

export const proofOf = ({certificate_number, holder_name, document_number}) =>
  ({certificate_number, holder_name, document_number});

// The answer to a check of that number and name.
export async function check(page, reader, number, name, from = '/check') {
  await page.goto(from);
  await fill(page, {certificate_number: number, holder_name: name});
  return submit(page, page.getByRole('button', {name: say(reader, '查验证书', 'Check')}));
}

export async function makeReport(page, reader, one) {
  await page.goto('/reports');
  await fill(page, proofOf(one));
  return submit(page, page.getByRole('button', {name: say(reader, '生成报告', 'Make the report')}));
}

export async function listReports(page, reader, one) {
  await page.goto('/reports/own');
  await fill(page, proofOf(one));
  return submit(page, page.getByRole('button', {name: say(reader, '查看我的报告', 'Show my reports')}));
}
