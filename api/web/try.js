// Requests to try on the page of the API reference: form[data-try] asks data-method data-path with
// what its controls hold and shows the answer. Without this script the forms stay hidden and the
// page still says everything.
'use strict';

(() => {
  const SHOWN_MAX = 20000;  // characters of an answer: a page of 100 institutions has more

  function request(form) {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    let body;
    for (const control of form.elements) {
      if ('body' in control.dataset) {
        body = control.value;
      } else if ('inPath' in control.dataset) {
        // "{tile...}" stands for several segments.
        path = path.replace(new RegExp('\\{' + control.name + '(\\.\\.\\.)?\\}'),
                            (brace, tail) => control.value.split(tail ? '/' : /(?!)/)
                                .map(encodeURIComponent).join('/'));
      } else if (control.name && control.value) {
        query.set(control.name, control.value);
      }
    }
    const address = path + (String(query) ? '?' + query : '');
    const options = {method: form.dataset.method, redirect: 'manual'};
    if (body !== undefined) {
      options.body = body;
      options.headers = {'Content-Type': 'application/json'};
    }
    return {address, options};
  }

  function readable(text) {
    let shown = text;
    try {
      shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Not one JSON document: shown as it is.
    }
    return shown.length > SHOWN_MAX ? shown.slice(0, SHOWN_MAX) + '\n…' : shown;
  }

  const block = (text) => {
    const pre = document.createElement('pre');
    pre.textContent = text;
    return pre;
  };

  async function run(form) {
    const {address, options} = request(form);
    const answer = form.querySelector('[data-answer]');
    answer.replaceChildren(block(options.method + ' ' + address));
    try {
      const got = await fetch(address, options);
      const fields = [...got.headers].map(([name, value]) => name + ': ' + value).join('\n');
      answer.append(block(got.status + ' ' + got.statusText + '\n' + fields),
                    block(readable(await got.text())));
    } catch (error) {
      answer.append(block(String(error)));
    }
  }

  for (const form of document.querySelectorAll('form[data-try]')) {
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      run(form);
    });
  }
})();
