// Forms that ask about a certificate (form[data-ask]) put the answer in place of the page's content;
// Back shows again what stood there. Where something in them is wrong, or no answer comes, what was
// typed stays: the service never sends it back. Where the service wants a proof of work they ask
// again by themselves: they search a number such that SHA-256 of "challenge.number" begins with as
// many zero bits as the challenge says, about a second, and send it in Chayan-Proof. Without this
// script the pages work too, and tell a person to wait.
// SHA-256 is written out because crypto.subtle is missing on plain HTTP and slow one call at a time.
//
// Buttons with data-print print.
'use strict';

(() => {
  const K = new Uint32Array(64);
  const INITIAL = new Uint32Array(8);
  (() => {  // the fractional parts of the roots of the first primes (FIPS 180-4 section 4.2.2)
    const fraction = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
    for (let n = 2, count = 0; count < 64; n++) {
      let isPrime = true;
      for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
      if (!isPrime) continue;
      if (count < 8) INITIAL[count] = fraction(Math.sqrt(n));
      K[count++] = fraction(Math.cbrt(n));
    }
  })();

  const words = new Int32Array(64);

  // First 32 bits of SHA-256 of ASCII text of at most 119 bytes.
  function sha256Head(text) {
    const blocks = text.length > 55 ? 2 : 1;
    const message = new Uint8Array(64 * blocks);
    for (let i = 0; i < text.length; i++) message[i] = text.charCodeAt(i);
    message[text.length] = 0x80;
    new DataView(message.buffer).setUint32(64 * blocks - 4, text.length * 8);
    const state = Int32Array.from(INITIAL);
    for (let block = 0; block < blocks; block++) compress(state, message, 64 * block);
    return state[0] >>> 0;
  }

  function compress(state, message, at) {
    const w = words;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = message[at] << 24 | message[at + 1] << 16 | message[at + 2] << 8 | message[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
          ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) +
          (e & f ^ ~e & g) + K[i] + w[i] | 0;
      const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) +
          (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  // Up to 32 bits; gives the page a breath every few thousand tries.
  async function solve(challenge) {
    const bits = parseInt(challenge, 10);
    if (!(bits >= 1 && bits <= 32)) return null;
    for (let nonce = 0;; nonce++) {
      const solution = challenge + '.' + nonce;
      if (Math.clz32(sha256Head(solution)) >= bits) return solution;
      if (nonce % 20000 === 19999) await new Promise((go) => setTimeout(go));
    }
  }

  const ask = (form, body, proof) => fetch(form.action, {
    method: 'POST', body, redirect: 'error',
    headers: proof ? {'Chayan-Proof': proof} : {},
  });

  async function submit(form) {
    const body = new URLSearchParams(new FormData(form));
    let answer = await ask(form, body, null);
    const challenge = answer.headers.get('Chayan-Challenge');
    if (answer.status === 429 && challenge) {
      const proof = await solve(challenge);
      if (proof) answer = await ask(form, body, proof);
    }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const main = page.querySelector('main');
    if (answer.status === 400) keep(form, main);
    const first = main.querySelector('.summary') || main.querySelector('h1');
    step(main, page.title);
    first.tabIndex = -1;
    first.focus();
  }

  // What has stood in place of the page's content, by the number in the state of history: kept here
  // alone, for no address may hold it. After a reload the page is what its address says.
  const views = [];
  let shown = 0;

  function show(view) {
    shown = view;
    document.querySelector('main').replaceWith(views[view].main);
    document.title = views[view].title;
  }

  function step(main, title) {
    views.splice(shown + 1, views.length, {main, title});
    history.pushState({view: shown + 1}, '');
    show(shown + 1);
  }

  function stepTo({state}) {
    if (!state || state.view === shown) return;  // within the view: to a control
    if (!views[state.view]) return location.reload();
    show(state.view);
    views[state.view].main.focus({preventScroll: true});
  }

  // Browsers keep pages that were left, and show them to whoever goes back: then there is the form,
  // and no answer.
  function forget() {
    if (shown > 0) show(0);
    views.length = 1;
  }

  // The next time the browser sends the form in its own way, which needs nothing of this script.
  function sayThatNothingCame(form) {
    delete form.dataset.ask;
    const said = document.createElement('p');
    said.className = 'answer warn';
    said.setAttribute('role', 'alert');
    said.tabIndex = -1;
    said.textContent = document.documentElement.lang === 'en'
        ? 'There was no answer. Try again when the network is back.'
        : '没有收到答复，请检查网络后再试一次。';
    form.before(said);
    said.focus();
  }

  // What was typed and chosen, into the same form of another page.
  function keep(form, main) {
    const action = form.getAttribute('action');
    const hidden = [...form.elements].filter((control) => control.type === 'hidden');
    const same = [...main.querySelectorAll('form')].find((one) => one.getAttribute('action') === action &&
        hidden.every(({name, value}) => one.elements[name]?.value === value));
    if (!same) return;
    for (const control of form.elements) {
      if (!control.name || control.type === 'hidden') continue;
      const twin = [...same.elements].find((one) => one.name === control.name &&
          (one.type !== 'radio' || one.value === control.value));
      if (!twin) continue;
      twin.value = control.value;
      twin.checked = control.checked;
    }
  }

  if (typeof document === 'undefined') {  // a test outside a browser
    module.exports = {solve};
    return;
  }
  document.documentElement.classList.add('scripted');
  views.push({main: document.querySelector('main'), title: document.title});
  history.replaceState({view: 0}, '');
  addEventListener('popstate', stepTo);
  addEventListener('pagehide', forget);
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-print]')) print();
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('form[data-ask]')) return;
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    form.setAttribute('aria-busy', 'true');
    // Not sent again unasked: what it orders may have been done.
    submit(form).catch(() => sayThatNothingCame(form)).finally(() => {
      button.disabled = false;
      form.removeAttribute('aria-busy');
    });
  });
})();
