// Headless Chromium with WebGL 2 in software, a server for its pages, and images of them.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { chromium, chromiumPath } from './package.mjs';

const flags = [
  '--no-sandbox',  // CI runs as root
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-gpu-compositing',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];
const contentTypes = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export function launchBrowser() {
  return chromium.launch({ executablePath: chromiumPath, headless: true, args: flags });
}

// Serves each of `folders` ({ name: folder }) under /name/ on a free port of this machine.
export async function serveFolders(folders) {
  const server = http.createServer((request, response) => {
    const [, name, ...rest] = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).split('/');
    const file = folders[name] && path.join(folders[name], ...rest);
    if (!file || rest.includes('..') || !fs.existsSync(file) || !fs.statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': contentTypes[path.extname(file)] ?? 'application/octet-stream',
      'content-length': fs.statSync(file).size,
    });
    fs.createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

// A page that reports its errors in `problems` and every address that it asked for outside of `allowed` in `strangers`;
// such a request is refused.
export async function openPage(browser, { width, height, allowed }) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1 });
  const problems = [];
  const strangers = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.route('**', (route) => {
    const address = route.request().url();
    if (address.startsWith(allowed) || address.startsWith('data:') || address.startsWith('blob:')) return route.continue();
    strangers.push(address.slice(0, 200));
    return route.abort();
  });
  return { page, problems, strangers };
}

// The image of a page that has stopped changing: viewers sort and load in the background after their first frame.
export async function settledScreenshot(page, { attempts = 12, pause_ms = 250 } = {}) {
  let last = await page.screenshot();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await page.waitForTimeout(pause_ms);
    const next = await page.screenshot();
    if (next.equals(last)) return next;
    last = next;
  }
  return last;
}

// Pixels of an encoded image, decoded by the browser: { width, height, rgba }.
export async function decodeImage(browser, bytes, type) {
  const page = await browser.newPage();
  const decoded = await page.evaluate(
    async ({ base64, type }) => {
      const blob = await (await fetch(`data:${type};base64,${base64}`)).blob();
      const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      let text = '';
      for (let start = 0; start < data.length; start += 8192) text += String.fromCharCode(...data.subarray(start, start + 8192));
      return { width: bitmap.width, height: bitmap.height, rgba: btoa(text) };
    },
    { base64: bytes.toString('base64'), type },
  );
  await page.close();
  return { ...decoded, rgba: Buffer.from(decoded.rgba, 'base64') };
}
