// Scans a QR code with the camera: a button in #scan, where the browser can find codes in pictures
// (BarcodeDetector) and the device has a camera; elsewhere the sentence that stands there stays. The
// pictures leave the device nowhere.
//
// What a code may hold: an address of a report or of the receipts' page of this site, which is
// opened; a report's code, whose page is opened; a certificate number, which is filled in. Nothing
// else is opened or shown, and no other host ever: only the path of an address is followed.
'use strict';

(() => {
  const PAUSE_MS = 200;  // between two looks at the picture
  const IN_ENGLISH = document.documentElement.lang === 'en';
  const say = (zh, en) => IN_ENGLISH ? en : zh;

  const REPORT = /^\/r\/[0-9A-Za-z-]{28,40}$/;
  const RECEIPTS = /^\/data\/receipts#sha256=[0-9a-f]{64}$/;
  const CODE = /^[0-9A-HJKMNP-TV-Z]{28}$/;
  const NUMBER = /^(?:[A-Z]\d{21}|[A-Z]\d{14}[A-Z]\d{6}|\d{16}|\d{13})$/;

  const place = document.getElementById('scan');

  function parsed(text) {
    try {
      return new URL(text);
    } catch {
      return null;
    }
  }

  // {go} with a path of ours, {number}, or {not} with what it was not.
  function judge(text) {
    if (/^https?:\/\//i.test(text)) {
      const url = parsed(text);
      const path = url && url.pathname + url.hash;
      const ours = url && (url.origin === location.origin || url.origin === place.dataset.home);
      if (ours && (REPORT.test(path) || RECEIPTS.test(path))) return {go: path};
      if (ours) return {not: say('这是本站的网址，但不是分享报告，没有打开。', 'This is an address of this site, but of no report. It was not opened.')};
      return {not: say('这是其他网站的网址，没有打开。', 'This is an address of another site. It was not opened.')};
    }
    const form = text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
    const code = form.replace(/O/g, '0').replace(/[IL]/g, '1');
    if (CODE.test(code)) return {go: '/r/' + code};
    if (NUMBER.test(form)) return {number: form};
    return {not: say('这个二维码既不是分享报告，也不是证书编号，没有打开。', 'This code is neither a report nor a certificate number. It was not opened.')};
  }

  function element(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  async function start() {
    const detector = new BarcodeDetector({formats: ['qr_code']});
    const button = element('button', {type: 'button', className: 'plain', textContent: say('扫描二维码', 'Scan a QR code')});
    const stop = element('button', {type: 'button', className: 'plain', textContent: say('停止扫描', 'Stop scanning'), hidden: true});
    const video = element('video', {muted: true, playsInline: true, hidden: true});
    video.setAttribute('aria-label', say('相机画面', 'What the camera sees'));
    const said = element('p', {});
    said.setAttribute('role', 'status');
    place.replaceChildren(button, stop, video, said);
    let stream = null;

    function end(sentence) {
      if (stream) for (const track of stream.getTracks()) track.stop();
      stream = null;
      video.srcObject = null;
      video.hidden = stop.hidden = true;
      button.hidden = false;
      said.textContent = sentence;
    }

    function found(text) {
      const {go, number, not} = judge(text);
      end(not || say('已扫描。', 'Scanned.'));
      if (go) location.assign(go);
      if (!number) return;
      const field = document.getElementById('certificate_number');
      field.value = number;
      document.getElementById('holder_name').focus();
    }

    async function look(of) {
      if (stream !== of) return;  // stopped meanwhile
      if (!place.isConnected) return end('');  // an answer stands in place of the form
      const codes = await detector.detect(video).catch(() => []);
      if (stream !== of) return;
      if (codes.length > 0) return found(codes[0].rawValue);
      setTimeout(look, PAUSE_MS, of);
    }

    button.addEventListener('click', async () => {
      button.hidden = true;
      said.textContent = say('请允许使用相机，并将二维码放入画面。', 'Allow the camera, and hold the code before it.');
      try {
        stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'environment'}});
      } catch {
        return end(say('无法使用相机。可改用手机自带的相机，或手工填写。', 'The camera cannot be used. Use the phone\'s own camera app, or type.'));
      }
      video.srcObject = stream;
      video.hidden = stop.hidden = false;
      stop.focus();
      await video.play().catch(() => {});
      look(stream);
    });
    stop.addEventListener('click', () => {
      end('');
      button.focus();
    });
    addEventListener('pagehide', () => end(''));
  }

  async function canScan() {
    if (!('BarcodeDetector' in window) || !navigator.mediaDevices) return false;
    const formats = await BarcodeDetector.getSupportedFormats();
    const devices = await navigator.mediaDevices.enumerateDevices();
    return formats.includes('qr_code') && devices.some((device) => device.kind === 'videoinput');
  }

  canScan().then((can) => { if (can) return start(); }).catch(() => {});
})();
