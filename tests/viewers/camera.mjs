// The camera of the images: that of the first photo, without roll (the SuperSplat viewer knows none), seen as every
// viewer has its axes. Positions are in the scene's frame: x right, y down, z forward.
import fs from 'node:fs';
import path from 'node:path';

import { decodeImage } from './browser.mjs';
import { runProgram } from './process.mjs';

const width = 480;
const height = 320;

const subtract = (a, b) => a.map((value, i) => value - b[i]);
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a) => a.map((value) => value / Math.hypot(...a));

export function sceneCamera(folder) {
  const [first] = JSON.parse(fs.readFileSync(path.join(folder, 'cameras.json'), 'utf8'));
  const distance = Math.hypot(...first.position);
  const target = first.position.map((value, row) => value + distance * first.rotation[row][2]);
  const focal_px = (first.fx * width) / first.width;
  return { position: first.position, target, focal_px, width, height };
}

export const degrees = (radians) => (radians * 180) / Math.PI;
export const verticalFov_rad = (camera) => 2 * Math.atan(camera.height / 2 / camera.focal_px);
export const horizontalFov_rad = (camera) => 2 * Math.atan(camera.width / 2 / camera.focal_px);

// Sign of each axis of another frame: point_in_frame[i] = sign[i] * point_in_scene[i].
export const frames = {
  glTF: [1, -1, -1],       // three.js, Spark
  playCanvas: [-1, -1, 1],  // SuperSplat viewer, splat-transform's images
  babylon: [1, -1, 1],      // left-handed
  babylonGlTF: [-1, -1, -1],  // Babylon turns what it reads from glTF half round the vertical
};
export const inFrame = (frame, point) => point.map((value, i) => value * frame[i]);

// The camera in the form of cameras.json.
function cameraEntry(camera) {
  const forward = unit(subtract(camera.target, camera.position));
  const right = unit(cross([0, 1, 0], forward));
  const down = cross(forward, right);
  return {
    id: 0,
    img_name: 'view.png',
    width: camera.width,
    height: camera.height,
    position: camera.position,
    rotation: [0, 1, 2].map((row) => [right[row], down[row], forward[row]]),
    fx: camera.focal_px,
    fy: camera.focal_px,
  };
}

// What splat-render draws there; files go to `folder`.
export async function ownImage(browser, renderProgram, scene, camera, folder) {
  const cameras = path.join(folder, 'cameras.json');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(cameras, JSON.stringify([cameraEntry(camera)]));
  runProgram(renderProgram, [scene, '--cameras', cameras, '--output', folder, '--quiet']);
  return decodeImage(browser, fs.readFileSync(path.join(folder, 'view.png')), 'image/png');
}
