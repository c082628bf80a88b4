// usage: page.mjs SCENE_FOLDER SPLAT_EXPORT OUTPUT_FOLDER
// scene.html, opened from the disk, must show what the SuperSplat viewer shows of scene.ply from the first training
// camera, and ask for nothing outside of itself.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { decodeImage, launchBrowser, serveFolders } from './browser.mjs';
import { sceneCamera } from './camera.mjs';
import { modulesFolder } from './package.mjs';
import { psnr } from './image.mjs';
import { writeInWrongFrame } from './ply.mjs';
import { Checks, runProgram, skip } from './process.mjs';
import { imageOfSuperSplat, superSplatImage, superSplatQuery } from './viewers.mjs';

const lowestPsnr = 25;      // dB
const wrongFramePsnr = 20;  // dB at most
const wrongFrameFile = 'wrong_frame.ply';

const [sceneFolder, exportProgram, outputFolder] = process.argv.slice(2);
fs.mkdirSync(outputFolder, { recursive: true });
const scenePly = path.join(sceneFolder, 'scene.ply');
const file = path.join(outputFolder, 'scene.html');
try {
  // The page takes its first view from the cameras.json beside scene.ply.
  runProgram(exportProgram, [scenePly, file, '--overwrite', '--quiet']);
} catch (error) {
  if (error.message.includes('no viewer page')) skip('this build has no viewer page (scripts/fetch_viewer.sh)');
  throw error;
}
writeInWrongFrame(scenePly, path.join(outputFolder, wrongFrameFile));
const camera = sceneCamera(sceneFolder);
const browser = await launchBrowser();

const address = pathToFileURL(file).href;
const { image } = await imageOfSuperSplat({ browser, address: `${address}?${superSplatQuery}`, allowed: address, camera });
fs.writeFileSync(path.join(outputFolder, 'scene.html.png'), image);
const page = await decodeImage(browser, image, 'image/png');

async function agreementWith(folder, name) {
  const server = await serveFolders({ modules: modulesFolder, scene: folder });
  const drawn = await superSplatImage({ browser, url: server.url, file: name, camera });
  fs.writeFileSync(path.join(outputFolder, `${name}.png`), drawn.image);
  server.close();
  return psnr(page, await decodeImage(browser, drawn.image, 'image/png'));
}

const agreement = await agreementWith(sceneFolder, 'scene.ply');
const wrong = await agreementWith(outputFolder, wrongFrameFile);
await browser.close();
console.log(`scene.html against scene.ply ${agreement.toFixed(2)} dB; against the scene in a wrong frame ${wrong.toFixed(2)} dB`);
const checks = new Checks();
checks.expect(agreement >= lowestPsnr, `${agreement.toFixed(2)} dB is below ${lowestPsnr}`);
checks.expect(wrong <= wrongFramePsnr, `a scene in a wrong frame is ${wrong.toFixed(2)} dB like the page`);
checks.finish();
