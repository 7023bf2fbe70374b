// A registry that holds markup wherever its files may hold text of somebody's own, and what looks
// for markup that came to life. One set of all entities for each of PLANTS.
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const DOMAIN = join(HERE, '../../src/domain');
const CALENDARS = join(HERE, '../../data/4-calendars.ndjson');

// Each fits into the shortest field, a document number, behind its mark. planted() is nobody's.
export const PLANTS = [
  '<script>planted()</script>',
  '"><img src=x onerror=planted()>',
  '\'><svg/onload=planted()>',
  '{{title}}{{{t}}}{{#t}}',
  '中文|English{{/t}}',
  'javascript:planted()',
  '</title></textarea><b>',
  '<!--</p>&lt;b&gt;&#60;i&#62;',
  '\u2028planted()//\u2029',
  '\u202epdf\u2066exe',  // right-to-left override, isolate
];
// All of them, each within the bytes of a query's text.
export const BUNDLES = [PLANTS.slice(0, 4).join(''), PLANTS.slice(4, 8).join(''), PLANTS.slice(8).join('')];

const two = (number) => String(number).padStart(2, '0');

// Everything that the domain's readers read, each member once at least and as a person would fill
// it in. `n` keeps what is unique apart.
function entities(n) {
  const institution = '5231000000000000' + two(n);
  const occupation = '9-99-99-' + two(n);
  const item = 'foreign/9/' + (n + 1);
  const dual = 'dual/9/' + (n + 1);
  const by = {filing: '申报' + n, institution};
  const other = {filing: '另一申报' + n, institution};  // without a receipt it is called by this
  const catalog = {document: '示例文号', country: '示例国', awarding_body: '示例机构', awarding_body_en: 'Example body',
    awarding_body_abbreviation: 'EB', certificate: '示例证书', certificate_en: 'Example certificate', standard: 'EX',
    occupation, occupation_name: '示例职业', work_type: '示例工种', level: '3', effective_from: '2025-01-01'};
  const facts = {issuer: institution, issued_on: '2026-08-01', item};
  const numbered = (serial) => ({certificate_number: `S0000310000012630${two(n)}00${serial}`});
  const held = {holder_name: '测试甲', document_type: 'other', document_number: 'T00000' + two(n), original_certificate: 'O' + n};
  return [
    {kind: 'occupation.put', code: occupation, name: '示例职业', name_en: 'Example', work_types: ['示例工种'], source: '示例'},
    {kind: 'catalog.put', id: item, ...catalog},
    {kind: 'catalog.put', id: dual, ...catalog, withdrawn_on: '2099-01-01'},
    {kind: 'institution.put', actor: 'centre:test', credit_code: institution, name: '示例机构' + n, institution_kind: 'other',
      region: '310115', address: '示例路', registration_authority: '示例机关', national_filing_number: '示例号',
      service_phone: '021-00000000', supervision_phone: '021-00000000', service_address: '示例路', service_email: 'a@b.example',
      website: 'https://example.org', contact: '示例', contact_phone: '示例', contact_title: '示例', executive: '示例',
      executive_phone: '示例', executive_title: '示例', head: '示例', head_phone: '示例', head_title: '示例',
      legal_representative: '示例', registered_capital: '示例', remarks: '示例'},
    {kind: 'filing.submitted', ...by, on: '2026-06-25', scope: [{item},
      {occupation, occupation_name: '示例职业', work_type: '示例工种', level: '3'}]},
    {kind: 'filing.accepted', ...by, on: '2026-06-26'},
    {kind: 'filing.assessed', ...by, on: '2026-06-29'},
    {kind: 'filing.notice_opened', ...by, on: '2026-06-30', notice_working_days: 5, notice_start: 'excluded'},
    {kind: 'filing.filed', ...by, on: '2026-07-08', receipt: '回执' + n, valid_from: '2026-07-08', valid_to: '2029-07-08'},
    {kind: 'filing.suspended', ...by, on: '2026-09-01', reason: '示例'},
    {kind: 'filing.resumed', ...by, on: '2026-09-10'},
    {kind: 'filing.submitted', ...other, on: '2026-06-25', scope: [{item}]},
    {kind: 'certificate.issued', ...numbered(1), ...held, ...facts},
    {kind: 'certificate.issued', ...numbered(2), ...held, ...facts},
    {kind: 'certificate.revoked', ...numbered(2), on: '2026-09-01', reason: '示例'},
  ];
}

