// What the pages share: the query, and saying when the image is there.
const parameters = new URLSearchParams(location.search);
const numbers = (name) => parameters.get(name).split(',').map(Number);

export const query = {
  file: parameters.get('file'),
  position: numbers('position'),
  target: numbers('target'),
  verticalFov: Number(parameters.get('verticalFov')),  // degrees
};

// Viewers sort in the background after a frame and show the order in a later one. Each frame costs a good part of a
// second in software, so they are few, with time for the sorting between them.
const frames = 5;
const pause_ms = 150;

export async function drawFrames(draw) {
  for (let frame = 0; frame < frames; frame += 1) {
    await draw();
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
  }
}

// Runs `draw` and leaves { error } or { splats } in window.result.
export async function report(draw) {
  try {
    window.result = { splats: await draw() };
  } catch (error) {
    window.result = { error: String(error?.stack ?? error) };
  }
}
