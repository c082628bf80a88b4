// The viewers: which files each can read, and how its image of one is taken.
import path from 'node:path';

import { openPage, settledScreenshot } from './browser.mjs';
import { degrees, frames, horizontalFov_rad, inFrame, verticalFov_rad } from './camera.mjs';

const timeout_ms = 120000;  // drawing in software, beside other tests

// A page of ours that uses the library of a viewer.
async function imageOfPage(name, frameOf, { browser, url, file, camera }) {
  const frame = frameOf(file);
  const parameters = new URLSearchParams({
    file: `${url}/scene/${file}`,
    position: inFrame(frame, camera.position).join(),
    target: inFrame(frame, camera.target).join(),
    verticalFov: degrees(verticalFov_rad(camera)),
  });
  const { page, problems, strangers } = await openPage(browser, { ...camera, allowed: url });
  await page.goto(`${url}/pages/${name}.html?${parameters}`);
  const result = await page.waitForFunction(() => window.result, null, { timeout: timeout_ms }).then(
    (handle) => handle.jsonValue(),
    () => ({ error: `nothing was drawn in ${timeout_ms / 1000} s: ${problems.concat(strangers).join('; ')}` }),
  );
  if (result.error) throw new Error(result.error);
  if (strangers.length > 0) throw new Error(`asked for ${strangers.join(', ')}`);
  const image = await settledScreenshot(page);
  await page.close();
  return { image, splats: result.splats };
}

// Settings of the SuperSplat viewer: nothing but the splats, seen by `camera`.
function superSplatSettings(camera) {
  const off = { enabled: false };
  return {
    version: 2,
    tonemapping: 'none',
    highPrecisionRendering: false,
    background: { color: [0, 0, 0] },
    postEffectSettings: {
      sharpness: { ...off, amount: 0 },
      bloom: { ...off, intensity: 0.1, blurLevel: 2 },
      grading: { ...off, brightness: 1, contrast: 1, saturation: 1, tint: [1, 1, 1] },
      vignette: { ...off, intensity: 0.5, inner: 0.3, outer: 0.75, curvature: 1 },
      fringing: { ...off, intensity: 0.5 },
    },
    animTracks: [],
    cameras: [
      {
        initial: {
          position: inFrame(frames.playCanvas, camera.position),
          target: inFrame(frames.playCanvas, camera.target),
          fov: degrees(horizontalFov_rad(camera)),  // of the longer side
        },
      },
    ],
    annotations: [],
    startMode: 'default',
  };
}

// The image of a SuperSplat viewer at `address` once it says that its first frame is there.
export async function imageOfSuperSplat({ browser, address, allowed, camera, settings }) {
  const { page, problems, strangers } = await openPage(browser, { ...camera, allowed });
  await page.addInitScript(() => {
    window.firstFrame = () => {
      window.firstFrameDrawn = true;
    };
  });
  if (settings) {
    await page.route('**/settings.json', (route) => route.fulfill({ json: settings }));
  }
  await page.goto(address);
  await page.waitForFunction(() => window.firstFrameDrawn, null, { timeout: timeout_ms }).catch(() => {
    throw new Error(`no first frame in ${timeout_ms / 1000} s: ${problems.concat(strangers).join('; ')}`);
  });
  if (strangers.length > 0) throw new Error(`asked for ${strangers.join(', ')}`);
  const image = await settledScreenshot(page);
  await page.close();
  return { image };
}

// In software the viewer has WebGL only. Without noanim it turns round the scene by itself.
export const superSplatQuery = 'webgl&noui&noanim';

export function superSplatImage({ browser, url, file, camera }) {
  const address = `${url}/modules/@playcanvas/supersplat-viewer/public/index.html`;
  return imageOfSuperSplat({
    browser,
    address: `${address}?${superSplatQuery}&settings=${url}/settings.json&content=${url}/scene/${file}`,
    allowed: url,
    camera,
    settings: superSplatSettings(camera),
  });
}

const isGlTF = (file) => path.extname(file) === '.glb';

// files: what is compared with scene.ply. unread: what the viewer cannot read, and why. likeOurs: least agreement of
// its image of scene.ply with that of splat-render, as dB or as correlation.
export const viewers = {
  spark: {
    image: (options) => imageOfPage('spark', () => frames.glTF, options),
    files: ['scene.compressed.ply', 'scene.splat', 'scene.v2.spz', 'scene.spz', 'scene.sog'],
    unread: { 'scene.v4.spz': 'Spark 2.2 knows versions 1 to 3', 'scene.glb': 'no reader' },
    likeOurs: { psnr: 30 },
  },
  three: {
    image: (options) => imageOfPage('three', () => frames.glTF, options),
    files: ['scene.splat', 'scene.v2.spz', 'scene.spz', 'scene.v4.spz', 'scene.glb'],
    unread: { 'scene.compressed.ply': 'no reader', 'scene.sog': 'no reader in r187' },
    likeOurs: { correlation: 0.9 },  // it blends in linear light, which is paler
  },
  babylon: {
    image: (options) => imageOfPage('babylon', (file) => (isGlTF(file) ? frames.babylonGlTF : frames.babylon), options),
    files: ['scene.compressed.ply', 'scene.splat', 'scene.v2.spz', 'scene.spz', 'scene.v4.spz', 'scene.sog', 'scene.glb'],
    unread: {},
    likeOurs: { psnr: 30 },
  },
  supersplat: {
    image: superSplatImage,
    files: ['scene.compressed.ply', 'scene.sog'],
    unread: { 'scene.splat': 'no reader', 'scene.v2.spz': 'no reader', 'scene.spz': 'no reader', 'scene.v4.spz': 'no reader', 'scene.glb': 'no reader' },
    likeOurs: { psnr: 30 },
  },
};