// Every text in it with the name of its member: visit(holder, key, name).
function walk(value, visit, name = '') {
  for (const [key, inner] of Object.entries(value)) {
    const here = Array.isArray(value) ? name : key;
    if (typeof inner === 'string') visit(value, key, here);
    else if (typeof inner === 'object') walk(inner, visit, here);
  }
}

export const PLAIN = entities(0);
export const NAMES = (() => {
  const names = new Set();
  for (const line of PLAIN) walk(line, (holder, key, name) => names.add(name));
  return [...names];
})();

// The names of all texts that the readers of src/domain ask for; the private ones stand in lists.
export function namesOfTheDomain() {
  const names = new Set();
  const read = /(?:read_text|read_required_text|read_date)\(object, "(\w+)"|\.(?:string|optional_string|strings|string_or_integer)\("(\w+)"\)/g;
  const lists = /k(?:Certificate|Institution)PrivateFields = \{([^}]+)\}/g;
  for (const file of readdirSync(DOMAIN)) {
    const source = readFileSync(join(DOMAIN, file), 'utf8');
    for (const [, text, string] of source.matchAll(read)) names.add(text ?? string);
    for (const [, list] of source.matchAll(lists)) for (const [, name] of list.matchAll(/"(\w+)"/g)) names.add(name);
  }
  return names;
}

// "F07K3.": a mark says which field and which plant stand behind it.
export const mark = (name, n) => `F${two(NAMES.indexOf(name))}K${n}.`;
const nameOf = (number) => NAMES[Number(number)];

// Number codes take letters, digits and printable ASCII alone.
const CODES = ['certificate_number', 'document_number'];
const planted = (name, n) => mark(name, n) + (CODES.includes(name) ? PLANTS[n].replace(/[^\x21-\x7e\p{L}]/gu, '') : PLANTS[n]);

const asNdjson = (lines) => lines.map((line) => JSON.stringify(line) + '\n').join('');

