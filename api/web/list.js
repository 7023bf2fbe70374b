// A list that is checked while one looks on: the form's file goes to /v1/verifications/batch, the
// answer is read as it comes, and stands in a table of which one page is in the document at a time.
// The credential goes into the request and stays in its field. Files of the result are made here,
// for another request would take the rows off the quota once more. Without this script the form is
// sent as it is, and answered as a page or a file.
'use strict';

(() => {
  const form = document.querySelector('form[data-list]');
  const live = document.querySelector('#live');
  if (!form || !live || !window.ReadableStream || !window.TextDecoder) return;

  const IN_ENGLISH = document.documentElement.lang === 'en';
  const say = (zh, en) => IN_ENGLISH ? en : zh;
  const ADDRESS = '/v1/verifications/batch';
  const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  const ROWS_OF_A_PAGE = 50;
  const SPOKEN_STEPS = 4;  // how often a long answer says how far it is
  const COLUMNS = live.dataset.columns.split('|');
  const NUMBERS = 2;  // of them, the first

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // ---- What an answer means. The kinds are those of the page that is made without this script.

  const KINDS = {
    good: say('相符且有效', 'Match and stand'),
    revoked: say('已撤销或注销', 'Revoked or cancelled'),
    unauthorized: say('机构无权评价', 'Issuer not entitled'),
    no_match: say('未查到', 'No match'),
    error: say('无法查验', 'Could not be asked'),
  };
  const STATUSES = {
    valid: say('有效', 'Valid'), corrected: say('已更正', 'Corrected'), reissued: say('已补证', 'Reissued'),
    revoked: say('已撤销', 'Revoked'), cancelled: say('已注销', 'Cancelled'),
  };

  function kindOf(answer) {
    if (answer.result !== 'match') return answer.result;
    if (answer.status === 'revoked' || answer.status === 'cancelled') return 'revoked';
    return answer.issuer_authorized ? 'good' : 'unauthorized';
  }

  const toneOf = (kind) => kind === 'good' ? 'good' : kind === 'error' ? 'warn' : 'bad';

  function wordsOf(answer, kind) {
    return kind === 'good' || kind === 'revoked' ? STATUSES[answer.status] || answer.status : KINDS[kind];
  }

  function whyOf(answer, kind) {
    if (kind === 'error') return answer.detail;
    if (kind === 'no_match') return answer.help.join(say('', ' '));
    if (kind === 'unauthorized') return answer.issuer_authorization.sentence;
    return [answer.occupation.name, answer.level_name, answer.issuer.name || answer.issuer.credit_code, answer.issued_on]
        .join('，');
  }

  // ---- Files, as the service itself makes them (api/table_writer.h).

  function cellsOf(answer) {
    const cells = new Array(COLUMNS.length).fill('');
    cells[0] = String(answer.row);
    cells[1] = String(answer.line);
    cells[2] = answer.result;
    if (answer.result === 'match') {
      const entitlement = answer.issuer_authorization;
      cells.splice(3, 13, answer.status, answer.status_history.at(-1).on, answer.holder, answer.occupation.code,
          answer.occupation.name, answer.occupation.work_type || '', answer.level_name, answer.issuer.credit_code,
          answer.issuer.name || '', answer.issued_on, answer.basis ? answer.basis.item : '',
          String(answer.issuer_authorized), entitlement.filing ? entitlement.filing.filing : '');
      if (!answer.issuer_authorized) cells[17] = entitlement.sentence;
    } else {
      cells[16] = answer.field || '';
      cells[17] = answer.result === 'error' ? answer.detail : answer.help.join('');
    }
    return cells;
  }

  function summaryCells(summary) {
    const cells = new Array(COLUMNS.length).fill('');
    cells[2] = 'summary';
    cells[17] = `rows ${summary.rows}, match ${summary.match}, no_match ${summary.no_match}, ` +
        `error ${summary.error}, quota left ${summary.quota.left}`;
    return cells;
  }

  function csvOf(rows) {
    // A text that a spreadsheet would run as a formula gets ' in front, and so does one that has it.
    const text = (cell) => '"' + (/^[=+\-@\t\r\n'＝＋－＠]/.test(cell) ? "'" : '') + cell.replaceAll('"', '""') + '"';
    const line = (cells) => cells.map((cell, i) => i < NUMBERS || cell === '' ? cell : text(cell)).join(',');
    return '\uFEFF' + [COLUMNS.map(text).join(','), ...rows.map(line)].map((one) => one + '\r\n').join('');
  }

  const CRCS = new Uint32Array(256).map((zero, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xEDB88320 ^ n >>> 1 : n >>> 1;
    return n;
  });
  function crc32(bytes) {
    let crc = 0xFFFFFFFF;
    for (const byte of bytes) crc = CRCS[(crc ^ byte) & 0xFF] ^ crc >>> 8;
    return (crc ^ 0xFFFFFFFF) >>> 0;
  }

  // A ZIP archive of stored parts (PKWARE APPNOTE 4.3), dated 1980-01-01.
  function zipOf(parts) {
    const encoder = new TextEncoder();
    const pieces = [];
    const directory = [];
    let offset = 0;
    const numbers = (...fields) => {
      const bytes = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
      let at = 0;
      for (const [size, value] of fields) {
        if (size === 2) bytes.setUint16(at, value, true); else bytes.setUint32(at, value, true);
        at += size;
      }
      return new Uint8Array(bytes.buffer);
    };
    for (const [name, content] of parts) {
      const nameBytes = encoder.encode(name);
      const bytes = encoder.encode(content);
      const common = [[2, 20], [2, 0x0800], [2, 0], [2, 0], [2, 0x21], [4, crc32(bytes)], [4, bytes.length],
                      [4, bytes.length], [2, nameBytes.length], [2, 0]];
      pieces.push(numbers([4, 0x04034B50], ...common), nameBytes, bytes);
      directory.push(numbers([4, 0x02014B50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), nameBytes);
      offset += 30 + nameBytes.length + bytes.length;
    }
    const size = directory.reduce((sum, bytes) => sum + bytes.length, 0);
    const end = numbers([4, 0x06054B50], [2, 0], [2, 0], [2, parts.length], [2, parts.length], [4, size], [4, offset], [2, 0]);
    return new Blob([...pieces, ...directory, end], {type: XLSX});
  }

  // Texts are shared and have the format Text; nothing is a formula.
  function xlsxOf(rows) {
    const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
    const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
    const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/';
    const texts = new Map();
    const escaped = (text) => text.replace(/_x[0-9A-Fa-f]{4}_/g, '_x005F$&')
        .replace(/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g,
                 (c) => '_x' + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0') + '_')
        .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const shared = (text) => {
      if (!texts.has(text)) texts.set(text, texts.size);
      return texts.get(text);
    };
    const letter = (i) => String.fromCharCode(65 + i);
    const cell = (text, i, row, style) => i < NUMBERS && row > 1
        ? `<c r="${letter(i)}${row}"><v>${text}</v></c>`
        : `<c r="${letter(i)}${row}" s="${style}" t="s"><v>${shared(text)}</v></c>`;
    const line = (cells, row, style) => `<row r="${row}">` +
        cells.map((text, i) => text === '' ? '' : cell(text, i, row, style)).join('') + '</row>';
    const data = [line(COLUMNS, 1, 2), ...rows.map((cells, i) => line(cells, i + 2, 1))].join('');
    const range = 'A1:' + letter(COLUMNS.length - 1) + (rows.length + 1);
    const list = [...texts.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('');
    const relation = (id, type, target) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`;
    const relations = (...all) => `${HEAD}<Relationships xmlns="${PACKAGE}relationships">${all.join('')}</Relationships>`;
    const type = (name, kind) => `<Override PartName="${name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
    return zipOf([
      ['[Content_Types].xml', `${HEAD}<Types xmlns="${PACKAGE}content-types">` +
          '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
          '<Default Extension="xml" ContentType="application/xml"/>' + type('/xl/workbook.xml', 'sheet.main') +
          type('/xl/worksheets/sheet1.xml', 'worksheet') + type('/xl/styles.xml', 'styles') +
          type('/xl/sharedStrings.xml', 'sharedStrings') + '</Types>'],
      ['_rels/.rels', relations(relation('r1', 'officeDocument', 'xl/workbook.xml'))],
      ['xl/workbook.xml', `${HEAD}<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets><sheet name="批量查验" sheetId="1" r:id="r1"/></sheets></workbook>`],
      ['xl/_rels/workbook.xml.rels', relations(relation('r1', 'worksheet', 'worksheets/sheet1.xml'),
          relation('r2', 'styles', 'styles.xml'), relation('r3', 'sharedStrings', 'sharedStrings.xml'))],
      ['xl/styles.xml', `${HEAD}<styleSheet ${MAIN}><fonts count="2"><font/><font><b/></font></fonts>` +
          '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
          '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
          '<cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>' +
          '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'],
      ['xl/sharedStrings.xml', `${HEAD}<sst ${MAIN} uniqueCount="${texts.size}">${list}</sst>`],
      ['xl/worksheets/sheet1.xml', `${HEAD}<worksheet ${MAIN}><sheetViews><sheetView workbookViewId="0">` +
          '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
          `<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="${NUMBERS}" width="10" customWidth="1"/>` +
          `<col min="${NUMBERS + 1}" max="${COLUMNS.length}" width="20" customWidth="1" style="1"/></cols>` +
          `<sheetData>${data}</sheetData><autoFilter ref="${range}"/></worksheet>`],
    ]);
  }

  function save(blob, ending) {
    const link = element('a', {href: URL.createObjectURL(blob), download: 'chayan-check-list.' + ending});
    link.click();
    // The browser has taken the blob by the time that a timer runs.
    setTimeout(() => URL.revokeObjectURL(link.href));
  }

  // ---- What is shown.

  // Spoken once each: politely, and seldom.
  const spoken = element('p', {class: 'away', role: 'status'});
  const shown = element('div');
  live.append(spoken, shown);

  class Result {
    constructor(total) {
      this.total = total;
      this.answers = [];
      this.summary = null;
      this.filter = null;
      this.page = 0;
      this.spokenStep = 0;
      this.count = element('p', {class: 'figure'});
      this.bar = element('progress', {'aria-label': say('已查验的行', 'Rows checked'), max: Math.max(total, 1), value: 0});
      shown.replaceChildren(element('h2', {id: 'result', tabindex: '-1'}, say('正在查验', 'Checking')), this.count, this.bar);
    }

    take(answer) {
      if (answer.result === 'summary') {
        this.summary = answer;
      } else {
        answer.kind = kindOf(answer);
        this.answers.push(answer);
      }
    }

    progressed() {
      const done = this.answers.length;
      this.bar.value = done;
      this.count.textContent = say(`${done} / ${this.total} 行`, `${done} of ${this.total} rows`);
      const step = Math.floor(done * SPOKEN_STEPS / this.total);
      if (step > this.spokenStep && step < SPOKEN_STEPS) {
        this.spokenStep = step;
        spoken.textContent = this.count.textContent;
      }
    }

    // Whole where the summary came; else the connection was cut.
    finish() {
      this.kinds = {};
      for (const {kind} of this.answers) this.kinds[kind] = (this.kinds[kind] || 0) + 1;
      const problems = this.answers.length - (this.kinds.good || 0);
      this.filters = [['problems', say('需要留意', 'Want attention'), problems],
                      ['all', say('全部', 'All'), this.answers.length],
                      ...Object.keys(KINDS).map((kind) => [kind, KINDS[kind], this.kinds[kind] || 0])]
          .filter(([, , count]) => count > 0);
      this.buttons = this.filters.map(([name, words, count]) => {
        const button = element('button', {type: 'button', class: 'plain', 'data-filter': name}, `${words} ${count}`);
        button.addEventListener('click', () => this.choose(name));
        return button;
      });
      this.body = element('tbody');
      this.caption = element('caption');
      const heads = [say('文件行号', 'Row of the file'), say('持证人', 'Holder'), say('结果', 'Result'), say('说明', 'Why')];
      this.heads = heads;
      this.table = element('table', {class: 'stacked'}, this.caption,
          element('thead', {}, element('tr', {'aria-rowindex': '1'}, ...heads.map((head) => element('th', {scope: 'col', class: 'nowrap'}, head)))),
          this.body);
      this.pager = element('p', {class: 'row pager'});
      const heading = element('h2', {id: 'result', tabindex: '-1'}, say('批量查验结果', 'What the list comes to'));
      const parts = [heading, this.sentence(problems)];
      if (this.answers.length > 0) {
        parts.push(this.downloads(), element('div', {class: 'row conditions', role: 'group', 'aria-label': say('筛选', 'Filter')}, ...this.buttons),
            this.table, this.pager);
        this.choose(problems > 0 ? 'problems' : 'all');
      }
      shown.replaceChildren(...parts);
      heading.focus();
    }

    sentence(problems) {
      const done = this.answers.length;
      if (!this.summary) {
        return element('p', {class: 'answer warn', role: 'alert'}, say(
            `连接中断：${this.total} 行中已查验 ${done} 行，其余没有结果。已提交的行数已计入当日额度。`,
            `The answer was cut: ${done} of ${this.total} rows were checked, the others have no result. The rows that were sent count against the day's quota.`));
      }
      const left = say(`当日剩余额度 ${this.summary.quota.left} 行。`, ` ${this.summary.quota.left} rows are left of the day's quota.`);
      return problems > 0
          ? element('p', {class: 'answer bad'}, element('strong', {}, say(`${problems} 行需要留意`, `${problems} rows want attention`)),
              say(`，共 ${done} 行。`, `, of ${done}.`) + left)
          : element('p', {class: 'answer good'}, element('strong', {}, say(`${done} 行全部相符`, `All ${done} rows match`)),
              say('，证书有效，发证机构有权评价。', ': the certificates stand, and their issuers were entitled.') + left);
    }

    downloads() {
      const cells = () => [...this.answers.map(cellsOf), ...(this.summary ? [summaryCells(this.summary)] : [])];
      const xlsx = element('button', {type: 'button', 'data-download': 'xlsx'}, say('下载 XLSX', 'Download XLSX'));
      const csv = element('button', {type: 'button', class: 'plain', 'data-download': 'csv'}, say('下载 CSV', 'Download CSV'));
      xlsx.addEventListener('click', () => save(xlsxOf(cells()), 'xlsx'));
      csv.addEventListener('click', () => save(new Blob([csvOf(cells())], {type: 'text/csv'}), 'csv'));
      return element('p', {class: 'row conditions'}, xlsx, csv);
    }

    choose(name) {
      this.filter = name;
      this.chosen = this.answers.filter(({kind}) => name === 'all' || (name === 'problems' ? kind !== 'good' : kind === name));
      for (const button of this.buttons) button.setAttribute('aria-pressed', button.dataset.filter === name);
      this.table.setAttribute('aria-rowcount', this.chosen.length + 1);
      this.show(0);
    }

    show(page) {
      this.page = page;
      const pages = Math.max(1, Math.ceil(this.chosen.length / ROWS_OF_A_PAGE));
      const first = page * ROWS_OF_A_PAGE;
      const rows = this.chosen.slice(first, first + ROWS_OF_A_PAGE);
      const label = (i) => element('span', {class: 'cell'}, this.heads[i]);
      this.body.replaceChildren(...rows.map((answer, i) => element('tr', {'aria-rowindex': first + i + 2},
          element('th', {scope: 'row'}, label(0), String(answer.line)),
          element('td', {class: 'nowrap'}, ...(answer.holder ? [label(1), answer.holder] : [])),
          element('td', {}, element('span', {class: 'tag ' + toneOf(answer.kind)}, wordsOf(answer, answer.kind))),
          element('td', {}, whyOf(answer, answer.kind)))));
      const name = this.filters.find(([one]) => one === this.filter)[1];
      this.caption.textContent = say(
          `${name}：第 ${first + 1}–${first + rows.length} 行，共 ${this.chosen.length} 行`,
          `${name}: ${first + 1}–${first + rows.length} of ${this.chosen.length}`);
      spoken.textContent = this.caption.textContent;
      this.showPager(pages);
    }

    // Buttons stay where they are, so that one may be pressed again and again.
    showPager(pages) {
      if (this.pager.childElementCount === 0) {
        const button = (name, words, page) => {
          const made = element('button', {type: 'button', class: 'plain', 'data-page': name}, words);
          made.addEventListener('click', () => {
            if (made.getAttribute('aria-disabled') !== 'true') this.show(page());
          });
          return made;
        };
        this.pager.append(button('first', say('首页', 'First'), () => 0),
            button('before', say('上一页', 'Previous'), () => this.page - 1),
            button('next', say('下一页', 'Next'), () => this.page + 1),
            button('last', say('末页', 'Last'), () => this.pages - 1));
      }
      this.pages = pages;
      this.pager.hidden = pages === 1;
      for (const button of this.pager.children) {
        const atEnd = ['first', 'before'].includes(button.dataset.page) ? this.page === 0 : this.page === pages - 1;
        button.setAttribute('aria-disabled', atEnd);
      }
    }
  }

  // Above the form, and beside the control it is about; without words nothing is wrong any more.
  function tell(words, field) {
    for (const id of ['credential', 'file']) {
      const control = document.getElementById(id);
      const isIt = id === field;
      document.getElementById(id + '-fault')?.remove();
      if (isIt) control.before(element('p', {class: 'fault', id: id + '-fault'}, words));
      control.setAttribute('aria-describedby', isIt ? `${id}-hint ${id}-fault` : id + '-hint');
      control.setAttribute('aria-invalid', isIt);
      control.closest('.field').classList.toggle('wrong', isIt);
    }
  }

  function showFault(words, field) {
    const text = field ? element('a', {href: '#' + field}, words) : words;
    const summary = element('div', {class: 'summary', role: 'alert', tabindex: '-1'},
        element('h2', {}, say('请修改后再试', 'Please correct this')), element('p', {}, text));
    shown.replaceChildren(summary);
    tell(words, field);
    summary.focus();
  }

  // ---- Asking.

  async function read(answer) {
    const result = new Result(Number(answer.headers.get('Chayan-Rows')));
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for (;;) {
        const {done, value} = await reader.read();
        if (done) break;
        rest += decoder.decode(value, {stream: true});
        const lines = rest.split('\n');
        rest = lines.pop();
        for (const line of lines) result.take(JSON.parse(line));
        result.progressed();
      }
    } catch {
      // Cut: what came is shown, and that it is not all.
    }
    result.finish();
  }

  async function submit() {
    const credential = form.elements.credential.value.trim();
    const file = form.elements.file.files[0];
    if (!/^[\x21-\x7E]+$/.test(credential)) {
      showFault(say('凭证有误，请从 chayan_ 起完整复制。', 'The credential is mistyped; copy it again, from chayan_ to its end.'), 'credential');
      return;
    }
    // The service would cut the connection instead of saying so.
    const bytesMax = Number(form.dataset.bytesMax);
    if (file.size > bytesMax) {
      showFault(say(`文件超过 ${bytesMax >> 20} MB。请只保留证书编号、姓名、证件号码三列，去掉图片，或分成几份。`,
          `The file is longer than ${bytesMax >> 20} MB. Keep the columns of number, name and document number alone, without pictures, or split the list.`), 'file');
      return;
    }
    shown.replaceChildren();
    spoken.textContent = say('正在查验', 'Checking');
    // Read here: a file that has changed since it was chosen would fail in the middle of the request.
    const bytes = new Uint8Array(await file.arrayBuffer());
    const isText = !(bytes[0] === 0x50 && bytes[1] === 0x4B) && bytes[0] !== 0xD0;
    const answer = await fetch(ADDRESS, {
      method: 'POST', body: bytes, redirect: 'error', credentials: 'omit',
      headers: {'Authorization': 'Bearer ' + credential, 'Content-Type': isText ? 'text/csv' : XLSX},
    });
    if (answer.ok) {
      tell();
      await read(answer);
      return;
    }
    const problem = await answer.json();
    showFault(problem.detail, answer.status === 401 ? 'credential' : answer.status < 429 ? 'file' : null);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button[type=submit]');
    button.disabled = true;
    form.setAttribute('aria-busy', 'true');
    submit().catch(() => showFault(
        say('没有收到答复，请检查网络后再试；如已提交，行数可能已计入当日额度。',
            'There was no answer; try again when the network is back. If the list was received, its rows count against the day\'s quota.')))
        .finally(() => {
          button.disabled = false;
          form.removeAttribute('aria-busy');
        });
  });

  // ---- Drag and drop.

  const field = form.querySelector('.drop');
  const hasFile = (event) => event.dataTransfer && [...event.dataTransfer.types].includes('Files');
  field.addEventListener('dragover', (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    field.classList.add('over');
  });
  field.addEventListener('dragleave', () => field.classList.remove('over'));
  field.addEventListener('drop', (event) => {
    field.classList.remove('over');
    if (!hasFile(event)) return;
    event.preventDefault();
    form.elements.file.files = event.dataTransfer.files;
  });

  document.querySelector('#drop-hint').hidden = false;
  form.querySelector('[data-without-scripts]').hidden = true;
})();
