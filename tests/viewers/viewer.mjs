// usage: viewer.mjs NAME SCENE_FOLDER SPLAT_RENDER OUTPUT_FOLDER
// Every format that the viewer reads must give the image that its PLY gives in the same viewer. A PLY in a wrong frame
// must not: otherwise the comparison sees nothing.
import fs from 'node:fs';
import path from 'node:path';

import { decodeImage, launchBrowser, serveFolders } from './browser.mjs';
import { ownImage, sceneCamera } from './camera.mjs';
import { modulesFolder } from './package.mjs';
import { correlation, psnr } from './image.mjs';
import { readPly, writeInWrongFrame } from './ply.mjs';
import { Checks } from './process.mjs';
import { viewers } from './viewers.mjs';

const lowestPsnr = 25;        // dB; a wrong frame gives 10 to 12
const wrongFramePsnr = 20;    // dB at most
const wrongFrameFile = 'wrong_frame.ply';

const [name, sceneFolder, renderProgram, outputFolder] = process.argv.slice(2);
const viewer = viewers[name];
fs.mkdirSync(outputFolder, { recursive: true });
const scenePly = path.join(sceneFolder, 'scene.ply');
const camera = sceneCamera(sceneFolder);
const { count } = readPly(scenePly);
writeInWrongFrame(scenePly, path.join(outputFolder, wrongFrameFile));
for (const file of ['scene.ply', ...viewer.files]) {
  const link = path.join(outputFolder, file);
  fs.rmSync(link, { force: true });
  fs.symlinkSync(path.join(sceneFolder, file), link);
}

const pages = path.join(import.meta.dirname, 'pages');
const server = await serveFolders({ modules: modulesFolder, pages, scene: outputFolder });
const browser = await launchBrowser();
const checks = new Checks();

async function draw(file) {
  const { image, splats } = await viewer.image({ browser, url: server.url, file, camera });
  fs.writeFileSync(path.join(outputFolder, `${file}.png`), image);
  if (splats !== undefined) checks.expect(splats === count, `${file}: ${name} says ${splats} splats, the scene has ${count}`);
  return decodeImage(browser, image, 'image/png');
}

const own = await ownImage(browser, renderProgram, scenePly, camera, path.join(outputFolder, 'own'));
const reference = await draw('scene.ply');
const agreement = { psnr: psnr(reference, own), correlation: correlation(reference, own) };
console.log(`${name}: scene.ply against splat-render ${agreement.psnr.toFixed(2)} dB, correlation ${agreement.correlation.toFixed(3)}`);
for (const [measure, lowest] of Object.entries(viewer.likeOurs)) {
  checks.expect(agreement[measure] >= lowest, `scene.ply: ${measure} ${agreement[measure]} against splat-render, below ${lowest}`);
}
for (const file of viewer.files) {
  try {
    const value = psnr(await draw(file), reference);
    console.log(`${name}: ${file} ${value.toFixed(2)} dB`);
    checks.expect(value >= lowestPsnr, `${file}: ${value.toFixed(2)} dB against scene.ply, below ${lowestPsnr}`);
  } catch (error) {
    checks.expect(false, `${file}: ${error.message}`);
  }
}
for (const [file, reason] of Object.entries(viewer.unread)) console.log(`${name}: ${file} is not drawn: ${reason}`);
const wrong = psnr(await draw(wrongFrameFile), reference);
console.log(`${name}: in a wrong frame ${wrong.toFixed(2)} dB`);
checks.expect(wrong <= wrongFramePsnr, `a scene in a wrong frame is ${wrong.toFixed(2)} dB like the right one`);
await browser.close();
server.close();
checks.finish();
