// Which splat of a file is which of the scene: formats reorder them.

// Splats of `positions` by cells of a grid whose size is `reach`.
function gridOf(positions, reach) {
  const cells = new Map();
  const [x, y, z] = positions;
  const key = (i, j, k) => `${i},${j},${k}`;
  const cellOf = (value) => Math.floor(value / reach);
  x.forEach((_, splat) => {
    const cell = key(cellOf(x[splat]), cellOf(y[splat]), cellOf(z[splat]));
    if (!cells.has(cell)) cells.set(cell, []);
    cells.get(cell).push(splat);
  });
  return function* near(px, py, pz) {
    for (let i = cellOf(px) - 1; i <= cellOf(px) + 1; i += 1) {
      for (let j = cellOf(py) - 1; j <= cellOf(py) + 1; j += 1) {
        for (let k = cellOf(pz) - 1; k <= cellOf(pz) + 1; k += 1) yield* cells.get(key(i, j, k)) ?? [];
      }
    }
  };
}

// Largest error in units of what is allowed, given up as soon as it is not below `best`.
function worst(comparisons, i, j, best) {
  let largest = 0;
  for (const { allowed, error } of comparisons) {
    largest = Math.max(largest, error(i, j) / allowed);
    if (largest >= best) return Infinity;
  }
  return largest;
}

// For each splat of the scene the one of the file that is most like it and not yet taken, among those within all that
// `comparisons` ({ name, allowed, error(i, j) }, the position first) allow; -1 without one. Time is linear: only splats
// within reach of the position are looked at.
export function matchSplats(scenePositions, filePositions, comparisons) {
  const near = gridOf(filePositions, comparisons[0].allowed);
  const [x, y, z] = scenePositions;
  const taken = new Uint8Array(x.length);
  const partner = new Int32Array(x.length).fill(-1);
  let unmatched = 0;
  for (let splat = 0; splat < x.length; splat += 1) {
    let best = 1 + 1e-9;
    for (const candidate of near(x[splat], y[splat], z[splat])) {
      if (taken[candidate]) continue;
      const error = worst(comparisons, splat, candidate, best);
      if (error < best) [best, partner[splat]] = [error, candidate];
    }
    if (partner[splat] < 0) unmatched += 1;
    else taken[partner[splat]] = 1;
  }
  return { partner, unmatched };
}