// Which members the importer will not take markup in, by asking it: each in a copy of the first
// line that has it.
export function refusedNames(chayan, folder) {
  const lines = [];
  const asked = [];
  for (const line of PLAIN) {
    walk(line, (holder, key, name) => {
      if (asked.includes(name)) return;
      asked.push(name);
      const usual = holder[key];
      holder[key] = planted(name, 0);
      lines.push(JSON.stringify(line) + '\n');
      holder[key] = usual;
    });
  }
  const base = join(folder, 'plain.ndjson');
  const file = join(folder, 'each.ndjson');
  writeFileSync(base, asNdjson(PLAIN));
  writeFileSync(file, lines.join(''));
  execFileSync(chayan, ['import', '--data', join(folder, 'plain'), CALENDARS, base], {stdio: 'ignore'});
  let said = '';
  try {
    execFileSync(chayan, ['import', '--data', join(folder, 'plain'), '--dry-run', file], {stdio: 'pipe'});
  } catch (error) {
    said = String(error.stderr);
  }
  const refused = new Set();
  for (const [, number, field] of said.matchAll(/each\.ndjson:(\d+): ([\w.[\]]+):/g)) {
    const name = asked[Number(number) - 1];
    if (field.split(/[.[]/).includes(name)) refused.add(name);
  }
  return refused;
}

// Writes the planted registry; the files to import, and its institutions and certificates in the
// shape of the demo's truth, a list of each for each plant.
export function writePlanted(folder, refused) {
  const lines = [];
  const sets = PLANTS.map((plant, n) => {
    const all = entities(n);
    for (const line of all) {
      // What was two stays two: certificates, and filings.
      const ends = {certificate_number: line.certificate_number?.at(-1), filing: line.filing?.startsWith('另') ? 'B' : ''};
      walk(line, (holder, key, name) => {
        if (refused.has(name)) return;
        // No reason may hold any part of the certificate that it is about.
        const about = name === 'reason' && line.certificate_number ? (n === 6 ? 4 : 6) : n;
        holder[key] = planted(name, about) + (ends[name] ?? '');
      });
    }
    lines.push(...all);
    const [valid, revoked] = all.filter(({kind}) => kind === 'certificate.issued');
    return {
      institution: {credit_code: all.find(({kind}) => kind === 'institution.put').credit_code,
        offerings: [{item: 'foreign/9/' + (n + 1)}]},
      truth: [{...valid, status: 'valid', wrong_holder_name: planted('holder_name', n) + '误'}, {...revoked, status: 'revoked'}],
    };
  });
  const file = join(folder, 'planted.ndjson');
  writeFileSync(file, asNdjson(lines));
  return {files: [CALENDARS, file], sets};
}

// Runs in the browser. What came to life in this document, or does not stand there as it was
// typed; and the marks that were seen.
export function inspect({html, plants}) {
  const page = html === undefined ? document : new DOMParser().parseFromString(html, 'text/html');
  const wrong = [];
  const seen = new Set();
  const form = (text) => text.toUpperCase().replace(/[\s\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '');
  const expectWhole = (text, is_unseen = false) => {
    for (const {index, 0: found, 1: name, 2: n} of text.matchAll(/F(\d\d)K(\d)\./g)) {
      seen.add(found);
      const plant = form(plants[n]);
      const stands = form(text.slice(index + found.length));
      if (!stands.startsWith(plant)) wrong.push(`${found} ${plants[n]} stands there as ${text.slice(index, index + 60)}`);
    }
    if (!is_unseen && /[\u202a-\u202e\u2066-\u2069]/.test(text)) wrong.push('turns what stands beside it: ' + text.slice(0, 60));
  };
  // A receipt is kept in the page as the JSON text that it is; texts in it may be such again.
  const textsOf = (value) => {
    if (typeof value === 'string') return /^\{/.test(value) ? textsOf(JSON.parse(value)) : [value];
    return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(textsOf);
  };
  for (const element of page.querySelectorAll('*')) {
    const name = element.localName;
    if (name === 'script' && !/^\/assets\//.test(element.getAttribute('src') ?? '')) wrong.push('a script: ' + element.outerHTML);
    if (['b', 'i', 'iframe', 'object', 'embed', 'base', 'style'].includes(name)) wrong.push('an element: ' + element.outerHTML);
    if (name === 'img' && !/^\/v1\/reports\//.test(element.getAttribute('src'))) wrong.push('a picture: ' + element.outerHTML);
    for (const {name: attribute, value} of element.attributes) {
      if (attribute.startsWith('on')) wrong.push('a handler: ' + element.outerHTML);
      const is_address = ['href', 'src', 'action', 'formaction'].includes(attribute);
      if (is_address && !/^(\/(?!\/)|#|tel:\+?\d+$|mailto:[\w.+-]+@[\w.-]+$|https?:\/\/)/.test(value)) wrong.push(`${attribute}="${value}"`);
      const is_receipt = attribute === 'value' && element.name === 'receipt' && element.type === 'hidden';
      if (is_receipt) textsOf(value).forEach((text) => expectWhole(text, true));
      else if (!is_address) expectWhole(value);
    }
  }
  for (let walker = page.createTreeWalker(page, NodeFilter.SHOW_TEXT), node; (node = walker.nextNode());) expectWhole(node.data);
  if (!/ · (查验|Chayan)$/.test(page.title)) wrong.push('the title: ' + page.title);
  return {wrong, seen: [...seen]};
}

export const nameOfMark = (seen) => nameOf(/F(\d\d)/.exec(seen)[1]);
