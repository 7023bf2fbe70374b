// The page that verifies receipts: takes the digest that a QR code brought in the fragment of the
// address, and reads a receipt's file into the form, so that nobody has to open and copy it. Without
// this script both are pasted.
'use strict';

(() => {
  const IN_ENGLISH = document.documentElement.lang === 'en';
  const text = document.getElementById('receipt');
  const digest = document.getElementById('sha256');

  const sought = /^#sha256=([0-9a-f]{64})$/.exec(location.hash);
  if (sought) digest.value = sought[1];

  const label = document.createElement('label');
  label.htmlFor = 'file';
  label.textContent = IN_ENGLISH ? 'Or choose the file' : '或选择文件';
  const file = document.createElement('input');
  file.type = 'file';
  file.id = 'file';
  file.accept = '.json,application/json';
  const fault = document.createElement('p');
  fault.className = 'fault';
  fault.setAttribute('role', 'alert');
  // What the form cannot take is said here: the service would cut the connection.
  const bytesMax = Number(text.form.dataset.bytesMax);
  const sent = (content) => new URLSearchParams({receipt: content}).toString().length;
  file.addEventListener('change', async () => {
    const chosen = file.files[0];
    const content = chosen && chosen.size < bytesMax ? await chosen.text() : '';
    const fits = !chosen || (content && sent(content) < bytesMax);
    text.value = fits ? content : '';
    fault.textContent = fits ? '' : IN_ENGLISH
        ? 'This file is empty, or too long for this form. If it is a receipt, verify it yourself as below.'
        : '文件为空，或超过本表单的上限。如确是查验凭据，请按下文自行核验。';
  });
  text.after(label, file, fault);
})();
