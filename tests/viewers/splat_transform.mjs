// usage: splat_transform.mjs SCENE_FOLDER OUTPUT_FOLDER
// splat-transform reads every format to PLY, and each splat of scene.ply must be found there, once, within what the
// format may lose. It does not read .glb; three.js and Babylon do (viewer.mjs).
import fs from 'node:fs';
import path from 'node:path';

import { matchSplats } from './match.mjs';
import { readPly } from './ply.mjs';
import { Checks, splatTransform } from './process.mjs';

const shC0 = 0.28209479177387814;
const rounding = 1e-5;  // floats that were activated and inverted again

// Half a step of the quantised formats (docs/formats.md), and a little for rounding.
// position: a function of the scene; rotation in degrees; color is 0.5 + shC0 * f_dc. sh[l]: coefficients of degree l;
// none where the format has none. limits: what a format cannot hold is cut off. rms: where a codebook or palette bounds
// no single error.
const spz = {
  position: () => 2 ** -13 + rounding,
  logScale: 1 / 32 + rounding,
  color: (0.5 / 38.25) * shC0 + rounding,
  opacity: 0.5 / 255 + rounding,
  sh: [4.5 / 128, 8.5 / 128, 8.5 / 128].map((step) => step + rounding),  // rounded twice, to 1/128 and to 5 or 4 bits
  limits: { color: [0.5 - 3.33 * shC0, 0.5 + 3.33 * shC0], logScale: [-10, 5.94], sh: [-1, 0.99] },
};
const exact = {
  position: () => rounding,
  logScale: rounding,
  rotation: 0.05,  // acos of a dot product in floats
  color: rounding,
  opacity: rounding,
  sh: [rounding, rounding, rounding],
};
const tolerances = {
  'scene.ply': exact,
  'scene.compressed.ply': {
    position: (scene) => scene.extent / 2046 + rounding,  // 10 bits of a chunk, which is no larger than the scene
    logScale: (scene) => scene.logScaleRange / 2046 + rounding,  // the same
    rotation: 0.25,
    color: (scene) => scene.colorRange / 510 + rounding,  // 8 bits of a chunk
    opacity: 0.5 / 255 + rounding,
    sh: [1 / 64, 1 / 64, 1 / 64].map((step) => step + rounding),
    limits: { sh: [-4, 4] },
    rms: { position: 5e-3, logScale: 5e-3, color: 2e-3 },
  },
  // Half a step of 1/128 in each of four components is 1/128 of the quaternion and 0.9 degrees; splat-transform has the
  // byte of 0 at 127.5, all others have it at 128: as much again.
  'scene.splat': { ...exact, logScale: 1e-4, rotation: 1.8, color: 0.5 / 255 + rounding, opacity: 0.5 / 255 + rounding, sh: [], limits: { color: [0, 1] } },
  // Rotations have 8 bits for x, y and z, and w follows from them, worst near w = 0.
  'scene.v2.spz': { ...spz, rotation: 4.5, rms: { rotation: 0.5 } },
  'scene.spz': { ...spz, rotation: 0.2 },
  'scene.v4.spz': { ...spz, rotation: 0.2 },
  'scene.sog': {
    position: (scene) => ((scene.farthest + 1) * Math.log(scene.farthest + 1)) / 65535 + rounding,
    logScale: 0.1,  // codebooks of 256 entries are dense where values are frequent
    rotation: 1,    // 8 bits
    color: 0.03,
    opacity: 0.5 / 255 + rounding,
    sh: [0.25, 0.25, 0.25],  // a palette
    rms: { logScale: 0.01, color: 0.003, sh: 0.03 },
  },
};

// The attributes that are compared, activated where formats store them so.
function splatsOf(file) {
  const { count, columns } = readPly(file);
  const pick = (names) => names.map((name) => columns[name]);
  const coefficients = Object.keys(columns).filter((name) => name.startsWith('f_rest_')).length / 3;
  const sh = [];
  for (let k = 0; k < coefficients; k += 1) sh.push([0, 1, 2].map((channel) => columns[`f_rest_${channel * coefficients + k}`]));
  return {
    count,
    coefficients,
    position: pick(['x', 'y', 'z']),
    logScale: pick(['scale_0', 'scale_1', 'scale_2']),
    rotation: pick(['rot_0', 'rot_1', 'rot_2', 'rot_3']),
    color: pick(['f_dc_0', 'f_dc_1', 'f_dc_2']).map((column) => column.map((value) => 0.5 + shC0 * value)),
    opacity: [columns.opacity.map((value) => 1 / (1 + Math.exp(-value)))],
    sh: [sh.slice(0, 3), sh.slice(3, 8), sh.slice(8, 15)].map((degree) => degree.flat()),
  };
}

