// usage: reference_render.mjs SCENE_FOLDER SPLAT_RENDER OUTPUT_FOLDER
// splat-render's image of scene.ply against that of splat-transform's rasterizer, which follows Inria's and is written
// by others.
import fs from 'node:fs';
import path from 'node:path';

import { decodeImage, launchBrowser } from './browser.mjs';
import { degrees, frames, inFrame, ownImage, sceneCamera, verticalFov_rad } from './camera.mjs';
import { chromiumPath } from './package.mjs';
import { psnr } from './image.mjs';
import { writeInWrongFrame } from './ply.mjs';
import { Checks, skip, splatTransform } from './process.mjs';

const lowestPsnr = 35;      // dB
const wrongFramePsnr = 20;  // dB at most

// Chromium's Vulkan in software; Mesa's lacks features that WebGPU needs.
function softwareVulkan() {
  const folders = [path.dirname(fs.realpathSync(chromiumPath)), '/usr/lib/chromium', '/usr/lib/chromium-browser'];
  return folders.find((folder) => fs.existsSync(path.join(folder, 'vk_swiftshader_icd.json')));
}

const [sceneFolder, renderProgram, outputFolder] = process.argv.slice(2);
const vulkan = softwareVulkan();
if (!vulkan) skip('this Chromium has no vk_swiftshader_icd.json, on which splat-transform could draw');
fs.mkdirSync(outputFolder, { recursive: true });
const camera = sceneCamera(sceneFolder);
const browser = await launchBrowser();

async function referenceImage(scene) {
  const file = path.join(outputFolder, `${path.basename(scene)}.webp`);  // lossless
  splatTransform(
    [
      '--gpu', '0',
      '--camera-pos', inFrame(frames.playCanvas, camera.position).join(),
      '--camera-target', inFrame(frames.playCanvas, camera.target).join(),
      '--camera-fov', String(degrees(verticalFov_rad(camera))),
      '--resolution', `${camera.width}x${camera.height}`,
      '--background', '0,0,0,1',
      scene,
      file,
    ],
    { VK_ICD_FILENAMES: path.join(vulkan, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: vulkan },
  );
  return decodeImage(browser, fs.readFileSync(file), 'image/webp');
}

const scenePly = path.join(sceneFolder, 'scene.ply');
const wrongPly = path.join(outputFolder, 'wrong_frame.ply');
writeInWrongFrame(scenePly, wrongPly);
const own = await ownImage(browser, renderProgram, scenePly, camera, path.join(outputFolder, 'own'));
const agreement = psnr(own, await referenceImage(scenePly));
const wrong = psnr(own, await referenceImage(wrongPly));
await browser.close();
console.log(`splat-render against splat-transform ${agreement.toFixed(2)} dB; with the scene in a wrong frame ${wrong.toFixed(2)} dB`);
const checks = new Checks();
checks.expect(agreement >= lowestPsnr, `${agreement.toFixed(2)} dB is below ${lowestPsnr}`);
checks.expect(wrong <= wrongFramePsnr, `a scene in a wrong frame is ${wrong.toFixed(2)} dB like the right one`);
checks.finish();
