// The page that verifies receipts: takes the digest that a QR code brought in the fragment of the
// address, and reads a receipt's file into the form, so that nobody has to open and copy it. Without
// this script both are pasted.
'use strict';

(() => {
  const FILE_BYTES_MAX = 4 << 20;  // the longest receipt; what the form cannot take the service says
  const text = document.getElementById('receipt');
  const digest = document.getElementById('sha256');

  const sought = /^#sha256=([0-9a-f]{64})$/.exec(location.hash);
  if (sought) digest.value = sought[1];

  const label = document.createElement('label');
  label.htmlFor = 'file';
  label.textContent = document.documentElement.lang === 'en' ? 'Or choose the file' : '或选择文件';
  const file = document.createElement('input');
  file.type = 'file';
  file.id = 'file';
  file.accept = '.json,application/json';
  file.addEventListener('change', async () => {
    const chosen = file.files[0];
    text.value = chosen && chosen.size <= FILE_BYTES_MAX ? await chosen.text() : '';
  });
  text.after(label, file);
})();
