// Suggestions below a search box (input[data-suggest]), as the ARIA authoring practices have a
// combobox: arrows choose, Enter goes there, Escape closes. Without this script, or where the
// service does not answer, the form asks for the words themselves.
'use strict';

(() => {
  const IN_ENGLISH = document.documentElement.lang === 'en';
  const KINDS = IN_ENGLISH
      ? {occupation: 'Occupation', item: 'Certificate', institution: 'Institution'}
      : {occupation: '职业', item: '证书', institution: '机构'};
  const PAUSE_MS = 150;  // between two keys of somebody who types

  // As on the pages: nobody's name turns the words beside it round (UAX #9).
  const plain = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

  const addressOf = (item) => item.kind === 'institution'
      ? '/institutions/' + encodeURIComponent(item.value)
      : '/institutions?' + new URLSearchParams({[item.kind]: item.value});

  function attach(input) {
    const list = document.createElement('ul');
    list.className = 'suggestions';
    list.id = input.id + '-suggestions';
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', IN_ENGLISH ? 'Suggestions' : '建议');
    list.hidden = true;
    input.parentElement.append(list);
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', list.id);
    input.setAttribute('aria-expanded', 'false');
    let chosen = -1;
    let timer = 0;
    let asked = null;

    function close() {
      clearTimeout(timer);
      if (asked) asked.abort();
      list.hidden = true;
      chosen = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    }

    function show(items) {
      list.replaceChildren(...items.map((item, i) => {
        const option = document.createElement('li');
        option.id = list.id + '-' + i;
        option.setAttribute('role', 'option');
        option.setAttribute('aria-selected', 'false');
        option.dataset.address = addressOf(item);
        option.textContent = plain(item.text);
        const detail = document.createElement('small');
        detail.textContent = item.detail ? KINDS[item.kind] + ' · ' + plain(item.detail) : KINDS[item.kind];
        option.append(detail);
        return option;
      }));
      chosen = -1;
      list.hidden = items.length === 0;
      input.setAttribute('aria-expanded', String(items.length > 0));
      input.removeAttribute('aria-activedescendant');
    }

    async function ask() {
      const text = input.value.trim();
      if (asked) asked.abort();
      if (!text) return close();
      asked = new AbortController();
      const {signal} = asked;
      try {
        const answer = await fetch('/v1/suggestions?' + new URLSearchParams({q: text}), {signal});
        const items = answer.ok ? (await answer.json()).items : [];
        if (!signal.aborted) show(items);
      } catch {
        // Cut off by the next key, or no answer: the form still works.
      }
    }

    function choose(step) {
      const options = [...list.children];
      if (options.length === 0 || list.hidden) return;
      if (chosen >= 0) options[chosen].setAttribute('aria-selected', 'false');
      chosen = (chosen + step + options.length + (chosen < 0 && step < 0 ? 1 : 0)) % options.length;
      options[chosen].setAttribute('aria-selected', 'true');
      options[chosen].scrollIntoView({block: 'nearest'});
      input.setAttribute('aria-activedescendant', options[chosen].id);
    }

    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    });
    input.addEventListener('keydown', (event) => {
      if (event.isComposing) return;  // the input method has the keys
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        if (!list.hidden) event.preventDefault();
        choose(event.key === 'ArrowDown' ? 1 : -1);
      } else if (event.key === 'Escape') {
        if (!list.hidden) event.preventDefault();
        close();  // and what is still on its way
      } else if (event.key === 'Enter' && chosen >= 0 && !list.hidden) {
        event.preventDefault();
        location.assign(list.children[chosen].dataset.address);
      }
    });
    // Before the input loses the focus, which closes the list.
    list.addEventListener('mousedown', (event) => event.preventDefault());
    list.addEventListener('click', (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) location.assign(option.dataset.address);
    });
    input.addEventListener('blur', close);
  }

  for (const input of document.querySelectorAll('input[data-suggest]')) attach(input);

  // Controls that were left empty need not stand in the address.
  document.addEventListener('submit', (event) => {
    if (event.target.method !== 'get') return;
    const empty = [...event.target.elements].filter((control) => control.name && !control.value);
    for (const control of empty) control.disabled = true;
    setTimeout(() => { for (const control of empty) control.disabled = false; });
  });
})();
