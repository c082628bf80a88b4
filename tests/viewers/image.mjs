// Comparing two images of { width, height, rgba }.

function checkSameSize(a, b) {
  if (a.width !== b.width || a.height !== b.height) {
    throw new Error(`images differ in size: ${a.width}x${a.height} and ${b.width}x${b.height}`);
  }
}

// dB over red, green and blue with peak 255; 99 for equal images.
export function psnr(a, b) {
  checkSameSize(a, b);
  let sum = 0;
  for (let i = 0; i < a.rgba.length; i += 4) {
    for (let channel = 0; channel < 3; channel += 1) sum += (a.rgba[i + channel] - b.rgba[i + channel]) ** 2;
  }
  const mean = sum / (3 * a.width * a.height);
  return mean === 0 ? 99 : Math.min(99, 10 * Math.log10(255 ** 2 / mean));
}

// Pearson's correlation over red, green and blue: 1 also where one image is a brighter or paler version of the other, 0
// for a blank one.
export function correlation(a, b) {
  checkSameSize(a, b);
  let [n, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.rgba.length; i += 1) {
    if (i % 4 === 3) continue;
    const [x, y] = [a.rgba[i], b.rgba[i]];
    n += 1;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const variance = (n * sumAA - sumA ** 2) * (n * sumBB - sumB ** 2);
  return variance === 0 ? 0 : (n * sumAB - sumA * sumB) / Math.sqrt(variance);
}
