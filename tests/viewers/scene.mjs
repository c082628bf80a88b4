// usage: scene.mjs SPLAT_CAPTURE SPLAT_TRAIN SPLAT_EXPORT SCENE_FOLDER
// The scene of the viewers' tests: demonstration photos with their true poses, trained for some seconds, in every
// format.
import fs from 'node:fs';
import path from 'node:path';

import { readPly } from './ply.mjs';
import { runProgram } from './process.mjs';

const [capture, train, exportProgram, folder] = process.argv.slice(2);
const photos = path.join(folder, 'capture');
fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(path.dirname(folder), { recursive: true });
runProgram(capture, [photos, '--photos', '24', '--width', '240', '--height', '160', '--quiet']);
const scene = path.join(folder, 'scene');
// Few steps: higher SH starts early and learns fast, so that it matters in the images.
runProgram(train, [
  '--images', path.join(photos, 'photos'), '--poses', path.join(photos, 'truth'), '--output', scene,
  '--iterations', '600', '--max-gaussians', '12000', '--set', 'sh_degree_every=100', '--set', 'optimizer.sh_rest_lr=0.001',
  '--export', 'ply,compressed.ply,splat,spz,sog,glb', '--device', 'cpu', '--quiet',
]);
const ply = path.join(scene, 'scene.ply');
for (const version of ['2', '4']) {
  runProgram(exportProgram, [ply, path.join(scene, `scene.v${version}.spz`), '--spz-version', version, '--quiet']);
}
const { count, columns } = readPly(ply);
const strong = columns.f_rest_0.filter((value) => Math.abs(value) > 0.05).length;
console.log(`${count} splats, ${strong} of them with a first SH coefficient above 0.05`);
if (count < 5000 || strong < count / 10) throw new Error('the scene is too plain for the tests');