const range = (columns) => columns.map((column) => column.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]));
const width = (columns) => Math.max(...range(columns).map(([low, high]) => high - low));

function describe(scene) {
  return {
    extent: width(scene.position),
    farthest: Math.max(...range(scene.position).flat().map(Math.abs)),
    logScaleRange: width(scene.logScale),
    colorRange: width(scene.color),
  };
}

const clamp = (value, limits) => (limits ? Math.min(limits[1], Math.max(limits[0], value)) : value);

function largestDifference(a, i, b, j, limits) {
  let largest = 0;
  for (let column = 0; column < a.length; column += 1) {
    largest = Math.max(largest, Math.abs(clamp(a[column][i], limits) - b[column][j]));
  }
  return largest;
}

function rotationDifference(a, i, b, j) {
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (let column = 0; column < 4; column += 1) {
    dot += a[column][i] * b[column][j];
    lengthA += a[column][i] ** 2;
    lengthB += b[column][j] ** 2;
  }
  return (2 * Math.acos(Math.min(1, Math.abs(dot) / Math.sqrt(lengthA * lengthB))) * 180) / Math.PI;
}

// Each attribute's error between splat i of the scene and splat j of the file, and what it may be.
function comparisons(scene, file, tolerance) {
  const extents = describe(scene);
  const bound = (value) => (typeof value === 'function' ? value(extents) : value);
  const list = ['position', 'logScale', 'color', 'opacity'].map((name) => ({
    name,
    allowed: bound(tolerance[name]),
    error: (i, j) => largestDifference(scene[name], i, file[name], j, tolerance.limits?.[name]),
  }));
  list.push({ name: 'rotation', allowed: tolerance.rotation, error: (i, j) => rotationDifference(scene.rotation, i, file.rotation, j) });
  tolerance.sh.forEach((allowed, degree) => {
    list.push({
      name: `sh${degree + 1}`,
      allowed,
      error: (i, j) => largestDifference(scene.sh[degree], i, file.sh[degree], j, tolerance.limits?.sh),
    });
  });
  return list;
}

const [sceneFolder, outputFolder] = process.argv.slice(2);
fs.mkdirSync(outputFolder, { recursive: true });
const scene = splatsOf(path.join(sceneFolder, 'scene.ply'));
const checks = new Checks();

function compare(name, file) {
  const tolerance = tolerances[name];
  if (!checks.expect(file.count === scene.count, `${name}: ${file.count} splats, not ${scene.count}`)) return;
  const coefficients = tolerance.sh.length === 0 ? 0 : scene.coefficients;
  if (!checks.expect(file.coefficients === coefficients, `${name}: ${file.coefficients} SH coefficients, not ${coefficients}`)) return;
  const list = comparisons(scene, file, tolerance);
  const { partner, unmatched } = matchSplats(scene.position, file.position, list);
  checks.expect(unmatched === 0, `${name}: ${unmatched} splats of scene.ply are not there within the tolerances`);
  const figures = list.map(({ name: attribute, allowed, error }) => {
    const errors = Array.from(partner, (j, i) => (j < 0 ? 0 : error(i, j)));
    const rms = Math.sqrt(errors.reduce((sum, value) => sum + value ** 2, 0) / errors.length);
    const largest = errors.reduce((a, b) => Math.max(a, b), 0);
    const allowedRms = tolerance.rms?.[attribute] ?? (attribute.startsWith('sh') ? tolerance.rms?.sh : undefined);
    if (allowedRms) checks.expect(rms <= allowedRms, `${name}: ${attribute} has an error of ${rms} (RMS), above ${allowedRms}`);
    return `${attribute} ${largest.toPrecision(2)} of ${allowed.toPrecision(2)} (RMS ${rms.toPrecision(2)})`;
  });
  console.log(`${name}: ${figures.join(', ')}`);
}

for (const name of Object.keys(tolerances)) {
  const back = path.join(outputFolder, `${name}.back.ply`);
  try {
    splatTransform(['--gpu', 'cpu', path.join(sceneFolder, name), back]);
    compare(name, splatsOf(back));
  } catch (error) {
    checks.expect(false, `${name}: ${error.message}`);
  }
}
// The comparison must notice a scene that another frame or one splat sets apart.
const mirrored = { ...scene, position: [scene.position[0], scene.position[1].map((value) => -value), scene.position[2]] };
const spoilt = { ...scene, opacity: [scene.opacity[0].map((value, i) => (i === 0 ? value + 0.1 : value))] };
for (const [what, file] of Object.entries({ mirrored, spoilt })) {
  const { unmatched } = matchSplats(scene.position, file.position, comparisons(scene, file, exact));
  checks.expect(unmatched > 0, `a ${what} scene was taken for the right one`);
}
checks.finish();
